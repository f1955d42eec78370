"""What entries are searched by, and what a search tells of each."""

from __future__ import annotations

from datetime import date, datetime

from handlers.record import Record
from handlers.registration.model import EntryStatus, Register, SpecialCategory


class EntryCriteria(Record, frozen=True, kw_only=True):
    """What an entry must all be, as the register says now; None: anything will do."""

    register: Register | None = None
    owner: str | None = None
    status: EntryStatus | None = None
    text: str | None = None
    """Words that must all stand in short name, name, purpose, topics, data objects or categories, in any order."""
    data_category: str | None = None
    """One of the categories of data; of a resource, one of its topics or data objects."""
    subject_category: str | None = None
    special_category: SpecialCategory | None = None
    recorded_from: date | None = None
    """The present version was recorded on this day in Baku or later."""
    recorded_to: date | None = None
    valid_since_from: date | None = None
    """The present version became true on this day in Baku or later."""
    valid_since_to: date | None = None


class EntrySummary(Record, frozen=True, kw_only=True):
    """An entry in a list: nothing of it is restricted."""

    number: str
    register: Register
    version: int
    status: EntryStatus
    owner: str
    short_name: str
    name: str
    late: bool | None = None
    """Whether the application that led to the version came late; None: no application led to it."""
    valid_from: datetime
    recorded_at: datetime


class EntryPage(Record, frozen=True, kw_only=True):
    """A page of entries, by register and number."""

    entries: tuple[EntrySummary, ...] = ()
    next_cursor: str | None = None
    """None: there are no more."""
