"""The operator's own terms and calendar, as they stand in a TOML file (setting `terms`).

[[term]]
code = "COMPLETENESS"           # which term; the names of TermCode
length = 10
unit = "WORKING_DAYS"           # CALENDAR_DAYS, MONTHS, WORKING_DAYS; left out: as before
first_day = "NEXT_DAY"          # NEXT_DAY, SAME_DAY; left out: as before
warn_percent = 80               # 1 to 100; left out: as before
remind_every = 10               # days; left out: as before
source = "Order 12 of 5 January 2027"
valid_from = 2027-02-01         # terms that begin from this day on
valid_to = 2027-12-31           # left out: until further notice
az = "…"                        # name; left out: as before
en = "…"

[calendar]
days_off = [2027-03-19]         # also a feast on another day than was estimated
working_days = [2027-03-13]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from handlers.rules.calendar import FIRST_YEAR, LAST_YEAR, WorkingCalendar, corrected
from handlers.rules.clocks import SHIPPED, FirstDay, Term, TermCode, Terms, Unit
from handlers.rules.effective import ALWAYS, Classifier

_LONGEST: Final = {Unit.CALENDAR_DAYS: 3660, Unit.WORKING_DAYS: 2500, Unit.MONTHS: 120}
"""Ten years: whatever is longer is a slip of the pen."""
_REQUIRED: Final = ("code", "length", "source", "valid_from")
_KNOWN: Final = frozenset({*_REQUIRED, "unit", "first_day", "warn_percent", "remind_every", "valid_to", "az", "en"})
_DAYS: Final = ("days_off", "working_days")
_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")


class TermsError(ValueError):
    """The file cannot be used; the text, in both languages, says where and what it takes."""

    def __init__(self, text_en: str, text_az: str) -> None:
        super().__init__(text_en)
        self.text_az = text_az


def terms_of(table: Mapping[str, Any]) -> Terms:
    """The terms that a file (as `tomllib` reads it) lays over those that ship. Raises `TermsError`."""
    _refuse_unknown("", table, frozenset({"term", "calendar"}))
    calendar, rows = table.get("calendar", {}), table.get("term", [])
    if not isinstance(calendar, dict):
        raise TermsError("calendar must be a table: [calendar]", "calendar cədvəl olmalıdır: [calendar]")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TermsError("terms must be tables: [[term]]", "müddətlər cədvəl olmalıdır: [[term]]")
    try:
        own = Classifier("terms", [_row(f"[[term]] {n}: ", row) for n, row in enumerate(rows, start=1)])
    except TermsError:
        raise
    except ValueError as error:
        raise TermsError(
            f"{error}; end the earlier one with valid_to",
            "eyni müddətin (code) sətirlərinin qüvvədə olma günləri üst-üstə düşür; əvvəlkini valid_to ilə bitirin",
        ) from error
    return Terms(own=own, calendar=_calendar(calendar))


def _calendar(table: Mapping[str, Any]) -> WorkingCalendar:
    _refuse_unknown("[calendar]: ", table, frozenset(_DAYS))
    days = {name: _days(name, table.get(name, [])) for name in _DAYS}
    both = days["days_off"] & days["working_days"]
    if both:
        listed = ", ".join(f"{day:%Y-%m-%d}" for day in sorted(both))
        raise TermsError(
            f"[calendar]: {listed}: both off and worked; name it once",
            f"[calendar]: {listed} həm istirahət, həm iş günü kimi göstərilib; yalnız birini saxlayın",
        )
    return corrected(days["days_off"], days["working_days"])


def _days(name: str, value: Any) -> frozenset[date]:
    if not isinstance(value, list) or not all(_is_day(day) for day in value):
        raise TermsError(
            f"[calendar]: {name} must be a list of days such as [2027-03-19], years {FIRST_YEAR} to {LAST_YEAR}",
            f"[calendar]: {name} günlərin siyahısı olmalıdır, məsələn [2027-03-19], illər {FIRST_YEAR}-{LAST_YEAR}",
        )
    return frozenset(value)


def _row(where: str, row: Mapping[str, Any]) -> Term:
    _refuse_unknown(where, row, _KNOWN)
    for name in _REQUIRED:
        if name not in row:
            raise TermsError(f"{where}{name} is missing", f"{where}{name} göstərilməyib")
    read = _Row(where, row)
    code = read.choice("code", TermCode, TermCode.SUBMISSION)
    before = next(each for each in SHIPPED if each.code == code)
    unit = read.choice("unit", Unit, before.unit)
    term = Term(
        code=code,
        length=read.number("length", _LONGEST[unit], None) or before.length,
        unit=unit,
        first_day=read.choice("first_day", FirstDay, before.first_day),
        warn_percent=read.number("warn_percent", 100, before.warn_percent) or before.warn_percent,
        remind_every=read.number("remind_every", 3660, before.remind_every),
        source=read.text("source", ""),
        az=read.text("az", before.az),
        en=read.text("en", before.en),
        valid_from=read.day("valid_from"),
        valid_to=read.day("valid_to") if "valid_to" in row else None,
    )
    if term.valid_to is not None and term.valid_to < term.valid_from:
        raise TermsError(f"{where}valid_to is before valid_from", f"{where}valid_to valid_from-dan əvvəldir")
    return term


class _Row:
    """Values of one row, or what stands otherwise; each raises `TermsError` when it will not do."""

    def __init__(self, where: str, row: Mapping[str, Any]) -> None:
        self._where = where
        self._row = row

    def choice(self, name: str, kind: type[_E], otherwise: _E) -> _E:
        there_are = ", ".join(kind)
        return self._value(
            name,
            otherwise,
            lambda value: isinstance(value, str) and value in set(kind),
            f"must be one of {there_are}",
            f"bunlardan biri olmalıdır: {there_are}",
            kind,
        )

    def number(self, name: str, largest: int, otherwise: int | None) -> int | None:
        return self._value(
            name,
            otherwise,
            lambda value: type(value) is int and 1 <= value <= largest,
            f"must be a whole number from 1 to {largest}",
            f"1 ilə {largest} arasında tam ədəd olmalıdır",
            int,
        )

    def text(self, name: str, otherwise: str) -> str:
        return self._value(
            name,
            otherwise,
            lambda value: isinstance(value, str) and bool(value.strip()),
            "must be a text in quotes, not empty",
            "dırnaq içində boş olmayan mətn olmalıdır",
            str,
        )

    def day(self, name: str) -> date:
        return self._value(
            name,
            ALWAYS,
            _is_day,
            f"must be a day such as 2027-02-01, not in quotes, years {FIRST_YEAR} to {LAST_YEAR}",
            f"dırnaqsız yazılmış gün olmalıdır, məsələn 2027-02-01, illər {FIRST_YEAR}-{LAST_YEAR}",
            lambda value: value,
        )

    def _value(
        self,
        name: str,
        otherwise: _T,
        is_so: Callable[[Any], bool],
        wanted: str,
        wanted_az: str,
        made: Callable[[Any], _T],
    ) -> _T:
        if name not in self._row:
            return otherwise
        value = self._row[name]
        if not is_so(value):
            raise TermsError(f"{self._where}{name} {wanted}", f"{self._where}{name} {wanted_az}")
        return made(value)


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime) and FIRST_YEAR <= value.year <= LAST_YEAR


def _refuse_unknown(where: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        names, there_are = ", ".join(unknown), ", ".join(sorted(known))
        raise TermsError(
            f"{where}{names}: not known here; there are: {there_are}",
            f"{where}{names}: belə ad yoxdur; olanlar: {there_are}",
        )
