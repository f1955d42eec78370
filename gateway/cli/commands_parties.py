"""The table of commands on who may call: agencies, systems, representatives, mandates."""

from __future__ import annotations

import typer

from gateway.cli import change, delivery, enrol, issue, mandate, parties
from gateway.cli.app import ENROL
from gateway.cli.language import t
from handlers.parties.model import PartyKind
from handlers.parties.standing import StandingStep


def register_parties(app: typer.Typer) -> None:
    """Give the application its commands on who may call."""
    agency = _group(app, "agency", t("State bodies.", "Dövlət qurumları."))
    agency.command("add", help=t("Enrol a state body.", "Dövlət qurumunu qeydiyyata al."))(enrol.add_agency)
    agency.command(
        "list",
        help=t("The agencies with their systems and representatives.", "Qurumlar, sistemləri və nümayəndələri."),
    )(parties.list_agencies)
    agency.command(
        "tier", help=t("How much of a listed document it is shown.", "Siyahıdakı sənəd barədə ona nə göstərilir.")
    )(change.set_agency_tier)
    agency.command(
        "delivery",
        help=t(
            "How its notices reach it, and how far that has come; with options: choose it.",
            "Bildirişlər ona necə çatdırılır və nə qədəri çatdırılıb; seçimlərlə: bunu müəyyən et.",
        ),
    )(delivery.delivery)
    _standing(agency, PartyKind.AGENCY)
    _systems(app)
    person = _group(app, "representative", t("Authorised persons.", "Səlahiyyətli şəxslər."))
    person.command(
        "add",
        help=t(
            "Enrol a person by e-signature certificate, login and password, or both.",
            "Şəxsi e-imza sertifikatı, login və parolla və ya hər ikisi ilə qeydiyyata al.",
        ),
    )(enrol.add_representative)
    _issuing(person, PartyKind.REPRESENTATIVE)
    person.command("list", help=t("The representatives.", "Nümayəndələr."))(parties.list_representatives)
    _standing(person, PartyKind.REPRESENTATIVE)
    _certificates(person, PartyKind.REPRESENTATIVE)
    acting = _group(app, "mandate", t("Who may act for another agency.", "Başqa qurum adından çıxış edənlər."))
    acting.command("add", help=t("Enrol a mandate.", "Səlahiyyətnaməni qeydiyyata al."))(mandate.add_mandate)
    acting.command("list", help=t("The mandates.", "Səlahiyyətnamələr."))(parties.list_mandates)
    _standing(acting, PartyKind.MANDATE)


def _systems(app: typer.Typer) -> None:
    system = _group(app, "system", t("Computers that call.", "Müraciət edən sistemlər."))
    system.command(
        "add",
        help=t(
            "Enrol a computer by its certificate, with the operations it may call.",
            "Sistemi sertifikatı və icazə verilən əməliyyatlarla qeydiyyata al.",
        ),
    )(enrol.add_system)
    system.command(
        "add-password-only",
        help=t(
            "Enrol a computer without a certificate: questions only, over TLS, by login and password.",
            "Sertifikatı olmayan sistemi qeydiyyata al: yalnız sorğular, TLS ilə, login və parolla.",
        ),
    )(issue.add_password_only)
    _issuing(system, PartyKind.SYSTEM)
    system.command(
        "list", help=t("The systems: certificates, rights, networks.", "Sistemlər: sertifikatlar, icazələr, şəbəkələr.")
    )(parties.list_systems)
    for name, work, en, az in (
        ("grant", change.grant, "Let it do more.", "Əlavə icazə ver."),
        ("narrow", change.narrow, "Let what it does reach no further than this.", "İcazələri bu həddə endir."),
        ("revoke", change.revoke, "Deny it operations.", "Əməliyyatları qadağan et."),
        ("addresses", change.set_addresses, "Bind it to networks.", "Şəbəkələrə bağla."),
        ("tier", change.set_system_tier, "Show it less than its agency.", "Qurumundan az göstər."),
    ):
        system.command(name, help=t(en, az))(work)
    _standing(system, PartyKind.SYSTEM)
    _certificates(system, PartyKind.SYSTEM)


def _certificates(group: typer.Typer, kind: PartyKind) -> None:
    certificate = typer.Typer(
        no_args_is_help=True,
        help=t(
            "Certificates; several are good at a time, so that keys roll over.",
            "Sertifikatlar; açar dəyişəndə bir neçəsi eyni vaxtda qüvvədə olur.",
        ),
    )
    for name, work, en, az in (
        ("add", change.add_certificate_command, "Enrol a further one.", "Daha birini qeydiyyata al."),
        ("withdraw", change.withdraw_certificate_command, "Take one no longer, at once.", "Birini dərhal ləğv et."),
        ("list", parties.list_certificates_command, "All that were ever enrolled.", "Qeydiyyata alınmışların hamısı."),
    ):
        certificate.command(name, help=t(en, az))(work(kind))
    group.add_typer(certificate, name="certificate")


def _issuing(group: typer.Typer, kind: PartyKind) -> None:
    group.command(
        "issue-password",
        help=t(
            "Print a new one-time password; the old one is good for nothing from now on.",
            "Yeni birdəfəlik parol göstər; köhnəsi artıq heç nəyə yaramır.",
        ),
    )(issue.issue_command(kind))


def _standing(group: typer.Typer, kind: PartyKind) -> None:
    for name, step, en, az in (
        ("suspend", StandingStep.SUSPEND, "Suspend for a time, at once.", "Müvəqqəti və dərhal dayandır."),
        ("resume", StandingStep.RESUME, "Let count again.", "Yenidən qüvvəyə mindir."),
        ("withdraw", StandingStep.WITHDRAW, "Withdraw for good, at once.", "Həmişəlik və dərhal ləğv et."),
    ):
        group.command(name, help=t(en, az))(change.standing_command(kind, step))
    group.command("history", help=t("What was changed, by whom and why.", "Nə dəyişib, kim və niyə dəyişib."))(
        parties.history_command(kind)
    )


def _group(app: typer.Typer, name: str, text: str) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=text)
    app.add_typer(group, name=name, rich_help_panel=ENROL)
    return group
