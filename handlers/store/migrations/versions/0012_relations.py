"""The relations that cards declare, in a table of their own, so that they are found from the other end too.

Processes of the version before enter nothing into the registers, so what they leave behind needs no catching up.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import Json

revision = "0012"
down_revision: str | None = "0011"

_ROW = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table, and take in what the cards there are declare."""
    op.create_table(
        "entry_relation",
        sa.Column("row", _ROW, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("other", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("row", "position", name="pk_entry_relation"),
        sa.ForeignKeyConstraint(["row"], ["entry_version.row"], name="fk_entry_relation_row_entry_version"),
    )
    op.create_index("ix_entry_relation_other", "entry_relation", ["other"])
    connection = op.get_bind()
    version = sa.table("entry_version", sa.column("row"), sa.column("number"), sa.column("card", Json))
    relation = sa.table("entry_relation", *(sa.column(name) for name in ("row", "position", "number", "kind", "other")))
    declared = [
        {
            "row": entry.row,
            "position": position,
            "number": entry.number,
            "kind": each["kind"],
            "other": each["entryNumber"],
        }
        for entry in connection.execute(sa.select(version.c.row, version.c.number, version.c.card))
        for position, each in enumerate(entry.card.get("relations", ()), start=1)
    ]
    if declared:
        connection.execute(sa.insert(relation), declared)
