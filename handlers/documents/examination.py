"""Checks that need no register: machine-readable zone, form of number and FIN, dates. Each is pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from handlers.documents.keys import look_alikes
from handlers.documents.model import CheckMade, CheckOutcome, DocumentQuestion
from handlers.documents.mrz import Mrz
from handlers.documents.resolution import Asked
from handlers.rules.classifiers import DocumentRules, DocumentType

EXPIRY = "expiry"
"""Name of the one check whose failure is not suspicious."""

_OLDEST = 130
"""Years nobody outlives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the checks know besides the document."""

    day: date
    """The civil day the question is about."""
    rules: DocumentRules


@dataclass(frozen=True, slots=True)
class Examined:
    """A check that was made, and the field of the question at fault when it failed."""

    check: CheckMade
    field: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the document did not pass."""
        return self.check.outcome is CheckOutcome.FAILED


def examine(asked: Asked, circumstances: Circumstances) -> list[Examined]:
    """Every check that what was given allows, in the order of the table."""
    made = (check(asked, circumstances) for check in _CHECKS)
    return [examined for examined in made if examined is not None]


def _mrz(asked: Asked, _circumstances: Circumstances) -> Examined | None:
    """The check digits hold, and the zone names the document that was typed."""
    if asked.mrz is None:
        return None
    if asked.mrz.failed:
        return _failure("mrz", "mrz", "check digits: " + ", ".join(asked.mrz.failed))
    if len(asked.numbers) > 1:
        return _failure("mrz", "mrz", "names another document than country, series and number")
    return _pass("mrz")


def _number_form(asked: Asked, circumstances: Circumstances) -> Examined | None:
    """The number has the form laid down for its type, in Latin letters."""
    field = "number" if asked.question.number is not None else "mrz"
    foreign = ", ".join(filter(None, (look_alikes(number) for _, number in asked.numbers)))
    if foreign:
        return _failure("number-form", field, f"letters that only look Latin: {foreign}")
    patterns = _patterns(asked, circumstances)
    if not patterns:
        return Examined(CheckMade(name="number-form", outcome=CheckOutcome.NOT_MADE, detail="no form is laid down"))
    home = [number for country, number in asked.numbers if country == circumstances.rules.home]
    if all(any(re.fullmatch(pattern, number) for pattern in patterns) for number in home):
        return _pass("number-form")
    return _failure("number-form", field, "not of the form laid down for the type")


def _patterns(asked: Asked, circumstances: Circumstances) -> list[str]:
    """Forms the number may have; empty when none is laid down, or the document is not issued here."""
    rules = circumstances.rules
    if all(country != rules.home for country, _ in asked.numbers):
        return []
    types = _possible_types(asked, circumstances)
    patterns = [row.number_pattern for row in types if row.number_pattern is not None]
    return patterns if len(patterns) == len(types) else []


def _possible_types(asked: Asked, circumstances: Circumstances) -> list[DocumentType]:
    types = circumstances.rules.types
    if asked.document_type is not None:
        row = types.find(asked.document_type, circumstances.day)
        return [row] if row is not None else []
    assert asked.mrz is not None, "a document without a type comes with a zone"
    code = asked.mrz.document_code
    return [row for row in types if code in row.mrz_codes and row.holds_on(circumstances.day)]


def _fin_form(asked: Asked, circumstances: Circumstances) -> Examined | None:
    """The FIN has seven characters of its alphabet."""
    fin = asked.question.fin
    if fin is None:
        return None
    if re.fullmatch(circumstances.rules.fin_pattern, fin.strip().upper()):
        return _pass("fin-form")
    return _failure("fin-form", "fin", "not of the form of a FIN")


def _dates(asked: Asked, circumstances: Circumstances) -> Examined | None:
    """The dates are possible and in the order in which they must have come."""
    question, mrz, day = asked.question, asked.mrz, circumstances.day
    if mrz is not None and mrz.impossible_dates:
        return _failure("dates", "mrz", "no such day: " + ", ".join(mrz.impossible_dates))
    if mrz is None and not any((question.birth_date, question.issued_on, question.expires_on)):
        return None
    for field, detail in _disorder(question, mrz, day):
        return _failure("dates", field, detail)
    return _pass("dates")


def _disorder(question: DocumentQuestion, mrz: Mrz | None, day: date) -> list[tuple[str, str]]:
    birth, issued, expires = question.birth_date, question.issued_on, question.expires_on
    mrz_birth = mrz.birth_date(day) if mrz else None
    mrz_expires = mrz.expiry_date(day) if mrz else None
    statements: tuple[tuple[bool, str, str], ...] = (
        (_after(birth, day), "birthDate", "in the future"),
        (birth is not None and day.year - birth.year > _OLDEST, "birthDate", "too long ago"),
        (_after(issued, day), "issuedOn", "in the future"),
        (_after(birth, issued), "issuedOn", "before the birth"),
        (_after(issued, expires), "expiresOn", "before the issue"),
        (_after(issued, mrz_expires), "issuedOn", "after the expiry in the zone"),
        (_differ(birth, mrz_birth), "birthDate", "differs from the zone"),
        (_differ(expires, mrz_expires), "expiresOn", "differs from the zone"),
    )
    return [(field, detail) for wrong, field, detail in statements if wrong]


def _expiry(asked: Asked, circumstances: Circumstances) -> Examined | None:
    """The last day of validity has not passed."""
    expires = asked.question.expires_on
    if expires is None and asked.mrz is not None:
        expires = asked.mrz.expiry_date(circumstances.day)
    if expires is None:
        return None
    if expires < circumstances.day:
        return _failure(EXPIRY, "expiresOn", f"expired on {expires.isoformat()}")
    return _pass(EXPIRY)


_CHECKS: tuple[Callable[[Asked, Circumstances], Examined | None], ...] = (
    _mrz,
    _number_form,
    _fin_form,
    _dates,
    _expiry,
)


def _after(first: date | None, second: date | None) -> bool:
    return first is not None and second is not None and first > second


def _differ(first: date | None, second: date | None) -> bool:
    return first is not None and second is not None and first != second


def _pass(name: str) -> Examined:
    return Examined(CheckMade(name=name, outcome=CheckOutcome.PASSED))


def _failure(name: str, field: str, detail: str) -> Examined:
    return Examined(CheckMade(name=name, outcome=CheckOutcome.FAILED, detail=detail), field)
