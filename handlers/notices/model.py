"""Notices: what owners and providers are told, numbered per agency so that a gap can be seen."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from handlers.record import Record


class NoticeKind(StrEnum):
    """The event a notice tells of."""

    CASE_RECEIVED = "CASE_RECEIVED"
    COMMAND_REFUSED = "COMMAND_REFUSED"
    BATCH_APPLIED = "BATCH_APPLIED"
    CERTIFICATE_EXPIRES = "CERTIFICATE_EXPIRES"
    CASE_TAKEN = "CASE_TAKEN"
    CASE_HANDED_OVER = "CASE_HANDED_OVER"
    CASE_COMPLETE = "CASE_COMPLETE"
    CASE_RETURNED = "CASE_RETURNED"
    CASE_RESUBMITTED = "CASE_RESUBMITTED"
    CASE_DECIDED = "CASE_DECIDED"
    CASE_ENTERED = "CASE_ENTERED"
    ENTRY_RECEIVED = "ENTRY_RECEIVED"
    CASE_OWNER_INFORMED = "CASE_OWNER_INFORMED"
    CASE_ARCHIVED = "CASE_ARCHIVED"
    CASE_WITHDRAWN = "CASE_WITHDRAWN"
    DESTRUCTION_PROOF_FILED = "DESTRUCTION_PROOF_FILED"
    CLOCK_WARNING = "CLOCK_WARNING"
    CLOCK_BREACHED = "CLOCK_BREACHED"
    DESTRUCTION_REMINDER = "DESTRUCTION_REMINDER"
    AUTHORITY_ENDED = "AUTHORITY_ENDED"


class Notice(Record, frozen=True, kw_only=True):
    """One notice. `sequence` grows by one per agency: a receiver that sees a gap pulls again."""

    sequence: int
    notice_id: str
    """UUID of the event; the same on every re-delivery."""
    kind: NoticeKind
    created_at: datetime
    tracking_id: str
    """Of the command that led to it; where none did, an id that leads to no command."""
    subject: str
    """Number of the case, entry or batch that the notice is about; code of the system, or FIN of the person."""
    title_az: str
    title_en: str
    text_az: str
    text_en: str
    acknowledged_at: datetime | None = None
    asked_az: str | None = None
    """What the agency is asked to do; None: nothing. The text says it too."""
    asked_en: str | None = None
    due_on: date | None = None
    """The last day for what is asked; None: it has none."""
    case_number: str | None = None
    """Of the case that it is about; None: it is about none."""
    entry_number: str | None = None
    """Of the entry that it is about; None: it is about none, or none yet."""
    link: str | None = None
    """Where the case is, as this installation names it."""


class NoticePage(Record, frozen=True, kw_only=True):
    """Notices after a sequence number, oldest first."""

    notices: tuple[Notice, ...]
    last_sequence: int
    """Highest sequence number the agency has at all; 0: none yet."""
    more: bool
    """True when there are notices beyond this page."""
