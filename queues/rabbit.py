"""The RabbitMQ broker: quorum queues, confirmed publishing, manual acknowledgement. Works from RabbitMQ 3.10 on.

Publishing and consuming use separate connections, since an alarm blocks those that publish. Everything that
pika raises is translated here and in the modules beside (`rabbit_link`, `rabbit_publisher`, `rabbit_consumer`).
"""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

from pika import BlockingConnection
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError, ChannelClosedByBroker

from queues import rabbit_wire as wire
from queues.broker import BrokerError, BrokerUnavailableError, QueueDepth, check_prefetch
from queues.rabbit_consumer import RabbitConsumer
from queues.rabbit_link import describe
from queues.rabbit_publisher import RabbitPublisher
from queues.topology import QueueSpec, Topology

_SHORT_HEARTBEAT = 5
"""Seconds, for connections that live for one question."""
# A handshake that times out has its own tree of exceptions in pika.
_ERRORS = (AMQPError, AMQPConnectorException, OSError)


class RabbitBroker:
    """The broker at an `amqp://` or `amqps://` URL. Nothing is opened before the first use.

    `tls` says how an `amqps` server is verified and which client certificate is shown; without it the
    machine's authorities decide. Raises `ValueError` for a URL of another kind.
    """

    def __init__(self, url: str, *, tls: ssl.SSLContext | None = None) -> None:
        self._url = url
        self._tls = tls
        self._parameters("check")
        # Everything that pika reports in ten lines is raised, or logged in one, by us.
        logging.getLogger("pika").setLevel(logging.CRITICAL)
        self._specs: dict[str, QueueSpec] = {}
        self._opened: WeakSet[RabbitPublisher | RabbitConsumer] = WeakSet()
        self._lock = threading.Lock()
        self._dead_letters: RabbitPublisher | None = None

    def declare(self, topology: Topology) -> None:
        """Make every queue exist, and remember them: publishers and consumers make a missing one again.

        Also when this fails because the broker is away, so that a process may start before its broker.
        """
        self._specs.update({spec.name: spec for spec in topology})
        with self._channel("declare") as channel:
            for spec in topology:
                for arguments in wire.declarations(spec):
                    channel.queue_declare(**arguments)

    def publisher(self) -> RabbitPublisher:
        """A new publisher with a connection of its own; it connects in the background."""
        publisher = RabbitPublisher(self._parameters("publisher"), self._specs)
        self._opened.add(publisher)
        return publisher

    def consumer(self, queue: str, *, prefetch: int = 8) -> RabbitConsumer:
        """A new consumer with a connection of its own; it connects in the background."""
        consumer = RabbitConsumer(
            self._parameters(f"consumer {queue}"),
            queue,
            check_prefetch(prefetch),
            self._specs.get(queue),
            self._dead_letter_publisher,
        )
        self._opened.add(consumer)
        return consumer

    def depths(self, queues: Sequence[str]) -> list[QueueDepth]:
        """The depth of each queue.

        AMQP tells how many messages are ready and no more: `unacknowledged` and `oldest` are None. RabbitMQ's
        management or Prometheus plugin knows the first. A quorum queue's count may lag a moment behind.
        """
        with self._channel("depths") as channel:
            return [QueueDepth(queue, _ready(channel, queue), None, None) for queue in queues]

    def ping(self) -> None:
        """Return when a connection and a channel could be opened."""
        with self._channel("ping"):
            pass

    def close(self) -> None:
        """Close every publisher and consumer."""
        for each in list(self._opened):
            each.close()

    def _parameters(self, name: str, *, heartbeat: int = wire.HEARTBEAT) -> Any:
        return wire.parameters(self._url, f"gateway {name}", tls=self._tls, heartbeat=heartbeat)

    def _dead_letter_publisher(self) -> RabbitPublisher:
        with self._lock:
            if self._dead_letters is None:
                self._dead_letters = self.publisher()
            return self._dead_letters

    @contextmanager
    def _channel(self, name: str) -> Iterator[Any]:
        connection = None
        try:
            connection = BlockingConnection(self._parameters(name, heartbeat=_SHORT_HEARTBEAT))
            yield connection.channel()
        except ChannelClosedByBroker as error:
            raise BrokerError(f"{error.reply_code} {error.reply_text}") from error
        except _ERRORS as error:
            raise BrokerUnavailableError(f"no answer from the broker: {describe(error)}") from error
        finally:
            if connection is not None:
                with suppress(*_ERRORS):
                    connection.close()


def _ready(channel: Any, queue: str) -> int:
    return int(channel.queue_declare(queue, passive=True).method.message_count)
