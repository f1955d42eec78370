"""Who a login and a password belong to: throttled, with one answer and one effort for everything that is wrong.

 1 wait      tries that came too often are sent away before anything is computed      ASVS 5.0 6.1.1, 6.3.1; B150
 2 look      the account as the store has it now, or as it was known last
 3 effort    Argon2id exactly once, whether or not there is such an account           ASVS 5.0 6.3.8; B136
 4 verdict   wrong password, unknown, no longer enrolled: the same to the caller
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from gateway.faults import RefusalError
from gateway.security.passwords import PasswordWork
from handlers.parties.throttling import Scope, Source, Tally, keys, wait

if TYPE_CHECKING:
    from sqlalchemy import Connection

THROTTLED: Final = "client.security.throttled"
REFRESHED_AFTER: Final = timedelta(days=1)
"""How old a remembered success must be to be written down anew."""

AccountT = TypeVar("AccountT")
FoundT = TypeVar("FoundT")


@dataclass(frozen=True, slots=True)
class Seen(Generic[FoundT]):
    """What is known at the moment of a try."""

    tallies: Mapping[Scope, Tally]
    found: FoundT | None
    """The account, where there is one."""
    current: bool
    """Whether `found` is what the store says now; otherwise the store is away, and what was known last must do."""


class Attempts(Protocol):
    """Where tries are counted."""

    def look(self, keys: Mapping[Scope, str], find: Callable[[Connection], FoundT | None]) -> Seen[FoundT]:
        """What is known in every scope, and what `find` finds in the store."""

    def failed(self, keys: Mapping[Scope, str], now: datetime) -> None:
        """Count a wrong password."""

    def succeeded(self, keys: Mapping[Scope, str], now: datetime) -> None:
        """Remember that the right password came."""


@dataclass(frozen=True, slots=True)
class Claim(Generic[AccountT]):
    """A login and a password, not believed yet, and how to judge them."""

    account: str
    """Kind and login, for example `person:leyla`: what tries are counted for."""
    password: str
    source: Source
    find: Callable[[Connection], AccountT | None]
    """Finds the account in the store."""
    known: AccountT | None
    """The account as it was known last, for while the store is away."""
    hash_of: Callable[[AccountT], str | None]
    objection: Callable[[AccountT], str | None]
    """Why the account is none although the password is right, for example `ID.PERSON.AUTHORITY`; None: it is one."""


class Authenticator:
    """Believes claims or refuses them. Shared by all request threads."""

    def __init__(self, attempts: Attempts, work: PasswordWork) -> None:
        self._attempts = attempts
        self._work = work
        self._under_way: Counter[str] = Counter()
        self._lock = threading.Lock()

    def hash(self, password: str) -> str:
        """Argon2id of a new password, within the same bounds."""
        return self._work.hash(password)

    def require(self, claim: Claim[AccountT], now: datetime, code: str) -> AccountT:
        """The account that the claim is about.

        Raises `RefusalError`: `client.security.throttled` when too many wrong ones came before, `server.overloaded`,
        and otherwise `code`, whatever is wrong.
        """
        marks = keys(claim.account, claim.source)
        with self._let_through(claim, marks, now) as seen:
            account = seen.found if seen.current else claim.known
            matches = self._work.matches(None if account is None else claim.hash_of(account), claim.password)
            if account is None:
                reason: str | None = "UNKNOWN"
            elif not matches:
                reason = "PASSWORD"
            else:
                reason = claim.objection(account)
            if account is None or reason is not None:
                self._attempts.failed(marks, now)
                raise RefusalError(code, f"ID.ACCOUNT.{reason}")
        at_source = seen.tallies[Scope.ACCOUNT_AT_SOURCE]
        remembered = at_source.succeeded_at
        if at_source.count or remembered is None or now - remembered > REFRESHED_AFTER:
            self._attempts.succeeded(marks, now)
        return account

    @contextmanager
    def _let_through(
        self, claim: Claim[AccountT], marks: Mapping[Scope, str], now: datetime
    ) -> Iterator[Seen[AccountT]]:
        seen = self._attempts.look(marks, claim.find)
        with self._lock:
            seconds = wait(seen.tallies, now, {scope: self._under_way[key] for scope, key in marks.items()})
            if not seconds:
                self._under_way.update(marks.values())
        if seconds:
            raise RefusalError(THROTTLED, "ID.ACCOUNT.THROTTLED", retry_after=seconds)
        try:
            yield seen
        finally:
            with self._lock:
                self._under_way.subtract(marks.values())
                self._under_way += Counter()  # drops what is zero
