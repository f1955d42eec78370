"""The difference between two versions of a card, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

import msgspec

from handlers.record import Record
from handlers.rules.paths import children


class FieldChange(Record, frozen=True, kw_only=True):
    """One field that differs. Values are JSON; None: the field is absent on that side.

    Items of a list are counted as on the side they stand on: as before when an item went, as after when it came.
    """

    path: str
    before: str | None = None
    after: str | None = None


def difference(before: Record, after: Record) -> tuple[FieldChange, ...]:
    """Every field in which `after` differs from `before`, in the order of the contract."""
    return tuple(_records(before, after, ""))


def _records(before: Record, after: Record, path: str) -> Iterator[FieldChange]:
    for (child, old), (_, new) in zip(children(before, path), children(after, path), strict=True):
        yield from _values(old, new, child)


def _values(old: object, new: object, path: str) -> Iterator[FieldChange]:
    if old == new:
        return
    if isinstance(old, tuple) and isinstance(new, tuple):
        yield from _lists(old, new, path)
    elif isinstance(old, Record) and type(old) is type(new):
        assert isinstance(new, Record)
        yield from _records(old, new, path)
    else:
        yield FieldChange(path=path, before=_json(old), after=_json(new))


def _lists(old: tuple[object, ...], new: tuple[object, ...], path: str) -> Iterator[FieldChange]:
    """Items that went, came or changed; an item that only moved along is no change."""
    matcher = SequenceMatcher(None, [_json(item) for item in old], [_json(item) for item in new], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        paired = min(i2 - i1, j2 - j1)
        for step in range(paired):
            yield from _values(old[i1 + step], new[j1 + step], f"{path}[{j1 + step + 1}]")
        for position in range(i1 + paired, i2):
            yield FieldChange(path=f"{path}[{position + 1}]", before=_json(old[position]))
        for position in range(j1 + paired, j2):
            yield FieldChange(path=f"{path}[{position + 1}]", after=_json(new[position]))


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
