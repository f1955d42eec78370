"""Table of the relations that cards declare, beside the rows of the entries they stand in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from handlers.store.tables import metadata

entry_relation = Table(
    "entry_relation",
    metadata,
    Column(
        "row",
        BigInteger().with_variant(Integer, "sqlite"),
        ForeignKey("entry_version.row"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("other", Text, nullable=False),
)
"""`number` declares that it stands in the relation `kind` to `other`.

True and known exactly as the row of `entry_version` that declares it, whose periods are therefore not said again. Read
from `other` the same row is the opposite relation: neither can be without the other.
"""

Index("ix_entry_relation_other", entry_relation.c.other)
