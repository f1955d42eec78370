"""Telling applicants that the authority of a representative has ended: once for each case and each ending."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection

from handlers.cases.authority import ending_in
from handlers.cases.transitions import UNDECIDED
from handlers.leaving import leave
from handlers.messages import NoticeDue
from handlers.notices.model import NoticeKind
from handlers.rules.clocks import civil_day
from handlers.store import cases, notices, outbox
from handlers.store.case_authority import without_authority
from handlers.store.ports import Store
from handlers.work import Work


def tell_of_ended_authority(store: Store, now: datetime) -> list[NoticeDue]:
    """Have the notices written that are due and not told of yet, whoever calls this and however often; those new.

    They leave through the outbox as every notice about a case, which is written with the installation's links. Raises
    `StoreUnavailableError`, and `StoreConflictError` when another process tells of one of them at the same moment.
    """
    today = civil_day(now)
    with store.reading() as connection:
        found = without_authority(connection, UNDECIDED, today)
        standing = [_notice(connection, agency, number, now) for agency, number in found]
        due = [each for each in standing if each is not None and not _is_told(connection, each.event_id)]
    if due:
        with store.writing() as connection:
            leave(Work(connection, now), due)
    return due


def _is_told(connection: Connection, event_id: str) -> bool:
    return outbox.has_message(connection, event_id) or notices.has_notice(connection, event_id)


def _notice(connection: Connection, agency: str, number: str, now: datetime) -> NoticeDue | None:
    case = cases.find_case(connection, agency, number=number)
    ending = None if case is None else ending_in(connection, case, civil_day(now))
    if case is None or ending is None:
        return None
    identity = f"{case.number}:{case.representative}:{ending.mark}"
    parameters = {"name": case.subject, "representative": case.representative}
    if case.entry_number is not None:
        parameters["entry"] = case.entry_number
    return NoticeDue(
        event_id=str(uuid5(NAMESPACE_URL, f"urn:state-register:case-authority:{identity}")),
        agency=case.applicant,
        kind=NoticeKind.AUTHORITY_ENDED,
        tracking_id=case.tracking_id,
        subject=case.number,
        occurred_at=now,
        parameters=parameters,
    )
