"""Rows to records and back."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from sqlalchemy import RowMapping

from handlers.record import Record

R = TypeVar("R", bound=Record)


def record_of(type_: type[R], row: RowMapping, **others: object) -> R:
    """The record whose fields are the equally named columns of `row`, or are given in `others`."""
    values = {**row, **others}
    fields = msgspec.structs.fields(type_)
    return msgspec.convert({field.encode_name: values[field.name] for field in fields if field.name in values}, type_)


def columns_of(record: Record, *left_out: str, **others: object) -> dict[str, Any]:
    """Column values of `record`, without the fields `left_out` and with the `others`."""
    return {name: getattr(record, name) for name in record.__struct_fields__ if name not in left_out} | others
