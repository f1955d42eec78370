"""Tables of the extracts that were issued. Nothing in them is ever changed or deleted."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from handlers.store.columns import UtcDateTime
from handlers.store.tables import metadata

extract = Table(
    "extract",
    metadata,
    Column("number", Text, primary_key=True),
    Column("verification_code", Text, nullable=False),
    Column("register", Text, nullable=False),
    Column("entry_number", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("valid_from", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("case_number", Text, ForeignKey("register_case.number")),
    Column("reason", Text, nullable=False),
    Column("note", Text),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("reissues", Text, ForeignKey("extract.number")),
    Column("xml_digest", Text, nullable=False),
    Column("pdf_digest", Text, nullable=False),
    UniqueConstraint("verification_code"),
    UniqueConstraint("reissues"),
)
"""A row for each issue. One is issued in place of another at most once, so the issues of a version are a chain."""

Index("ix_extract_entry", extract.c.entry_number, extract.c.version)

extract_file = Table(
    "extract_file",
    metadata,
    Column("extract_number", Text, ForeignKey("extract.number"), primary_key=True),
    Column("form", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""The files, byte for byte, apart from the rows that lists are made of."""
