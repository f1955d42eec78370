"""How cases and entries are numbered (domain §2, numbers)."""

from __future__ import annotations

import re

from handlers.registration.model import Register

PREFIXES = {Register.INFORMATION_RESOURCES: "IR", Register.PERSONAL_DATA_SYSTEMS: "PD"}
REGISTER_OF_PREFIX = {prefix: register for register, prefix in PREFIXES.items()}

_ENTRY_NUMBER = re.compile(r"(IR|PD)-[0-9]{6,}")
_INCOMING_NUMBER = re.compile(r"[0-9]{4}/(IR|PD)-[0-9]{6,}")
_ANY_NUMBER = re.compile(r"(?:[0-9]{4}/)?(IR|PD)-(?:E-)?[0-9]{6,}")


def incoming_series(register: Register, year: int) -> str:
    """The series incoming numbers of `register` are drawn from in `year`."""
    return f"case:{year}/{PREFIXES[register]}"


def incoming_number(register: Register, year: int, value: int) -> str:
    """For example `2026/IR-000123`."""
    return f"{year}/{PREFIXES[register]}-{value:06d}"


def entry_series(register: Register) -> str:
    """The series registration numbers of `register` are drawn from."""
    return f"entry:{PREFIXES[register]}"


def entry_number(register: Register, value: int) -> str:
    """For example `IR-000001`."""
    return f"{PREFIXES[register]}-{value:06d}"


def is_entry_number(number: str) -> bool:
    """Whether `number` has the form of a registration number."""
    return bool(_ENTRY_NUMBER.fullmatch(number))


def is_incoming_number(number: str) -> bool:
    """Whether `number` has the form of the incoming number of a case."""
    return bool(_INCOMING_NUMBER.fullmatch(number))


def register_of_number(number: str) -> Register | None:
    """The register that a registration, incoming or extract number is of; None: it has the form of none of them."""
    found = _ANY_NUMBER.fullmatch(number)
    return None if found is None else REGISTER_OF_PREFIX[found[1]]


def version_series(number: str) -> str:
    """The series the versions of an entry are counted in; drawing from it locks the entry."""
    return f"version:{number}"


def extract_series(register: Register, year: int) -> str:
    """The series the numbers of extracts from `register` are drawn from in `year`."""
    return f"extract:{year}/{PREFIXES[register]}"


def extract_number(register: Register, year: int, value: int) -> str:
    """For example `2026/IR-E-000045`."""
    return f"{year}/{PREFIXES[register]}-E-{value:06d}"


_SPAN = 10**12
"""Room for the numbers of one register in the common order of entries."""


def entry_place(number: str) -> int:
    """Where the entry stands in the one order of all entries: by register, then by its number in it. Never changes."""
    found = _ENTRY_NUMBER.fullmatch(number)
    if found is None:
        raise ValueError(f"{number} is no registration number")
    return places_of(REGISTER_OF_PREFIX[found[1]]).start + int(number.partition("-")[2])


def places_of(register: Register | None) -> range:
    """The places that entries of `register` can have; None: of both."""
    if register is None:
        return range(len(PREFIXES) * _SPAN)
    start = list(PREFIXES).index(register) * _SPAN
    return range(start, start + _SPAN)
