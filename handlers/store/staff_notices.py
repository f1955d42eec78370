"""Where notices to the operator's staff are kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from handlers.staff.model import StaffNotice
from handlers.store.rows import columns_of, record_of
from handlers.store.tables_clocks import staff_notice

_n = staff_notice.c


def add(connection: Connection, notice: StaffNotice) -> None:
    """Keep a notice."""
    connection.execute(insert(staff_notice).values(columns_of(notice)))


def listed(
    connection: Connection,
    person: str,
    roles: Collection[str],
    *,
    unseen_only: bool,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[StaffNotice]:
    """Up to `limit` notices to `person` or to one of `roles`, the newest first, those older than `before`."""
    query = select(staff_notice).where(or_(_n.person == person, _n.role.in_(list(roles))))
    if unseen_only:
        query = query.where(_n.seen_at.is_(None))
    if before is not None:
        at, identity = before
        query = query.where(or_(_n.at < at, (_n.at == at) & (_n.id < identity)))
    rows = connection.execute(query.order_by(_n.at.desc(), _n.id.desc()).limit(limit))
    return [record_of(StaffNotice, row) for row in rows.mappings()]


def mark_seen(connection: Connection, ids: Collection[str], person: str, roles: Collection[str], now: datetime) -> int:
    """Mark those of `ids` as seen that are to `person` or to one of `roles` and not seen yet; how many there were."""
    done = connection.execute(
        update(staff_notice)
        .where(
            _n.id.in_(list(ids)),
            or_(_n.person == person, _n.role.in_(list(roles))),
            _n.seen_at.is_(None),
        )
        .values(seen_at=now, seen_by=person)
    )
    return done.rowcount
