"""The form of an enveloped XAdES signature that is accepted, read and judged before any library computes anything.

Exactly one signature, a child of the root; one reference to the whole document (`URI=""` or the id of the root,
enveloped), one to the signed properties, at most one to KeyInfo; nothing else. ETSI EN 319 132-1, baseline B.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from lxml import etree

from gateway.faults import RefusalError
from gateway.security.algorithms import DIGESTS, SIGNATURES
from gateway.security.errors import DocumentRefusedError, Indication, StampRefusedError
from gateway.security.profile import ENVELOPED, MAX_SIGNATURE_TEXT
from gateway.security.references import scan_ids
from gateway.security.signed_info import MAX_DIGEST_TEXT
from gateway.security.stamps import CLOCK_SKEW
from gateway.security.token import MAX_CERTIFICATE, UNREADABLE
from gateway.security.trust import TrustedCertificate
from gateway.security.xades_properties import CANONICAL, leaf_base64, only_child, signing_time
from gateway.xml.namespaces import DS, DSIG11, XADES

_SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
_MAX_CERTIFICATES: Final = 5
"""Certificates in KeyInfo; only the first is used."""
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
    element: etree._Element
    """The ds:Signature itself."""
    signed: etree._Element
    """Its SignedSignatureProperties."""


def read_document_signature(root: etree._Element) -> DocumentSignature:
    """Read the one signature of the file at `root`, or raise `DocumentRefusedError`."""
    signature = _only_signature(root)
    try:
        ids = scan_ids(root)
    except RefusalError as error:
        raise _format(error.reason) from error
    signed_info = only_child(signature, DS, "SignedInfo", "DOC.SIGNED_INFO")
    key_info = only_child(signature, DS, "KeyInfo", "DOC.KEYINFO")
    properties = _signed_properties(signature)
    _require_algorithms(signed_info)
    references = signed_info.findall(f"{{{DS}}}Reference")
    document = _document_reference(references, ids, _Places(root, properties, key_info))
    leaf_base64(only_child(signature, DS, "SignatureValue", "DOC.VALUE"), MAX_SIGNATURE_TEXT, "DOC.VALUE.BASE64")
    certificate = _certificates(key_info)[0]
    signed = only_child(properties, XADES, "SignedSignatureProperties", "DOC.PROPERTIES.SIGNATURE")
    when = signing_time(signed, certificate)
    return DocumentSignature(certificate, when, len(references), document, signature, signed)


def require_signing_time(
    signature: DocumentSignature, signer: TrustedCertificate, now: datetime, existed: datetime | None = None
) -> None:
    """Refuse a claimed time that lies in the future, outside the validity of the certificate, or after its time stamp.

    `existed` is when the signature is proven to have existed (EN 319 102-1 §5.5.4): not before it was made, and while
    the certificate was valid.
    """
    if signature.signing_time > now + CLOCK_SKEW:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.TIME.FUTURE")
    leaf = signer.chain[0]
    if not leaf.not_valid_before_utc <= signature.signing_time <= leaf.not_valid_after_utc:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.TIME.CERTIFICATE")
    if existed is not None and signature.signing_time > existed + CLOCK_SKEW:
        raise StampRefusedError(Indication.TIMESTAMP_ORDER_FAILURE, "STAMP.BEFORE_SIGNING")


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


def _signed_properties(signature: etree._Element) -> etree._Element:
    """SignedProperties at its one place: Object, QualifyingProperties for this signature; no other Object."""
    if len(signature.findall(f"{{{DS}}}Object")) > 1:
        raise DocumentRefusedError(Indication.SIGNED_DATA_NOT_FOUND, "DOC.OBJECT.TWO")
    holder = only_child(signature, DS, "Object", "DOC.OBJECT")
    content = list(holder)
    if len(content) != 1 or content[0].tag != f"{{{XADES}}}QualifyingProperties":
        raise DocumentRefusedError(Indication.SIGNED_DATA_NOT_FOUND, "DOC.OBJECT.CONTENT")
    if content[0].get("Target") != f"#{signature.get('Id')}":
        raise _format("DOC.PROPERTIES.TARGET")
    return only_child(content[0], XADES, "SignedProperties", "DOC.PROPERTIES")


def _require_algorithms(signed_info: etree._Element) -> None:
    method = only_child(signed_info, DS, "SignatureMethod", "DOC.METHOD")
    if method.get("Algorithm") not in SIGNATURES:
        raise DocumentRefusedError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "DOC.METHOD.ALGORITHM")
    canonical = only_child(signed_info, DS, "CanonicalizationMethod", "DOC.C14N")
    if canonical.get("Algorithm") not in CANONICAL or len(canonical) or len(method):
        raise _format("DOC.C14N.ALGORITHM")


@dataclass(frozen=True, slots=True)
class _Places:
    """The elements that references may point to."""

    root: etree._Element
    properties: etree._Element
    key_info: etree._Element


def _document_reference(references: list[etree._Element], ids: dict[str, etree._Element], places: _Places) -> int:
    """Check each reference against its place; the index of the one to the whole document."""
    kinds = [_kind(reference, ids, places) for reference in references]
    if len(set(kinds)) != len(kinds):
        raise _format("DOC.REF.TWICE")
    if "document" not in kinds:
        raise DocumentRefusedError(Indication.SIGNED_DATA_NOT_FOUND, "DOC.REF.DOCUMENT")
    if "properties" not in kinds:
        raise _format("DOC.REF.PROPERTIES")
    return kinds.index("document")


def _kind(reference: etree._Element, ids: dict[str, etree._Element], places: _Places) -> str:
    digest_method = only_child(reference, DS, "DigestMethod", "DOC.REF.METHOD")
    if digest_method.get("Algorithm") not in DIGESTS:
        raise DocumentRefusedError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "DOC.REF.METHOD.ALGORITHM")
    leaf_base64(only_child(reference, DS, "DigestValue", "DOC.REF.VALUE"), MAX_DIGEST_TEXT, "DOC.REF.VALUE.BASE64")
    uri = reference.get("URI")
    transforms = _transforms(reference)
    target = ids.get(uri[1:]) if uri is not None and uri.startswith("#") else None
    if uri == "" or target is places.root:  # some signatories name the root by its id: the same octets
        if transforms[:1] != [ENVELOPED] or not _is_canonical(transforms[1:]):
            raise _format("DOC.REF.TRANSFORM")
        return "document"
    if not _is_canonical(transforms):
        raise _format("DOC.REF.TRANSFORM")
    if target is places.properties:
        if reference.get("Type") != _SIGNED_PROPERTIES:
            raise _format("DOC.REF.TYPE")
        return "properties"
    if target is places.key_info:
        return "key"
    if uri is None or not uri.startswith("#"):
        raise _format("DOC.REF.URI")
    raise DocumentRefusedError(Indication.SIGNED_DATA_NOT_FOUND, "DOC.REF.POSITION")


def _is_canonical(transforms: list[str]) -> bool:
    """No transform (the default, C14N 1.0, applies) or one canonicalisation."""
    return not transforms or (len(transforms) == 1 and transforms[0] in CANONICAL)


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


def _certificates(key_info: etree._Element) -> list[bytes]:
    """DER of the certificates in KeyInfo. The first must be the signatory's; the others are not used."""
    if not _KEY_INFO.issuperset(child.tag for child in key_info):
        raise _format("DOC.KEYINFO.KIND")
    certificates = key_info.findall(f"{{{DS}}}X509Data/{{{DS}}}X509Certificate")
    if not certificates:
        raise DocumentRefusedError(Indication.NO_SIGNING_CERTIFICATE_FOUND, "DOC.KEYINFO.CERTIFICATE")
    if len(certificates) > _MAX_CERTIFICATES:
        raise DocumentRefusedError(Indication.CHAIN_CONSTRAINTS_FAILURE, "DOC.KEYINFO.FLOOD")
    found = [leaf_base64(each, _MAX_CERTIFICATE_TEXT, "DOC.KEYINFO.BASE64") for each in certificates]
    if len(found) > 1:
        _require_order(found)
    return found


def _require_order(certificates: list[bytes]) -> None:
    """Refuse a chain that comes back to itself, or whose first certificate was issued to an issuer of the others.

    Nothing here trusts such a chain; but who sends one has either erred or wants to see who can be led in circles.
    """
    try:
        names = [(each.subject, each.issuer) for each in map(x509.load_der_x509_certificate, certificates)]
    except UNREADABLE as error:
        raise _format("DOC.KEYINFO.FORM") from error
    issuers = {subject: issuer for subject, issuer in names if subject != issuer}
    first = names[0][0]
    if len(set(certificates)) != len(certificates) or any(issuer == first for _, issuer in names[1:]):
        raise DocumentRefusedError(Indication.CHAIN_CONSTRAINTS_FAILURE, "DOC.KEYINFO.ORDER")
    for subject, issuer in issuers.items():
        passed, current = {subject}, issuer
        while current in issuers and current not in passed:
            passed.add(current)
            current = issuers[current]
        if current in passed:
            raise DocumentRefusedError(Indication.CHAIN_CONSTRAINTS_FAILURE, "DOC.KEYINFO.LOOP")
