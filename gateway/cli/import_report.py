"""What is shown and written of a batch. Cells of a written file that a spreadsheet would compute are made plain."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

from gateway.cli.language import t
from gateway.cli.terminal import note, say, table
from handlers.imports.model import ImportBatch, ImportRow, ImportState, RowFinding, RowOutcome
from handlers.imports.queries import rows_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r")
_STATES: Final = {
    ImportState.READING: ("being looked at", "baxılır"),
    ImportState.PREVIEWED: ("looked at, not entered", "baxılıb, daxil edilməyib"),
    ImportState.REPLACED: ("replaced by a later look", "yeni baxışla əvəzlənib"),
    ImportState.UNREADABLE: ("cannot be read", "oxunmur"),
    ImportState.APPLYING: ("being entered", "daxil edilir"),
    ImportState.APPLIED: ("entered", "daxil edilib"),
    ImportState.UNDONE: ("undone", "geri alınıb"),
}
_ENTERED: Final = (RowOutcome.READY, RowOutcome.APPLIED, RowOutcome.UNDONE)
_OUTCOMES: Final = {
    RowOutcome.READY: ("ready", "hazır"),
    RowOutcome.STOPPED: ("stopped", "dayandırılıb"),
    RowOutcome.DUPLICATE: ("duplicate", "təkrar"),
    RowOutcome.APPLIED: ("entered", "daxil edilib"),
    RowOutcome.UNDONE: ("undone", "geri alınıb"),
}


def show_batches(batches: Sequence[ImportBatch]) -> None:
    """The batches, a line each."""
    table(
        (
            t("batch", "dəst"),
            t("state", "vəziyyət"),
            t("file", "fayl"),
            t("rows", "sətir"),
            t("ready", "hazır"),
            t("stopped", "dayandırılıb"),
            t("duplicates", "təkrar"),
            t("entered", "daxil edilib"),
            t("by", "kim"),
            t("when", "nə vaxt"),
        ),
        (
            (
                each.number,
                state_of(each),
                each.file_name,
                *map(str, (each.rows, each.ready, each.stopped, each.duplicates, each.applied)),
                each.undone_by or each.applied_by or each.previewed_by,
                f"{each.undone_at or each.applied_at or each.previewed_at:%Y-%m-%d %H:%M}Z",
            )
            for each in batches
        ),
    )


def show_batch(connection: Connection, batch: ImportBatch, shown: int) -> None:
    """Counts, findings by rule, and the first rows in which anything was found."""
    say(f"{batch.number}  {state_of(batch)}  {batch.file_name}  SHA-256 {batch.sha256}")
    for text in _told(batch):
        say(text)
    table(
        (t("rows", "sətirlər"), t("number", "sayı")),
        (
            (t("in the file", "faylda"), str(batch.rows)),
            (t("fit to be entered", "daxil edilə bilən"), str(batch.ready)),
            (
                t("  of these with defects that are recorded", "  o cümlədən qüsurları qeyd olunan"),
                str(batch.defective),
            ),
            (t("  of these with notes", "  o cümlədən qeydləri olan"), str(batch.noted)),
            (t("stopped", "dayandırılan"), str(batch.stopped)),
            (t("duplicates", "təkrar"), str(batch.duplicates)),
            (t("entered", "daxil edilən"), str(batch.applied)),
        ),
    )
    if batch.rules:
        say("")
        by_number = sorted(batch.rules.items(), key=lambda pair: (-pair[1], pair[0]))
        table((t("rule", "qayda"), t("found", "tapılıb")), ((rule, str(number)) for rule, number in by_number))
    rows = list(islice(_with_findings(connection, batch), shown + 1))
    if rows and shown:
        say("")
        show_findings(rows[:shown])
        if len(rows) > shown:
            note(t(f"Only the first {shown} are shown; --show N.", f"Yalnız ilk {shown} göstərilir; --show N."))


def show_findings(rows: Iterable[ImportRow]) -> None:
    """A line for each finding of the rows."""
    table(
        (
            t("row", "sıra"),
            t("line", "sətir"),
            t("old number", "köhnə nömrə"),
            t("outcome", "nəticə"),
            t("where", "harada"),
            t("rule", "qayda"),
            t("what", "nə"),
        ),
        (
            (
                str(row.position),
                str(row.line),
                row.old_number or "",
                outcome_of(row),
                finding.path,
                finding.rule,
                t(finding.text_en, finding.text_az),
            )
            for row in rows
            for finding in row.findings
        ),
    )


def show_old_number(number: str, rows: Sequence[tuple[str, ImportRow]]) -> None:
    """What became of an old number, in every batch."""
    if not rows:
        note(t(f"No batch has the old number {number}.", f"Heç bir dəstdə {number} köhnə nömrəsi yoxdur."))
        return
    table(
        (
            t("batch", "dəst"),
            t("row", "sıra"),
            t("old number", "köhnə nömrə"),
            t("short name", "qısa ad"),
            t("outcome", "nəticə"),
            t("number", "nömrə"),
        ),
        (
            (
                batch,
                str(row.position),
                row.old_number or "",
                row.short_name or "",
                outcome_of(row),
                row.entry_number or "",
            )
            for batch, row in rows
        ),
    )


def write_rejects(connection: Connection, batch: ImportBatch, file: BinaryIO) -> None:
    """Rows that are not entered, a line for each reason in both languages."""
    with _text(file) as lines:
        writer = csv.writer(lines, delimiter=";")
        writer.writerow(["row", "line", "oldNumber", "owner", "shortName", "outcome", "path", "rule", "az", "en"])
        for outcome in (RowOutcome.STOPPED, RowOutcome.DUPLICATE):
            for row in rows_of(connection, batch.number, outcome):
                for finding in row.findings:
                    writer.writerow(plain(_cells(row, finding)))


def write_rows(connection: Connection, batch: ImportBatch, file: BinaryIO) -> None:
    """All rows with the registration numbers they were given."""
    with _text(file) as lines:
        writer = csv.writer(lines, delimiter=";")
        writer.writerow(["row", "line", "oldNumber", "owner", "shortName", "outcome", "entryNumber", "note"])
        for row in rows_of(connection, batch.number):
            named = (row.position, row.line, row.old_number, row.owner, row.short_name)
            writer.writerow(plain((*named, row.outcome, row.entry_number, row.note)))


@contextmanager
def _text(file: BinaryIO) -> Iterator[TextIO]:
    """Text of a spreadsheet into `file`, which stays open."""
    lines = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield lines
    finally:
        lines.detach()


def plain(cells: Iterable[object]) -> list[str]:
    """Cells as texts, none of which a spreadsheet takes for a formula."""
    texts = ("" if cell is None else str(cell) for cell in cells)
    return [f"'{text}" if text.startswith(_COMPUTED) else text for text in texts]


def state_of(batch: ImportBatch) -> str:
    """The state of a batch in the reader's language."""
    return t(*_STATES[batch.state])


def outcome_of(row: ImportRow) -> str:
    """The outcome of a row in the reader's language."""
    return t(*_OUTCOMES[row.outcome])


def _cells(row: ImportRow, finding: RowFinding) -> tuple[object, ...]:
    of_row = (row.position, row.line, row.old_number, row.owner, row.short_name, row.outcome)
    return (*of_row, finding.path, finding.rule, finding.text_az, finding.text_en)


def _with_findings(connection: Connection, batch: ImportBatch) -> Iterator[ImportRow]:
    """Rows in which anything was found, those that are not entered first."""
    if batch.rules:
        for outcome in (RowOutcome.STOPPED, RowOutcome.DUPLICATE, *_ENTERED):
            yield from (row for row in rows_of(connection, batch.number, outcome) if row.findings)


def _told(batch: ImportBatch) -> list[str]:
    """Who did what with the batch, when and why."""
    when = "%Y-%m-%d %H:%M:%SZ"
    told = [t(f"looked at by {batch.previewed_by}", f"baxan: {batch.previewed_by}") + f", {batch.previewed_at:{when}}"]
    if batch.applied_at:
        told.append(
            t(f"entered by {batch.applied_by}", f"daxil edən: {batch.applied_by}") + f", {batch.applied_at:{when}}"
        )
    if batch.undone_at:
        told.append(t(f"undone by {batch.undone_by}", f"geri alan: {batch.undone_by}") + f", {batch.undone_at:{when}}")
        told.append(t(f"because: {batch.undone_reason}", f"səbəb: {batch.undone_reason}"))
    if batch.failure_en:
        told.append(t(batch.failure_en, batch.failure_az or ""))
    return told
