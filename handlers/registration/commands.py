"""Submitting: an application or an appeal becomes a case, or is refused with a coded ground (domain §2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from uuid_utils.compat import uuid7

from handlers.cases.clock_keeping import keep_clocks
from handlers.cases.clocks import deadlines
from handlers.cases.guards import ground_of_status
from handlers.cases.lateness import lateness
from handlers.cases.model import OPERATOR, Case, CaseEvent, CaseState, CaseStep, CaseType
from handlers.cases.transitions import advance
from handlers.messages import AcceptedCommand, NoticeDue, SubmitAppeal, SubmitRegistration
from handlers.notices.model import NoticeKind
from handlers.receipts.model import Ground
from handlers.registration.authority import ground_against
from handlers.registration.difference import FieldChange, difference
from handlers.registration.entries import card_of_entry, present_entry
from handlers.registration.facts import entries_named
from handlers.registration.model import (
    AppealApplication,
    Confirmation,
    Defect,
    Entry,
    Register,
    RegistrationApplication,
)
from handlers.registration.names import appeal_key, file_key, names_to_claim
from handlers.registration.validation import Examination, examine
from handlers.rules.clocks import civil_day
from handlers.rules.completeness import cards_of
from handlers.rules.grounds import GroundCode, ground
from handlers.rules.numbering import incoming_number, incoming_series, version_series
from handlers.store import cases, directory, entries, numbers
from handlers.work import Outcome, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class _Intake:
    """An application that may become a case: everything the case is made from."""

    application: RegistrationApplication | AppealApplication
    confirmation: Confirmation
    type: CaseType
    register: Register
    subject: str
    examination: Examination
    entry: Entry | None = None
    changes: Sequence[FieldChange] = ()


def submit_registration(work: Work, accepted: AcceptedCommand) -> Outcome:
    """Take in an application for registration: the outcome's subject is the incoming number of its case."""
    command = accepted.command
    assert isinstance(command, SubmitRegistration)
    application = command.application
    examination, refusal = _judged(work, accepted, application, command.confirmation)
    if refusal is not None:
        return Outcome(ground=refusal)
    card = cards_of(application)[0]
    name = names_to_claim(application.register, application.applicant, [card])
    file = _file(application, command.confirmation)
    taken = numbers.acquire(work.connection, accepted.tracking_id, name | file)
    if taken is not None:
        return Outcome(ground=ground(GroundCode.SIGNED_FILE_USED if taken in file else GroundCode.DUPLICATE))
    intake = _Intake(
        application=application,
        confirmation=command.confirmation,
        type=CaseType.REGISTRATION,
        register=application.register,
        subject=card.short_name,
        examination=examination,
    )
    return _receive(work, accepted, intake)


def submit_appeal(work: Work, accepted: AcceptedCommand) -> Outcome:
    """Take in an appeal against an entry: the outcome's subject is the incoming number of its case."""
    command = accepted.command
    assert isinstance(command, SubmitAppeal)
    appeal = command.application
    examination, refusal = _judged(work, accepted, appeal, command.confirmation)
    if refusal is not None:
        return Outcome(ground=refusal)
    # Until this case is there to be seen, nobody may find that the entry has none and undo its import, or cancel it.
    numbers.hold(work.connection, [version_series(appeal.entry_number)])
    entry = present_entry(work.connection, appeal.entry_number, work.now)
    base = entries.find_version(work.connection, appeal.entry_number, appeal.against_version)
    refusal = ground_against_entry(appeal, entry, base) or _ground_of_claims(work, accepted, command, entry)
    if refusal is not None:
        return Outcome(ground=refusal)
    assert entry is not None
    assert base is not None
    intake = _Intake(
        application=appeal,
        confirmation=command.confirmation,
        type=CaseType(appeal.kind),
        register=entry.register,
        subject=card_of_entry(entry).short_name,
        examination=examination,
        entry=entry,
        changes=_changes(appeal, base),
    )
    return _receive(work, accepted, intake)


def _judged(
    work: Work,
    accepted: AcceptedCommand,
    application: RegistrationApplication | AppealApplication,
    confirmation: Confirmation,
) -> tuple[Examination, Ground | None]:
    """What the rules of completeness found, and why the application is to be refused before anything is looked up.

    The person is judged as of the receipt: a suspension since then does not undo what was received before.
    """
    codes = directory.agency_codes(work.connection)
    named = entries_named(work.connection, application, work.now)
    examination = examine(
        application, agencies=codes, today=civil_day(accepted.received_at), terms=work.terms, entries=named
    )
    person = directory.find_representative(work.connection, application.representative, at=accepted.received_at)
    return examination, ground_against(accepted, application, confirmation, person) or examination.ground


def ground_against_entry(appeal: AppealApplication, entry: Entry | None, base: Entry | None) -> Ground | None:
    """Why `appeal` cannot be made against the entry as it is now; `base` is the version it was made against."""
    if entry is None:
        return ground(GroundCode.UNKNOWN_ENTRY)
    if entry.owner != appeal.applicant:
        return ground(GroundCode.ENTRY_NOT_OF_APPLICANT)
    refusal = ground_of_status(CaseType(appeal.kind), entry)
    if refusal is not None:
        return refusal
    if base is None:
        version = appeal.against_version
        return ground(
            GroundCode.FALSE_DATA, f"Qeydin {version} nömrəli versiyası yoxdur.", f"The entry has no version {version}."
        )
    return None


def _ground_of_claims(
    work: Work, accepted: AcceptedCommand, command: SubmitAppeal, entry: Entry | None
) -> Ground | None:
    """Claim what the appeal needs for itself: its place as the open one, its file, the new short name if it has one."""
    assert entry is not None
    appeal = command.application
    place = appeal_key(entry.number, CaseType(appeal.kind), appeal.applicant)
    file = _file(appeal, command.confirmation)
    taken = numbers.acquire(work.connection, accepted.tracking_id, {place, *_new_names(appeal, entry)} | file)
    if taken is None:
        return None
    if taken in file:
        return ground(GroundCode.SIGNED_FILE_USED)
    return ground(GroundCode.OPEN_CASE_EXISTS if taken == place else GroundCode.DUPLICATE)


def _file(application: RegistrationApplication | AppealApplication, confirmation: Confirmation) -> set[str]:
    digest = confirmation.signed_file_digest
    return set() if digest is None else {file_key(application.applicant, digest)}


def _new_names(appeal: AppealApplication, entry: Entry) -> set[str]:
    """The short name that the entry would get, unless it has it; another agency's is claimed on entry only."""
    if not appeal.kind.carries_card:
        return set()
    return names_to_claim(entry.register, appeal.applicant, cards_of(appeal), card_of_entry(entry))


def _changes(appeal: AppealApplication, base: Entry) -> Sequence[FieldChange]:
    if not appeal.kind.carries_card:
        return ()
    return difference(card_of_entry(base), cards_of(appeal)[0])


def _receive(work: Work, accepted: AcceptedCommand, intake: _Intake) -> Outcome:
    """Give the incoming number and keep the case; the owner is told."""
    case = _case(work, accepted, intake)
    cases.add_case(
        work.connection,
        case,
        application=intake.application,
        confirmation=intake.confirmation,
        recorded_at=work.now,
        current_version=intake.entry.version if intake.entry else None,
        notes=intake.examination.notes + _moved_on(case, intake.entry),
        changes=intake.changes,
    )
    clocks = keep_clocks(work, case)
    return Outcome(subject=case.number, events=(_notice(work, case, deadlines(clocks)),))


def _case(work: Work, accepted: AcceptedCommand, intake: _Intake) -> Case:
    application = intake.application
    received_on = civil_day(accepted.received_at)
    term = lateness(application, intake.register, received_on, work.terms)
    drawn = numbers.next_number(work.connection, incoming_series(intake.register, received_on.year))
    return Case(
        number=incoming_number(intake.register, received_on.year, drawn),
        tracking_id=accepted.tracking_id,
        type=intake.type,
        register=intake.register,
        state=CaseState.RECEIVED,
        applicant=application.applicant,
        representative=application.representative,
        confirmation=intake.confirmation.method,
        subject=intake.subject,
        received_at=accepted.received_at,
        event_date=application.event_date,
        due_date=term.due_date,
        late=term.late,
        entry_number=intake.entry.number if intake.entry else None,
        against_version=application.against_version if isinstance(application, AppealApplication) else None,
        defects=intake.examination.defects,
        steps=_steps(accepted, intake),
    )


def _steps(accepted: AcceptedCommand, intake: _Intake) -> tuple[CaseStep, ...]:
    """How the case came to be RECEIVED. The signer's clock may be ahead of ours: no step lies after the receipt."""
    person = f"representative:{intake.application.representative}"
    confirmed_at = min(intake.confirmation.confirmed_at, accepted.received_at)
    reason = intake.application.reason if isinstance(intake.application, AppealApplication) else None
    made = (
        (CaseEvent.DRAWN_UP, confirmed_at, person, reason),
        (CaseEvent.CONFIRMED, confirmed_at, person, intake.confirmation.method.value),
        (CaseEvent.RECEIVED, accepted.received_at, OPERATOR, None),
    )
    steps: list[CaseStep] = []
    state: CaseState | None = None
    for sequence, (event, at, actor, why) in enumerate(made, start=1):
        after = advance(state, event)
        steps.append(
            CaseStep(sequence=sequence, at=at, actor=actor, event=event, from_state=state, to_state=after, reason=why),
        )
        state = after
    return tuple(steps)


def _moved_on(case: Case, entry: Entry | None) -> tuple[Defect, ...]:
    """The note that the entry has newer versions than the one the appeal starts from."""
    if entry is None or case.against_version is None or case.against_version >= entry.version:
        return ()
    return (
        Defect(
            path="/againstVersion",
            rule="entry.moved-on",
            text_az=f"Qeydin hazırkı versiyası {entry.version}: müraciət köhnə versiyaya əsaslanır.",
            text_en=f"The entry is at version {entry.version} by now: the appeal starts from an older one.",
        ),
    )


def _notice(work: Work, case: Case, last_days: dict[str, str]) -> NoticeDue:
    parameters = {"name": case.subject} | last_days
    if case.entry_number is not None:
        parameters["entry"] = case.entry_number
    if case.late:
        parameters["due"] = case.due_date.isoformat()
    return NoticeDue(
        event_id=str(uuid7()),
        agency=case.applicant,
        kind=NoticeKind.CASE_RECEIVED,
        tracking_id=case.tracking_id,
        subject=case.number,
        occurred_at=work.now,
        parameters=parameters,
    )
