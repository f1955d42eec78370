"""Making a step of a case: by the table and by nothing else (`handlers.cases.transitions`).

One step is one row of history, one notice to the owner, and whatever else the table says, in one unit of work.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from handlers.cases.clock_keeping import keep_clocks
from handlers.cases.clocks import correction_overdue, deadlines
from handlers.cases.effects import EFFECTS, IssueExtract, Making, StepRefusedError
from handlers.cases.guards import GUARDS, Deed, Situation
from handlers.cases.model import Case, CaseEvent, CaseFile, CaseStep, Role
from handlers.cases.queries import TERMINAL_USER, case_file
from handlers.cases.stages import spent
from handlers.cases.told import REASONS_TOLD, told_state
from handlers.cases.transitions import OF_EVERY_STEP, Guard, IllegalTransitionError, Transition, transition_for
from handlers.cases.words import EVENTS, STATES
from handlers.leaving import leave
from handlers.messages import NoticeDue
from handlers.notices.model import NoticeKind
from handlers.receipts.model import Ground
from handlers.registration.entries import present_entry
from handlers.registration.facts import entries_named, related_entries
from handlers.registration.model import Entry
from handlers.rules.clocks import civil_day
from handlers.rules.completeness import RULES, Facts, Finding, findings
from handlers.rules.grounds import GroundCode, ground
from handlers.rules.numbering import entry_series, version_series
from handlers.store import cases, numbers
from handlers.work import Work


def make_step(
    work: Work,
    number: str,
    event: CaseEvent,
    deed: Deed,
    *,
    issue_extract: IssueExtract | None = None,
) -> CaseFile:
    """Make the step `event` of the case `number`; the file as it is afterwards.

    Raises `StepRefusedError` with the ground when there is no such case, the table has no such step from its state,
    whoever asks is not entitled to it, or a guard stands against it. The unit of work is to be rolled back then.
    """
    file = case_file(work.connection, number, work.now, lock=True)
    if file is None:
        raise StepRefusedError(ground(GroundCode.UNKNOWN_CASE))
    transition = _transition(file.case, event, deed.actor.role)
    if deed.actor.role not in transition.who:
        raise StepRefusedError(_not_entitled(transition))
    approves = Guard.ENTRY_FITS in transition.guards
    if approves:
        numbers.hold(work.connection, _judged_by(file))
    situation = _situation(work, file, deed, approves=approves)
    for guard in (*OF_EVERY_STEP, *transition.guards):
        against = GUARDS[guard](situation)
        if against is not None:
            raise StepRefusedError(against)
    making = Making(
        work=work, situation=situation, sequence=file.case.steps[-1].sequence + 1, issue_extract=issue_extract
    )
    for effect in transition.effects:
        EFFECTS[effect](making)
    _record(making, transition)
    after = case_file(work.connection, number, work.now)
    assert after is not None
    making.parameters |= deadlines(keep_clocks(work, after.case))
    leave(work, [_notice(making, transition, after.case), *_notice_of_transfer(making, after.case)])
    return after


def _transition(case: Case, event: CaseEvent, role: Role) -> Transition:
    try:
        return transition_for(case.state, event)
    except IllegalTransitionError:
        state = told_state(case.state) if role is Role.APPLICANT else case.state
        raise StepRefusedError(
            ground(
                GroundCode.ILLEGAL_STEP,
                f"Vəziyyət: {state} ({STATES[state][1]}); addım: {event} ({EVENTS[event][1]}).",
                f"State: {state} ({STATES[state][0]}); step: {event} ({EVENTS[event][0]}).",
            )
        ) from None


def _not_entitled(transition: Transition) -> Ground:
    who = ", ".join(sorted(transition.who))
    return ground(GroundCode.NOT_ENTITLED, f"Bunu edə bilər: {who}.", f"Entitled are: {who}.")


def _judged_by(file: CaseFile) -> set[str]:
    """Series to hold, in one order for all, so that nothing by which an approval is judged changes until it is entered.

    These are the versions of its entry and of those that its card names. Relations run in circles through entries that
    a card does not name: two cards with relations are never approved at the same time, by the series of new entries.
    (Before the versions, as a registration draws from it; nobody who holds versions alone asks for it.)
    """
    related = related_entries(file.application)
    own = set() if file.case.entry_number is None else {file.case.entry_number}
    series = {version_series(number) for number in own | related}
    return series | {entry_series(file.case.register)} if related else series


def _situation(work: Work, file: CaseFile, deed: Deed, *, approves: bool) -> Situation:
    return Situation(
        file=file,
        deed=deed,
        unfit=_unfit(work, file) if approves else (),
        entry=_entry(work.connection, file.case, work.now),
        correction_overdue=correction_overdue(file.case, civil_day(work.now), work.terms),
    )


def _unfit(work: Work, file: CaseFile) -> tuple[Finding, ...]:
    application = file.application
    facts = Facts(
        agencies=(),
        today=civil_day(work.now),
        terms=work.terms,
        entries=entries_named(work.connection, application, work.now),
    )
    return tuple(findings(application, facts, [rule for rule in RULES if rule.judged_on_approval]))


def _entry(connection: Connection, case: Case, now: datetime) -> Entry | None:
    return None if case.entry_number is None else present_entry(connection, case.entry_number, now)


def _record(making: Making, transition: Transition) -> None:
    case, deed = making.case, making.deed
    last = case.steps[-1]
    making.change(TERMINAL_USER, None, deed.actor.terminal_user)
    decision = deed.decision
    step = CaseStep(
        sequence=making.sequence,
        # Clocks of several machines differ a little: a history never runs backwards.
        at=max(making.work.now, last.at),
        actor=deed.actor.text,
        event=transition.event,
        from_state=case.state,
        to_state=transition.leads_to(case.state),
        reason=deed.reason or (decision.reason if decision else None) or None,
        changes=tuple(making.changes),
    )
    took = spent(case, transition.event, step.at)
    cases.add_step(making.work.connection, case.number, step, spent=took, **making.columns)


def _notice(making: Making, transition: Transition, after: Case) -> NoticeDue:
    assert transition.notice is not None, "every step after the receipt is told to the owner"
    parameters = {"name": after.subject, **making.parameters}
    if after.entry_number is not None:
        parameters.setdefault("entry", after.entry_number)
    if after.late:
        parameters.setdefault("due", after.due_date.isoformat())
    if transition.event in REASONS_TOLD and making.deed.reason:
        parameters.setdefault("reason", making.deed.reason)
    if transition.event is CaseEvent.OWNER_INFORMED and (extract := _extract(after)):
        parameters["extract"] = extract
    confirmed = making.deed.confirmed
    return NoticeDue(
        event_id=str(uuid7()),
        agency=after.applicant,
        kind=transition.notice,
        tracking_id=after.tracking_id if confirmed is None else confirmed.tracking_id,
        subject=after.number,
        occurred_at=making.work.now,
        parameters=parameters,
    )


def _extract(case: Case) -> str | None:
    """Number of the extract that was issued when the case was entered; None: nothing was entered."""
    changes = (each for step in case.steps if step.event is CaseEvent.ENTERED for each in step.changes)
    return next(
        (msgspec.json.decode(each.after, type=str) for each in changes if each.path == "/extract" and each.after), None
    )


def _notice_of_transfer(making: Making, case: Case) -> list[NoticeDue]:
    """What another agency is told when an entry passes to it: it is not the one who applied, and hears of no step."""
    entry, before = making.entry, making.situation.entry
    if entry is None or before is None or entry.owner == before.owner:
        return []
    return [
        NoticeDue(
            event_id=str(uuid7()),
            agency=entry.owner,
            kind=NoticeKind.ENTRY_RECEIVED,
            tracking_id=str(uuid7()),  # the command that led to it is another agency's
            subject=entry.number,
            occurred_at=making.work.now,
            parameters={
                "entry": entry.number,
                "short_name": case.subject,
                "former_owner": before.owner,
                "since": civil_day(entry.valid_from).isoformat(),
                "version": str(entry.version),
            },
        )
    ]
