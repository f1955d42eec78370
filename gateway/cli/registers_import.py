"""`registers import`, `import-undo` and `batches`: taking over the entries of an older register."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import typer

from gateway.cli.failures import CommandError, UsageError
from gateway.cli.files import Force, written
from gateway.cli.in_force import By, Reason
from gateway.cli.language import t
from gateway.cli.persons import person
from gateway.cli.session import Session, session_of
from gateway.cli.terminal import note, raw, say
from handlers.registration.model import Register

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from gateway.importing.run import Importer
    from handlers.imports.model import ImportBatch
    from handlers.store.engine import SqlStore

HELP_EN: Final = (
    "Take over entries of an older register from a CSV or XML file. Without --apply it only looks: counts, defects by "
    "row, duplicates. With --apply it enters what was looked at, and goes on where it was interrupted."
)
HELP_AZ: Final = (
    "Köhnə reyestrin qeydlərini CSV və ya XML faylından götür. --apply olmadan yalnız baxır: say, sətirlər üzrə "
    "qüsurlar, təkrarlar. --apply ilə baxılanı daxil edir; kəsilibsə, qaldığı yerdən davam edir."
)
_SHOWN: Final = 20
"""Rows with findings that a preview shows when it is not told how many."""

Of = Annotated[
    Register | None,
    typer.Option(
        "--register",
        help=t(
            "The register a CSV file is of; without it, the header tells.",
            "CSV faylının reyestri; verilməsə, başlıqdan bilinir.",
        ),
    ),
]
Batch = Annotated[str, typer.Argument(metavar="BATCH", help=t("For example IMP-000001.", "Məsələn, IMP-000001."))]


def import_file(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help=t("CSV in UTF-8, or XML.", "UTF-8 kodlaşdırmasında CSV və ya XML.")),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help=t("Enter what the preview found ready.", "Hazır olanları daxil et."))
    ] = False,
    register: Of = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help=t("Defects stop a row, too.", "Qüsurlu sətirlər də dayandırılsın.")),
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=t("Write rows that are not entered, with reasons, as CSV.", "Daxil edilməyənləri səbəbləri ilə yaz."),
        ),
    ] = None,
    shown: Annotated[
        int,
        typer.Option("--show", min=0, help=t("Rows with findings to show.", "Göstərilən sətirlərin sayı.")),
    ] = _SHOWN,
    template: Annotated[
        Register | None,
        typer.Option(help=t("Print an empty CSV file of this register.", "Bu reyestr üçün boş CSV faylı yaz.")),
    ] = None,
    by: By = None,
    force: Force = False,
) -> None:
    """Preview a file, or apply its preview."""
    if template is not None:
        from gateway.importing.template import template as empty

        raw(empty(template))
        return
    if file is None:
        raise UsageError(t("Name a file, or give --template.", "Fayl göstərin və ya --template verin."))
    if apply and (strict or register):
        raise UsageError(
            t(
                "--strict and --register belong to the preview: --apply enters what that found.",
                "--strict və --register ilkin baxışa aiddir: --apply onun nəticəsini daxil edir.",
            )
        )
    if rejects is not None and rejects.resolve() == file.resolve():
        raise UsageError(
            t("--rejects would overwrite the file itself.", "--rejects faylın özünü əvəz edərdi; başqa ad verin.")
        )
    session = session_of(context)
    # Opened first: where it cannot be written, nothing is entered.
    with ExitStack() as opened, _importing(session, by) as (store, importer):
        listed = None if rejects is None else opened.enter_context(written(rejects, force=force))
        batch = _applied(importer, file) if apply else _previewed(importer, file, register, strict)
        _report(store, batch, shown, listed)
    if not apply and batch.ready:
        note(_next(batch, file))


def undo_import(context: typer.Context, batch: Batch, reason: Reason, by: By = None) -> None:
    """Undo a whole batch, or nothing of it."""
    from handlers.imports.undoing import UndoRefusedError

    session = session_of(context)
    with _importing(session, by) as (_, importer):
        try:
            undone = importer.undo(batch, reason)
        except UndoRefusedError as error:
            for obstacle in error.obstacles:
                say(f"{obstacle.entry_number}  {t(obstacle.text_en, obstacle.text_az)}")
            number = len({obstacle.entry_number for obstacle in error.obstacles})
            raise CommandError(
                t(
                    f"{batch} is not undone, nothing was changed: {number} entries have a life of their own by now.",
                    f"{batch} geri alınmadı, heç nə dəyişmədi: {number} qeyd artıq dəyişib və ya onun üzrə iş açıqdır.",
                )
            ) from error
    say(
        t(
            f"{batch} is undone: {undone.applied} entries are no longer said to be true, their short names are free. "
            "As of before, they can still be asked for.",
            f"{batch} geri alındı: {undone.applied} qeyd artıq doğru sayılmır, qısa adları sərbəstdir. Əvvəlki ana "
            "görə onları yenə soruşmaq olar.",
        )
    )


def list_batches(
    context: typer.Context,
    batch: Annotated[
        str | None, typer.Argument(metavar="[BATCH]", help=t("Only this one, in detail.", "Yalnız bu, ətraflı."))
    ] = None,
    old_number: Annotated[
        str | None,
        typer.Option(help=t("Find what became of an old number.", "Köhnə nömrənin nə olduğunu tap.")),
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=t("Write all rows of the batch with their new numbers, as CSV.", "Bütün sətirləri CSV kimi yaz."),
        ),
    ] = None,
    shown: Annotated[
        int, typer.Option("--show", min=0, help=t("Rows with findings to show.", "Göstərilən sətirlərin sayı."))
    ] = _SHOWN,
    force: Force = False,
) -> None:
    """The batches, one of them, or what became of an old number."""
    from gateway.cli.composition import open_store
    from gateway.cli.import_report import show_batches, show_old_number, write_rows
    from handlers.imports.queries import get_batch, newest_batches, rows_of_old_number

    if rows is not None and batch is None:
        raise UsageError(t("--rows needs a batch.", "--rows üçün dəst göstərin."))
    with open_store(session_of(context)) as store, store.reading() as connection:
        if old_number is not None:
            show_old_number(old_number, rows_of_old_number(connection, old_number))
            return
        if batch is None:
            show_batches(newest_batches(connection))
            return
        found = get_batch(connection, batch)
        if found is None:
            raise CommandError(t(f"There is no batch {batch}.", f"{batch} dəsti yoxdur."))
        _report(store, found, shown, None)
        if rows is not None:
            with written(rows, force=force) as file:
                write_rows(connection, found, file)


def _importing(session: Session, by: str | None) -> AbstractContextManager[tuple[SqlStore, Importer]]:
    from contextlib import contextmanager

    from gateway.cli.composition import open_store
    from gateway.importing.errors import ImportFileError
    from gateway.importing.run import Importer
    from handlers.clock import system_clock
    from handlers.imports.commands import ImportRefusedError

    @contextmanager
    def opened() -> Iterator[tuple[SqlStore, Importer]]:
        try:
            with open_store(session) as store:
                yield store, Importer(store, system_clock, person(by))
        except (ImportFileError, ImportRefusedError) as error:
            raise CommandError(t(str(error), error.text_az)) from error

    return opened()


def _previewed(importer: Importer, path: Path, register: Register | None, strict: bool) -> ImportBatch:
    from gateway.cli.import_progress import Shown, following
    from gateway.importing.source import identify

    file = identify(path)
    with following(t("looking", "baxılır"), Shown.BYTES) as progress:
        return importer.preview(path, file, register=register, strict=strict, progress=progress)


def _applied(importer: Importer, path: Path) -> ImportBatch:
    from gateway.cli.import_progress import Shown, following
    from gateway.importing.source import identify

    with following(t("entering", "daxil edilir"), Shown.ROWS) as progress:
        return importer.apply(identify(path).sha256, progress=progress)


def _report(store: SqlStore, batch: ImportBatch, shown: int, rejects: BinaryIO | None) -> None:
    from gateway.cli.import_report import show_batch, write_rejects

    with store.reading() as connection:
        show_batch(connection, batch, shown)
        if rejects is not None:
            write_rejects(connection, batch, rejects)


def _next(batch: ImportBatch, file: Path) -> str:
    return t(
        f"Nothing was changed. To enter {batch.ready} rows: gateway registers import {file} --apply",
        f"Heç nə dəyişmədi. {batch.ready} sətri daxil etmək üçün: gateway registers import {file} --apply",
    )
