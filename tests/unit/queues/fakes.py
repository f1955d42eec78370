"""A queue, a scheduler, an outbox and a publisher in memory, each with a way to be away."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from datetime import UTC, datetime

from queues.broker import BrokerUnavailableError
from queues.message import Message

NOW = datetime(2026, 3, 21, 8, 30, tzinfo=UTC)


def message(number: int = 1, attempt: int = 1) -> Message:
    return Message(f"message-{number}", "test.work", "Test", 1, b"secret body", NOW, attempt)


class FakeDelivery:
    def __init__(self, queue: FakeQueue, given: Message) -> None:
        self.message = given
        self.redelivered = False
        self.delivery_count = 0
        self._queue = queue

    def ack(self) -> None:
        self._queue.acked.append(self.message)

    def dead_letter(self, reason: str) -> None:
        self._queue.dead.append((self.message, reason))

    def release(self) -> None:
        self._queue.released.append(self.message)
        self._queue.ready.appendleft(self.message)


class FakeQueue:
    """Broker and consumer at once."""

    def __init__(self, *messages: Message) -> None:
        self.ready = deque(messages)
        self.acked: list[Message] = []
        self.released: list[Message] = []
        self.dead: list[tuple[Message, str]] = []
        self.opened = 0
        self.closed = 0
        self.outages = 0

    def consumer(self) -> FakeQueue:
        self.opened += 1
        return self

    def receive(self, timeout: float) -> FakeDelivery | None:
        if self.outages:
            self.outages -= 1
            raise BrokerUnavailableError("away")
        return FakeDelivery(self, self.ready.popleft()) if self.ready else None

    def close(self) -> None:
        self.closed += 1


class FakeScheduler:
    def __init__(self, outages: int = 0) -> None:
        self.scheduled: list[tuple[Message, datetime]] = []
        self.outages = outages

    def schedule(self, message: Message, not_before: datetime) -> None:
        if self.outages:
            self.outages -= 1
            raise ConnectionError("the store is away")
        self.scheduled.append((message, not_before))


class FakeOutbox:
    """Hands everything unsent out at every claim, as if the leases had just run out."""

    def __init__(self, *messages: Message) -> None:
        self.unsent = {each.message_id: each for each in messages}
        self.marks: list[list[str]] = []
        self.claim_outages = 0
        self.mark_outages = 0

    def claim(self, limit: int, now: datetime) -> list[Message]:
        if self.claim_outages:
            self.claim_outages -= 1
            raise ConnectionError("the store is away")
        return list(self.unsent.values())[:limit]

    def mark_sent(self, message_ids: list[str], now: datetime) -> None:
        if self.mark_outages:
            self.mark_outages -= 1
            raise ConnectionError("the store is away")
        self.marks.append(message_ids)
        for each in message_ids:
            self.unsent.pop(each, None)


class FakePublisher:
    """Confirms everything but the ids that were given an error."""

    def __init__(self) -> None:
        self.published: list[str] = []
        self.errors: dict[str, Exception] = {}

    def submit(self, message: Message) -> Future[None]:
        self.published.append(message.message_id)
        future: Future[None] = Future()
        if error := self.errors.get(message.message_id):
            future.set_exception(error)
        else:
            future.set_result(None)
        return future

    def publish(self, message: Message, *, timeout: float) -> None:
        self.submit(message).result(timeout)

    def close(self) -> None:
        self.errors.clear()
