"""SQLite as a store: write-ahead log, full synchronisation, one writer at a time, snapshots for readers."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, exc

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry

    from handlers.store.engine import StoreLimits

READ_ONLY = {"store_read_only": True}
"""Execution option of a connection whose transaction only reads."""


def sqlite_engine(url: URL, limits: StoreLimits, *, create: bool = False) -> Engine:
    """An engine on the file that `url` names.

    Only `create` makes a file, readable by its owner only: a process that finds none, or another one than the one it
    began with, must say that the store is away, and never begin an empty register of its own.
    """
    path = Path(url.database or "").absolute()
    if create:
        with suppress(OSError):  # whoever connects is told
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    engine = create_engine(
        url,
        creator=lambda: sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, check_same_thread=False),
        pool_size=limits.pool_size,
        max_overflow=0,
        pool_timeout=limits.pool_timeout,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info["file"] = identity(path)
        # The driver's own transaction control would begin too late and never IMMEDIATE: we say BEGIN ourselves.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={round(limits.lock_timeout * 1000)}")
        _write_ahead_log(connection, limits.lock_timeout)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "checkout")
    def _same_file(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        # A file that was deleted goes on working for those who hold it: everything written there would be lost.
        if record.info.get("file") != identity(path):
            raise exc.DisconnectionError("the file of the store is another one, or gone")

    event.listen(engine, "begin", _begin)
    return engine


def light_engine(path: Path, limits: StoreLimits) -> Engine:
    """An engine on a file of things that a power failure may take the last of, made when it is missing.

    Each statement is a transaction of its own, and none of them waits for the disk (`synchronous=NORMAL`).
    """

    def connect() -> sqlite3.Connection:
        with suppress(OSError):  # whoever connects is told
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, check_same_thread=False)
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={round(limits.lock_timeout * 1000)}")
        _write_ahead_log(connection, limits.lock_timeout)
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=1, max_overflow=0)


FileIdentity = tuple[int, int]
"""Device and number of a file: the same path may come to lead to another one."""


def identity(path: Path) -> FileIdentity | None:
    """Which file `path` leads to now; None when it leads to none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
