"""How often passwords may be tried: counts and times in, seconds to wait out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.parties.throttling import (
    KNOWN_FOR,
    NOTHING,
    RULES,
    Scope,
    Source,
    Tally,
    after_failure,
    after_success,
    counted,
    keys,
    wait,
    worth_keeping_until,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NEAR = Scope.ACCOUNT_AT_SOURCE


class Door:
    """All tries at one gateway, as the pure decision sees them."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        self.looked_at = 0

    def standing(self, account: str, source: Source) -> dict[Scope, Tally]:
        return {scope: self.tallies.get(key, NOTHING) for scope, key in keys(account, source).items()}

    def waits(self, account: str, source: Source, at: float) -> int:
        return wait(self.standing(account, source), NOW + timedelta(seconds=at))

    def fail(self, account: str, source: Source, at: float) -> int:
        seconds = self.waits(account, source, at)
        if seconds == 0:
            self.looked_at += 1
            now, standing = NOW + timedelta(seconds=at), self.standing(account, source)
            for scope in counted(standing, now):
                self.tallies[keys(account, source)[scope]] = after_failure(scope, standing[scope], now)
        return seconds

    def succeed(self, account: str, source: Source, at: float) -> None:
        assert self.waits(account, source, at) == 0
        self.tallies[keys(account, source)[NEAR]] = after_success(NOW + timedelta(seconds=at))


ATTACKER, OWNER = Source("BAD-1", "10.0.0.1"), Source("MOJ-1", "10.0.0.2")


@pytest.mark.parametrize(
    ("count", "since", "seconds"),
    [
        (0, 0, 0),
        (4, 0, 0),
        (5, 0, 1),
        (6, 0, 2),
        (7, 0, 4),
        (7, 3.2, 1),
        (7, 4, 0),
        (10, 0, 32),
        (14, 0, 512),
        (15, 0, 900),
        (400, 0, 900),
        (1e9, 0, 900),
        (1e9, 900, 0),
        (5, 3600, 0),
        (9, 3600 * 5, 0),
    ],
)
def test_the_pause_doubles_with_every_failure_and_has_an_end(count, since, seconds):
    tallies = dict.fromkeys(Scope, NOTHING) | {NEAR: Tally(count=count, failed_at=NOW)}
    assert wait(tallies, NOW + timedelta(seconds=since)) == seconds


def test_a_hundred_wrong_passwords_a_minute_are_looked_at_a_dozen_times():
    door = Door()
    for second in range(100):
        door.fail("person:leyla", ATTACKER, second * 0.6)
    assert door.looked_at <= 12
    assert door.waits("person:leyla", ATTACKER, 60) > 0


def test_a_day_of_guessing_never_locks_out_the_owner_at_another_place():
    door = Door()
    at = 0.0
    while at < 86_400:
        at += max(1, door.fail("person:leyla", ATTACKER, at))
    assert 90 < door.looked_at < 130
    assert door.waits("person:leyla", OWNER, at) == 0
    assert door.waits("person:leyla", Source("BAD-1", "10.0.0.9"), at) == 0
    assert door.waits("person:leyla", Source("MOJ-1", "10.0.0.1"), at) == 0


def test_one_password_on_five_hundred_accounts_is_stopped_at_the_source():
    door = Door()
    for number in range(500):
        door.fail(f"person:{number}", ATTACKER, number * 0.1)
    assert door.looked_at <= 26
    assert door.waits("person:499", OWNER, 50) == 0


def test_who_got_in_from_a_source_is_not_held_up_by_what_others_do_there():
    door = Door()
    door.succeed("person:leyla", ATTACKER, 0)
    for number in range(300):
        door.fail(f"person:{number}", ATTACKER, number)
    assert door.waits("person:new", ATTACKER, 301) > 0
    assert door.waits("person:leyla", ATTACKER, 301) == 0


def test_whoever_has_many_ipv6_networks_of_64_bits_is_stopped_at_that_of_48():
    door = Door()
    for number in range(300):
        door.fail(f"person:{number}", Source("", f"2001:db8:1:{number:x}::/64", "2001:db8:1::/48"), number * 0.1)
    assert door.looked_at < 115
    assert door.waits("person:1000", Source("", "2001:db8:1:ffff::/64", "2001:db8:1::/48"), 30) > 0
    assert door.waits("person:1000", Source("", "2001:db8:2:1::/64", "2001:db8:2::/48"), 30) == 0


def test_guessing_from_many_places_slows_strangers_down_and_nobody_else():
    door = Door()
    door.succeed("person:leyla", OWNER, 0)
    for number in range(150):
        door.fail("person:leyla", Source("BAD-1", f"10.1.0.{number}"), number * 0.1)
    assert door.looked_at < 110
    assert door.waits("person:leyla", Source("BAD-1", "10.2.0.1"), 15) > 0
    assert door.waits("person:leyla", OWNER, 15) == 0


def test_a_stolen_key_is_stopped_whatever_account_and_address_it_is_used_with():
    door = Door()
    for number in range(400):
        door.fail(f"person:{number}", Source("BAD-1", f"10.{number // 200}.0.{number % 200}"), number * 0.1)
    assert door.looked_at < 215
    assert door.waits("person:1000", Source("BAD-1", "10.9.0.1"), 40) > 0


def test_knowing_an_account_at_a_source_does_not_free_it_of_its_own_failures():
    door = Door()
    door.succeed("person:leyla", OWNER, 0)
    for number in range(100):
        door.fail("person:leyla", OWNER, number * 0.1)
    assert door.looked_at < 10
    assert {scope for scope, tally in door.standing("person:leyla", OWNER).items() if tally.count} == {NEAR}


def test_a_success_forgives_what_came_before_at_that_source():
    door = Door()
    for _ in range(5):
        door.fail("person:leyla", OWNER, 0)
    assert door.waits("person:leyla", OWNER, 0) == 1
    door.succeed("person:leyla", OWNER, 1)
    for _ in range(5):
        assert door.fail("person:leyla", OWNER, 1) == 0


def test_a_success_is_remembered_for_three_months():
    tallies = {scope: Tally(count=1000, failed_at=NOW) for scope in Scope} | {NEAR: after_success(NOW - KNOWN_FOR)}
    assert wait(tallies, NOW) > 0
    assert wait(tallies | {NEAR: after_success(NOW - KNOWN_FOR + timedelta(seconds=1))}, NOW) == 0


def test_where_a_pause_is_demanded_one_try_is_let_through_after_it():
    tallies = dict.fromkeys(Scope, NOTHING) | {NEAR: Tally(count=6, failed_at=NOW)}
    later = NOW + timedelta(seconds=2)
    assert wait(tallies, later) == 0
    assert wait(tallies, later, {NEAR: 1}) == 2


def test_tries_under_way_take_the_failures_that_cost_nothing():
    nothing = dict.fromkeys(Scope, NOTHING)
    assert wait(nothing, NOW, {NEAR: 4}) == 0
    assert wait(nothing, NOW, {NEAR: 5}) == 1
    assert wait(nothing, NOW, {Scope.SOURCE: 20}) == 1
    three = nothing | {NEAR: Tally(count=3, failed_at=NOW)}
    assert wait(three, NOW, {NEAR: 1}) == 0
    assert wait(three, NOW, {NEAR: 2}) == 1


def test_a_clock_that_goes_back_changes_nothing_for_the_worse():
    tally = after_failure(NEAR, Tally(count=3, failed_at=NOW + timedelta(hours=1)), NOW)
    assert tally.count == 4


def test_keys_hide_what_they_are_made_of_and_never_meet():
    pairs = [("a", Source("b", "c")), ("ab", Source("", "c")), ("x", Source("bc", "")), ("", Source("ab", "c"))]
    found = [key for account, source in pairs for key in keys(account, source).values()]
    assert len(set(found)) == len(found)
    assert all(len(key) == 64 for key in found)
    assert Scope.SYSTEM not in keys("a", Source("", "c"))


def test_a_tally_is_kept_until_it_says_nothing():
    assert worth_keeping_until(NEAR, NOTHING) is None
    assert worth_keeping_until(NEAR, Tally(count=3, failed_at=NOW)) == NOW + 3 * RULES[NEAR].forgiven_every
    assert worth_keeping_until(NEAR, after_success(NOW)) == NOW + KNOWN_FOR
