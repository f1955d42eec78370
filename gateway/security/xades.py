"""Signed files: XML with an enveloped XAdES signature (ETSI EN 319 132-1, B-B or B-T), made by a person's card.

signxml makes and verifies these signatures. It skips transforms that it does not know, finds ids in any namespace,
does not look at the place of anything and checks neither signing time nor chain; all that is settled before it is
asked, in `gateway.security.xades_profile`. Nor is its word taken for the content: what is handed on is parsed from
the very octets whose digest was signed.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from cryptography import x509
from lxml import etree
from signxml import DigestAlgorithm, InvalidDigest, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier

from gateway.faults import RefusalError
from gateway.security.algorithms import SIGNATURES
from gateway.security.certificate_profile import load_certificate
from gateway.security.errors import DocumentRefusedError, Indication, StampRefusedError, UntrustedCertificateError
from gateway.security.model import CertificateIdentity
from gateway.security.trust import TrustedCertificate, TrustStore
from gateway.security.xades_profile import DocumentSignature, read_document_signature, require_signing_time
from gateway.security.xades_properties import C14N_10, read_stamps, require_policy
from gateway.security.xades_rules import DocumentRules, Level
from gateway.security.xades_sign import sign_application
from gateway.xml.apart import apart
from gateway.xml.namespaces import DS
from gateway.xml.parser import Limits, parse

__all__ = [
    "DocumentRefusedError",
    "ExaminedDocument",
    "VerifiedDocument",
    "examine_application",
    "sign_application",
    "verify_application",
]

# It writes canonicalised content to its log at DEBUG.
logging.getLogger("signxml.processor").addFilter(lambda _record: False)

ResultT = TypeVar("ResultT")

_METHODS: Final = frozenset(SignatureMethod(uri) for uri in SIGNATURES)
_BASIC: Final = DocumentRules()
_DIGESTS: Final = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})


@dataclass(frozen=True, slots=True)
class VerifiedDocument:
    """A signed file whose signature holds, and covers the whole of it."""

    payload: etree._Element
    """The root of the file without the signature, read from what was signed."""
    digest: bytes
    """SHA-256 over the file, byte for byte as it was given."""
    signer: CertificateIdentity
    signing_time: datetime
    """What the signatory claims; within the validity of the certificate and not in the future."""
    level: Level
    stamped_at: datetime | None
    """When the signature existed at the latest, by an accepted time stamp; None at level B-B."""


def verify_application(
    data: bytes, *, trust: TrustStore, now: datetime, limits: Limits, rules: DocumentRules = _BASIC
) -> VerifiedDocument:
    """Verify the signed file in `data` as of `now` (aware), or raise `DocumentRefusedError`."""
    root = _parsed(data, limits)
    _require_no_comment(root)
    signature = read_document_signature(root)
    if rules.policy is not None:
        require_policy(signature.signed, rules.policy)
    existed = _proven(signature, rules, now)
    signer = _signer(signature, trust, now, existed)
    require_signing_time(signature, signer, now, existed)
    signed = apart(lambda: _verified_octets(root, signature, signer.chain[0], existed or now))
    return VerifiedDocument(
        payload=_parsed(signed, limits),
        digest=hashlib.sha256(data).digest(),
        signer=signer.identity,
        signing_time=signature.signing_time,
        level=Level.B_B if existed is None else Level.B_T,
        stamped_at=existed,
    )


@dataclass(frozen=True, slots=True)
class ExaminedDocument:
    """What there is to say of a file before it is submitted. Nothing here is proven: it is for advice only."""

    refusals: tuple[DocumentRefusedError, ...]
    """Everything for which `verify_application` would refuse the file; it tells the first."""
    content: etree._Element | None
    """The root of the file without signatures; None: it is no XML that may be read."""
    certificate: bytes | None
    """DER of the certificate that the signature names; None: there is no signature that can be read."""
    signing_time: datetime | None


def examine_application(
    data: bytes, *, trust: TrustStore, now: datetime, limits: Limits, rules: DocumentRules = _BASIC
) -> ExaminedDocument:
    """Look for everything that stands against the signed file in `data` as of `now` (aware); never raises for it."""
    found = _Refusals()
    root = found.unless_refused(lambda: _parsed(data, limits))
    if root is None:
        return ExaminedDocument(found.all, None, None, None)
    found.unless_refused(lambda: _require_no_comment(root))
    signature = found.unless_refused(lambda: read_document_signature(root))
    if signature is not None:
        _examine_signature(found, root, signature, _Circumstances(trust, now, rules))
    content = _parsed(data, limits)
    for each in content.findall(f"{{{DS}}}Signature"):
        content.remove(each)
    if signature is None:
        return ExaminedDocument(found.all, content, None, None)
    return ExaminedDocument(found.all, content, signature.certificate, signature.signing_time)


@dataclass(frozen=True, slots=True)
class _Circumstances:
    trust: TrustStore
    now: datetime
    rules: DocumentRules


class _Refusals:
    """Refusals as they are found, each once."""

    def __init__(self) -> None:
        self._found: list[DocumentRefusedError] = []

    @property
    def all(self) -> tuple[DocumentRefusedError, ...]:
        return tuple(self._found)

    def unless_refused(self, step: Callable[[], ResultT]) -> ResultT | None:
        """What `step` makes; None, and note taken, when it refuses the file."""
        try:
            return step()
        except DocumentRefusedError as refusal:
            self._found.append(refusal)
            return None


def _examine_signature(
    found: _Refusals, root: etree._Element, signature: DocumentSignature, here: _Circumstances
) -> None:
    """The steps of `verify_application`, each taken whatever became of the one before it.

    The value of a signature is looked at even where its certificate is not trusted: a changed content is told of too.
    A certificate that cannot be read, or was not valid at the time, has no say in that.
    """
    policy = here.rules.policy
    if policy is not None:
        found.unless_refused(lambda: require_policy(signature.signed, policy))
    existed = found.unless_refused(lambda: _proven(signature, here.rules, here.now))
    signer = found.unless_refused(lambda: _signer(signature, here.trust, here.now, existed))
    if signer is not None:
        found.unless_refused(lambda: require_signing_time(signature, signer, here.now, existed))
    certificate = signer.chain[0] if signer is not None else _readable(signature.certificate)
    moment = (existed or here.now) if signer is not None else signature.signing_time
    if certificate is not None and certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        found.unless_refused(lambda: apart(lambda: _verified_octets(root, signature, certificate, moment)))


def _readable(der: bytes) -> x509.Certificate | None:
    try:
        return load_certificate(der)
    except UntrustedCertificateError:
        return None


def _require_no_comment(root: etree._Element) -> None:
    """Refuse comments: no canonical form in use here has them, so anybody may add one to a file that another signed."""
    beside = (root.itersiblings(etree.Comment, preceding=True), root.itersiblings(etree.Comment))
    if any(next(each, None) is not None for each in (*beside, root.iter(etree.Comment))):
        raise DocumentRefusedError(Indication.FORMAT_FAILURE, "DOC.COMMENT")


def _parsed(data: bytes, limits: Limits) -> etree._Element:
    try:
        return parse(data, limits)
    except RefusalError as error:
        raise DocumentRefusedError(Indication.FORMAT_FAILURE, error.reason) from error


def _proven(signature: DocumentSignature, rules: DocumentRules, now: datetime) -> datetime | None:
    """When the signature existed at the latest, by its earliest time stamp; all of them must hold.

    None: nothing tells. Without authorities of the operator's choice a time stamp is inert.
    """
    stamps = () if rules.authorities is None else read_stamps(signature.element)
    proven = [rules.authorities.proven(stamped, now) for stamped in stamps if rules.authorities is not None]
    if not proven and rules.level is Level.B_T:
        raise StampRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "STAMP.MISSING")
    return min(proven, default=None)


def _signer(
    signature: DocumentSignature, trust: TrustStore, now: datetime, existed: datetime | None
) -> TrustedCertificate:
    """The signatory's certificate; with a time stamp it is judged as of then (EN 319 102-1 §5.5.4)."""
    try:
        return trust.trusted(signature.certificate, now, existed=existed)
    except UntrustedCertificateError as error:
        if existed is not None and error.indication in {Indication.EXPIRED, Indication.NOT_YET_VALID}:
            raise StampRefusedError(Indication.TIMESTAMP_ORDER_FAILURE, "STAMP.CERTIFICATE_TERM") from error
        raise DocumentRefusedError(error.indication, error.reason) from error


def _verified_octets(
    root: etree._Element, signature: DocumentSignature, certificate: x509.Certificate, moment: datetime
) -> bytes:
    """Let signxml verify the signature with the one certificate that was judged; the octets of the whole document.

    `moment` is when the certificate had to be valid.
    """
    expected = XAdESSignatureConfiguration(
        location="./",
        expect_references=signature.references,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=moment.astimezone(UTC),
        default_reference_c14n_method=C14N_10,
    )
    try:
        results = _Verifier().verify(root, x509_cert=certificate, expect_config=expected)
    except InvalidDigest as error:
        raise DocumentRefusedError(Indication.HASH_FAILURE, "DOC.REF.DIGEST") from error
    except (SignXMLException, etree.DocumentInvalid) as error:
        raise DocumentRefusedError(_kind_of(error), f"DOC.{type(error).__name__.upper()}") from error
    # signxml meets forms that it does not know with these; whatever cannot be read is refused, never passed over.
    except (ValueError, TypeError, KeyError, NotImplementedError, etree.LxmlError) as error:
        raise DocumentRefusedError(Indication.FORMAT_FAILURE, "DOC.UNREADABLE") from error
    octets = results[signature.document_reference].signed_data
    assert isinstance(octets, bytes)
    return octets


def _kind_of(error: Exception) -> Indication:
    invalid = type(error).__name__ == "InvalidSignature"
    return Indication.SIG_CRYPTO_FAILURE if invalid else Indication.FORMAT_FAILURE


class _Verifier(XAdESVerifier):  # type: ignore[misc]  # signxml publishes no types that mypy follows here
    """signxml's verifier without two things that are done before it is asked.

    It copies the tree for each reference, so it need not copy it once more for itself. And it holds every certificate
    that SigningCertificateV2 names against those in KeyInfo: ours is compared in `xades_properties`; a signature may
    lawfully name the rest of its chain without carrying it.
    """

    def get_root(self, data: etree._Element) -> etree._Element:
        """The tree as it was parsed and judged."""
        return data

    def _verify_cert_digests(self, verify_result: Any) -> None:
        """Nothing: see above."""
