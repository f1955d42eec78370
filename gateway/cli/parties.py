"""Looking at who is enrolled: agencies, systems with their certificates and rights, mandates, and their history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.language import t
from gateway.cli.rights import shown
from gateway.cli.session import session_of
from gateway.cli.terminal import stacked, table
from handlers.parties.model import Certificate, PartyKind
from handlers.parties.standing import Standing

if TYPE_CHECKING:
    from handlers.parties.directory import Directory

Party = Annotated[str, typer.Argument(help=t("Code, or FIN of a person.", "Kod və ya şəxsin FİN-i."))]

_STANDINGS: Final = {
    Standing.ACTIVE: ("active", "qüvvədə"),
    Standing.SUSPENDED: ("suspended", "dayandırılıb"),
    Standing.WITHDRAWN: ("withdrawn", "ləğv edilib"),
}
_SHORT: Final = 16
"""Characters of a fingerprint that tell a certificate from others in a table."""


def list_agencies(context: typer.Context) -> None:
    """The enrolled agencies with their systems and representatives."""
    directory = _directory(context)
    table(
        (
            t("code", "kod"),
            t("name", "ad"),
            t("standing", "vəziyyət"),
            t("tier", "səviyyə"),
            t("provides", "verdiyi sənədlər"),
            t("systems", "sistemlər"),
            t("representatives", "nümayəndələr"),
        ),
        (
            (
                each.code,
                t(each.name_en, each.name_az),
                standing_of(each.standing),
                each.tier,
                ", ".join(each.provides_document_types) or "-",
                ", ".join(sorted(one.code for one in directory.systems.values() if one.agency == each.code)) or "-",
                str(sum(one.agency == each.code for one in directory.representatives.values())),
            )
            for each in sorted(directory.agencies.values(), key=lambda each: each.code)
        ),
    )


def list_systems(context: typer.Context) -> None:
    """The enrolled systems with standing, certificates and rights."""
    directory, now = _directory(context), datetime.now(UTC)
    table(
        (
            t("code", "kod"),
            t("agency", "qurum"),
            t("standing", "vəziyyət"),
            t("certificates", "sertifikatlar"),
            t("may do", "icazələr"),
            t("calls from", "haradan"),
            t("tier", "səviyyə"),
        ),
        (
            (
                each.code,
                each.agency,
                standing_of(each.standing),
                stacked(f"{one.fingerprint[:_SHORT]} {_state(one, now)}" for one in each.certificates) or "-",
                stacked(shown(each.rights).split("\n")),
                stacked(each.addresses) or t("anywhere", "istənilən yer"),
                each.tier or "-",
            )
            for each in sorted(directory.systems.values(), key=lambda each: each.code)
        ),
    )


def list_certificates_command(kind: PartyKind) -> Callable[..., None]:
    """The command that lists the certificates of parties of `kind`, oldest first."""

    def command(context: typer.Context, party: Party) -> None:
        from gateway.cli.composition import open_store
        from handlers.parties.queries import certificates_of

        with open_store(session_of(context)) as store, store.reading() as connection:
            certificates = certificates_of(connection, kind, party)
        now = datetime.now(UTC)
        table(
            (
                t("fingerprint", "barmaq izi"),
                t("state", "vəziyyət"),
                t("from", "başlanğıc"),
                t("until", "son"),
                t("subject", "sahibi"),
                t("issuer", "verən"),
                t("serial number", "seriya nömrəsi"),
            ),
            (
                (
                    each.fingerprint,
                    _state(each, now),
                    _day(each.valid_from),
                    _day(each.valid_until),
                    each.subject or "-",
                    each.issuer or "-",
                    each.serial or "-",
                )
                for each in certificates
            ),
        )

    return command


def list_representatives(context: typer.Context) -> None:
    """The enrolled representatives: who, for which agency, how long, by which means."""
    directory, now = _directory(context), datetime.now(UTC)
    table(
        (
            t("FIN", "FİN"),
            t("agency", "qurum"),
            t("name", "ad"),
            t("standing", "vəziyyət"),
            t("authority", "səlahiyyət"),
            t("certificates", "sertifikatlar"),
            "login",
        ),
        (
            (
                each.fin,
                each.agency,
                " ".join(filter(None, (each.surname, each.name, each.patronymic))),
                standing_of(each.standing),
                f"{each.valid_from} - {each.valid_to}",
                stacked(f"{one.fingerprint[:_SHORT]} {_state(one, now)}" for one in each.certificates) or "-",
                each.login or "-",
            )
            for each in sorted(directory.representatives.values(), key=lambda each: (each.agency, each.fin))
        ),
    )


def list_mandates(context: typer.Context) -> None:
    """The mandates: who acts for whom, in what and how long."""
    directory = _directory(context)
    table(
        (
            t("code", "kod"),
            t("acts", "kim"),
            t("for", "kimin adından"),
            t("system", "sistem"),
            t("standing", "vəziyyət"),
            t("period", "müddət"),
            t("may do", "icazələr"),
        ),
        (
            (
                each.code,
                each.agent,
                each.principal,
                each.system or t("each", "hər biri"),
                standing_of(each.standing),
                f"{each.valid_from} - {each.valid_to}",
                stacked(shown(each.rights).split("\n")),
            )
            for each in sorted(directory.mandates.values(), key=lambda each: each.code)
        ),
    )


def history_command(kind: PartyKind) -> Callable[..., None]:
    """The command that shows the history of parties of `kind`."""

    def command(context: typer.Context, party: Party) -> None:
        from gateway.cli.composition import open_store
        from handlers.parties.queries import party_history

        with open_store(session_of(context)) as store, store.reading() as connection:
            rows = party_history(connection, kind, party)
        table(
            (t("when", "nə vaxt"), t("by", "kim"), t("what", "nə"), t("to what", "nəyə"), t("why", "səbəb")),
            ((f"{row.at:%Y-%m-%d %H:%M:%SZ}", row.by, row.event, row.detail or "-", row.reason) for row in rows),
        )

    return command


def standing_of(standing: Standing) -> str:
    """A standing in the language that is set."""
    return t(*_STANDINGS[standing])


def _directory(context: typer.Context) -> Directory:
    from gateway.cli.composition import open_store
    from handlers.parties.queries import load_directory

    with open_store(session_of(context)) as store, store.reading() as connection:
        return load_directory(connection)


def _state(certificate: Certificate, now: datetime) -> str:
    if certificate.withdrawn_at is not None:
        day = _day(certificate.withdrawn_at)
        return t(f"withdrawn {day}", f"{day} ləğv edilib")
    if certificate.valid_until is None:
        return t("enrolled", "qeydiyyatda")
    day = _day(certificate.valid_until)
    if certificate.valid_until < now:
        return t(f"expired {day}", f"{day} müddəti bitib")
    return t(f"until {day}", f"{day} tarixinədək")


def _day(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d}"
