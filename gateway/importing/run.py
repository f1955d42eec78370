"""Previewing and applying a file against a store, in units of work of a few hundred rows.

Killed in the middle, either goes on where its last unit of work ended when it is run again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from gateway.importing.errors import ImportFileError
from gateway.importing.source import read_rows
from handlers.imports.commands import (
    apply_rows,
    begin_apply,
    begin_preview,
    finish_preview,
    give_up,
    preview_rows,
)
from handlers.imports.model import FileRow, ImportBatch, ImportFile, ImportState
from handlers.imports.undoing import undo
from handlers.registration.entries import EntryExistsError
from handlers.registration.model import Register
from handlers.store.ports import Store, StoreConflictError
from handlers.work import Work

CHUNK: Final = 500
"""Rows in a unit of work."""
_PAUSE: Final = 0.025
"""Seconds between units of work in which others that write get their turn: SQLite's waiting is polling."""
_ATTEMPTS: Final = 8

Done = TypeVar("Done")
Progress = Callable[[int, int], None]
"""Told how much is done of how much: bytes of a preview, rows of an application."""


class Importer:
    """Runs batches against one store."""

    def __init__(self, store: Store, clock: Callable[[], datetime], by: str, chunk: int = CHUNK) -> None:
        self._store = store
        self._clock = clock
        self._by = by
        self._chunk = chunk

    def preview(
        self, path: Path, file: ImportFile, *, register: Register | None, strict: bool, progress: Progress
    ) -> ImportBatch:
        """Look at the whole file and keep what is found. The registers stay as they are.

        Raises `ImportFileError` when the file cannot be read, `ImportRefusedError` when a batch of it is half applied.
        """
        rows = read_rows(path, file, register=register, progress=lambda done: progress(done, file.size))
        chunk = list(islice(rows, self._chunk))  # before the batch is begun: a file without a usable header is none
        batch = self._work(lambda work: begin_preview(work, file, strict=strict, by=self._by))
        try:
            while chunk:
                self._keep(batch.number, chunk)
                chunk = list(islice(rows, self._chunk))
        except ImportFileError as error:
            told = str(error), error.text_az
            self._work(lambda work: give_up(work, batch.number, *told))
            raise
        return self._work(lambda work: finish_preview(work, batch.number))

    def apply(self, sha256: str, *, progress: Progress) -> ImportBatch:
        """Enter what the preview of the file of that digest found ready; goes on with what was begun.

        Raises `ImportRefusedError` when there is no such preview.
        """
        batch = self._work(lambda work: begin_apply(work, sha256, by=self._by))
        number = batch.number
        while batch.state is ImportState.APPLYING:
            batch = self._work(lambda work: apply_rows(work, number, self._chunk))
            progress(batch.applied, batch.ready)
            time.sleep(_PAUSE)
        return batch

    def undo(self, number: str, reason: str) -> ImportBatch:
        """Undo a whole batch, or raise and change nothing (see `handlers.imports.undoing`)."""
        return self._work(lambda work: undo(work, number, reason=reason, by=self._by))

    def _keep(self, number: str, chunk: list[FileRow]) -> None:
        self._work(lambda work: preview_rows(work, number, chunk))
        time.sleep(_PAUSE)

    def _work(self, step: Callable[[Work], Done]) -> Done:
        """One unit of work, run again when the database or somebody who was quicker demands it."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._store.writing() as connection:
                    return step(Work(connection=connection, now=self._clock()))
            except (StoreConflictError, EntryExistsError):
                if attempt == _ATTEMPTS:
                    raise
                time.sleep(_PAUSE * attempt)
        raise AssertionError("the last attempt returns or raises")
