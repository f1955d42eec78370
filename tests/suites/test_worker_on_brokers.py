"""Worker and relay on both brokers: everything handled, nothing lost, poison set aside alone."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from queues.broker import Broker
from queues.brokers import open_broker
from queues.errors import UndecodableError
from queues.message import Message
from queues.relay import Relay
from queues.retry import RetryPolicy
from queues.worker import Worker
from tests.suites.brokers import TOPOLOGY, WORK, drain, message, until

POLICY = RetryPolicy(attempts=3, first_delay=0.01, factor=1)


class MemoryOutbox:
    """Outbox and scheduler; a row is a message with its attempt."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, int], tuple[Message, datetime]] = {}
        self._claimed: set[tuple[str, int]] = set()
        self._lock = threading.Lock()

    def schedule(self, message: Message, not_before: datetime) -> None:
        with self._lock:
            self._rows[message.message_id, message.attempt] = (message, not_before)

    def claim(self, limit: int, now: datetime) -> list[Message]:
        with self._lock:
            due = [key for key, (_, at) in self._rows.items() if at <= now and key not in self._claimed][:limit]
            self._claimed.update(due)
            return [self._rows[key][0] for key in due]

    def mark_sent(self, message_ids: list[str], now: datetime) -> None:
        with self._lock:
            sent = [key for key in self._claimed if key[0] in message_ids]
            for key in sent:
                self._claimed.discard(key)
                self._rows.pop(key)

    def __len__(self) -> int:
        with self._lock:
            return len(self._rows)


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(params=["embedded", pytest.param("rabbit", marks=pytest.mark.real)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    rabbit = request.param == "rabbit"
    url = request.getfixturevalue("rabbit_url") if rabbit else f"sqlite:///{tmp_path / 'queues.sqlite'}"
    broker = open_broker(url)
    broker.declare(TOPOLOGY)
    yield broker
    broker.close()


def test_twenty_poisonous_messages_among_two_hundred_good_ones_are_set_aside_alone(broker: Broker) -> None:
    handled: Counter[str] = Counter()
    failed: Counter[str] = Counter()

    def handle(given: Message) -> None:
        if "poison" in given.message_id:
            failed[given.message_id] += 1
            raise UndecodableError if given.message_id.endswith("0") else ValueError
        handled[given.message_id] += 1

    outbox = MemoryOutbox()
    publisher = broker.publisher()
    names = [f"poison-{number}" if number % 11 == 0 else f"good-{number}" for number in range(220)]
    for future in [publisher.submit(message(name)) for name in names]:
        future.result(30)
    workers = [
        Worker(lambda: broker.consumer(WORK.name), handle, outbox, clock=_now, policy=POLICY, poll=0.05)
        for _ in range(3)
    ]
    relay = Relay(outbox, publisher, clock=_now, idle=0.02)
    for loop in (relay, *workers):
        loop.start()

    poisonous = [name for name in names if "poison" in name]
    attempts = sum(1 if name.endswith("0") else POLICY.attempts for name in poisonous)
    until(lambda: len(handled) == 200 and failed.total() == attempts and not len(outbox), timeout=60)
    assert all(loop.stop(30) for loop in (*workers, relay))

    assert set(handled.values()) == {1}
    dead = [each.message_id for each in drain(broker.consumer(WORK.dead_letters))]
    assert sorted(dead) == sorted(f"message-{name}" for name in poisonous)
    assert drain(broker.consumer(WORK.name)) == []


def test_rolling_restarts_of_workers_lose_and_repeat_nothing(broker: Broker) -> None:
    handled: Counter[str] = Counter()
    publisher = broker.publisher()
    for future in [publisher.submit(message(number)) for number in range(300)]:
        future.result(30)

    for _ in range(4):
        worker = Worker(
            lambda: broker.consumer(WORK.name),
            lambda given: handled.update([given.message_id]),
            MemoryOutbox(),
            clock=_now,
            poll=0.05,
        )
        before = len(handled)
        worker.start()
        until(lambda before=before: len(handled) > before + 20 or len(handled) == 300)
        assert worker.stop(30)

    rest = [each.message_id for each in drain(broker.consumer(WORK.name))]
    assert drain(broker.consumer(WORK.dead_letters)) == []
    assert sorted([*handled.elements(), *rest]) == sorted(f"message-{number}" for number in range(300))
