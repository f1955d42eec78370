"""`verify`: signed messages, receipts and application files, judged offline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from lxml import etree

from gateway.cli.language import t
from gateway.cli.session import session_of
from gateway.cli.terminal import say
from gateway.xml.parser import parse_trusted

if TYPE_CHECKING:
    from gateway.security.inspection import Report


def verify(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, help=t("Messages, receipts, applications.", "Mesajlar, qəbzlər, müraciətlər.")
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
) -> None:
    """Verify files; exit code 1 unless all of them are valid."""
    from gateway.cli.keys import gateway_trust
    from gateway.security.inspection import Kind, inspect
    from gateway.security.trust import TrustStore

    store = TrustStore.from_folder(trust) if trust else gateway_trust(session_of(context).home)
    valid = True
    for path in files:
        content = path.read_bytes()
        report = inspect(content, store, datetime.now(UTC))
        say(f"{path}", style="bold")
        _show(report, "  ")
        if report.valid and report.kind is Kind.SEALED:
            _show_sealed(content)
        valid = valid and _holds(report)
    if not valid:
        raise typer.Exit(1)


def _holds(report: Report) -> bool:
    return report.valid and all(map(_holds, report.enclosed))


def _show(report: Report, margin: str) -> None:
    kind = f"{report.kind} {report.content}" if report.content else report.kind.value
    if report.valid:
        say(f"{margin}{t('VALID', 'ETİBARLIDIR')}: {kind}", style="green")
    else:
        say(f"{margin}{t('NOT VALID', 'ETİBARSIZDIR')}: {kind}, {report.reason}", style="bold red")
    for name, value in _facts(report):
        say(f"{margin}  {name:<14} {value}")
    for name, value in report.explanation.items():
        say(f"{margin}  {name}  {value}")
    for each in report.enclosed:
        say(f"{margin}  {t('carries', 'daxilində')}")
        _show(each, margin + "    ")


def _show_sealed(content: bytes) -> None:
    """What a sealed document says, once it is known to be true."""
    for child in parse_trusted(content).iterchildren(etree.Element):
        if not len(child):
            say(f"    {etree.QName(child).localname:<16} {child.text}")


def _facts(report: Report) -> list[tuple[str, str]]:
    facts = [
        (t("signed by", "imzalayan"), report.signer.subject if report.signer else None),
        (t("certificate", "sertifikat"), report.signer.fingerprint if report.signer else None),
        (t("covers", "əhatə edir"), ", ".join(report.covered)),
        (t("signed at", "imza vaxtı"), report.signing_time.isoformat() if report.signing_time else None),
        (t("judged as of", "yoxlama anı"), report.judged_at.isoformat(timespec="seconds")),
        ("SHA-256", report.digest),
    ]
    return [(name, value) for name, value in facts if value]
