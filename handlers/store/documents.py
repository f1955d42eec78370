"""Where invalid documents, their batches and the log of checks are kept. Few statements, however many documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Connection, Table, bindparam, insert, or_, select

from handlers.documents.listing import Facts, Listing
from handlers.documents.model import (
    Batch,
    BatchItem,
    BatchState,
    DocumentKind,
    InvalidDocumentReport,
    ItemOutcome,
    RecordStatus,
)
from handlers.store.rows import columns_of, record_of
from handlers.store.tables_registers import document_batch, document_batch_item, document_check, invalid_document

CHUNK = 2_000
"""Keys or rows (a number) per statement: below every driver's limit on parameters, and quick."""

_d = invalid_document.c
_FACTS = tuple(field.name for field in fields(Facts))
_IN_FORCE = (RecordStatus.ACTIVE, RecordStatus.SUSPENDED)

T = TypeVar("T")


def _covers(start: ColumnElement[Any], end: ColumnElement[Any], at: BindParameter[Any]) -> list[ColumnElement[bool]]:
    return [start <= at, or_(end.is_(None), end > at)]


_LISTED = select(_d.key, _d.document_type, _d.status, _d.reason, _d.effective_from, _d.first_recorded_at).where(
    _d.key.in_(bindparam("keys", expanding=True)),
    _d.status.in_(_IN_FORCE),
    *_covers(_d.effective_from, _d.effective_to, bindparam("as_of")),
)
_LISTED_NOW = _LISTED.where(_d.recorded_to.is_(None))
_LISTED_THEN = _LISTED.where(*_covers(_d.recorded_from, _d.recorded_to, bindparam("as_known_at")))
"""Built once: nearly every check finds nothing, and is answered as quickly as this can be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A document to be listed: the item that reported it, its key, and what it says."""

    position: int
    key: str
    report: InvalidDocumentReport
    facts: Facts


def find_listings(
    connection: Connection, keys: Collection[str], *, as_of: date, as_known_at: datetime | None
) -> dict[str, list[Listing]]:
    """Records in force on `as_of`, as the register knew them at `as_known_at` (None: as it is last known), by key."""
    query = _LISTED_NOW
    moment: dict[str, date] = {"as_of": as_of}
    if as_known_at is not None:
        query = _LISTED_THEN
        moment["as_known_at"] = as_known_at
    found: defaultdict[str, list[Listing]] = defaultdict(list)
    for chunk in _chunks(sorted(set(keys))):
        for key, type_, status, reason, since, listed in connection.execute(query, {"keys": chunk, **moment}):
            found[key].append(
                Listing(
                    key=key,
                    document_type=type_,
                    status=RecordStatus(status),
                    reason=reason,
                    effective_from=since,
                    listed_since=listed,
                )
            )
    return dict(found)


def find_standing(connection: Connection, keys: Collection[str]) -> dict[tuple[str, str], list[Facts]]:
    """What the current records in force say of the documents with `keys`, by document type and key."""
    columns = (_d.key, _d.document_type, *(_d[name] for name in _FACTS))
    standing: defaultdict[tuple[str, str], list[Facts]] = defaultdict(list)
    for chunk in _chunks(sorted(set(keys))):
        query = select(*columns).where(
            _d.key.in_(chunk), _d.status.in_(_IN_FORCE), _d.recorded_to.is_(None), _d.effective_to.is_(None)
        )
        for row in connection.execute(query).mappings():
            values = {name: row[name] for name in _FACTS}
            values |= {"kind": DocumentKind(row["kind"]), "status": RecordStatus(row["status"])}
            standing[row["document_type"], row["key"]].append(Facts(**values))
    return dict(standing)


def add_batch(connection: Connection, batch: Batch, *, system: str, kept: Mapping[int, InvalidDocumentReport]) -> None:
    """Keep an applied batch with the outcome of every item; `kept` are reports left to the operator, by position."""
    connection.execute(insert(document_batch).values(columns_of(batch, "state", "items", system=system)))
    rows = [columns_of(item, tracking_id=batch.tracking_id, report=kept.get(item.position)) for item in batch.items]
    _insert(connection, document_batch_item, rows)


def add_records(
    connection: Connection, records: Sequence[NewRecord], *, batch: str, provider: str, now: datetime
) -> None:
    """List documents of a batch that is kept already."""
    rows = [
        {
            "key": record.key,
            "document_type": record.report.document_type,
            "country": record.report.country,
            "series": record.report.series,
            "number": record.report.number,
            "legal_basis": record.report.legal_basis,
            "disputed": False,
            "effective_to": None,
            "first_recorded_at": now,
            "recorded_from": now,
            "recorded_to": None,
            "provider": provider,
            "batch": batch,
            "position": record.position,
            **{name: getattr(record.facts, name) for name in _FACTS},
        }
        for record in records
    ]
    _insert(connection, invalid_document, rows)


def find_batch(connection: Connection, provider: str, tracking_id: str) -> Batch | None:
    """The batch that `provider` reported under `tracking_id`, its items in order."""
    row = (
        connection.execute(
            select(document_batch).where(
                document_batch.c.tracking_id == tracking_id, document_batch.c.provider == provider
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    item = document_batch_item.c
    columns = (item.position, item.outcome, item.rule, item.text_az, item.text_en)
    query = select(*columns).where(item.tracking_id == tracking_id).order_by(item.position)
    items = tuple(
        BatchItem(position=position, outcome=ItemOutcome(outcome), rule=rule, text_az=az, text_en=en)
        for position, outcome, rule, az, en in connection.execute(query)
    )
    return record_of(Batch, row, state=BatchState.APPLIED, items=items)


def add_checks(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Log checks that were made: a row of `document_check` for each key looked up."""
    _insert(connection, document_check, rows)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    for chunk in _chunks(rows):
        connection.execute(insert(table), chunk)


def _chunks(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
