"""Tries at passwords as a process counts them beside the store."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.attempts import SharedAttempts
from handlers.parties.attempts import record_failure, record_success
from handlers.parties.credentials import issue_password
from handlers.parties.model import Act, PartyKind
from handlers.parties.throttling import Source, account, keys, wait
from handlers.store import directory
from handlers.store.ports import StoreUnavailableError
from tests.suites.stage import NOW
from tests.unit.handlers.registration.examples import AGENCY_RECORDS, REPRESENTATIVE

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
    assert {scope: tally.count for scope, tally in tallies.items()} == dict.fromkeys(MARKS, 6)


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


def test_a_password_that_the_operator_issues_unlocks_the_account_in_every_process(store, beside):
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        directory.add_representative(connection, replace(REPRESENTATIVE, login="leyla"))
    of_leyla = account(PartyKind.REPRESENTATIVE, "leyla")
    attempts = beside(store)
    for place in range(105):
        attempts.failed(keys(of_leyla, Source("BAD-1", f"10.1.0.{place}")), NOW)

    def stranger(at):
        marks = keys(of_leyla, Source("MOJ-1", "10.0.0.2"))
        return wait(attempts.look(marks, PartyKind.REPRESENTATIVE, "leyla").tallies, at)

    later = NOW + timedelta(seconds=1)
    assert stranger(later) > 0
    act = Act(by="operator", at=later, reason="locked out")
    with store.writing() as connection:
        issue_password(
            connection, PartyKind.REPRESENTATIVE, REPRESENTATIVE.fin, "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA", act
        )
    assert stranger(later) == 0
