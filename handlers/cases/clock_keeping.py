"""Keeping the clocks of a case in step with its history, and questions about what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection

from handlers.cases.clock_model import CaseClock, KeptClock, PressingClock
from handlers.cases.clocks import read_clocks
from handlers.cases.model import Case, CaseStep
from handlers.rules.clocks import Terms, civil_day
from handlers.store import case_clocks
from handlers.store.case_clocks import Place
from handlers.work import Work

_DAY: Final = timedelta(days=1)


def keep_clocks(work: Work, case: Case, steps: Sequence[CaseStep] | None = None) -> tuple[CaseClock, ...]:
    """Bring the kept clocks of `case` in step with its whole history (`steps`, or those of the case); the clocks.

    To be called after each step, in its unit of work, by whoever holds the lock of the case; calling it again changes
    nothing. What was told of a clock stays.
    """
    clocks = read_clocks(case, steps, work.terms)
    for before, after in _changes(work, case, clocks):
        if before is None:
            case_clocks.add(work.connection, after)
        else:
            case_clocks.change(work.connection, after)
    return clocks


def changes(work: Work, case: Case) -> list[tuple[KeptClock | None, KeptClock]]:
    """What `keep_clocks` would change now: each clock as it is kept (None: not at all), and as it is to be."""
    return _changes(work, case, read_clocks(case, terms=work.terms))


def _changes(work: Work, case: Case, clocks: Sequence[CaseClock]) -> list[tuple[KeptClock | None, KeptClock]]:
    kept = {each.key: each for each in case_clocks.of_case(work.connection, case.number)}
    found: list[tuple[KeptClock | None, KeptClock]] = []
    for clock in clocks:
        before = kept.get((case.number, clock.code, clock.round))
        after = in_step(case.number, clock, before, civil_day(work.now), work.terms)
        if after != before:
            found.append((before, after))
    return found


def in_step(number: str, clock: CaseClock, before: KeptClock | None, today: date, terms: Terms) -> KeptClock:
    """The clock as it is to be kept now, when it was kept as `before` until now."""
    days = KeptClock(
        case_number=number,
        code=clock.code,
        round=clock.round,
        started_on=clock.started_on,
        due_on=clock.due_on,
        warn_on=clock.warn_on,
        stopped_since=clock.stopped_since,
        ended_on=clock.ended_on,
    )
    if before is None:
        return replace(days, look_on=look_on(days, today, terms))
    told = replace(
        days,
        warned_at=before.warned_at,
        breached_at=before.breached_at,
        reminders=before.reminders,
        look_on=before.look_on,
        firings=before.firings,
    )
    # A reminder that is due today and not given yet must not be put off by a step that moved nothing.
    return told if told == before else replace(told, look_on=look_on(told, today, terms))


def look_on(clock: KeptClock, today: date, terms: Terms) -> date | None:
    """From which day on there is something to tell of `clock`, given what was told until `today`; None: never."""
    if clock.ended_on is not None:
        return None
    if clock.breached_at is None:
        if clock.breached(clock.stopped_since or date.min):
            return clock.due_on + _DAY
        if clock.stopped_since is not None:
            return None
        return clock.warn_on if clock.warned_at is None else clock.due_on + _DAY
    every = terms.term(clock.code, clock.started_on).remind_every
    if every is None or clock.stopped_since is not None:
        return None
    past = max(0, (today - clock.due_on).days)
    return clock.due_on + _DAY * every * (past // every + 1)


def clocks_of(connection: Connection, number: str) -> tuple[KeptClock, ...]:
    """Every clock of the case `number` in order of their start, each with when it was told of."""
    return case_clocks.of_case(connection, number)


def about_to_breach(
    connection: Connection, by: date, *, clerk: str | None = None, after: PressingClock | None = None, limit: int = 100
) -> list[PressingClock]:
    """Running clocks whose last day is `by` or before, those that are overdue first; `after`: the last one had.

    Clocks that stand still press nobody and are not among them.
    """
    place: Place | None = None
    if after is not None:
        place = (after.due_on, after.case_number, after.code.value, after.round)
    return case_clocks.pressing(connection, by, clerk=clerk, after=place, limit=limit)
