"""What cases are listed by, and what a list tells of each."""

from __future__ import annotations

from datetime import date, datetime

from handlers.cases.model import CaseState, CaseType, DecisionOutcome
from handlers.record import Record
from handlers.registration.model import Register


class CaseFilter(Record, frozen=True, kw_only=True):
    """What a case must all be; None and empty: anything will do."""

    states: tuple[CaseState, ...] = ()
    """Any one of them."""
    type: CaseType | None = None
    register: Register | None = None
    entry_number: str | None = None
    received_from: date | None = None
    """Received on this day in Baku or later."""
    received_to: date | None = None
    open_only: bool | None = None
    """True: only cases on which something is still to be done. None and False are the same."""
    late_only: bool | None = None
    """True: only cases whose application came after the term."""


class CaseCriteria(CaseFilter, frozen=True, kw_only=True):
    """What is listed, and for whom: applicants see their own cases, the operator's staff all of them."""

    applicant: str | None = None
    clerk: str | None = None
    """Name of the registrar in whose hands they are."""
    unassigned: bool = False
    """Only cases in nobody's hands."""
    oldest_first: bool = False
    """By the time of receipt, from the oldest on: who waits longest is first. Otherwise the newest are first."""


class CaseSummary(Record, frozen=True, kw_only=True):
    """A case in a list."""

    number: str
    tracking_id: str
    type: CaseType
    register: Register
    state: CaseState
    applicant: str
    subject: str
    received_at: datetime
    event_date: date
    due_date: date
    late: bool
    entry_number: str | None = None
    decision: DecisionOutcome | None = None


class InboxCase(CaseSummary, frozen=True, kw_only=True):
    """A case in a list of the operator's staff."""

    clerk: str | None = None
    """Name of the registrar in whose hands it is."""
    decided_at: datetime | None = None


class CasePage(Record, frozen=True, kw_only=True):
    """A page of cases, by the time of receipt."""

    cases: tuple[CaseSummary, ...] = ()
    next_cursor: str | None = None
    """None: there are no more."""


class InboxPage(Record, frozen=True, kw_only=True):
    """A page of the operator's inbox, by the time of receipt."""

    cases: tuple[InboxCase, ...] = ()
    next_cursor: str | None = None
    """None: there are no more."""
