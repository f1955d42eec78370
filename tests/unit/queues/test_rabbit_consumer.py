"""When a consumer believes that the broker has forgotten it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from queues import rabbit_wire as wire
from queues.rabbit import RabbitBroker
from queues.rabbit_consumer import RabbitConsumer
from tests.suites.brokers import WORK, message


class FakeChannel:
    def __init__(self) -> None:
        self.is_open = True
        self.consumed: list[int] = []
        self._prefetch = 0

    def close(self) -> None:
        self.is_open = False

    def basic_qos(self, prefetch_count: int) -> None:
        self._prefetch = prefetch_count

    def basic_consume(self, queue: str, on_message: Any, callback: Any) -> None:
        self.consumed.append(self._prefetch)

    def add_on_cancel_callback(self, callback: Any) -> None:
        self.on_cancel = callback

    def deliver(self, consumer: RabbitConsumer, tag: int, *, redelivered: bool = False) -> None:
        method = SimpleNamespace(delivery_tag=tag, redelivered=redelivered)
        consumer._on_message(self, method, wire.properties(message(tag), tag), b"")


@pytest.fixture
def consumer() -> Iterator[RabbitConsumer]:
    broker = RabbitBroker("amqp://user:pass@127.0.0.1:1/v")
    consumer = broker.consumer(WORK.name, prefetch=8)
    consumer._link.close()  # from here on this test plays the link
    yield consumer
    broker.close()


@pytest.fixture
def channel(consumer: RabbitConsumer) -> FakeChannel:
    channel = FakeChannel()
    consumer.opened(channel)
    return channel


def test_messages_that_wait_while_none_come_twice_in_a_row_make_it_consume_anew(
    consumer: RabbitConsumer, channel: FakeChannel
) -> None:
    consumer._checked(5, consumer._arrivals)
    assert channel.is_open

    consumer._checked(5, consumer._arrivals)

    assert not channel.is_open


@pytest.mark.parametrize("ready", [0, 5])
def test_a_consumer_that_gets_messages_or_has_none_to_get_goes_on(
    consumer: RabbitConsumer, channel: FakeChannel, ready: int
) -> None:
    for tag in range(1, 6):
        consumer._checked(ready, consumer._arrivals)
        if ready:
            channel.deliver(consumer, tag)
            consumer._unsettled = 0  # and settled at once

    assert channel.is_open


def test_it_takes_one_message_at_a_time_until_one_comes_that_nobody_had(
    consumer: RabbitConsumer, channel: FakeChannel
) -> None:
    channel.deliver(consumer, 1, redelivered=True)
    assert channel.consumed == [1]

    channel.deliver(consumer, 2)
    channel.deliver(consumer, 3)

    assert channel.consumed == [1, 7]
