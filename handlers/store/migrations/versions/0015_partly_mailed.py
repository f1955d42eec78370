"""Which addresses a notice still has to be mailed to, where others took it already.

A process of an earlier release running beside this one knows neither column and leaves them as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import Json

revision = "0015"
down_revision: str | None = "0014"


def upgrade() -> None:
    """Add both columns, empty."""
    op.add_column("notice_delivery", sa.Column("settled_addresses", Json, nullable=False, server_default="[]"))
    op.add_column("notice_delivery", sa.Column("is_incomplete", sa.Boolean, nullable=False, server_default=sa.false()))
