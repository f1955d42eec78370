"""Whether this process can do its work, and which part is in doubt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any, Final

from gateway.security.installation import IssuerState
from handlers.store.ports import Store, StoreUnavailableError
from queues.broker import Broker, BrokerError

_FRESH: Final = 1.0
"""Seconds for which an answer stands, so that a busy prober costs the parts nothing."""
_STALE_DIRECTORY: Final = 30.0
"""Seconds after which enrolled parties that could not be read anew are worth a warning."""


class Health:
    """Asks store and broker, at most once a second and one thread at a time, however often it is asked."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        directory_age: Callable[[], float],
        replays_are_told: Callable[[], bool],
        *,
        issuers: Callable[[], Iterable[IssuerState]] = tuple,
    ) -> None:
        """`issuers` tells what is known of the certificates of each authority."""
        self._issuers = issuers
        self._checks: dict[str, Callable[[], str]] = {
            "store": lambda: _answers(store.ping),
            "broker": lambda: _answers(broker.ping),
            "replay": lambda: "ok" if replays_are_told() else "unavailable",
            "parties": lambda: "ok" if directory_age() < _STALE_DIRECTORY else "stale",
        }
        self._asking = threading.Lock()
        self._asked_at = -_FRESH
        self._known: dict[str, Any] | None = None

    def report(self) -> dict[str, Any]:
        """`status` is `ok` or `degraded`; `parts` says `ok`, `unavailable` or `stale` of each part.

        Of `revocation` it says `ok`, or `stale` when certificates of an issuer are refused because nothing fresh is
        known of them; `revocation` beside the parts tells it of each issuer, and the causes without addresses.

        While one thread waits for a part that is slow to answer, others are told what was known last.
        """
        stale = self._known is None or monotonic() - self._asked_at >= _FRESH
        if stale and self._asking.acquire(blocking=self._known is None):
            try:
                self._ask()
            finally:
                self._asking.release()
        assert self._known is not None
        return self._known

    def _ask(self) -> None:
        if self._known is not None and monotonic() - self._asked_at < _FRESH:
            return
        parts = {name: check() for name, check in self._checks.items()}
        issuers = list(self._issuers())
        parts["revocation"] = "stale" if any(each.in_doubt for each in issuers) else "ok"
        status = "ok" if set(parts.values()) == {"ok"} else "degraded"
        self._known = {"status": status, "parts": parts, "revocation": [_told(each) for each in issuers]}
        self._asked_at = monotonic()


def _told(issuer: IssuerState) -> dict[str, Any]:
    told: dict[str, Any] = {"issuer": issuer.issuer, "state": issuer.state}
    if issuer.until is not None:
        told["until"] = issuer.until.isoformat().replace("+00:00", "Z")
    if issuer.failures:
        told["causes"] = sorted({cause for _url, cause in issuer.failures})
    return told


def _answers(ping: Callable[[], None]) -> str:
    try:
        ping()
    except (StoreUnavailableError, BrokerError):
        return "unavailable"
    return "ok"
