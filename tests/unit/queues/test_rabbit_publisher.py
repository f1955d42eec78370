"""What a publisher owes its callers when a channel or a connection behaves as none should."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from queues import rabbit_link, rabbit_publisher
from queues.broker import BrokerUnavailableError
from queues.rabbit_link import Link
from queues.rabbit_publisher import RabbitPublisher
from tests.unit.queues.fakes import message


class IdleLink:
    """Never connects; the test plays the link's thread."""

    def __init__(self, *_: Any) -> None:
        self.closed = False

    def start(self) -> None:
        """Nothing to begin."""

    def call(self, _function: Any) -> bool:
        return False

    def close(self) -> None:
        self.closed = True


class FailingChannel:
    """Takes a number of messages, then raises."""

    is_open = True

    def __init__(self, takes: int) -> None:
        self.takes = takes
        self.sent: list[bytes] = []

    def basic_publish(self, _exchange: str, _key: str, body: bytes, _properties: Any, *, mandatory: bool) -> None:
        if len(self.sent) == self.takes:
            raise RuntimeError("the socket is gone")
        assert mandatory
        self.sent.append(body)


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> RabbitPublisher:
    monkeypatch.setattr(rabbit_publisher, "Link", IdleLink)
    return RabbitPublisher(None, {})


def test_a_channel_that_raises_amid_a_batch_leaves_no_publication_open(publisher: RabbitPublisher) -> None:
    futures = [publisher.submit(message(number)) for number in range(5)]
    with pytest.raises(RuntimeError):
        publisher._start(FailingChannel(takes=2))

    publisher.lost("RuntimeError")

    errors = [future.exception(0) for future in futures]
    assert all(isinstance(error, BrokerUnavailableError) for error in errors)
    assert (publisher._count, publisher._bytes) == (0, 0)
    assert publisher.submit(message(6)).done() is False


class Listener:
    """A user of a link that only notes when the connection was told to be lost."""

    def __init__(self) -> None:
        self.told = threading.Event()

    def opened(self, channel: Any) -> None:
        """Never happens here."""

    def blocked(self, reason: str | None) -> None:
        """Never happens here."""

    def tick(self) -> None:
        """Never happens here."""

    def lost(self, _reason: str) -> None:
        self.told.set()


@pytest.fixture
def failing() -> Iterator[threading.Event]:
    """Whether connecting may raise now."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize(("closing", "level"), [(False, "error"), (True, "debug")])
def test_an_unexpected_fault_of_a_connection_is_logged_by_type_and_place(
    monkeypatch: pytest.MonkeyPatch, failing: threading.Event, closing: bool, level: str
) -> None:
    def connect(*_: Any, **_more: Any) -> None:
        assert failing.wait(5)
        raise RuntimeError("secret of the peer")

    monkeypatch.setattr(rabbit_link, "SelectConnection", connect)
    listener = Listener()
    with capture_logs() as logs:
        link = Link(None, "test", listener)
        link.start()
        if closing:
            link._closing.set()
        failing.set()
        assert listener.told.wait(5)
        link.close()

    assert {key: logs[0][key] for key in ("log_level", "error")} == {"log_level": level, "error": "RuntimeError"}
    assert "connect:" in logs[0]["raised"]
    assert "secret" not in str(logs)
