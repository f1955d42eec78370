"""SQLite as a store: write-ahead log, full synchronisation, one writer at a time, snapshots for readers."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import URL, Connection, Engine, create_engine, event

if TYPE_CHECKING:
    from handlers.store.engine import StoreLimits

READ_ONLY = {"store_read_only": True}
"""Execution option of a connection whose transaction only reads."""


def sqlite_engine(url: URL, limits: StoreLimits) -> Engine:
    """An engine on the file that `url` names; the file is made when it does not exist."""
    engine = create_engine(
        url,
        pool_size=limits.pool_size,
        max_overflow=0,
        pool_timeout=limits.pool_timeout,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction control would begin too late and never IMMEDIATE: we say BEGIN ourselves.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={round(limits.lock_timeout * 1000)}")
        _write_ahead_log(connection, limits.lock_timeout)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    event.listen(engine, "begin", _begin)
    return engine


def _write_ahead_log(connection: sqlite3.Connection, patience: float) -> None:
    """Switch the file to WAL. SQLite does not wait for that lock; processes that start at once need this loop."""
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    """Take the write lock at the start of a unit of work; hold readers to reading."""
    read_only = bool(connection.get_execution_options().get("store_read_only"))
    connection.exec_driver_sql(f"PRAGMA query_only={int(read_only)}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
