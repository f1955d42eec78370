"""The store on SQLAlchemy: units of work and snapshots, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from handlers.store import postgresql, sqlite
from handlers.store.failures import meaning_of
from handlers.store.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sqlalchemy import URL, Engine


_WRITE_POSTGRESQL = ("UPDATE alembic_version SET version_num = version_num",)
_WRITE_SQLITE = (
    "INSERT INTO alembic_version (version_num) VALUES (hex(zeroblob(16384)))",
    "DELETE FROM alembic_version WHERE length(version_num) = 32768",
)
"""What `SqlStore.ping_writing` writes: nothing that anybody sees. On SQLite it needs room for some 16 pages, since
changing a row in its place succeeds in a file that cannot grow any more."""


@dataclass(frozen=True, slots=True)
class StoreLimits:
    """Bounds on every wait for the store. Seconds, except where a name says otherwise."""

    connect_timeout: float = 3.0
    """PostgreSQL: for a connection to be made."""
    statement_timeout: float = 4.0
    """PostgreSQL: for one statement, enforced by the server."""
    lock_timeout: float = 4.0
    """For a row lock on PostgreSQL, for the write lock on SQLite."""
    idle_timeout: float = 5.0
    """PostgreSQL: between two statements of one transaction; the server then rolls it back."""
    answer_timeout: float = 5.0
    """PostgreSQL: for any answer at all; ends waiting for a server that is frozen."""
    pool_timeout: float = 3.0
    """For one of the pool's connections to become free."""
    pool_size: int = 16
    """Connections (a number), the most that are ever open."""


class SqlStore:
    """A `Store` (see `handlers.store.ports`). Connects when first used, so that a gateway starts while it is away."""

    def __init__(self, url: URL, engine: Engine, limits: StoreLimits) -> None:
        self.url = url
        self._engine = engine
        self._limits = limits
        on_sqlite = engine.dialect.name == "sqlite"
        self._snapshot: dict[str, Any] = dict(sqlite.READ_ONLY if on_sqlite else postgresql.SNAPSHOT)
        # SQLite's waiting for the write lock is polling and unfair; threads of one process queue up here instead.
        self._turn = threading.Lock() if on_sqlite else None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A unit of work: commits when the block ends, rolls back when it raises.

        Raises `StoreUnavailableError` when the database is away and `StoreConflictError` when the block is to be run
        again. When the connection breaks during the commit itself, the outcome is unknown and told as unavailable:
        whoever runs the block again recognises its own earlier effect by the inbox.
        """
        with _told_apart(), self._one_writer(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent snapshot, beginning with its first statement; writing in it is an error."""
        with _told_apart(reading=True), self._engine.connect() as connection:
            connection.execution_options(**self._snapshot)
            with connection.begin():
                yield connection

    def ping(self) -> None:
        """Return when the database answers; raise `StoreUnavailableError` within about five seconds otherwise."""
        with self.reading() as connection:
            connection.execute(text("SELECT 1 FROM sqlite_master" if self._turn else "SELECT 1"))

    def ping_writing(self) -> None:
        """Return when the database keeps what is written; raise `StoreUnavailableError` when it does not.

        A store can answer and yet keep nothing: a full disk, a file that is read-only, a standby.
        """
        with self.writing() as connection:
            for statement in _WRITE_SQLITE if self._turn else _WRITE_POSTGRESQL:
                connection.execute(text(statement))

    def close(self) -> None:
        """Release the connections. The store connects again if it is used again."""
        self._engine.dispose()

    def _one_writer(self) -> AbstractContextManager[None]:
        return _held(self._turn, self._limits.lock_timeout) if self._turn else nullcontext()


@contextmanager
def _held(lock: threading.Lock, seconds: float) -> Iterator[None]:
    if not lock.acquire(timeout=seconds):
        raise StoreUnavailableError("another unit of work held the store for too long")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _told_apart(*, reading: bool = False) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        meaning = meaning_of(error, reading=reading)
        if meaning is None:
            raise
        raise meaning from error


def open_store(url: str | URL, limits: StoreLimits | None = None) -> SqlStore:
    """The store that `url` names: `sqlite:///path` or `postgresql+psycopg://user:password@host:port/name`.

    Raises `ValueError` for any other kind of database. Does not connect yet.
    """
    parsed = make_url(url)
    limits = limits or StoreLimits()
    match parsed.get_backend_name():
        case "sqlite":
            return SqlStore(parsed, sqlite.sqlite_engine(parsed, limits), limits)
        case "postgresql":
            return SqlStore(parsed, postgresql.postgresql_engine(parsed, limits), limits)
        case other:
            raise ValueError(f"no store on {other!r}: use sqlite:///path or postgresql+psycopg://…")
