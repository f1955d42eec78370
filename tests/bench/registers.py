"""Looking through the two system registers as they grow: 1 000, 10 000, 100 000 entries and three cases for each.

Each question is what a handler does for it, from one transaction to its answer, with other values every time. Its 95th
percentile at the largest size has a bound in milliseconds; beside it stand a bare look-up by primary key through the
driver in the same run, and what the same question cost when the register was smaller. `BENCH_ENTRIES=1000` tries it
out in a few seconds.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, select

from handlers.cases.criteria import CaseCriteria
from handlers.cases.listing import inbox, list_cases
from handlers.cases.model import CaseState, CaseType
from handlers.cases.queries import get_case
from handlers.registration.criteria import EntryCriteria
from handlers.registration.entries import get_entry
from handlers.registration.model import EntryStatus, Register, SpecialCategory
from handlers.registration.search import search_entries
from handlers.registration.terms import words
from handlers.rules.numbering import entry_place
from handlers.store.engine import SqlStore, StoreLimits, open_store
from handlers.store.schema import migrate
from handlers.store.tables_presence import entry_present
from tests.bench import register_fill as fill
from tests.bench.figures import Figure
from tests.servers.postgresql import PostgresCluster
from tests.servers.rabbitmq import ServerMissingError

ENTRIES: Final = int(os.environ.get("BENCH_ENTRIES", "100000"))
SIZES: Final = (ENTRIES // 100, ENTRIES // 10, ENTRIES)
ALLOWED: Final = {"PostgreSQL": 50.0, "SQLite": 150.0}
"""Milliseconds of the 95th percentile."""
ROUNDS: Final = 60
"""Questions of a kind."""
TURNS: Final = 3
"""How often each question is put; the fastest counts, since what else a shared machine does only ever adds."""
WARM: Final = 6
"""Questions before those that count."""
_PAGES: Final = 50
_PATIENT: Final = StoreLimits(statement_timeout=300, idle_timeout=300, answer_timeout=310)

Ask = Callable[[random.Random], Callable[[Connection], object]]
"""Makes up a question, which is then put."""
Times = tuple[float, float]
"""50th and 95th percentile, milliseconds."""


def measure() -> list[Figure]:
    """Every question on both stores, PostgreSQL where it is installed."""
    figures: list[Figure] = []
    with ExitStack() as closing:
        folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="gateway-bench-"))
        figures += _of_store("SQLite", f"sqlite:///{Path(folder) / 'registers.sqlite'}")
    try:
        with _cluster() as url:
            figures += _of_store("PostgreSQL", url)
    except ServerMissingError as missing:
        print(f"not measured on PostgreSQL: {missing}")
    return figures


@contextmanager
def _cluster() -> Iterator[str]:
    cluster = PostgresCluster(fsync=False)
    try:
        cluster.start()
        yield cluster.new_database()
    finally:
        cluster.close()


def _of_store(name: str, url: str) -> list[Figure]:
    measured: dict[int, dict[str, Times]] = {}
    for size in SIZES:
        with _opened(url, _PATIENT) as store:
            migrate(store)
            fill.fill(store, size)
        with _opened(url, StoreLimits()) as store:
            asked = _questions(store, size)
            measured[size] = {what: _times(store, ask) for what, ask in asked.items()}
            measured[size]["a bare look-up by primary key"] = _bare(store, size)
    bare = measured[ENTRIES].pop("a bare look-up by primary key")[0]
    return [_figure(name, what, bare, {size: measured[size][what] for size in SIZES}) for what in measured[ENTRIES]]


@contextmanager
def _opened(url: str, limits: StoreLimits) -> Iterator[SqlStore]:
    store = open_store(url, limits)
    try:
        yield store
    finally:
        store.close()


def _figure(store: str, what: str, bare: float, times: Mapping[int, Times]) -> Figure:
    half, most = times[ENTRIES]
    allowed = ALLOWED[store]
    growth = " → ".join(f"{each[0]:.1f}" for each in times.values())
    sizes = " → ".join(f"{size:,}" for size in times)
    return Figure(
        f"{store}: {what}, p95",
        most,
        "ms",
        bare,
        half / bare,
        f"p95 <= {allowed:g} ms",
        most <= allowed,
        f"a bare look-up by primary key (ratio: of p50); p50 at {sizes} entries: {growth}",
    )


def _times(store: SqlStore, ask: Ask) -> Times:
    chance = random.Random(19)
    spent = []
    for _ in range(WARM + ROUNDS):
        put = ask(chance)
        spent.append(min(_once(store, put) for _ in range(TURNS)))
    return _percentiles(spent[WARM:])


def _once(store: SqlStore, put: Callable[[Connection], object]) -> float:
    started = time.perf_counter()
    with store.reading() as connection:
        put(connection)
    return (time.perf_counter() - started) * 1000


def _bare(store: SqlStore, size: int) -> Times:
    chance, spent = random.Random(7), []
    statement = select(entry_present.c.number).where(entry_present.c.place == 1)
    marker = "%s" if store.url.get_backend_name() == "postgresql" else "?"
    with store.reading() as connection:
        connection.execute(statement)
        driver: Any = connection.connection.driver_connection
        for _ in range(WARM + 10 * ROUNDS):
            place = entry_place(fill.entry_of(chance.randrange(size)).number)
            started = time.perf_counter()
            driver.execute(f"SELECT * FROM entry_present WHERE place = {marker}", (place,)).fetchone()
            spent.append((time.perf_counter() - started) * 1000)
    return _percentiles(spent[WARM:])


def _percentiles(spent: list[float]) -> Times:
    spent.sort()
    return spent[len(spent) // 2], spent[min(len(spent) - 1, int(len(spent) * 0.95))]


# Questions ------------------------------------------------------------------------------------


def _questions(store: SqlStore, size: int) -> dict[str, Ask]:
    return {**_searches(store, size), **_lists(store, size), **_single(size)}


def _searches(store: SqlStore, size: int) -> dict[str, Ask]:
    def searching(criteria: Callable[[random.Random], EntryCriteria]) -> Ask:
        return lambda chance: partial(search_entries, criteria=criteria(chance))

    by = {
        "nothing": lambda _: EntryCriteria(),
        "owner": lambda chance: EntryCriteria(owner=chance.choice(fill.AGENCIES)),
        "register and owner": lambda chance: EntryCriteria(
            register=chance.choice(list(Register)), owner=chance.choice(fill.AGENCIES)
        ),
        "status": lambda chance: EntryCriteria(status=chance.choice(list(EntryStatus))),
        "text, a word": lambda chance: EntryCriteria(text=fill.word(chance)),
        "text, two words of a card": lambda chance: EntryCriteria(text=_two_words(chance, size)),
        "text, the two commonest words": lambda _: EntryCriteria(text=" ".join(fill.WORDS[:2])),
        "data category": lambda chance: EntryCriteria(data_category=chance.choice(fill.DATA)),
        "subject category": lambda chance: EntryCriteria(subject_category=chance.choice(fill.SUBJECTS)),
        "special category": lambda chance: EntryCriteria(special_category=chance.choice(list(SpecialCategory))),
        "recorded within a month": lambda chance: EntryCriteria(**_days(chance, size, 30)),
        "recorded since a day": lambda chance: EntryCriteria(recorded_from=_day(chance, size)),
        "valid since within a year": lambda chance: _valid_within(chance, size),
        "owner, status, a word, recorded since": lambda chance: EntryCriteria(
            owner=chance.choice(fill.AGENCIES),
            status=EntryStatus.REGISTERED,
            text=fill.word(chance),
            recorded_from=_day(chance, size),
        ),
    }
    asked = {f"search by {name}": searching(criteria) for name, criteria in by.items()}
    return asked | {f"search by status, page {_PAGES}": _far_page(store, EntryCriteria(status=EntryStatus.REGISTERED))}


def _far_page(store: SqlStore, criteria: EntryCriteria) -> Ask:
    """Page 50, or the last one of a small register."""
    cursor: str | None = None
    with store.reading() as connection:
        for _ in range(_PAGES - 1):
            following = search_entries(connection, criteria, cursor=cursor).next_cursor
            if following is None:
                break
            cursor = following
    return lambda _: partial(search_entries, criteria=criteria, cursor=cursor)


def _two_words(chance: random.Random, size: int) -> str:
    entry = fill.entry_of(chance.randrange(size))
    card = entry.resource_card or entry.personal_data_system_card
    assert card is not None
    return " ".join(chance.sample(words([card.purpose]), 2))


def _day(chance: random.Random, size: int) -> date:
    return fill.FIRST.date() + timedelta(minutes=fill.MINUTES * chance.randrange(size))


def _days(chance: random.Random, size: int, length: int) -> dict[str, Any]:
    first = _day(chance, size)
    return {"recorded_from": first, "recorded_to": first + timedelta(days=length)}


def _valid_within(chance: random.Random, size: int) -> EntryCriteria:
    first = _day(chance, size)
    return EntryCriteria(valid_since_from=first, valid_since_to=first + timedelta(days=365))


def _lists(store: SqlStore, size: int) -> dict[str, Ask]:
    def agency(chance: random.Random) -> str:
        return chance.choice(fill.AGENCIES)

    def within(chance: random.Random) -> dict[str, Any]:
        first = _day(chance, size)
        return {"received_from": first, "received_to": first + timedelta(days=30)}

    def of_entry(chance: random.Random) -> CaseCriteria:
        entry = fill.entry_of(chance.randrange(size))
        return CaseCriteria(applicant=entry.owner, entry_number=entry.number)

    own: dict[str, Callable[[random.Random], CaseCriteria]] = {
        "applicant": lambda chance: CaseCriteria(applicant=agency(chance)),
        "state": lambda chance: CaseCriteria(applicant=agency(chance), states=(chance.choice(list(CaseState)),)),
        "three states": lambda chance: CaseCriteria(applicant=agency(chance), states=_three_states(chance)),
        "type": lambda chance: CaseCriteria(applicant=agency(chance), type=chance.choice(list(CaseType))),
        "register": lambda chance: CaseCriteria(applicant=agency(chance), register=chance.choice(list(Register))),
        "entry": of_entry,
        "received within a month": lambda chance: CaseCriteria(applicant=agency(chance), **within(chance)),
        "open": lambda chance: CaseCriteria(applicant=agency(chance), open_only=True),
        "late": lambda chance: CaseCriteria(applicant=agency(chance), late_only=True),
    }
    all_of: dict[str, Callable[[random.Random], CaseCriteria]] = {
        "everything": lambda _: CaseCriteria(),
        "state, oldest first": lambda chance: CaseCriteria(states=(chance.choice(list(CaseState)),), oldest_first=True),
        "open and in nobody's hands, oldest first": lambda _: CaseCriteria(
            open_only=True, unassigned=True, oldest_first=True
        ),
        "clerk, open": lambda chance: CaseCriteria(clerk=chance.choice(fill.CLERKS), open_only=True),
        "open, by register": lambda chance: CaseCriteria(open_only=True, register=chance.choice(list(Register))),
        "late": lambda _: CaseCriteria(late_only=True),
    }
    return {f"own cases by {name}": _listing(list_cases, made) for name, made in own.items()} | {
        f"inbox by {name}": _listing(inbox, made) for name, made in all_of.items()
    }


def _listing(page: Callable[..., object], criteria: Callable[[random.Random], CaseCriteria]) -> Ask:
    return lambda chance: partial(page, criteria=criteria(chance))


def _three_states(chance: random.Random) -> tuple[CaseState, ...]:
    return tuple(chance.sample(list(CaseState), 3))


def _single(size: int) -> dict[str, Ask]:
    later = fill.FIRST + timedelta(days=9000)

    def entry(chance: random.Random) -> Callable[[Connection], object]:
        return partial(get_entry, number=fill.entry_of(chance.randrange(size)).number, as_of=later)

    def case(chance: random.Random) -> Callable[[Connection], object]:
        place = chance.randrange(size)
        return partial(get_case, agency=fill.entry_of(place).owner, number=fill.case_number(place, 1))

    return {"an entry by its number": entry, "a case by its number": case}
