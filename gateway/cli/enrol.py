"""`agency`, `system` and `representative`: who may speak to the registers, and what they may ask."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.failures import UsageError
from gateway.cli.language import t
from gateway.cli.rights import Allow, DocumentTypes, Registers, known_document_types, rights_from, shown
from gateway.cli.session import session_of
from gateway.cli.terminal import say
from handlers.parties.model import Agency, DisclosureTier, Representative, System

AgencyCode = Annotated[
    str, typer.Option("--agency", help=t("Code of the enrolled agency.", "Qeydiyyatdakı qurumun kodu."))
]
CertificateFile = Annotated[
    Path,
    typer.Option(
        "--certificate", exists=True, dir_okay=False, metavar="PEM", help=t("Its certificate.", "Onun sertifikatı.")
    ),
]
Untrusted = Annotated[
    bool,
    typer.Option(
        "--untrusted",
        help=t(
            "Enrol although the certificate does not lead to trust/ yet.",
            "Sertifikat hələ trust/ qovluğundakı kökə aparmasa da, qeydiyyata al.",
        ),
    ),
]


class Tier(StrEnum):
    """The tiers as choices of the command line."""

    HIT_ONLY = DisclosureTier.HIT_ONLY.value
    STATUS = DisclosureTier.STATUS.value
    REASON = DisclosureTier.REASON.value
    FULL = DisclosureTier.FULL.value


def add_agency(
    context: typer.Context,
    code: Annotated[
        str, typer.Argument(help=t("Its key everywhere, for example MOJ.", "Hər yerdə açarı, məsələn MOJ."))
    ],
    name_az: Annotated[str, typer.Option("--name-az")],
    name_en: Annotated[str, typer.Option("--name-en")],
    tax_id: Annotated[str, typer.Option("--tax-id", help=t("10 digits.", "10 rəqəm."))],
    email: Annotated[str | None, typer.Option("--email")] = None,
    tier: Annotated[
        Tier,
        typer.Option(
            "--tier",
            help=t("How much of a listed document it may see.", "Siyahıdakı sənəd barədə nəyi görə bilər."),
        ),
    ] = Tier.STATUS,
    provides: Annotated[
        list[str] | None,
        typer.Option(
            "--provides",
            metavar="TYPE",
            help=t("A document type it issues and may report; repeat it.", "Verdiyi sənəd növü; təkrarlana bilər."),
        ),
    ] = None,
) -> None:
    """Enrol a state body."""
    from gateway.cli.composition import open_store
    from handlers.parties.commands import add_agency as enrol

    agency = Agency(
        code=code,
        name_az=name_az,
        name_en=name_en,
        tax_id=tax_id,
        email=email,
        tier=DisclosureTier(tier.value),
        provides_document_types=known_document_types(provides or []),
    )
    with open_store(session_of(context)) as store, store.writing() as connection:
        enrol(connection, agency)
    say(t(f"{code} is enrolled.", f"{code} qeydiyyatdadır."))


def add_system(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help=t("Code of the system.", "Sistemin kodu."))],
    agency: AgencyCode,
    certificate: CertificateFile,
    name: Annotated[str, typer.Option("--name", help=t("What people call it.", "Adı."))],
    allow: Allow = None,
    register: Registers = None,
    document_type: DocumentTypes = None,
    untrusted: Untrusted = False,
) -> None:
    """Enrol a computer of an agency by its certificate."""
    from gateway.cli.composition import open_store
    from gateway.cli.keys import certificate_identity
    from gateway.cli.trusted import require_trusted
    from gateway.security.certificates import certificate_of
    from handlers.parties.commands import add_system as enrol

    session = session_of(context)
    identity = certificate_identity(certificate)
    if not untrusted:
        require_trusted(session, certificate, identity)
    system = System(
        code=code,
        agency=agency,
        name=name,
        certificates=(certificate_of(identity),),
        rights=rights_from(allow or [], register, document_type),
    )
    with open_store(session) as store, store.writing() as connection:
        enrol(connection, system)
    say(t(f"{code} is enrolled; it may do:", f"{code} qeydiyyatdadır; icazələri:"))
    for line in shown(system.rights).split("\n") if system.rights else [t("nothing yet", "hələ heç nə")]:
        say(line)


def add_representative(
    context: typer.Context,
    fin: Annotated[str, typer.Argument(help=t("FIN of the person.", "Şəxsin FİN-i."))],
    agency: AgencyCode,
    identity_card: Annotated[str, typer.Option("--identity-card")],
    surname: Annotated[str, typer.Option("--surname")],
    name: Annotated[str, typer.Option("--name")],
    valid_from: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")],
    valid_to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")],
    patronymic: Annotated[str | None, typer.Option("--patronymic")] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate",
            exists=True,
            dir_okay=False,
            metavar="PEM",
            help=t("Certificate of the e-signature card.", "E-imza kartının sertifikatı."),
        ),
    ] = None,
    login: Annotated[
        str | None,
        typer.Option(
            "--login",
            help=t(
                "Also issue a login; its password is asked for, or read from standard input.",
                "Login də ver; parolu soruşulur və ya standart girişdən oxunur.",
            ),
        ),
    ] = None,
    generate: Annotated[
        bool,
        typer.Option(
            "--generate-password",
            help=t("Make the password and print it once.", "Parolu yarat və bir dəfə göstər."),
        ),
    ] = False,
    untrusted: Untrusted = False,
) -> None:
    """Enrol an authorised person, by e-signature certificate, by login and password, or both."""
    from gateway.cli.composition import open_store
    from gateway.cli.keys import certificate_identity
    from gateway.cli.passwords import read_password
    from gateway.cli.trusted import require_trusted
    from gateway.security.certificates import certificate_of
    from gateway.security.password_rules import one_time_password
    from gateway.security.passwords import hash_password
    from handlers.parties.commands import add_representative as enrol

    if generate and login is None:
        raise UsageError(t("--generate-password needs --login.", "--generate-password üçün --login lazımdır."))
    if valid_to < valid_from:
        raise UsageError(
            t(
                f"--to {valid_to:%Y-%m-%d} is before --from {valid_from:%Y-%m-%d}: swap them.",
                f"--to {valid_to:%Y-%m-%d} tarixi --from {valid_from:%Y-%m-%d} tarixindən əvvəldir: yerlərini dəyişin.",
            )
        )
    session = session_of(context)
    certificates = []
    if certificate is not None:
        identity = certificate_identity(certificate)
        certificates.append(certificate_of(identity))
        if not untrusted:
            require_trusted(session, certificate, identity)
    password = None
    if login is not None:
        password = one_time_password() if generate else read_password(login, fin, agency, surname, name)
    person = Representative(
        fin=fin,
        agency=agency,
        identity_card=identity_card,
        surname=surname,
        name=name,
        patronymic=patronymic,
        valid_from=valid_from.date(),
        valid_to=valid_to.date(),
        certificates=tuple(certificates),
        login=login,
        password_hash=None if password is None else hash_password(password),
        # Whoever gave or heard it at the desk knows it: the person must choose another one.
        password_must_change=password is not None,
        password_changed_at=None if password is None else datetime.now(UTC),
    )
    with open_store(session) as store, store.writing() as connection:
        enrol(connection, person)
    say(t(f"{fin} may act for {agency}.", f"{fin} {agency} adından çıxış edə bilər."))
    if password is not None:
        say(
            t(
                f"At first use {login} must change the password (bus.ChangePassword); it does nothing else.",
                f"{login} ilk istifadədə parolu dəyişməlidir (bus.ChangePassword); o, başqa heç nəyə yaramır.",
            )
        )
    if generate:
        say(t(f"Password, shown this once: {password}", f"Parol (yalnız indi göstərilir): {password}"))
