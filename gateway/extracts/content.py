"""What an extract shows to people: its fields in their order, each with its name and its value in both languages.

Every field of the extract and of the card is shown, also one that states nothing: a reader sees that it is empty, and
that nothing was left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from gateway.contract.answers import ExtractDocument
from gateway.contract.codec import snake_case
from gateway.contract.model import ComplexType, Field
from gateway.contract.services import ROOTS
from gateway.extracts.labels import (
    ABOUT_ENTRY,
    ABOUT_EXTRACT,
    BAKU_TIME,
    NOTHING,
    VALUES,
    ZONE,
    field_label,
)
from handlers.rules.labels import NO, YES, Label

_OF_EXTRACT: Final = ("number", "verificationCode", "reason", "reissues", "issuedAt", "issuer", "checkUrl")
_CARDS: Final = ("resourceCard", "personalDataSystemCard")
_EXTRACT: Final = ROOTS["extract"]


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a section (depth 0), or of one of several structures of a kind."""

    label: Label
    depth: int = 0
    place: int | None = None
    """Which of several; the first is 1."""


@dataclass(frozen=True, slots=True)
class Row:
    """A field and its value, which may be of several lines."""

    label: Label
    value: str
    depth: int = 0


Block = Heading | Row


def blocks(extract: ExtractDocument) -> Iterator[Block]:
    """Everything that is to be shown, in order."""
    yield Heading(ABOUT_EXTRACT)
    yield from _rows(_EXTRACT, extract, only=_OF_EXTRACT)
    yield Heading(ABOUT_ENTRY)
    others = [each.name for each in _EXTRACT.fields if each.name not in (*_OF_EXTRACT, *_CARDS)]
    yield from _rows(_EXTRACT, extract, only=others)
    for field in _EXTRACT.fields:
        card = getattr(extract, snake_case(field.name))
        if field.name in _CARDS and card is not None:
            assert isinstance(field.type, ComplexType)
            yield Heading(field_label(_EXTRACT.name, field.name))
            yield from _rows(field.type, card)


def _rows(
    of: ComplexType, record: Any, *, depth: int = 0, only: tuple[str, ...] | list[str] | None = None
) -> Iterator[Block]:
    for field in of.fields:
        if only is not None and field.name not in only:
            continue
        label = field_label(of.name, field.name)
        value = getattr(record, snake_case(field.name))
        if isinstance(field.type, ComplexType) and value:
            for place, each in enumerate(value, start=1):
                yield Heading(label, depth + 1, place)
                yield from _rows(field.type, each, depth=depth + 1)
        else:
            yield Row(label, _text(field, value), depth)


def _text(field: Field, value: Any) -> str:
    if value is None or value == ():
        return f"— ({both(NOTHING)})"
    if field.repeated:
        return "\n".join(f"{place}. {_word(field, each)}" for place, each in enumerate(value, start=1))
    return _word(field, value)


def _word(field: Field, value: Any) -> str:
    if isinstance(value, Enum):
        return both(VALUES[field.type.name][value.value])
    if isinstance(value, bool):
        return both(YES if value else NO)
    if isinstance(value, datetime):
        return f"{moment(value)} ({both(BAKU_TIME)})"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return str(value)


def moment(at: datetime) -> str:
    """A moment as people in Baku read it, to the second."""
    return f"{at.astimezone(ZONE):%d.%m.%Y %H:%M:%S}"


def both(label: Label) -> str:
    """A label in both languages; once, where they are the same."""
    return label.az if label.az == label.en else f"{label.az} / {label.en}"
