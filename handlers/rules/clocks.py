"""The terms the acts lay down (domain §2, clocks) as effective-dated rows, and counting by them.

A term runs by the row that is in force on the day it begins: a later act does not change what is under way. The
operator may lay rows of its own over those that ship (`handlers.rules.terms_file`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Final

from handlers.rules.calendar import CALENDAR, WorkingCalendar, months_after
from handlers.rules.effective import Classifier, ClassifierRow

BAKU = timezone(timedelta(hours=4), "Asia/Baku")
"""Civil time of Azerbaijan. A fixed offset: summer time was abolished in 2016, before anything here was received."""

_DAY: Final = timedelta(days=1)


def civil_day(moment: datetime) -> date:
    """The day it is in Baku at `moment` (aware)."""
    return moment.astimezone(BAKU).date()


def moments_of(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """From when and before when it is `first` to `last` in Baku, both days included; None: without bound."""
    after = None if last is None else last + timedelta(days=1)
    start, end = (None if day is None else datetime.combine(day, time(), BAKU) for day in (first, after))
    return start, end


class Unit(StrEnum):
    """What a term is counted in."""

    CALENDAR_DAYS = "CALENDAR_DAYS"
    MONTHS = "MONTHS"
    """Ends on the day of the same number, or on the last day of a month that is too short."""
    WORKING_DAYS = "WORKING_DAYS"


class FirstDay(StrEnum):
    """Which day is the first of a term."""

    NEXT_DAY = "NEXT_DAY"
    """The day after the event: the usual way."""
    SAME_DAY = "SAME_DAY"
    """The day of the event itself."""


class TermCode(StrEnum):
    """Names of the terms."""

    SUBMISSION = "SUBMISSION"
    COMPLETENESS = "COMPLETENESS"
    CORRECTION = "CORRECTION"
    DECISION_PERSONAL_DATA = "DECISION_PERSONAL_DATA"
    DECISION_RESOURCE = "DECISION_RESOURCE"
    DESTRUCTION = "DESTRUCTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term(ClassifierRow):
    """A length of time within which something must be done. `az` and `en` name it."""

    length: int
    """A number of `unit`, 1 or more."""
    unit: Unit
    first_day: FirstDay = FirstDay.NEXT_DAY
    warn_percent: int = 80
    """A warning is given on the day on which so much of the term has passed."""
    remind_every: int | None = None
    """Calendar days between reminders after the term has passed; None: no reminders."""
    source: str
    source_az: str | None = None
    """The source in Azerbaijani; None: as in `source`."""

    def due_on(self, start: date, calendar: WorkingCalendar = CALENDAR) -> date:
        """The last day that is still in time, for a term that began on `start`."""
        return self._day(start, self.length, calendar)

    def warn_on(self, start: date, calendar: WorkingCalendar = CALENDAR) -> date:
        """The first day on which `warn_percent` of the term is used up with that day; never after `due_on`."""
        if self.unit is Unit.MONTHS:
            days = (self.due_on(start) - self._before(start)).days
            return self._before(start) + _DAY * self._share(days)
        return self._day(start, self._share(self.length), calendar)

    def moved(self, day: date, stopped: date, resumed: date, calendar: WorkingCalendar = CALENDAR) -> date:
        """`day` of the term, put off by the time it stood still: after `stopped`, up to and including `resumed`.

        Counted in working days for a term in working days, in calendar days for the others.
        """
        if self.unit is Unit.WORKING_DAYS:
            return calendar.after(day, calendar.between(stopped, resumed))
        return day + max(resumed - stopped, timedelta())

    def days_left(self, day: date, due: date, calendar: WorkingCalendar = CALENDAR) -> int:
        """Days after `day` up to and including `due`, working days for a term in those; negative: overdue by so many.

        A term in months is told in calendar days.
        """
        if self.unit is not Unit.WORKING_DAYS:
            return (due - day).days
        return calendar.between(day, due) if day <= due else -calendar.between(due, day)

    def _share(self, days: int) -> int:
        return max(1, -(-days * self.warn_percent // 100))

    def _before(self, start: date) -> date:
        """The day before the first one."""
        return start if self.first_day is FirstDay.NEXT_DAY else start - _DAY

    def _day(self, start: date, number: int, calendar: WorkingCalendar) -> date:
        before = self._before(start)
        if self.unit is Unit.WORKING_DAYS:
            return calendar.after(before, number)
        if self.unit is Unit.CALENDAR_DAYS:
            return before + _DAY * number
        # Taken from the day itself: a month that begins with 1 March ends with the 31st.
        return months_after(start, number) - (start - before)


SHIPPED: Final = Classifier(
    "terms",
    (
        Term(
            code=TermCode.SUBMISSION,
            length=20,
            unit=Unit.CALENDAR_DAYS,
            az="Hadisədən sonra müraciətin təqdim edilməsi",
            en="Submission of the application after the event",
            source="Decisions 89/2010 and 149/2010",
            source_az="89/2010 və 149/2010 nömrəli qərarlar",
        ),
        Term(
            code=TermCode.COMPLETENESS,
            length=7,
            unit=Unit.WORKING_DAYS,
            az="Sənədlərin tamlığının yoxlanılması",
            en="Check for completeness",
            source="State Services Law (2025), by analogy",
            source_az="Dövlət xidmətləri haqqında Qanun (2025), analogiya üzrə",
        ),
        Term(
            code=TermCode.CORRECTION,
            length=7,
            unit=Unit.WORKING_DAYS,
            az="Müraciətin düzəldilib yenidən təqdim olunması",
            en="Correction of the returned application",
            source="State Services Law (2025), by analogy",
            source_az="Dövlət xidmətləri haqqında Qanun (2025), analogiya üzrə",
        ),
        Term(
            code=TermCode.DECISION_PERSONAL_DATA,
            length=1,
            unit=Unit.MONTHS,
            az="Fərdi məlumatların informasiya sistemi barədə qərar",
            en="Decision on a personal-data information system",
            source="Decision 149/2010",
            source_az="149/2010 nömrəli qərar",
        ),
        Term(
            code=TermCode.DECISION_RESOURCE,
            length=20,
            unit=Unit.WORKING_DAYS,
            az="İnformasiya ehtiyatı barədə qərar",
            en="Decision on an information resource",
            source="Practice of a comparable register (RIHA)",
            source_az="Oxşar reyestrin (RIHA) təcrübəsi",
        ),
        Term(
            code=TermCode.DESTRUCTION,
            length=30,
            unit=Unit.CALENDAR_DAYS,
            remind_every=10,
            az="Məlumatların məhv edildiyini təsdiq edən sənədin təqdim edilməsi",
            en="Proof that the data were destroyed",
            source="The operator's decision",
            source_az="Operatorun qərarı",
        ),
    ),
)
"""The terms as they ship. A new act is a further row, the old one ending the day before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms and the calendar that are in use: what ships, and the operator's own laid over it."""

    own: Classifier[Term] = field(default_factory=lambda: Classifier("own-terms", ()))
    calendar: WorkingCalendar = CALENDAR

    def term(self, code: TermCode, day: date) -> Term:
        """The row by which a term that begins on `day` runs."""
        found = self.own.find(code, day) or SHIPPED.find(code, day)
        assert found is not None, "every term that ships has a row for every day"
        return found

    def rows(self) -> Iterator[tuple[Term, bool]]:
        """Every row, the operator's own first, and whether it is one of those."""
        for row in self.own:
            yield row, True
        for row in SHIPPED:
            yield row, False

    def due_date(self, code: TermCode, start: date) -> date:
        """The last day that is still in time for a term that began on `start`."""
        return self.term(code, start).due_on(start, self.calendar)


TERMS: Final = Terms()
"""The terms as they ship."""


def due_date(code: TermCode, start: date, terms: Terms = TERMS) -> date:
    """The last day that is still in time; the day of the event itself is not counted."""
    return terms.due_date(code, start)


def is_late(code: TermCode, start: date, done: date, terms: Terms = TERMS) -> bool:
    """Whether `done` lies after the term that began on `start`. Late is recorded and shown, never rejected."""
    return done > terms.due_date(code, start)


def days_late(due: date, done: date) -> int:
    """Calendar days by which `done` lies after the due day; 0 when it was in time."""
    return max(0, (done - due).days)
