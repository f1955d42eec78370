"""Tries at passwords, counted for all processes through the store, and by each process for itself beside it.

What this process saw always counts: the store may be away, or be read and take no writing, or come too late.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from gateway.security.authentication import Seen
from handlers.parties.attempts import record_failure, record_success, standing
from handlers.parties.credentials import find_credential
from handlers.parties.model import PartyKind
from handlers.parties.throttling import NOTHING, Scope, Tally, after_failure, after_success, counted, forgives, merged
from handlers.store.ports import Store, StoreConflictError, StoreUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_log = structlog.get_logger(__name__)

_REST: Final = 5.0
"""Seconds for which a store that did not answer in time is not asked again."""
_REMEMBERED: Final = 10_000
"""Tallies that one process keeps for itself."""
_THREADS: Final = 4

ResultT = TypeVar("ResultT")


class SharedAttempts:
    """The tallies of all processes. Shared by all request threads; commands must go on while the store is away."""

    def __init__(self, store: Store, *, timeout: float) -> None:
        """`timeout`: seconds to wait for the store at the most."""
        self._store = store
        # Apart, so that reading goes on while writers queue up.
        self._reading = _Calls("attempts-read", timeout)
        self._writing = _Calls("attempts-write", timeout)
        self._own = OwnTallies()

    def look(self, marks: Mapping[Scope, str], kind: PartyKind, login: str) -> Seen:
        """What is known in every scope, here and in the store, and of the login: of one snapshot of the store."""

        def read() -> Seen:
            with self._store.reading() as connection:
                return Seen(standing(connection, marks), find_credential(connection, kind, login), current=True)

        seen = self._reading.result(read)
        if seen is None:
            return self._own.look(marks, kind, login)
        return Seen(self._own.merge(marks, seen.tallies), seen.credential, current=True)

    def failed(self, marks: Mapping[Scope, str], now: datetime) -> None:
        """Count a wrong password."""
        self._own.failed(marks, now)
        self._write(lambda connection: record_failure(connection, marks, now))

    def succeeded(self, marks: Mapping[Scope, str], now: datetime) -> None:
        """Remember that the right password came."""
        self._own.succeeded(marks, now)
        self._write(lambda connection: record_success(connection, marks, now))

    def close(self) -> None:
        """Ask the store nothing any more; it belongs to the composition root."""
        self._reading.close()
        self._writing.close()

    def _write(self, change: Callable[[Connection], None]) -> None:
        def write() -> None:
            with self._store.writing() as connection:
                change(connection)

        self._writing.result(write)


class _Calls:
    """Calls to the store that nobody waits for longer than `timeout` seconds."""

    def __init__(self, name: str, timeout: float) -> None:
        self._name = name
        self._timeout = timeout
        self._rests_until = 0.0
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix=name)

    def result(self, work: Callable[[], ResultT]) -> ResultT | None:
        """What `work` gives; None when the store is away or slow, and for a moment after it was."""
        if monotonic() < self._rests_until:
            return None
        call = self._threads.submit(work)
        try:
            return call.result(timeout=self._timeout)
        except (StoreUnavailableError, StoreConflictError, FutureTimeoutError) as error:
            call.cancel()
            self._rests_until = monotonic() + _REST
            _log.warning("attempts.without-store", call=self._name, cause=type(error).__name__)
            return None

    def close(self) -> None:
        """Start no more calls."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class OwnTallies:
    """What this process saw itself: counts beside the store, and alone while that is away."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Tally] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, marks: Mapping[Scope, str], _kind: PartyKind, _login: str) -> Seen:
        """What is known in every scope; of the login, nothing."""
        with self._lock:
            return Seen(self._standing(marks), None, current=False)

    def merge(self, marks: Mapping[Scope, str], others: Mapping[Scope, Tally]) -> Mapping[Scope, Tally]:
        """What is known here and to `others` together; a success that only they saw is remembered here too."""
        with self._lock:
            own = self._standing(marks)
            for scope, other in others.items():
                if forgives(other, own[scope]):
                    self._keep(marks[scope], Tally(succeeded_at=other.succeeded_at))
            return {scope: merged(scope, other, own[scope]) for scope, other in others.items()}

    def failed(self, marks: Mapping[Scope, str], now: datetime) -> None:
        """Count a wrong password in the scopes that hold for it."""
        with self._lock:
            known = self._standing(marks)
            for scope in counted(known, now):
                self._keep(marks[scope], after_failure(scope, known[scope], now))

    def succeeded(self, marks: Mapping[Scope, str], now: datetime) -> None:
        """Remember that the right password came."""
        with self._lock:
            self._keep(marks[Scope.ACCOUNT_AT_SOURCE], after_success(now))

    def _standing(self, marks: Mapping[Scope, str]) -> Mapping[Scope, Tally]:
        return {scope: self._kept.get(key, NOTHING) for scope, key in marks.items()}

    def _keep(self, key: str, tally: Tally) -> None:
        self._kept[key] = tally
        self._kept.move_to_end(key)
        while len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)
