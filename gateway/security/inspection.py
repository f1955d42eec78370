"""Looking at a file offline: what it is, what of it is signed, by whom, and whether that holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.errors import DocumentRefusedError
from gateway.security.lexical import base64_bytes, moment
from gateway.security.model import CertificateIdentity
from gateway.security.policy import Policy
from gateway.security.seal import verify_seal
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from gateway.security.xades import verify_application
from gateway.xml.namespaces import SOAP_VERSIONS, WSU, XADES
from gateway.xml.parser import BULK, parse

_EVERYTHING: Final = Policy(limits=BULK, max_lifetime=timedelta(days=366), is_enrolled=lambda _fingerprint: True)
_FILES: Final = frozenset({"signedApplication", "receipt"})
"""Elements whose text may be a signed file in base64."""
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Kind(StrEnum):
    """What a file is."""

    MESSAGE = "SOAP message"
    FAULT = "SOAP fault"
    SEALED = "sealed document"
    SIGNED_FILE = "signed file"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found out about one file."""

    kind: Kind
    valid: bool
    """Whether the signature holds and covers what it must, and the certificate is trusted as of `judged_at`."""
    judged_at: datetime
    """The message's own Created (a message is evidence of its moment); for files, now."""
    content: str | None = None
    """Local name of the element that was signed, for example `CheckDocuments`."""
    signer: CertificateIdentity | None = None
    covered: tuple[str, ...] = ()
    algorithm: str | None = None
    signing_time: datetime | None = None
    digest: str | None = None
    """SHA-256, hexadecimal: of the canonical payload of a message or sealed document, of the bytes of a signed file."""
    reason: str | None = None
    """Precise cause when it is not valid, for example `SIG.REF.DIGEST`."""
    explanation: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    enclosed: tuple[Report, ...] = ()
    """Signed files that the payload carries."""


def inspect(data: bytes, trust: TrustStore, now: datetime) -> Report:
    """Find out what `data` is and verify it; never raises for what is wrong with the file."""
    try:
        root = parse(data, BULK)
    except RefusalError as error:
        return Report(Kind.UNKNOWN, valid=False, judged_at=now, reason=error.reason)
    name = etree.QName(root)
    if name.localname == "Envelope" and name.namespace in SOAP_VERSIONS:
        return _judged(Kind.MESSAGE, _time_of(root) or now, lambda at: _message(data, trust, at, now))
    if next(root.iter(f"{{{XADES}}}QualifyingProperties"), None) is not None:
        return _judged(Kind.SIGNED_FILE, now, lambda at: _signed_file(data, trust, at))
    return _judged(Kind.SEALED, now, lambda at: _sealed(data, trust, at))


def _judged(kind: Kind, at: datetime, judge: Callable[[datetime], Report]) -> Report:
    try:
        return judge(at)
    except RefusalError as error:
        return Report(kind, valid=False, judged_at=at, reason=error.reason, explanation=error.explanation)
    except DocumentRefusedError as error:
        return Report(kind, valid=False, judged_at=at, reason=f"{error.indication} ({error.reason})")


def _time_of(root: etree._Element) -> datetime | None:
    """The first Created of a message; whether it is the signed one is for the verifier to find out."""
    created = next(root.iter(f"{{{WSU}}}Created"), None)
    return None if created is None else moment(created.text or "")


def _message(data: bytes, trust: TrustStore, at: datetime, now: datetime) -> Report:
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
        enclosed=tuple(inspect(file, trust, now) for file in _files(envelope.payload)),
    )


def _files(payload: etree._Element) -> Iterator[bytes]:
    for element in payload.iter(etree.Element):
        if etree.QName(element).localname in _FILES and not len(element):
            file = base64_bytes(element.text or "", BULK.file_text)
            if file is not None and file.lstrip().startswith(b"<"):
                yield file


def _sealed(data: bytes, trust: TrustStore, at: datetime) -> Report:
    document = verify_seal(data, trust=trust, now=at, limits=BULK)
    return Report(
        Kind.SEALED,
        valid=True,
        judged_at=at,
        content=etree.QName(document.payload).localname,
        signer=document.signer,
        covered=("whole document",),
        digest=document.digest.hex(),
    )


def _signed_file(data: bytes, trust: TrustStore, at: datetime) -> Report:
    document = verify_application(data, trust=trust, now=at, limits=replace(BULK, text=BULK.file_text))
    return Report(
        Kind.SIGNED_FILE,
        valid=True,
        judged_at=at,
        content=etree.QName(document.payload).localname,
        signer=document.signer,
        covered=("whole document", "signed properties"),
        signing_time=document.signing_time,
        digest=document.digest.hex(),
    )
