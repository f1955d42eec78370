"""The forms that identifiers of parties must have (domain §1), as one table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


class EnrolmentError(ValueError):
    """A party cannot be enrolled as given; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a value must look, and how to tell a person."""

    pattern: re.Pattern[str]
    words: str


LONGEST_CODE = 40
"""Characters of an agency's code and of a document type's at the most: what the contract's types carry, so that a
longer one could be enrolled and never be told to anybody."""

FORMS: dict[str, Form] = {
    "agency code": Form(
        re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_CODE - 1}}}"),
        f"1 to {LONGEST_CODE} letters, digits, dots, hyphens or underscores",
    ),
    "system code": Form(
        re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), "1 to 64 letters, digits, dots, hyphens or underscores"
    ),
    "tax id": Form(re.compile(r"[0-9]{10}"), "10 digits"),
    "e-mail address": Form(re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "name@domain"),
    "FIN": Form(re.compile(r"[A-HJ-NP-Z0-9]{7}"), "7 digits or capital letters without I and O"),
    "identity card": Form(re.compile(r"AZE[0-9]{8}|AA[0-9]{7}"), "AZE and 8 digits, or AA and 7 digits"),
    "certificate fingerprint": Form(
        re.compile(r"[0-9a-f]{64}"), "SHA-256 of the certificate: 64 hexadecimal digits, lower case"
    ),
    "certificate serial number": Form(re.compile(r"[0-9]{1,64}"), "decimal digits"),
    "operation": Form(re.compile(r"[a-z]+\.[A-Z][A-Za-z]+"), "service.Operation, for example documents.CheckDocuments"),
    "login": Form(re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{2,63}"), "3 to 64 letters, digits, dots, hyphens, _ or @"),
    "password hash": Form(re.compile(r"\$argon2id\$\S+"), "an Argon2id hash in PHC form, never a password"),
    "document type": Form(
        re.compile(rf"[A-Z][A-Z0-9_]{{0,{LONGEST_CODE - 1}}}"), "a code of the classifier, for example PASSPORT"
    ),
}


def check(name: str, value: str) -> None:
    """Raise `EnrolmentError` unless `value` has the form called `name`."""
    form = FORMS[name]
    if form.pattern.fullmatch(value) is None:
        shown = "this value" if name == "password hash" else repr(value)
        raise EnrolmentError(f"{name}: {shown} will not do; give {form.words}")


def check_each(name: str, values: Iterable[str]) -> None:
    """`check` each of `values`."""
    for value in values:
        check(name, value)


def require(name: str, value: str) -> None:
    """Raise `EnrolmentError` when a text for people is empty."""
    if not value.strip():
        raise EnrolmentError(f"{name}: is empty; give it")
