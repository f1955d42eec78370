"""The outbox: messages that leave in the same transaction as what they tell of, and those to be tried again later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, delete, exists, func, insert, or_, select, update

from handlers.store.ports import Store
from handlers.store.tables import outbox
from handlers.store.upsert import insert_into
from queues.message import Message
from queues.retry import RetryPolicy

LEASE = timedelta(seconds=30)
"""For how long a claimed message belongs to one relay; a relay that dies gives it back by time alone."""

_AT_ONCE = datetime.fromtimestamp(0, UTC)
"""Due whatever the clock says: an event must not wait because the clock was set back after it was written."""

_FURTHEST = timedelta(seconds=2 * RetryPolicy().longest_delay)
"""A retry that is due later than this was scheduled before the clock was set back: no delay is that long."""

_row = outbox.c


def add_messages(connection: Connection, messages: Sequence[Message]) -> None:
    """Have `messages` leave as soon as this transaction is committed."""
    if messages:
        connection.execute(insert(outbox), [_values(message, _AT_ONCE) for message in messages])


def has_message(connection: Connection, message_id: str) -> bool:
    """Whether a message of that id is on its way, or left not long ago."""
    return bool(connection.scalar(select(exists().where(_row.message_id == message_id))))


class SqlOutbox:
    """`queues.relay.Outbox` over a store. Any number of relays may run; give each its own."""

    def __init__(self, store: Store, *, lease: timedelta = LEASE) -> None:
        self._store = store
        self._lease = lease
        self._owner = uuid4().hex

    def claim(self, limit: int, now: datetime) -> list[Message]:
        """Up to `limit` messages that are due and unsent, oldest first, leased to this object for 30 seconds."""
        # A lease far in the future was taken before the clock was set back: it binds nobody.
        free = or_(_row.leased_until.is_(None), _row.leased_until <= now, _row.leased_until > now + 2 * self._lease)
        due = or_(_row.not_before <= now, _row.not_before > now + _FURTHEST)
        claimed = (
            select(outbox)
            .where(_row.sent_at.is_(None), due, free)
            .order_by(_row.not_before, _row.message_id)
            .limit(limit)
            .with_for_update(skip_locked=True)  # on SQLite the unit of work is alone anyway
        )
        with self._store.writing() as connection:
            rows = connection.execute(claimed).mappings().all()
            if rows:
                connection.execute(
                    update(outbox)
                    .where(_row.message_id.in_([row["message_id"] for row in rows]))
                    .values(leased_until=now + self._lease, lease_owner=self._owner)
                )
        return [_message(row) for row in rows]

    def mark_sent(self, message_ids: list[str], now: datetime) -> None:
        """The broker has confirmed these; they are never claimed again.

        A row that is no longer leased to this object is left alone: another relay took it over, or the worker has
        already asked for its next attempt.
        """
        if not message_ids:
            return
        with self._store.writing() as connection:
            connection.execute(
                update(outbox)
                .where(_row.message_id.in_(message_ids), _row.lease_owner == self._owner, _row.sent_at.is_(None))
                .values(sent_at=now, leased_until=None, lease_owner=None)
            )

    def schedule(self, message: Message, not_before: datetime) -> None:
        """Have `message` published, not before `not_before`: how a worker asks for the next attempt.

        Committed when this returns, so the worker may then acknowledge. Scheduling an attempt again, or an earlier
        one, changes nothing while a later one is on its way.
        """
        with self._store.writing() as connection:
            statement = insert_into(connection, outbox).values(**_values(message, not_before))
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[_row.message_id],
                    set_={name: statement.excluded[name] for name in _RESCHEDULED},
                    where=_row.attempt <= statement.excluded.attempt,
                )
            )

    def prune(self, sent_before: datetime, limit: int = 1000) -> int:
        """Remove up to `limit` rows that were sent before a moment; return how many there were."""
        old = select(_row.message_id).where(_row.sent_at < sent_before).limit(limit)
        with self._store.writing() as connection:
            return connection.execute(delete(outbox).where(_row.message_id.in_(old))).rowcount

    def unsent(self) -> tuple[int, datetime | None]:
        """How many messages have not left yet, and when the oldest of them was made."""
        with self._store.reading() as connection:
            statement = select(func.count(), func.min(_row.created_at)).where(_row.sent_at.is_(None))
            count, oldest = connection.execute(statement).one()
        return count, oldest


_RESCHEDULED = ("queue", "body", "attempt", "headers", "not_before", "leased_until", "lease_owner", "sent_at")


def _values(message: Message, not_before: datetime) -> dict[str, object]:
    return {
        "message_id": message.message_id,
        "queue": message.queue,
        "type": message.type,
        "schema": message.schema,
        "body": message.body,
        "created_at": message.created_at,
        "attempt": message.attempt,
        "headers": dict(message.headers),
        "not_before": not_before,
        "leased_until": None,
        "lease_owner": None,
        "sent_at": None,
    }


def _message(row: RowMapping) -> Message:
    return Message(
        message_id=row["message_id"],
        queue=row["queue"],
        type=row["type"],
        schema=row["schema"],
        body=bytes(row["body"]),
        created_at=row["created_at"],
        attempt=row["attempt"],
        headers=row["headers"],
    )
