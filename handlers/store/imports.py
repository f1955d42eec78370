"""Where batches of imported entries and their rows are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from handlers.imports.model import (
    ImportBatch,
    ImportedEntry,
    ImportRow,
    RowFinding,
    RowOutcome,
    Tally,
)
from handlers.registration.model import Register
from handlers.store.rows import columns_of, record_of
from handlers.store.tables_imports import import_batch, import_row

_b, _r = import_batch.c, import_row.c
_PAGE = 1000
"""Rows that are read at a time where all of a batch are."""


# Batches --------------------------------------------------------------------------------------


def add_batch(connection: Connection, batch: ImportBatch) -> None:
    """Keep a new batch."""
    connection.execute(insert(import_batch).values(columns_of(batch)))


def change_batch(connection: Connection, number: str, **values: object) -> None:
    """Set columns of a batch."""
    connection.execute(update(import_batch).where(_b.number == number).values(values))


def add_to_tally(connection: Connection, number: str, tally: Tally) -> None:
    """Keep the counts of a batch as they now are."""
    change_batch(connection, number, **asdict(tally))


def find_batch(connection: Connection, number: str, *, lock: bool = False) -> ImportBatch | None:
    """The batch of that number. `lock`: nobody else changes it until the unit of work ends."""
    query = select(import_batch).where(_b.number == number)
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return None if row is None else record_of(ImportBatch, row)


def batches_of_file(connection: Connection, sha256: str) -> list[ImportBatch]:
    """Every look at the file of that digest, the newest first."""
    return _batches(connection, select(import_batch).where(_b.sha256 == sha256))


def all_batches(connection: Connection, limit: int) -> list[ImportBatch]:
    """The newest `limit` batches, the newest first."""
    return _batches(connection, select(import_batch).limit(limit))


def _batches(connection: Connection, query: Select[Any]) -> list[ImportBatch]:
    rows = connection.execute(query.order_by(_b.previewed_at.desc(), _b.number.desc())).mappings()
    return [record_of(ImportBatch, row) for row in rows]


# Rows -----------------------------------------------------------------------------------------


def add_rows(connection: Connection, batch: str, rows: Sequence[ImportRow]) -> None:
    """Keep rows of a batch."""
    if rows:
        connection.execute(insert(import_row), [{"batch": batch, **_columns(row)} for row in rows])


def rows_after(
    connection: Connection, batch: str, position: int, limit: int, *, outcome: RowOutcome | None = None
) -> list[ImportRow]:
    """At most `limit` rows behind `position`, in their order; with `outcome` only those that have it."""
    query = select(import_row).where(_r.batch == batch, _r.position > position).order_by(_r.position).limit(limit)
    if outcome is not None:
        query = query.where(_r.outcome == outcome)
    return [_row(row) for row in connection.execute(query).mappings()]


def all_rows(connection: Connection, batch: str, outcome: RowOutcome | None = None) -> Iterator[ImportRow]:
    """Every row of a batch in its order, read page by page."""
    position = 0
    while page := rows_after(connection, batch, position, _PAGE, outcome=outcome):
        yield from page
        position = page[-1].position


def entered_after(connection: Connection, batch: str, position: int, limit: int) -> list[tuple[int, str]]:
    """Positions of at most `limit` rows behind `position` that became entries, each with the entry's number."""
    query = (
        select(_r.position, _r.entry_number)
        .where(_r.batch == batch, _r.position > position, _r.outcome == RowOutcome.APPLIED)
        .order_by(_r.position)
        .limit(limit)
    )
    return [(row.position, row.entry_number) for row in connection.execute(query)]


def entered(connection: Connection, batch: str, row: ImportRow, entry_number: str, at: datetime) -> None:
    """Note the entry that a row became; what the row said of it is the entry's from now on."""
    values = {"outcome": RowOutcome.APPLIED, "entry_number": entry_number, "applied_at": at, "entry": None}
    connection.execute(update(import_row).where(_r.batch == batch, _r.position == row.position).values(values))


def set_aside(connection: Connection, batch: str, row: ImportRow) -> None:
    """Keep what `row` has become: its outcome and findings."""
    connection.execute(
        update(import_row)
        .where(_r.batch == batch, _r.position == row.position)
        .values(outcome=row.outcome, findings=row.findings)
    )


def set_outcome(connection: Connection, batch: str, before: RowOutcome, after: RowOutcome) -> None:
    """Change the outcome of every row of a batch that has the one before."""
    connection.execute(update(import_row).where(_r.batch == batch, _r.outcome == before).values(outcome=after))


def empty_rows(connection: Connection, batch: str) -> None:
    """Forget what the rows of a replaced preview would have entered; what was found in them stays."""
    connection.execute(update(import_row).where(_r.batch == batch, _r.entry.is_not(None)).values(entry=None))


def ready_before(connection: Connection, batch: str, names: Collection[str], olds: Collection[str]) -> list[ImportRow]:
    """Rows of the batch that are to be entered under one of these names or old numbers."""
    ready = select(import_row).where(_r.batch == batch, _r.outcome == RowOutcome.READY).order_by(_r.position)
    found = [ready.where(_r.name_key.in_(list(names)))] if names else []
    found += [ready.where(_r.old_key.in_(list(olds)))] if olds else []
    return [_row(row) for query in found for row in connection.execute(query).mappings()]


def entries_of_old_numbers(connection: Connection, olds: Collection[str]) -> dict[str, str]:
    """Numbers of the entries that were imported under these old numbers and are not undone, by old number."""
    if not olds:
        return {}
    query = select(_r.old_key, _r.entry_number).where(_r.old_key.in_(list(olds)), _r.outcome == RowOutcome.APPLIED)
    return {row.old_key: row.entry_number for row in connection.execute(query)}


def rows_of_old_number(connection: Connection, number: str, limit: int) -> list[tuple[str, ImportRow]]:
    """Rows of any batch that bear an old number, each with its batch, the newest batch first."""
    keys = [f"{register}:{number}" for register in Register]
    query = select(import_row).where(_r.old_key.in_(keys)).order_by(_r.batch.desc(), _r.position).limit(limit)
    return [(row["batch"], _row(row)) for row in connection.execute(query).mappings()]


def _columns(row: ImportRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def _row(row: RowMapping) -> ImportRow:
    values = {name: row[name] for name in ImportRow.__slots__}
    values["outcome"] = RowOutcome(row["outcome"])
    values["register"] = Register(row["register"]) if row["register"] else None
    values["findings"] = msgspec.convert(row["findings"], tuple[RowFinding, ...])
    if row["entry"] is not None:
        values["entry"] = msgspec.convert(row["entry"], ImportedEntry)
    return ImportRow(**values)
