"""Where the clocks of cases are kept, with what was told of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, insert, select, tuple_, update

from handlers.cases.clock_model import Firing, KeptClock, PressingClock
from handlers.rules.clocks import TermCode
from handlers.store.rows import columns_of, record_of
from handlers.store.tables_clocks import case_clock, case_clock_firing
from handlers.store.tables_registers import register_case

Key = tuple[str, TermCode, int]
"""Number of the case, code and round of the clock."""
Place = tuple[date, str, str, int]
"""A place in the order of days: the day and the key."""

_c = case_clock.c


def of_case(connection: Connection, number: str) -> tuple[KeptClock, ...]:
    """Every clock of the case, in order of their start, each with its firings."""
    f = case_clock_firing.c
    firings: defaultdict[tuple[str, int], list[Firing]] = defaultdict(list)
    for row in connection.execute(
        select(case_clock_firing).where(f.case_number == number).order_by(f.sequence)
    ).mappings():
        firings[row["code"], row["round"]].append(record_of(Firing, row))
    rows = connection.execute(
        select(case_clock).where(_c.case_number == number).order_by(_c.started_on, _c.code, _c.round)
    )
    return tuple(
        record_of(KeptClock, row, firings=tuple(firings[row["code"], row["round"]])) for row in rows.mappings()
    )


def find(connection: Connection, key: Key) -> KeptClock | None:
    """The clock of that key."""
    row = connection.execute(select(case_clock).where(_is(key))).mappings().first()
    return None if row is None else record_of(KeptClock, row)


def add(connection: Connection, clock: KeptClock) -> None:
    """Keep a new clock. The caller holds the lock of its case."""
    connection.execute(insert(case_clock).values(columns_of(clock, "firings")))


def change(connection: Connection, clock: KeptClock) -> None:
    """Keep what became of a clock. The caller holds the lock of its case."""
    changed = columns_of(clock, "firings", "case_number", "code", "round", "started_on")
    connection.execute(update(case_clock).where(_is(clock.key)).values(changed))


def add_firing(connection: Connection, firing: Firing) -> None:
    """Keep that a clock was told of."""
    connection.execute(insert(case_clock_firing).values(columns_of(firing)))


def count_firings(connection: Connection, key: Key) -> int:
    """How often the clock was told of."""
    f = case_clock_firing.c
    query = select(f.sequence).where(f.case_number == key[0], f.code == key[1], f.round == key[2])
    return connection.scalar(query.order_by(f.sequence.desc()).limit(1)) or 0


def to_look_at(connection: Connection, today: date, *, after: Place | None, limit: int) -> list[Place]:
    """Up to `limit` places of clocks of which there is something to tell by `today`, in order, those after `after`."""
    order = (_c.look_on, _c.case_number, _c.code, _c.round)
    query = select(*order).where(_c.look_on <= today)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [tuple(row) for row in connection.execute(query.order_by(*order).limit(limit))]


def pressing(
    connection: Connection, by: date, *, clerk: str | None, after: Place | None, limit: int
) -> list[PressingClock]:
    """Up to `limit` running clocks whose last day is not after `by`, the most pressing first, those after `after`."""
    order = (_c.due_on, _c.case_number, _c.code, _c.round)
    r = register_case.c
    query = (
        select(case_clock, r.type, r.register, r.state, r.applicant, r.subject, r.clerk)
        .join(register_case, r.number == _c.case_number)
        .where(_c.due_on <= by, _c.ended_on.is_(None), _c.stopped_since.is_(None))
    )
    if clerk is not None:
        query = query.where(r.clerk == clerk)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    rows = connection.execute(query.order_by(*order).limit(limit))
    return [record_of(PressingClock, row) for row in rows.mappings()]


def with_running_clocks(connection: Connection) -> list[str]:
    """Numbers of all cases of which a clock is running."""
    query = select(_c.case_number).where(_c.ended_on.is_(None), _c.stopped_since.is_(None))
    return list(connection.scalars(query.distinct()))


def without_clocks(connection: Connection, states: list[str], limit: int) -> list[str]:
    """Up to `limit` numbers, in no order, of cases in one of `states` for which no clock is kept."""
    r = register_case.c
    query = (
        select(r.number)
        .outerjoin(case_clock, _c.case_number == r.number)
        .where(r.state.in_(states), _c.case_number.is_(None))
    )
    return list(connection.scalars(query.limit(limit)))


def _is(key: Key) -> ColumnElement[bool]:
    number, code, round_ = key
    return and_(_c.case_number == number, _c.code == code, _c.round == round_)
