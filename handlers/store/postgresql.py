"""PostgreSQL as a store: a bounded pool, and a bound on every wait.

Writing runs at READ COMMITTED with explicit row locks, not at SERIALIZABLE: what must not race here is guarded by a
row of its own (inbox row, counters) or by a unique key, and gap-free counters under SERIALIZABLE would abort one of
any two units of work that touch the same agency, which costs more than waiting for a row for a millisecond. Reading
is one REPEATABLE READ snapshot.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import psycopg
from sqlalchemy import URL, Engine, create_engine, event

if TYPE_CHECKING:
    from handlers.store.engine import StoreLimits

PING_TIMEOUT = 1.0
"""Seconds for a pooled connection to show that it is alive; a silent one is replaced by a new one."""

SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of a connection whose transaction only reads."""

_T = TypeVar("_T")


def postgresql_engine(url: URL, limits: StoreLimits) -> Engine:
    """An engine on the server that `url` names; nothing is connected yet."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        pool_size=limits.pool_size,
        max_overflow=0,
        pool_timeout=limits.pool_timeout,
        pool_pre_ping=True,
        connect_args=_connect_arguments(url, limits),
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: object, _record: object, arguments: list[Any], named: dict[str, Any]) -> object:
        return BoundedConnection.connect(*arguments, **named)

    @event.listens_for(engine, "checkin")
    def _impatient(connection: BoundedConnection | None, _record: object) -> None:
        if connection is not None:  # None: it broke and was given up
            connection.patience = PING_TIMEOUT

    @event.listens_for(engine, "checkout")
    def _patient(connection: BoundedConnection, _record: object, _proxy: object) -> None:
        connection.patience = limits.answer_timeout

    return engine


def _connect_arguments(url: URL, limits: StoreLimits) -> dict[str, Any]:
    settings = {
        "timezone": "UTC",
        "statement_timeout": f"{round(limits.statement_timeout * 1000)}ms",
        "lock_timeout": f"{round(limits.lock_timeout * 1000)}ms",
        "idle_in_transaction_session_timeout": f"{round(limits.idle_timeout * 1000)}ms",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    own = url.query.get("options")
    return {
        "options": f"{options} {own}" if isinstance(own, str) else options,
        "connect_timeout": max(2, round(limits.connect_timeout)),  # libpq takes whole seconds, 2 at the least
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    }


class BoundedConnection(psycopg.Connection[Any]):
    """Gives up on a server that is connected but silent: a frozen one never enforces its own time limits."""

    patience: float = PING_TIMEOUT
    """Seconds to wait for an answer."""

    def wait(self, gen: Generator[Any, Any, _T], *arguments: Any, **named: Any) -> _T:
        """Run the driver's steps `gen` to their end; raises `psycopg.OperationalError` when that takes too long."""
        try:
            return super().wait(_bounded(gen, self.patience), *arguments, **named)
        except _SilentServerError:
            self.close()
            raise


class _SilentServerError(psycopg.OperationalError):
    """The server did not answer in time; the connection is given up, since its state is unknown."""


def _bounded(steps: Generator[Any, Any, _T], seconds: float) -> Generator[Any, Any, _T]:
    """`steps` of the driver, with an end: the driver comes by every tenth of a second even when nothing arrived."""
    deadline = time.monotonic() + seconds
    try:
        wanted = next(steps)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > deadline:
                raise _SilentServerError(f"no answer from PostgreSQL within {seconds:g} s")
            wanted = steps.send(ready)
    except StopIteration as end:
        result: _T = end.value
        return result
