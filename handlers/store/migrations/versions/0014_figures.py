"""How long a case spent in each stage, and an index with all that statistics count.

Cases of earlier releases have made no step beyond their receipt: they have spent no time in any stage yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision: str | None = "0013"

_STAGES = ("waiting", "check", "review", "correction", "entering", "informing", "whole")


def upgrade() -> None:
    """Add the columns, empty, and the index."""
    for stage in _STAGES:
        op.add_column("register_case", sa.Column(f"seconds_{stage}", sa.Integer))
    op.create_index(
        "ix_register_case_figures",
        "register_case",
        [
            "received_at",
            "register",
            "applicant",
            "type",
            "state",
            "late",
            "due_date",
            "decision",
            "decision_ground",
            *(f"seconds_{stage}" for stage in _STAGES),
        ],
    )
