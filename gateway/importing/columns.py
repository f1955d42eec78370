"""What the header of a CSV file means: each column a field of the contract.

`oldNumber`, `registeredOn`, `entryStatus` and `note` are of the older register; all others are of the card. A list of
texts is one column with `|` between them, or numbered columns (`topics[1]`); what has parts is numbered columns
(`legalActs[1].title`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from gateway.contract.model import ComplexType, Field, SimpleType
from gateway.importing.entries import entry_type
from gateway.importing.errors import ImportFileError
from handlers.registration.model import Register

CARD_FIELDS: Final = {
    Register.INFORMATION_RESOURCES: "resourceCard",
    Register.PERSONAL_DATA_SYSTEMS: "personalDataSystemCard",
}
_FIELDS: Final = {field.name: field for field in entry_type().fields}
OF_THE_ENTRY: Final = tuple(field for field in _FIELDS.values() if isinstance(field.type, SimpleType))
"""What the older register says beside the card."""
_COLUMN: Final = re.compile(r"([A-Za-z]+)(?:\[([1-9][0-9]{0,2})\])?(?:\.([A-Za-z]+))?")
_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field it fills, its place in a list (from 1), and the part of the field."""

    name: str
    field: Field
    type: SimpleType
    of_card: bool
    place: int | None = None
    part: str | None = None

    @property
    def splits(self) -> bool:
        """Whether a cell holds a whole list."""
        return self.field.repeated and self.place is None


def card_type(register: Register) -> ComplexType:
    """The declared type of the card of `register`."""
    declared = _FIELDS[CARD_FIELDS[register]].type
    assert isinstance(declared, ComplexType)
    return declared


def columns_of(header: Sequence[str], register: Register) -> list[Column]:
    """What each name of `header` stands for; raises `ImportFileError` that names all that is wrong with it."""
    names = [name.strip() for name in header]
    found = [_column(name, register) for name in names]
    _refuse_unknown([name for name, column in zip(names, found, strict=True) if column is None], register)
    columns = [column for column in found if column is not None]
    _refuse_repeated(columns)
    _refuse_missing(columns, register)
    return columns


def register_of(header: Sequence[str]) -> Register:
    """The register whose card `header` names most fields of; raises `ImportFileError` when it is not one only."""
    known = {register: sum(_column(name.strip(), register) is not None for name in header) for register in CARD_FIELDS}
    best = max(known.values())
    registers = [register for register, count in known.items() if count == best]
    if len(registers) > 1:
        raise ImportFileError(
            "The header does not tell of which register the file is: give --register, and see --template.",
            "Başlıq faylın hansı reyestrə aid olduğunu göstərmir: --register verin və --template ilə nümunəyə baxın.",
        )
    return registers[0]


def _column(name: str, register: Register) -> Column | None:
    match = _COLUMN.fullmatch(name)
    if match is None:
        return None
    base, place, part = match[1], int(match[2]) if match[2] else None, match[3]
    of_entry = {field.name: field for field in OF_THE_ENTRY}
    field = of_entry.get(base) or next((each for each in card_type(register).fields if each.name == base), None)
    if field is None or (place is not None and not field.repeated) or (place or 0) > (field.most or 0):
        return None
    if isinstance(field.type, SimpleType):
        return None if part else Column(name, field, field.type, base not in of_entry, place)
    leaf = next((each for each in field.type.fields if each.name == part), None)
    if place is None or leaf is None:
        return None
    assert isinstance(leaf.type, SimpleType), "cards are two levels deep"
    return Column(name, field, leaf.type, of_card=True, place=place, part=part)


def all_names(register: Register, places: int = 1) -> Iterator[str]:
    """Every column that a file of `register` may have, with `places` places of what has parts."""
    yield from (field.name for field in OF_THE_ENTRY)
    for field in card_type(register).fields:
        if isinstance(field.type, SimpleType):
            yield field.name
        else:
            for place in range(1, places + 1):
                yield from (f"{field.name}[{place}].{part.name}" for part in field.type.fields)


def required_names(register: Register) -> list[str]:
    """The columns that a file of `register` must have; of what has parts, those of the first place."""
    names = []
    for field in card_type(register).fields:
        if field.least and isinstance(field.type, SimpleType):
            names.append(field.name)
        elif field.least and isinstance(field.type, ComplexType):
            names += [f"{field.name}[1].{part.name}" for part in field.type.fields if part.least]
    return names


def _refuse_unknown(unknown: Sequence[str], register: Register) -> None:
    if not unknown:
        return
    known = list(all_names(register))
    told_en, told_az = [], []
    for name in unknown[:_MOST_NAMED]:
        close = get_close_matches(re.sub(r"\[\d+\]", "[1]", name), known, 1)
        told_en.append(f"{name[:64]!r}" + (f" (did you mean {close[0]}?)" if close else ""))
        told_az.append(f"{name[:64]!r}" + (f" (bəlkə {close[0]}?)" if close else ""))
    raise ImportFileError(
        f"{len(unknown)} columns are unknown in {register}: {', '.join(told_en)}. Rename them or take them out; "
        "--template shows all that there are.",
        f"{register} üçün {len(unknown)} sütun tanınmır: {', '.join(told_az)}. Adlarını düzəldin və ya çıxarın; "
        "--template bütün sütunları göstərir.",
    )


def _refuse_repeated(columns: Sequence[Column]) -> None:
    names = [column.name for column in columns]
    whole = {column.field.name for column in columns if column.splits}
    numbered = {column.field.name for column in columns if column.place is not None}
    twice = sorted({name for name in names if names.count(name) > 1} | (whole & numbered))
    if twice:
        raise ImportFileError(
            f"Columns that are given twice: {', '.join(twice)}. A list has one column, or numbered ones.",
            f"İki dəfə verilmiş sütunlar: {', '.join(twice)}. Siyahı ya bir, ya da nömrələnmiş sütunlarda verilir.",
        )


def _refuse_missing(columns: Sequence[Column], register: Register) -> None:
    given = {column.name for column in columns} | {f"{c.field.name}" for c in columns if c.field.repeated}
    missing = [name for name in required_names(register) if name not in given and not _elsewhere(name, columns)]
    if missing:
        raise ImportFileError(
            f"Columns that {register} must have are missing: {', '.join(missing)}.",
            f"{register} üçün məcburi sütunlar yoxdur: {', '.join(missing)}.",
        )


def _elsewhere(name: str, columns: Sequence[Column]) -> bool:
    """Whether a part of the first place is given for another place."""
    base, dot, part = name.partition("[1].")
    return bool(dot) and any(column.field.name == base and column.part == part for column in columns)
