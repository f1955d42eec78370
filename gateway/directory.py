"""The enrolled parties as the edge knows them: the newest snapshot that could be read, kept through an outage."""

from __future__ import annotations

import threading
from collections.abc import Callable
from math import inf
from time import monotonic

import structlog

from handlers.parties.directory import Directory
from handlers.store.ports import StoreConflictError, StoreUnavailableError

_log = structlog.get_logger(__name__)


class DirectoryCache:
    """Holds a `Directory` and renews it in the background.

    Commands must go on being accepted while the register store is away (reliability §0), so a failed
    look-up keeps what is known. A change of rights takes effect after one refresh interval at the latest.
    """

    def __init__(self, load: Callable[[int], Directory | None], *, refresh: float) -> None:
        """`load(version)` returns the directory, or None when `version` is still the newest."""
        self._load = load
        self._refresh = refresh
        self._current: Directory | None = None
        self._confirmed = -inf
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="directory", daemon=True)

    def start(self) -> None:
        """Load once, then keep renewing. The store may still be away; see `current`."""
        self.renew()
        self._thread.start()

    def current(self) -> Directory:
        """Return the newest known snapshot; raises `StoreUnavailableError` when none could be read yet."""
        if self._current is None:
            self.renew()
        if self._current is None:
            raise StoreUnavailableError("the enrolled parties have not been read yet")
        return self._current

    def renew(self) -> None:
        """Look whether the directory changed, and take the new one if so; an outage changes nothing."""
        known = -1 if self._current is None else self._current.version
        try:
            newer = self._load(known)
        except (StoreUnavailableError, StoreConflictError):
            _log.warning("directory.kept", version=known)
            return
        self._confirmed = monotonic()
        if newer is not None:
            self._current = newer
            _log.info("directory.renewed", version=newer.version, systems=len(newer.systems))

    def stop(self) -> None:
        """End the background renewal."""
        self._stop.set()

    def age(self) -> float:
        """Seconds since the snapshot was last known to be the newest; infinite: none was read yet."""
        return monotonic() - self._confirmed

    def _run(self) -> None:
        while not self._stop.wait(self._refresh):
            try:
                self.renew()
            except Exception as error:  # noqa: BLE001 - a renewal that ended here would freeze everybody's rights
                _log.error("directory.not-renewed", error=type(error).__name__)
