"""From ds:KeyInfo to the certificate: one SecurityTokenReference, one direct reference, the token in this very header.

A key is never taken from anywhere else in a message, no address found in a message is ever opened (CVE-2021-21239,
B070, B071).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree

from gateway.faults import RefusalError
from gateway.security.lexical import base64_bytes
from gateway.security.structure import HEADER, exact_children, require_attributes, require_empty
from gateway.xml.namespaces import BASE64_BINARY, DS, WSSE, WSSE11, WSU, X509_V3
from gateway.xml.parser import leaf_text

UNSUPPORTED: Final = "client.security.token-unsupported"
INVALID: Final = "client.security.token-invalid"
UNAVAILABLE: Final = "client.security.token-unavailable"

MAX_CERTIFICATE: Final = 16 * 1024
"""Bytes of DER."""
UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What cryptography raises, sooner or later, for a certificate that is none."""
_MAX_TEXT: Final = MAX_CERTIFICATE * 4 // 3 + 4

_STR: Final = f"{{{WSSE}}}SecurityTokenReference"
_REFERENCE: Final = f"{{{WSSE}}}Reference"
_KEY_INFO_ATTRIBUTES: Final = frozenset({"Id"})
_STR_ATTRIBUTES: Final = frozenset({"Id", f"{{{WSU}}}Id", f"{{{WSSE11}}}TokenType", f"{{{WSSE}}}Usage"})
_REFERENCE_ATTRIBUTES: Final = frozenset({"URI", "ValueType"})
_TOKEN_ATTRIBUTES: Final = frozenset({f"{{{WSU}}}Id", "Id", "ValueType", "EncodingType"})
_KEY_NAME: Final = f"{{{DS}}}KeyName"
_ELSEWHERE: Final = frozenset({f"{{{WSSE}}}KeyIdentifier", f"{{{WSSE}}}Embedded", f"{{{DS}}}X509Data", _KEY_NAME})
"""Lawful ways to name a token that is not in this header. None is looked up anywhere, so it is not found (B070)."""


def read_certificate(
    key_info: etree._Element | str, token: etree._Element | None, identifiers: dict[str, etree._Element]
) -> bytes:
    """The DER of the certificate that KeyInfo points to: the BinarySecurityToken `token`, and no other.

    `key_info`: the element, or the URI of its direct reference where that has been read already.
    """
    uri = key_info if isinstance(key_info, str) else _direct_reference(key_info)
    target = identifiers.get(uri[1:]) if uri.startswith("#") and len(uri) > 1 else None
    if target is None:
        raise RefusalError(UNAVAILABLE, "TOK.NOT_FOUND")
    if target is not token or token is None:
        raise RefusalError(HEADER, "TOK.POSITION")
    return read_token(token)


def _direct_reference(key_info: etree._Element) -> str:
    require_attributes(key_info, _KEY_INFO_ATTRIBUTES, HEADER, "KEYINFO")
    tags = [child.tag for child in key_info]
    if tags and _STR not in tags:
        raise RefusalError(UNAVAILABLE if tags == [_KEY_NAME] else UNSUPPORTED, "KEYINFO.KIND")
    (token_reference,) = exact_children(key_info, (_STR,), HEADER, "KEYINFO")
    require_attributes(token_reference, _STR_ATTRIBUTES, HEADER, "STR")
    if len(token_reference) == 1 and token_reference[0].tag in _ELSEWHERE:
        raise RefusalError(UNAVAILABLE, "STR.KIND")
    (reference,) = exact_children(token_reference, (_REFERENCE,), HEADER, "STR")
    require_attributes(reference, _REFERENCE_ATTRIBUTES, HEADER, "STR.REFERENCE")
    require_empty(reference, HEADER, "STR.REFERENCE")
    if reference.get("ValueType", X509_V3) != X509_V3:
        raise RefusalError(UNSUPPORTED, "STR.REFERENCE.TYPE")
    return reference.get("URI", "")


def read_token(token: etree._Element) -> bytes:
    """The DER in a BinarySecurityToken of type X509v3 in base64 (X.509 Token Profile 1.1 §3.1)."""
    require_attributes(token, _TOKEN_ATTRIBUTES, INVALID, "TOK")
    if token.get("ValueType") != X509_V3:
        raise RefusalError(INVALID, "TOK.TYPE")
    if token.get("EncodingType", BASE64_BINARY) != BASE64_BINARY:
        raise RefusalError(INVALID, "TOK.ENCODING")
    der = _der(leaf_text(token, INVALID, "TOK.LEAF"))
    if der is None or len(der) > MAX_CERTIFICATE:
        raise RefusalError(INVALID, "TOK.BASE64")
    return der


@lru_cache(maxsize=256)
def _der(text: str) -> bytes | None:
    """The bytes of a certificate's base64, remembered by the whole text: a caller sends the same one every time."""
    return base64_bytes(text, _MAX_TEXT)
