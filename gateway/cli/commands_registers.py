"""The table of commands on the registers: extracts, entries, and taking over older registers."""

from __future__ import annotations

import typer

from gateway.cli import extracts, registers, registers_import
from gateway.cli.app import KEEP
from gateway.cli.language import t


def register_registers(app: typer.Typer) -> None:
    """Give the application its commands on the registers."""
    issued = typer.Typer(no_args_is_help=True, help=t("Extracts of the entries.", "Reyestr qeydlərindən çıxarışlar."))
    for name, work, en, az in (
        ("issue", extracts.issue, "Issue one, sealed as XML and PDF.", "Möhürlənmiş XML və PDF kimi çıxarış ver."),
        ("list", extracts.list_issued, "All issues of an entry.", "Qeyd üzrə verilmiş bütün çıxarışlar."),
        ("get", extracts.get, "Write the files of one.", "Çıxarışın fayllarını yaz."),
    ):
        issued.command(name, help=t(en, az))(work)
    app.add_typer(issued, name="extracts", rich_help_panel=KEEP)
    kept = typer.Typer(no_args_is_help=True, help=t("The entries of the registers.", "Reyestrlərin qeydləri."))
    _finding(kept)
    _importing(kept)
    app.add_typer(kept, name="registers", rich_help_panel=KEEP)


def _finding(kept: typer.Typer) -> None:
    kept.command(
        "search",
        help=t(
            "Entries by words, owner, status, categories and dates, page by page.",
            "Qeydlər: söz, sahib, status, kateqoriya və tarix üzrə, səhifə-səhifə.",
        ),
    )(registers.search)
    kept.command(
        "show",
        help=t(
            "One entry as it is, as it was, or as it was known at a moment.",
            "Bir qeyd: indiki halı, əvvəlki halı və ya hər hansı anda məlum olan halı.",
        ),
    )(registers.show)


def _importing(kept: typer.Typer) -> None:
    add = kept.command
    add("import", help=t(registers_import.HELP_EN, registers_import.HELP_AZ))(registers_import.import_file)
    add(
        "import-undo",
        help=t(
            "Undo a whole batch: what it entered is no longer said to be true, and its short names are free.",
            "Bütöv dəsti geri al: daxil etdikləri artıq doğru sayılmır, qısa adları sərbəst olur.",
        ),
    )(registers_import.undo_import)
    add(
        "batches",
        help=t(
            "The batches that were imported, one of them in detail, or what became of an old number.",
            "İdxal dəstləri, birinin təfərrüatı və ya köhnə nömrənin nə olduğu.",
        ),
    )(registers_import.list_batches)
