"""Questions about notices to staff."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from handlers.cases.model import Role
from handlers.staff.model import StaffNotice
from handlers.store import staff_notices


def staff_notices_of(
    connection: Connection,
    person: str,
    roles: Collection[Role] = (),
    *,
    unseen_only: bool = True,
    before: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[StaffNotice]:
    """Notices to `person` or to one of `roles`, the newest first. `before`: `at` and `id` of the last one had."""
    return staff_notices.listed(connection, person, roles, unseen_only=unseen_only, before=before, limit=limit)
