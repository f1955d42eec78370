"""Lists of cases: an applicant's own, and the operator's inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from handlers.cases.criteria import CaseCriteria, CasePage
from handlers.paging import page_size, read_cursor, require_order, write_cursor
from handlers.rules.clocks import moments_of
from handlers.store.case_list import list_after

_LISTING: Final = "cases"


def list_cases(
    connection: Connection, criteria: CaseCriteria, *, size: int | None = None, cursor: str | None = None
) -> CasePage:
    """The next page of cases that meet all `criteria`, by the time of receipt.

    Whoever turns pages until there are no more has seen every case that was there at the beginning and met the criteria
    all the while, once. `size`: 1 to `MAX_PAGE`. Raises `CursorError`, `CriteriaError`.
    """
    wanted = page_size(size)
    require_order("received", criteria.received_from, criteria.received_to)
    after = None if cursor is None else read_cursor(cursor, _LISTING, criteria, tuple[datetime, str])
    found = list_after(
        connection,
        criteria,
        received=moments_of(criteria.received_from, criteria.received_to),
        after=after,
        limit=wanted + 1,
    )
    cases, more = tuple(found[:wanted]), len(found) > wanted
    key = (cases[-1].received_at, cases[-1].number) if more else None
    return CasePage(cases=cases, next_cursor=None if key is None else write_cursor(_LISTING, criteria, key))
