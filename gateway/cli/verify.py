"""`verify`: signed messages, receipts, application files, extracts and histories of cases, judged offline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from lxml import etree

from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.session import session_of
from gateway.cli.terminal import say
from gateway.cli.verdicts import notes, what_an_extract_proves
from gateway.xml.parser import parse_trusted

if TYPE_CHECKING:
    from gateway.security.inspection import Known, Report
    from gateway.security.trust import TrustStore


def verify(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            dir_okay=False,
            help=t(
                "Messages, receipts, applications, extracts (XML or PDF), histories of cases.",
                "Mesajlar, qəbzlər, müraciətlər, çıxarışlar (XML və ya PDF), işlərin tarixçələri.",
            ),
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
                "Trust folder with roots/, intermediates/ and tsa/; default: the home's.",
                "roots/, intermediates/ və tsa/ olan etibar qovluğu; əksi deyilməsə, quraşdırmanın özününkü.",
            ),
        ),
    ] = None,
    gateway: Annotated[
        list[Path] | None,
        typer.Option(
            "--gateway",
            metavar="CERT.pem",
            exists=True,
            dir_okay=False,
            help=t(
                "Certificate of a gateway whose receipts and extracts count; default: the home's own and former ones.",
                "Qəbzləri və çıxarışları sayılan şlüzün sertifikatı; verilməsə, quraşdırmanınkı və əvvəlkiləri.",
            ),
        ),
    ] = None,
) -> None:
    """Verify files; exit code 1 unless all of them are valid."""
    from gateway.cli.keys import former_fingerprints, gateway_trust
    from gateway.contract.files import decode_extract, decode_history, decode_receipt
    from gateway.documents import stamp_authorities
    from gateway.security.inspection import Known
    from gateway.security.trust import TrustStore

    home = session_of(context).home
    store = TrustStore.from_folder(trust) if trust else gateway_trust(home)
    own = frozenset() if gateway else former_fingerprints(home)
    authorities = stamp_authorities(trust / "tsa" if trust else home.stamp_authorities)
    sealers = own | _fingerprints(gateway or [home.key_file])
    known = Known(
        sealers, decode_receipt, decode_extract, authorities, read_history=decode_history, inspect_pdf=_inspected_pdf
    )
    valid = True
    for path in files:
        content = path.read_bytes()
        report = _inspected(content, store, datetime.now(UTC), known)
        say(f"{path}", style="bold")
        _show(report, "  ")
        if report.valid:
            _show_content(report, content)
        valid = valid and _holds(report)
    if not valid:
        raise typer.Exit(1)


def _inspected(content: bytes, store: TrustStore, now: datetime, known: Known) -> Report:
    from gateway.security.inspection import inspect

    if not content.startswith(b"%PDF-"):
        return inspect(content, store, now, known)
    return _inspected_pdf(content, store, now, known)


def _inspected_pdf(content: bytes, store: TrustStore, now: datetime, known: Known) -> Report:
    from gateway.extracts.inspection import inspect_pdf

    return inspect_pdf(content, store, now, known)


def _fingerprints(paths: list[Path]) -> frozenset[str]:
    """Fingerprints of the certificates in these PEM files; a file that is missing knows none."""
    from gateway.security.certificates import read_identity

    try:
        return frozenset(read_identity(path.read_bytes()).fingerprint for path in paths if path.is_file())
    except ValueError as error:
        raise CommandError(
            t(f"No certificate of a gateway: {error}.", f"Şlüzün sertifikatı deyil: {error}.")
        ) from error


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
    for note in notes(report):
        say(f"{margin}  {note}", style="yellow")
    for name, value in report.explanation.items():
        say(f"{margin}  {name}  {value}")
    for each in report.enclosed:
        say(f"{margin}  {t('carries', 'daxilində')}")
        _show(each, margin + "    ")


def _known_gateway(report: Report) -> str | None:
    """Whether a known gateway signed; calls and applications are signed by others, and that is said without alarm."""
    if report.by_known_gateway is None:
        return None
    return (
        t("a known gateway", "tanınan şlüz") if report.by_known_gateway else t("no known gateway", "tanınan şlüz deyil")
    )


def _show_content(report: Report, content: bytes) -> None:
    """What the operator's own documents say: receipts, and extracts in either form."""
    from gateway.security.inspection import EXTRACT, Kind

    if report.kind is Kind.PDF:
        from gateway.extracts.inspection import attached_xml

        _show_sealed(attached_xml(content))
    elif report.kind is Kind.SEALED or report.content == EXTRACT:
        _show_sealed(content)
    if report.content == EXTRACT:
        say(f"    {what_an_extract_proves(report)}", style="yellow")


def _show_sealed(content: bytes) -> None:
    """What a sealed document says, once it is known to be true."""
    for child in parse_trusted(content).iterchildren(etree.Element):
        if not len(child):
            say(f"    {etree.QName(child).localname:<16} {child.text}")


def _facts(report: Report) -> list[tuple[str, str]]:
    facts = [
        (t("signed by", "imzalayan"), report.signer.subject if report.signer else None),
        (t("which is", "kimdir"), _known_gateway(report)),
        (t("certificate", "sertifikat"), report.signer.fingerprint if report.signer else None),
        (t("covers", "əhatə edir"), ", ".join(report.covered)),
        (t("signed at", "imza vaxtı"), report.signing_time.isoformat() if report.signing_time else None),
        (t("time-stamped", "vaxt möhürü"), report.stamped_at.isoformat() if report.stamped_at else None),
        (t("judged as of", "yoxlama anı"), report.judged_at.isoformat(timespec="seconds")),
        ("SHA-256", report.digest),
    ]
    return [(name, value) for name, value in facts if value]
