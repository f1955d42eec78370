"""`registers`: what stands in the two system registers, searched and shown to the operator's staff."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from gateway.cli.dates import in_range
from gateway.cli.failures import CommandError, UsageError
from gateway.cli.language import t
from gateway.cli.session import session_of
from gateway.cli.terminal import json_text, note, say, table
from handlers.paging import MAX_PAGE, PAGE
from handlers.registration.model import EntryStatus, Register, SpecialCategory

if TYPE_CHECKING:
    from handlers.registration.criteria import EntryPage, EntrySummary
    from handlers.registration.model import Entry, EntryRelation

_MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
_DAYS = ["%Y-%m-%d"]

AsOf = Annotated[
    datetime | None,
    typer.Option(
        formats=_MOMENTS,
        callback=in_range,
        help=t(
            "The version that was true then; UTC unless an offset is given.", "Həmin anda doğru olan versiya (UTC)."
        ),
    ),
]
AsKnownAt = Annotated[
    datetime | None,
    typer.Option(
        formats=_MOMENTS,
        callback=in_range,
        help=t("As the register knew it then.", "Reyestrin həmin anda bildiyi kimi."),
    ),
]


def _day(en: str, az: str) -> Any:
    return typer.Option(formats=_DAYS, callback=in_range, help=t(en, az))


def search(
    context: typer.Context,
    text: Annotated[
        list[str] | None,
        typer.Argument(help=t("Words that must all stand in the card.", "Vərəqədə hamısı olmalı sözlər.")),
    ] = None,
    register: Annotated[
        Register | None, typer.Option(help=t("The register they stand in.", "Hansı reyestrdə."))
    ] = None,
    owner: Annotated[str | None, typer.Option(help=t("Code of the owning agency.", "Sahib qurumun kodu."))] = None,
    status: Annotated[EntryStatus | None, typer.Option(help=t("Status of the entry.", "Qeydin statusu."))] = None,
    data: Annotated[
        str | None,
        typer.Option(
            "--data-category",
            help=t("A category of data, topic or data object.", "Məlumat kateqoriyası, mövzu və ya məlumat obyekti."),
        ),
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject-category", help=t("A category of persons.", "Məlumat subyektlərinin kateqoriyası.")),
    ] = None,
    special: Annotated[
        SpecialCategory | None,
        typer.Option("--special-category", help=t("A special category of data.", "Xüsusi kateqoriyalı məlumat.")),
    ] = None,
    recorded_from: Annotated[
        datetime | None, _day("Recorded on this day or later.", "Bu gün və ya sonra yazılıb.")
    ] = None,
    recorded_to: Annotated[datetime | None, _day("Recorded by this day.", "Bu günədək yazılıb.")] = None,
    since_from: Annotated[
        datetime | None, _day("True since this day or later.", "Bu gündən və ya sonradan doğrudur.")
    ] = None,
    since_to: Annotated[
        datetime | None, _day("True since this day or earlier.", "Bu gündən və ya əvvəldən doğrudur.")
    ] = None,
    size: Annotated[
        int, typer.Option(min=1, max=MAX_PAGE, help=t("Entries of a page.", "Səhifədəki qeydlərin sayı."))
    ] = PAGE,
    cursor: Annotated[
        str | None, typer.Option(help=t("From the page before.", "Əvvəlki səhifənin sonunda göstərilib."))
    ] = None,
) -> None:
    """Entries that meet all that is given, as the register says now."""
    from gateway.cli.composition import open_store
    from handlers.paging import CriteriaError, CursorError
    from handlers.registration.criteria import EntryCriteria
    from handlers.registration.search import keep_present, search_entries

    criteria = EntryCriteria(
        register=register,
        owner=owner,
        status=status,
        text=" ".join(text) if text else None,
        data_category=data,
        subject_category=subject,
        special_category=special,
        recorded_from=recorded_from.date() if recorded_from else None,
        recorded_to=recorded_to.date() if recorded_to else None,
        valid_since_from=since_from.date() if since_from else None,
        valid_since_to=since_to.date() if since_to else None,
    )
    with open_store(session_of(context)) as store:
        keep_present(store, datetime.now(UTC))
        with store.reading() as connection:
            try:
                page = search_entries(connection, criteria, size=size, cursor=cursor)
            except CursorError as error:
                raise UsageError(
                    t(
                        "--cursor: not the one of the page before, or not with the same criteria.",
                        "--cursor: əvvəlki səhifənin göstəricisi deyil və ya meyarlar dəyişib.",
                    )
                ) from error
            except CriteriaError as error:
                raise UsageError(_unanswerable(error)) from error
    _show_page(page)


def _unanswerable(error: Exception) -> str:
    field = getattr(error, "field", "")
    if field == "text":
        return t(
            "Give one to ten words of letters or digits.", "Hərf və ya rəqəmdən ibarət birdən ona qədər söz verin."
        )
    return t("The last day lies before the first.", "Son gün birinci gündən əvvəldir.")


def _show_page(page: EntryPage) -> None:
    table(
        (
            t("number", "nömrə"),
            t("owner", "sahib"),
            t("status", "status"),
            t("version", "versiya"),
            t("short name", "qısa ad"),
            t("name", "ad"),
            t("true since", "nə vaxtdan"),
            t("late", "gecikmə"),
        ),
        (_row(each) for each in page.entries),
    )
    if page.next_cursor is not None:
        note(
            t(
                f"There are more: the same command with --cursor {page.next_cursor}",
                f"Davamı var: eyni əmr, --cursor {page.next_cursor} ilə",
            )
        )


def _row(entry: EntrySummary) -> tuple[str, ...]:
    late = {True: t("late", "gecikib"), False: t("in time", "vaxtında"), None: "-"}[entry.late]
    since = entry.valid_from.date().isoformat()
    version = str(entry.version)
    return (entry.number, entry.owner, entry.status.value, version, entry.short_name, entry.name, since, late)


def show(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help=t("Registration number.", "Qeydiyyat nömrəsi."))],
    as_of: AsOf = None,
    as_known_at: AsKnownAt = None,
    as_json: Annotated[bool, typer.Option("--json", help=t("As JSON.", "JSON kimi."))] = False,
) -> None:
    """An entry as it is, was, or was known: whole, since the operator looks at its own register."""
    from gateway.cli.composition import open_store
    from handlers.registration.entries import get_entry

    with open_store(session_of(context)) as store, store.reading() as connection:
        entry = get_entry(connection, number, as_of=_moment(as_of), as_known_at=_moment(as_known_at))
    if entry is None:
        raise CommandError(
            t(
                f"The register has no entry {number}, or nothing of it was true or known then.",
                f"Reyestrdə {number} qeydi yoxdur və ya həmin anda qüvvədə, yaxud məlum deyildi.",
            )
        )
    if as_json:
        json_text(msgspec.json.format(msgspec.json.encode(entry), indent=2))
        return
    _show_entry(entry)


def _show_entry(entry: Entry) -> None:
    from handlers.registration.entries import card_of_entry
    from handlers.rules.paths import leaves

    table(
        (t("field", "sahə"), t("value", "qiymət")),
        (
            (t("number", "nömrə"), entry.number),
            (t("register", "reyestr"), entry.register.value),
            (t("version", "versiya"), str(entry.version)),
            (t("status", "status"), entry.status.value),
            (t("true since", "nə vaxtdan doğrudur"), entry.valid_from.isoformat()),
            (t("recorded", "reyestrə yazılıb"), entry.recorded_at.isoformat()),
            *((path.removeprefix("/"), str(value)) for path, value in leaves(card_of_entry(entry))),
        ),
    )
    if entry.relations:
        say("")
        table(
            (t("kind", "növ"), t("other entry", "digər qeyd"), t("declared by", "kim bəyan edib")),
            [_relation(each) for each in entry.relations],
            title=t("Relations that held then", "Həmin anda mövcud olan əlaqələr"),
        )


def _relation(relation: EntryRelation) -> tuple[str, str, str]:
    from handlers.rules.labels import label_of_value

    name = label_of_value(relation.kind)
    by = (
        t("the other entry (automatic)", "digər qeyd (avtomatik)") if relation.automatic else t("this entry", "bu qeyd")
    )
    return (f"{relation.kind} ({t(name.en, name.az)})", relation.entry_number, by)


def _moment(given: datetime | None) -> datetime | None:
    """What was given, in UTC where no offset was."""
    return given if given is None or given.tzinfo is not None else given.replace(tzinfo=UTC)
