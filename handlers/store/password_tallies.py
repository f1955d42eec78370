"""The tallies of tries at passwords, shared by all processes (see `handlers.parties.throttling`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select, update

from handlers.parties.throttling import Tally
from handlers.store.rows import record_of
from handlers.store.tables import password_tally
from handlers.store.upsert import insert_into

_FORGOTTEN_AT_ONCE: Final = 200
"""Rows that one call deletes at the most, so that no try waits for a large deletion."""


def read(connection: Connection, keys: Collection[str]) -> Mapping[str, Tally]:
    """Those tallies among `keys` that are kept."""
    found = connection.execute(select(password_tally).where(password_tally.c.key.in_(keys))).mappings()
    return {row["key"]: record_of(Tally, row) for row in found}


def take(connection: Connection, key: str, now: datetime) -> Tally:
    """The tally under `key`, made if there is none, and locked either way until the transaction ends."""
    row = connection.execute(
        insert_into(connection, password_tally)
        .values(key=key, count=0.0, kept_until=now)
        .on_conflict_do_update(index_elements=[password_tally.c.key], set_={"key": password_tally.c.key})
        .returning(*password_tally.c)
    ).mappings()
    return record_of(Tally, row.one())


def put(connection: Connection, key: str, tally: Tally, kept_until: datetime) -> None:
    """Keep a tally that was taken."""
    connection.execute(
        update(password_tally)
        .where(password_tally.c.key == key)
        .values(count=tally.count, failed_at=tally.failed_at, succeeded_at=tally.succeeded_at, kept_until=kept_until)
    )


def forget(connection: Connection, now: datetime) -> None:
    """Delete tallies that say nothing any more."""
    over = (
        select(password_tally.c.key)
        .where(password_tally.c.kept_until < now)
        .limit(_FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    connection.execute(delete(password_tally).where(password_tally.c.key.in_(over)))
