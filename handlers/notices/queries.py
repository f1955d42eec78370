"""Pulling notices."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers.notices.model import NoticePage
from handlers.store import notices

MAX_PAGE = 500
"""Most notices (a number) that one answer carries."""


def pull_notices(connection: Connection, agency: str, *, after: int, limit: int) -> NoticePage:
    """The agency's notices after number `after`, oldest first, at most `limit` of them (1 to `MAX_PAGE`)."""
    wanted = min(max(limit, 1), MAX_PAGE)
    found = notices.list_after(connection, agency, after, wanted + 1)
    return NoticePage(
        notices=tuple(found[:wanted]),
        last_sequence=notices.last_sequence(connection, agency),
        more=len(found) > wanted,
    )
