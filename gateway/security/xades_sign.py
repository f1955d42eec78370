"""Making signed files: XAdES-B-B by signxml, and B-T when a time-stamping authority is at hand."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from lxml import etree
from signxml import DigestAlgorithm, SignatureMethod
from signxml.xades import XAdESSignaturePolicy, XAdESSigner

from gateway.security.sign import SigningKey
from gateway.security.xades_properties import canonical_form
from gateway.security.xades_rules import SignaturePolicy
from gateway.xml.apart import apart
from gateway.xml.namespaces import DS, EXC_C14N, XADES
from gateway.xml.parser import parse_trusted

Stamp = Callable[[bytes], bytes]
"""Obtains a time-stamp token (RFC 3161, DER) for a SHA-256 digest."""
_NAMES: Final = {"ds": DS, "xades": XADES}


def sign_application(
    document: bytes,
    key: SigningKey,
    now: datetime,
    *,
    stamp: Stamp | None = None,
    policy: SignaturePolicy | None = None,
) -> bytes:
    """`document` (XML in UTF-8, our own or the signatory's) with an enveloped XAdES signature as its last child.

    With `stamp` the signature is time-stamped (B-T); whatever `stamp` raises is passed on. With `policy` it states that
    policy.
    """
    return apart(lambda: _signed(document, key, now, stamp, policy))


def _signed(
    document: bytes, key: SigningKey, now: datetime, stamp: Stamp | None, policy: SignaturePolicy | None
) -> bytes:
    signer = _Signer(key, now, policy)
    certificate = x509.load_der_x509_certificate(key.certificate.der)
    root = signer.sign(parse_trusted(document), key=key.key, cert=[certificate], always_add_key_value=False)
    if stamp is not None:
        _add_stamp(root, stamp)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def _add_stamp(root: etree._Element, stamp: Stamp) -> None:
    """Add a SignatureTimeStamp of the signature that is the last child of `root` (EN 319 132-1 §5.3)."""
    signature = root[-1]
    value = signature.find("ds:SignatureValue", _NAMES)
    qualifying = signature.find("ds:Object/xades:QualifyingProperties", _NAMES)
    assert value is not None
    assert qualifying is not None
    token = stamp(hashlib.sha256(canonical_form(value, EXC_C14N)).digest())
    holder = qualifying
    for name in ("UnsignedProperties", "UnsignedSignatureProperties", "SignatureTimeStamp"):
        holder = etree.SubElement(holder, f"{{{XADES}}}{name}")
    etree.SubElement(holder, f"{{{DS}}}CanonicalizationMethod", Algorithm=EXC_C14N)
    etree.SubElement(holder, f"{{{XADES}}}EncapsulatedTimeStamp").text = base64.b64encode(token).decode()


def _stated(policy: SignaturePolicy | None) -> XAdESSignaturePolicy | None:
    if policy is None:
        return None
    return XAdESSignaturePolicy(
        Identifier=f"urn:oid:{policy.identifier}",
        Description="",
        DigestMethod=DigestAlgorithm(policy.digest_method),
        DigestValue=base64.b64encode(policy.digest).decode(),
    )


class _Signer(XAdESSigner):  # type: ignore[misc]  # signxml publishes no types that mypy follows here
    """signxml's signer with a clock that is handed in, and with a named canonicalisation for every reference.

    Left alone it canonicalises the signed properties by the method of SignedInfo without saying so, which its own
    verifier, keeping to the standard's default, then rejects.
    """

    def __init__(self, key: SigningKey, now: datetime, policy: SignaturePolicy | None) -> None:
        super().__init__(
            signature_policy=_stated(policy),
            signature_algorithm=SignatureMethod(key.method.uri),
            digest_algorithm="sha256",
            c14n_algorithm=EXC_C14N,
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
