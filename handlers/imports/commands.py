"""Previewing and applying a batch, a unit of work at a time: what is committed is never done again, what is not is.

A process that ends in the middle leaves the batch where its last unit of work ended; the next one goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from handlers.imports.duplicates import Taken, sorted_out
from handlers.imports.examination import judged
from handlers.imports.model import (
    BATCH_SERIES,
    FileRow,
    ImportBatch,
    ImportFile,
    ImportRow,
    ImportState,
    RowOutcome,
    Tally,
    batch_number,
)
from handlers.registration.entries import EntryExistsError, enter
from handlers.registration.names import old_number_key
from handlers.rules.clocks import BAKU, civil_day
from handlers.store import directory, imports, numbers
from handlers.work import Work


class ImportRefusedError(Exception):
    """A batch cannot be previewed or applied as it stands; the texts say why and what to do."""

    def __init__(self, text_en: str, text_az: str) -> None:
        super().__init__(text_en)
        self.text_az = text_az


# Preview --------------------------------------------------------------------------------------


def begin_preview(work: Work, file: ImportFile, *, strict: bool, by: str) -> ImportBatch:
    """Begin to look at `file`, or go on with a look at it that was interrupted.

    An earlier look that was not applied is replaced. Raises `ImportRefusedError` while a batch of this file is half
    applied.
    """
    for before in imports.batches_of_file(work.connection, file.sha256):
        if before.state is ImportState.APPLYING:
            raise ImportRefusedError(
                f"{before.number} of this file is half applied. Go on with --apply, or undo it with import-undo.",
                f"Bu faylın {before.number} dəsti yarımçıq tətbiq edilib. --apply ilə davam edin və ya import-undo "
                "ilə geri alın.",
            )
        if before.state is ImportState.READING and before.strict == strict:
            return before
        if before.state in {ImportState.READING, ImportState.PREVIEWED}:
            _replace(work, before)
    batch = ImportBatch(
        number=batch_number(numbers.next_number(work.connection, BATCH_SERIES)),
        file_name=file.name,
        sha256=file.sha256,
        size=file.size,
        strict=strict,
        state=ImportState.READING,
        previewed_by=by,
        previewed_at=work.now,
    )
    imports.add_batch(work.connection, batch)
    return batch


def preview_rows(work: Work, number: str, rows: Sequence[FileRow]) -> Tally:
    """Judge the next rows of the file and keep them; those kept already are left out. Returns the counts so far."""
    batch = _require(work, number, ImportState.READING)
    tally = tally_of(batch)
    agencies = directory.agency_codes(work.connection)
    today = civil_day(work.now)
    fresh = [
        judged(row, agencies=agencies, today=today, strict=batch.strict) for row in rows if row.position > batch.rows
    ]
    kept = sorted_out(work.connection, number, fresh)
    imports.add_rows(work.connection, number, kept)
    for row in kept:
        tally = tally.plus(row)
    imports.add_to_tally(work.connection, number, tally)
    return tally


def finish_preview(work: Work, number: str) -> ImportBatch:
    """The whole file was looked at: the batch may be applied."""
    batch = _require(work, number, ImportState.READING)
    imports.change_batch(work.connection, number, state=ImportState.PREVIEWED, previewed_at=work.now)
    return _again(work, batch)


def give_up(work: Work, number: str, text_en: str, text_az: str) -> None:
    """The file cannot be read to its end, for the reason given."""
    _require(work, number, ImportState.READING)
    imports.change_batch(work.connection, number, state=ImportState.UNREADABLE, failure_en=text_en, failure_az=text_az)
    imports.empty_rows(work.connection, number)


def tally_of(batch: ImportBatch) -> Tally:
    """The counts of a batch by themselves."""
    return Tally(**{name: getattr(batch, name) for name in Tally.__slots__})


def _replace(work: Work, batch: ImportBatch) -> None:
    imports.change_batch(work.connection, batch.number, state=ImportState.REPLACED)
    imports.empty_rows(work.connection, batch.number)


# Applying -------------------------------------------------------------------------------------


def begin_apply(work: Work, sha256: str, *, by: str) -> ImportBatch:
    """The batch of the file of that digest, ready to be applied, or to be gone on with, or applied already.

    Raises `ImportRefusedError` when the file was not previewed as it is, or was undone since.
    """
    looks = imports.batches_of_file(work.connection, sha256)
    if not looks or looks[0].state not in {ImportState.PREVIEWED, ImportState.APPLYING, ImportState.APPLIED}:
        raise ImportRefusedError(
            "There is no preview of this file as it is now. Run the same command without --apply first, and look at "
            "what it says.",
            "Bu faylın indiki halına ilkin baxış yoxdur. Əvvəlcə eyni əmri --apply olmadan icra edin və nəticəyə "
            "baxın.",
        )
    batch = imports.find_batch(work.connection, looks[0].number, lock=True)
    assert batch is not None
    if batch.state is not ImportState.PREVIEWED:
        return batch
    imports.change_batch(work.connection, batch.number, state=ImportState.APPLYING, applied_by=by, applied_at=work.now)
    return _again(work, batch)


def apply_rows(work: Work, number: str, limit: int) -> ImportBatch:
    """Enter the next rows, at most `limit` of them, and note how far that went, in one unit of work.

    A row whose short name or old number was taken since the preview is not entered, and says so. Raises
    `EntryExistsError` when that happens at this very moment: the unit of work is then to be run again.
    """
    batch = _require(work, number, ImportState.APPLYING)
    rows = imports.rows_after(work.connection, number, batch.applied_through, limit, outcome=RowOutcome.READY)
    taken = Taken.in_register(work.connection, rows)
    entered = sum(_entered(work, batch, row, taken) for row in rows)
    imports.change_batch(
        work.connection,
        number,
        applied=batch.applied + entered,
        duplicates=batch.duplicates + len(rows) - entered,
        applied_through=rows[-1].position if rows else batch.rows,
        applied_at=work.now,
        state=ImportState.APPLYING if len(rows) == limit else ImportState.APPLIED,
    )
    return _again(work, batch)


def _entered(work: Work, batch: ImportBatch, row: ImportRow, taken: Taken) -> bool:
    assert row.entry is not None, "what is ready has an entry"
    found = taken.findings(row)
    if found:
        aside = replace(row, outcome=RowOutcome.DUPLICATE, findings=(*row.findings, *found))
        imports.set_aside(work.connection, batch.number, aside)
        return False
    day = row.entry.registered_on
    made = enter(
        work,
        row.entry.card,
        status=row.entry.status,
        valid_from=None if day is None else datetime.combine(day, time(), BAKU),
        actor=batch.actor,
    )
    olds = () if row.old_key is None else (old_number_key(row.old_key),)
    if numbers.acquire(work.connection, made.number, olds) is not None:
        raise EntryExistsError("another batch has entered that old number at this very moment")
    imports.entered(work.connection, batch.number, row, made.number, work.now)
    return True


def _require(work: Work, number: str, state: ImportState) -> ImportBatch:
    batch = imports.find_batch(work.connection, number, lock=True)
    if batch is None or batch.state is not state:
        found = "-" if batch is None else batch.state
        raise ImportRefusedError(
            f"{number} is {found}, not {state}: another process went on with it. See `gateway registers batches`.",
            f"{number} dəsti {found} vəziyyətindədir, {state} deyil: başqa proses davam etdirib. Bax: "
            "`gateway registers batches`.",
        )
    return batch


def _again(work: Work, batch: ImportBatch) -> ImportBatch:
    found = imports.find_batch(work.connection, batch.number)
    assert found is not None
    return found
