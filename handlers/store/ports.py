"""What handlers ask of a store, and nothing about how it is kept."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from queues.message import Message

if TYPE_CHECKING:
    from sqlalchemy import Connection


class StoreUnavailableError(Exception):
    """The store cannot be reached or does not answer in time. Nothing was changed."""


class StoreConflictError(Exception):
    """The database chose this transaction to be run again (serialisation failure or deadlock)."""


class Store(Protocol):
    """A database that holds the registers. SQLite and PostgreSQL are equal citizens."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A unit of work: commits when the block ends, rolls back when it raises.

        Raises `StoreUnavailableError` when the database is away, also in the middle; on SQLite the write lock is taken
        at the start (BEGIN IMMEDIATE), so that two writers queue up and never dead-lock.
        """

    def reading(self) -> AbstractContextManager[Connection]:
        """A consistent read-only snapshot (REPEATABLE READ on PostgreSQL, one read transaction on SQLite)."""

    def ping(self) -> None:
        """Return when the database answers; raise `StoreUnavailableError` within a few seconds when it does not."""

    def close(self) -> None:
        """Release the connections."""


class Outbox(Protocol):
    """What the relay asks of the store."""

    def claim(self, limit: int, now: datetime) -> list[Message]:
        """Up to `limit` messages that are due and unsent, oldest first, leased to the caller for 30 seconds."""

    def mark_sent(self, message_ids: list[str], now: datetime) -> None:
        """The broker has confirmed these; they are never claimed again."""
