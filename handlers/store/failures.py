"""What a driver's error means to the floor: the store is away, the transaction is to be run again, or neither.

Pure decisions on error codes. SQLite: https://www.sqlite.org/rescode.html; PostgreSQL: manual, appendix A.
"""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy import exc

from handlers.store.ports import StoreConflictError, StoreUnavailableError

StoreError = StoreConflictError | StoreUnavailableError

_SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_SQLITE_TAKEN = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
_POSTGRES_AGAIN = frozenset({"40001", "40P01", "23505"})
"""Serialisation failure, deadlock, and a key that another transaction took first: the next run sees its row."""
_POSTGRES_AWAY = ("08", "25006", "25P03", "25P04", "53", "55P03", "57", "58", "XX")
"""Connection lost, standby (read only), our time limits, no resources, cancelled or shut down, I/O, corruption."""


def meaning_of(error: exc.SQLAlchemyError, *, reading: bool = False) -> StoreError | None:
    """The floor's error for `error`, or None when it is a mistake of ours.

    That is bad SQL, a broken constraint, or writing in a transaction that is only `reading`.
    """
    if isinstance(error, exc.TimeoutError):
        return StoreUnavailableError("no connection to the store became free in time")
    if not isinstance(error, exc.DBAPIError):
        return None
    return meaning_of_driver(error.orig, reading=reading, lost=error.connection_invalidated)


def meaning_of_driver(error: BaseException | None, *, reading: bool = False, lost: bool = False) -> StoreError | None:
    """The same for an `error` as the driver raised it; `lost`: its connection is gone."""
    if isinstance(error, sqlite3.Error):
        return _sqlite(error, reading=reading)
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction) and reading:
        return None
    return _postgres(error, lost=lost) if isinstance(error, psycopg.Error) else None


def _sqlite(error: sqlite3.Error, *, reading: bool) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or (reading and code == sqlite3.SQLITE_READONLY):
        return None
    if code in _SQLITE_TAKEN:
        return StoreConflictError("a key was taken by another transaction")
    if code & 0xFF in _SQLITE_AWAY:
        return StoreUnavailableError(f"SQLite: {error.sqlite_errorname}")
    return None


def _postgres(error: psycopg.Error, *, lost: bool) -> StoreError | None:
    state = error.sqlstate
    if state in _POSTGRES_AGAIN:
        return StoreConflictError(f"PostgreSQL: {state}")
    if lost or (state is None and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)):
        return StoreUnavailableError("PostgreSQL: no connection")
    if state is not None and state.startswith(_POSTGRES_AWAY):
        return StoreUnavailableError(f"PostgreSQL: {state}")
    return None
