"""What a notice asks for and leads to; how notices are delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import Json, UtcDateTime

revision = "0008"
down_revision: str | None = "0007"


def upgrade() -> None:
    """Add the columns, which processes of the version before leave empty, and make the tables of delivery."""
    for column in (
        sa.Column("asked_az", sa.Text),
        sa.Column("asked_en", sa.Text),
        sa.Column("due_on", sa.Date),
        sa.Column("case_number", sa.Text),
        sa.Column("entry_number", sa.Text),
        sa.Column("link", sa.Text),
    ):
        op.add_column("notice", column)
    op.create_table(
        "delivery_setting",
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("addresses", Json, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("unwanted_kinds", Json, nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
        sa.Column("set_by", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("tracking_id", sa.Text),
        sa.PrimaryKeyConstraint("agency", "version", name="pk_delivery_setting"),
    )
    op.create_table(
        "delivery_position",
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("settled", sa.BigInteger, nullable=False),
        sa.Column("leased_until", UtcDateTime),
        sa.Column("lease_owner", sa.Text),
        sa.PrimaryKeyConstraint("agency", name="pk_delivery_position"),
        sa.ForeignKeyConstraint(
            ["agency", "version"],
            ["delivery_setting.agency", "delivery_setting.version"],
            name="fk_delivery_position_agency_version_delivery_setting",
        ),
    )
    _make_ledger()


def _make_ledger() -> None:
    op.create_table(
        "notice_delivery",
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", UtcDateTime),
        sa.Column("delivered_at", UtcDateTime),
        sa.Column("error", sa.Text),
        sa.Column("error_at", UtcDateTime),
        sa.PrimaryKeyConstraint("agency", "sequence", name="pk_notice_delivery"),
        sa.ForeignKeyConstraint(
            ["agency", "sequence"],
            ["notice.agency", "notice.sequence"],
            name="fk_notice_delivery_agency_sequence_notice",
        ),
        sa.CheckConstraint(
            "state IN ('WAITING', 'DELIVERED', 'PASSED_OVER', 'GIVEN_UP')", name="ck_notice_delivery_state"
        ),
    )
    for name, columns, which in (
        ("ix_notice_delivery_error", ["agency", "error_at"], "error_at IS NOT NULL"),
        ("ix_notice_delivery_delivered", ["agency", "sequence"], "state = 'DELIVERED'"),
    ):
        where = sa.text(which)
        op.create_index(name, "notice_delivery", columns, postgresql_where=where, sqlite_where=where)
