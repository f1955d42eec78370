"""`extracts`: the operator issues extracts, lists them, and hands out their files as they were issued."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.failures import CommandError, UsageError
from gateway.cli.files import Force, written
from gateway.cli.language import t
from gateway.cli.persons import person
from gateway.cli.session import session_of
from gateway.cli.terminal import note, say, table
from handlers.extracts.model import Extract, ExtractReason

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.registration.model import Entry

_LAST_VERSION: Final = 2**31 - 1
"""Versions are 32-bit numbers, in the contract and in the store."""

EntryNumber = Annotated[
    str, typer.Argument(metavar="ENTRY", help=t("Registration number of the entry.", "Qeydiyyat nömrəsi."))
]


class Reason(StrEnum):
    """Why an extract is issued by hand; ENTERED ones are issued with the entry."""

    REQUESTED = ExtractReason.REQUESTED.value
    REISSUED = ExtractReason.REISSUED.value


def issue(
    context: typer.Context,
    entry: EntryNumber,
    reason: Annotated[
        Reason,
        typer.Option(
            "--reason",
            help=t(
                "REQUESTED: asked for; REISSUED: in place of an earlier one.",
                "REQUESTED: müraciət əsasında; REISSUED: əvvəlkinin əvəzinə.",
            ),
        ),
    ],
    version: Annotated[
        int | None,
        typer.Option(
            "--version", min=1, help=t("Version of the entry; default: the present one.", "Versiya; verilməsə, indiki.")
        ),
    ] = None,
    remark: Annotated[
        str | None,
        typer.Option(
            "--note",
            help=t("For example the letter that asks for it; kept for ever.", "Məsələn, müraciət məktubu; saxlanılır."),
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            help=t("Who issues it; without it, your name on this machine.", "Kim verir; verilməsə, sistem adınız."),
        ),
    ] = None,
) -> None:
    """Issue an extract of a version of an entry."""
    from gateway.cli.composition import open_store
    from gateway.cli.keys import read_key, require_gateway_key
    from gateway.extracts.maker import installed_maker
    from handlers.extracts.commands import NothingToReissueError, issue_extract
    from handlers.store import entries
    from handlers.work import Work

    session, now = session_of(context), datetime.now(UTC)
    require_gateway_key(session.home, now)
    maker = installed_maker(session.settings, read_key(session.home.key_file))
    with open_store(session) as store, store.writing() as connection:
        shown = _entry(connection, entry, version, now)
        try:
            extract = issue_extract(
                Work(connection=connection, now=now),
                shown,
                reason=ExtractReason(reason),
                case_number=entries.case_of_version(connection, shown.number, shown.version),
                actor=person(by),
                maker=maker,
                note=remark,
            )
        except NothingToReissueError as error:
            raise CommandError(
                t(
                    f"{shown.number}, version {shown.version}, has no extract yet: issue one with --reason REQUESTED.",
                    f"{shown.number} qeydinin {shown.version} nömrəli versiyası üzrə hələ çıxarış verilməyib: --reason "
                    "REQUESTED ilə verin.",
                )
            ) from error
    say(extract.number)
    say(extract.verification_code)
    if extract.reissues:
        note(t(f"Issued in place of {extract.reissues}.", f"{extract.reissues} əvəzinə verildi."))


def list_issued(context: typer.Context, entry: EntryNumber) -> None:
    """Every extract of an entry, each with how it stands."""
    from gateway.cli.composition import open_store
    from handlers.extracts.queries import list_extracts, standing_of

    now = datetime.now(UTC)
    with open_store(session_of(context)) as store, store.reading() as connection:
        _entry(connection, entry, None, now)
        rows = [(each, *standing_of(connection, each, now)) for each in list_extracts(connection, entry)]
    table(
        (
            t("number", "nömrə"),
            t("version", "versiya"),
            t("issued", "verilib"),
            t("reason", "səbəb"),
            t("by", "kim"),
            t("to", "kimə"),
            t("standing", "vəziyyət"),
            t("in place of", "nəyin əvəzinə"),
            t("replaced by", "nə əvəz edib"),
            t("code", "kod"),
            t("note", "qeyd"),
        ),
        (
            (
                each.number,
                str(each.version),
                f"{each.issued_at:%Y-%m-%d %H:%M:%S}Z",
                each.reason,
                each.issued_by,
                each.owner,
                standing,
                each.reissues or "-",
                reissued_as or "-",
                each.verification_code,
                each.note or "-",
            )
            for each, standing, reissued_as in rows
        ),
    )


def get(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=t("Number of the extract.", "Çıxarışın nömrəsi."))],
    xml: Annotated[
        Path | None, typer.Option("--xml", metavar="FILE", help=t("Where to write the XML.", "XML faylının yeri."))
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help=t("Where to write the PDF.", "PDF faylının yeri."))
    ] = None,
    force: Force = False,
) -> None:
    """Write the files of an extract, byte for byte as they were issued."""
    from gateway.cli.composition import open_store
    from handlers.extracts.queries import files_of, find_extract

    if xml is None and pdf is None:
        raise UsageError(
            t("Say which file: --xml FILE, --pdf FILE or both.", "Faylı göstərin: --xml, --pdf və ya hər ikisi.")
        )
    if xml is not None and pdf is not None and xml.resolve() == pdf.resolve():
        raise UsageError(
            t("--xml and --pdf are the same file: give two names.", "--xml və --pdf eyni fayldır: iki ad verin.")
        )
    with open_store(session_of(context)) as store, store.reading() as connection:
        extract: Extract | None = find_extract(connection, number)
        if extract is None:
            raise CommandError(
                t(
                    f"There is no extract {number}. `gateway extracts list ENTRY` shows those of an entry.",
                    f"{number} nömrəli çıxarış yoxdur. Qeydin çıxarışları: `gateway extracts list QEYD`.",
                )
            )
        files = files_of(connection, extract)
    wanted = [(path, content) for path, content in ((xml, files.xml), (pdf, files.pdf)) if path is not None]
    with ExitStack() as opened:  # both or none
        for file, content in [(opened.enter_context(written(path, force=force)), content) for path, content in wanted]:
            file.write(content)
    for path, content in wanted:
        say(t(f"{path}: {len(content)} bytes", f"{path}: {len(content)} bayt"))


def _entry(connection: Connection, number: str, version: int | None, now: datetime) -> Entry:
    from handlers.registration.entries import present_entry
    from handlers.store import entries

    found = present_entry(connection, number, now)  # none, too, of what was entered by mistake
    if found is not None and version is not None:
        found = entries.find_version(connection, number, version) if version <= _LAST_VERSION else None
    if found is None:
        what = number if version is None else f"{number}, {version}"
        raise CommandError(
            t(
                f"The registers have no such entry or version: {what}.",
                f"Reyestrdə belə qeyd və ya versiya yoxdur: {what}.",
            )
        )
    return found
