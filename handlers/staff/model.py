"""Notices to the operator's staff: to one person by name, or to everybody in a role."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from handlers.cases.model import Role
from handlers.record import Record


class StaffNoticeKind(StrEnum):
    """What a notice tells of."""

    CLOCK_WARNING = "CLOCK_WARNING"
    CLOCK_BREACHED = "CLOCK_BREACHED"
    DESTRUCTION_OVERDUE = "DESTRUCTION_OVERDUE"
    """No proof of destruction yet, said again."""


class StaffNotice(Record, frozen=True, kw_only=True):
    """A notice to a person or to a role; exactly one of the two is given."""

    id: str
    """UUIDv7."""
    person: str | None = None
    """Name of a member of staff, as cases name their clerk."""
    role: Role | None = None
    """REGISTRAR or SUPERVISOR: everybody who is one, and one of them seeing it is enough."""
    kind: StaffNoticeKind
    case_number: str | None = None
    text_az: str
    text_en: str
    at: datetime
    seen_at: datetime | None = None
    seen_by: str | None = None

    def __post_init__(self) -> None:
        """Refuse (`ValueError`) a notice to nobody, to both, or to a role that staff do not have."""
        if (self.person is None) is (self.role is None) or self.role not in {None, *STAFF_ROLES}:
            raise ValueError("a staff notice goes either to a person or to a role of staff")


STAFF_ROLES = (Role.REGISTRAR, Role.SUPERVISOR)
"""Roles that staff can have."""
