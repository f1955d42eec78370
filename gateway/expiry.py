"""Watches over everything that expires: agencies get a notice, the operator a log line and a figure.

The authority of representatives expires too: whoever has a case under way is told that another one must act in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.security.ends import End, EndKind
from gateway.watching import Watch
from handlers.cases.authority_watch import tell_of_ended_authority
from handlers.clock import Clock
from handlers.notices.warnings import warn_of_expiry
from handlers.parties.directory import Directory
from handlers.parties.expiry import held_certificates, threshold_of
from handlers.store.ports import Store

_log = structlog.get_logger(__name__)

_EVERY: Final = 3600.0
"""Seconds between two looks."""
_SOON: Final = 60.0
"""Seconds until the next look after one that the store did not answer."""
_DAY: Final = timedelta(days=1)


class ExpiryWatch(Watch):
    """Looks every hour; any number of processes may. Notices are written once, the log repeats after a restart."""

    def __init__(
        self, store: Store, own_ends: Callable[[], Iterable[End]], clock: Clock, *, every: float = _EVERY
    ) -> None:
        """`own_ends`: when what the gateway itself relies on ends."""
        super().__init__("expiry", every=every, soon=_SOON)
        self._store = store
        self._own_ends = own_ends
        self._clock = clock
        self._told: set[tuple[End, int]] = set()

    def look(self) -> None:
        """One look. Raises what the store raises, and `ValueError` for a file of the home that cannot be read."""
        now = self._clock()
        for each in warn_of_expiry(self._store, now):
            # A person's FIN is in the notice, which is the agency's own, and in no log.
            _log.warning(
                "certificate.expires",
                agency=each.agency,
                serial=each.parameters["serial"],
                until=each.parameters["until"],
                days=each.parameters["days"],
            )
        for each in tell_of_ended_authority(self._store, now):
            _log.warning("authority.ended", agency=each.agency, case=each.subject)
        for end in self._own_ends():
            self._tell(end, now)

    def _tell(self, end: End, now: datetime) -> None:
        """Say once for each threshold what ends; a list is renewed every few days and told of only when it is over."""
        over = end.until <= now
        threshold = None if end.kind is EndKind.CRL else threshold_of(end.until, now)
        key = (end, 0 if over else threshold or -1)
        if (not over and threshold is None) or key in self._told:
            return
        self._told.add(key)
        _log.log(
            40 if over else 30,
            "certificate.over" if over else "certificate.expires",
            kind=end.kind.value,
            name=end.name,
            serial=end.serial,
            until=f"{end.until:%Y-%m-%d}",
            **({} if over else {"days": str(threshold)}),
        )


def nearest_days(directory: Directory | None, own: Iterable[End], now: datetime) -> Mapping[str, float]:
    """Days until the nearest end, by kind; negative when it is over.

    Of the parties' certificates those count that are neither over nor replaced: nobody waits for the others.
    """
    found: dict[str, float] = {}

    def count(kind: str, until: datetime) -> None:
        found[kind] = min(found.get(kind, float("inf")), (until - now) / _DAY)

    for end in own:
        count(end.kind.value, end.until)
    for held in () if directory is None else held_certificates(directory):
        if not held.replaced and held.until > now:
            count(held.kind.value.lower(), held.until)
    return found
