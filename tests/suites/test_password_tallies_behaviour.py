"""Tries at passwords, counted for all processes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from handlers.parties.attempts import record_failure, record_success, standing
from handlers.parties.throttling import KNOWN_FOR, NOTHING, Scope, Source, keys, wait
from handlers.store.engine import open_store
from handlers.store.tables import password_tally
from tests.suites.stage import NOW, together

MARKS = keys("person:leyla", Source("MOJ-1", "10.0.0.1"))


def fail(store, marks=MARKS, now=NOW) -> None:
    with store.writing() as connection:
        record_failure(connection, marks, now)


def known(store, marks=MARKS):
    with store.reading() as connection:
        return standing(connection, marks)


def rows(store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(password_tally))


def test_nothing_is_known_of_who_never_tried(store):
    assert known(store) == dict.fromkeys(MARKS, NOTHING)


def test_a_failure_counts_in_every_scope_and_is_seen_by_other_processes(store, store_url):
    for _ in range(6):
        fail(store)
    other = open_store(store_url)
    seen = known(other)
    other.close()
    assert {scope: tally.count for scope, tally in seen.items()} == dict.fromkeys(MARKS, 6)
    assert wait(seen, NOW) == 2


def test_failures_at_the_same_moment_are_all_counted(store):
    others = [keys(f"person:{number}", Source("MOJ-1", "10.0.0.1")) for number in range(8)]
    together(8, lambda number: fail(store, others[number]))
    assert known(store)[Scope.SOURCE].count == 8
    assert known(store, others[3])[Scope.ACCOUNT_AT_SOURCE].count == 1


def test_a_success_clears_the_account_at_its_source_and_makes_it_known(store):
    fail(store)
    with store.writing() as connection:
        record_success(connection, MARKS, NOW)
    fail(store, now=NOW + timedelta(seconds=1))
    seen = known(store)
    assert seen[Scope.ACCOUNT_AT_SOURCE].count == 1
    assert seen[Scope.ACCOUNT_AT_SOURCE].succeeded_at == NOW
    assert [seen[scope].count for scope in (Scope.SOURCE, Scope.ACCOUNT, Scope.SYSTEM)] == [1, 1, 1]


def test_what_says_nothing_any_more_is_forgotten(store):
    fail(store)
    with store.writing() as connection:
        record_success(connection, MARKS, NOW)
    fail(store, keys("person:other", Source("MOJ-2", "10.0.0.3")), NOW + timedelta(hours=2))
    assert rows(store) == 5
    fail(store, keys("person:third", Source("MOJ-3", "10.0.0.4")), NOW + KNOWN_FOR + timedelta(seconds=1))
    assert rows(store) == 4
