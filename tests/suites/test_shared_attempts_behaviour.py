"""Tries at passwords as a process counts them beside the store."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest

from gateway.attempts import SharedAttempts
from handlers.parties.attempts import record_failure, record_success
from handlers.parties.model import PartyKind
from handlers.parties.throttling import Scope, Source, keys, wait
from handlers.store.ports import StoreUnavailableError
from tests.suites.stage import NOW

MARKS = keys("person:leyla", Source("MOJ-1", "10.0.0.1"))


class TakesNoWriting:
    """A store that can be read and not written, as one is whose disk is full or that became a stand-by."""

    def __init__(self, store) -> None:
        self.reading = store.reading

    @contextmanager
    def writing(self):
        raise StoreUnavailableError
        yield


@pytest.fixture
def beside(request):
    """Make the tallies of a process over a store."""

    def make(store) -> SharedAttempts:
        attempts = SharedAttempts(store, timeout=5.0)
        request.addfinalizer(attempts.close)
        return attempts

    return make


def pause(attempts: SharedAttempts, at=NOW) -> int:
    seen = attempts.look(MARKS, PartyKind.REPRESENTATIVE, "leyla")
    assert seen.current
    return wait(seen.tallies, at)


def test_tries_are_throttled_while_the_store_can_be_read_and_not_written(store, beside):
    attempts = beside(TakesNoWriting(store))
    looked_at = 0
    for _ in range(200):
        if pause(attempts) == 0:
            looked_at += 1
            attempts.failed(MARKS, NOW)
    assert looked_at == 5


def test_what_other_processes_counted_is_seen_beside_what_was_counted_here(store, beside):
    attempts = beside(store)
    for _ in range(3):
        attempts.failed(MARKS, NOW)
    for _ in range(3):
        with store.writing() as connection:
            record_failure(connection, MARKS, NOW)
    tallies = attempts.look(MARKS, PartyKind.REPRESENTATIVE, "leyla").tallies
    assert {scope: tally.count for scope, tally in tallies.items()} == dict.fromkeys(Scope, 6)


def test_a_success_at_another_process_forgives_what_was_counted_here(store, beside):
    attempts = beside(store)
    for _ in range(5):
        attempts.failed(MARKS, NOW)
    assert pause(attempts) == 1
    later = NOW + timedelta(seconds=2)
    with store.writing() as connection:
        record_success(connection, MARKS, later)
    for _ in range(5):
        assert pause(attempts, later) == 0
        attempts.failed(MARKS, later)
    assert pause(attempts, later) == 1
