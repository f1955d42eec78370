"""Looking at an extract as a PDF, offline: its seal, the sealed XML it carries, and whether it shows what that says.

1. The PAdES seal holds, over every byte of the file.
2. It is the operator's: of a certificate that is known as a gateway's. Agencies have trusted certificates too.
3. The attached XML bears a XAdES seal that holds, of an operator too, and follows the schema.
4. Both seals were made at the moment that the XML states as that of issuing.
5. The XML, laid out again, shows the same: every page, letter, font and attachment, and nothing else to be seen.

The last can be done by the release that laid the file out. By another, whose pages may look different though they say
the same, the seals stand alone, and the report says so.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from gateway.contract.files import decode_extract
from gateway.extracts.pdf import ATTACHMENT, producer, rendered
from gateway.security import pdf_content
from gateway.security.errors import DocumentRefusedError
from gateway.security.inspection import (
    EXTRACT,
    Kind,
    Known,
    Report,
    inspect,
    judged,
    unknown_operator,
    with_the_signers_state,
)
from gateway.security.pdf_content import PdfContentError
from gateway.security.pdf_seal import SealedPdf, sealed_at, verify_pdf_seal
from gateway.security.trust import TrustStore
from gateway.xml.parser import parse_trusted

_OTHER_LAYOUT: Final = "PDF.LAYOUT.OTHER"


def inspect_pdf(data: bytes, trust: TrustStore, now: datetime, known: Known) -> Report:
    """Find out whether a PDF is an extract that a known operator issued; never raises for what is wrong with it.

    The certificates are judged as of the moment of issuing. The report of the XML is the one that is enclosed.
    """
    try:
        at = sealed_at(data)
    except DocumentRefusedError as error:
        reason = f"{error.indication} ({error.reason})"
        return Report(Kind.PDF, valid=False, judged_at=now, reason=reason)
    report = judged(Kind.PDF, at, lambda moment: _judged(data, trust, moment, now, known))
    return with_the_signers_state(report, now, known)


def attached_xml(data: bytes) -> bytes:
    """The XML that a PDF carries, nothing about it being proven; raises `PdfContentError` when there is none."""
    return pdf_content.attachment(pdf_content.read_pdf(data), ATTACHMENT)


def _judged(data: bytes, trust: TrustStore, at: datetime, now: datetime, known: Known) -> Report:
    sealed = verify_pdf_seal(data, trust=trust, now=at)
    enclosed: tuple[Report, ...] = ()
    unchecked = None
    reason = unknown_operator(sealed.signer.fingerprint, known)
    if reason is None:
        try:
            xml = pdf_content.attachment(sealed.reader, ATTACHMENT)
            enclosed = (inspect(xml, trust, now, known),)
            reason = _objection_to_xml(enclosed[0], at)
            if reason is None:
                unchecked = None if _laid_out_here(sealed) else _OTHER_LAYOUT
                reason = _objection_to_content(sealed, xml) if unchecked is None else None
        except PdfContentError:
            reason = "PDF.ATTACHMENT"
    return Report(
        Kind.PDF,
        valid=reason is None,
        judged_at=at,
        content=EXTRACT,
        signer=sealed.signer,
        covered=("whole document",),
        signing_time=sealed.sealed_at,
        digest=hashlib.sha256(data).hexdigest(),
        reason=reason,
        enclosed=enclosed,
        unchecked=unchecked,
    )


def _objection_to_xml(report: Report, at: datetime) -> str | None:
    if not report.valid or report.kind is not Kind.SIGNED_FILE or report.content != EXTRACT:
        return "PDF.ATTACHMENT"
    return None if report.signing_time == at else "EXTRACT.TIME"


def _laid_out_here(sealed: SealedPdf) -> bool:
    """Whether this release made the layout; the sealing library appends its own name."""
    return pdf_content.producer(sealed.reader).startswith(producer())


def _objection_to_content(sealed: SealedPdf, xml: bytes) -> str | None:
    if pdf_content.beside_the_seal(sealed.reader) is not None:
        return "PDF.CONTENT.ADDED"
    again = pdf_content.read_pdf(rendered(decode_extract(parse_trusted(xml)), xml))
    return None if pdf_content.shown(sealed.reader) == pdf_content.shown(again) else "PDF.CONTENT"
