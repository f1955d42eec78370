"""The port: what every broker must do. `queues.rabbit` and `queues.embedded` are equal citizens of it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from queues.message import Message
from queues.topology import Topology


class BrokerError(Exception):
    """The broker could not do what was asked."""


class BrokerUnavailableError(BrokerError):
    """The broker cannot be reached, blocks publishers, or did not confirm: nothing may be taken as published."""


class RefusedByBrokerError(BrokerError):
    """The broker answered that it did not take the message: negative confirm, full queue, or no such queue."""


MOST_PREFETCH = 10
"""Unsettled messages a consumer may hold: few, since all of them come back together when it dies."""


def check_prefetch(prefetch: int) -> int:
    """`prefetch` when it is within bounds; `ValueError` otherwise."""
    if not 1 <= prefetch <= MOST_PREFETCH:
        raise ValueError(f"prefetch is {prefetch}; it must be 1 to {MOST_PREFETCH}")
    return prefetch


class Publisher(Protocol):
    """Publishes with confirmation. Shared by all threads of a process; many confirms are in flight at once."""

    def publish(self, message: Message, *, timeout: float) -> None:
        """Return when, and only when, the broker has confirmed that it keeps `message`.

        Raises `BrokerUnavailableError` after `timeout` seconds at the latest, `RefusedByBrokerError`
        when the broker said no. After either the message may or may not be in the queue.
        """

    def submit(self, message: Message) -> Future[None]:
        """Publish without waiting: the future is done when confirmed, or carries the error `publish` would raise."""

    def close(self) -> None:
        """Wait briefly for outstanding confirms, then release the connection."""


class Delivery(Protocol):
    """One message in a consumer's hands. Exactly one of the three verbs is called, once."""

    message: Message
    redelivered: bool
    delivery_count: int
    """How often the broker handed this message out before; 0 the first time. For information only."""

    def ack(self) -> None:
        """It is done: forget it."""

    def dead_letter(self, reason: str) -> None:
        """It can never be done: move it to the queue's dead-letter queue, with `reason` as `message.REASON_HEADER`.

        A queue without a dead-letter queue gets it back instead; nothing is ever dropped.
        """

    def release(self) -> None:
        """Give it back untouched (at shutdown); it will be delivered again."""


class Consumer(Protocol):
    """Takes messages of one queue, a few at a time. Used by one thread.

    Settle a delivery before asking for the next: a message that came back unsettled is handed out alone, so
    that one which ends its process does not drag its neighbours to the delivery limit.
    """

    def receive(self, timeout: float) -> Delivery | None:
        """The next message, or None when none came within `timeout` seconds.

        Reconnects by itself; raises `BrokerUnavailableError` while that does not succeed.
        """

    def close(self) -> None:
        """Stop taking messages; what was received and not settled goes back to the queue."""


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """What is in a queue at one moment."""

    queue: str
    ready: int
    unacknowledged: int | None
    """Messages in consumers' hands; None where the broker cannot tell."""
    oldest: datetime | None
    """Creation time of the oldest message that is ready, where the broker can tell without taking it."""


class Broker(Protocol):
    """A place that keeps messages."""

    def declare(self, topology: Topology) -> None:
        """Make every queue of `topology` exist. Idempotent; raises `BrokerError` when one exists differently."""

    def publisher(self) -> Publisher:
        """A new publisher with a connection of its own."""

    def consumer(self, queue: str, *, prefetch: int = 8) -> Consumer:
        """A new consumer of `queue` holding at most `prefetch` unsettled messages, 1 to 10 (`ValueError` otherwise)."""

    def depths(self, queues: Sequence[str]) -> list[QueueDepth]:
        """The depth of each queue, in the order asked; raises `BrokerError` when one does not exist."""

    def ping(self) -> None:
        """Return when the broker answers; raise `BrokerUnavailableError` within a few seconds when it does not."""

    def close(self) -> None:
        """Release everything this broker opened."""
