"""`call`: one signed call, its answer verified and printed for people or for programs."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.failures import UsageError
from gateway.cli.language import t
from gateway.cli.session import Session, session_of
from gateway.cli.terminal import note, raw, say

if TYPE_CHECKING:
    from gateway.cli.client import Answer, Client
    from gateway.cli.fields import Tree
    from gateway.cli.request import Signatory, Wanted
    from gateway.security.sign import SigningKey

HELP_EN: Final = """Call an operation, signed as an enrolled system, and verify the answer.

Fields are paths of the contract: [cyan]documents\\[0].number=C1234567[/cyan]. The context gets a fresh request id.

[cyan]gateway call bus ListServices --as MOJ[/cyan]

[cyan]gateway call documents CheckDocuments --as SBS --purpose BORDER_CONTROL documents\\[0].reference=1
documents\\[0].documentType=PASSPORT documents\\[0].country=AZE documents\\[0].number=C12345678[/cyan]

[cyan]gateway call registration SubmitRegistration --as MOJ --person 5TESTM1 --file application.xml[/cyan]
signs the file as that person (XAdES) and submits it.

Exit code 1: a fault, a refusal, or an answer that cannot be verified.
"""
HELP_AZ: Final = """Qeydiyyatda olan sistem kimi imzalanmış müraciət göndərir və cavabı yoxlayır.

Sahələr müqavilədəki yollardır: [cyan]documents\\[0].number=C1234567[/cyan]. Kontekst yeni sorğu nömrəsi alır.

[cyan]gateway call bus ListServices --as MOJ[/cyan]

[cyan]gateway call documents CheckDocuments --as SBS --purpose BORDER_CONTROL documents\\[0].reference=1
documents\\[0].documentType=PASSPORT documents\\[0].country=AZE documents\\[0].number=C12345678[/cyan]

[cyan]gateway call registration SubmitRegistration --as MOJ --person 5TESTM1 --file application.xml[/cyan]
faylı həmin şəxsin imzası ilə (XAdES) təsdiqləyib göndərir.

Çıxış kodu 1: nasazlıq, imtina və ya yoxlanması mümkün olmayan cavab.
"""


def call(
    context: typer.Context,
    service: Annotated[str, typer.Argument(help=t("For example documents.", "Məsələn documents."))],
    operation: Annotated[str, typer.Argument(help=t("For example CheckDocuments.", "Məsələn CheckDocuments."))],
    fields: Annotated[
        list[str] | None, typer.Argument(metavar="FIELD=VALUE", help=t("Fields by path.", "Yolu ilə sahələr."))
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="SYSTEM",
            help=t("Sample system that calls; the beginning will do.", "Müraciət edən nümunə sistem; əvvəli bəsdir."),
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="PEM", help=t("Sign with this key instead.", "Bu açarla imzala.")),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="FIN", help=t("Representative who acts.", "Hərəkət edən nümayəndə.")),
    ] = None,
    person_key: Annotated[
        Path | None,
        typer.Option(
            "--person-key", metavar="PEM", help=t("Signs the application file.", "Müraciət faylını imzalayır.")
        ),
    ] = None,
    login: Annotated[
        str | None, typer.Option("--login", help=t("Add login and password.", "Login və parol əlavə et."))
    ] = None,
    password: Annotated[
        str | None,
        typer.Option("--password", help=t("'-' reads it from standard input.", "'-' standart girişdən oxuyur.")),
    ] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", help=t("Coded legal purpose.", "Hüquqi məqsədin kodu."))
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            exists=True,
            dir_okay=False,
            help=t("Request or application, XML or JSON.", "Sorğu və ya müraciət, XML və ya JSON."),
        ),
    ] = None,
    structure: Annotated[
        bool,
        typer.Option(
            "--structure",
            help=t("Application as structure, confirmed by password.", "Müraciət struktur kimi, parolla."),
        ),
    ] = False,
    soap: Annotated[str, typer.Option("--soap", metavar="1.1|1.2", help=t("SOAP version.", "SOAP versiyası."))] = "1.1",
    url: Annotated[
        str | None,
        typer.Option("--url", help=t("Address of the gateway; default: as bound here.", "Şlüzün ünvanı.")),
    ] = None,
    xml: Annotated[
        bool, typer.Option("--xml", help=t("Print the signed answer as it came.", "İmzalı cavabı olduğu kimi çap et."))
    ] = False,
    print_request: Annotated[
        bool,
        typer.Option(
            "--print-request", help=t("Print the signed request; send nothing.", "İmzalı sorğunu çap et; göndərmə.")
        ),
    ] = False,
    save_receipt: Annotated[
        Path | None,
        typer.Option("--save-receipt", metavar="FILE", help=t("Keep the signed receipt.", "İmzalı qəbzi saxla.")),
    ] = None,
) -> None:
    """Make the call."""
    from gateway.cli.keys import credentials
    from gateway.cli.operations import find
    from gateway.cli.request import Wanted, payload_of

    if soap not in ("1.1", "1.2"):
        raise UsageError(t("--soap takes 1.1 or 1.2.", "--soap 1.1 və ya 1.2 qəbul edir."))
    session = session_of(context)
    declared_service, declared = find(service, operation)
    wanted = Wanted(declared_service.name, declared.name, fields or [], file, person, purpose, structure)
    client = _client(session, key, system, soap, url)
    payload = payload_of(wanted, _signatory(session, wanted, person_key), datetime.now(UTC))
    user = credentials(session, person, login, password) if payload.needs_password or login else None
    message = client.signed(payload.element, user)
    if print_request:
        raw(message)
        return
    _require_place(save_receipt)
    answer = _send(client, wanted, message, xml=xml)
    _print(answer, xml=xml)
    _keep_receipt(answer.tree, save_receipt)
    if "refusal" in answer.tree:
        raise typer.Exit(1)


def _client(session: Session, key: Path | None, system: str | None, soap: str, url: str | None) -> Client:
    from gateway.cli.client import Client
    from gateway.cli.keys import gateway_fingerprint, gateway_trust, read_key, system_key

    host, port = session.settings.host_and_port
    shown = f"[{host}]" if ":" in host else host
    return Client(
        url=url or session.settings.public_url or f"http://{shown}:{port}",
        key=system_key(session.home, system) if key is None else read_key(key),
        trust=gateway_trust(session.home),
        gateway=None if url else gateway_fingerprint(session.home),
        soap_version=soap,
    )


def _signatory(session: Session, wanted: Wanted, path: Path | None) -> Signatory | None:
    """Who signs the application file, in the manner that this installation's settings ask for."""
    from gateway.cli.request import Signatory
    from gateway.documents import required_policy
    from gateway.stamping import stamped_by

    key = _person_key(session, wanted, path)
    if key is None:
        return None
    url = session.settings.tsa_url
    return Signatory(key, stamped_by(url) if url else None, required_policy(session.settings))


def _person_key(session: Session, wanted: Wanted, path: Path | None) -> SigningKey | None:
    from gateway.cli.keys import read_key, sample_person

    if path is not None:
        return read_key(path)
    person = sample_person(wanted.person or "")
    if person is None or wanted.file is None:
        return None
    return read_key(session.home.representative_key(person.fin))


def _send(client: Client, wanted: Wanted, message: bytes, *, xml: bool) -> Answer:
    from gateway.cli.client import FaultError

    try:
        return client.send(wanted.service, wanted.operation, message)
    except FaultError as error:
        if xml:
            raw(error.raw)
        else:
            show_fault(error.fault)
        raise typer.Exit(1) from error


def show_fault(fault: Tree) -> None:
    """Print a fault: code, text, where to look, and every explanation."""
    from gateway.cli.render import cell, show_rows

    say(f"{t('Fault', 'Nasazlıq')} {fault['code']}", style="bold red")
    say(t(fault["textEn"], fault["textAz"]))
    say(f"{t('fault id', 'nasazlıq nömrəsi')}  {fault['faultId']}")
    if "retryAfter" in fault:
        seconds = fault["retryAfter"]
        say(t(f"Try again after {seconds} s.", f"{seconds} saniyədən sonra yenidən cəhd edin."))
    if fault.get("fieldErrors"):
        show_rows(t("field errors", "sahə xətaları"), fault["fieldErrors"])
    for each in fault.get("explanation", []):
        say(f"{each['name']}  {cell(each['value'])}")


def _print(answer: Answer, *, xml: bool) -> None:
    from gateway.cli.render import show

    if xml:
        raw(answer.raw)
        return
    if any(value != [] for value in answer.tree.values()):
        show(answer.tree)
    else:
        say(t("Nothing found.", "Heç nə tapılmadı."))
    covered = ", ".join(each.part for each in answer.envelope.covered)
    subject = answer.envelope.signer.subject
    note(
        t(f"Verified: signed by {subject}; covers {covered}.", f"Yoxlanıldı: imzalayan {subject}; əhatə: {covered}."),
        "dim",
    )


def _require_place(path: Path | None) -> None:
    """A command that is sent cannot be called back: whether its receipt can be written is asked before."""
    if path is None:
        return
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(
            t(
                f"No receipt can be written to {path}; nothing was sent.",
                f"Qəbzi {path} faylına yazmaq mümkün deyil; heç nə göndərilmədi.",
            )
        )


def _keep_receipt(tree: Tree, path: Path | None) -> None:
    if path is None:
        return
    receipt = tree.get("receipt")
    if receipt is None or "signedReceipt" not in receipt:
        note(t("There is no receipt in this answer.", "Bu cavabda qəbz yoxdur."))
        return
    path.write_bytes(receipt["signedReceipt"])
    note(t(f"Receipt written to {path}.", f"Qəbz {path} faylına yazıldı."), "dim")
