"""How often passwords may be tried: a pure decision from counts and times (OWASP ASVS 5.0, 6.1.1 and 6.3.1).

Tries are counted in five scopes. Each lets a number of failures pass, and after those demands a pause that doubles with
every further one, up to a bound: nobody is ever locked out for good. Failures are forgiven one by one as time passes.

So that a stranger's guesses lock nobody out, only the narrowest scope (this account from this source) holds for whoever
got in from there before; and tries that were refused without looking at the password count nowhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from types import MappingProxyType
from typing import Final

from handlers.record import Record

KNOWN_FOR: Final = timedelta(days=90)
"""How long a success makes an account known at its source."""
_LARGEST_POWER: Final = 30


class Scope(StrEnum):
    """What tries are counted for."""

    ACCOUNT_AT_SOURCE = "ACCOUNT_AT_SOURCE"
    """One account from one source: guessing its password."""
    SOURCE = "SOURCE"
    """All accounts from one source: trying one password on many."""
    NETWORK = "NETWORK"
    """All accounts from one network, where the address tells it: whoever has a source may have its neighbours too."""
    ACCOUNT = "ACCOUNT"
    """One account from all sources: guessing from many places."""
    SYSTEM = "SYSTEM"
    """All accounts through one system from all addresses: a key that was stolen."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How many failures pass, and what follows them."""

    free: int
    """Failures that cost nothing."""
    forgiven_every: timedelta
    """One failure is forgotten after each such time."""
    longest: timedelta
    """The longest pause."""


RULES: Final[Mapping[Scope, Rule]] = MappingProxyType(
    {
        Scope.ACCOUNT_AT_SOURCE: Rule(5, timedelta(hours=1), timedelta(minutes=15)),
        Scope.SOURCE: Rule(20, timedelta(minutes=5), timedelta(minutes=15)),
        Scope.NETWORK: Rule(100, timedelta(minutes=1), timedelta(minutes=5)),
        # A single source fails four times an hour at the most, once its pauses are long: that never adds up here.
        Scope.ACCOUNT: Rule(100, timedelta(minutes=5), timedelta(minutes=1)),
        Scope.SYSTEM: Rule(200, timedelta(minutes=1), timedelta(minutes=1)),
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a try comes from."""

    system: str
    """Code of the calling system that its certificate proved; empty: none did."""
    address: str
    """Address of the client; empty where it is not known."""
    network: str = ""
    """The network that the address is assigned from; empty where addresses do not tell."""


class Tally(Record, frozen=True, kw_only=True):
    """What is known of the tries in one scope."""

    count: float = 0.0
    """Failures not yet forgiven when the last one came, that one included."""
    failed_at: datetime | None = None
    """When the last failure came."""
    succeeded_at: datetime | None = None
    """When the right password last came."""


NOTHING: Final = Tally()


def account(kind: str, login: str) -> str:
    """The account of a login, by which its tries are counted."""
    return f"{kind}:{login}"


def keys(account: str, source: Source) -> Mapping[Scope, str]:
    """The keys under which a try is counted. Digests: what is typed as a login may be a password."""
    origin = (source.system, source.address)
    parts = {
        Scope.ACCOUNT_AT_SOURCE: (account, *origin),
        Scope.SOURCE: origin,
        Scope.ACCOUNT: (account,),
    }
    if source.network:
        parts[Scope.NETWORK] = (source.system, source.network)
    if source.system:
        parts[Scope.SYSTEM] = (source.system,)
    return {scope: _digest(scope, *values) for scope, values in parts.items()}


def _digest(*values: str) -> str:
    return hashlib.sha256("\0".join(values).encode()).hexdigest()


def is_known(at_source: Tally, now: datetime) -> bool:
    """Whether the account's right password came from this source not long ago."""
    return at_source.succeeded_at is not None and now - at_source.succeeded_at < KNOWN_FOR


def counted(tallies: Mapping[Scope, Tally], now: datetime) -> tuple[Scope, ...]:
    """The scopes that hold for this try: for a known account at its source, only that one."""
    if is_known(tallies[Scope.ACCOUNT_AT_SOURCE], now):
        return (Scope.ACCOUNT_AT_SOURCE,)
    return tuple(tallies)


def wait(tallies: Mapping[Scope, Tally], now: datetime, under_way: Mapping[Scope, int] | None = None) -> int:
    """Seconds until another try may be made; 0: now.

    `tallies` has every scope of the try. `under_way` is how many tries were let through and are not over: each takes
    one of the failures that cost nothing, since it may fail; where a pause is demanded, one is let through after it.
    """
    running = under_way or {}
    pauses = (_pause(RULES[scope], tallies[scope], now, running.get(scope, 0)) for scope in counted(tallies, now))
    return ceil(max(pauses).total_seconds())


def _pause(rule: Rule, tally: Tally, now: datetime, under_way: int) -> timedelta:
    failures = ceil(_remaining(rule, tally, now))
    if failures + under_way < rule.free:
        return timedelta(0)
    demanded = min(rule.longest, timedelta(seconds=2 ** min(max(0, failures - rule.free), _LARGEST_POWER)))
    if under_way:
        return demanded
    return timedelta(0) if tally.failed_at is None else max(timedelta(0), tally.failed_at + demanded - now)


def _remaining(rule: Rule, tally: Tally, now: datetime) -> float:
    if tally.failed_at is None:
        return 0.0
    return max(0.0, tally.count - max(timedelta(0), now - tally.failed_at) / rule.forgiven_every)


def forgives(one: Tally, other: Tally) -> bool:
    """Whether the success in `one` came after all failures in `other`, which does not know of it."""
    if one.succeeded_at is None or other.failed_at is None:
        return False
    return one.succeeded_at != other.succeeded_at and one.succeeded_at > other.failed_at


def merged(scope: Scope, one: Tally, other: Tally) -> Tally:
    """What two who counted apart know together: demands the longer of their pauses at the least.

    A success that only one of them saw forgives what came before it, as it does in one tally.
    """
    succeeded_at = max((each.succeeded_at for each in (one, other) if each.succeeded_at is not None), default=None)
    counting = [each for each, else_seen in ((one, other), (other, one)) if not forgives(else_seen, each)]
    failures = [(each.failed_at, each) for each in counting if each.failed_at is not None]
    if not failures:
        return Tally(succeeded_at=succeeded_at)
    latest = max(failed_at for failed_at, _ in failures)
    count = max(_remaining(RULES[scope], each, latest) for _, each in failures)
    return Tally(count=count, failed_at=latest, succeeded_at=succeeded_at)


def after_failure(scope: Scope, tally: Tally, now: datetime) -> Tally:
    """The tally with one failure more."""
    count = _remaining(RULES[scope], tally, now) + 1
    return Tally(count=count, failed_at=now, succeeded_at=tally.succeeded_at)


def after_success(now: datetime) -> Tally:
    """The tally of an account at its source, once the right password came."""
    return Tally(succeeded_at=now)


def worth_keeping_until(scope: Scope, tally: Tally) -> datetime | None:
    """When the tally says nothing any more; None: it says nothing now."""
    ends = []
    if tally.failed_at is not None:
        ends.append(tally.failed_at + tally.count * RULES[scope].forgiven_every)
    if tally.succeeded_at is not None:
        ends.append(tally.succeeded_at + KNOWN_FOR)
    return max(ends, default=None)
