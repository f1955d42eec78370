"""What a process counts about itself, in Prometheus' form; no label ever holds personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from math import inf
from time import monotonic
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

_STANDS: Final = 60.0
"""Seconds for which days that were counted stand."""
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


Issuers = Callable[[], Iterable[tuple[str, datetime | None, bool]]]
"""Of each issuer its name, until when what is known of its certificates is fresh, and whether that is in doubt."""


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter(
            "gateway_calls_total",
            "Calls by service, operation (-: not known yet) and outcome (answer, refusal, or a fault's code)",
            ("service", "operation", "outcome"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "gateway_call_seconds",
            "Seconds from the last byte read to the signed answer",
            ("service",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.processed = Counter(
            "gateway_messages_total",
            "Messages taken from a queue, by what became of them",
            ("queue", "outcome"),
            registry=self.registry,
        )

        self.fetches = Counter(
            "gateway_revocation_fetches_total",
            "Attempts to fetch a revocation list or an OCSP answer, by outcome (ok, failed)",
            ("outcome",),
            registry=self.registry,
        )

    def watch_revocation(self, issuers: Issuers) -> None:
        """Show, with every look at the figures, what is known of each issuer's certificates."""
        self.registry.register(_RevocationCollector(issuers))

    def show_days_left(self, read: Callable[[], Mapping[str, float]]) -> None:
        """Show what `read` gives: days until the nearest certificate or list of a kind ends."""
        self.registry.register(_DaysLeft(read))

    def exposition(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)


class _RevocationCollector(Collector):
    def __init__(self, issuers: Issuers) -> None:
        self._issuers = issuers

    def collect(self) -> Iterator[Metric]:
        until = GaugeMetricFamily(
            "gateway_revocation_next_update_seconds",
            "Moment (Unix time) at which what is known of an issuer's certificates goes out of date",
            labels=("issuer",),
        )
        doubt = GaugeMetricFamily(
            "gateway_revocation_in_doubt",
            "1: certificates of this issuer are refused, because nothing fresh is known of them",
            labels=("issuer",),
        )
        ends: dict[str, float] = {}
        doubts: dict[str, bool] = {}
        for issuer, moment, is_in_doubt in self._issuers():
            # An authority that changed its key is there twice, and one line in the figures.
            doubts[issuer] = is_in_doubt or doubts.get(issuer, False)
            if moment is not None:
                ends[issuer] = min(moment.timestamp(), ends.get(issuer, inf))
        for issuer, end in ends.items():
            until.add_metric((issuer,), end)
        for issuer, is_in_doubt in doubts.items():
            doubt.add_metric((issuer,), float(is_in_doubt))
        yield from (until, doubt)


class _DaysLeft(Collector):
    """Read when it is looked at, and not again for a minute: revocation lists can be large files."""

    def __init__(self, read: Callable[[], Mapping[str, float]]) -> None:
        self._read = read
        self._days: Mapping[str, float] = {}
        self._until = 0.0

    def describe(self) -> Iterable[Metric]:
        """Nothing is read when it is registered."""
        return [self._family()]

    def collect(self) -> Iterable[Metric]:
        """One figure for each kind that there is."""
        family = self._family()
        if monotonic() >= self._until:
            self._days, self._until = self._read(), monotonic() + _STANDS
        for kind, days in sorted(self._days.items()):
            family.add_metric([kind], days)
        yield family

    def _family(self) -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "gateway_certificate_days_left",
            "Days until the nearest certificate of a kind expires (crl: until its next update is due); negative: over",
            labels=["kind"],
        )
