"""Lists of cases: an applicant's own, and the operator's inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection

from handlers.cases.criteria import CaseCriteria, CasePage, CaseSummary, InboxCase, InboxPage
from handlers.cases.told import states_meant, told_state
from handlers.paging import page_size, read_cursor, require_order, write_cursor
from handlers.rules.clocks import moments_of
from handlers.store.case_list import list_after

_LISTING: Final = "cases"

SummaryT = TypeVar("SummaryT", bound=CaseSummary)


def list_cases(
    connection: Connection, criteria: CaseCriteria, *, size: int | None = None, cursor: str | None = None
) -> CasePage:
    """The next page of cases that meet all `criteria`, by the time of receipt, as applicants are shown them.

    Whoever turns pages until there are no more has seen every case that was there at the beginning and met the criteria
    all the while, once. `size`: 1 to `MAX_PAGE`. Raises `CursorError`, `CriteriaError`.
    """
    meant = replace(criteria, states=states_meant(criteria.states))
    cases, following = _page(connection, CaseSummary, meant, page_size(size), cursor)
    told = tuple(replace(each, state=told_state(each.state)) for each in cases)
    return CasePage(cases=told, next_cursor=following)


def inbox(
    connection: Connection, criteria: CaseCriteria, *, size: int | None = None, cursor: str | None = None
) -> InboxPage:
    """As `list_cases`, with what only the operator's staff see: in whose hands each case is."""
    cases, following = _page(connection, InboxCase, criteria, page_size(size), cursor)
    return InboxPage(cases=cases, next_cursor=following)


def _page(
    connection: Connection, kind: type[SummaryT], criteria: CaseCriteria, wanted: int, cursor: str | None
) -> tuple[tuple[SummaryT, ...], str | None]:
    require_order("received", criteria.received_from, criteria.received_to)
    found = list_after(
        connection,
        kind,
        criteria,
        received=moments_of(criteria.received_from, criteria.received_to),
        after=None if cursor is None else read_cursor(cursor, _LISTING, criteria, tuple[datetime, str]),
        limit=wanted + 1,
    )
    if len(found) <= wanted:
        return tuple(found), None
    last = found[wanted - 1]
    return tuple(found[:wanted]), write_cursor(_LISTING, criteria, (last.received_at, last.number))
