"""Signed files: XML with an enveloped XAdES signature (baseline B, ETSI EN 319 132-1), made by a person's card.

signxml makes and verifies these signatures. It skips transforms that it does not know, finds ids in any namespace,
does not look at the place of anything and checks neither signing time nor chain; all that is settled before it is
asked, in `gateway.security.xades_profile`. Nor is its word taken for the content: what is handed on is parsed from
the very octets whose digest was signed.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from lxml import etree
from signxml import DigestAlgorithm, InvalidDigest, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.xades import XAdESSignatureConfiguration, XAdESSigner, XAdESVerifier

from gateway.faults import RefusalError
from gateway.security.algorithms import SIGNATURES
from gateway.security.errors import DocumentRefusedError, Indication, UntrustedCertificateError
from gateway.security.model import CertificateIdentity
from gateway.security.sign import SigningKey
from gateway.security.trust import TrustedCertificate, TrustStore
from gateway.security.xades_profile import C14N_10, DocumentSignature, read_document_signature, require_signing_time
from gateway.xml.apart import apart
from gateway.xml.namespaces import DS, EXC_C14N, XADES
from gateway.xml.parser import Limits, parse, parse_trusted

__all__ = ["DocumentRefusedError", "VerifiedDocument", "sign_application", "verify_application"]

# It writes canonicalised content to its log at DEBUG.
logging.getLogger("signxml.processor").addFilter(lambda _record: False)

_METHODS: Final = frozenset(SignatureMethod(uri) for uri in SIGNATURES)
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


def verify_application(data: bytes, *, trust: TrustStore, now: datetime, limits: Limits) -> VerifiedDocument:
    """Verify the signed file in `data` as of `now` (aware), or raise `DocumentRefusedError`."""
    try:
        root = parse(data, limits)
    except RefusalError as error:
        raise DocumentRefusedError(Indication.FORMAT_FAILURE, error.reason) from error
    signature = read_document_signature(root)
    try:
        signer = trust.trusted(signature.certificate, now)
    except UntrustedCertificateError as error:
        raise DocumentRefusedError(error.indication, error.reason) from error
    require_signing_time(signature, signer, now)
    signed = apart(lambda: _verified_octets(root, signature, signer, now))
    try:
        payload = parse(signed, limits)
    except RefusalError as error:
        raise DocumentRefusedError(Indication.FORMAT_FAILURE, error.reason) from error
    return VerifiedDocument(payload, hashlib.sha256(data).digest(), signer.identity, signature.signing_time)


def sign_application(document: bytes, key: SigningKey, now: datetime) -> bytes:
    """`document` (XML in UTF-8, our own or the signatory's) with an enveloped XAdES-B-B signature as its last child."""
    return apart(lambda: _signed(document, key, now))


def _verified_octets(
    root: etree._Element, signature: DocumentSignature, signer: TrustedCertificate, now: datetime
) -> bytes:
    """Let signxml verify the signature with the one certificate that was judged; the octets of the whole document."""
    expected = XAdESSignatureConfiguration(
        location="./",
        expect_references=signature.references,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=now.astimezone(UTC),
        default_reference_c14n_method=C14N_10,
    )
    try:
        results = XAdESVerifier().verify(root, x509_cert=signer.chain[0], expect_config=expected)
    except InvalidDigest as error:
        raise DocumentRefusedError(Indication.HASH_FAILURE, "DOC.REF.DIGEST") from error
    except (SignXMLException, etree.DocumentInvalid) as error:
        raise DocumentRefusedError(_kind_of(error), f"DOC.{type(error).__name__.upper()}") from error
    except (ValueError, TypeError, KeyError, NotImplementedError, etree.LxmlError) as error:
        raise DocumentRefusedError(Indication.FORMAT_FAILURE, "DOC.UNREADABLE") from error
    octets = results[signature.document_reference].signed_data
    assert isinstance(octets, bytes)
    return octets


def _kind_of(error: Exception) -> Indication:
    invalid = type(error).__name__ == "InvalidSignature"
    return Indication.SIG_CRYPTO_FAILURE if invalid else Indication.FORMAT_FAILURE


def _signed(document: bytes, key: SigningKey, now: datetime) -> bytes:
    signer = _Signer(key, now)
    certificate = x509.load_der_x509_certificate(key.certificate.der)
    root = signer.sign(parse_trusted(document), key=key.key, cert=[certificate], always_add_key_value=False)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=False)


class _Signer(XAdESSigner):  # type: ignore[misc]  # signxml publishes no types that mypy follows here
    """signxml's signer with a clock that is handed in, and with a named canonicalisation for every reference.

    Left alone it canonicalises the signed properties by the method of SignedInfo without saying so, which its own
    verifier, keeping to the standard's default, then rejects.
    """

    def __init__(self, key: SigningKey, now: datetime) -> None:
        super().__init__(
            signature_algorithm=SignatureMethod(key.method.uri), digest_algorithm="sha256", c14n_algorithm=EXC_C14N
        )
        self._now = now

    def add_signing_time(self, signed_signature_properties: etree._Element, **_settings: Any) -> None:
        """The claimed time, in UTC with whole seconds."""
        element = etree.SubElement(signed_signature_properties, f"{{{XADES}}}SigningTime", nsmap=self.namespaces)
        element.text = self._now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _add_reference_to_signed_info(self, sig_root: etree._Element, node: etree._Element, **attributes: str) -> None:
        super()._add_reference_to_signed_info(sig_root, node, **attributes)
        reference = sig_root.find(f"{{{DS}}}SignedInfo")[-1]  # type: ignore[index]
        transforms = etree.Element(f"{{{DS}}}Transforms", nsmap=self.namespaces)
        etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=EXC_C14N)
        reference.insert(0, transforms)
