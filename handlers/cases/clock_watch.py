"""The watch over the clocks of cases: warns when most of a term has passed, and tells when all of it has.

Each firing is one unit of work, in which the lock of the case is held: the clock's row, a row of its history, the
notice to the owner, and notices to the clerk and the supervisors. So it happens once, however many processes look and
whatever step is made at that moment. A clock that was missed while nothing ran fires late: once, as breached when it
is by then; the warning that has become pointless is left out, and of several reminders missed there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection

from handlers.cases.clock_keeping import changes, in_step, keep_clocks, look_on
from handlers.cases.clock_model import Firing, FiringKind, KeptClock
from handlers.cases.clock_texts import owner_notice, staff_texts
from handlers.cases.clocks import read_clocks
from handlers.cases.model import Role
from handlers.cases.transitions import OPEN
from handlers.leaving import leave
from handlers.rules.clocks import TERMS, TermCode, Terms, civil_day
from handlers.staff.commands import tell_staff
from handlers.staff.model import StaffNoticeKind
from handlers.store import case_clocks, cases
from handlers.store.case_clocks import Key, Place
from handlers.store.cases import KeptCase
from handlers.store.ports import Store, StoreConflictError, StoreUnavailableError
from handlers.work import Work

_T = TypeVar("_T")
_AT_ONCE: Final = 200
"""Rows looked up in one query."""

Failed = Callable[[str, Exception], None]
"""Is told of a case (its number) whose clocks could not be looked at."""

_STAFF_KINDS: Final = {
    FiringKind.WARNED: StaffNoticeKind.CLOCK_WARNING,
    FiringKind.BREACHED: StaffNoticeKind.CLOCK_BREACHED,
    FiringKind.REMINDED: StaffNoticeKind.DESTRUCTION_OVERDUE,
}


def watch_clocks(store: Store, now: datetime, *, failed: Failed, terms: Terms = TERMS) -> list[Firing]:
    """Tell of every clock of which there is something to tell at `now`; what was told.

    A case that cannot be looked at is handed to `failed` and holds up no other. Raises `StoreUnavailableError`, and
    `StoreConflictError` when the database gave way to another process; what is left is told at the next look.
    """
    fired: list[Firing] = []
    after: Place | None = None
    while True:
        with store.reading() as connection:
            places = case_clocks.to_look_at(connection, civil_day(now), after=after, limit=_AT_ONCE)
        for _, number, code, round_ in places:
            firing = _written(store, number, failed, partial(_look, now, terms, (number, TermCode(code), round_)))
            fired += [] if firing is None else [firing]
        if len(places) < _AT_ONCE:
            return fired
        after = places[-1]


def _look(now: datetime, terms: Terms, key: Key, connection: Connection) -> Firing | None:
    return look_at(Work(connection, now, terms), key)


def look_at(work: Work, key: Key) -> Firing | None:
    """Tell what there is to tell of the clock `key` now; None: nothing (any more).

    Its days are counted afresh: the calendar may have been corrected since the clock was kept.
    """
    kept = cases.find_kept(work.connection, key[0], lock=True)
    before = case_clocks.find(work.connection, key)
    if kept is None or before is None:
        return None
    today = civil_day(work.now)
    clock = next(each for each in read_clocks(kept.case, terms=work.terms) if (each.code, each.round) == key[1:])
    present = in_step(kept.case.number, clock, before, today, work.terms)
    kind = due_firing(present, work)
    if kind is None:
        if present != before:
            case_clocks.change(work.connection, present)
        return None
    return _fire(work, kept, present, kind)


def due_firing(clock: KeptClock, work: Work) -> FiringKind | None:
    """What is to be told of `clock` now, given what was told before."""
    today = civil_day(work.now)
    if clock.look_on is None or clock.look_on > today:
        return None
    if clock.breached_at is not None:
        return FiringKind.REMINDED
    return FiringKind.BREACHED if clock.breached(today) else FiringKind.WARNED


def _fire(work: Work, kept: KeptCase, clock: KeptClock, kind: FiringKind) -> Firing:
    if kind is FiringKind.WARNED:
        after = replace(clock, warned_at=work.now)
    elif kind is FiringKind.BREACHED:
        after = replace(clock, breached_at=work.now)
    else:
        after = replace(clock, reminders=clock.reminders + 1)
    case_clocks.change(work.connection, replace(after, look_on=look_on(after, civil_day(work.now), work.terms)))
    firing = Firing(
        case_number=clock.case_number,
        code=clock.code,
        round=clock.round,
        sequence=case_clocks.count_firings(work.connection, clock.key) + 1,
        kind=kind,
        at=work.now,
        due_on=clock.due_on,
    )
    case_clocks.add_firing(work.connection, firing)
    term = work.terms.term(clock.code, clock.started_on)
    leave(work, [owner_notice(kept.case, firing, term)])
    _tell_staff(work, kept, firing, *staff_texts(kept.case, firing, term))
    return firing


def _tell_staff(work: Work, kept: KeptCase, firing: Firing, text_az: str, text_en: str) -> None:
    """To the clerk of the case, or to all registrars while nobody has it; and to the supervisors."""
    kind = _STAFF_KINDS[firing.kind]
    number = kept.case.number
    role = Role.REGISTRAR if kept.clerk is None else None
    tell_staff(work, kind, text_az=text_az, text_en=text_en, case_number=number, person=kept.clerk, role=role)
    tell_staff(work, kind, text_az=text_az, text_en=text_en, case_number=number, role=Role.SUPERVISOR)


def start_missing_clocks(store: Store, now: datetime, *, failed: Failed, terms: Terms = TERMS) -> int:
    """Start the clocks of open cases that have none: taken in before there were clocks, or by an earlier release.

    How many cases there were. Raises as `watch_clocks` does.
    """
    started = 0
    while True:
        with store.reading() as connection:
            numbers = case_clocks.without_clocks(connection, sorted(OPEN), _AT_ONCE)
        done = sum(_written(store, number, failed, partial(_start, now, terms, number)) or 0 for number in numbers)
        started += done
        if len(numbers) < _AT_ONCE or not done:
            return started


def recount_clocks(store: Store, now: datetime, *, failed: Failed, terms: Terms = TERMS) -> int:
    """Count the days of every running clock afresh, by the terms and the calendar in use now; how many cases changed.

    For when these are read anew: what is only looked at on its day would miss a day that has come nearer. Raises as
    `watch_clocks` does.
    """
    with store.reading() as connection:
        numbers = case_clocks.with_running_clocks(connection)
    changed = 0
    for number in numbers:
        with store.reading() as connection:
            right = _apart(number, failed, partial(_is_in_step, now, terms, number, connection))
        if right is False:
            changed += _written(store, number, failed, partial(_start, now, terms, number)) or 0
    return changed


def _is_in_step(now: datetime, terms: Terms, number: str, connection: Connection) -> bool:
    kept = cases.find_kept(connection, number)
    assert kept is not None, "cases are never deleted"
    return not changes(Work(connection, now, terms), kept.case)


def _start(now: datetime, terms: Terms, number: str, connection: Connection) -> int:
    kept = cases.find_kept(connection, number, lock=True)
    assert kept is not None, "cases are never deleted"
    return 1 if keep_clocks(Work(connection, now, terms), kept.case) else 0


def _written(store: Store, number: str, failed: Failed, unit: Callable[[Connection], _T]) -> _T | None:
    """Run `unit` for one case in a transaction of its own."""

    def run() -> _T:
        with store.writing() as connection:
            return unit(connection)

    return _apart(number, failed, run)


def _apart(number: str, failed: Failed, run: Callable[[], _T]) -> _T | None:
    """`run` for one case; its errors are kept from the others, but not those of the store, which concern all."""
    try:
        return run()
    except (StoreUnavailableError, StoreConflictError):
        raise
    except Exception as error:  # noqa: BLE001 - a case that cannot be read must not silence the clocks of all others
        failed(number, error)
        return None
