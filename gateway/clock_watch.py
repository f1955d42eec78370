"""Watches over the clocks of cases, beside the relay: owner, clerk and supervisors are told, and the log has a line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.watching import Watch
from handlers.cases.clock_model import Firing
from handlers.cases.clock_watch import recount_clocks, start_missing_clocks, watch_clocks
from handlers.clock import Clock
from handlers.rules.clocks import TERMS, Terms
from handlers.store.ports import Store
from queues.loop import where

_log = structlog.get_logger(__name__)

_EVERY: Final = 300.0
"""Seconds between two looks: clocks run out at midnight in Baku, and nobody is to wait long for that."""
_SOON: Final = 30.0
"""Seconds until the next look after one that the store did not answer."""
_SEARCH: Final = timedelta(hours=1)
"""Between two searches for cases without clocks, which an earlier release running beside this one takes in."""


class ClockWatch(Watch):
    """Looks every five minutes; any number of processes may, and each clock is told of once all the same."""

    def __init__(self, store: Store, clock: Clock, terms: Terms = TERMS, *, every: float = _EVERY) -> None:
        super().__init__("clocks", every=every, soon=_SOON)
        self._store = store
        self._clock = clock
        self._terms = terms
        self._searched: datetime | None = None

    def look(self) -> list[Firing]:
        """One look; what was told. Raises what the store raises."""
        now = self._clock()
        if self._searched is None:
            # The terms were read when this process started: they may be others than the clocks were kept by.
            recounted = recount_clocks(self._store, now, failed=_failed, terms=self._terms)
            if recounted:
                _log.info("clocks.recounted", cases=recounted)
        if self._searched is None or now - self._searched >= _SEARCH:
            started = start_missing_clocks(self._store, now, failed=_failed, terms=self._terms)
            self._searched = now
            if started:
                _log.info("clocks.started", cases=started)
        fired = watch_clocks(self._store, now, failed=_failed, terms=self._terms)
        for each in fired:
            _log.warning(
                "clock.fired",
                kind=each.kind.value,
                case=each.case_number,
                clock=each.code.value,
                round=each.round,
                due=f"{each.due_on:%Y-%m-%d}",
            )
        return fired


def _failed(number: str, error: Exception) -> None:
    _log.error("clock.not-looked", case=number, error=type(error).__name__, where=where(error))
