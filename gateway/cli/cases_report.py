"""`cases report` and `cases export`: figures of all cases, and the whole of one."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from gateway.cli.case_words import stage_words
from gateway.cli.casework import By, Number, unknown_case
from gateway.cli.dates import in_range
from gateway.cli.failures import CommandError, UsageError
from gateway.cli.files import Force, written
from gateway.cli.language import t
from gateway.cli.persons import person
from gateway.cli.session import session_of
from gateway.cli.terminal import json_text, note, raw, say, table
from handlers.cases.statistics import Figures, Grouping, StageFigures, Statistics, StatisticsScope
from handlers.registration.model import Register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_DAY: Final = 86_400


class Apart(StrEnum):
    """What a report tells figures apart by."""

    REGISTER = "register"
    AGENCY = "agency"
    TYPE = "type"
    STATE = "state"
    DECISION = "decision"
    GROUND = "ground"
    STAGE = "stage"


def report(
    context: typer.Context,
    register: Annotated[Register | None, typer.Option("--register", help=t("Of this register.", "Reyestr."))] = None,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="CODE", help=t("Of this applicant.", "Müraciət edən qurum."))
    ] = None,
    first: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d"],
            callback=in_range,
            help=t("Received on this day or later.", "Bu gündən daxil olanlar."),
        ),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option(
            "--to",
            formats=["%Y-%m-%d"],
            callback=in_range,
            help=t("Received on this day or earlier.", "Bu günədək daxil olanlar."),
        ),
    ] = None,
    by: Annotated[
        list[Apart] | None,
        typer.Option(
            "--by", help=t("Only told apart by this; repeat it.", "Yalnız buna görə bölgü; təkrarlana bilər.")
        ),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help=t("As CSV, for spreadsheets.", "Cədvəl üçün CSV."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=t("As JSON, for programs.", "Proqramlar üçün JSON."))] = False,
) -> None:
    """Say how many cases there are, how late they came, how they ended, and how long each stage takes."""
    from gateway.cli.composition import open_store
    from handlers.cases.statistics import statistics

    if as_csv and as_json:
        raise UsageError(t("Either --csv or --json.", "Ya --csv, ya da --json."))
    if first is not None and last is not None and first > last:
        raise UsageError(t("--from lies after --to.", "--from tarixi --to tarixindən sonradır."))
    scope = StatisticsScope(
        register=register,
        agency=agency,
        received_from=first.date() if first else None,
        received_to=last.date() if last else None,
    )
    asked = by or list(Apart)
    groupings = [Grouping[each.name] for each in asked if each is not Apart.STAGE]
    with open_store(session_of(context)) as store, store.reading() as connection:
        found = statistics(connection, scope, groupings, stages=Apart.STAGE in asked)
    if as_json:
        json_text(msgspec.json.format(msgspec.json.encode(found), indent=2))
    elif as_csv:
        raw(_csv(found))
    else:
        _show(found, groupings)


def export(
    context: typer.Context,
    number: Number,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.xml", dir_okay=False, help=t("Where to.", "Hara yazılsın."))
    ],
    by: By = None,
    force: Force = False,
) -> None:
    """Write the whole history of a case as one sealed file."""
    from gateway.cli.composition import open_store
    from gateway.cli.keys import read_key, require_gateway_key
    from gateway.contract.files import HistoryError
    from gateway.histories import sealed_history
    from handlers.cases.history import case_history

    session, now = session_of(context), datetime.now(UTC)
    require_gateway_key(session.home, now)
    key = read_key(session.home.key_file)
    with open_store(session) as store, store.reading() as connection:
        history = case_history(
            connection, number, exported_at=now, exported_by=person(by), gateway=key.certificate.subject
        )
    if history is None:
        raise unknown_case(number)
    try:
        sealed = sealed_history(history, key)
    except HistoryError as error:
        raise CommandError(
            t(
                f"{number}: this history does not follow the published schema, so nobody could verify it; nothing was "
                "written. Report it to whoever maintains the gateway.",
                f"{number}: bu tarixçə elan edilmiş sxemə uyğun deyil və yoxlanıla bilməzdi; heç nə yazılmadı. Şlüzün "
                "texniki dəstəyinə bildirin.",
            )
        ) from error
    with written(out, force=force) as file:
        file.write(sealed)
    files = sum(each.signed_file is not None for each in history.submissions)
    say(
        t(
            f"{out}: {len(history.steps)} steps, {len(history.submissions)} submissions ({files} signed files).",
            f"{out}: {len(history.steps)} addım, {len(history.submissions)} təqdimat ({files} imzalı fayl).",
        )
    )
    note(t("Anyone can check it: `gateway verify`.", "Hər kəs yoxlaya bilər: `gateway verify`."))


def _show(found: Statistics, groupings: Iterable[Grouping]) -> None:
    table(_heads(t("all", "hamısı")), [("", *_figures(found.total))])
    for by in groupings:
        rows = [(each.key, *_figures(each.figures)) for each in found.groups if each.by is by]
        if rows:
            say("")
            table(_heads(t(*_NAMES[by])), rows)
    if found.stages:
        say("")
        table(
            (
                t("stage", "mərhələ"),
                t("cases", "işlər"),
                t("mean days", "orta, gün"),
                t("middle days", "median, gün"),
                t("longest, days", "ən uzun, gün"),
            ),
            [(stage_words(each.stage), str(each.cases), *_days(each)) for each in found.stages],
        )


_NAMES: Final = {
    Grouping.REGISTER: ("register", "reyestr"),
    Grouping.AGENCY: ("applicant", "müraciət edən"),
    Grouping.TYPE: ("type", "növ"),
    Grouping.STATE: ("state", "vəziyyət"),
    Grouping.DECISION: ("decision", "qərar"),
    Grouping.GROUND: ("ground of refusal", "imtina əsası"),
}


def _heads(first: str) -> Sequence[str]:
    return (
        first,
        t("cases", "işlər"),
        t("open", "açıq"),
        t("late", "gecikmiş"),
        t("mean days late", "orta gecikmə, gün"),
        t("most days late", "ən çox gecikmə, gün"),
        t("approved", "müsbət"),
        t("refused", "imtina"),
        t("dismissed", "baxılmamış"),
        t("withdrawn", "geri götürülmüş"),
    )


def _figures(of: Figures) -> tuple[str, ...]:
    mean = f"{of.days_late / of.late:.1f}" if of.late else ""
    most = str(of.most_days_late) if of.late else ""
    numbers = (of.approved, of.refused, of.dismissed, of.withdrawn)
    return (str(of.cases), str(of.open), str(of.late), mean, most, *map(str, numbers))


def _days(of: StageFigures) -> tuple[str, str, str]:
    mean, middle, most = (f"{seconds / _DAY:.1f}" for seconds in (of.mean_seconds, of.median_seconds, of.most_seconds))
    return mean, middle, most


def _csv(found: Statistics) -> bytes:
    """One line for each row of each table; the names of columns are fixed, so that a spreadsheet can rely on them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = Figures.__struct_fields__
    times = ("mean_days", "median_days", "most_days")
    writer.writerow(("by", "key", *columns, *times))
    writer.writerows(_lines(found, len(columns), len(times)))
    return text.getvalue().encode()


def _lines(found: Statistics, columns: int, times: int) -> Iterator[tuple[object, ...]]:
    def numbers(figures: Figures) -> tuple[int, ...]:
        return tuple(getattr(figures, name) for name in Figures.__struct_fields__)

    nothing = ("",) * times
    yield ("ALL", "", *numbers(found.total), *nothing)
    for group in found.groups:
        yield (group.by, group.key, *numbers(group.figures), *nothing)
    for stage in found.stages:
        yield ("STAGE", stage.stage, stage.cases, *("",) * (columns - 1), *_days(stage))
