"""What an applicant does with a case under way: correct it, take it back, prove that data were destroyed.

Each is confirmed by a representative as the first submission was. What a representative may do ends with its
authority, also in a case that it submitted itself; another one with authority for the applicant goes on with it.
"""

from __future__ import annotations

from handlers.cases.effects import StepRefusedError
from handlers.cases.guards import Confirmed, Deed
from handlers.cases.model import Actor, CaseEvent, Role
from handlers.cases.steps import make_step
from handlers.messages import AcceptedCommand, FileDestructionProof, Resubmit, WithdrawCase
from handlers.receipts.model import Ground
from handlers.registration.authority import Stated, ground_against
from handlers.registration.facts import entries_named
from handlers.registration.model import Confirmation, Defect
from handlers.registration.validation import examine
from handlers.rules.clocks import civil_day
from handlers.rules.grounds import GroundCode, ground
from handlers.store import cases, directory
from handlers.work import Outcome, Work


def resubmit(work: Work, accepted: AcceptedCommand) -> Outcome:
    """Take in the corrected application of a returned case: the outcome's subject is its incoming number."""
    command = accepted.command
    assert isinstance(command, Resubmit)
    application = command.application
    refusal = _ground_against(work, accepted, command.case_number, application, command.confirmation)
    if refusal is not None:
        return Outcome(ground=refusal)
    codes = directory.agency_codes(work.connection)
    named = entries_named(work.connection, application, work.now)
    examination = examine(
        application, agencies=codes, today=civil_day(accepted.received_at), terms=work.terms, entries=named
    )
    if examination.ground is not None:
        return Outcome(ground=examination.ground)
    confirmed = Confirmed(
        tracking_id=accepted.tracking_id,
        content=application,
        confirmation=command.confirmation,
        received_on=civil_day(accepted.received_at),
        notes=examination.notes,
    )
    return _stepped(
        work, command.case_number, CaseEvent.RESUBMITTED, _deed(application, confirmed, None, examination.defects)
    )


def withdraw(work: Work, accepted: AcceptedCommand) -> Outcome:
    """Take an application back before it is decided."""
    command = accepted.command
    assert isinstance(command, WithdrawCase)
    return _stated(work, accepted, CaseEvent.WITHDRAWN, command, reason=command.statement.reason)


def file_destruction_proof(work: Work, accepted: AcceptedCommand) -> Outcome:
    """Take in the proof that the data of a cancelled entry were destroyed, which fulfils the obligation."""
    command = accepted.command
    assert isinstance(command, FileDestructionProof)
    return _stated(work, accepted, CaseEvent.DESTRUCTION_PROVEN, command, reason=command.statement.act_reference)


def _stated(
    work: Work,
    accepted: AcceptedCommand,
    event: CaseEvent,
    command: WithdrawCase | FileDestructionProof,
    *,
    reason: str,
) -> Outcome:
    statement = command.statement
    refusal = _ground_against(work, accepted, statement.case_number, statement, command.confirmation)
    if refusal is not None:
        return Outcome(ground=refusal)
    confirmed = Confirmed(
        tracking_id=accepted.tracking_id,
        content=statement,
        confirmation=command.confirmation,
        received_on=civil_day(accepted.received_at),
    )
    return _stepped(work, statement.case_number, event, _deed(statement, confirmed, reason))


def _ground_against(
    work: Work, accepted: AcceptedCommand, number: str, stated: Stated, confirmation: Confirmation
) -> Ground | None:
    """Whose case it is comes first: to everybody else there is none of that number."""
    kept = cases.find_kept(work.connection, number)
    if kept is None or kept.case.applicant != accepted.acts_for:
        return ground(GroundCode.UNKNOWN_CASE)
    person = directory.find_representative(work.connection, stated.representative, at=accepted.received_at)
    return ground_against(accepted, stated, confirmation, person)


def _deed(stated: Stated, confirmed: Confirmed, reason: str | None, defects: tuple[Defect, ...] = ()) -> Deed:
    actor = Actor(role=Role.APPLICANT, name=stated.representative)
    return Deed(actor=actor, reason=reason, defects=defects, confirmed=confirmed)


def _stepped(work: Work, number: str, event: CaseEvent, deed: Deed) -> Outcome:
    """Make the step inside the command's unit of work: a refused one is rolled back, the command's record is not."""
    try:
        with work.connection.begin_nested():
            make_step(work, number, event, deed)
    except StepRefusedError as refused:
        return Outcome(ground=refused.ground)
    return Outcome(subject=number)
