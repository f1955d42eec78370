"""Where a value stands in a record: element names of the contract, items of a list counted from 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from handlers.record import Record


def children(record: Record, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of every field of `record`, in the order of the contract."""
    for field in msgspec.structs.fields(record):
        yield f"{path}/{field.encode_name}", getattr(record, field.name)


def leaves(value: object, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of everything in `value` that is neither a record nor a list, None left out."""
    if value is None:
        return
    if isinstance(value, Record):
        for child_path, child in children(value, path):
            yield from leaves(child, child_path)
    elif isinstance(value, tuple):
        for position, item in enumerate(value, start=1):
            yield from leaves(item, f"{path}[{position}]")
    else:
        yield path, value
