"""Notices, numbered per agency without a gap."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, exists, insert, select, update

from handlers.notices.model import Notice, NoticeKind
from handlers.store.rows import record_of
from handlers.store.tables import notice, notice_counter
from handlers.store.upsert import insert_into


def has_notice(connection: Connection, notice_id: str) -> bool:
    """Whether the notice of this event was written already."""
    return bool(connection.scalar(select(exists().where(notice.c.notice_id == notice_id))))


def next_sequence(connection: Connection, agency: str) -> int:
    """The agency's next number. Its counter stays locked until the transaction ends: no number is ever skipped."""
    counter = insert_into(connection, notice_counter).values(agency=agency, last_sequence=1)
    sequence: int = connection.execute(
        counter.on_conflict_do_update(
            index_elements=[notice_counter.c.agency], set_={"last_sequence": notice_counter.c.last_sequence + 1}
        ).returning(notice_counter.c.last_sequence)
    ).scalar_one()
    return sequence


def add(connection: Connection, agency: str, written: Notice) -> None:
    """Keep a notice."""
    connection.execute(
        insert(notice).values(
            agency=agency,
            sequence=written.sequence,
            notice_id=written.notice_id,
            kind=written.kind,
            created_at=written.created_at,
            tracking_id=written.tracking_id,
            subject=written.subject,
            title_az=written.title_az,
            title_en=written.title_en,
            text_az=written.text_az,
            text_en=written.text_en,
            asked_az=written.asked_az,
            asked_en=written.asked_en,
            due_on=written.due_on,
            case_number=written.case_number,
            entry_number=written.entry_number,
            link=written.link,
        )
    )


def last_sequence(connection: Connection, agency: str) -> int:
    """Highest number the agency has; 0 when it has no notice yet."""
    counter = notice_counter.c
    return connection.scalar(select(counter.last_sequence).where(counter.agency == agency)) or 0


def list_after(connection: Connection, agency: str, after: int, limit: int) -> list[Notice]:
    """Up to `limit` notices whose number is above `after`, in order."""
    rows = connection.execute(
        select(notice)
        .where(notice.c.agency == agency, notice.c.sequence > after)
        .order_by(notice.c.sequence)
        .limit(limit)
    )
    return [record_of(Notice, row) for row in rows.mappings()]


def find(connection: Connection, agency: str, sequence: int) -> Notice | None:
    """The agency's notice of that number."""
    row = connection.execute(select(notice).where(notice.c.agency == agency, notice.c.sequence == sequence)).mappings()
    found = row.one_or_none()
    return None if found is None else record_of(Notice, found)


def unacknowledged_subjects(
    connection: Connection, agency: str, up_to: int, kinds: Collection[NoticeKind]
) -> list[str]:
    """What the notices of `kinds` up to number `up_to` are about that are not acknowledged yet, each once."""
    n = notice.c
    rows = connection.execute(
        select(n.subject)
        .where(n.agency == agency, n.sequence <= up_to, n.acknowledged_at.is_(None), n.kind.in_(list(kinds)))
        .order_by(n.sequence)
    )
    return list(dict.fromkeys(rows.scalars()))


def acknowledge(connection: Connection, agency: str, up_to: int, now: datetime) -> int:
    """Mark every notice up to and including number `up_to` as acknowledged; return how many were not yet."""
    done = connection.execute(
        update(notice)
        .where(notice.c.agency == agency, notice.c.sequence <= up_to, notice.c.acknowledged_at.is_(None))
        .values(acknowledged_at=now)
    )
    return done.rowcount
