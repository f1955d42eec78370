"""Relations between entries, read from either end at any moment of valid time and of transaction time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, insert, literal, or_, select, union_all

from handlers.registration.model import (
    EntryRelation,
    EntryStatus,
    PersonalDataSystemCard,
    RelationKind,
    ResourceCard,
    opposite,
)
from handlers.store.tables_registers import entry_version
from handlers.store.tables_relations import entry_relation

_r = entry_relation.c


def declare(connection: Connection, row: int, number: str, card: ResourceCard | PersonalDataSystemCard) -> None:
    """Keep the relations that `card` declares beside the row in which it is said of the entry `number`."""
    if not isinstance(card, ResourceCard) or not card.relations:
        return
    values = [
        {"row": row, "position": position, "number": number, "kind": each.kind, "other": each.entry_number}
        for position, each in enumerate(card.relations, start=1)
    ]
    connection.execute(insert(entry_relation), values)


def declare_again(connection: Connection, row: int, new_row: int) -> None:
    """Keep for `new_row` what was declared in `row`, whose content it says again of another period."""
    copied = select(literal(new_row), _r.position, _r.number, _r.kind, _r.other).where(_r.row == row)
    columns = ["row", "position", "number", "kind", "other"]
    connection.execute(insert(entry_relation).from_select(columns, copied))


def find_relations(
    connection: Connection, number: str, *, as_of: datetime, as_known_at: datetime | None
) -> tuple[EntryRelation, ...]:
    """Every relation of the entry that was true at `as_of`, as known at `as_known_at` (None: as it is last known).

    A relation is there while both entries are and neither is cancelled, whichever of them declares it. What the entry's
    own card declares is not automatic, even where the other one declares the opposite as well. By number and kind.
    """
    own = _standing_at(as_of, as_known_at).where(_r.number == number)
    theirs = _standing_at(as_of, as_known_at).where(_r.other == number)
    found: dict[tuple[str, RelationKind], bool] = {}
    for row in connection.execute(union_all(theirs, own)):
        is_own = row.number == number
        kind = RelationKind(row.kind)
        key = (row.other, kind) if is_own else (row.number, opposite(kind))
        found[key] = found.get(key, True) and not is_own
    return tuple(
        EntryRelation(kind=kind, entry_number=other, automatic=automatic)
        for (other, kind), automatic in sorted(found.items())
        if other != number
    )


def find_statuses(connection: Connection, numbers: Collection[str], as_of: datetime) -> dict[str, EntryStatus]:
    """The status of those of the entries that exist, as last known; before its first day an entry's first status."""
    v = entry_version.c
    query = (
        select(v.number, v.status, v.valid_from)
        .where(v.number.in_(list(numbers)), v.recorded_to.is_(None))
        .order_by(v.number, v.valid_from)
    )
    found: dict[str, EntryStatus] = {}
    for row in connection.execute(query):
        if row.number not in found or row.valid_from <= as_of:
            found[row.number] = EntryStatus(row.status)
    return found


def find_wholes(connection: Connection, number: str, as_of: datetime, *, but_for: str | None) -> frozenset[str]:
    """Every entry that `number` is a part of at `as_of`, directly or through others; one statement for each storey.

    What the card of `but_for` declares is left out. Ends also where entries run in a circle.
    """
    found: set[str] = set()
    storey = {number}
    while storey:
        storey = _above(connection, storey, as_of, but_for) - found
        found |= storey
    return frozenset(found)


def _above(connection: Connection, parts: Iterable[str], as_of: datetime, but_for: str | None) -> set[str]:
    parts = list(parts)
    is_part = and_(_r.kind == RelationKind.SUB, _r.number.in_(parts))
    is_whole = and_(_r.kind == RelationKind.SUPER, _r.other.in_(parts))
    query = _standing_at(as_of, None).where(or_(is_part, is_whole))
    if but_for is not None:
        query = query.where(_r.number != but_for)
    return {row.other if row.kind == RelationKind.SUB else row.number for row in connection.execute(query)}


def _standing_at(as_of: datetime, as_known_at: datetime | None) -> Select[Any]:
    """Declarations whose both ends stood at `as_of`: each entry there, and not cancelled."""
    declared, other = entry_version.alias(), entry_version.alias()
    return (
        select(_r.number, _r.kind, _r.other)
        .join(declared, declared.c.row == _r.row)
        .join(other, other.c.number == _r.other)
        .where(*_stands(declared, as_of, as_known_at), *_stands(other, as_of, as_known_at))
    )


def _stands(version: Any, as_of: datetime, as_known_at: datetime | None) -> list[ColumnElement[bool]]:
    v = version.c
    standing = [v.status != EntryStatus.CANCELLED, *_covers(v.valid_from, v.valid_to, as_of)]
    if as_known_at is None:
        return [*standing, v.recorded_to.is_(None)]
    return [*standing, *_covers(v.recorded_from, v.recorded_to, as_known_at)]


def _covers(start: ColumnElement[Any], end: ColumnElement[Any], moment: datetime) -> list[ColumnElement[bool]]:
    return [start <= moment, or_(end.is_(None), end > moment)]
