"""Tables of batches of imported entries."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from handlers.store.columns import Json, UtcDateTime
from handlers.store.tables import metadata

import_batch = Table(
    "import_batch",
    metadata,
    Column("number", Text, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("strict", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("ready", Integer, nullable=False),
    Column("stopped", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("defective", Integer, nullable=False),
    Column("noted", Integer, nullable=False),
    Column("rules", Json, nullable=False),
    Column("applied", Integer, nullable=False),
    Column("applied_through", Integer, nullable=False),
    Column("previewed_by", Text, nullable=False),
    Column("previewed_at", UtcDateTime, nullable=False),
    Column("applied_by", Text),
    Column("applied_at", UtcDateTime),
    Column("undone_by", Text),
    Column("undone_at", UtcDateTime),
    Column("undone_reason", Text),
    Column("failure_az", Text),
    Column("failure_en", Text),
)
"""One look at one file. `applied_through` moves in the transaction that enters the rows up to it."""

import_row = Table(
    "import_row",
    metadata,
    Column("batch", Text, ForeignKey("import_batch.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("register", Text),
    Column("owner", Text),
    Column("short_name", Text),
    Column("old_number", Text),
    Column("note", Text),
    Column("name_key", Text),
    Column("old_key", Text),
    Column("entry", Json),
    Column("findings", Json, nullable=False),
    Column("entry_number", Text),
    Column("applied_at", UtcDateTime),
)
"""A row of a file and what became of it. `entry` is emptied once it is an entry of the register."""

Index("ix_import_row_name_key", import_row.c.batch, import_row.c.name_key)
Index("ix_import_row_old_key", import_row.c.old_key)
Index("ix_import_row_entry_number", import_row.c.entry_number)
