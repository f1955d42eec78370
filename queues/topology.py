"""Which queues there are, as one table. Names, limits and dead-letter queues; no broker in sight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A queue and what bounds it."""

    name: str
    delivery_limit: int = 5
    """Deliveries after which the broker itself moves a message to the dead-letter queue (crash loops)."""
    max_length: int = 1_000_000
    """Messages; a publisher is refused beyond (never dropped)."""

    @property
    def dead_letters(self) -> str:
        """Name of the queue's dead-letter queue."""
        return f"{self.name}.dead"


@dataclass(frozen=True, slots=True)
class Topology:
    """All queues of an installation."""

    queues: tuple[QueueSpec, ...]

    def __iter__(self) -> Iterator[QueueSpec]:
        """The queues, in order."""
        return iter(self.queues)
