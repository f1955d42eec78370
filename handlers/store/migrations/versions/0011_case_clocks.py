"""The clocks of cases, what was told of them, and what staff are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import UtcDateTime

revision = "0011"
down_revision: str | None = "0010"


def upgrade() -> None:
    """Make the tables. Clocks of cases that are there are started by the watch (`start_missing_clocks`)."""
    op.create_table(
        "case_clock",
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("round", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("warn_on", sa.Date, nullable=False),
        sa.Column("stopped_since", sa.Date),
        sa.Column("ended_on", sa.Date),
        sa.Column("warned_at", UtcDateTime),
        sa.Column("breached_at", UtcDateTime),
        sa.Column("reminders", sa.Integer, nullable=False, server_default="0"),
        sa.Column("look_on", sa.Date),
        sa.PrimaryKeyConstraint("case_number", "code", "round", name="pk_case_clock"),
        sa.ForeignKeyConstraint(["case_number"], ["register_case.number"], name="fk_case_clock_case_number"),
    )
    _index("ix_case_clock_look_on", "look_on", "look_on IS NOT NULL")
    _index("ix_case_clock_due_on", "due_on", "ended_on IS NULL AND stopped_since IS NULL")
    op.create_table(
        "case_clock_firing",
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("round", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("sequence", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("case_number", "code", "round", "sequence", name="pk_case_clock_firing"),
        sa.ForeignKeyConstraint(
            ["case_number", "code", "round"],
            ["case_clock.case_number", "case_clock.code", "case_clock.round"],
            name="fk_case_clock_firing_case_number_code_round",
        ),
    )
    op.create_table(
        "staff_notice",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("person", sa.Text),
        sa.Column("role", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("case_number", sa.Text),
        sa.Column("text_az", sa.Text, nullable=False),
        sa.Column("text_en", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime),
        sa.Column("seen_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_staff_notice"),
    )
    op.create_index("ix_staff_notice_person", "staff_notice", ["person", "at"])
    op.create_index("ix_staff_notice_role", "staff_notice", ["role", "at"])


def _index(name: str, day: str, where: str) -> None:
    op.create_index(
        name,
        "case_clock",
        [day, "case_number", "code", "round"],
        postgresql_where=sa.text(where),
        sqlite_where=sa.text(where),
    )
