"""The working days of Azerbaijan, and counting in days, months and working days.

Which days are public holidays, which are moved off a weekend and which Saturdays were worked instead of a bridge day
is known by the `holidays` library (Labour Code, articles 105 and 106; the Cabinet's yearly decisions). What it cannot
know, because it was decided after the library was made, the operator adds by name (`handlers.rules.terms_file`).
Days are civil days of Baku.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

FIRST_YEAR: Final = 1991
LAST_YEAR: Final = 2099
"""Years whose holidays the library can tell, each together with its neighbours."""

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_ESTIMATED: Final = "təxmini"
"""How the library marks a feast whose day follows from the moon and is not decided yet."""
_MONTHS: Final = 12


class CalendarError(ValueError):
    """Working days of a year were asked for that the calendar does not know; the text says so in both languages."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working days of {year} are not known; they are for {FIRST_YEAR} to {LAST_YEAR}")
        self.text_az = f"{year}-ci il üçün iş günləri məlum deyil; təqvim {FIRST_YEAR}-{LAST_YEAR} illərini əhatə edir"


@dataclass(frozen=True, slots=True)
class _Year:
    """What is special about a year: other Saturdays and Sundays are free, other days are worked."""

    days_off: frozenset[date]
    working_weekends: frozenset[date]
    estimated: frozenset[date]


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 1)
def _year(year: int) -> _Year:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError(year)
    from holidays.countries.azerbaijan import AZ  # noqa: PLC0415 - loading it takes 60 ms, and most commands count no days

    # A decision about January can make a Saturday of the December before a working day, and a holiday at the end of
    # December may be moved into January: a year is known together with its neighbours.
    known = AZ(years=range(year - 1, year + 2), expand=False, language="az")
    days = frozenset(day for day in known if day.year == year)
    return _Year(
        days_off=days,
        working_weekends=frozenset(day for day in known.weekend_workdays if day.year == year),
        estimated=frozenset(day for day in days if _ESTIMATED in known[day]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """The calendar of the library, corrected by days that the operator names."""

    days_off: frozenset[date] = frozenset()
    """Further days off: holidays by decree, bridge days."""
    working_days: frozenset[date] = frozenset()
    """Further working days: a Saturday that is worked instead, or a feast that fell on another day than estimated."""

    def is_working_day(self, day: date) -> bool:
        """Whether `day` is worked. Raises `CalendarError` for a year that is not known."""
        if day in self.days_off:
            return False
        if day in self.working_days:
            return True
        year = _year(day.year)
        if day.weekday() >= _SATURDAY:
            return day in year.working_weekends
        return day not in year.days_off

    def after(self, start: date, days: int) -> date:
        """The working day that is number `days` (1 or more) after `start`, which itself is not counted."""
        day = start
        for _ in range(days):
            day += _DAY
            while not self.is_working_day(day):
                day += _DAY
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days there are after `start` and up to `end`, which is counted; 0 when `end` is earlier."""
        return sum(self.is_working_day(start + _DAY * n) for n in range(1, (end - start).days + 1))

    def estimated(self, year: int) -> tuple[date, ...]:
        """Days off of `year` that the library only estimates, and that the operator did not name: to be checked."""
        return tuple(sorted(_year(year).estimated - self.days_off - self.working_days))


CALENDAR: Final = WorkingCalendar()
"""The calendar as the library knows it."""


def corrected(days_off: Iterable[date], working_days: Iterable[date]) -> WorkingCalendar:
    """The library's calendar with these corrections; a day must not be in both."""
    return WorkingCalendar(days_off=frozenset(days_off), working_days=frozenset(working_days))


def months_after(start: date, months: int) -> date:
    """The day of the same number so many months later; where that month is too short, its last day."""
    index = start.year * _MONTHS + start.month - 1 + months
    year, month = index // _MONTHS, index % _MONTHS + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
