"""Bringing a database to the schema of this release."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from handlers.store import (
    tables,
    tables_case_lists,  # noqa: F401 - as the next one
    tables_clocks,  # noqa: F401 - as the next one
    tables_delivery,  # noqa: F401 - as the next one
    tables_extracts,  # noqa: F401 - as the next one
    tables_imports,  # noqa: F401 - as the next one
    tables_presence,  # noqa: F401 - as the next one
    tables_registers,  # noqa: F401 - adds its tables to the one collection
    tables_relations,  # noqa: F401 - as above
)
from handlers.store.engine import SqlStore, StoreLimits
from handlers.store.failures import meaning_of
from handlers.store.sqlite import sqlite_engine

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

TABLES = tables.metadata
"""Every table of the store, as the newest revision makes them."""

_LOCK = 0x5352_4757
"""Key of the PostgreSQL advisory lock that migrations take turns by; arbitrary, never to change."""

_PATIENCE = StoreLimits(lock_timeout=60.0, pool_size=1)


class SchemaState(Enum):
    """How a database stands to this release."""

    CURRENT = "current"
    EMPTY = "empty"
    BEHIND = "behind"
    """Of an earlier release: `migrate` brings it here."""
    FOREIGN = "foreign"
    """Of a release that this one does not know, a later one most likely: nothing here may touch it."""


def schema_state(store: SqlStore) -> SchemaState:
    """Compare the revision of the store's database with this release; raises `StoreUnavailableError`."""
    with store.reading() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
        scripts = ScriptDirectory.from_config(_configuration(connection))
    if found == set(scripts.get_heads()):
        return SchemaState.CURRENT
    if not found:
        return SchemaState.EMPTY
    known = {script.revision for script in scripts.walk_revisions()}
    return SchemaState.BEHIND if found <= known else SchemaState.FOREIGN


def migrate(target: SqlStore | URL | str, revision: str = "head") -> None:
    """Upgrade the database of `target` to `revision`, the newest: all of it in one transaction, or none of it.

    Safe to call again, and safe when several processes start at once: they take turns, and the later ones find
    nothing to do. Raises `StoreUnavailableError` when the database is away, `UnfitDataError` when somebody must decide
    first what becomes of something in it.
    """
    url = target.url if isinstance(target, SqlStore) else make_url(target)
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            command.upgrade(_configuration(connection), revision)
    except SQLAlchemyError as error:
        meaning = meaning_of(error)
        if meaning is None:
            raise
        raise meaning from error
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    """An engine without the time limits of daily work: changing a large table may take long."""
    if url.get_backend_name() == "sqlite":
        return sqlite_engine(url, _PATIENCE, create=True)
    return create_engine(
        url.set(drivername="postgresql+psycopg"), poolclass=NullPool, connect_args={"connect_timeout": 5}
    )


def _configuration(connection: Connection) -> Config:
    config = Config()
    scripts = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
