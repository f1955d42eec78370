"""From an `entry` element to a row: by the schema that is published, in the words that signed files are answered in."""

from __future__ import annotations

from typing import Final

import msgspec
from lxml import etree

from gateway.contract.codec import compile_decoder
from gateway.contract.files import as_defects
from gateway.contract.model import TYPES_NAMESPACE, ComplexType
from gateway.contract.schema import schema_name
from gateway.contract.services import ROOTS
from gateway.contract.validation import ThreadSchema, Validation
from gateway.faults import FieldError
from handlers.imports.model import FileRow, ImportedEntries
from handlers.registration.model import Defect, Register

ROOT: Final = "entries"
ENTRY: Final = f"{{{TYPES_NAMESPACE}}}entry"
ROOT_TAG: Final = f"{{{TYPES_NAMESPACE}}}{ROOT}"

_ENTRIES: Final = ROOTS[ROOT]
_VALIDATION: Final = Validation(ThreadSchema(schema_name(TYPES_NAMESPACE)), _ENTRIES)
_DECODE: Final = compile_decoder(_ENTRIES)
_PREFIXES: Final = (f"/{ROOT}/entry[1]", f"/{ROOT}")

_NAMES: Final = (
    f"{ENTRY}/{{{TYPES_NAMESPACE}}}oldNumber",
    f"{ENTRY}/*/{{{TYPES_NAMESPACE}}}owner",
    f"{ENTRY}/*/{{{TYPES_NAMESPACE}}}shortName",
)
"""Where that stands by which people know an entry."""
_CARDS: Final = {
    f"{ENTRY}/{{{TYPES_NAMESPACE}}}{name}": register
    for name, register in (
        ("resourceCard", Register.INFORMATION_RESOURCES),
        ("personalDataSystemCard", Register.PERSONAL_DATA_SYSTEMS),
    )
}
_LONGEST_NAME: Final = 100


def entry_type() -> ComplexType:
    """The declared type of an entry."""
    declared = _ENTRIES.fields[0].type
    assert isinstance(declared, ComplexType)
    return declared


def row_of(entry: etree._Element, *, position: int, line: int, malformed: tuple[Defect, ...] = ()) -> FileRow:
    """The row that the element `entry` gives; `malformed` is what was found before it was made."""
    document = etree.Element(ROOT_TAG)
    document.append(entry)
    told = {defect.path for defect in malformed}
    breaches = (_within(field) for field in _VALIDATION.breaches(document))
    defects = malformed + as_defects(breach for breach in breaches if breach.path not in told)
    if defects:
        old_number, owner, short_name = (_readable(document, path) for path in _NAMES)
        return FileRow(
            position=position,
            line=line,
            malformed=defects,
            old_number=old_number,
            register=next((register for name, register in _CARDS.items() if document.find(name) is not None), None),
            owner=owner,
            short_name=short_name,
        )
    read = msgspec.convert(_DECODE(document), ImportedEntries)
    return FileRow(position=position, line=line, entry=read.entry[0])


def _readable(document: etree._Element, path: str) -> str | None:
    return (document.findtext(path) or "").strip()[:_LONGEST_NAME] or None


def _within(field: FieldError) -> FieldError:
    """The same with its path counted from the entry."""
    for prefix in _PREFIXES:
        if field.path.startswith(prefix):
            return FieldError(field.path.removeprefix(prefix) or "/", field.rule, field.text)
    return field
