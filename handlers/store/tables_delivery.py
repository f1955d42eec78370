"""Tables of how notices are delivered: the settings of agencies, how far each has come, and what became of each try."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    false,
    text,
)

from handlers.store.columns import Json, UtcDateTime
from handlers.store.tables import metadata

delivery_setting = Table(
    "delivery_setting",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("method", Text, nullable=False),
    Column("addresses", Json, nullable=False),
    Column("language", Text, nullable=False),
    Column("unwanted_kinds", Json, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("tracking_id", Text),
)
"""Rows are added, never changed; the highest version of an agency stands."""

delivery_position = Table(
    "delivery_position",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("settled", BigInteger, nullable=False),
    Column("leased_until", UtcDateTime),
    Column("lease_owner", Text),
    ForeignKeyConstraint(["agency", "version"], ["delivery_setting.agency", "delivery_setting.version"]),
)
"""`version` is that of the setting that stands; every notice up to the number `settled` has been dealt with, or was
written before sending began."""

notice_delivery = Table(
    "notice_delivery",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('WAITING', 'DELIVERED', 'PASSED_OVER', 'GIVEN_UP')", name="state"),
        nullable=False,
    ),
    Column("method", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("error", Text),
    Column("error_at", UtcDateTime),
    Column("settled_addresses", Json, nullable=False, server_default="[]"),
    Column("is_incomplete", Boolean, nullable=False, server_default=false()),
    ForeignKeyConstraint(["agency", "sequence"], ["notice.agency", "notice.sequence"]),
)
"""One row for each notice that was dealt with or tried; `version` is of the setting by which that was done last.
`settled_addresses` took it or, where it `is_incomplete`, refused it for good."""

Index(
    "ix_notice_delivery_error",
    notice_delivery.c.agency,
    notice_delivery.c.error_at,
    postgresql_where=text("error_at IS NOT NULL"),
    sqlite_where=text("error_at IS NOT NULL"),
)
Index(
    "ix_notice_delivery_delivered",
    notice_delivery.c.agency,
    notice_delivery.c.sequence,
    postgresql_where=text("state = 'DELIVERED'"),
    sqlite_where=text("state = 'DELIVERED'"),
)
