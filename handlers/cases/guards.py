"""What must hold before a step is made (`handlers.cases.transitions.Guard`): each says why not, or nothing.

Guards decide from what they are given; they fetch nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from handlers.cases.model import Actor, CaseFile, CaseType, DecisionOutcome, Role
from handlers.cases.people import same_person
from handlers.cases.texts import texts_unfit
from handlers.cases.transitions import Guard
from handlers.receipts.model import Ground
from handlers.registration.model import (
    AppealApplication,
    Confirmation,
    Defect,
    DestructionProof,
    Entry,
    EntryStatus,
    RegistrationApplication,
    Withdrawal,
)
from handlers.rules.completeness import Finding, cards_of
from handlers.rules.grounds import REFUSAL_GROUNDS, GroundCode, ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision as it is made or proposed."""

    outcome: DecisionOutcome
    ground_code: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What an applicant sends after the first submission, officially confirmed as that was."""

    tracking_id: str
    content: RegistrationApplication | AppealApplication | Withdrawal | DestructionProof
    confirmation: Confirmation
    received_on: date
    """The civil day of its receipt in Baku."""
    notes: tuple[Defect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Everything that a step is made with."""

    actor: Actor
    reason: str | None = None
    clerk: str | None = None
    """Name of the registrar who gets the case."""
    defects: tuple[Defect, ...] = ()
    decision: Decision | None = None
    confirmed: Confirmed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What guards look at."""

    file: CaseFile
    deed: Deed
    entry: Entry | None
    """The entry of an appeal as it is now."""
    unfit: tuple[Finding, ...] = ()
    """Rules that the application breaks by what the registers say now, where it might be approved."""
    correction_overdue: bool
    """Whether the applicant's term for the correction has passed."""

    @property
    def decision(self) -> Decision | None:
        """The decision that the step makes or proposes, or else the one that was proposed."""
        if self.deed.decision is not None:
            return self.deed.decision
        proposal = self.file.proposal
        if proposal is None:
            return None
        return Decision(outcome=proposal.outcome, ground_code=proposal.ground_code, reason=proposal.reason)


_ALLOWED_STATUS = {
    CaseType.CHANGE: (EntryStatus.REGISTERED, EntryStatus.SUSPENDED),
    CaseType.CORRECTION: (EntryStatus.REGISTERED, EntryStatus.SUSPENDED),
    CaseType.SUSPENSION: (EntryStatus.REGISTERED,),
    CaseType.RESUMPTION: (EntryStatus.SUSPENDED,),
    CaseType.CANCELLATION: (EntryStatus.REGISTERED, EntryStatus.SUSPENDED),
}
"""Status of an entry in which an appeal of a type makes sense."""


def ground_of_status(case_type: CaseType, entry: Entry) -> Ground | None:
    """Why an appeal of that type is impossible to the entry as it is; None: it is possible."""
    if entry.status is EntryStatus.CANCELLED:
        return ground(GroundCode.ENTRY_CANCELLED)
    if entry.status not in _ALLOWED_STATUS[case_type]:
        return ground(GroundCode.ENTRY_STATUS)
    return None


def needs_second_person(case_type: CaseType, outcome: DecisionOutcome) -> bool:
    """Whether a decision counts only when a second person confirms it: refusals and cancellations (domain §2)."""
    if outcome is DecisionOutcome.REFUSED:
        return True
    return case_type is CaseType.CANCELLATION and outcome is DecisionOutcome.APPROVED


def _texts_fit(at: Situation) -> Ground | None:
    return texts_unfit(at.deed)


def _own_clerk(at: Situation) -> Ground | None:
    actor = at.deed.actor
    if actor.role is Role.REGISTRAR and not same_person(actor.name, at.file.clerk):
        return ground(GroundCode.IN_OTHER_HANDS)
    return None


def _clerk_named(at: Situation) -> Ground | None:
    clerk = (at.deed.clerk or "").strip()
    if not clerk or same_person(clerk, at.file.clerk):
        return ground(GroundCode.CLERK_MISSING)
    return None


def _no_defects(at: Situation) -> Ground | None:
    if at.file.case.defects and not (at.deed.reason or "").strip():
        return ground(GroundCode.DEFECTS_OPEN)
    return None


def _defects_given(at: Situation) -> Ground | None:
    return None if at.deed.defects else ground(GroundCode.DEFECTS_MISSING)


def _same_matter(at: Situation) -> Ground | None:
    assert at.deed.confirmed is not None
    before, after = at.file.application, at.deed.confirmed.content
    if isinstance(before, RegistrationApplication) and isinstance(after, RegistrationApplication):
        same = before.register is after.register and before.trigger is after.trigger
    elif isinstance(before, AppealApplication) and isinstance(after, AppealApplication):
        same = (before.kind, before.entry_number) == (after.kind, after.entry_number)
    else:
        same = False
    # A corrected card has the owner of the one before, or else the applicant: that is how a wrong one is put right.
    owners = {at.file.case.applicant, *(card.owner for card in cards_of(before))}
    assert isinstance(after, RegistrationApplication | AppealApplication)
    if not same or any(card.owner not in owners for card in cards_of(after)):
        return ground(GroundCode.OTHER_MATTER)
    not_theirs = _ground_of_entry(at)
    if not_theirs is not None:
        return not_theirs
    if isinstance(after, AppealApplication) and at.entry is not None and after.against_version != at.entry.version:
        version = at.entry.version
        return ground(
            GroundCode.NOT_THE_PRESENT_VERSION, f"Hazırkı versiya: {version}.", f"The present version is {version}."
        )
    return None


def _ground_of_entry(at: Situation) -> Ground | None:
    """Why the applicant has nothing to ask of the entry any more: it is another's, or said no more (a mistake)."""
    if at.file.case.type is CaseType.REGISTRATION:
        return None
    if at.entry is None:
        return ground(GroundCode.UNKNOWN_ENTRY)
    return ground(GroundCode.ENTRY_NOT_OF_APPLICANT) if at.entry.owner != at.file.case.applicant else None


def _decision_sound(at: Situation) -> Ground | None:
    decision = at.decision
    assert decision is not None
    if decision.outcome is DecisionOutcome.APPROVED:
        return None
    if decision.outcome is DecisionOutcome.REFUSED and decision.ground_code not in REFUSAL_GROUNDS:
        listed = ", ".join(REFUSAL_GROUNDS)
        return ground(GroundCode.GROUND_MISSING, f"Əsaslar: {listed}.", f"The grounds are: {listed}.")
    return None if (decision.reason or "").strip() else ground(GroundCode.REASON_MISSING)


def _one_person_is_enough(at: Situation) -> Ground | None:
    return ground(GroundCode.SECOND_PERSON_NEEDED) if _second_is_needed(at) else None


def _second_person_is_needed(at: Situation) -> Ground | None:
    return None if _second_is_needed(at) else ground(GroundCode.SECOND_PERSON_NOT_NEEDED)


def _second_is_needed(at: Situation) -> bool:
    assert at.decision is not None
    return needs_second_person(at.file.case.type, at.decision.outcome)


def _reason_given(at: Situation) -> Ground | None:
    return None if (at.deed.reason or "").strip() else ground(GroundCode.REASON_MISSING)


def _second_person(at: Situation) -> Ground | None:
    proposal = at.file.proposal
    assert proposal is not None, "a case in second review has a proposal"
    return ground(GroundCode.SAME_PERSON) if same_person(at.deed.actor.name, proposal.by) else None


def _entry_fits(at: Situation) -> Ground | None:
    assert at.decision is not None
    case, entry = at.file.case, at.entry
    if at.decision.outcome is not DecisionOutcome.APPROVED:
        return None
    if case.type is CaseType.REGISTRATION:
        return _ground_of_rules(at)
    not_theirs = _ground_of_entry(at)
    if not_theirs is not None:
        return not_theirs
    assert entry is not None, "there is a ground where there is no entry"
    if case.against_version != entry.version:
        made_on, now = case.against_version, entry.version
        return ground(
            GroundCode.ENTRY_MOVED_ON,
            f"Müraciət {made_on} nömrəli versiyaya əsaslanır, hazırkı versiya isə {now}.",
            f"It was made against version {made_on}; the present one is {now}.",
        )
    return ground_of_status(case.type, entry) or _ground_of_rules(at)


def _ground_of_rules(at: Situation) -> Ground | None:
    """The first of the rules in question that is broken by now, with its place."""
    if not at.unfit:
        return None
    broken = at.unfit[0].defect
    place = f"({broken.rule}, {broken.path})"
    return ground(GroundCode.REGISTERS_UNFIT, f"{broken.text_az} {place}", f"{broken.text_en} {place}")


def _correction_overdue(at: Situation) -> Ground | None:
    return None if at.correction_overdue else ground(GroundCode.CORRECTION_TERM_RUNS)


def _approved(at: Situation) -> Ground | None:
    return None if _is_approved(at) else ground(GroundCode.NOT_APPROVED)


def _not_approved(at: Situation) -> Ground | None:
    decision = at.deed.decision
    if decision is not None and decision.outcome is DecisionOutcome.APPROVED:
        return ground(GroundCode.APPROVAL_IMPOSSIBLE)
    return ground(GroundCode.ALREADY_APPROVED) if _is_approved(at) else None


def _is_approved(at: Situation) -> bool:
    decided = at.file.case.decision
    return decided is not None and decided.outcome is DecisionOutcome.APPROVED


def _owes_proof(at: Situation) -> bool:
    case = at.file.case
    return case.type is CaseType.CANCELLATION and _is_approved(at) and case.destruction_proven_on is None


def _proof_is_owed(at: Situation) -> Ground | None:
    return None if _owes_proof(at) else ground(GroundCode.NO_PROOF_OWED)


def _proof_is_sound(at: Situation) -> Ground | None:
    confirmed, began = at.deed.confirmed, at.file.case.event_date
    assert confirmed is not None
    assert isinstance(confirmed.content, DestructionProof)
    destroyed_on = confirmed.content.destroyed_on
    if destroyed_on > confirmed.received_on:
        return ground(
            GroundCode.FALSE_DATA, "Məhvetmə tarixi gələcəkdə ola bilməz.", "The day of destruction lies in the future."
        )
    if destroyed_on < began:
        return ground(
            GroundCode.FALSE_DATA,
            f"Məlumatlar ləğvə səbəb olan hadisədən ({began}) əvvəl məhv edilmiş ola bilməz.",
            f"Data cannot have been destroyed before the event that led to the cancellation ({began}).",
        )
    return None


def _nothing_is_owed(at: Situation) -> Ground | None:
    return ground(GroundCode.PROOF_OWED) if _owes_proof(at) else None


GUARDS: Mapping[Guard, Callable[[Situation], Ground | None]] = MappingProxyType(
    {
        Guard.TEXTS_FIT: _texts_fit,
        Guard.OWN_CLERK: _own_clerk,
        Guard.CLERK_NAMED: _clerk_named,
        Guard.NO_DEFECTS: _no_defects,
        Guard.DEFECTS_GIVEN: _defects_given,
        Guard.SAME_MATTER: _same_matter,
        Guard.DECISION_SOUND: _decision_sound,
        Guard.ONE_PERSON_IS_ENOUGH: _one_person_is_enough,
        Guard.SECOND_PERSON_IS_NEEDED: _second_person_is_needed,
        Guard.REASON_GIVEN: _reason_given,
        Guard.SECOND_PERSON: _second_person,
        Guard.ENTRY_FITS: _entry_fits,
        Guard.CORRECTION_OVERDUE: _correction_overdue,
        Guard.APPROVED: _approved,
        Guard.NOT_APPROVED: _not_approved,
        Guard.PROOF_IS_OWED: _proof_is_owed,
        Guard.PROOF_IS_SOUND: _proof_is_sound,
        Guard.NOTHING_IS_OWED: _nothing_is_owed,
    }
)
"""Every guard of the table."""
