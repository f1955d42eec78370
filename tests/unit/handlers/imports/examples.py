"""Rows of a file as its reader gives them."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from handlers.imports.model import FileRow, ImportedEntry, ImportFile
from handlers.registration.model import Defect
from tests.unit.handlers.registration.examples import PERSONAL, RESOURCE

FILE = ImportFile(name="paper.csv", sha256="ab" * 32, size=1000)
ENTRY = ImportedEntry(old_number="12/1999", registered_on=date(1999, 12, 31), resource_card=RESOURCE)
PERSONAL_ENTRY = ImportedEntry(personal_data_system_card=PERSONAL)
MALFORMED = Defect(path="/resourceCard/name", rule="contract.required", text_az="Yoxdur.", text_en="Must be given.")


def row(position=1, name=None, card=RESOURCE, **changes) -> FileRow:
    """A sound row; `name` is its short name, and its old number unless that is among the `changes`."""
    values = {"old_number": str(name or position), "resource_card": replace(card, short_name=name or f"R{position}")}
    return FileRow(position=position, line=position + 1, entry=replace(ENTRY, **(values | changes)))


def rows(number, start=1):
    """So many sound rows."""
    return [row(position) for position in range(start, start + number)]
