"""How notices reach an agency, seen and chosen from the operator's side."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.failures import CommandError, UsageError
from gateway.cli.in_force import By
from gateway.cli.language import t
from gateway.cli.persons import person
from gateway.cli.session import Session, session_of
from gateway.cli.terminal import note, say, table
from handlers.notices.delivery import (
    DeliveryChoice,
    DeliveryMethod,
    DeliveryReport,
    DeliverySetting,
    NoticeLanguage,
    SetBy,
)
from handlers.notices.model import NoticeKind
from handlers.parties.model import Act

if TYPE_CHECKING:
    from handlers.store.engine import SqlStore

_SET_BY: Final = {SetBy.AGENCY: ("the agency", "qurum"), SetBy.OPERATOR: ("the operator", "operator")}


def delivery(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help=t("Code of the agency.", "Qurumun kodu."))],
    method: Annotated[
        DeliveryMethod | None,
        typer.Option("--method", help=t("How notices are sent.", "Bildirişlər necə göndərilir.")),
    ] = None,
    addresses: Annotated[
        list[str] | None,
        typer.Option(
            "--address",
            help=t("A mail address; repeat it. They replace the old ones.", "E-poçt ünvanı; təkrarlanır."),
        ),
    ] = None,
    language: Annotated[
        NoticeLanguage | None, typer.Option("--language", help=t("Of what is sent.", "Göndərilənlərin dili."))
    ] = None,
    without: Annotated[
        list[NoticeKind] | None,
        typer.Option("--without", help=t("A kind that is not sent; repeat it.", "Göndərilməyən növ; təkrarlanır.")),
    ] = None,
    every_kind: Annotated[
        bool, typer.Option("--every-kind", help=t("Send every kind again.", "Bütün növləri yenidən göndər."))
    ] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", help=t("Why, when it is changed; kept for ever.", "Dəyişikliyin səbəbi; saxlanılır.")),
    ] = None,
    by: By = None,
) -> None:
    """Show how an agency's notices are delivered, or choose it."""
    from gateway.cli.composition import open_store

    if every_kind and without:
        raise UsageError(t("Give --without or --every-kind.", "--without və ya --every-kind verin."))
    session = session_of(context)
    with open_store(session) as store:
        _require_agency(store, code)
        if method or addresses or language or without or every_kind:
            act = Act(by=person(by), at=datetime.now(UTC), reason=_given(reason))
            kinds = () if every_kind else tuple(without) if without else None
            _choose(store, session, code, act, method, tuple(addresses or ()), language, kinds)
        _show(store, session, code)


def _choose(
    store: SqlStore,
    session: Session,
    code: str,
    act: Act,
    method: DeliveryMethod | None,
    addresses: tuple[str, ...],
    language: NoticeLanguage | None,
    kinds: tuple[NoticeKind, ...] | None,
) -> None:
    """Choose what is given; the rest stays as it is."""
    from gateway.outbound.methods import offered
    from handlers.notices.choosing import choose_for, report

    offers = offered(session.settings)
    with store.writing() as connection:
        standing = report(connection, code, offers)
        choice = DeliveryChoice(
            method=method or standing.method,
            addresses=addresses or standing.addresses,
            language=language or standing.language,
            unwanted_kinds=standing.unwanted_kinds if kinds is None else kinds,
        )
        ground = choose_for(connection, code, choice, act, offers)
        changed = report(connection, code, offers).version != standing.version
    if ground is not None:
        raise CommandError(f"{ground.code}: {t(ground.text_en, ground.text_az)}")
    if not changed:
        note(t("Nothing to change: it is so already.", "Dəyişəcək heç nə yoxdur: artıq belədir."))


def _require_agency(store: SqlStore, code: str) -> None:
    from handlers.parties.enrolled import agency_of
    from handlers.parties.queries import load_directory

    with store.reading() as connection:
        agency_of(load_directory(connection), code)


def _given(reason: str | None) -> str:
    if reason is None or not reason.strip():
        raise UsageError(t("Say why with --reason.", "Səbəbi --reason ilə göstərin."))
    return reason


def _show(store: SqlStore, session: Session, code: str) -> None:
    from gateway.outbound.methods import offered
    from handlers.notices.choosing import delivery_settings, report

    with store.reading() as connection:
        found = report(connection, code, offered(session.settings))
        settings = delivery_settings(connection, code)
    for name, value in _facts(found):
        say(f"{name}: {value}")
    if settings:
        table(
            (
                t("version", "versiya"),
                t("when", "nə vaxt"),
                t("chosen by", "kim seçib"),
                t("method", "üsul"),
                t("addresses", "ünvanlar"),
                t("language", "dil"),
                t("not sent", "göndərilmir"),
                t("why", "səbəb"),
            ),
            [_row(each) for each in settings],
        )


def _facts(found: DeliveryReport) -> list[tuple[str, str]]:
    delivered = "-" if found.last_delivered is None else f"{found.last_delivered} ({_moment(found.last_delivered_at)})"
    failed = "-" if found.last_error is None else f"{found.last_error} ({_moment(found.last_error_at)})"
    return [
        (t("method", "üsul"), found.method),
        (t("offered here", "burada təklif edilir"), ", ".join(found.offered)),
        (t("addresses", "ünvanlar"), ", ".join(found.addresses) or "-"),
        (t("newest notice", "sonuncu bildiriş"), str(found.last_sequence)),
        (t("newest that was sent", "sonuncu göndərilən"), delivered),
        (t("waiting", "gözləyir"), str(found.waiting)),
        (t("given up, to be pulled", "göndərilə bilməyən"), str(found.given_up)),
        (t("newest failure", "sonuncu nasazlıq"), failed),
        (t("next try", "növbəti cəhd"), _moment(found.next_try_at)),
    ]


def _row(setting: DeliverySetting) -> tuple[str, ...]:
    choice = setting.choice
    who = "-" if setting.set_by is None else t(*_SET_BY[setting.set_by])
    return (
        str(setting.version),
        _moment(setting.set_at),
        f"{who}, {setting.by}",
        choice.method,
        ", ".join(choice.addresses) or "-",
        choice.language,
        ", ".join(choice.unwanted_kinds) or "-",
        setting.reason or "-",
    )


def _moment(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%SZ}"
