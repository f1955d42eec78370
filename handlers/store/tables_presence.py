"""What the register says now, in the form in which it is searched: one row per entry, and the terms it is found by.

Derived from `entry_version`, in the unit of work that records a version; nothing in here is known from here only.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from handlers.store.columns import Json, UtcDateTime
from handlers.store.tables import metadata

_Place = BigInteger().with_variant(Integer, "sqlite")

entry_present = Table(
    "entry_present",
    metadata,
    Column("place", _Place, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False, unique=True),
    Column("register", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("late", Boolean),
    Column("valid_from", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("changes_at", UtcDateTime),
    Column("terms", Json, nullable=False),
)
"""The version of each entry that is true now, as last known.

`place`: where it stands in the order of the registers. `late`: whether the application that led to the version came
late; null when no case led to it. `changes_at`: when another version becomes true by the mere passing of time; null:
never. `terms`: what `entry_term` holds of it.
"""

_CHANGING = text("changes_at IS NOT NULL")
Index(
    "ix_entry_present_changes_at",
    entry_present.c.changes_at,
    postgresql_where=_CHANGING,
    sqlite_where=_CHANGING,
)

entry_term = Table(
    "entry_term",
    metadata,
    Column("term", Text, primary_key=True),
    Column("place", _Place, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""An inverted index: everything an entry can be found by, each with the places of its entries in order.

One look into it finds the next page of any criterion, however many entries there are.
"""
