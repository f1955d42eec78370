"""The qualifying properties of a signature, read into values: EN 319 132-1 §5.2 (signed) and §5.3 (time stamps)."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

from lxml import etree
from signxml import CanonicalizationMethod

from gateway.faults import RefusalError
from gateway.security.algorithms import DIGESTS
from gateway.security.errors import DocumentRefusedError, Indication, StampRefusedError
from gateway.security.lexical import base64_bytes, moment
from gateway.security.signed_info import MAX_DIGEST_TEXT
from gateway.security.stamp_token import MAX_TOKEN
from gateway.security.stamps import StampedOctets
from gateway.security.xades_rules import SignaturePolicy
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import DS, EXC_C14N, XADES

C14N_10: Final = CanonicalizationMethod.CANONICAL_XML_1_0
CANONICAL: Final = frozenset({C14N_10.value, CanonicalizationMethod.CANONICAL_XML_1_1.value, EXC_C14N})
"""Canonicalisations that signed files may use."""
_MAX_STAMPS: Final = 4
_MAX_TOKEN_TEXT: Final = MAX_TOKEN * 4 // 3 + 4
_DER: Final = frozenset({None, "http://uri.etsi.org/01903/v1.2.2#DER"})
_POLICY: Final = f"{{{XADES}}}SignaturePolicyIdentifier/{{{XADES}}}SignaturePolicyId"
_STAMP: Final = (
    f"{{{DS}}}Object/{{{XADES}}}QualifyingProperties/{{{XADES}}}UnsignedProperties/"
    f"{{{XADES}}}UnsignedSignatureProperties/{{{XADES}}}SignatureTimeStamp"
)


def only_child(parent: etree._Element, namespace: str, name: str, reason: str) -> etree._Element:
    """The only child of that name; none or several are out of form."""
    found = parent.findall(f"{{{namespace}}}{name}")
    if len(found) != 1:
        raise DocumentRefusedError(Indication.FORMAT_FAILURE, reason)
    return found[0]


def leaf_base64(element: etree._Element, limit: int, reason: str) -> bytes:
    """The bytes in a leaf of base64 text of at most `limit` characters."""
    value = None if len(element) else base64_bytes(element.text or "", limit)
    if value is None:
        raise DocumentRefusedError(Indication.FORMAT_FAILURE, reason)
    return value


def signing_time(signed: etree._Element, certificate: bytes) -> datetime:
    """The claimed time, after SigningCertificateV2 was found to name `certificate` (EN 319 132-1 §5.2.1, §5.2.2)."""
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
    method = only_child(digests[0], DS, "DigestMethod", "DOC.CERTIFICATE.METHOD").get("Algorithm", "")
    if method not in DIGESTS:
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.CERTIFICATE.ALGORITHM")
    value = leaf_base64(
        only_child(digests[0], DS, "DigestValue", "DOC.CERTIFICATE.VALUE"), MAX_DIGEST_TEXT, "DOC.CERTIFICATE.VALUE"
    )
    if not hmac.compare_digest(value, DIGESTS[method](certificate)):
        raise DocumentRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "DOC.CERTIFICATE.OTHER")


def require_policy(signed: etree._Element, policy: SignaturePolicy) -> None:
    """Refuse a signature that does not state `policy` explicitly, once, with its digest (EN 319 132-1 §5.2.9).

    signxml lets a signature pass that states none (security §1.1 T10).
    """
    stated = signed.findall(_POLICY)
    if len(signed.findall(f"{{{XADES}}}SignaturePolicyIdentifier")) != 1 or len(stated) != 1:
        raise _policy("DOC.POLICY.MISSING")
    identifier = stated[0].find(f"{{{XADES}}}SigPolicyId/{{{XADES}}}Identifier")
    method = stated[0].find(f"{{{XADES}}}SigPolicyHash/{{{DS}}}DigestMethod")
    value = stated[0].find(f"{{{XADES}}}SigPolicyHash/{{{DS}}}DigestValue")
    if identifier is None or len(identifier) or method is None or value is None:
        raise _policy("DOC.POLICY.FORM")
    if (identifier.text or "").strip().removeprefix("urn:oid:") != policy.identifier:
        raise _policy("DOC.POLICY.OTHER")
    if stated[0].find(f"{{{DS}}}Transforms") is not None or method.get("Algorithm") != policy.digest_method:
        raise _policy("DOC.POLICY.METHOD")
    digest = None if len(value) else base64_bytes(value.text or "", MAX_DIGEST_TEXT)
    if digest is None or not hmac.compare_digest(digest, policy.digest):
        raise _policy("DOC.POLICY.DIGEST")


def _policy(reason: str) -> DocumentRefusedError:
    return DocumentRefusedError(Indication.POLICY_PROCESSING_ERROR, reason)


def read_stamps(signature: etree._Element) -> tuple[StampedOctets, ...]:
    """The time stamps of a signature, each with what it must be about; raises `StampRefusedError` for their form."""
    value = only_child(signature, DS, "SignatureValue", "DOC.VALUE")
    stamps = [each for holder in signature.findall(_STAMP) for each in _stamps_in(holder, value)]
    if len(stamps) > _MAX_STAMPS:
        raise _stamp_form("STAMP.FLOOD")
    return tuple(stamps)


def _stamps_in(holder: etree._Element, value: etree._Element) -> list[StampedOctets]:
    """The tokens of one SignatureTimeStamp, which speak of `value` (§5.3: implicit, nothing else is included)."""
    methods, tokens = (
        holder.findall(f"{{{DS}}}CanonicalizationMethod"),
        holder.findall(f"{{{XADES}}}EncapsulatedTimeStamp"),
    )
    if len(methods) > 1 or not tokens or len(methods) + len(tokens) != len(holder):
        raise _stamp_form("STAMP.CHILDREN")
    method = C14N_10.value if not methods else methods[0].get("Algorithm", "")
    if method not in CANONICAL or (methods and len(methods[0])):
        raise _stamp_form("STAMP.C14N")
    octets = canonical_form(value, method)
    found: list[StampedOctets] = []
    for token in tokens:
        der = (
            None if len(token) or token.get("Encoding") not in _DER else base64_bytes(token.text or "", _MAX_TOKEN_TEXT)
        )
        if der is None:
            raise _stamp_form("STAMP.BASE64")
        found.append(StampedOctets(der, octets))
    return found


def canonical_form(element: etree._Element, method: str) -> bytes:
    """The canonical form of an element where it stands, by one of `CANONICAL`."""
    try:
        if method == EXC_C14N:
            return canonical(element)
        return etree.tostring(element, method="c14n", exclusive=False, with_comments=False)
    except (RefusalError, etree.LxmlError, ValueError) as error:
        raise _stamp_form("STAMP.C14N.FORM") from error


def _stamp_form(reason: str) -> StampRefusedError:
    return StampRefusedError(Indication.FORMAT_FAILURE, reason)
