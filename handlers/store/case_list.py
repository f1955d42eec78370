"""Pages of cases, each found by an index that begins with what is asked for and goes on in the order of the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Boolean, ColumnElement, Connection, Select, literal_column, select, tuple_, union_all

from handlers.cases.criteria import CaseCriteria, CaseSummary
from handlers.cases.model import CaseState
from handlers.store.rows import record_of
from handlers.store.tables_case_lists import LATE_CASE, OPEN_CASE
from handlers.store.tables_registers import register_case

_c = register_case.c

SummaryT = TypeVar("SummaryT", bound=CaseSummary)


def list_after(
    connection: Connection,
    kind: type[SummaryT],
    criteria: CaseCriteria,
    *,
    received: tuple[datetime | None, datetime | None],
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[SummaryT]:
    """The next `limit` cases behind the case `after` (moment of receipt, number), as `kind` tells them.

    `received`: from which moment, and before which; None: without bound.
    """
    conditions = [*_conditions(criteria), *_received(received), *_behind(after, oldest_first=criteria.oldest_first)]
    # A list for each state, since an index has the cases of one state in order, but not those of several.
    states: Sequence[CaseState | None] = criteria.states or (None,)
    pages = [_page(conditions, state, limit, oldest_first=criteria.oldest_first) for state in dict.fromkeys(states)]
    if criteria.entry_number is not None:
        # SQLite keeps no figures of its own accord, and may go through all cases of the applicant instead.
        pages = [each.with_hint(register_case, "INDEXED BY ix_case_list_entry", "sqlite") for each in pages]
    numbers = pages[0] if len(pages) == 1 else union_all(*(select(each.subquery().c.number) for each in pages))
    query = select(*(_c[field] for field in kind.__struct_fields__)).where(
        _c.number.in_(list(connection.scalars(numbers)))
    )
    rows = connection.execute(query.order_by(*_order(oldest_first=criteria.oldest_first)).limit(limit))
    return [record_of(kind, row) for row in rows.mappings()]


def _page(
    conditions: Sequence[ColumnElement[bool]], state: CaseState | None, limit: int, *, oldest_first: bool
) -> Select[Any]:
    query = select(_c.number).where(*conditions).order_by(*_order(oldest_first=oldest_first)).limit(limit)
    return query if state is None else query.where(_c.state == state)


def _order(*, oldest_first: bool) -> list[ColumnElement[Any]]:
    columns: list[ColumnElement[Any]] = [_c.received_at, _c.number]
    return columns if oldest_first else [column.desc() for column in columns]


def _behind(after: tuple[datetime, str] | None, *, oldest_first: bool) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    place = tuple_(_c.received_at, _c.number)
    return [place > after if oldest_first else place < after]


def _received(received: tuple[datetime | None, datetime | None]) -> list[ColumnElement[bool]]:
    start, end = received
    return ([] if start is None else [_c.received_at >= start]) + ([] if end is None else [_c.received_at < end])


def _conditions(criteria: CaseCriteria) -> list[ColumnElement[bool]]:
    equal = {
        _c.applicant: criteria.applicant,
        _c.type: criteria.type,
        _c.register: criteria.register,
        _c.entry_number: criteria.entry_number,
        _c.clerk: criteria.clerk,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if criteria.unassigned:
        found.append(_c.clerk.is_(None))
    if criteria.open_only:
        found.append(literal_column(OPEN_CASE, Boolean))
    if criteria.late_only:
        found.append(literal_column(LATE_CASE, Boolean))
    return found
