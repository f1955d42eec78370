"""Cases: the clerical work on an application, step by step (domain §2, Cases)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from handlers.record import Record
from handlers.registration.model import ConfirmationMethod, Defect, Register


class CaseType(StrEnum):
    """What a case is about."""

    REGISTRATION = "REGISTRATION"
    CHANGE = "CHANGE"
    CANCELLATION = "CANCELLATION"


class CaseState(StrEnum):
    """State of a case; the transitions this release makes are in `handlers.cases.transitions`."""

    DRAFT = "DRAFT"
    CONFIRMED = "CONFIRMED"
    RECEIVED = "RECEIVED"


class CaseStep(Record, frozen=True, kw_only=True):
    """One transition of a case: one row of its history."""

    sequence: int
    """1 for the first step of the case."""
    at: datetime
    actor: str
    """Who made the step: `representative:<FIN>`, `agency:<code>` or `operator`."""
    from_state: CaseState | None = None
    to_state: CaseState
    reason: str | None = None


class Case(Record, frozen=True, kw_only=True):
    """A case as its owner sees it."""

    number: str
    """Incoming number, for example `2026/IR-000123`: gap-free per register and year."""
    tracking_id: str
    type: CaseType
    register: Register
    state: CaseState
    applicant: str
    representative: str
    confirmation: ConfirmationMethod
    subject: str
    """Short name of the resource or system the case is about."""
    received_at: datetime
    event_date: date
    due_date: date
    """Last day on which the application would have been in time (event date + 20 calendar days)."""
    late: bool
    entry_number: str | None = None
    against_version: int | None = None
    defects: tuple[Defect, ...] = ()
    steps: tuple[CaseStep, ...] = ()
