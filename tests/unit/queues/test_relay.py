"""From the outbox to the broker: everything at least once, nothing marked that was not confirmed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from structlog.testing import capture_logs

from queues import relay as relay_module
from queues import steps
from queues.broker import BrokerUnavailableError, RefusedByBrokerError
from queues.message import Message
from queues.relay import Relay
from tests.suites.brokers import until
from tests.unit.queues.fakes import NOW, FakeOutbox, FakePublisher, message


@pytest.fixture
def publisher() -> FakePublisher:
    return FakePublisher()


@pytest.fixture
def start(publisher: FakePublisher) -> Iterator[Callable[..., Relay]]:
    """Starts a relay that is stopped at the end."""
    relays: list[Relay] = []

    def make(outbox: FakeOutbox, **more: Any) -> Relay:
        settings = {"idle": 0.01, "first_pause": 0.01, **more}
        relays.append(Relay(outbox, publisher, clock=lambda: NOW, hold_on=(ConnectionError,), **settings))
        relays[-1].start()
        return relays[-1]

    yield make
    for relay in relays:
        assert relay.stop(5)


def _relay(outbox: FakeOutbox, publisher: FakePublisher, batch: int = 200) -> Relay:
    return Relay(outbox, publisher, clock=lambda: NOW, batch=batch)


def test_what_was_confirmed_is_marked(publisher: FakePublisher) -> None:
    outbox = FakeOutbox(message(1), message(2))

    assert _relay(outbox, publisher).relay_batch() == 2

    assert publisher.published == ["message-1", "message-2"]
    assert outbox.marks == [["message-1", "message-2"]]


def test_an_empty_outbox_publishes_and_marks_nothing(publisher: FakePublisher) -> None:
    outbox = FakeOutbox()

    assert _relay(outbox, publisher).relay_batch() == 0
    assert (publisher.published, outbox.marks) == ([], [])


def test_the_steps_of_the_path_are_told_in_order(publisher: FakePublisher) -> None:
    outbox = FakeOutbox(message())
    seen: list[tuple[str, int, int]] = []
    steps.observe(lambda step: seen.append((step, len(publisher.published), len(outbox.marks))))
    try:
        _relay(outbox, publisher).relay_batch()
    finally:
        steps.observe(None)

    assert seen == [("B1", 0, 0), ("B2", 1, 0), ("B3", 1, 0), ("B4", 1, 1)]


def test_what_the_broker_refused_stays_and_its_neighbours_are_marked(publisher: FakePublisher) -> None:
    outbox = FakeOutbox(message(1), message(2), message(3))
    publisher.errors["message-2"] = RefusedByBrokerError("full")

    with capture_logs() as logs:
        _relay(outbox, publisher).relay_batch()

    assert list(outbox.unsent) == ["message-2"]
    assert [each["message_id"] for each in logs] == ["message-2"]
    assert "secret body" not in str(logs)


def test_an_outage_of_the_broker_marks_what_was_confirmed_before_it(publisher: FakePublisher) -> None:
    outbox = FakeOutbox(message(1), message(2))
    publisher.errors["message-2"] = BrokerUnavailableError("away")

    with pytest.raises(BrokerUnavailableError):
        _relay(outbox, publisher).relay_batch()

    assert list(outbox.unsent) == ["message-2"]


def test_a_confirm_that_does_not_come_counts_as_an_outage(
    publisher: FakePublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SilentPublisher(FakePublisher):
        def submit(self, message: Message) -> Future[None]:
            return Future()

    monkeypatch.setattr(relay_module, "CONFIRM_TIMEOUT", 0.05)
    outbox = FakeOutbox(message())

    with pytest.raises(BrokerUnavailableError):
        _relay(outbox, SilentPublisher()).relay_batch()

    assert outbox.marks == []


def test_what_could_not_be_marked_is_marked_before_the_next_batch_and_not_published_again(
    publisher: FakePublisher,
) -> None:
    outbox = FakeOutbox(message(1))
    outbox.mark_outages = 1
    relay = _relay(outbox, publisher)
    with pytest.raises(ConnectionError):
        relay.relay_batch()

    relay.relay_batch()

    assert publisher.published == ["message-1"]
    assert outbox.marks == [["message-1"]]


def test_the_relay_outlives_outages_of_store_and_broker(start: Any, publisher: FakePublisher) -> None:
    outbox = FakeOutbox(*[message(number) for number in range(5)])
    outbox.claim_outages = 2
    outbox.mark_outages = 2
    publisher.errors["message-3"] = BrokerUnavailableError("away")
    start(outbox, batch=2)

    until(lambda: list(outbox.unsent) == ["message-3"] or len(outbox.unsent) < 2)
    publisher.errors.clear()

    until(lambda: not outbox.unsent)
    assert sorted(each for marked in outbox.marks for each in marked) == [f"message-{number}" for number in range(5)]


def test_the_relay_outlives_an_error_nobody_expected(start: Any, publisher: FakePublisher) -> None:
    class OddOutbox(FakeOutbox):
        odd = True

        def claim(self, limit: int, now: Any) -> list[Message]:
            if self.odd:
                self.odd = False
                raise ZeroDivisionError("secret")
            return super().claim(limit, now)

    outbox = OddOutbox(message())
    with capture_logs() as logs:
        start(outbox)
        until(lambda: not outbox.unsent)

    assert [each["error"] for each in logs] == ["ZeroDivisionError"]
    assert "secret" not in str(logs)


def test_what_was_sent_long_ago_is_tidied_at_once_while_there_is_more_and_then_now_and_again(start: Any) -> None:
    calls: list[float] = []

    def tidy() -> bool:
        calls.append(time.monotonic())
        return len(calls) < 3

    start(FakeOutbox(), tidy=tidy, tidy_interval=0.3)
    until(lambda: len(calls) == 4)

    assert calls[2] - calls[0] < 0.3 <= calls[3] - calls[2]


def test_tidying_that_fails_keeps_nothing_from_leaving(start: Any) -> None:
    def tidy() -> bool:
        raise ConnectionError("the store is away")

    outbox = FakeOutbox(message(1))
    with capture_logs() as logs:
        start(outbox, tidy=tidy)
        until(lambda: bool(logs))
        outbox.unsent["message-2"] = message(2)
        until(lambda: not outbox.unsent)

    assert [each["event"] for each in logs] == ["relay waits"]
