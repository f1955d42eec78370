"""Claims are believed or refused: nothing is computed for who must wait, and effort is bounded."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta

import pytest

from gateway.attempts import OwnTallies
from gateway.faults import RefusalError
from gateway.security.authentication import Authenticator, Claim, Seen, source_of
from gateway.security.model import UsernameCredentials
from gateway.security.passwords import PasswordWork, hash_password
from handlers.parties.credentials import Credential
from handlers.parties.model import PartyKind
from handlers.parties.throttling import Source
from tests.unit.gateway.security.material import NOW

RIGHT = "yeddi mavi fil"
CODE = "client.security.authentication-failed"
KNOWN = Credential(kind=PartyKind.REPRESENTATIVE, party="1ABCDE2", login="leyla", password_hash=hash_password(RIGHT))


class CountedWork(PasswordWork):
    """Counts what was computed, and how many of it at a time."""

    def __init__(self, computing: int = 2, places: int = 8, patience: float = 5.0) -> None:
        super().__init__(computing=computing, places=places, patience=patience)
        self.done = 0

    def matches(self, stored: str | None, password: str, *, known: bool = False) -> bool:
        self.done += 1
        return super().matches(stored, password, known=known)


def claim(password: str = RIGHT, known: Credential | None = KNOWN, address: str = "10.0.0.1") -> Claim:
    return Claim(
        kind=PartyKind.REPRESENTATIVE,
        user=UsernameCredentials("leyla", password),
        source=Source("MIA-1", address),
        known=known,
        objection=lambda _: None,
    )


def reason(judge: Authenticator, one: Claim, now=NOW) -> str:
    with pytest.raises(RefusalError) as caught:
        judge.prove(one, now, CODE)
    return caught.value.reason


def test_nothing_is_computed_for_tries_that_come_too_often():
    work = CountedWork()
    judge = Authenticator(OwnTallies(), work)
    reasons = [reason(judge, claim("wrong")) for _ in range(50)]
    assert reasons[:5] == ["ID.REPRESENTATIVE.PASSWORD"] * 5
    assert set(reasons[5:]) == {"ID.REPRESENTATIVE.THROTTLED"}
    assert work.done == 5
    assert reason(judge, claim()) == "ID.REPRESENTATIVE.THROTTLED"
    assert work.done == 5


def test_after_the_pause_one_try_is_let_through_even_when_many_come_at_once():
    work = CountedWork()
    judge = Authenticator(OwnTallies(), work)
    for _ in range(5):
        reason(judge, claim("wrong"))
    later = NOW + timedelta(seconds=1)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: reason(judge, claim("wrong"), later), range(8)))
    assert work.done == 6


def test_a_burst_is_not_looked_at_more_often_than_tries_one_after_the_other():
    class Slow(CountedWork):
        def matches(self, stored: str | None, password: str, *, known: bool = False) -> bool:
            self.done += 1
            arrived.wait(10)
            return False

    work, arrived = Slow(), threading.Event()
    judge = Authenticator(OwnTallies(), work)
    with ThreadPoolExecutor(60) as pool:
        tries = [pool.submit(reason, judge, claim("wrong")) for _ in range(60)]
        others = [each.result() for each in itertools.islice(as_completed(tries), 55)]
        arrived.set()
    assert set(others) == {"ID.REPRESENTATIVE.THROTTLED"}
    assert work.done == 5


def test_effort_is_exactly_once_whatever_is_wrong():
    for known in (None, KNOWN, Credential(kind=KNOWN.kind, party="X", login="leyla", must_change=True)):
        work = CountedWork()
        reason(Authenticator(OwnTallies(), work), claim("wrong", known))
        assert work.done == 1


def test_the_store_is_believed_before_what_was_known_last():
    class Store(OwnTallies):
        def look(self, marks, kind, login):
            return Seen(super().look(marks, kind, login).tallies, None, current=True)

    assert reason(Authenticator(Store(), CountedWork()), claim()) == "ID.REPRESENTATIVE.UNKNOWN"
    assert Authenticator(OwnTallies(), CountedWork()).prove(claim(), NOW, CODE).credential == KNOWN


def test_a_proof_shows_no_password():
    proof = Authenticator(OwnTallies(), CountedWork()).prove(claim(), NOW, CODE)
    assert RIGHT not in repr(proof)
    assert RIGHT not in repr(claim())


def test_a_success_clears_the_failures_before_it():
    judge = Authenticator(OwnTallies(), CountedWork())
    for _ in range(3):
        for _ in range(4):
            reason(judge, claim("wrong"))
        assert judge.prove(claim(), NOW, CODE)


def test_a_flood_finds_its_bounds_and_is_told_to_come_later():
    work = PasswordWork(computing=1, places=2, patience=0.0)
    entered, leave = threading.Barrier(3), threading.Event()

    def hold() -> None:
        with work._places:
            entered.wait()
            leave.wait(5)

    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(hold) for _ in range(2)]
        entered.wait()
        with pytest.raises(RefusalError) as caught:
            work.matches(KNOWN.password_hash, RIGHT)
        leave.set()
        for each in held:
            each.result()
    assert (caught.value.code, caught.value.retry_after) == ("server.overloaded", 2)
    assert work.matches(KNOWN.password_hash, RIGHT)


def test_strangers_who_hold_all_places_do_not_keep_out_who_got_in_before():
    work, attempts = PasswordWork(computing=1, places=1, patience=0.0), OwnTallies()
    judge = Authenticator(attempts, work)
    assert judge.prove(claim(), NOW, CODE)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with work._places:
            entered.set()
            leave.wait(5)

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        entered.wait()
        try:
            assert reason(judge, claim(address="10.0.0.9")) == "PASSWORD.PLACES"
            assert judge.prove(claim(), NOW, CODE)
        finally:
            leave.set()
        held.result()


def test_no_more_than_so_many_are_computed_at_a_time():
    work = PasswordWork(computing=2, places=8, patience=5.0)
    running, most = [0], [0]
    lock = threading.Lock()

    def one(_: int) -> None:
        with work._place():
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            threading.Event().wait(0.01)
            with lock:
                running[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(24)))
    assert most[0] == 2


@pytest.mark.parametrize(
    ("address", "place", "network"),
    [
        ("192.0.2.1", "192.0.2.1", ""),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("", "", ""),
    ],
)
def test_an_ipv6_network_of_64_bits_is_one_place_and_of_48_one_network(address, place, network):
    assert source_of("MIA-1", address) == Source("MIA-1", place, network)
