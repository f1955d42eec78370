"""Tries at passwords, counted for all processes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import UtcDateTime

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Make the table of tallies."""
    op.create_table(
        "password_tally",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("count", sa.Float, nullable=False),
        sa.Column("failed_at", UtcDateTime),
        sa.Column("succeeded_at", UtcDateTime),
        sa.Column("kept_until", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_password_tally"),
    )
    op.create_index("ix_password_tally_kept_until", "password_tally", ["kept_until"])
