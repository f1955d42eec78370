"""The terms the acts lay down (domain §2, clocks), as a table, and the calendar they are counted in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

BAKU = timezone(timedelta(hours=4), "Asia/Baku")
"""Civil time of Azerbaijan. A fixed offset: summer time was abolished in 2016, before anything here was received."""


def civil_day(moment: datetime) -> date:
    """The day it is in Baku at `moment` (aware)."""
    return moment.astimezone(BAKU).date()


class Unit(StrEnum):
    """What a term is counted in."""

    CALENDAR_DAYS = "CALENDAR_DAYS"


class TermCode(StrEnum):
    """Names of the terms."""

    SUBMISSION = "SUBMISSION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A length of time within which something must be done, and what follows when it is not."""

    code: TermCode
    length: int
    unit: Unit
    az: str
    en: str
    source: str


TERMS = {
    term.code: term
    for term in (
        Term(
            code=TermCode.SUBMISSION,
            length=20,
            unit=Unit.CALENDAR_DAYS,
            az="Hadisə günündən 20 təqvim günü ərzində müraciət edilməlidir",
            en="The application is due within 20 calendar days of the event",
            source="Decisions 89/2010 and 149/2010",
        ),
    )
}
"""Every term in use. Another one is another row; another unit is another branch of `due_date`."""


def due_date(code: TermCode, start: date) -> date:
    """The last day that is still in time; the day of the event itself is not counted."""
    term = TERMS[code]
    return start + timedelta(days=term.length)


def is_late(code: TermCode, start: date, done: date) -> bool:
    """Whether `done` lies after the term that began on `start`. Late is recorded and shown, never rejected."""
    return done > due_date(code, start)
