"""Who a login and a password belong to: throttled, with one answer and one effort for everything that is wrong.

1 wait      tries that come too often are sent away before anything is computed       ASVS 5.0 6.1.1, 6.3.1; B150
2 look      the credential as the store has it now, or as it was known last
3 effort    Argon2id exactly once, whether or not there is such a login               ASVS 5.0 6.3.8; B136
4 verdict   wrong, unknown, expired, without authority: the same to whoever tries
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final, Protocol

from gateway.faults import RefusalError
from gateway.security.model import UsernameCredentials
from gateway.security.passwords import PasswordWork
from handlers.parties.credentials import Credential
from handlers.parties.model import PartyKind
from handlers.parties.throttling import Scope, Source, Tally, account, is_known, keys, wait

THROTTLED: Final = "client.security.throttled"
_REFRESHED_AFTER: Final = timedelta(days=1)
"""How old a remembered success must be to be written down anew."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known at the moment of a try."""

    tallies: Mapping[Scope, Tally]
    credential: Credential | None
    """The credential of the login, where there is one."""
    current: bool
    """Whether it is what the store says now; otherwise the store is away, and what was known last must do."""


class Attempts(Protocol):
    """Where tries are counted."""

    def look(self, marks: Mapping[Scope, str], kind: PartyKind, login: str) -> Seen:
        """What is known in every scope of a try, and of the login."""

    def failed(self, marks: Mapping[Scope, str], now: datetime) -> None:
        """Count a wrong password."""

    def succeeded(self, marks: Mapping[Scope, str], now: datetime) -> None:
        """Remember that the right password came."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A login and a password that came from somewhere, not believed yet."""

    kind: PartyKind
    user: UsernameCredentials
    source: Source
    known: Credential | None
    """The login's credential as it was known last, for while the store is away."""
    objection: Callable[[Credential], str | None]
    """Why the login is of no use here although the password is right, for example `AUTHORITY`; None: it is."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The password of a login was there. Only `Authenticator.prove` makes it."""

    credential: Credential
    password: str = field(repr=False)


class Authenticator:
    """Believes claims or refuses them. Shared by all request threads."""

    def __init__(self, attempts: Attempts, work: PasswordWork) -> None:
        self._attempts = attempts
        self._work = work
        self._under_way: Counter[str] = Counter()
        self._lock = threading.Lock()

    def prove(self, claim: Claim, now: datetime, code: str) -> Proof:
        """The proof that the claim is true.

        Raises `RefusalError`: `client.security.throttled` after too many wrong ones, `server.overloaded`, and otherwise
        `code`, whatever is wrong. Takes some 20 ms: that is what keeps passwords hard to guess.
        """
        marks = keys(account(claim.kind, claim.user.username), claim.source)
        with self._let_through(claim, marks, now) as seen:
            credential = seen.credential if seen.current else claim.known
            stored = None if credential is None else credential.password_hash
            known = is_known(seen.tallies[Scope.ACCOUNT_AT_SOURCE], now)
            matches = self._work.matches(stored, claim.user.password, known=known)
            reason = _objection(claim, credential, now, matches=matches)
            if credential is None or reason is not None:
                self._attempts.failed(marks, now)
                raise RefusalError(code, f"ID.{claim.kind}.{reason}")
            if _is_news(seen.tallies[Scope.ACCOUNT_AT_SOURCE], now):
                self._attempts.succeeded(marks, now)
        return Proof(credential, claim.user.password)

    def hash(self, password: str) -> str:
        """Argon2id of a new password, within the same bounds of effort."""
        return self._work.hash(password)

    @contextmanager
    def _let_through(self, claim: Claim, marks: Mapping[Scope, str], now: datetime) -> Iterator[Seen]:
        seen = self._attempts.look(marks, claim.kind, claim.user.username)
        with self._lock:
            seconds = wait(seen.tallies, now, {scope: self._under_way[key] for scope, key in marks.items()})
            if not seconds:
                self._under_way.update(marks.values())
        if seconds:
            raise RefusalError(THROTTLED, f"ID.{claim.kind}.THROTTLED", retry_after=seconds)
        try:
            yield seen
        finally:
            with self._lock:
                self._under_way.subtract(marks.values())
                self._under_way += Counter()  # only what is above zero stays


def _objection(claim: Claim, credential: Credential | None, now: datetime, *, matches: bool) -> str | None:
    if credential is None:
        return "UNKNOWN"
    if not matches:
        return "PASSWORD"
    return "EXPIRED" if credential.is_expired(now) else claim.objection(credential)


def _is_news(at_source: Tally, now: datetime) -> bool:
    """Whether a success changes what is known: most do not, and cost no writing."""
    known = at_source.succeeded_at
    return at_source.failed_at is not None or known is None or now - known > _REFRESHED_AFTER


def source_of(system: str, address: str) -> Source:
    """Where a try comes from, as tries are counted by.

    Of IPv6, 64 bits are one place, since whoever has it has all of it, and 48 one network: what a site is assigned.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return Source(system, address)
    if not isinstance(found, IPv6Address):
        return Source(system, str(found))
    place, network = (str(ip_network((found, length), strict=False)) for length in (64, 48))
    return Source(system, place, network)
