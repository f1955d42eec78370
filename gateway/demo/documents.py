"""The invalid documents that the round trip reports, and the five that it asks about. All are invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from handlers.documents.mrz import check_digit

Tree = dict[str, Any]

LISTED_PASSPORT: Final = "C10000001"

OUTCOMES: Final = ("LISTED", "LISTED", "LISTED", "DUPLICATE", "REFUSED")
"""What becomes of each reported document in a register that has none of them yet."""
OUTCOMES_AGAIN: Final = ("DUPLICATE", "DUPLICATE", "DUPLICATE", "DUPLICATE", "REFUSED")
"""The same when they were reported before."""

ANSWERS: Final = {
    "listed": "INVALID",
    "not-listed": "NOT_LISTED",
    "expired": "EXPIRED",
    "bad-mrz": "SUSPECT",
    "malformed": "INVALID_REQUEST",
}
"""Status of each document asked about, by the mark it bears."""


def reported() -> list[Tree]:
    """Five documents: lost, stolen, holder deceased, the first one again, and one of a type that MIA does not issue."""
    lost = _report("PASSPORT", LISTED_PASSPORT, "LOST", date(2026, 2, 3))
    return [
        lost,
        _report("IDENTITY_CARD", "10000002", "STOLEN", date(2026, 3, 14), series="AZE"),
        _report("IDENTITY_CARD", "1000003", "HOLDER_DECEASED", date(2026, 4, 1), series="AA", fin="5TESTX9"),
        dict(lost),
        _report("MILITARY_CARD", "10000005", "LOST", date(2026, 5, 20)),
    ]


def asked(today: date) -> list[Tree]:
    """Five documents: one listed, one not, one expired, one whose zone has a wrong check digit, one malformed."""
    return [
        {"reference": "listed", "documentType": "PASSPORT", "country": "AZE", "number": "c 1000-0001"},
        {"reference": "not-listed", "documentType": "PASSPORT", "country": "AZE", "number": "C20000002"},
        {
            "reference": "expired",
            "documentType": "PASSPORT",
            "country": "AZE",
            "number": "C30000003",
            "expiresOn": (today - timedelta(days=30)).isoformat(),
        },
        {"reference": "bad-mrz", "mrz": _zone_with_wrong_digit(today)},
        {"reference": "malformed", "documentType": "PASSPORT", "country": "Azerbaijan", "number": "C50000005"},
    ]


def _report(document_type: str, number: str, reason: str, since: date, **more: str) -> Tree:
    return {
        "documentType": document_type,
        "country": "AZE",
        "number": number,
        "kind": "PERSONALISED",
        "reason": reason,
        "effectiveFrom": since.isoformat(),
        **more,
    }


def _zone_with_wrong_digit(today: date) -> str:
    """A passport's zone (ICAO 9303, TD3) that is right but for the check digit of the number."""
    number, optional = "C40000004", "<" * 14
    birth, expiry = "900101", f"{today.year % 100 + 4:02d}0101"
    wrong = str((int(check_digit(number)) + 1) % 10)
    numbered = number + wrong
    dated = birth + check_digit(birth), expiry + check_digit(expiry)
    rest = optional + check_digit(optional)
    composite = check_digit(numbered + dated[0] + dated[1] + rest)
    names = "P<AZENUMUNAYEV<<ELCHIN".ljust(44, "<")
    return f"{names}\n{numbered}AZE{dated[0]}M{dated[1]}{rest}{composite}"
