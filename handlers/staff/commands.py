"""Telling staff something, and noting that they saw it."""

from __future__ import annotations

from collections.abc import Collection

from uuid_utils.compat import uuid7

from handlers.cases.model import Role
from handlers.staff.model import StaffNotice, StaffNoticeKind
from handlers.store import staff_notices
from handlers.work import Work


def tell_staff(
    work: Work,
    kind: StaffNoticeKind,
    *,
    text_az: str,
    text_en: str,
    case_number: str | None = None,
    person: str | None = None,
    role: Role | None = None,
) -> StaffNotice:
    """Write a notice to `person` or to `role`. Raises `ValueError` unless exactly one of them is given."""
    notice = StaffNotice(
        id=str(uuid7()),
        person=person,
        role=role,
        kind=kind,
        case_number=case_number,
        text_az=text_az,
        text_en=text_en,
        at=work.now,
    )
    staff_notices.add(work.connection, notice)
    return notice


def mark_seen(work: Work, ids: Collection[str], person: str, roles: Collection[Role] = ()) -> int:
    """Note that `person`, who has `roles`, saw the notices `ids`; how many of them were not seen before.

    Notices to others, and ids that nobody has, are passed over.
    """
    return staff_notices.mark_seen(work.connection, ids, person, roles, work.now)
