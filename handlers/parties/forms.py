"""The forms that identifiers of parties must have (domain §1), as one table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


class EnrolmentError(ValueError):
    """A party cannot be enrolled as given; the text, in English and in Azerbaijani, says what to change."""

    def __init__(self, text_en: str, text_az: str) -> None:
        super().__init__(text_en)
        self.text_az = text_az


@dataclass(frozen=True, slots=True)
class Form:
    """How a value must look, and how to tell a person."""

    pattern: re.Pattern[str]
    words: str
    name_az: str
    words_az: str


LONGEST_CODE = 40
"""Characters of an agency's code and of a document type's at the most: what the contract's types carry, so that a
longer one could be enrolled and never be told to anybody."""

FORMS: dict[str, Form] = {
    "agency code": Form(
        re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_CODE - 1}}}"),
        f"1 to {LONGEST_CODE} letters, digits, dots, hyphens or underscores",
        "qurumun kodu",
        f"1-{LONGEST_CODE} hərf, rəqəm, nöqtə, defis və ya alt xətt",
    ),
    "system code": Form(
        re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
        "1 to 64 letters, digits, dots, hyphens or underscores",
        "sistemin kodu",
        "1-64 hərf, rəqəm, nöqtə, defis və ya alt xətt",
    ),
    "mandate code": Form(
        re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"),
        "1 to 64 letters, digits, dots, hyphens or underscores",
        "səlahiyyətnamənin kodu",
        "1-64 hərf, rəqəm, nöqtə, defis və ya alt xətt",
    ),
    "tax id": Form(
        re.compile(r"[0-9]{10}"),
        "10 digits",
        "VÖEN",
        "10 rəqəm",
    ),
    "e-mail address": Form(
        re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
        "name@domain",
        "e-poçt ünvanı",
        "ad@domen",
    ),
    "FIN": Form(
        re.compile(r"[A-HJ-NP-Z0-9]{7}"),
        "7 digits or capital letters without I and O",
        "FİN",
        "7 rəqəm və ya böyük hərf, I və O istisna",
    ),
    "identity card": Form(
        re.compile(r"AZE[0-9]{8}|AA[0-9]{7}"),
        "AZE and 8 digits, or AA and 7 digits",
        "şəxsiyyət vəsiqəsi",
        "AZE və 8 rəqəm və ya AA və 7 rəqəm",
    ),
    "certificate fingerprint": Form(
        re.compile(r"[0-9a-f]{64}"),
        "SHA-256 of the certificate: 64 hexadecimal digits, lower case",
        "sertifikatın barmaq izi",
        "sertifikatın SHA-256 həşi: 64 onaltılıq rəqəm, kiçik hərflərlə",
    ),
    "certificate serial number": Form(
        re.compile(r"[0-9]{1,64}"),
        "decimal digits",
        "sertifikatın seriya nömrəsi",
        "onluq rəqəmlər",
    ),
    "operation": Form(
        re.compile(r"[a-z]+\.[A-Z][A-Za-z]+"),
        "service.Operation, for example documents.CheckDocuments",
        "əməliyyat",
        "xidmət.Əməliyyat, məsələn documents.CheckDocuments",
    ),
    "login": Form(
        re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{2,63}"),
        "3 to 64 letters, digits, dots, hyphens, _ or @",
        "login",
        "3-64 hərf, rəqəm, nöqtə, defis, _ və ya @",
    ),
    "password hash": Form(
        re.compile(r"\$argon2id\$\S+"),
        "an Argon2id hash in PHC form, never a password",
        "parolun həşi",
        "PHC formasında Argon2id həşi, heç vaxt parolun özü",
    ),
    "document type": Form(
        re.compile(rf"[A-Z][A-Z0-9_]{{0,{LONGEST_CODE - 1}}}"),
        "a code of the classifier, for example PASSPORT",
        "sənəd növü",
        "təsnifatdan kod, məsələn PASSPORT",
    ),
}


def check(name: str, value: str) -> None:
    """Raise `EnrolmentError` unless `value` has the form called `name`."""
    form = FORMS[name]
    if form.pattern.fullmatch(value) is None:
        secret = name == "password hash"
        raise EnrolmentError(
            f"{name}: {'this value' if secret else repr(value)} will not do; give {form.words}",
            f"{form.name_az}: {'bu qiymət' if secret else repr(value)} yaramır; gərəkli: {form.words_az}",
        )


def check_each(name: str, values: Iterable[str]) -> None:
    """`check` each of `values`."""
    for value in values:
        check(name, value)


def require(name: str, name_az: str, value: str) -> None:
    """Raise `EnrolmentError` when a text for people is empty."""
    if not value.strip():
        raise EnrolmentError(f"{name}: is empty; give it", f"{name_az}: boşdur; doldurun")
