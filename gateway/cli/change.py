"""Changing what is enrolled: standing of parties, certificates, rights, networks and tiers of systems."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Final

import typer

from gateway.cli.enrol import CertificateFile, Tier, Untrusted
from gateway.cli.failures import UsageError
from gateway.cli.in_force import By, Reason, changing
from gateway.cli.language import t
from gateway.cli.rights import Allow, DocumentTypes, Registers, rights_from
from gateway.cli.session import session_of
from gateway.cli.terminal import say
from handlers.parties.model import DisclosureTier, PartyKind
from handlers.parties.standing import StandingStep

SystemCode = Annotated[str, typer.Argument(help=t("Code of the system.", "Sistemin kodu."))]
Party = Annotated[
    str,
    typer.Argument(
        help=t(
            "Code of the agency, system or mandate; FIN of the representative.",
            "Qurumun, sistemin və ya səlahiyyətnamənin kodu; nümayəndənin FİN-i.",
        )
    ),
]
Fingerprint = Annotated[
    str,
    typer.Argument(
        help=t(
            "Its fingerprint, or enough of its beginning to tell it from others.",
            "Barmaq izi və ya onu ayırd edən başlanğıcı.",
        )
    ),
]

_STANDING: Final = {
    StandingStep.SUSPEND: ("is suspended", "dayandırılıb"),
    StandingStep.RESUME: ("counts again", "yenidən qüvvədədir"),
    StandingStep.WITHDRAW: ("is withdrawn for good", "həmişəlik ləğv edilib"),
}


def standing_command(kind: PartyKind, step: StandingStep) -> Callable[..., None]:
    """The command that makes `step` of parties of `kind`."""

    def command(context: typer.Context, party: Party, reason: Reason, by: By = None) -> None:
        from handlers.parties.changes import change_standing

        with changing(context, reason, by) as (connection, act):
            change_standing(connection, kind, party, step, act)
        en, az = _STANDING[step]
        say(t(f"{party} {en}; in force in every process.", f"{party} {az}; bütün proseslərdə qüvvədədir."))

    return command


def add_certificate_command(kind: PartyKind) -> Callable[..., None]:
    """The command that enrols a further certificate of parties of `kind`; the ones there are stay good."""

    def command(
        context: typer.Context,
        party: Party,
        certificate: CertificateFile,
        reason: Reason,
        by: By = None,
        untrusted: Untrusted = False,
    ) -> None:
        from gateway.cli.keys import certificate_identity
        from gateway.cli.trusted import require_trusted
        from gateway.security.certificates import certificate_of
        from handlers.parties.changes import add_certificate

        identity = certificate_identity(certificate)
        if not untrusted:
            require_trusted(session_of(context), certificate, identity)
        with changing(context, reason, by) as (connection, act):
            add_certificate(connection, kind, party, certificate_of(identity), act)
        say(
            t(
                f"{party}: certificate {identity.fingerprint} is enrolled beside those there are.",
                f"{party}: {identity.fingerprint} sertifikatı əvvəlkilərlə yanaşı qeydiyyatdadır.",
            )
        )

    return command


def withdraw_certificate_command(kind: PartyKind) -> Callable[..., None]:
    """The command that takes a certificate of parties of `kind` no longer, at once and for good."""

    def command(context: typer.Context, party: Party, fingerprint: Fingerprint, reason: Reason, by: By = None) -> None:
        from handlers.parties.changes import withdraw_certificate
        from handlers.parties.queries import certificates_of

        with changing(context, reason, by) as (connection, act):
            known = certificates_of(connection, kind, party)
            meant = [each.fingerprint for each in known if each.fingerprint.startswith(fingerprint.lower())]
            if len(meant) != 1:
                raise UsageError(
                    t(
                        f"{len(meant)} certificates of {party} begin with {fingerprint!r}; see `certificate list`.",
                        f"{party}: {fingerprint!r} ilə başlayan {len(meant)} sertifikat var; bax: `certificate list`.",
                    )
                )
            withdraw_certificate(connection, kind, party, meant[0], act)
        say(
            t(
                f"{party}: certificate {meant[0]} is withdrawn; in force in every process.",
                f"{party}: {meant[0]} sertifikatı ləğv edilib; bütün proseslərdə qüvvədədir.",
            )
        )

    return command


def grant(
    context: typer.Context,
    code: SystemCode,
    reason: Reason,
    allow: Allow = None,
    register: Registers = None,
    document_type: DocumentTypes = None,
    by: By = None,
) -> None:
    """Let a system do more; what it may do already it still may."""
    from handlers.parties.changes import grant as give

    rights = rights_from(_some(allow), register, document_type)
    with changing(context, reason, by) as (connection, act):
        give(connection, code, rights, act)
    say(t(f"{code} may do more; in force in every process.", f"{code} üçün icazələr bütün proseslərdə qüvvədədir."))


def narrow(
    context: typer.Context,
    code: SystemCode,
    reason: Reason,
    allow: Allow = None,
    register: Registers = None,
    document_type: DocumentTypes = None,
    by: By = None,
) -> None:
    """Let operations that a system has reach no further than this."""
    from handlers.parties.changes import narrow as bound

    rights = rights_from(_some(allow), register, document_type)
    with changing(context, reason, by) as (connection, act):
        for right in rights:
            bound(connection, code, right, act)
    say(t(f"{code} is bound; in force in every process.", f"{code} üçün hədlər bütün proseslərdə qüvvədədir."))


def revoke(
    context: typer.Context,
    code: SystemCode,
    operations: Annotated[
        list[str],
        typer.Argument(
            metavar="service.Operation…", help=t("Operations, or service.*.", "Əməliyyatlar və ya xidmət.*.")
        ),
    ],
    reason: Reason,
    by: By = None,
) -> None:
    """Deny a system operations."""
    from gateway.cli.operations import expand
    from handlers.parties.changes import revoke as take

    with changing(context, reason, by) as (connection, act):
        take(connection, code, expand(operations), act)
    say(t(f"{code} may do less; in force in every process.", f"{code} üçün qadağalar bütün proseslərdə qüvvədədir."))


def set_addresses(
    context: typer.Context,
    code: SystemCode,
    reason: Reason,
    networks: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NETWORK…]",
            help=t("Addresses or networks, as 10.20.0.0/16.", "Ünvan və ya şəbəkələr: 10.20.0.0/16."),
        ),
    ] = None,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help=t("Bind it to none.", "Heç bir şəbəkəyə bağlama."))
    ] = False,
    by: By = None,
) -> None:
    """Bind a system to the networks from which it calls."""
    from handlers.parties.changes import set_addresses as bind

    if anywhere == bool(networks):
        raise UsageError(t("Name networks, or give --anywhere.", "Şəbəkələri göstərin və ya --anywhere verin."))
    with changing(context, reason, by) as (connection, act):
        bind(connection, code, networks or (), act)
    where = ", ".join(networks or ()) or t("anywhere", "istənilən yer")
    say(
        t(
            f"{code} may call from: {where}; in force in every process.",
            f"{code} çağıra bilər: {where}; bütün proseslərdə qüvvədədir.",
        )
    )


class SystemTier(StrEnum):
    """The tiers of a system as choices of the command line."""

    HIT_ONLY = DisclosureTier.HIT_ONLY.value
    STATUS = DisclosureTier.STATUS.value
    REASON = DisclosureTier.REASON.value
    FULL = DisclosureTier.FULL.value
    AGENCY = "AGENCY"
    """As much as its agency may see."""


def set_system_tier(
    context: typer.Context,
    code: SystemCode,
    tier: Annotated[SystemTier, typer.Argument()],
    reason: Reason,
    by: By = None,
) -> None:
    """Show a system no more than this of a listed document, or (AGENCY) as much as its agency may see."""
    from handlers.parties.changes import set_system_tier as show

    wanted = None if tier is SystemTier.AGENCY else DisclosureTier(tier.value)
    with changing(context, reason, by) as (connection, act):
        show(connection, code, wanted, act)
    say(
        t(f"{code}: tier {tier}; in force in every process.", f"{code}: {tier} səviyyəsi bütün proseslərdə qüvvədədir.")
    )


def set_agency_tier(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help=t("Code of the agency.", "Qurumun kodu."))],
    tier: Annotated[Tier, typer.Argument()],
    reason: Reason,
    by: By = None,
) -> None:
    """Show an agency no more than this of a listed document."""
    from handlers.parties.changes import set_agency_tier as show

    with changing(context, reason, by) as (connection, act):
        show(connection, code, DisclosureTier(tier.value), act)
    say(
        t(f"{code}: tier {tier}; in force in every process.", f"{code}: {tier} səviyyəsi bütün proseslərdə qüvvədədir.")
    )


def _some(allow: list[str] | None) -> list[str]:
    if not allow:
        raise UsageError(t("Name an operation with --allow.", "--allow ilə əməliyyat göstərin."))
    return allow
