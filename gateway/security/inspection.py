"""Looking at a file offline: what it is, what of it is signed, by whom, and whether that holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from cryptography import x509
from lxml import etree

from gateway.faults import RefusalError
from gateway.security.errors import DocumentRefusedError
from gateway.security.lexical import base64_bytes, moment
from gateway.security.model import CertificateIdentity
from gateway.security.policy import Policy
from gateway.security.seal import SealedDocument, verify_seal
from gateway.security.sealed_history import (
    HISTORY,
    History,
    Submission,
    known_history,
    limits_of,
    unknown_gateway,
)
from gateway.security.stamps import StampAuthorities
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from gateway.security.xades import VerifiedDocument, verify_application
from gateway.security.xades_rules import DocumentRules
from gateway.xml.namespaces import SOAP_VERSIONS, WSU, XADES
from gateway.xml.parser import BULK, parse

_EVERYTHING: Final = Policy(limits=BULK, max_lifetime=timedelta(days=366), is_enrolled=lambda _fingerprint: True)
_RECEIPT: Final = "receipt"
EXTRACT: Final = "extract"
"""Local name of the root of an extract."""
_MOMENTS: Final = MappingProxyType({_RECEIPT: "receivedAt", EXTRACT: "issuedAt", HISTORY: "exportedAt"})
"""The element in which a document of the operator states of which moment it is."""
_FILES: Final = frozenset({"signedApplication", _RECEIPT, "signedReceipt", "xml"})
"""Elements whose text may be a signed file in base64."""
_PDF: Final = "pdf"
"""The element whose text is a sealed PDF in base64."""
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Receipt(Protocol):
    """What is looked at in a receipt that was read."""

    @property
    def received_at(self) -> datetime:
        """When the gateway took the command over."""

    @property
    def gateway(self) -> str:
        """Subject of the gateway's certificate."""


class Extract(Protocol):
    """What is looked at in an extract that was read."""

    @property
    def issued_at(self) -> datetime:
        """When the operator issued it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the inspector knows beside the trusted roots."""

    gateways: Collection[str] = frozenset()
    """SHA-256 fingerprints of the gateways' certificates, old ones too; a receipt or extract of any other is not
    valid."""
    read_receipt: Callable[[etree._Element], Receipt] | None = None
    """Reads a receipt without its signature, and raises an exception when it does not follow the published schema.
    Without it no receipt is found valid."""
    read_extract: Callable[[etree._Element], Extract] | None = None
    """The same for extracts."""
    authorities: StampAuthorities | None = None
    """Whose time stamps of signed files count; None: nobody's."""
    read_history: Callable[[etree._Element], History] | None = None
    """Reads the history of a case as `read_receipt` reads a receipt. Without it no history is found valid."""
    inspect_pdf: Callable[[bytes, TrustStore, datetime, Known], Report] | None = None
    """Judges a PDF that a message carries, `gateway.extracts.inspection.inspect_pdf`. Without it none is found
    valid."""


_NOBODY: Final = Known()


class Kind(StrEnum):
    """What a file is."""

    MESSAGE = "SOAP message"
    FAULT = "SOAP fault"
    SEALED = "sealed document"
    SIGNED_FILE = "signed file"
    PDF = "sealed PDF"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found out about one file."""

    kind: Kind
    valid: bool
    """Whether the signature holds and covers what it must, and the certificate is trusted as of `judged_at`."""
    judged_at: datetime
    """A message's own Created, a receipt's own receivedAt, an extract's own issuedAt (each is evidence of its moment);
    for other files, now."""
    content: str | None = None
    """Local name of the element that was signed, for example `CheckDocuments`."""
    signer: CertificateIdentity | None = None
    covered: tuple[str, ...] = ()
    algorithm: str | None = None
    signing_time: datetime | None = None
    stamped_at: datetime | None = None
    """Of a signed file: when it existed at the latest, by a time stamp of one of the known authorities."""
    digest: str | None = None
    """SHA-256, hexadecimal: of the canonical payload of a message or sealed document, of the bytes of a signed file."""
    reason: str | None = None
    """Precise cause when it is not valid, for example `SIG.REF.DIGEST`."""
    explanation: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    enclosed: tuple[Report, ...] = ()
    """Signed files that the payload carries."""
    by_known_gateway: bool | None = None
    """Whether the signer is one of the known gateways; None where none is known or nothing was verified."""
    expired_since: datetime | None = None
    """When the signer's certificate expired, if it has by now. Unless there is a time stamp (`stamped_at`), nothing but
    the file itself then says that it was signed before."""
    unchecked: str | None = None
    """What could not be looked at, though it does not make the file invalid, for example `PDF.LAYOUT.OTHER`."""


def inspect(data: bytes, trust: TrustStore, now: datetime, known: Known = _NOBODY) -> Report:
    """Find out what `data` is and verify it; never raises for what is wrong with the file.

    A receipt, and the history of a case, is valid only if it bears the seal of a known gateway, follows the schema, and
    names that gateway itself; an extract, if it bears the XAdES seal of one, made when it was issued, and follows the
    schema. PDF files are for `gateway.extracts.inspection`.
    """
    try:
        root = parse(data, limits_of(data))
    except RefusalError as error:
        return Report(Kind.UNKNOWN, valid=False, judged_at=now, reason=error.reason)
    name = etree.QName(root)
    if name.localname == "Envelope" and name.namespace in SOAP_VERSIONS:
        report = judged(Kind.MESSAGE, _time_of(root) or now, lambda at: _message(data, trust, at, now, known))
    elif next(root.iter(f"{{{XADES}}}QualifyingProperties"), None) is not None:
        report = judged(Kind.SIGNED_FILE, _stated_at(root) or now, lambda at: _signed_file(data, trust, at, known))
    else:
        report = judged(Kind.SEALED, _stated_at(root) or now, lambda at: _sealed(data, trust, at, now, known))
    return with_the_signers_state(report, now, known)


def with_the_signers_state(report: Report, now: datetime, known: Known) -> Report:
    """Add whether the signer is a known gateway, and whether its certificate has expired since."""
    if report.signer is None:
        return report
    end = x509.load_der_x509_certificate(report.signer.der).not_valid_after_utc
    of_gateway = None if not known.gateways else report.signer.fingerprint in known.gateways
    return replace(report, by_known_gateway=of_gateway, expired_since=end if end < now else None)


def judged(kind: Kind, at: datetime, judge: Callable[[datetime], Report]) -> Report:
    """What `judge` finds as of `at`; whatever it raises becomes a report of what is wrong."""
    try:
        return judge(at)
    except RefusalError as error:
        return Report(kind, valid=False, judged_at=at, reason=error.reason, explanation=error.explanation)
    except DocumentRefusedError as error:
        return Report(kind, valid=False, judged_at=at, reason=f"{error.indication} ({error.reason})")
    except Exception as error:  # noqa: BLE001 - what nobody foresaw is not valid either
        return Report(kind, valid=False, judged_at=at, reason=f"UNREADABLE ({type(error).__name__})")


def _time_of(root: etree._Element) -> datetime | None:
    """The first Created of a message; whether it is the signed one is for the verifier to find out."""
    created = next(root.iter(f"{{{WSU}}}Created"), None)
    return None if created is None else moment(created.text or "")


def _stated_at(root: etree._Element) -> datetime | None:
    """The moment that a document of the operator states; that it is the sealed one is found out with the seal."""
    name = _MOMENTS.get(etree.QName(root).localname)
    stated = [] if name is None else root.findall(f"{{*}}{name}")
    return moment(stated[0].text or "") if len(stated) == 1 else None


def _message(data: bytes, trust: TrustStore, at: datetime, now: datetime, known: Known) -> Report:
    envelope = verify(data, trust=trust, now=at, policy=_EVERYTHING)
    name = etree.QName(envelope.payload)
    return Report(
        Kind.FAULT if name.localname == "Fault" and name.namespace in SOAP_VERSIONS else Kind.MESSAGE,
        valid=True,
        judged_at=at,
        content=name.localname,
        signer=envelope.signer,
        covered=tuple(reference.part for reference in envelope.covered),
        algorithm=envelope.signature_algorithm,
        signing_time=envelope.created,
        digest=envelope.digest.hex(),
        enclosed=(
            *(inspect(file, trust, now, known) for file in _files(envelope.payload)),
            *(_pdf(file, trust, now, known) for file in _pdfs(envelope.payload)),
        ),
    )


def _pdf(data: bytes, trust: TrustStore, now: datetime, known: Known) -> Report:
    if known.inspect_pdf is None:
        return Report(Kind.PDF, valid=False, judged_at=now, reason="PDF.UNREAD")
    return known.inspect_pdf(data, trust, now, known)


def _pdfs(payload: etree._Element) -> Iterator[bytes]:
    """What stands where a PDF must; of what is no base64, nothing, which is no PDF either."""
    for element in payload.iter(etree.Element):
        if etree.QName(element).localname == _PDF:
            yield base64_bytes(element.text or "", BULK.file_text) or b""


def _files(payload: etree._Element) -> Iterator[bytes]:
    for element in payload.iter(etree.Element):
        if etree.QName(element).localname in _FILES and not len(element):
            file = base64_bytes(element.text or "", BULK.file_text)
            if file is not None and file.lstrip().startswith(b"<"):
                yield file


def _sealed(data: bytes, trust: TrustStore, at: datetime, now: datetime, known: Known) -> Report:
    document = verify_seal(data, trust=trust, now=at, limits=limits_of(data))
    content = etree.QName(document.payload).localname
    report = Report(
        Kind.SEALED,
        valid=True,
        judged_at=at,
        content=content,
        signer=document.signer,
        covered=("whole document",),
        digest=document.digest.hex(),
    )
    if content == _RECEIPT:
        reason = _objection(document, at, known)
        return replace(report, valid=reason is None, reason=reason)
    if content == EXTRACT:  # by whomever: an operator's bears a XAdES seal
        return replace(report, valid=False, reason="EXTRACT.SEAL")
    return _history(document, report, trust, now, known) if content == HISTORY else report


def _objection(document: SealedDocument, at: datetime, known: Known) -> str | None:
    """Why a document whose seal holds is no receipt of a known gateway; None when it is one."""
    stranger = unknown_gateway(document, "RECEIPT", known.gateways)
    if stranger is not None:
        return stranger
    if known.read_receipt is None:
        return "RECEIPT.UNREAD"
    try:
        receipt = known.read_receipt(document.payload)
    except Exception:  # noqa: BLE001 - the reader is handed in, and so are the errors it has for what is no receipt
        return "RECEIPT.SCHEMA"
    if receipt.received_at != at:
        return "RECEIPT.TIME"
    return None if receipt.gateway == document.signer.subject else "RECEIPT.GATEWAY.NAME"


def _history(document: SealedDocument, report: Report, trust: TrustStore, now: datetime, known: Known) -> Report:
    """The history of a case whose seal holds: each file in it is judged as of its receipt."""
    history = known_history(document, report.judged_at, known.gateways, known.read_history)
    if isinstance(history, str):
        return replace(report, valid=False, reason=history)
    return replace(
        report,
        covered=(*report.covered, f"{len(history.steps)} steps", f"{len(history.submissions)} submissions"),
        enclosed=tuple(_submitted(each, trust, now, known) for each in history.submissions if each.signed_file),
    )


def _submitted(submission: Submission, trust: TrustStore, now: datetime, known: Known) -> Report:
    file = submission.signed_file or b""
    report = judged(Kind.SIGNED_FILE, submission.received_at, lambda at: _signed_file(file, trust, at, known))
    if hashlib.sha256(file).hexdigest() != submission.signed_file_digest:
        report = replace(report, valid=False, reason="HISTORY.FILE.DIGEST")
    return with_the_signers_state(report, now, known)


def _signed_file(data: bytes, trust: TrustStore, at: datetime, known: Known) -> Report:
    document = verify_application(
        data,
        trust=trust,
        now=at,
        limits=replace(BULK, text=BULK.file_text),
        rules=DocumentRules(authorities=known.authorities),
    )
    content = etree.QName(document.payload).localname
    reason = _objection_to_extract(document, known) if content == EXTRACT else None
    return Report(
        Kind.SIGNED_FILE,
        valid=reason is None,
        judged_at=at,
        content=content,
        signer=document.signer,
        covered=("whole document", "signed properties"),
        signing_time=document.signing_time,
        stamped_at=document.stamped_at,
        digest=document.digest.hex(),
        reason=reason,
    )


def unknown_operator(fingerprint: str, known: Known) -> str | None:
    """Why whoever has this certificate is not an operator who issues extracts; None: it is one of the known ones."""
    if not known.gateways:
        return "EXTRACT.OPERATOR.NONE_KNOWN"
    return None if fingerprint in known.gateways else "EXTRACT.OPERATOR.UNKNOWN"


def _objection_to_extract(document: VerifiedDocument, known: Known) -> str | None:
    """Why a file whose signature holds is no extract of a known operator; None when it is one."""
    stranger = unknown_operator(document.signer.fingerprint, known)
    if stranger is not None:
        return stranger
    if known.read_extract is None:
        return "EXTRACT.UNREAD"
    try:
        extract = known.read_extract(document.payload)
    except Exception:  # noqa: BLE001 - the reader is handed in, and so are the errors it has for what is no extract
        return "EXTRACT.SCHEMA"
    return None if extract.issued_at == document.signing_time else "EXTRACT.TIME"
