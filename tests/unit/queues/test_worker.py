"""What the worker does with a message, whatever its handler does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from queues import steps
from queues.errors import HoldError, UndecodableError
from queues.message import Message
from queues.retry import RetryPolicy
from queues.worker import Worker
from tests.suites.brokers import until
from tests.unit.queues.fakes import NOW, FakeQueue, FakeScheduler, message

FAST = RetryPolicy(first_delay=8, jitter=0)


class Handler:
    """Raises the errors given, one at a time; after that it succeeds."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.calls: list[Message] = []

    def __call__(self, given: Message) -> None:
        self.calls.append(given)
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture
def scheduler() -> FakeScheduler:
    return FakeScheduler()


@pytest.fixture
def start(scheduler: FakeScheduler) -> Iterator[Callable[..., Worker]]:
    """Starts a worker that is stopped at the end."""
    workers: list[Worker] = []

    def make(queue: FakeQueue, handler: Callable[[Message], None], **more: Any) -> Worker:
        settings = {"policy": FAST, "poll": 0.01, "first_pause": 0.01, "random": lambda: 0.5, **more}
        worker = Worker(queue.consumer, handler, scheduler, clock=lambda: NOW, **settings)
        workers.append(worker)
        worker.start()
        return worker

    yield make
    for worker in workers:
        assert worker.stop(5)


def test_a_handled_message_is_acknowledged_after_its_handler_returned(start: Any) -> None:
    queue = FakeQueue(message(1), message(2))
    acknowledged_before: list[int] = []
    start(queue, lambda _: acknowledged_before.append(len(queue.acked)))

    until(lambda: len(queue.acked) == 2)

    assert acknowledged_before == [0, 1]


def test_the_steps_of_the_path_are_told_in_order(start: Any) -> None:
    seen: list[str] = []
    steps.observe(seen.append)
    try:
        queue = FakeQueue(message())
        start(queue, lambda _: seen.append("handled"))
        until(lambda: "C5" in seen)
    finally:
        steps.observe(None)

    assert seen == ["C1", "handled", "C4", "C5"]


def test_a_failed_message_is_scheduled_with_its_next_attempt_and_then_acknowledged(
    start: Any, scheduler: FakeScheduler
) -> None:
    queue = FakeQueue(message(attempt=2))
    start(queue, Handler(ValueError("boom")))

    until(lambda: bool(queue.acked))

    assert scheduler.scheduled == [(message(attempt=3), NOW + timedelta(seconds=32))]
    assert queue.dead == []


def test_a_message_that_cannot_be_scheduled_is_held_and_not_acknowledged(start: Any, scheduler: FakeScheduler) -> None:
    scheduler.outages = 3
    queue = FakeQueue(message())
    handler = Handler(*[ValueError()] * 4)
    start(queue, handler)

    until(lambda: bool(queue.acked))

    assert len(handler.calls) == 4
    assert [each.attempt for each, _ in scheduler.scheduled] == [2]


def test_an_undecodable_message_is_set_aside_at_once(start: Any, scheduler: FakeScheduler) -> None:
    queue = FakeQueue(message())
    handler = Handler(UndecodableError("secret"))
    start(queue, handler)

    until(lambda: bool(queue.dead))

    ((dead, reason),) = queue.dead
    assert dead == message()
    assert reason.startswith("undecodable: UndecodableError, incident ")
    assert (len(handler.calls), scheduler.scheduled, queue.acked) == (1, [], [])


def test_the_last_attempt_is_followed_by_the_dead_letter_queue(start: Any, scheduler: FakeScheduler) -> None:
    queue = FakeQueue(message(attempt=5))
    start(queue, Handler(ValueError()))

    until(lambda: bool(queue.dead))

    assert queue.dead[0][1].startswith("failed 5 times: ValueError")
    assert scheduler.scheduled == []


@pytest.mark.parametrize("away", [HoldError(), ConnectionRefusedError()])
def test_a_message_is_held_while_what_its_handler_needs_is_away(
    start: Any, scheduler: FakeScheduler, away: Exception
) -> None:
    queue = FakeQueue(message())
    handler = Handler(*[away] * 5)
    start(queue, handler, hold_on=(ConnectionRefusedError,))

    until(lambda: bool(queue.acked))

    assert {each.attempt for each in handler.calls} == {1}
    assert (len(handler.calls), queue.released, queue.dead, scheduler.scheduled) == (6, [], [], [])


def test_after_a_long_outage_the_message_is_given_back_and_nothing_taken_until_the_probe_succeeds(start: Any) -> None:
    queue = FakeQueue(message())
    away = threading.Event()
    away.set()
    probes: list[bool] = []

    def fail_while_away(*_: Message) -> None:
        if away.is_set():
            raise HoldError

    def probe() -> None:
        probes.append(away.is_set())
        if queue.released:
            fail_while_away()

    start(queue, fail_while_away, probe=probe, hold_timeout=0.1)
    until(lambda: len(probes) > 4)

    assert queue.released == [message()]
    assert queue.closed == queue.opened == 1
    away.clear()
    until(lambda: queue.acked == [message()])
    assert queue.opened == 2


def test_an_outage_of_the_broker_is_waited_out_with_a_new_consumer(start: Any) -> None:
    queue = FakeQueue(message())
    queue.outages = 3
    start(queue, Handler())

    until(lambda: bool(queue.acked))

    assert queue.opened == 4
    assert queue.closed == 3


def test_a_stop_waits_for_the_message_in_hand(start: Any) -> None:
    queue = FakeQueue(message(1), message(2))
    in_hand, go_on = threading.Event(), threading.Event()

    def slow(_: Message) -> None:
        in_hand.set()
        assert go_on.wait(5)

    worker = start(queue, slow)
    assert in_hand.wait(5)
    assert not worker.stop(0.05)
    go_on.set()

    assert worker.stop(5)
    assert queue.acked == [message(1)]
    assert list(queue.ready) == [message(2)]
    assert queue.closed == 1


def test_a_stop_during_an_outage_gives_the_message_back(start: Any) -> None:
    queue = FakeQueue(message())
    held = threading.Event()

    def away(_: Message) -> None:
        held.set()
        raise HoldError

    worker = start(queue, away, first_pause=60)
    assert held.wait(5)

    assert worker.stop(5)
    assert queue.released == [message()]


def test_a_worker_can_run_in_the_foreground(scheduler: FakeScheduler) -> None:
    queue = FakeQueue(message())
    worker = Worker(queue.consumer, lambda _: worker.stop(0) and None, scheduler, clock=lambda: NOW)

    worker.run()

    assert queue.acked == [message()]


def test_what_ends_the_process_leaves_the_message_unsettled_and_closes_the_consumer(scheduler: FakeScheduler) -> None:
    queue = FakeQueue(message())
    worker = Worker(queue.consumer, Handler(KeyboardInterrupt()), scheduler, clock=lambda: NOW)

    with pytest.raises(KeyboardInterrupt):
        worker.run()

    assert (queue.acked, queue.dead, queue.closed) == ([], [], 1)


def test_neither_bodies_nor_the_texts_of_errors_are_logged(scheduler: FakeScheduler) -> None:
    class StopError(BaseException):
        pass

    queue = FakeQueue(*[replace(message(number), headers={"name": "secret"}) for number in range(4)])
    errors = [ValueError("secret"), UndecodableError("secret"), HoldError("secret"), StopError()]
    worker = Worker(queue.consumer, Handler(*errors), scheduler, clock=lambda: NOW, first_pause=0.01)

    with capture_logs() as logs, pytest.raises(StopError):
        worker.run()

    assert len(logs) == 3
    assert "secret" not in str(logs)
    assert all(len(each["incident"]) == 10 for each in logs)
    assert "__call__" in logs[0]["raised"]


def test_in_one_outage_a_message_is_given_back_once_even_when_the_probe_notices_nothing(start: Any) -> None:
    queue = FakeQueue(message())
    handler = Handler(*[HoldError()] * 14)
    start(queue, handler, hold_timeout=0.05, first_pause=0.002)

    until(lambda: bool(queue.acked), timeout=30)

    assert queue.released == [message()]
    assert queue.opened == 2


def test_after_an_outage_was_overcome_the_next_one_may_give_a_message_back_again(start: Any) -> None:
    queue = FakeQueue(message(1))
    errors: list[Exception] = [HoldError()] * 5
    handler = Handler(*errors)
    start(queue, handler, hold_timeout=0.05, first_pause=0.04)
    until(lambda: queue.acked == [message(1)])
    first = len(queue.released)

    handler.errors = [HoldError()] * 5
    queue.ready.append(message(2))
    until(lambda: queue.acked == [message(1), message(2)])

    assert (first, queue.released) == (1, [message(1), message(2)])
