"""Undoing a batch: its entries are no longer said to be true; that they were, and that it was a mistake, stays known.

A cancellation would be wrong: it is a legal act upon an entry that was true. So no version is made. The
recorded period of each version ends, and whoever asks as of before (`asKnownAt`) sees the entry as it was known then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handlers.cases.model import CaseState
from handlers.imports.commands import ImportRefusedError
from handlers.imports.model import ImportBatch, ImportState, RowOutcome
from handlers.rules.numbering import version_series
from handlers.store import cases, entries, imports, numbers, presence
from handlers.work import Work

_CHUNK = 1000
"""Entries that one statement looks at."""
_CLOSED = frozenset({CaseState.ARCHIVED, CaseState.WITHDRAWN})
"""States after which nothing follows."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An entry of a batch that has a life of its own by now."""

    entry_number: str
    text_en: str
    text_az: str


class UndoRefusedError(Exception):
    """Entries of the batch were changed, or have open cases: nothing was undone."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__(f"{len(self.obstacles)} entries have changed since")


def undo(work: Work, number: str, *, reason: str, by: str) -> ImportBatch:
    """Say no longer what the batch entered, and give its short names free: all of it, or none.

    Raises `ImportRefusedError` when there is nothing to undo, and `UndoRefusedError` with every entry that was changed
    since or has an open case.
    """
    batch = imports.find_batch(work.connection, number, lock=True)
    if batch is None or batch.state not in {ImportState.APPLIED, ImportState.APPLYING}:
        raise _nothing_to_undo(number, batch)
    if not reason.strip():
        raise ImportRefusedError("Say why it is undone.", "Geri alınmanın səbəbini göstərin.")
    obstacles = [obstacle for chunk in _entries_of(work, number) for obstacle in _obstacles(work, chunk)]
    if obstacles:
        raise UndoRefusedError(obstacles)
    for chunk in _entries_of(work, number):
        entries.stop_saying(work.connection, chunk, work.now)
        for entry_number in chunk:
            presence.refresh(work.connection, entry_number, work.now)
        numbers.release_of(work.connection, chunk)
    imports.set_outcome(work.connection, number, RowOutcome.APPLIED, RowOutcome.UNDONE)
    imports.empty_rows(work.connection, number)
    imports.change_batch(
        work.connection,
        number,
        state=ImportState.UNDONE,
        undone_by=by,
        undone_at=work.now,
        undone_reason=reason.strip(),
    )
    undone = imports.find_batch(work.connection, number)
    assert undone is not None
    return undone


def _entries_of(work: Work, number: str) -> Iterator[list[str]]:
    position = 0
    while chunk := imports.entered_after(work.connection, number, position, _CHUNK):
        position = chunk[-1][0]
        yield [entry_number for _, entry_number in chunk]


def _obstacles(work: Work, chunk: Sequence[str]) -> Iterator[Obstacle]:
    """Locks the entries of `chunk`: nobody gives them another version before the unit of work ends."""
    versions = numbers.hold(work.connection, [version_series(number) for number in chunk])
    open_cases = cases.open_on_entries(work.connection, chunk, _CLOSED)
    for number in chunk:
        if (last := versions[version_series(number)]) > 1:
            yield Obstacle(number, f"is at version {last} by now", f"artıq {last} nömrəli versiyadadır")
        for case in open_cases.get(number, ()):
            yield Obstacle(number, f"case {case} is open", f"{case} işi açıqdır")


def _nothing_to_undo(number: str, batch: ImportBatch | None) -> ImportRefusedError:
    if batch is None:
        return ImportRefusedError(
            f"There is no batch {number}. See `gateway registers batches`.",
            f"{number} dəsti yoxdur. Bax: `gateway registers batches`.",
        )
    return ImportRefusedError(
        f"{number} is {batch.state}: nothing of it is in the register.",
        f"{number} dəsti {batch.state} vəziyyətindədir: ondan reyestrdə heç nə yoxdur.",
    )
