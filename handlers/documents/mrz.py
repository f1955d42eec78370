"""Machine-readable zones of documents: TD1, TD2 and TD3 with all their check digits (ICAO 9303 parts 3 to 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_WEIGHTS = (7, 3, 1)
_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
_ALPHABET = re.compile(r"[0-9A-Z<]*")


class MrzError(ValueError):
    """The text is no machine-readable zone of a document: wrong length, or a character that cannot stand in one."""


class MrzFormat(StrEnum):
    """Sizes of documents: three lines of 30, two of 36, two of 44 characters."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mrz:
    """What a machine-readable zone says. Texts come without fillers; dates as they stand (YYMMDD)."""

    format: MrzFormat
    document_code: str
    issuer: str
    number: str
    nationality: str
    birth: str
    sex: str
    expiry: str
    optional: tuple[str, ...]
    surname: str
    names: str
    failed: tuple[str, ...]
    """Check digits that do not hold: `number`, `birth`, `expiry`, `optional`, `composite`."""

    def birth_date(self, today: date) -> date | None:
        """Day of birth: the latest such day not after `today`. None when a part is unknown or there is no such day."""
        return _date(self.birth, latest_year=today.year, not_after=today)

    def expiry_date(self, today: date) -> date | None:
        """Last day of validity, at most fifty years from `today`. None when there is no such day."""
        return _date(self.expiry, latest_year=today.year + 50)

    @property
    def impossible_dates(self) -> tuple[str, ...]:
        """`birth` or `expiry`, where the digits name no day at all. An unknown part of a birth date (`<`) is lawful."""
        birth = () if "<" in self.birth or _is_day(self.birth) else ("birth",)
        return birth + (() if _is_day(self.expiry) else ("expiry",))


def check_digit(text: str) -> str:
    """The check digit of `text`: weights 7, 3, 1 repeated, modulo 10 (part 3, section 4.9)."""
    total = sum(_VALUES[character] * _WEIGHTS[place % 3] for place, character in enumerate(text))
    return str(total % 10)


def parse_mrz(text: str) -> Mrz:
    """Read a zone whose lines are separated by white space or run together. Raises `MrzError`.

    A check digit that does not hold is no error: it is reported in `Mrz.failed`.
    """
    zone = "".join(text.split()).upper()
    if not _ALPHABET.fullmatch(zone):
        raise MrzError("a machine-readable zone is made of the letters A to Z, digits and < only")
    read = {90: _td1, 72: _td2, 88: _td3}.get(len(zone))
    if read is None:
        raise MrzError(f"a machine-readable zone has 90, 72 or 88 characters, not {len(zone)}")
    if zone[0] == "V":
        raise MrzError("a visa is not a document of this register")
    return read(zone)


def _td1(zone: str) -> Mrz:
    first, second, third = zone[:30], zone[30:60], zone[60:]
    number, digit, optional = _long_number(first[5:14], first[14], first[15:])
    composite = first[5:] + second[:7] + second[8:15] + second[18:29]
    return Mrz(
        format=MrzFormat.TD1,
        document_code=_text(first[:2]),
        issuer=_text(first[2:5]),
        number=_text(number),
        nationality=_text(second[15:18]),
        birth=second[:6],
        sex=_text(second[7]),
        expiry=second[8:14],
        optional=(_text(optional), _text(second[18:29])),
        **_names(third),
        failed=_failed(
            number=(number, digit),
            birth=(second[:6], second[6]),
            expiry=(second[8:14], second[14]),
            composite=(composite, second[29]),
        ),
    )


def _td2(zone: str) -> Mrz:
    first, second = zone[:36], zone[36:]
    number, digit, optional = _long_number(second[:9], second[9], second[28:35])
    return Mrz(
        format=MrzFormat.TD2,
        **_two_lines(first, second),
        number=_text(number),
        optional=(_text(optional),),
        failed=_failed(
            number=(number, digit),
            birth=(second[13:19], second[19]),
            expiry=(second[21:27], second[27]),
            composite=(second[:10] + second[13:20] + second[21:35], second[35]),
        ),
    )


def _td3(zone: str) -> Mrz:
    first, second = zone[:44], zone[44:]
    return Mrz(
        format=MrzFormat.TD3,
        **_two_lines(first, second),
        number=_text(second[:9]),
        optional=(_text(second[28:42]),),
        failed=_failed(
            number=(second[:9], second[9]),
            birth=(second[13:19], second[19]),
            expiry=(second[21:27], second[27]),
            optional=(second[28:42], second[42]),
            composite=(second[:10] + second[13:20] + second[21:43], second[43]),
        ),
    )


def _two_lines(first: str, second: str) -> dict[str, str]:
    """What stands at the same place in TD2 and TD3."""
    return {
        "document_code": _text(first[:2]),
        "issuer": _text(first[2:5]),
        "nationality": _text(second[10:13]),
        "birth": second[13:19],
        "sex": _text(second[20]),
        "expiry": second[21:27],
        **_names(first[5:]),
    }


def _long_number(number: str, digit: str, optional: str) -> tuple[str, str, str]:
    """A number of more than nine characters goes on in the optional data, its check digit after it (part 5, note j)."""
    rest, _, left = optional.partition("<")
    if digit != "<" or "<" in number or len(rest) < 2:  # noqa: PLR2004 - one character and the digit
        return number, digit, optional
    return number + rest[:-1], rest[-1], left


def _failed(**digits: tuple[str, str]) -> tuple[str, ...]:
    return tuple(name for name, (text, digit) in digits.items() if not _holds(text, digit))


def _holds(text: str, digit: str) -> bool:
    """Whether `digit` is that of `text`; beside an empty field a filler stands for 0."""
    return check_digit(text) == ("0" if digit == "<" and not _text(text) else digit)


def _names(field: str) -> dict[str, str]:
    surname, _, names = field.partition("<<")
    return {"surname": _text(surname), "names": _text(names)}


def _text(field: str) -> str:
    return field.strip("<").replace("<", " ")


def _is_day(digits: str) -> bool:
    return _date(digits, latest_year=2099) is not None


def _date(digits: str, *, latest_year: int, not_after: date | None = None) -> date | None:
    """The day that YYMMDD means, in the latest year possible."""
    if not digits.isdecimal():
        return None
    year = latest_year - (latest_year - int(digits[:2])) % 100
    for candidate in (year, year - 100):
        try:
            day = date(candidate, int(digits[2:4]), int(digits[4:6]))
        except ValueError:
            continue
        if not_after is None or day <= not_after:
            return day
    return None
