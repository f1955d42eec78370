"""Where entries are kept: one row for each thing that was said about an entry over a period."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, CursorResult, RowMapping, Select, func, insert, or_, select, update

from handlers.registration.model import Entry, EntryStatus, PersonalDataSystemCard, Register, ResourceCard
from handlers.store import relations
from handlers.store.tables_registers import entry_version, register_case

Card = ResourceCard | PersonalDataSystemCard

_CARD_TYPES: dict[str, type[Card]] = {
    Register.INFORMATION_RESOURCES: ResourceCard,
    Register.PERSONAL_DATA_SYSTEMS: PersonalDataSystemCard,
}
_v = entry_version.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A row that is said at present, and the period it is said of."""

    row: int
    valid_from: datetime
    valid_to: datetime | None
    recorded_from: datetime


def said_at_present(connection: Connection, number: str) -> list[Said]:
    """Everything that is now said about the entry, oldest period first. The caller holds the entry's lock."""
    query = (
        select(_v.row, _v.valid_from, _v.valid_to, _v.recorded_from)
        .where(_v.number == number, _v.recorded_to.is_(None))
        .order_by(_v.valid_from)
    )
    return [Said(**row) for row in connection.execute(query).mappings()]


def close_rows(connection: Connection, rows: Collection[int], now: datetime) -> None:
    """Stop saying `rows` at `now`: the one change a row ever sees."""
    connection.execute(update(entry_version).where(_v.row.in_(list(rows))).values(recorded_to=now))


def stop_saying(connection: Connection, numbers: Collection[str], now: datetime) -> None:
    """Say nothing more of these entries from `now` on: they were entered by mistake. The caller holds their locks.

    What is recorded later is never recorded as earlier, also when a clock was set back.
    """
    said = (_v.number.in_(list(numbers)), _v.recorded_to.is_(None))
    latest = connection.scalars(select(func.max(_v.recorded_from)).where(*said)).one()
    moment = now if latest is None else max(now, latest)
    connection.execute(update(entry_version).where(*said).values(recorded_to=moment))


def known_numbers(connection: Connection, numbers: Collection[str]) -> set[str]:
    """Those of `numbers` of which something is said at present."""
    if not numbers:
        return set()
    query = select(_v.number).where(_v.number.in_(list(numbers)), _v.recorded_to.is_(None)).distinct()
    return set(connection.scalars(query))


def say_again(connection: Connection, row: int, valid_from: datetime, valid_to: datetime | None, now: datetime) -> None:
    """Say the content of `row` of another period, from `now` on."""
    content = connection.execute(select(entry_version).where(_v.row == row)).mappings().one()
    values = {name: value for name, value in content.items() if name != "row"}
    values |= {"valid_from": valid_from, "valid_to": valid_to, "recorded_from": now, "recorded_to": None}
    made = connection.execute(insert(entry_version).values(values))
    relations.declare_again(connection, row, _row_of(made))


def add_version(
    connection: Connection, entry: Entry, *, valid_to: datetime | None, actor: str, case_number: str | None
) -> None:
    """Say something new about an entry."""
    card = entry.resource_card or entry.personal_data_system_card
    assert card is not None, "an entry has a card"
    made = connection.execute(
        insert(entry_version).values(
            number=entry.number,
            version=entry.version,
            register=entry.register,
            status=entry.status,
            owner=entry.owner,
            card=card,
            valid_from=entry.valid_from,
            valid_to=valid_to,
            first_recorded_at=entry.recorded_at,
            recorded_from=entry.recorded_at,
            recorded_to=None,
            actor=actor,
            case_number=case_number,
        )
    )
    relations.declare(connection, _row_of(made), entry.number, card)


def find_entry(connection: Connection, number: str, *, as_of: datetime, as_known_at: datetime | None) -> Entry | None:
    """The version that was true at `as_of`, as the register knew it at `as_known_at`; None: as it is last known."""
    known: list[ColumnElement[bool]] = [_v.recorded_to.is_(None)]
    if as_known_at is not None:
        known = _covers(_v.recorded_from, _v.recorded_to, as_known_at)
    query = select(entry_version).where(_v.number == number, *_covers(_v.valid_from, _v.valid_to, as_of), *known)
    return _first(connection, query)


def find_late_submission(connection: Connection, number: str, version: int) -> tuple[date, datetime] | None:
    """Due day and receipt of the late application that led to the version; None when no case led to it, or in time."""
    query = (
        select(register_case.c.due_date, register_case.c.received_at)
        .join(entry_version, _v.case_number == register_case.c.number)
        .where(_v.number == number, _v.version == version, register_case.c.late)
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else (row.due_date, row.received_at)


def find_latest(connection: Connection, number: str) -> Entry | None:
    """The version with the highest number, true or not at present.

    None when there is no such entry, or nothing is said of it any more because it was entered by mistake.
    """
    said = select(entry_version).where(_v.number == number, _v.recorded_to.is_(None))
    return _first(connection, said.order_by(_v.version.desc(), _v.row))


def find_version(connection: Connection, number: str, version: int) -> Entry | None:
    """The version of that number as it was first recorded."""
    return _first(
        connection,
        select(entry_version).where(_v.number == number, _v.version == version).order_by(_v.row),
    )


def case_of_version(connection: Connection, number: str, version: int) -> str | None:
    """Number of the case that led to that version; None: no case did, or there is no such version."""
    query = select(_v.case_number).where(_v.number == number, _v.version == version).order_by(_v.row)
    return connection.scalar(query.limit(1))


def _row_of(made: CursorResult[Any]) -> int:
    assert made.inserted_primary_key is not None, "one row was inserted"
    row: int = made.inserted_primary_key[0]
    return row


def _covers(start: ColumnElement[Any], end: ColumnElement[Any], moment: datetime) -> list[ColumnElement[bool]]:
    return [start <= moment, or_(end.is_(None), end > moment)]


def _first(connection: Connection, query: Select[Any]) -> Entry | None:
    row = connection.execute(query.limit(1)).mappings().first()
    return None if row is None else entry_of(row)


def entry_of(row: RowMapping) -> Entry:
    """The version that a row of `entry_version` says."""
    card = msgspec.convert(row["card"], _CARD_TYPES[row["register"]])
    return Entry(
        number=row["number"],
        register=Register(row["register"]),
        version=row["version"],
        status=EntryStatus(row["status"]),
        owner=row["owner"],
        valid_from=row["valid_from"],
        recorded_at=row["first_recorded_at"],
        resource_card=card if isinstance(card, ResourceCard) else None,
        personal_data_system_card=card if isinstance(card, PersonalDataSystemCard) else None,
    )
