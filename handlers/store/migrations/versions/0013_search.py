"""Searching: the present state of entries with the terms they are found by, and lists of cases page by page."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import Json, UtcDateTime

revision = "0013"
down_revision: str | None = "0012"

_PLACE = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_CHANGING = sa.text("changes_at IS NOT NULL")
_OPEN = sa.text("state NOT IN ('ARCHIVED', 'WITHDRAWN')")
_LATE = sa.text("late")
_SPAN = 10**12
"""How the places of the two registers were laid out when this migration was written; never to follow the code."""


def upgrade() -> None:
    """Add; versions recorded so far are marked as due, and whoever searches first brings them up to date."""
    _tables()
    _entries()
    _cases()


def _tables() -> None:
    op.create_table(
        "entry_present",
        sa.Column("place", _PLACE, nullable=False, autoincrement=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("register", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("short_name", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("late", sa.Boolean),
        sa.Column("valid_from", UtcDateTime, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("changes_at", UtcDateTime),
        sa.Column("terms", Json, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_entry_present"),
        sa.UniqueConstraint("number", name="uq_entry_present_number"),
    )
    op.create_index(
        "ix_entry_present_changes_at",
        "entry_present",
        ["changes_at"],
        postgresql_where=_CHANGING,
        sqlite_where=_CHANGING,
    )
    op.create_table(
        "entry_term",
        sa.Column("term", sa.Text, nullable=False),
        sa.Column("place", _PLACE, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("term", "place", name="pk_entry_term"),
        sqlite_with_rowid=False,
    )


def _entries() -> None:
    version = sa.table(
        "entry_version",
        *(sa.column(name) for name in ("number", "version", "register", "status", "owner", "recorded_to")),
        sa.column("valid_from", UtcDateTime),
        sa.column("valid_to", UtcDateTime),
        sa.column("first_recorded_at", UtcDateTime),
    ).c
    present = sa.table(
        "entry_present",
        *(sa.column(name) for name in ("place", "number", "register", "version", "status", "owner")),
        *(sa.column(name) for name in ("short_name", "name", "valid_from", "recorded_at", "changes_at")),
        sa.column("terms", Json),
    )
    ordinal = sa.cast(sa.func.substr(version.number, 4), sa.BigInteger)
    offset = sa.case((version.register == "PERSONAL_DATA_SYSTEMS", sa.literal(_SPAN, sa.BigInteger)), else_=0)
    # Of each entry one row is said without end.
    rows = sa.select(
        (ordinal + offset).label("place"),
        version.number,
        version.register,
        version.version,
        version.status,
        version.owner,
        sa.literal(""),
        sa.literal(""),
        version.valid_from,
        version.first_recorded_at,
        sa.literal(datetime(1970, 1, 1, tzinfo=UTC), UtcDateTime),
        sa.literal([], Json),
    ).where(version.recorded_to.is_(None), version.valid_to.is_(None))
    op.execute(present.insert().from_select([column.name for column in present.c], rows))


def _cases() -> None:
    """One index for each way in which a list of cases begins."""
    for name, columns, only in (
        ("received", ["received_at", "number"], None),
        ("open", ["received_at", "number"], _OPEN),
        ("late", ["received_at", "number"], _LATE),
        ("clerk", ["clerk", "received_at", "number", "state"], None),
        ("entry", ["entry_number", "received_at", "number"], None),
        ("applicant", ["applicant", "received_at", "number", "state", "type", "register", "late"], None),
        ("applicant_open", ["applicant", "received_at", "number"], _OPEN),
        ("applicant_late", ["applicant", "received_at", "number"], _LATE),
        ("applicant_state", ["applicant", "state", "received_at", "number"], None),
        ("applicant_type", ["applicant", "type", "received_at", "number"], None),
        ("state", ["state", "received_at", "number"], None),
        ("type", ["type", "received_at", "number"], None),
    ):
        op.create_index(f"ix_case_list_{name}", "register_case", columns, postgresql_where=only, sqlite_where=only)
