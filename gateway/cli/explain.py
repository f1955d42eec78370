"""`explain`: why the gateway refuses a message, offline, with the bytes that a digest is over as files to compare."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.correct_message import correct_message
from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.session import Session, session_of
from gateway.cli.terminal import raw, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.security.explanation import Explanation


def explain(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help=t("A SOAP message as it was sent.", "Göndərilmiş SOAP mesajı.")
        ),
    ],
    trust: Annotated[
        Path | None,
        typer.Option(
            "--trust",
            metavar="DIR",
            exists=True,
            file_okay=False,
            help=t(
                "Trust folder with roots/ and intermediates/; default: the home's.",
                "roots/ və intermediates/ olan etibar qovluğu; əksi deyilməsə, quraşdırmanın özününkü.",
            ),
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="DIR",
            file_okay=False,
            help=t(
                "Where the canonical bytes are written; default: beside the file.",
                "Kanonik baytların yazıldığı qovluq; əksi deyilməsə, faylın yanı.",
            ),
        ),
    ] = None,
    with_passwords: Annotated[
        bool,
        typer.Option(
            "--with-passwords",
            help=t(
                "Also write canonical bytes that hold a password in clear.",
                "Açıq parol olan kanonik baytları da yaz.",
            ),
        ),
    ] = False,
    received: Annotated[
        str | None,
        typer.Option(
            "--received",
            metavar="TIME",
            help=t(
                "When the gateway received it, for example 2026-11-24T09:00:00Z: the clock is judged too.",
                "Şlüzün onu aldığı vaxt, məsələn 2026-11-24T09:00:00Z: saat da yoxlanılır.",
            ),
        ),
    ] = None,
) -> None:
    """Explain one message; exit code 1 when the gateway would refuse it."""
    from gateway.cli.keys import gateway_trust
    from gateway.security.explanation import explain as find_out
    from gateway.security.trust import TrustStore

    session = session_of(context)
    found = find_out(
        file.read_bytes(),
        trust=TrustStore.from_folder(trust) if trust else gateway_trust(session.home),
        now=datetime.now(UTC),
        received=_moment(received),
        is_enrolled=_enrolment(session),
    )
    say(f"{file}", style="bold")
    _show_verdict(found)
    _show_facts(found)
    _show_references(found)
    _write_canonical(found, file, output or file.parent, with_passwords=with_passwords)
    for mistake, subject in found.mistakes:
        _show_mistake(mistake, subject)
    if found.reason is None:
        return
    say("")
    say(t("What a correct message looks like:", "Düzgün mesaj belə olur:"), style="bold")
    raw(correct_message(found.version or "1.1").encode())
    raise typer.Exit(1)


def _moment(text: str | None) -> datetime | None:
    from gateway.security.lexical import moment

    if text is None:
        return None
    found = moment(text)
    if found is None:
        raise CommandError(
            t(
                f"--received {text} is no time of the form 2026-11-24T09:00:00Z.",
                f"--received {text} 2026-11-24T09:00:00Z formasında vaxt deyil.",
            )
        )
    return found


def _enrolment(session: Session) -> Callable[[str], bool] | None:
    """Whether a certificate is enrolled, where this home has a register that can be asked; otherwise nobody can say."""
    from gateway.cli.composition import open_store
    from gateway.home import HomeError
    from gateway.security.identity import is_enrolled
    from handlers.parties.queries import load_directory
    from handlers.store.ports import StoreUnavailableError

    try:
        with open_store(session) as store, store.reading() as connection:
            directory = load_directory(connection)
    except (CommandError, HomeError, StoreUnavailableError):
        return None
    return partial(is_enrolled, directory)


def _show_verdict(found: Explanation) -> None:
    if found.reason is None:
        say(f"  {t('The gateway would accept the signature.', 'Şlüz imzanı qəbul edərdi.')}", style="green")
        if found.clock_skew is None:
            judged = t(
                "The clock was not judged: give --received, the time at which the gateway got it.",
                "Saat yoxlanılmadı: şlüzün mesajı aldığı vaxtı --received ilə verin.",
            )
            say(f"  {judged}")
        return
    say(f"  {t('REFUSED', 'RƏDD EDİLİR')}: {found.code}, {found.reason}", style="bold red")
    if found.guard is not None:
        guard = found.guard
        wanted = t(guard.text_en, guard.text_az)
        say(f"  {t('guard', 'yoxlama')} {guard.number} ({guard.name}): {wanted} · {guard.clause}")


def _show_facts(found: Explanation) -> None:
    certificate = found.certificate
    held = {True: t("holds", "doğrudur"), False: t("does not hold", "doğru deyil"), None: None}[found.value_holds]
    for name, value in (
        ("SOAP", found.version),
        ("created", found.created and found.created.isoformat()),
        ("expires", found.expires and found.expires.isoformat()),
        ("clockSkewSeconds", found.clock_skew),
        ("certificateSubject", certificate and certificate.subject),
        ("certificateIssuer", certificate and certificate.issuer),
        ("certificateSerial", certificate and certificate.serial),
        ("certificateSha256", certificate and certificate.fingerprint),
        ("signatureAlgorithm", found.signature_algorithm),
        (t("signature value", "imza"), held),
    ):
        if value:
            say(f"    {name:<20} {value}")


def _show_references(found: Explanation) -> None:
    for reference in found.references:
        held = t("holds", "doğrudur") if reference.holds else t("DOES NOT HOLD", "DOĞRU DEYİL")
        say(f"  Reference {reference.uri} ({reference.part or '?'}): {held}", style=None if reference.holds else "red")
        for name, value in (
            ("digestAlgorithm", reference.digest_algorithm),
            ("digestExpected", reference.expected),
            ("digestFound", reference.found),
        ):
            say(f"    {name:<20} {value or '-'}")


def _write_canonical(found: Explanation, file: Path, folder: Path, *, with_passwords: bool) -> None:
    """One file for SignedInfo and one for each reference, for the owner's eyes only.

    What holds a password in clear is left out unless it was asked for: files are copied and forgotten.
    """
    from gateway.home import write_secret

    forms = [("signedinfo", found.signed_info)]
    forms += [
        (f"{number}-{(each.part or 'nothing').lower()}", each.canonical)
        for number, each in enumerate(found.references, start=1)
    ]
    secret = {form[0] for form, each in zip(forms[1:], found.references, strict=True) if each.has_password}
    for name, form in forms:
        if form is not None and name in secret and not with_passwords:
            say(
                t(
                    f"  canonical bytes ({len(form)}): {name} not written, it holds a password (--with-passwords)",
                    f"  kanonik baytlar ({len(form)}): {name} yazılmadı, parol var (--with-passwords)",
                )
            )
        elif form is not None:
            path = folder / f"{file.stem}.{name}.c14n"
            write_secret(path, form)
            say(f"  {t('canonical bytes', 'kanonik baytlar')} ({len(form)}): {path}")


def _show_mistake(mistake: object, subject: str) -> None:
    from gateway.security.mistakes import TEXTS, Mistake

    assert isinstance(mistake, Mistake)
    say(f"  {mistake}: {subject}", style="bold yellow")
    say(f"    {t(*TEXTS[mistake])}")
