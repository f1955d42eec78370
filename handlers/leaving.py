"""How events leave a unit of work: through the outbox, in the same transaction as the effect."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from handlers.messages import SCHEMA, Event, encode
from handlers.queue_names import NOTICE_EVENTS
from handlers.store import outbox
from handlers.work import Work
from queues.message import Message


def event_message(event: Event, now: datetime) -> Message:
    """The message that carries `event` to its queue."""
    return Message(
        message_id=event.event_id,
        queue=NOTICE_EVENTS.name,
        type=type(event).__name__,
        schema=SCHEMA,
        body=encode(event),
        created_at=now,
        headers={"tracking-id": event.tracking_id},
    )


def leave(work: Work, events: Iterable[Event]) -> None:
    """Have `events` published once the unit of work is committed, and not otherwise."""
    outbox.add_messages(work.connection, [event_message(event, work.now) for event in events])
