"""Which broker a URL means. Used by the composition roots only."""

from __future__ import annotations

import ssl
from pathlib import Path

from queues.broker import Broker
from queues.embedded import EmbeddedBroker
from queues.rabbit import RabbitBroker


def open_broker(url: str, *, tls: ssl.SSLContext | None = None) -> Broker:
    """The broker at `url`: `sqlite:///path` or `amqp(s)://user:password@host:port/vhost`.

    An absolute path makes it four slashes. `tls` is for `amqps` only. Raises `ValueError` for any other URL,
    `BrokerUnavailableError` when the file cannot be opened.
    """
    scheme, _, rest = url.partition("://")
    if scheme in {"amqp", "amqps"}:
        return RabbitBroker(url, tls=tls)
    path = rest.removeprefix("/")
    if scheme == "sqlite" and rest.startswith("/") and path:
        return EmbeddedBroker(Path(path))
    raise ValueError("a broker's URL is sqlite:///path or amqp(s)://user:password@host:port/vhost")
