"""Batches of imported entries and their rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import Json, UtcDateTime

revision = "0010"
down_revision: str | None = "0009"


def upgrade() -> None:
    """Make the tables of imports."""
    op.create_table(
        "import_batch",
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("file_name", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("strict", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("ready", sa.Integer, nullable=False),
        sa.Column("stopped", sa.Integer, nullable=False),
        sa.Column("duplicates", sa.Integer, nullable=False),
        sa.Column("defective", sa.Integer, nullable=False),
        sa.Column("noted", sa.Integer, nullable=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("applied", sa.Integer, nullable=False),
        sa.Column("applied_through", sa.Integer, nullable=False),
        sa.Column("previewed_by", sa.Text, nullable=False),
        sa.Column("previewed_at", UtcDateTime, nullable=False),
        sa.Column("applied_by", sa.Text),
        sa.Column("applied_at", UtcDateTime),
        sa.Column("undone_by", sa.Text),
        sa.Column("undone_at", UtcDateTime),
        sa.Column("undone_reason", sa.Text),
        sa.Column("failure_az", sa.Text),
        sa.Column("failure_en", sa.Text),
        sa.PrimaryKeyConstraint("number", name="pk_import_batch"),
    )
    op.create_index("ix_import_batch_sha256", "import_batch", ["sha256"])
    op.create_table(
        "import_row",
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("register", sa.Text),
        sa.Column("owner", sa.Text),
        sa.Column("short_name", sa.Text),
        sa.Column("old_number", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("name_key", sa.Text),
        sa.Column("old_key", sa.Text),
        sa.Column("entry", Json),
        sa.Column("findings", Json, nullable=False),
        sa.Column("entry_number", sa.Text),
        sa.Column("applied_at", UtcDateTime),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.number"], name="fk_import_row_batch"),
        sa.PrimaryKeyConstraint("batch", "position", name="pk_import_row"),
    )
    op.create_index("ix_import_row_name_key", "import_row", ["batch", "name_key"])
    op.create_index("ix_import_row_old_key", "import_row", ["old_key"])
    op.create_index("ix_import_row_entry_number", "import_row", ["entry_number"])
