"""What may become of a case: one table (domain §2, Cases).

A row says in which states an event may happen, where it leads, who may bring it about, what must hold (guards), and
what follows (effects), in this order; `OF_EVERY_STEP` are guards of every row. Whatever is not in the table is
illegal. Guards are in `handlers.cases.guards`, effects in `handlers.cases.effects`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from handlers.cases.model import CaseEvent, CaseState, Role
from handlers.notices.model import NoticeKind


class Guard(StrEnum):
    """What must hold before a step is made."""

    TEXTS_FIT = "TEXTS_FIT"
    """What staff write can be told by the contract for ever: its length and its characters."""
    OWN_CLERK = "OWN_CLERK"
    """A registrar works on the cases in his or her own hands."""
    CLERK_NAMED = "CLERK_NAMED"
    """A hand-over names somebody else than the present clerk."""
    NO_DEFECTS = "NO_DEFECTS"
    """Known defects are gone, or a reason is given why they do not matter."""
    DEFECTS_GIVEN = "DEFECTS_GIVEN"
    """A return says what is to be corrected."""
    SAME_MATTER = "SAME_MATTER"
    """A corrected application is for the same thing as the one before."""
    DECISION_SOUND = "DECISION_SOUND"
    """A refusal has a coded ground; a refusal and a dismissal have a reason."""
    ONE_PERSON_IS_ENOUGH = "ONE_PERSON_IS_ENOUGH"
    SECOND_PERSON_IS_NEEDED = "SECOND_PERSON_IS_NEEDED"
    REASON_GIVEN = "REASON_GIVEN"
    SECOND_PERSON = "SECOND_PERSON"
    """Whoever judges a proposal is not the one who made it."""
    ENTRY_FITS = "ENTRY_FITS"
    """What an approval would do can be done to the entry as it is now."""
    CORRECTION_OVERDUE = "CORRECTION_OVERDUE"
    """The applicant's term for the correction has passed; only then can a returned application be dismissed."""
    APPROVED = "APPROVED"
    NOT_APPROVED = "NOT_APPROVED"
    PROOF_IS_OWED = "PROOF_IS_OWED"
    PROOF_IS_SOUND = "PROOF_IS_SOUND"
    """The data were destroyed between the event that led to the cancellation and the receipt of the proof."""
    NOTHING_IS_OWED = "NOTHING_IS_OWED"


class Effect(StrEnum):
    """What a step does besides its row of history and its notice."""

    SET_CLERK = "SET_CLERK"
    KEEP_DEFECTS = "KEEP_DEFECTS"
    REPLACE_APPLICATION = "REPLACE_APPLICATION"
    KEEP_PROPOSAL = "KEEP_PROPOSAL"
    DROP_PROPOSAL = "DROP_PROPOSAL"
    DECIDE = "DECIDE"
    CHANGE_ENTRY = "CHANGE_ENTRY"
    ISSUE_EXTRACT = "ISSUE_EXTRACT"
    RELEASE_CLAIMS = "RELEASE_CLAIMS"
    KEEP_STATEMENT = "KEEP_STATEMENT"


class IllegalTransitionError(Exception):
    """The event cannot happen to a case in that state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the table."""

    event: CaseEvent
    before: frozenset[CaseState | None]
    """None: there is no case yet."""
    after: CaseState | None
    """None: the state stays as it is."""
    who: frozenset[Role]
    notice: NoticeKind | None
    """What the owner is told; None only before there is anything to tell of."""
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()

    def leads_to(self, state: CaseState | None) -> CaseState:
        """State after the step from `state`."""
        after = self.after or state
        assert after is not None
        return after


_APPLICANT = frozenset({Role.APPLICANT})
_REGISTRAR = frozenset({Role.REGISTRAR})
_SUPERVISOR = frozenset({Role.SUPERVISOR})
_STAFF = _REGISTRAR | _SUPERVISOR
_SYSTEM = frozenset({Role.SYSTEM})

_IN_WORK = frozenset({CaseState.COMPLETENESS_CHECK, CaseState.REVIEW})
UNDECIDED = _IN_WORK | {CaseState.RECEIVED, CaseState.SECOND_REVIEW, CaseState.RETURNED, CaseState.RESUBMITTED}
"""States in which the applicant may still withdraw, and in which a case counts as open for its entry."""
OPEN = UNDECIDED | {CaseState.DECIDED, CaseState.ENTERED, CaseState.OWNER_INFORMED}
"""States in which something remains to be done by somebody."""

OF_EVERY_STEP = (Guard.TEXTS_FIT,)
"""Guards that stand before every row's own, so that no row can be without them."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        event=CaseEvent.DRAWN_UP,
        before=frozenset({None}),
        after=CaseState.DRAFT,
        who=_APPLICANT,
        notice=None,
    ),
    Transition(
        event=CaseEvent.CONFIRMED,
        before=frozenset({CaseState.DRAFT}),
        after=CaseState.CONFIRMED,
        who=_APPLICANT,
        notice=None,
    ),
    Transition(
        event=CaseEvent.RECEIVED,
        before=frozenset({CaseState.CONFIRMED}),
        after=CaseState.RECEIVED,
        who=_SYSTEM,
        notice=NoticeKind.CASE_RECEIVED,
    ),
    Transition(
        event=CaseEvent.TAKEN,
        before=frozenset({CaseState.RECEIVED, CaseState.RESUBMITTED}),
        after=CaseState.COMPLETENESS_CHECK,
        who=_REGISTRAR,
        effects=(Effect.SET_CLERK,),
        notice=NoticeKind.CASE_TAKEN,
    ),
    Transition(
        event=CaseEvent.HANDED_OVER,
        before=_IN_WORK | {CaseState.RETURNED},
        after=None,
        who=_STAFF,
        guards=(Guard.OWN_CLERK, Guard.CLERK_NAMED),
        effects=(Effect.SET_CLERK,),
        notice=NoticeKind.CASE_HANDED_OVER,
    ),
    Transition(
        event=CaseEvent.FOUND_COMPLETE,
        before=frozenset({CaseState.COMPLETENESS_CHECK}),
        after=CaseState.REVIEW,
        who=_REGISTRAR,
        guards=(Guard.OWN_CLERK, Guard.NO_DEFECTS),
        notice=NoticeKind.CASE_COMPLETE,
    ),
    Transition(
        event=CaseEvent.RETURNED,
        before=_IN_WORK,
        after=CaseState.RETURNED,
        who=_REGISTRAR,
        guards=(Guard.OWN_CLERK, Guard.DEFECTS_GIVEN),
        effects=(Effect.KEEP_DEFECTS,),
        notice=NoticeKind.CASE_RETURNED,
    ),
    Transition(
        event=CaseEvent.RESUBMITTED,
        before=frozenset({CaseState.RETURNED}),
        after=CaseState.RESUBMITTED,
        who=_APPLICANT,
        guards=(Guard.SAME_MATTER,),
        effects=(Effect.REPLACE_APPLICATION, Effect.KEEP_DEFECTS),
        notice=NoticeKind.CASE_RESUBMITTED,
    ),
    Transition(
        event=CaseEvent.DECISION_PROPOSED,
        before=frozenset({CaseState.REVIEW}),
        after=CaseState.SECOND_REVIEW,
        who=_REGISTRAR,
        guards=(Guard.OWN_CLERK, Guard.SECOND_PERSON_IS_NEEDED, Guard.DECISION_SOUND, Guard.ENTRY_FITS),
        effects=(Effect.KEEP_PROPOSAL,),
        notice=NoticeKind.CASE_HANDED_OVER,
    ),
    Transition(
        event=CaseEvent.SENT_BACK,
        before=frozenset({CaseState.SECOND_REVIEW}),
        after=CaseState.REVIEW,
        who=_SUPERVISOR,
        guards=(Guard.SECOND_PERSON, Guard.REASON_GIVEN),
        effects=(Effect.DROP_PROPOSAL,),
        notice=NoticeKind.CASE_HANDED_OVER,
    ),
    Transition(
        event=CaseEvent.DECISION_CONFIRMED,
        before=frozenset({CaseState.SECOND_REVIEW}),
        after=CaseState.DECIDED,
        who=_SUPERVISOR,
        guards=(Guard.SECOND_PERSON, Guard.ENTRY_FITS),
        effects=(Effect.DECIDE, Effect.RELEASE_CLAIMS),
        notice=NoticeKind.CASE_DECIDED,
    ),
    Transition(
        event=CaseEvent.DECIDED,
        before=frozenset({CaseState.REVIEW}),
        after=CaseState.DECIDED,
        who=_REGISTRAR,
        guards=(Guard.OWN_CLERK, Guard.ONE_PERSON_IS_ENOUGH, Guard.DECISION_SOUND, Guard.ENTRY_FITS),
        effects=(Effect.DECIDE, Effect.RELEASE_CLAIMS),
        notice=NoticeKind.CASE_DECIDED,
    ),
    Transition(
        event=CaseEvent.DECIDED,
        before=frozenset({CaseState.RETURNED}),
        after=CaseState.DECIDED,
        who=_REGISTRAR,
        guards=(
            Guard.OWN_CLERK,
            Guard.ONE_PERSON_IS_ENOUGH,
            Guard.NOT_APPROVED,
            Guard.DECISION_SOUND,
            Guard.CORRECTION_OVERDUE,
        ),
        effects=(Effect.DECIDE, Effect.RELEASE_CLAIMS),
        notice=NoticeKind.CASE_DECIDED,
    ),
    Transition(
        event=CaseEvent.ENTERED,
        before=frozenset({CaseState.DECIDED}),
        after=CaseState.ENTERED,
        who=_STAFF,
        guards=(Guard.APPROVED,),
        effects=(Effect.CHANGE_ENTRY, Effect.RELEASE_CLAIMS, Effect.ISSUE_EXTRACT),
        notice=NoticeKind.CASE_ENTERED,
    ),
    Transition(
        event=CaseEvent.OWNER_INFORMED,
        before=frozenset({CaseState.ENTERED}),
        after=CaseState.OWNER_INFORMED,
        who=_APPLICANT | _REGISTRAR,
        guards=(Guard.REASON_GIVEN,),
        notice=NoticeKind.CASE_OWNER_INFORMED,
    ),
    Transition(
        event=CaseEvent.OWNER_INFORMED,
        before=frozenset({CaseState.DECIDED}),
        after=CaseState.OWNER_INFORMED,
        who=_APPLICANT | _REGISTRAR,
        guards=(Guard.NOT_APPROVED, Guard.REASON_GIVEN),
        notice=NoticeKind.CASE_OWNER_INFORMED,
    ),
    Transition(
        event=CaseEvent.DESTRUCTION_PROVEN,
        before=frozenset({CaseState.ENTERED, CaseState.OWNER_INFORMED}),
        after=None,
        who=_APPLICANT,
        guards=(Guard.PROOF_IS_OWED, Guard.PROOF_IS_SOUND),
        effects=(Effect.KEEP_STATEMENT,),
        notice=NoticeKind.DESTRUCTION_PROOF_FILED,
    ),
    Transition(
        event=CaseEvent.ARCHIVED,
        before=frozenset({CaseState.OWNER_INFORMED}),
        after=CaseState.ARCHIVED,
        who=_REGISTRAR,
        guards=(Guard.NOTHING_IS_OWED,),
        notice=NoticeKind.CASE_ARCHIVED,
    ),
    Transition(
        event=CaseEvent.WITHDRAWN,
        before=UNDECIDED,
        after=CaseState.WITHDRAWN,
        who=_APPLICANT,
        effects=(Effect.KEEP_STATEMENT, Effect.RELEASE_CLAIMS),
        notice=NoticeKind.CASE_WITHDRAWN,
    ),
)
"""Every step there is. An approval is decided and entered in one unit of work, so that neither stands without the
other."""


def transition_for(state: CaseState | None, event: CaseEvent) -> Transition:
    """The row for `event` in `state`; raises `IllegalTransitionError` when the table has none."""
    for each in TRANSITIONS:
        if each.event is event and state in each.before:
            return each
    raise IllegalTransitionError(f"{event} cannot happen to a case in state {state}")


def advance(state: CaseState | None, event: CaseEvent) -> CaseState:
    """The state after `event`; raises `IllegalTransitionError` as `transition_for` does."""
    return transition_for(state, event).leads_to(state)
