"""Questions answered once, on PostgreSQL; on SQLite they lie in a file of their own that needs no migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"


def upgrade() -> None:
    """Make the table of questions that were answered once."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table(
        "seen_question",
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("expires", "key", name="pk_seen_question"),
    )
