"""`gateway trust`: whom this installation trusts, what is known of revocation, what it would say of a certificate."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.session import Session, session_of
from gateway.cli.terminal import note, say, stacked, table

if TYPE_CHECKING:
    from rich.text import Text

    from gateway.security.installation import InstalledTrust, IssuerState
    from handlers.parties.directory import Directory


def overview(context: typer.Context) -> None:
    """Roots, intermediates and what is known of their certificates; the default of `gateway trust`."""
    if context.invoked_subcommand is None:
        show(context)


def show(context: typer.Context) -> None:
    """Roots and intermediates, and until when it is known whom of theirs has been revoked."""
    session = session_of(context)
    _show(session, _opened(session), datetime.now(UTC))


def refresh(context: typer.Context) -> None:
    """Ask every configured source once, now, and say what came of it; exit code 1 when any failed."""
    session = session_of(context)
    directory = _directory(session)
    trust = _opened(session, directory)
    if trust.refresher is None:
        raise CommandError(
            t(
                "There is nothing to fetch: no source is configured (crl_sources, ocsp_sources, revocation_hosts), or "
                "revocation is none.",
                "Alınası heç nə yoxdur: mənbə göstərilməyib (crl_sources, ocsp_sources, revocation_hosts) və ya "
                "revocation none-dur.",
            )
        )
    trust.refresher.round(everything=True)
    states = trust.refresher.states()
    table(
        (t("source", "mənbə"), t("result", "nəticə")),
        ((each.url, each.cause or t("fetched", "alındı")) for each in states),
    )
    _show(session, trust, datetime.now(UTC))
    if any(each.cause for each in states):
        raise typer.Exit(1)


def check(
    context: typer.Context,
    certificate: Annotated[Path, typer.Argument(metavar="CERT.pem", exists=True, dir_okay=False)],
) -> None:
    """Say whether a signature by this certificate would be accepted now, or why not; exit code 1 when not."""
    from gateway.cli.keys import certificate_identity
    from gateway.security.errors import TEXTS, UntrustedCertificateError

    session = session_of(context)
    identity = certificate_identity(certificate)
    trust = _opened(session)
    try:
        trusted = trust.store.trusted(identity.der, datetime.now(UTC))
    except UntrustedCertificateError as error:
        why = t(TEXTS[error.indication][1], TEXTS[error.indication][0])
        say(f"{t('REFUSED', 'RƏDD EDİLİR')}: {error.indication} ({error.reason})", style="bold red")
        say(f"  {why}")
        raise typer.Exit(1) from error
    say(t("ACCEPTED", "QƏBUL EDİLİR"), style="green")
    for each in trusted.chain:
        say(f"  {each.subject.rfc4514_string()}")
    say(f"  {t('until', 'bu vaxtadək')} {_moment(trusted.valid_until)}")


def _show(session: Session, trust: InstalledTrust, now: datetime) -> None:
    kinds = [t("root", "kök")] * len(trust.roots) + [t("intermediate", "aralıq")] * len(trust.intermediates)
    ends = [each.not_valid_after_utc for each in (*trust.roots, *trust.intermediates)]
    states = trust.issuers(now)
    table(
        (
            t("authority", "sertifikat mərkəzi"),
            t("kind", "növ"),
            t("expires", "qüvvədədir"),
            t("revocation", "ləğv məlumatı"),
        ),
        (
            (each.issuer, kind, f"{end:%Y-%m-%d}", _state(each))
            for each, kind, end in zip(states, kinds, ends, strict=True)
        ),
        title=t(
            f"Policy on revocation: {session.settings.revocation}",
            f"Ləğv üzrə qayda: {session.settings.revocation}",
        ),
    )


def _state(issuer: IssuerState) -> Text:
    words = {
        "fresh": t("fresh", "təzədir"),
        "in doubt": t("in doubt, its certificates are refused", "şübhəlidir, sertifikatları rədd edilir"),
        "not asked": t("not asked", "soruşulmur"),
    }
    told = words[issuer.state]
    if issuer.until is not None:
        told += f", {t('until', 'bu vaxtadək')} {_moment(issuer.until)}"
    return stacked((told, *(f"{url}: {cause}" for url, cause in issuer.failures)))


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _opened(session: Session, directory: Directory | None = None) -> InstalledTrust:

    from gateway.cli.composition import quiet
    from gateway.trusting import installed_trust

    session.home.require()
    quiet(session)
    return installed_trust(session.settings, directory=None if directory is None else lambda: directory)


def _directory(session: Session) -> Directory | None:
    """The enrolled parties; None when the store does not answer, and that is said."""
    from gateway.cli.composition import open_store
    from handlers.parties.queries import newer_directory
    from handlers.store.ports import StoreUnavailableError

    try:
        with ExitStack() as closing:
            store = closing.enter_context(open_store(session))
            with store.reading() as connection:
                return newer_directory(connection, -1)
    except StoreUnavailableError:
        note(
            t(
                "The store does not answer; nobody's enrolled certificate is asked about.",
                "Baza cavab vermir; qeydiyyatdakı sertifikatlar soruşulmur.",
            )
        )
        return None
