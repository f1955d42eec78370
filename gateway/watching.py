"""A watch: one look at the store again and again, in a thread of its own, that nothing can end but being told to."""

from __future__ import annotations

from abc import ABC, abstractmethod

import structlog

from handlers.store.ports import StoreConflictError, StoreUnavailableError
from queues.loop import Loop, where

_log = structlog.get_logger(__name__)


class Watch(ABC):
    """Looks every `every` seconds, and after a look that the store did not answer again after `soon`."""

    def __init__(self, name: str, *, every: float, soon: float) -> None:
        """`name` stands in the log, as in `<name>.not-looked`."""
        self._name = name
        self._every = every
        self._soon = min(soon, every)
        self._loop = Loop(name, self._round)

    @abstractmethod
    def look(self) -> object:
        """One look."""

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._loop.start()

    def stop(self, timeout: float) -> bool:
        """Finish the look that is under way; False when that took longer than `timeout` seconds."""
        return self._loop.stop(timeout)

    def _round(self) -> None:
        pause = self._every
        try:
            self.look()
        except (StoreUnavailableError, StoreConflictError):
            pause = self._soon
        except Exception as error:  # noqa: BLE001 - a watch that ended would warn nobody any more
            _log.error(f"{self._name}.not-looked", error=type(error).__name__, where=where(error))
        self._loop.pause(pause)
