"""Extracts: a row for each issue, and the files beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import UtcDateTime

revision = "0009"
down_revision: str | None = "0008"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "extract",
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("verification_code", sa.Text, nullable=False),
        sa.Column("register", sa.Text, nullable=False),
        sa.Column("entry_number", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("valid_from", UtcDateTime, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("case_number", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("issued_at", UtcDateTime, nullable=False),
        sa.Column("issued_by", sa.Text, nullable=False),
        sa.Column("reissues", sa.Text),
        sa.Column("xml_digest", sa.Text, nullable=False),
        sa.Column("pdf_digest", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["register_case.number"], name="fk_extract_case_number"),
        sa.ForeignKeyConstraint(["reissues"], ["extract.number"], name="fk_extract_reissues"),
        sa.PrimaryKeyConstraint("number", name="pk_extract"),
        sa.UniqueConstraint("verification_code", name="uq_extract_verification_code"),
        sa.UniqueConstraint("reissues", name="uq_extract_reissues"),
    )
    op.create_index("ix_extract_entry", "extract", ["entry_number", "version"])
    op.create_table(
        "extract_file",
        sa.Column("extract_number", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["extract_number"], ["extract.number"], name="fk_extract_file_extract_number"),
        sa.PrimaryKeyConstraint("extract_number", "form", name="pk_extract_file"),
    )
