"""What is kept of a signed file beside its bytes: digest, level of the signature, time of its time stamp."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from handlers.store.columns import UtcDateTime

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    """Add the columns; cases from before have none of it, though the digest can always be computed."""
    op.add_column("register_case", sa.Column("signed_file_digest", sa.Text))
    op.add_column("register_case", sa.Column("signature_level", sa.Text))
    op.add_column("register_case", sa.Column("stamped_at", UtcDateTime))
