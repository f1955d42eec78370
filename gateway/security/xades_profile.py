"""The form of an enveloped XAdES signature that is accepted, read and judged before any library computes anything.

Exactly one signature, a child of the root; one reference to the whole document (`URI=""`, enveloped), one to the signed
properties, at most one to KeyInfo; nothing else. ETSI EN 319 132-1, baseline B.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lxml import etree
from signxml import CanonicalizationMethod

from gateway.faults import RefusalError
from gateway.security.algorithms import DIGESTS, SIGNATURES
from gateway.security.errors import DocumentRefusedError, Indication
from gateway.security.lexical import base64_bytes, moment
from gateway.security.profile import ENVELOPED, MAX_SIGNATURE_TEXT
from gateway.security.references import scan_ids
from gateway.security.signed_info import MAX_DIGEST_TEXT
from gateway.security.token import MAX_CERTIFICATE
from gateway.security.trust import TrustedCertificate
from gateway.xml.namespaces import DS, DSIG11, EXC_C14N, XADES

C14N_10: Final = CanonicalizationMethod.CANONICAL_XML_1_0
_CANONICAL: Final = frozenset({C14N_10.value, CanonicalizationMethod.CANONICAL_XML_1_1.value, EXC_C14N})
_SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
_CLOCK_SKEW: Final = timedelta(seconds=60)
_MAX_CERTIFICATES: Final = 5
"""Certificates in KeyInfo; only the first is looked at."""
_MAX_CERTIFICATE_TEXT: Final = MAX_CERTIFICATE * 4 // 3 + 4
_KEY_INFO: Final = frozenset({f"{{{DS}}}X509Data", f"{{{DS}}}KeyValue", f"{{{DSIG11}}}DEREncodedKeyValue"})


@dataclass(frozen=True, slots=True)
class DocumentSignature:
    """A signature that has the form of the profile; nothing about it is proven yet."""

    certificate: bytes
    """DER of the certificate that KeyInfo and SigningCertificateV2 agree on."""
    signing_time: datetime
    references: int
    """Number of references in SignedInfo."""
    document_reference: int
    """Index of the reference to the whole document."""


def read_document_signature(root: etree._Element) -> DocumentSignature:
    """Read the one signature of the file at `root`, or raise `DocumentRefusedError`."""
    signature = _only_signature(root)
    try:
        ids = scan_ids(root)
    except RefusalError as error:
        raise _format(error.reason) from error
    signed_info = _child(signature, DS, "SignedInfo", "DOC.SIGNED_INFO")
    key_info = _child(signature, DS, "KeyInfo", "DOC.KEYINFO")
    properties = _signed_properties(signature)
    _require_algorithms(signed_info)
    references = signed_info.findall(f"{{{DS}}}Reference")
    document = _places(references, ids, properties, key_info)
    _base64(_child(signature, DS, "SignatureValue", "DOC.VALUE"), MAX_SIGNATURE_TEXT, "DOC.VALUE.BASE64")
    certificate = _certificate(key_info)
    signing_time = _signing_time(properties, certificate)
    return DocumentSignature(certificate, signing_time, len(references), document)


def require_signing_time(signature: DocumentSignature, signer: TrustedCertificate, now: datetime) -> None:
    """Refuse a claimed time that lies in the future or outside the validity of the certificate."""
    if signature.signing_time > now + _CLOCK_SKEW:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.TIME.FUTURE")
    leaf = signer.chain[0]
    if not leaf.not_valid_before_utc <= signature.signing_time <= leaf.not_valid_after_utc:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.TIME.CERTIFICATE")


def _format(reason: str) -> DocumentRefusedError:
    return DocumentRefusedError(Indication.FORMAT_FAILURE, reason)


def _only_signature(root: etree._Element) -> etree._Element:
    """The signature of the document; counter-signatures inside its unsigned properties are none of the document's."""
    outer = [found for found in root.iter(f"{{{DS}}}Signature") if not _is_unsigned_property(found)]
    if not outer:
        raise _format("DOC.NO_SIGNATURE")
    if len(outer) > 1:
        raise _format("DOC.TWO_SIGNATURES")
    if outer[0].getparent() is not root:
        raise DocumentRefusedError(Indication.SIGNED_DATA_NOT_FOUND, "DOC.SIGNATURE.POSITION")
    return outer[0]


def _is_unsigned_property(signature: etree._Element) -> bool:
    return any(True for _ in signature.iterancestors(f"{{{XADES}}}UnsignedProperties"))


def _child(parent: etree._Element, namespace: str, name: str, reason: str) -> etree._Element:
    """The only child of that name."""
    found = parent.findall(f"{{{namespace}}}{name}")
    if len(found) != 1:
        raise _format(reason)
    return found[0]


def _signed_properties(signature: etree._Element) -> etree._Element:
    """SignedProperties at its one place: Object, QualifyingProperties for this signature; no other Object."""
    holder = _child(signature, DS, "Object", "DOC.OBJECT")
    content = list(holder)
    if len(content) != 1 or content[0].tag != f"{{{XADES}}}QualifyingProperties":
        raise DocumentRefusedError(Indication.SIGNED_DATA_NOT_FOUND, "DOC.OBJECT.CONTENT")
    if content[0].get("Target") != f"#{signature.get('Id')}":
        raise _format("DOC.PROPERTIES.TARGET")
    return _child(content[0], XADES, "SignedProperties", "DOC.PROPERTIES")


def _require_algorithms(signed_info: etree._Element) -> None:
    method = _child(signed_info, DS, "SignatureMethod", "DOC.METHOD")
    if method.get("Algorithm") not in SIGNATURES:
        raise DocumentRefusedError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "DOC.METHOD.ALGORITHM")
    canonical = _child(signed_info, DS, "CanonicalizationMethod", "DOC.C14N")
    if canonical.get("Algorithm") not in _CANONICAL or len(canonical) or len(method):
        raise _format("DOC.C14N.ALGORITHM")


def _places(
    references: list[etree._Element],
    ids: dict[str, etree._Element],
    properties: etree._Element,
    key_info: etree._Element,
) -> int:
    """Check each reference against its place; the index of the one to the whole document."""
    kinds = [_kind(reference, ids, properties, key_info) for reference in references]
    if len(set(kinds)) != len(kinds):
        raise _format("DOC.REF.TWICE")
    if "document" not in kinds:
        raise DocumentRefusedError(Indication.SIGNED_DATA_NOT_FOUND, "DOC.REF.DOCUMENT")
    if "properties" not in kinds:
        raise _format("DOC.REF.PROPERTIES")
    return kinds.index("document")


def _kind(
    reference: etree._Element, ids: dict[str, etree._Element], properties: etree._Element, key_info: etree._Element
) -> str:
    digest_method = _child(reference, DS, "DigestMethod", "DOC.REF.METHOD")
    if digest_method.get("Algorithm") not in DIGESTS:
        raise DocumentRefusedError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "DOC.REF.METHOD.ALGORITHM")
    _base64(_child(reference, DS, "DigestValue", "DOC.REF.VALUE"), MAX_DIGEST_TEXT, "DOC.REF.VALUE.BASE64")
    uri = reference.get("URI")
    transforms = _transforms(reference)
    if uri == "":
        if transforms[:1] != [ENVELOPED] or not _is_canonical(transforms[1:]):
            raise _format("DOC.REF.TRANSFORM")
        return "document"
    if not _is_canonical(transforms):
        raise _format("DOC.REF.TRANSFORM")
    target = ids.get(uri[1:]) if uri is not None and uri.startswith("#") else None
    if target is properties:
        if reference.get("Type") != _SIGNED_PROPERTIES:
            raise _format("DOC.REF.TYPE")
        return "properties"
    if target is key_info:
        return "key"
    if uri is None or not uri.startswith("#"):
        raise _format("DOC.REF.URI")
    raise DocumentRefusedError(Indication.SIGNED_DATA_NOT_FOUND, "DOC.REF.POSITION")


def _is_canonical(transforms: list[str]) -> bool:
    """No transform (the default, C14N 1.0, applies) or one canonicalisation."""
    return not transforms or (len(transforms) == 1 and transforms[0] in _CANONICAL)


def _transforms(reference: etree._Element) -> list[str]:
    """Algorithms of the transforms, none of which may have parameters."""
    holders = reference.findall(f"{{{DS}}}Transforms")
    if len(holders) > 1:
        raise _format("DOC.REF.TRANSFORMS")
    found: list[str] = []
    for transform in holders[0] if holders else ():
        if transform.tag != f"{{{DS}}}Transform" or len(transform):
            raise _format("DOC.REF.TRANSFORM")
        found.append(transform.get("Algorithm", ""))
    return found


def _base64(element: etree._Element, limit: int, reason: str) -> bytes:
    value = None if len(element) else base64_bytes(element.text or "", limit)
    if value is None:
        raise _format(reason)
    return value


def _certificate(key_info: etree._Element) -> bytes:
    """DER of the first certificate in KeyInfo."""
    if not _KEY_INFO.issuperset(child.tag for child in key_info):
        raise _format("DOC.KEYINFO.KIND")
    certificates = key_info.findall(f"{{{DS}}}X509Data/{{{DS}}}X509Certificate")
    if not certificates:
        raise DocumentRefusedError(Indication.NO_SIGNING_CERTIFICATE_FOUND, "DOC.KEYINFO.CERTIFICATE")
    if len(certificates) > _MAX_CERTIFICATES:
        raise DocumentRefusedError(Indication.CHAIN_CONSTRAINTS_FAILURE, "DOC.KEYINFO.FLOOD")
    return _base64(certificates[0], _MAX_CERTIFICATE_TEXT, "DOC.KEYINFO.BASE64")


def _signing_time(properties: etree._Element, certificate: bytes) -> datetime:
    """The claimed time, after SigningCertificateV2 was found to name `certificate` (EN 319 132-1 §5.2.1, §5.2.2)."""
    signed = _child(properties, XADES, "SignedSignatureProperties", "DOC.PROPERTIES.SIGNATURE")
    if signed.find(f"{{{XADES}}}SigningCertificate") is not None:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.CERTIFICATE.V1")
    references = signed.findall(f"{{{XADES}}}SigningCertificateV2")
    times = signed.findall(f"{{{XADES}}}SigningTime")
    if len(references) != 1 or len(times) != 1:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.PROPERTIES.MISSING")
    _require_named(references[0], certificate)
    when = None if len(times[0]) else moment((times[0].text or "").strip())
    if when is None:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.TIME.FORM")
    return when


def _require_named(reference: etree._Element, certificate: bytes) -> None:
    digests = reference.findall(f"{{{XADES}}}Cert/{{{XADES}}}CertDigest")
    if not digests:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.CERTIFICATE.DIGEST")
    method = _child(digests[0], DS, "DigestMethod", "DOC.CERTIFICATE.METHOD").get("Algorithm", "")
    if method not in DIGESTS:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.CERTIFICATE.ALGORITHM")
    value = _base64(
        _child(digests[0], DS, "DigestValue", "DOC.CERTIFICATE.VALUE"), MAX_DIGEST_TEXT, "DOC.CERTIFICATE.VALUE"
    )
    if not hmac.compare_digest(value, DIGESTS[method](certificate)):
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.CERTIFICATE.OTHER")
