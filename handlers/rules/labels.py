"""What the fields and the codes of cards, applications and entries are called by people, in Azerbaijani and English.

A defect, a difference and an extract name a field by its path (`/resourceCard/legalActs[1]/url`); here is what to print
instead.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from handlers.record import Record
from handlers.rules.label_tables import FIELDS, VALUES, Label

__all__ = ["FIELDS", "VALUES", "Label", "label_of", "label_of_value", "labels_of", "spoken"]

YES = Label("Bəli", "Yes")
NO = Label("Xeyr", "No")

_POSITION = re.compile(r"\[(\d+)]")
_CARDS = ("resourceCard", "personalDataSystemCard")


def labels_of(root: type[Record]) -> Mapping[str, Label]:
    """The label of every path below `root`, without positions, in the order of the contract.

    `root` is what the paths begin at: an application, an entry or (as in a difference) a card itself.
    """
    return _LABELS[root]


def label_of(root: type[Record], path: str) -> Label:
    """What the field at `path` below `root` is called, positions ignored; raises `KeyError` when there is none."""
    return _LABELS[root][_POSITION.sub("", path)]


def spoken(root: type[Record], path: str) -> Label:
    """The whole way to a field in words: `Hüquqi aktlar (2): Elektron ünvanı`. A card's own name is left out.

    What has no label keeps its element's name: a path in words never fails.
    """
    parts = path.strip("/").split("/")
    names = [_called(root, parts[: depth + 1]) for depth in range(len(parts))]
    if parts[0] in _CARDS:
        names = names[1:] or names
    return Label(": ".join(name.az for name in names), ": ".join(name.en for name in names))


def label_of_value(value: StrEnum | bool) -> Label:  # noqa: FBT001 - the value itself is what is asked about
    """What a code, or a yes or no, is called."""
    if isinstance(value, StrEnum):
        return VALUES[type(value)][value.value]
    return YES if value else NO


def _called(root: type[Record], way: list[str]) -> Label:
    position = _POSITION.search(way[-1])
    name = _LABELS[root].get(_POSITION.sub("", f"/{'/'.join(way)}"), Label(way[-1], way[-1]))
    return Label(f"{name.az} ({position[1]})", f"{name.en} ({position[1]})") if position else name


def _paths(record: type[Record], path: str = "") -> Iterator[tuple[str, Label]]:
    """A field that has no label yet is left out: what is printed by its name is no reason not to start."""
    hints, labels = typing.get_type_hints(record), FIELDS.get(record, {})
    for field in msgspec.structs.fields(record):
        here = f"{path}/{field.encode_name}"
        if field.encode_name in labels:
            yield here, labels[field.encode_name]
        for inner in _records_in(hints[field.name]):
            yield from _paths(inner, here)


def _records_in(hint: Any) -> Iterator[type[Record]]:
    if isinstance(hint, type) and issubclass(hint, Record):
        yield hint
    for argument in typing.get_args(hint):
        yield from _records_in(argument)


_LABELS = {record: dict(_paths(record)) for record in FIELDS}
