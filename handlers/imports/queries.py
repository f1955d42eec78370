"""Looking at batches and their rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from handlers.imports.model import ImportBatch, ImportRow, RowOutcome
from handlers.registration.names import folded
from handlers.store import imports


def newest_batches(connection: Connection, limit: int = 100) -> list[ImportBatch]:
    """The newest batches, the newest first."""
    return imports.all_batches(connection, limit)


def get_batch(connection: Connection, number: str) -> ImportBatch | None:
    """The batch of that number."""
    return imports.find_batch(connection, number)


def rows_of(connection: Connection, number: str, outcome: RowOutcome | None = None) -> Iterator[ImportRow]:
    """The rows of a batch in the order of the file, page by page; with `outcome` those that have it."""
    return imports.all_rows(connection, number, outcome)


def rows_of_old_number(connection: Connection, number: str, limit: int = 100) -> list[tuple[str, ImportRow]]:
    """Every row ever previewed that bears the old number, case and spacing aside, each with its batch's number."""
    return imports.rows_of_old_number(connection, folded(number), limit)
