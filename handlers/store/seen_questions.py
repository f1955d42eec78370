"""Questions that were answered once: a memory that all processes of an installation share.

A row is the moment until which a message is fresh and a digest that says which message it is. Both are fixed by what
was signed, so every copy of a message meets the same row, and one INSERT is both the look and the note: between a look
and a note of its own, parallel copies would all pass (CVE-2026-115690).

Nothing here is worth waiting for a disk. PostgreSQL runs with `synchronous_commit=off`: a row is seen by everybody at
once, and only a crash of the server itself (not of a process, not a restart) can lose the last fraction of a second. On
SQLite the rows lie in a file of their own beside the registers, with `synchronous=NORMAL`: they outlive every process,
and a question does not queue up behind a unit of work of a register. What a power failure may cost is that a question
of that instant can be answered twice, to whoever has the signed message; a question has no effect.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, PrimaryKeyConstraint, Table, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from handlers.store import postgresql, sqlite
from handlers.store.engine import StoreLimits
from handlers.store.failures import meaning_of, meaning_of_driver
from handlers.store.ports import StoreUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

MEMORY: Final = MetaData()
"""The one table, apart from those of the registers: on SQLite it lies in another file."""

seen_question = Table(
    "seen_question",
    MEMORY,
    Column("expires", BigInteger, nullable=False),
    Column("key", LargeBinary, nullable=False),
    PrimaryKeyConstraint("expires", "key", name="pk_seen_question"),
    sqlite_with_rowid=False,
)

PATIENCE: Final = StoreLimits(
    connect_timeout=2.0, statement_timeout=0.8, lock_timeout=0.8, answer_timeout=1.0, pool_size=1
)
"""Short: whoever asks can ask again, and must not hold a request thread meanwhile."""


class SeenQuestion(NamedTuple):
    """Which message, and until when it matters."""

    expires: int
    """The first whole second (since 1970) at which the message is no longer fresh by its own Expires."""
    key: bytes
    """What is the same for all copies of a message and different for any two messages; 32 bytes."""


class SeenQuestions:
    """The memory on one connection, for one thread at a time; connects when first used.

    SQLAlchemy makes and bounds the connection. The statements go to the driver itself: they are asked for every
    question, and half of their cost would be spent on the way there.
    """

    def __init__(self, engine: Engine, file: Path | None) -> None:
        """`file`: where the memory lies, when it is a file."""
        self._engine = engine
        self._file = file
        self._connection: Connection | None = None
        self._cursor: Any = None
        self._opened: sqlite.FileIdentity | None = None
        self._turn = threading.Lock()

    def remember(self, questions: Sequence[SeenQuestion]) -> frozenset[SeenQuestion]:
        """Keep these (no two of them equal) in one statement; those returned were not there before.

        Raises `StoreUnavailableError` or `StoreConflictError`; then some of them may be kept all the same.
        """
        ordered = sorted(questions)  # so that two processes never wait for each other's rows in a circle
        if self._file is None:
            values: Sequence[Any] = ([each.expires for each in ordered], [each.key for each in ordered])
            rows, again = self._run(_INSERT_POSTGRESQL, values)
        else:
            rows, again = self._run(_insert_sqlite(len(ordered)), [value for each in ordered for value in each])
        if again and len(rows) < len(ordered):
            raise StoreUnavailableError("the first attempt may have kept what was found there by the second")
        return frozenset(SeenQuestion(*row) for row in rows)

    def prune(self, before: int, at_most: int) -> int:
        """Forget up to `at_most` questions that expired before the second `before`; how many they were."""
        rows, _ = self._run(_DELETE_SQLITE if self._file else _DELETE_POSTGRESQL, (before, at_most))
        return len(rows)

    def close(self) -> None:
        """Release the connection."""
        with self._turn:
            self._drop()
            self._engine.dispose()

    def _run(self, statement: str, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], bool]:
        """The rows, and whether it was a second attempt: the first one may have had its effect all the same."""
        with self._turn, _told_apart():
            started, cursor = monotonic(), self._kept()
            if cursor is not None:
                try:
                    return self._execute(cursor, statement, values), False
                except _DRIVERS:
                    # A connection from before may have ended with the server it led to, which may be back by now. One
                    # that was silent until now is no such case, and whoever waits has waited long enough.
                    if monotonic() - started > _AT_ONCE:
                        raise
            return self._execute(self._connect(), statement, values), cursor is not None

    def _execute(self, cursor: Any, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            cursor.execute(statement, values)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        except _DRIVERS:
            self._drop()
            raise
        return rows

    def _kept(self) -> Any:
        """The cursor of a connection made before; None when there is none that still leads to the memory."""
        if self._file is not None and self._opened != sqlite.identity(self._file):
            self._drop()  # a deleted file goes on working for those who hold it, and nobody else would see a thing
        return self._cursor

    def _connect(self) -> Any:
        self._drop()
        self._connection = self._engine.connect()
        if self._file is not None:
            self._connection.execute(CreateTable(seen_question, if_not_exists=True))
            self._opened = sqlite.identity(self._file)
        driver: Any = self._connection.connection.driver_connection
        self._cursor = driver.cursor() if self._file is not None else driver.cursor(binary=True)
        return self._cursor

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        self._connection = self._cursor = None


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, *_DRIVERS) as error:
        meaning = meaning_of(error) if isinstance(error, SQLAlchemyError) else meaning_of_driver(error)
        if meaning is None:
            raise
        raise meaning from error


_DRIVERS: Final = (sqlite3.Error, psycopg.Error)
_AT_ONCE: Final = 0.3
"""Seconds within which a connection that has ended says so."""

_INSERT_POSTGRESQL: Final = (
    "INSERT INTO seen_question (expires, key) SELECT * FROM unnest(%s::bigint[], %s::bytea[]) "
    "ON CONFLICT DO NOTHING RETURNING expires, key"
)
"""One text for every number of rows, so that the server plans it once."""
_INSERT_SQLITE: Final = (
    "INSERT INTO seen_question (expires, key) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING expires, key"
)
_DELETE_POSTGRESQL: Final = (
    "DELETE FROM seen_question WHERE (expires, key) IN (SELECT expires, key FROM seen_question WHERE expires < %s "
    "ORDER BY expires, key LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING 1"
)
"""Processes that tidy up at the same time pass each other by."""
_DELETE_SQLITE: Final = (
    "DELETE FROM seen_question WHERE (expires, key) IN (SELECT expires, key FROM seen_question WHERE expires < ? "
    "ORDER BY expires, key LIMIT ?) RETURNING 1"
)


@cache
def _insert_sqlite(count: int) -> str:
    rows = ", ".join(["(?, ?)"] * count)
    return _INSERT_SQLITE.replace("(?, ?)", rows)


def open_seen_questions(url: str | URL) -> SeenQuestions:
    """The memory that belongs to the store at `url`: a table there, or a file beside the store's. Not connected yet.

    The file is made when it is missing: that it is gone costs the memory of a few minutes, and nothing can be read from
    it that a register has. Raises `ValueError` for any other kind of database.
    """
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            store = Path(parsed.database or "").absolute()
            file = store.with_name(f"{store.stem}-questions{store.suffix}")
            return SeenQuestions(sqlite.light_engine(file, PATIENCE), file)
        case "postgresql":
            own = parsed.query.get("options")
            options = f"{own} {_NO_WAITING}" if isinstance(own, str) else _NO_WAITING
            engine = postgresql.postgresql_engine(parsed.update_query_dict({"options": options}), PATIENCE)
            return SeenQuestions(engine.execution_options(isolation_level="AUTOCOMMIT"), None)
        case other:
            raise ValueError(f"no memory of questions on {other!r}")


_NO_WAITING: Final = "-c synchronous_commit=off"
