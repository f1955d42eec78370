"""Taking messages out of the embedded broker."""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from queues import embedded_file as file
from queues.broker import BrokerError, BrokerUnavailableError
from queues.message import Message

if TYPE_CHECKING:
    from queues.embedded import EmbeddedBroker

_SHORTEST_PAUSE = 0.005
_LONGEST_PAUSE = 0.1
"""Seconds between looks at the file. A message published in this process wakes the consumer at once."""

Change = Callable[[sqlite3.Connection], None]


class EmbeddedDelivery:
    """A message leased to a consumer of this process."""

    def __init__(self, claimed: file.Claimed, consumer: EmbeddedConsumer) -> None:
        self.message: Message = claimed.message
        self.delivery_count = claimed.returns
        self.redelivered = claimed.returns > 0
        self.seq = claimed.seq
        self._consumer = consumer
        self._settled = False

    def ack(self) -> None:
        """It is done: forget it. Returns before the commit; until then a crash brings the message back."""
        self._once()
        self._consumer.settle(self.seq, partial(file.forget, owner=self._consumer.owner, seqs=[self.seq]))

    def dead_letter(self, reason: str) -> None:
        """Move it to the dead-letter queue."""
        self._once()
        change = partial(file.set_aside, owner=self._consumer.owner, seq=self.seq, reason=reason)
        self._consumer.settle(self.seq, change)

    def release(self) -> None:
        """Give it back."""
        self._once()
        change = partial(file.give_back, owner=self._consumer.owner, seqs=[self.seq], delivered=True)
        self._consumer.settle(self.seq, change)

    def _once(self) -> None:
        if self._settled:
            raise BrokerError("this delivery is settled already")
        self._settled = True


class EmbeddedConsumer:
    """Leases messages of one queue, up to its prefetch, and hands them out one by one."""

    def __init__(self, broker: EmbeddedBroker, queue: str, number: int, prefetch: int) -> None:
        self.owner = broker.owner
        self._broker = broker
        self._queue = queue
        self._number = number
        self._prefetch = prefetch
        self._claimed: deque[EmbeddedDelivery] = deque()
        self._held: set[int] = set()
        self._unsaved: deque[tuple[int, Change]] = deque()
        self._closed = False

    def receive(self, timeout: float) -> EmbeddedDelivery | None:
        """The next message, or None after `timeout` seconds; raises `BrokerUnavailableError`."""
        deadline = time.monotonic() + timeout
        pause = _SHORTEST_PAUSE
        while True:
            seen = self._broker.commits
            if self._closed:
                raise BrokerUnavailableError("this consumer is closed")
            self._claim()
            if self._claimed:
                delivery = self._claimed.popleft()
                self._held.add(delivery.seq)
                return delivery
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._broker.wait_for_commit(seen, min(left, pause))
            pause = min(_LONGEST_PAUSE, pause * 2)

    def close(self) -> None:
        """Give back what was taken and not settled; what was never handed out does not count as delivered."""
        if self._closed:
            return
        self._closed = True
        self._save_again()
        waiting = [delivery.seq for delivery in self._claimed]
        self._claimed.clear()
        changes = [
            self._broker.write(partial(file.give_back, owner=self.owner, seqs=sorted(self._held), delivered=True)),
            self._broker.write(partial(file.give_back, owner=self.owner, seqs=waiting, delivered=False)),
        ]
        for change in changes:
            with suppress(BrokerError):  # What could not be given back now is when this process has ended.
                change.result()

    def settle(self, seq: int, change: Change) -> None:
        """Have `change` written soon; when that fails, again at the next `receive`."""
        self._held.discard(seq)
        self._broker.write(change).add_done_callback(partial(self._settled, seq, change))

    def _settled(self, seq: int, change: Change, future: Future[None]) -> None:
        if future.cancelled() or future.exception() is not None:
            self._unsaved.append((seq, change))

    def _save_again(self) -> None:
        for _ in range(len(self._unsaved)):
            self.settle(*self._unsaved.popleft())

    def _claim(self) -> None:
        self._save_again()
        self._broker.recover()
        room = self._prefetch - len(self._held) - len(self._claimed)
        if self._claimed or room < 1 or not self._broker.read(lambda reader: file.has_ready(reader, self._queue)):
            return
        held = len(self._held)
        found = self._broker.write(partial(self._lease, limit=room, held=held)).result()
        self._claimed.extend(EmbeddedDelivery(claimed, self) for claimed in found)

    def _lease(self, connection: sqlite3.Connection, *, limit: int, held: int) -> list[file.Claimed]:
        return file.claim(connection, self._queue, self.owner, self._number, limit=limit, held=held)
