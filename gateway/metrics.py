"""What a process counts about itself, in Prometheus' form; no label ever holds personal data."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


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

    def exposition(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)
