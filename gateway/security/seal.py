"""The gateway's seal on its own documents (receipts): an enveloped XML signature over the whole of one small document.

Sealing the same document with the same RSA key gives the same bytes. The seal can be verified offline with this file's
`verify_seal`, or with any XML Signature tool: one reference, `URI=""`, enveloped signature and exclusive C14N, SHA-256.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.security import sign
from gateway.security.algorithms import DIGESTS, signature_holds
from gateway.security.errors import UntrustedCertificateError
from gateway.security.lexical import base64_bytes
from gateway.security.model import CertificateIdentity
from gateway.security.profile import ENVELOPED, read_signature
from gateway.security.references import scan_ids
from gateway.security.sign import SigningKey
from gateway.security.structure import FAILED, HEADER, exact_children
from gateway.security.token import MAX_CERTIFICATE
from gateway.security.trust import TrustStore
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import DS, EXC_C14N
from gateway.xml.parser import Limits, leaf_text, parse

_END_TAG: Final = re.compile(rb"</[^<>]+>\Z")
_TRANSFORMS: Final = f'<ds:Transform Algorithm="{ENVELOPED}"></ds:Transform>{sign.EXCLUSIVE}'


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A document whose seal holds."""

    payload: etree._Element
    """The root, with the signature taken out."""
    signer: CertificateIdentity
    digest: bytes
    """SHA-256 over the canonical document without the signature, or what other digest the seal uses."""


def seal(document: bytes, key: SigningKey) -> bytes:
    """`document` (one element in exclusive canonical form) with the signature as its last child."""
    end = _END_TAG.search(document)
    if end is None:
        raise ValueError("A sealed document is one element in canonical form")
    info = sign.signed_info(key.method, [sign.reference("", document, _TRANSFORMS)])
    value = key.signature_value(info.encode())
    signature = (
        f'<ds:Signature xmlns:ds="{DS}">{info}<ds:SignatureValue>{value}</ds:SignatureValue>'
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{key.token}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        "</ds:Signature>"
    )
    return document[: end.start()] + signature.encode() + end[0]


def verify_seal(data: bytes, *, trust: TrustStore, now: datetime, limits: Limits | None = None) -> SealedDocument:
    """Verify a document sealed by `seal`, its certificate being judged as of `now`; raises `RefusalError`.

    That the signer is the gateway one expects is for the caller to compare.
    """
    root = parse(data, limits or Limits())
    signature = _only_signature(root)
    form = read_signature(signature, ENVELOPED, EXC_C14N)
    scan_ids(root)
    (reference, *others) = form.references
    if others or reference.uri:
        raise RefusalError(FAILED, "SEAL.REFERENCE")
    try:
        signer = trust.trusted(_certificate(form.key_info), now)
    except UntrustedCertificateError as error:
        raise RefusalError(FAILED, error.reason) from error
    if not signature_holds(signer.public_key, form.method, form.value, form.signed_info):
        raise RefusalError(FAILED, "SIG.VALUE")
    remove_keeping_text(root, signature)
    digest = DIGESTS[reference.digest_method](canonical(root, reference.prefixes))
    if not hmac.compare_digest(digest, reference.digest):
        raise RefusalError(FAILED, "SIG.REF.DIGEST")
    return SealedDocument(root, signer.identity, digest)


def remove_keeping_text(root: etree._Element, child: etree._Element) -> None:
    """Take `child` out of `root` and leave the text behind it in its place, as the enveloped transform does."""
    tail, before = child.tail, child.getprevious()
    root.remove(child)
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        root.text = (root.text or "") + tail


def _only_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{{{DS}}}Signature"))
    if not found:
        raise RefusalError(FAILED, "SEAL.MISSING")
    if len(found) > 1:
        raise RefusalError(FAILED, "SEAL.TWICE")
    if found[0].getparent() is not root or found[0].getnext() is not None:
        raise RefusalError(FAILED, "SEAL.POSITION")
    return found[0]


def _certificate(key_info: etree._Element) -> bytes:
    (data,) = exact_children(key_info, (f"{{{DS}}}X509Data",), HEADER, "KEYINFO")
    (certificate,) = exact_children(data, (f"{{{DS}}}X509Certificate",), HEADER, "KEYINFO")
    der = base64_bytes(leaf_text(certificate, HEADER, "KEYINFO.LEAF"), MAX_CERTIFICATE * 4 // 3 + 4)
    if der is None:
        raise RefusalError(HEADER, "KEYINFO.BASE64")
    return der
