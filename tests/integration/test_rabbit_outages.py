"""What only a real RabbitMQ can do to us: restarts, cut connections, alarms, deleted queues."""

from __future__ import annotations

import gc
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from urllib.parse import urlsplit

import pytest

from queues.broker import BrokerError, BrokerUnavailableError, Consumer, Publisher, RefusedByBrokerError
from queues.message import REASON_HEADER
from queues.rabbit import RabbitBroker
from queues.rabbit_consumer import RabbitDelivery
from tests.servers.rabbitmq import RabbitNode
from tests.suites.brokers import TOPOLOGY, WORK, drain, message, take, until

pytestmark = pytest.mark.real


@pytest.fixture
def broker(rabbit_url: str) -> Iterator[RabbitBroker]:
    broker = RabbitBroker(rabbit_url)
    broker.declare(TOPOLOGY)
    yield broker
    broker.close()


@pytest.fixture
def alarm(rabbit_node: RabbitNode) -> Iterator[None]:
    """The node believes that it is out of memory."""
    rabbit_node.ctl("set_vm_memory_high_watermark", "0.00001")
    yield
    rabbit_node.ctl("set_vm_memory_high_watermark", "0.4")


class Stream:
    """Publishes one message after the other in a thread and keeps the futures."""

    def __init__(self, broker: RabbitBroker) -> None:
        self.futures: dict[str, Future[None]] = {}
        self._publisher = broker.publisher()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(0.005):
            each = message(len(self.futures))
            self.futures[each.message_id] = self._publisher.submit(each)

    def end(self) -> set[str]:
        """The ids that were confirmed. Every future is done by now, one way or the other."""
        self._ended.set()
        self._thread.join()
        errors = {each: future.exception(20) for each, future in self.futures.items()}
        assert all(error is None or isinstance(error, BrokerError) for error in errors.values())
        return {each for each, error in errors.items() if error is None}

    @property
    def confirmed_so_far(self) -> int:
        return sum(future.done() and future.exception() is None for future in list(self.futures.values()))

    @property
    def refused_so_far(self) -> int:
        return sum(future.done() and future.exception() is not None for future in list(self.futures.values()))


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_nothing_confirmed_is_lost_when_the_node_restarts_amid_publications(
    broker: RabbitBroker, rabbit_node: RabbitNode, how: str
) -> None:
    stream = Stream(broker)
    until(lambda: stream.confirmed_so_far > 100)

    getattr(rabbit_node, how)()
    until(lambda: stream.refused_so_far > 0)
    before = stream.confirmed_so_far
    rabbit_node.start()
    until(lambda: stream.confirmed_so_far > before + 100, timeout=30)
    confirmed = stream.end()

    assert len(confirmed) < len(stream.futures)
    assert collect(broker.consumer(WORK.name), confirmed) <= set(stream.futures)


def test_publications_fail_at_once_while_the_node_is_down(broker: RabbitBroker, rabbit_node: RabbitNode) -> None:
    publisher = broker.publisher()
    publisher.publish(message(1), timeout=15)
    rabbit_node.kill()
    try:
        with pytest.raises(BrokerUnavailableError):
            publisher.publish(message(2), timeout=15)
        # The first attempt to connect again is waited for; from its failure on, nobody waits.
        until(lambda: _fails_within(publisher, 0.5))
        assert all(_fails_within(publisher, 0.5) for _ in range(3))
    finally:
        rabbit_node.start()

    until(lambda: _publishes(publisher), timeout=15)


def _fails_within(publisher: Publisher, seconds: float) -> bool:
    began = time.monotonic()
    with pytest.raises(BrokerUnavailableError):
        publisher.publish(message(3), timeout=15)
    return time.monotonic() - began < seconds


def _publishes(publisher: Publisher) -> bool:
    try:
        publisher.publish(message("later"), timeout=15)
    except BrokerError:
        return False
    return True


def test_both_sides_connect_again_after_an_operator_closed_all_connections(
    broker: RabbitBroker, rabbit_node: RabbitNode
) -> None:
    stream = Stream(broker)
    consumer = broker.consumer(WORK.name)
    held = take(consumer)
    for _ in range(3):
        rabbit_node.ctl("close_all_connections", "--global", "maintenance")
        before = stream.confirmed_so_far
        until(lambda before=before: stream.confirmed_so_far > before + 50, timeout=10)
    confirmed = stream.end()

    # Of a channel that is gone: must not be sent on the new one, where its tag means another message.
    held.ack()

    assert collect(consumer, confirmed | {held.message.message_id}) <= set(stream.futures)


def collect(consumer: Consumer, wanted: set[str]) -> set[str]:
    """Take messages until all `wanted` ids were among them; fails when one does not come."""
    found: set[str] = set()
    deadline = time.monotonic() + 60
    while not wanted <= found:
        assert time.monotonic() < deadline, f"{len(wanted - found)} of {len(wanted)} did not come"
        if (delivery := _receive(consumer)) is not None:
            found.add(delivery.message.message_id)
            delivery.ack()
    return found


def _receive(consumer: object) -> RabbitDelivery | None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            return consumer.receive(2)  # type: ignore[attr-defined,no-any-return]
        except BrokerUnavailableError:
            continue
    pytest.fail("the consumer did not connect again")


def test_a_consumer_that_is_cut_off_says_so_and_goes_on(broker: RabbitBroker, rabbit_node: RabbitNode) -> None:
    broker.publisher().publish(message(1), timeout=15)
    consumer = broker.consumer(WORK.name)
    take(consumer).ack()
    rabbit_node.stop()
    try:
        with pytest.raises(BrokerUnavailableError):
            consumer.receive(1)
    finally:
        rabbit_node.start()
    publisher = broker.publisher()
    until(lambda: _publishes(publisher))

    delivery = _receive(consumer)

    assert delivery is not None
    assert delivery.message == message("later")


@pytest.mark.usefixtures("alarm")
def test_an_alarm_fails_publishers_in_time_and_lets_consumers_go_on(
    broker: RabbitBroker, rabbit_node: RabbitNode
) -> None:
    publisher = broker.publisher()
    began = time.monotonic()
    with pytest.raises(BrokerUnavailableError):
        publisher.publish(message(1), timeout=5)
    assert time.monotonic() - began < 6
    began = time.monotonic()
    with pytest.raises(BrokerUnavailableError, match="takes no messages now"):
        publisher.publish(message(2), timeout=5)
    assert time.monotonic() - began < 0.5

    rabbit_node.ctl("set_vm_memory_high_watermark", "0.4")

    until(lambda: _publishes(publisher), timeout=20)
    assert "message-later" in {each.message_id for each in drain(broker.consumer(WORK.name))}


def test_consumers_are_served_during_an_alarm(
    broker: RabbitBroker, rabbit_node: RabbitNode, request: pytest.FixtureRequest
) -> None:
    publisher = broker.publisher()
    for number in range(20):
        publisher.publish(message(number), timeout=15)
    request.getfixturevalue("alarm")

    assert len(drain(broker.consumer(WORK.name))) == 20


@pytest.mark.usefixtures("alarm")
def test_a_blocked_publisher_can_be_closed(broker: RabbitBroker) -> None:
    publisher = broker.publisher()
    with pytest.raises(BrokerUnavailableError):
        publisher.publish(message(1), timeout=5)
    began = time.monotonic()

    publisher.close()

    assert time.monotonic() - began < 10
    gc.collect()  # An open socket would be reported here, and warnings are errors.


def _delete(rabbit_node: RabbitNode, url: str, queue: str) -> None:
    rabbit_node.ctl("--vhost", urlsplit(url).path.removeprefix("/"), "delete_queue", queue)


def test_a_deleted_queue_is_made_again_and_the_publication_fails(
    broker: RabbitBroker, rabbit_node: RabbitNode, rabbit_url: str
) -> None:
    publisher = broker.publisher()
    publisher.publish(message(1), timeout=15)
    _delete(rabbit_node, rabbit_url, WORK.name)

    with pytest.raises(RefusedByBrokerError, match=WORK.name):
        publisher.publish(message(2), timeout=15)
    publisher.publish(message(2), timeout=15)

    assert drain(broker.consumer(WORK.name)) == [message(2)]


def _receive_into(found: list[RabbitDelivery], consumer: object) -> bool:
    delivery = _receive(consumer)
    if delivery is not None:
        found.append(delivery)
    return bool(found)


@pytest.mark.parametrize("silently", [False, True])
def test_a_consumer_of_a_deleted_queue_makes_it_again(
    broker: RabbitBroker, rabbit_node: RabbitNode, rabbit_url: str, silently: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = broker.publisher()
    publisher.publish(message(1), timeout=15)
    consumer = broker.consumer(WORK.name)
    take(consumer).ack()
    if silently:  # as if the broker had not said that it ended the consumption
        monkeypatch.setattr(consumer, "_cancelled", lambda _: None)
    _delete(rabbit_node, rabbit_url, WORK.name)

    until(lambda: _publishes(publisher))

    found: list[RabbitDelivery] = []
    until(lambda: bool(found) or _receive_into(found, consumer), timeout=30)
    assert found[0].message == message("later")


def test_without_a_dead_letter_publisher_the_broker_itself_sets_aside(
    broker: RabbitBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.publisher().publish(message(1), timeout=15)
    consumer = broker.consumer(WORK.name)
    monkeypatch.setattr(consumer, "copy_to_dead_letters", lambda *_: False)

    take(consumer).dead_letter("lost reason")

    assert take(broker.consumer(WORK.dead_letters)).message.headers[REASON_HEADER] == "rejected"


def test_a_process_may_start_before_its_broker(rabbit_node: RabbitNode, rabbit_url: str) -> None:
    rabbit_node.stop()
    early = RabbitBroker(rabbit_url)
    try:
        with pytest.raises(BrokerUnavailableError):
            early.declare(TOPOLOGY)
        publisher, consumer = early.publisher(), early.consumer(WORK.name)
    finally:
        rabbit_node.start()

    until(lambda: _publishes(publisher), timeout=30)

    delivery = _receive(consumer)
    assert delivery is not None
    assert delivery.message == message("later")
    early.close()


def test_more_in_flight_than_allowed_is_refused_at_once(broker: RabbitBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queues.rabbit_publisher.MOST_BYTES_IN_FLIGHT", 1_000_000)
    publisher = broker.publisher()
    futures = [publisher.submit(message(number, body=bytes(400_000))) for number in range(50)]

    outcomes = [future.exception(20) for future in futures]

    assert outcomes[0] is None
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert refused
    assert all("too many" in str(outcome) for outcome in refused)
    assert len(drain(broker.consumer(WORK.name))) == outcomes.count(None)


def test_a_peer_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        broker = RabbitBroker(f"amqp://gateway:gateway@127.0.0.1:{silent.getsockname()[1]}/v")
        publisher = broker.publisher()
        began = time.monotonic()
        with pytest.raises(BrokerUnavailableError, match="1 s"):
            publisher.publish(message(1), timeout=1)
        with pytest.raises(BrokerUnavailableError):
            broker.ping()
        assert time.monotonic() - began < 10
        broker.close()


def test_wrong_credentials_are_reported_without_the_password(rabbit_url: str) -> None:
    broker = RabbitBroker(rabbit_url.replace(":gateway@", ":wrong-password@"))

    with pytest.raises(BrokerUnavailableError) as caught:
        broker.publisher().publish(message(1), timeout=15)
    with pytest.raises(BrokerUnavailableError):
        broker.ping()

    assert "ACCESS_REFUSED" in str(caught.value)
    assert "wrong-password" not in str(caught.value)
    broker.close()


def test_a_server_that_speaks_no_tls_is_not_spoken_to_in_the_clear(rabbit_url: str) -> None:
    broker = RabbitBroker(rabbit_url.replace("amqp://", "amqps://"), tls=ssl.create_default_context())

    with pytest.raises(BrokerUnavailableError):
        broker.ping()
    with pytest.raises(BrokerUnavailableError):
        broker.publisher().publish(message(1), timeout=15)
    broker.close()
