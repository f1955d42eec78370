"""Whether this process can do its work, and which part is in doubt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from handlers.store.ports import Store, StoreUnavailableError
from queues.broker import Broker, BrokerError

_FRESH: Final = 1.0
"""Seconds for which an answer stands, so that a busy prober costs the parts nothing."""


@dataclass(slots=True)
class Health:
    """Asks store and broker, at most once a second however often it is asked."""

    store: Store
    broker: Broker
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked_at: float = -_FRESH
    _known: dict[str, Any] = field(default_factory=dict)

    def report(self) -> dict[str, Any]:
        """`status` is `ok` or `degraded`; `parts` says `ok` or `unavailable` of `store` and `broker`."""
        with self._lock:
            if monotonic() - self._asked_at >= _FRESH:
                parts = {"store": _answers(self.store.ping), "broker": _answers(self.broker.ping)}
                status = "ok" if set(parts.values()) == {"ok"} else "degraded"
                self._known = {"status": status, "parts": parts}
                self._asked_at = monotonic()
            return self._known


def _answers(ping: Callable[[], None]) -> str:
    try:
        ping()
    except (StoreUnavailableError, BrokerError):
        return "unavailable"
    return "ok"
