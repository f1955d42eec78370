"""The public view of an entry: what an agency sees of another's.

What may be absent is left out. Where the contract demands a text there stands `WITHHELD`, so that a card stays a card
and nobody can take the gap for data. The view names the paths that it does not show whether or not there was anything
there, so that it does not tell even that.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from msgspec.structs import FieldInfo, fields, replace

from handlers.record import Record
from handlers.registration.model import Entry
from handlers.rules.restricted import WITHHELD, restricted_paths

RecordT = TypeVar("RecordT", bound=Record)


def public_view(entry: Entry, day: date) -> Entry:
    """`entry` without the fields that are restricted on `day` (the civil day it is asked), and with their paths."""
    paths = restricted_paths(entry.register, day)
    for path in paths:
        entry = _without(entry, path.split("/")[1:])
    return replace(entry, withheld=paths)


def _without(record: RecordT, steps: list[str]) -> RecordT:
    name, *further = steps
    field = next(each for each in fields(record) if each.encode_name == name)
    value = _inside(getattr(record, field.name), further) if further else _nothing_of(field)
    return replace(record, **{field.name: value})


def _inside(value: Any, steps: list[str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_without(each, steps) for each in value)
    return None if value is None else _without(value, steps)


def _nothing_of(field: FieldInfo) -> Any:
    """What stands for a field that is not shown: nothing, and where something must stand, a text that says so."""
    return WITHHELD if field.required else field.default
