"""What RabbitMQ is told and how its answers are read, without one."""

from __future__ import annotations

import ssl
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues import rabbit_wire as wire
from queues.broker import BrokerUnavailableError, RefusedByBrokerError
from queues.brokers import open_broker
from queues.embedded import EmbeddedBroker
from queues.message import REASON_HEADER, Message
from queues.rabbit import RabbitBroker
from queues.rabbit_link import pause
from queues.topology import QueueSpec
from tests.suites.brokers import CREATED, message

texts = st.text(st.characters(codec="utf-8"), max_size=40)


@given(
    st.builds(
        Message,
        message_id=texts,
        queue=texts,
        type=texts,
        schema=st.integers(0, 2**31),
        body=st.binary(),
        created_at=st.datetimes(timezones=st.just(CREATED.tzinfo), min_value=CREATED.replace(year=1971, tzinfo=None)),
        attempt=st.integers(1, 100),
        headers=st.dictionaries(texts, texts, max_size=3),
    )
)
def test_a_message_comes_out_of_its_properties_as_it_went_in(sent: Message) -> None:
    properties = wire.properties(sent, 7)
    encoded = b"".join(properties.encode())

    received = type(properties)()
    received.decode(encoded)

    assert wire.message(received, sent.body) == sent
    assert wire.tag_of(received) == 7


def test_a_message_set_aside_by_the_broker_says_why() -> None:
    properties = wire.properties(message(1), 1)
    properties.headers |= {"x-first-death-reason": "delivery_limit", "x-delivery-count": 3}

    assert wire.message(properties, b"").headers[REASON_HEADER] == "delivery_limit"
    assert wire.returns(properties) == 3


@pytest.mark.parametrize(
    "foreign",
    [
        SimpleNamespace(headers=None, message_id="1", type="T"),
        SimpleNamespace(headers={}, message_id="1", type="T"),
        SimpleNamespace(headers={"queue": 7}, message_id=None, type=None),
    ],
)
def test_a_message_in_a_foreign_form_is_recognised(foreign: Any) -> None:
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError)):
        wire.message(foreign, b"")


def test_what_amqp_cannot_carry_is_refused() -> None:
    wire.check(message("x" * 247))
    with pytest.raises(RefusedByBrokerError, match="255 bytes"):
        wire.check(message("x" * 248))


def test_queues_are_replicated_bounded_and_dead_letter_at_least_once() -> None:
    dead, work = wire.declarations(QueueSpec("work", delivery_limit=5, max_length=1000))

    assert dead == {"queue": "work.dead", "durable": True, "arguments": {"x-queue-type": "quorum"}}
    assert work == {
        "queue": "work",
        "durable": True,
        "arguments": {
            "x-queue-type": "quorum",
            "x-delivery-limit": 5,
            "x-max-length": 1000,
            "x-overflow": "reject-publish",
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "work.dead",
            "x-dead-letter-strategy": "at-least-once",
        },
    }


def test_connections_notice_dead_peers_and_alarms() -> None:
    found = wire.parameters("amqp://user:p%40ss@broker:5673/vhost", "publisher")

    assert (found.host, found.port, found.virtual_host) == ("broker", 5673, "vhost")
    assert (found.credentials.username, found.credentials.password) == ("user", "p@ss")
    assert (found.heartbeat, found.blocked_connection_timeout, found.connection_attempts) == (30, 60, 1)
    assert found.ssl_options is None


def test_amqps_verifies_the_name_of_the_server() -> None:
    default = wire.parameters("amqps://user:pass@broker/v", "publisher").ssl_options
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    assert default.server_hostname == "broker"
    assert default.context.check_hostname
    assert default.context.verify_mode is ssl.CERT_REQUIRED
    assert wire.parameters("amqps://user:pass@broker/v", "publisher", tls=own).ssl_options.context is own


def test_pauses_between_attempts_grow_and_are_bounded() -> None:
    assert [round(pause(failures, lambda: 0.5), 1) for failures in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3, 3, 3]
    assert pause(10**9, lambda: 0.999) < 4.5


def test_a_url_chooses_the_broker(tmp_path: Path) -> None:
    embedded = open_broker(f"sqlite:///{tmp_path / 'queues.sqlite'}")
    assert isinstance(embedded, EmbeddedBroker)
    assert (tmp_path / "queues.sqlite").exists()
    embedded.close()
    assert isinstance(open_broker("amqp://user:pass@127.0.0.1:1/v"), RabbitBroker)
    assert isinstance(open_broker("amqps://user:pass@127.0.0.1:1/v"), RabbitBroker)


@pytest.mark.parametrize("url", ["", "memory", "sqlite://", "sqlite:///", "redis://host", "/path"])
def test_any_other_url_is_a_mistake(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        open_broker(url)


def test_a_broker_that_is_not_there_is_reported_in_time() -> None:
    broker = open_broker("amqp://user:pass@127.0.0.1:1/v")
    consumer = broker.consumer("work")

    with pytest.raises(BrokerUnavailableError):
        broker.ping()
    with pytest.raises(BrokerUnavailableError):
        broker.publisher().publish(message(1), timeout=5)
    with pytest.raises(BrokerUnavailableError, match="refused"):
        consumer.receive(1)
    broker.close()
