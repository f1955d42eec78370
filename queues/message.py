"""The envelope that every queue carries. This floor never looks into `body`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

REASON_HEADER = "dead-letter-reason"
"""Header of a message in a dead-letter queue: why it is there; `delivery_limit` when the broker itself decided."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message, the same on both brokers.

    `message_id` is the key a consumer recognises a repetition by; it never changes, however often the
    message is published or delivered. `attempt` is 1 the first time a handler is to see it.
    """

    message_id: str
    queue: str
    """Name of the queue it is for (`queues.topology`)."""
    type: str
    """What the body is, for example `SubmitRegistration`; told to the handler, never interpreted here."""
    schema: int
    """Version of the body's vocabulary."""
    body: bytes
    created_at: datetime
    attempt: int = 1
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Small texts for tracing, for example the tracking id; never personal data."""
