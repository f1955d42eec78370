"""The enrolled parties as the edge knows them: the newest snapshot that could be read, kept through an outage.

What is promised (the operator's commands rely on it): no call is judged by a snapshot that was not known to be the
newest within `refresh` seconds before it arrived. So whoever commits a change and waits that long may say that it is
in force in every process that reaches the store. One whose store does not answer goes on with what it knew, for
commands are accepted while the store is away (reliability §0), and takes the change in with the store's first answer.
It does so for `max_age` seconds and no longer; passwords it takes for a shorter time (`gateway.soap.entrance`), and
the worker judges the calling system and its agency once more, as of the receipt, before a command has an effect.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Final

import structlog

from handlers.parties.directory import Directory
from handlers.store.ports import StoreConflictError, StoreUnavailableError

_log = structlog.get_logger(__name__)

_PATIENCE: Final = 1.0
"""Seconds that a call waits for the store to confirm the snapshot; then the store counts as away until it answers."""


class DirectoryCache:
    """Holds a `Directory` and renews it in the background, twice as often as it must."""

    def __init__(
        self, load: Callable[[int], Directory | None], *, refresh: float, max_age: float, patience: float = _PATIENCE
    ) -> None:
        """`load(version)` returns the directory, or None when `version` is still the newest. Times are seconds."""
        self._max_age = max_age
        self._load = load
        self._refresh = refresh
        self._patience = patience
        self._current: Directory | None = None
        self._confirmed = -inf
        self._away = False
        self._looked = threading.Condition()
        self._wanted = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="directory", daemon=True)

    def start(self) -> None:
        """Load once, then keep renewing. The store may still be away; see `current`."""
        self.renew()
        self._thread.start()

    def current(self) -> Directory:
        """Return a snapshot that is new enough; raises `StoreUnavailableError` when there is none."""
        asked = monotonic()
        if asked - self._confirmed > self._refresh:
            self._confirm(asked)
        if self._current is None:
            raise StoreUnavailableError("the enrolled parties have not been read yet")
        if asked - self._confirmed > self._max_age:
            raise StoreUnavailableError("what is known of the enrolled parties is too old")
        return self._current

    def renew(self) -> None:
        """Look whether the directory changed, and take the new one if so; an outage changes nothing."""
        began = monotonic()
        known = -1 if self._current is None else self._current.version
        try:
            newer = self._load(known)
        except (StoreUnavailableError, StoreConflictError):
            self._without_store(known)
            return
        with self._looked:
            if newer is not None:
                self._current = newer
            self._confirmed = began
            self._away = False
            self._looked.notify_all()
        if newer is not None:
            _log.info("directory.renewed", version=newer.version, systems=len(newer.systems))

    def stop(self) -> None:
        """End the background renewal; a look that is under way is waited for, since it holds a connection."""
        self._ended = True
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join(self._patience)

    def age(self) -> float:
        """Seconds since the snapshot was last known to be the newest; infinite: none was read yet."""
        return monotonic() - self._confirmed

    def _confirm(self, asked: float) -> None:
        """Have the snapshot confirmed as of `asked`, or find that the store is away."""
        if not self._thread.is_alive():
            self.renew()
            return
        if self._away:
            return
        self._wanted.set()
        with self._looked:
            done = self._looked.wait_for(
                lambda: self._away or asked - self._confirmed <= self._refresh, timeout=self._patience
            )
            if not done:
                self._away = True
                _log.warning("directory.unconfirmed", age=round(self.age(), 1))

    def _without_store(self, version: int) -> None:
        with self._looked:
            known_before, self._away = self._away, True
            self._looked.notify_all()
        if not known_before:
            _log.warning("directory.kept", version=version)

    def _run(self) -> None:
        while not self._ended:
            self._wanted.wait(self._refresh / 2)
            self._wanted.clear()
            try:
                self.renew()
            except Exception as error:  # noqa: BLE001 - a renewal that ended here would freeze everybody's rights
                _log.error("directory.not-renewed", error=type(error).__name__)
                self._without_store(-1 if self._current is None else self._current.version)
