"""Which fields of a registered card only its owner sees, and whoever has a right of its own to them [ours].

No source names them one by one; they are what would help an intruder (means and protection, where the database
stands) or names a private person. The acts change, so it is a table with a first and a last day: see
`handlers.rules.effective`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from handlers.registration.model import Register
from handlers.rules.effective import Classifier, ClassifierRow

WITHHELD: Final = "[məhdudlaşdırılıb / restricted]"
"""Stands where the contract demands a text and the public view has none to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedField(ClassifierRow):
    """A field that the public view leaves out. `code` is the register and the path, so that each may change alone."""

    register: Register
    path: str
    """From the root of an entry, without places in lists: `/resourceCard/contacts/phone`."""


def _rows(register: Register, card: str, *fields: tuple[str, str, str]) -> list[RestrictedField]:
    return [
        RestrictedField(code=f"{register}:/{card}/{path}", register=register, path=f"/{card}/{path}", az=az, en=en)
        for path, az, en in fields
    ]


_OF_BOTH: Final = (
    ("contacts/phone", "Əlaqələndirici şəxsin telefonu", "Telephone number of a contact"),
    ("contacts/email", "Əlaqələndirici şəxsin e-poçtu", "E-mail address of a contact"),
    ("protection", "Mühafizə vasitələri və auditin nəticələri", "Means of protection and results of audits"),
)

RESTRICTED_FIELDS: Final = Classifier(
    "restricted-fields",
    [
        *_rows(
            Register.INFORMATION_RESOURCES,
            "resourceCard",
            *_OF_BOTH,
            ("software", "Proqram vasitələri", "Software means"),
            ("hardware", "Texniki vasitələr", "Hardware means"),
        ),
        *_rows(
            Register.PERSONAL_DATA_SYSTEMS,
            "personalDataSystemCard",
            *_OF_BOTH,
            ("databasePlace", "Məlumat bazasının yeri", "Place of the database"),
            ("licenceNumber", "Lisenziyanın nömrəsi", "Number of the licence"),
            ("responsiblePerson", "Məsul şəxs", "The person responsible for the processing"),
        ),
    ],
)
"""Every field that is or was restricted."""


def restricted_paths(register: Register, day: date) -> tuple[str, ...]:
    """Paths of the fields that are restricted on `day`, in the order of the table."""
    return tuple(row.path for row in RESTRICTED_FIELDS if row.register is register and row.holds_on(day))
