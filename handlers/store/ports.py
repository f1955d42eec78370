"""What handlers ask of a store, and nothing about how it is kept."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy import Connection


class StoreUnavailableError(Exception):
    """The store cannot be reached or does not answer in time. Nothing was changed."""


class StoreConflictError(Exception):
    """The database chose this transaction to be run again (serialisation failure or deadlock)."""


class UnfitDataError(Exception):
    """The database holds what this release has no place for; the text, in both languages, says what to do about it."""

    def __init__(self, text_en: str, text_az: str) -> None:
        super().__init__(text_en)
        self.text_az = text_az


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

    def ping_writing(self) -> None:
        """As `ping`, and the database also keeps what is written."""

    def close(self) -> None:
        """Release the connections."""
