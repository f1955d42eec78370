"""Keeps a slow or absent store from taking down what does not need it (reliability F35, F37).

Questions wait for the store, commands do not. So questions never hold all request threads, and after the store failed
once they fail at once for a moment instead of each waiting for a time-out of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from gateway.faults import RefusalError
from handlers.store.ports import Store, StoreUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import Connection

_REST: Final = 2.0
"""Seconds for which a store that failed is not asked again by questions."""
_PATIENCE: Final = 1.0
"""Seconds a question waits for one of the places."""


class RestrainedStore:
    """A `Store` for questions: bounded in how many use it at once, and left alone for a moment after it failed."""

    def __init__(self, store: Store, places: int) -> None:
        """`places`: how many may be in the store at the same time; fewer than there are request threads."""
        self._store = store
        self._places = threading.BoundedSemaphore(max(1, places))
        self._rests_until = 0.0

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """As `Store.writing`; raises `RefusalError` (`server.overloaded`) when no place became free."""
        with self._place(), self._store.writing() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """As `Store.reading`; raises `RefusalError` (`server.overloaded`) when no place became free."""
        with self._place(), self._store.reading() as connection:
            yield connection

    def ping(self) -> None:
        """As `Store.ping`."""
        self._store.ping()

    def ping_writing(self) -> None:
        """As `Store.ping_writing`."""
        self._store.ping_writing()

    def close(self) -> None:
        """As `Store.close`."""
        self._store.close()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if monotonic() < self._rests_until:
            raise StoreUnavailableError("the store failed a moment ago")
        if not self._places.acquire(timeout=_PATIENCE):
            raise RefusalError("server.overloaded", reason="STORE.PLACES")
        try:
            yield
        except StoreUnavailableError:
            self._rests_until = monotonic() + _REST
            raise
        finally:
            self._places.release()
