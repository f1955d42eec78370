"""The clerical work on cases: who has one in hand, what is proposed and decided, what was confirmed later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import Json, UtcDateTime

revision = "0007"
down_revision: str | None = "0006"

_EVENTS = {1: "DRAWN_UP", 2: "CONFIRMED", 3: "RECEIVED"}
"""Until now a case had these three steps and no others."""


def upgrade() -> None:
    """Add what the steps after receipt need; the steps there are get the names of their events."""
    for column in (
        sa.Column("submission", sa.Integer, nullable=False, server_default="1"),
        sa.Column("findings_step", sa.Integer, nullable=False, server_default="3"),
        sa.Column("clerk", sa.Text),
        sa.Column("proposal", Json),
        sa.Column("decision", sa.Text),
        sa.Column("decision_ground", sa.Text),
        sa.Column("decision_reason", sa.Text),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("seconded_by", sa.Text),
        sa.Column("entered_version", sa.Integer),
        sa.Column("destruction_proven_on", sa.Date),
    ):
        op.add_column("register_case", column)
    op.create_index("ix_register_case_state", "register_case", ["state", "received_at"])
    op.create_index("ix_register_case_clerk", "register_case", ["clerk", "state"])
    op.add_column("case_step", sa.Column("event", sa.Text))
    op.add_column("case_step", sa.Column("changes", Json, nullable=False, server_default="[]"))
    step = sa.table("case_step", sa.column("sequence"), sa.column("event"))
    for sequence, event in _EVENTS.items():
        op.execute(step.update().where(step.c.sequence == sequence).values(event=event))
    op.add_column("case_finding", sa.Column("step", sa.Integer, nullable=False, server_default="3"))
    op.add_column("case_difference", sa.Column("step", sa.Integer, nullable=False, server_default="3"))
    op.create_table(
        "case_statement",
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("step", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("tracking_id", sa.Text, nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("representative", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("confirmed_at", UtcDateTime, nullable=False),
        sa.Column("certificate_fingerprint", sa.Text),
        sa.Column("signed_file", sa.LargeBinary),
        sa.Column("signed_file_digest", sa.Text),
        sa.Column("signature_level", sa.Text),
        sa.Column("stamped_at", UtcDateTime),
        sa.PrimaryKeyConstraint("case_number", "step", name="pk_case_statement"),
        sa.ForeignKeyConstraint(
            ["case_number"], ["register_case.number"], name="fk_case_statement_case_number_register_case"
        ),
        sa.UniqueConstraint("tracking_id", name="uq_case_statement_tracking_id"),
    )
