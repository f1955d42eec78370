"""Parties, inbox, outbox, notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import Json, UtcDateTime

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the floor's own tables."""
    _parties()
    _inbox()
    _outbox()
    _notices()


def _parties() -> None:
    op.create_table(
        "agency",
        sa.Column("code", sa.Text),
        sa.Column("name_az", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("tax_id", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("provides_document_types", Json, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_agency"),
        sa.UniqueConstraint("tax_id", name="uq_agency_tax_id"),
    )
    op.create_table(
        "system",
        sa.Column("code", sa.Text),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("serial", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_system"),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name="fk_system_agency"),
        sa.UniqueConstraint("fingerprint", name="uq_system_fingerprint"),
    )
    op.create_index("ix_system_agency", "system", ["agency"])
    op.create_table(
        "system_operation",
        sa.Column("system", sa.Text),
        sa.Column("operation", sa.Text),
        sa.PrimaryKeyConstraint("system", "operation", name="pk_system_operation"),
        sa.ForeignKeyConstraint(["system"], ["system.code"], name="fk_system_operation_system"),
    )
    op.create_table(
        "representative",
        sa.Column("fin", sa.Text),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("identity_card", sa.Text, nullable=False),
        sa.Column("surname", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("patronymic", sa.Text),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("fingerprint", sa.Text),
        sa.Column("login", sa.Text),
        sa.Column("password_hash", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("fin", name="pk_representative"),
        sa.ForeignKeyConstraint(["agency"], ["agency.code"], name="fk_representative_agency"),
        sa.UniqueConstraint("identity_card", name="uq_representative_identity_card"),
        sa.UniqueConstraint("fingerprint", name="uq_representative_fingerprint"),
        sa.UniqueConstraint("login", name="uq_representative_login"),
    )
    op.create_index("ix_representative_agency", "representative", ["agency"])
    version = op.create_table(
        "directory_version",
        sa.Column("id", sa.Integer, autoincrement=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory_version"),
        sa.CheckConstraint("id = 1", name="ck_directory_version_one_row"),
    )
    op.bulk_insert(version, [{"id": 1, "version": 0}])


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("agency", sa.Text),
        sa.Column("request_id", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("tracking_id", sa.Text, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("receipt", sa.LargeBinary, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("offered_at", UtcDateTime, nullable=False),
        sa.Column("processed_at", UtcDateTime),
        sa.Column("subject", sa.Text),
        sa.Column("ground_code", sa.Text),
        sa.Column("ground_text_az", sa.Text),
        sa.Column("ground_text_en", sa.Text),
        sa.PrimaryKeyConstraint("agency", "request_id", name="pk_inbox"),
        sa.UniqueConstraint("tracking_id", name="uq_inbox_tracking_id"),
        sa.CheckConstraint("state IN ('OFFERED', 'APPLIED', 'REFUSED')", name="ck_inbox_state"),
    )
    _partial_index("ix_inbox_waiting", "inbox", ["offered_at"], "state = 'OFFERED'")
    op.create_table(
        "tracking_alias",
        sa.Column("tracking_id", sa.Text),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("original_tracking_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("conflict", sa.Boolean, nullable=False),
        sa.Column("receipt", sa.LargeBinary, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("processed_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("tracking_id", name="pk_tracking_alias"),
        sa.ForeignKeyConstraint(
            ["original_tracking_id"], ["inbox.tracking_id"], name="fk_tracking_alias_original_tracking_id"
        ),
    )
    op.create_index("ix_tracking_alias_original_tracking_id", "tracking_alias", ["original_tracking_id"])
    op.create_table(
        "received_message",
        sa.Column("tracking_id", sa.Text),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tracking_id", name="pk_received_message"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.Text),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("schema", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("headers", Json, nullable=False),
        sa.Column("not_before", UtcDateTime, nullable=False),
        sa.Column("leased_until", UtcDateTime),
        sa.Column("lease_owner", sa.Text),
        sa.Column("sent_at", UtcDateTime),
        sa.PrimaryKeyConstraint("message_id", name="pk_outbox"),
    )
    _partial_index("ix_outbox_unsent", "outbox", ["not_before", "message_id"], "sent_at IS NULL")
    _partial_index("ix_outbox_sent", "outbox", ["sent_at"], "sent_at IS NOT NULL")


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("agency", sa.Text),
        sa.Column("sequence", sa.BigInteger, autoincrement=False),
        sa.Column("notice_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("tracking_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("title_az", sa.Text, nullable=False),
        sa.Column("title_en", sa.Text, nullable=False),
        sa.Column("text_az", sa.Text, nullable=False),
        sa.Column("text_en", sa.Text, nullable=False),
        sa.Column("acknowledged_at", UtcDateTime),
        sa.PrimaryKeyConstraint("agency", "sequence", name="pk_notice"),
        sa.UniqueConstraint("notice_id", name="uq_notice_notice_id"),
    )
    _partial_index("ix_notice_unacknowledged", "notice", ["agency", "sequence"], "acknowledged_at IS NULL")
    op.create_table(
        "notice_counter",
        sa.Column("agency", sa.Text),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("agency", name="pk_notice_counter"),
    )


def _partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)
