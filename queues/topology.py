"""Which queues there are, as one table. Names, limits and dead-letter queues; no broker in sight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_DEAD = ".dead"


def dead_letters_of(queue: str) -> str:
    """Name of the dead-letter queue of `queue`."""
    return queue + _DEAD


def is_dead_letters(queue: str) -> bool:
    """Whether `queue` is itself a dead-letter queue."""
    return queue.endswith(_DEAD)


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A queue and what bounds it."""

    name: str
    delivery_limit: int = 5
    """How often a message may come back unsettled (crash loops, lost connections); the next time the broker itself
    moves it to the dead-letter queue."""
    max_length: int = 1_000_000
    """Messages; a publisher is refused beyond (never dropped). RabbitMQ enforces it a few messages late."""

    @property
    def dead_letters(self) -> str:
        """Name of the queue's dead-letter queue."""
        return dead_letters_of(self.name)


@dataclass(frozen=True, slots=True)
class Topology:
    """All queues of an installation."""

    queues: tuple[QueueSpec, ...]

    def __iter__(self) -> Iterator[QueueSpec]:
        """The queues, in order."""
        return iter(self.queues)
