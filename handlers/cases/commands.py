"""What the operator's staff do with cases: one function for each thing that a registrar or supervisor decides.

Each is one unit of work or a part of one. All raise `StepRefusedError` with the ground of business when a step
cannot be made (see `handlers.cases.steps.make_step`), and the unit of work is to be rolled back then.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.cases.effects import IssueExtract
from handlers.cases.guards import Decision, Deed, needs_second_person
from handlers.cases.model import Actor, CaseEvent, CaseFile, DecisionOutcome
from handlers.cases.steps import make_step
from handlers.registration.model import Defect
from handlers.store import cases
from handlers.work import Work


def take(work: Work, number: str, actor: Actor, *, reason: str | None = None) -> CaseFile:
    """Take a case in hand, new or resubmitted, to check whether it is complete."""
    return make_step(work, number, CaseEvent.TAKEN, Deed(actor=actor, reason=reason))


def hand_over(work: Work, number: str, actor: Actor, *, to: str, reason: str | None = None) -> CaseFile:
    """Give a case to another registrar: the one who has it may, and any supervisor."""
    return make_step(work, number, CaseEvent.HANDED_OVER, Deed(actor=actor, clerk=to, reason=reason))


def find_complete(work: Work, number: str, actor: Actor, *, reason: str | None = None) -> CaseFile:
    """Find the application complete; with defects left only for a stated `reason`."""
    return make_step(work, number, CaseEvent.FOUND_COMPLETE, Deed(actor=actor, reason=reason))


def return_for_correction(
    work: Work, number: str, actor: Actor, *, defects: Sequence[Defect], reason: str | None = None
) -> CaseFile:
    """Give the application back to the applicant, with what is to be corrected, field by field."""
    return make_step(work, number, CaseEvent.RETURNED, Deed(actor=actor, defects=tuple(defects), reason=reason))


def decide(
    work: Work, number: str, actor: Actor, decision: Decision, *, issue_extract: IssueExtract | None = None
) -> CaseFile:
    """Decide a case, or propose the decision where a second person is needed.

    What is approved is entered in the register at once, and its extract issued.
    """
    deed = Deed(actor=actor, decision=decision)
    kept = cases.find_kept(work.connection, number)
    if kept is not None and needs_second_person(kept.case.type, decision.outcome):
        return make_step(work, number, CaseEvent.DECISION_PROPOSED, deed)
    decided = make_step(work, number, CaseEvent.DECIDED, deed)
    return _entered(work, decided, actor, issue_extract)


def confirm_decision(
    work: Work,
    number: str,
    actor: Actor,
    *,
    reason: str | None = None,
    issue_extract: IssueExtract | None = None,
) -> CaseFile:
    """Confirm a proposed decision as the second person; what is approved is entered at once."""
    decided = make_step(work, number, CaseEvent.DECISION_CONFIRMED, Deed(actor=actor, reason=reason))
    return _entered(work, decided, actor, issue_extract)


def send_back(work: Work, number: str, actor: Actor, *, reason: str) -> CaseFile:
    """Refuse to confirm a proposed decision: the registrar examines the case again."""
    return make_step(work, number, CaseEvent.SENT_BACK, Deed(actor=actor, reason=reason))


def owner_informed(work: Work, number: str, actor: Actor, *, reason: str) -> CaseFile:
    """Record that the owner learnt of the decision otherwise than by its notice, for example by letter."""
    return make_step(work, number, CaseEvent.OWNER_INFORMED, Deed(actor=actor, reason=reason))


def archive(work: Work, number: str, actor: Actor, *, reason: str | None = None) -> CaseFile:
    """Close a case in which nothing is owed any more."""
    return make_step(work, number, CaseEvent.ARCHIVED, Deed(actor=actor, reason=reason))


def _entered(work: Work, file: CaseFile, actor: Actor, issue_extract: IssueExtract | None) -> CaseFile:
    decision = file.case.decision
    assert decision is not None
    if decision.outcome is not DecisionOutcome.APPROVED:
        return file
    return make_step(work, file.case.number, CaseEvent.ENTERED, Deed(actor=actor), issue_extract=issue_extract)
