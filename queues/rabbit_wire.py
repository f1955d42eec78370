"""How things look on the wire to RabbitMQ: connection parameters, queue arguments, message properties."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pika

from queues.broker import RefusedByBrokerError
from queues.message import REASON_HEADER, Message
from queues.topology import QueueSpec

HEARTBEAT = 30
"""Seconds; a peer that vanished is noticed after twice that."""
BLOCKED_TIMEOUT = 60
"""Seconds that a connection may stay blocked by an alarm before it is closed and opened anew."""
_CONNECT_TIMEOUT = 3
"""Seconds for TCP to connect."""
_HANDSHAKE_TIMEOUT = 5
"""Seconds for TCP, TLS and AMQP together."""
REMAKE_PAUSE = 1.0
"""Seconds to leave between noticing that a queue is gone and making it again.

A quorum queue made again within some 50 ms of its deletion believes that it still has its consumers; they are not told
that it went, and what it gives them is dropped as seen before, so that nothing arrives (RabbitMQ 3.10.8).
"""
_PERSISTENT = 2


def parameters(url: str, name: str, *, tls: ssl.SSLContext | None = None, heartbeat: int = HEARTBEAT) -> Any:
    """The parameters pika connects with to `amqp(s)://user:password@host:port/vhost`; `name` is what operators see.

    `amqps` verifies the server's certificate and name: against `tls`, or the machine's authorities without it.
    Raises `ValueError` for anything else.
    """
    if not url.startswith(("amqp://", "amqps://")):
        raise ValueError("a RabbitMQ URL begins with amqp:// or amqps://")
    chosen = pika.URLParameters(url)
    if url.startswith("amqps://"):
        chosen.ssl_options = pika.SSLOptions(tls or ssl.create_default_context(), chosen.host)
    chosen.heartbeat = heartbeat
    chosen.blocked_connection_timeout = BLOCKED_TIMEOUT
    chosen.socket_timeout = _CONNECT_TIMEOUT
    chosen.stack_timeout = _HANDSHAKE_TIMEOUT
    chosen.connection_attempts = 1
    chosen.client_properties = {"connection_name": name}
    return chosen


def declarations(spec: QueueSpec) -> Iterator[dict[str, Any]]:
    """The arguments of `queue.declare` for the dead-letter queue and the queue, in that order.

    At-least-once dead-lettering needs a quorum queue that refuses publishers when full; without either RabbitMQ
    silently falls back to at-most-once (https://www.rabbitmq.com/docs/quorum-queues, dead-lettering).
    """
    yield {"queue": spec.dead_letters, "durable": True, "arguments": {"x-queue-type": "quorum"}}
    yield {
        "queue": spec.name,
        "durable": True,
        "arguments": {
            "x-queue-type": "quorum",
            "x-delivery-limit": spec.delivery_limit,
            "x-max-length": spec.max_length,
            "x-overflow": "reject-publish",
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": spec.dead_letters,
            "x-dead-letter-strategy": "at-least-once",
        },
    }


def properties(message: Message, tag: int) -> Any:
    """The AMQP properties of `message`; `tag` comes back with it when it cannot be routed."""
    return pika.BasicProperties(
        message_id=message.message_id,
        type=message.type,
        correlation_id=str(tag),
        content_type="application/octet-stream",
        delivery_mode=_PERSISTENT,
        timestamp=int(message.created_at.timestamp()),
        headers={
            "queue": message.queue,
            "schema": message.schema,
            "attempt": message.attempt,
            "created-at": message.created_at.isoformat(),
            "message-headers": dict(message.headers),
        },
    )


def tag_of(returned: Any) -> int:
    """The `tag` that was given to `properties`."""
    return int(returned.correlation_id)


def check(message: Message) -> None:
    """Raise `RefusedByBrokerError` for what AMQP cannot carry: its short texts hold 255 bytes."""
    for text in (message.message_id, message.type, message.queue, *message.headers):
        if len(text.encode()) > 255:  # noqa: PLR2004 - the limit just named
            raise RefusedByBrokerError("message id, type, queue and header names hold at most 255 bytes")


def message(received: Any, body: bytes) -> Message:
    """The message in what was delivered; raises `LookupError`, `TypeError` or `ValueError` for one that is not ours."""
    headers: Mapping[str, Any] = received.headers
    found = Message(
        message_id=_text(received.message_id),
        queue=_text(headers["queue"]),
        type=_text(received.type),
        schema=int(headers["schema"]),
        body=body,
        created_at=datetime.fromisoformat(headers["created-at"]),
        attempt=int(headers["attempt"]),
        headers={str(name): _text(value) for name, value in headers["message-headers"].items()},
    )
    reason = headers.get("x-first-death-reason")
    if reason is None or REASON_HEADER in found.headers:
        return found
    return replace(found, headers={**found.headers, REASON_HEADER: _text(reason)})


def returns(received: Any) -> int:
    """How often the broker handed the message out before."""
    return int((received.headers or {}).get("x-delivery-count", 0))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value
