"""INSERT … ON CONFLICT, which both databases know by the same words but SQLAlchemy keeps in each dialect."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(connection: Connection, table: Table) -> postgresql.Insert:
    """An INSERT that offers `on_conflict_do_nothing` and `on_conflict_do_update` on either database."""
    if connection.dialect.name == "sqlite":
        return cast("postgresql.Insert", sqlite.insert(table))
    return postgresql.insert(table)
