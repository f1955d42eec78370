"""Numbers, cases, entries, invalid documents, checks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import Json, UtcDateTime

revision = "0002"
down_revision: str | None = "0001"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables of the registers."""
    _numbers()
    _cases()
    _case_history()
    _entries()
    _batches()
    _documents()
    _checks()


def _numbers() -> None:
    op.create_table(
        "number_series",
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_number_series"),
    )
    op.create_table(
        "claim",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_claim"),
    )
    op.create_index("ix_claim_holder", "claim", ["holder"])


def _cases() -> None:
    op.create_table(
        "register_case",
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("tracking_id", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("register", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("applicant", sa.Text, nullable=False),
        sa.Column("representative", sa.Text, nullable=False),
        sa.Column("confirmation", sa.Text, nullable=False),
        sa.Column("confirmed_at", UtcDateTime, nullable=False),
        sa.Column("certificate_fingerprint", sa.Text),
        sa.Column("signed_file", sa.LargeBinary),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("event_date", sa.Date, nullable=False),
        sa.Column("due_date", sa.Date, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("entry_number", sa.Text),
        sa.Column("against_version", sa.Integer),
        sa.Column("current_version", sa.Integer),
        sa.Column("application", Json, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_register_case"),
        sa.UniqueConstraint("tracking_id", name="uq_register_case_tracking_id"),
    )
    op.create_index("ix_register_case_applicant", "register_case", ["applicant"])
    op.create_index("ix_register_case_entry_number", "register_case", ["entry_number"])


def _case_history() -> None:
    op.create_table(
        "case_step",
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("from_state", sa.Text),
        sa.Column("to_state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.ForeignKeyConstraint(["case_number"], ["register_case.number"], name="fk_case_step_case_number"),
        sa.PrimaryKeyConstraint("case_number", "sequence", name="pk_case_step"),
    )
    op.create_table(
        "case_finding",
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("weight", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("text_az", sa.Text, nullable=False),
        sa.Column("text_en", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["register_case.number"], name="fk_case_finding_case_number"),
        sa.PrimaryKeyConstraint("case_number", "position", name="pk_case_finding"),
    )
    op.create_table(
        "case_difference",
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.ForeignKeyConstraint(["case_number"], ["register_case.number"], name="fk_case_difference_case_number"),
        sa.PrimaryKeyConstraint("case_number", "position", name="pk_case_difference"),
    )


def _entries() -> None:
    op.create_table(
        "entry_version",
        sa.Column("row", ROW_NUMBER, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("register", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("card", Json, nullable=False),
        sa.Column("valid_from", UtcDateTime, nullable=False),
        sa.Column("valid_to", UtcDateTime),
        sa.Column("first_recorded_at", UtcDateTime, nullable=False),
        sa.Column("recorded_from", UtcDateTime, nullable=False),
        sa.Column("recorded_to", UtcDateTime),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("case_number", sa.Text),
        sa.ForeignKeyConstraint(["case_number"], ["register_case.number"], name="fk_entry_version_case_number"),
        sa.PrimaryKeyConstraint("row", name="pk_entry_version"),
    )
    op.create_index("ix_entry_version_number", "entry_version", ["number", "recorded_from"])
    op.create_index("ix_entry_version_owner", "entry_version", ["owner"])
    op.create_index("ix_entry_version_version", "entry_version", ["number", "version"])


def _batches() -> None:
    op.create_table(
        "document_batch",
        sa.Column("tracking_id", sa.Text, nullable=False),
        sa.Column("batch_reference", sa.Text),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("applied_at", UtcDateTime, nullable=False),
        sa.Column("listed", sa.Integer, nullable=False),
        sa.Column("duplicates", sa.Integer, nullable=False),
        sa.Column("contradictions", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tracking_id", name="pk_document_batch"),
    )
    op.create_table(
        "document_batch_item",
        sa.Column("tracking_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("rule", sa.Text),
        sa.Column("text_az", sa.Text),
        sa.Column("text_en", sa.Text),
        sa.Column("report", Json),
        sa.ForeignKeyConstraint(
            ["tracking_id"], ["document_batch.tracking_id"], name="fk_document_batch_item_tracking_id"
        ),
        sa.PrimaryKeyConstraint("tracking_id", "position", name="pk_document_batch_item"),
    )


def _documents() -> None:
    current = sa.text("recorded_to IS NULL AND effective_to IS NULL")
    op.create_table(
        "invalid_document",
        sa.Column("row", ROW_NUMBER, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("document_type", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("series", sa.Text),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("fin", sa.Text),
        sa.Column("issued_on", sa.Date),
        sa.Column("expires_on", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("legal_basis", sa.Text),
        sa.Column("replaced_by", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("disputed", sa.Boolean, nullable=False),
        sa.Column("effective_from", sa.Date, nullable=False),
        sa.Column("effective_to", sa.Date),
        sa.Column("first_recorded_at", UtcDateTime, nullable=False),
        sa.Column("recorded_from", UtcDateTime, nullable=False),
        sa.Column("recorded_to", UtcDateTime),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("batch", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["document_batch.tracking_id"], name="fk_invalid_document_batch"),
        sa.PrimaryKeyConstraint("row", name="pk_invalid_document"),
    )
    op.create_index("ix_invalid_document_batch", "invalid_document", ["batch", "position"])
    op.create_index("ix_invalid_document_key", "invalid_document", ["key"])
    op.create_index(
        "ux_invalid_document_current",
        "invalid_document",
        ["key", "document_type", "status"],
        unique=True,
        postgresql_where=current,
        sqlite_where=current,
    )


def _checks() -> None:
    op.create_table(
        "document_check",
        sa.Column("answer_reference", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("checked_at", UtcDateTime, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("representative", sa.Text),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("as_of", sa.Date),
        sa.Column("as_known_at", UtcDateTime),
        sa.Column("document_type", sa.Text),
        sa.Column("key", sa.Text),
        sa.Column("fin", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("answer_reference", "line", name="pk_document_check"),
    )
    op.create_index("ix_document_check_fin", "document_check", ["fin", "checked_at"])
    op.create_index("ix_document_check_key", "document_check", ["key", "checked_at"])
