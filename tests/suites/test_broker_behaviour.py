"""What every broker must do. Both pass it, or neither is one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from queues.broker import Broker, BrokerError, BrokerUnavailableError, RefusedByBrokerError
from queues.brokers import open_broker
from queues.message import REASON_HEADER
from queues.topology import QueueSpec, Topology
from tests.suites.brokers import FRAGILE, SMALL, TOPOLOGY, WORK, drain, message, take, take_and_die, until

Opener = Callable[[], Broker]


@pytest.fixture(params=["embedded", pytest.param("rabbit", marks=pytest.mark.real)])
def broker_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "rabbit":
        return str(request.getfixturevalue("rabbit_url"))
    return f"sqlite:///{tmp_path / 'queues.sqlite'}"


@pytest.fixture
def reopen(broker_url: str) -> Iterator[Opener]:
    """Opens the broker once more, as another process would."""
    opened: list[Broker] = []

    def again() -> Broker:
        opened.append(open_broker(broker_url))
        opened[-1].declare(TOPOLOGY)
        return opened[-1]

    yield again
    for broker in opened:
        broker.close()


@pytest.fixture
def broker(reopen: Opener) -> Broker:
    return reopen()


def test_what_was_confirmed_survives_closing_and_opening_again(broker: Broker, reopen: Opener) -> None:
    broker.publisher().publish(message(1), timeout=15)
    broker.close()

    assert take(reopen().consumer(WORK.name)).message == message(1)


def test_messages_come_in_the_order_they_were_published(broker: Broker) -> None:
    publisher = broker.publisher()
    for future in [publisher.submit(message(number)) for number in range(50)]:
        future.result(15)

    found = drain(broker.consumer(WORK.name))

    assert [each.message_id for each in found] == [f"message-{number}" for number in range(50)]


def test_an_acknowledged_message_never_comes_again(broker: Broker, reopen: Opener) -> None:
    broker.publisher().publish(message(1), timeout=15)
    consumer = broker.consumer(WORK.name)
    take(consumer).ack()
    consumer.close()

    assert reopen().consumer(WORK.name).receive(1.5) is None


def test_what_is_not_settled_comes_back_when_the_consumer_closes(broker: Broker) -> None:
    broker.publisher().publish(message(1), timeout=15)
    first = broker.consumer(WORK.name)
    before = take(first)
    first.close()

    after = take(broker.consumer(WORK.name))

    assert not before.redelivered
    assert before.delivery_count == 0
    assert after.message == message(1)
    assert after.redelivered
    assert after.delivery_count == 1


def test_what_a_killed_process_held_comes_back_within_seconds(broker: Broker, broker_url: str) -> None:
    broker.publisher().publish(message(1), timeout=15)

    assert take_and_die(broker_url, WORK.name) == ["message-1"]

    back = take(broker.consumer(WORK.name), timeout=5)
    assert back.message == message(1)
    assert back.redelivered


def test_a_live_process_keeps_what_it_holds(broker: Broker, reopen: Opener) -> None:
    broker.publisher().publish(message(1), timeout=15)
    held = take(broker.consumer(WORK.name))

    assert reopen().consumer(WORK.name).receive(3) is None

    held.ack()


def test_a_dead_letter_is_kept_aside_with_its_reason(broker: Broker) -> None:
    broker.publisher().publish(message(1, tracking="T-1"), timeout=15)
    take(broker.consumer(WORK.name)).dead_letter("undecodable")

    aside = take(broker.consumer(WORK.dead_letters)).message

    assert (aside.message_id, aside.queue, aside.body) == ("message-1", WORK.name, b"body")
    assert aside.headers == {"tracking": "T-1", REASON_HEADER: "undecodable"}
    assert broker.consumer(WORK.name).receive(1) is None


def test_a_dead_letter_of_a_dead_letter_queue_stays_there(broker: Broker) -> None:
    broker.publisher().publish(message(1), timeout=15)
    take(broker.consumer(WORK.name)).dead_letter("undecodable")
    aside = broker.consumer(WORK.dead_letters)
    take(aside).dead_letter("again")

    assert take(aside).message.headers[REASON_HEADER] == "undecodable"


def test_a_message_that_kills_every_consumer_is_set_aside_alone(broker: Broker, broker_url: str) -> None:
    publisher = broker.publisher()
    for name in ("poison", "good-1", "good-2"):
        publisher.publish(message(name, FRAGILE.name), timeout=15)

    deaths = [take_and_die(broker_url, FRAGILE.name, "poison") for _ in range(FRAGILE.delivery_limit + 1)]

    handled = {each for given in deaths for each in given[:-1]}
    left = {each.message_id for each in drain(broker.consumer(FRAGILE.name))}
    assert handled | left == {"message-good-1", "message-good-2"}
    (aside,) = drain(broker.consumer(FRAGILE.dead_letters))
    assert aside.message_id == "message-poison"
    assert aside.headers[REASON_HEADER] == "delivery_limit"


def test_a_full_queue_refuses_the_publisher_and_keeps_what_it_had(broker: Broker) -> None:
    publisher = broker.publisher()
    confirmed = []
    refused = 0
    for number in range(40):
        try:
            publisher.publish(message(number, SMALL.name), timeout=15)
            confirmed.append(f"message-{number}")
        except RefusedByBrokerError:
            refused += 1

    # RabbitMQ notices a message or two late that the queue is full.
    assert 5 <= len(confirmed) <= 10
    assert refused == 40 - len(confirmed)
    assert [each.message_id for each in drain(broker.consumer(SMALL.name))] == confirmed
    until(lambda: _accepts(broker, SMALL))


def _accepts(broker: Broker, spec: QueueSpec) -> bool:
    try:
        broker.publisher().publish(message("later", spec.name), timeout=15)
    except RefusedByBrokerError:
        return False
    return True


def test_a_message_for_an_unknown_queue_is_refused(broker: Broker) -> None:
    with pytest.raises(RefusedByBrokerError, match="nowhere"):
        broker.publisher().publish(message(1, "nowhere"), timeout=15)


def test_a_refusal_does_not_disturb_the_messages_beside_it(broker: Broker) -> None:
    publisher = broker.publisher()
    futures = [publisher.submit(message(number, "nowhere" if number % 2 else WORK.name)) for number in range(20)]

    outcomes = [type(future.exception(15)) for future in futures]

    assert outcomes == [type(None), RefusedByBrokerError] * 10
    assert len(drain(broker.consumer(WORK.name))) == 10


def test_thirty_two_threads_share_a_publisher(broker: Broker) -> None:
    publisher = broker.publisher()
    failures: list[BrokerError] = []

    def publish(thread: int) -> None:
        try:
            for number in range(20):
                publisher.publish(message(f"{thread}-{number}"), timeout=30)
        except BrokerError as error:
            failures.append(error)

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    found = [each.message_id for each in drain(broker.consumer(WORK.name))]
    assert len(found) == len(set(found)) == 640
    for number in range(32):
        of_thread = [each for each in found if each.startswith(f"message-{number}-")]
        assert of_thread == [f"message-{number}-{each}" for each in range(20)]


def test_depths_tell_what_is_ready(broker: Broker) -> None:
    publisher = broker.publisher()
    for number in range(3):
        publisher.publish(message(number), timeout=15)

    until(lambda: broker.depths([WORK.name])[0].ready == 3)
    work, small = broker.depths([WORK.name, SMALL.name])

    assert (work.queue, small.queue, small.ready) == (WORK.name, SMALL.name, 0)
    assert work.oldest in {message(0).created_at, None}
    with pytest.raises(BrokerError, match="nowhere"):
        broker.depths(["nowhere"])


def test_a_consumer_holds_no_more_than_its_prefetch(broker: Broker, reopen: Opener) -> None:
    publisher = broker.publisher()
    for number in range(6):
        publisher.publish(message(number), timeout=15)
    greedy = broker.consumer(WORK.name, prefetch=3)

    held = [take(greedy) for _ in range(3)]

    assert greedy.receive(1) is None
    assert len(drain(reopen().consumer(WORK.name))) == 3
    for delivery in held:
        delivery.ack()


@pytest.mark.parametrize("prefetch", [0, 11])
def test_a_prefetch_out_of_bounds_is_a_mistake(broker: Broker, prefetch: int) -> None:
    with pytest.raises(ValueError, match="prefetch"):
        broker.consumer(WORK.name, prefetch=prefetch)


def test_a_released_message_comes_again(broker: Broker) -> None:
    broker.publisher().publish(message(1), timeout=15)
    consumer = broker.consumer(WORK.name)
    take(consumer).release()

    again = take(consumer)

    assert again.message == message(1)
    assert again.redelivered
    again.ack()
    assert consumer.receive(0.5) is None


def test_a_delivery_is_settled_once(broker: Broker) -> None:
    broker.publisher().publish(message(1), timeout=15)
    delivery = take(broker.consumer(WORK.name))
    delivery.ack()

    with pytest.raises(BrokerError, match="settled already"):
        delivery.release()


def test_a_body_of_five_megabytes_comes_as_it_was(broker: Broker) -> None:
    body = bytes(range(256)) * (5 * 1024 * 4)
    broker.publisher().publish(message(1, body=body), timeout=30)

    assert take(broker.consumer(WORK.name)).message.body == body


def test_every_field_of_a_message_comes_as_it_was(broker: Broker) -> None:
    sent = message("ə-1", body=b"\x00\xff", tracking="T-1", note="Gəncə şəhəri")
    broker.publisher().publish(sent, timeout=15)

    assert take(broker.consumer(WORK.name)).message == sent


def test_a_consumer_wakes_soon_after_a_publication(broker: Broker) -> None:
    consumer = broker.consumer(WORK.name)
    assert consumer.receive(1) is None
    timer = threading.Timer(0.3, lambda: broker.publisher().publish(message(1), timeout=15))
    timer.start()

    assert take(consumer, timeout=5).message == message(1)
    timer.join()


def test_declaring_again_changes_nothing_and_differently_is_an_error(broker: Broker) -> None:
    broker.publisher().publish(message(1), timeout=15)

    broker.declare(TOPOLOGY)

    assert take(broker.consumer(WORK.name)).message == message(1)
    with pytest.raises(BrokerError):
        broker.declare(Topology((QueueSpec(WORK.name, max_length=7),)))


def test_a_closed_publisher_and_a_closed_consumer_say_so(broker: Broker) -> None:
    publisher, consumer = broker.publisher(), broker.consumer(WORK.name)
    publisher.close()
    consumer.close()
    consumer.close()

    with pytest.raises(BrokerUnavailableError, match="closed"):
        publisher.publish(message(1), timeout=1)
    with pytest.raises(BrokerUnavailableError, match="closed"):
        consumer.receive(1)


def test_closing_the_broker_ends_its_threads(broker: Broker) -> None:
    before = set(threading.enumerate())
    broker.publisher().publish(message(1), timeout=15)
    take(broker.consumer(WORK.name)).dead_letter("so that every part is in use")

    broker.close()

    until(lambda: set(threading.enumerate()) <= before)
    broker.close()


def test_a_broker_that_answers_can_be_pinged(broker: Broker) -> None:
    broker.ping()
    assert broker.depths([]) == []
