"""The shape of a message: SOAP envelope and WS-Security header, each thing exactly once and exactly in its place.

SOAP 1.1 §4, SOAP 1.2 part 1 §5, WS-Security 1.1 §5, Basic Security Profile 1.1. Wrapping attacks (McIntosh and Austel
2005; XSW1-8) live on a second place in which a reader may look; here there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree
from msgspec import Struct

from gateway.faults import RefusalError
from gateway.security.addressing import read_headers
from gateway.xml.namespaces import DS, SOAP11, SOAP11_ENCODING, SOAP12, SOAP_VERSIONS, WSA, WSSE, WSU, XML, XMLENC

STRUCTURE: Final = "client.soap.structure"
HEADER: Final = "client.security.header-invalid"
FAILED: Final = "client.security.failed-check"

_ULTIMATE_RECEIVER: Final = f"{SOAP12}/role/ultimateReceiver"
_FOR_US: Final = frozenset(
    {None, "", "http://schemas.xmlsoap.org/soap/actor/next", f"{SOAP12}/role/next", _ULTIMATE_RECEIVER}
)
_NEVER_PAYLOAD: Final = frozenset(f"{{{soap}}}{name}" for soap in SOAP_VERSIONS for name in ("Envelope", "Body"))
_ENCODED: Final = f"{{{SOAP11_ENCODING}}}"
_SPACE: Final = " \t\r\n"
_IDS: Final = frozenset({"Id", f"{{{WSU}}}Id", f"{{{XML}}}id"})
_SECURITY: Final = f"{{{WSSE}}}Security"
_ADDRESSING: Final = f"{{{WSA}}}"
_SIGNATURE: Final = f"{{{DS}}}Signature"
_ENCRYPTED: Final = f"{{{XMLENC}}}*"
_SECURITY_CHILDREN: Final[Mapping[str, str]] = {
    f"{{{WSU}}}Timestamp": "Timestamp",
    f"{{{WSSE}}}BinarySecurityToken": "BinarySecurityToken",
    f"{{{WSSE}}}UsernameToken": "UsernameToken",
    f"{{{DS}}}Signature": "Signature",
}


class NotSignedError(RefusalError):
    """The Security header holds no Signature: nobody signed this, and only a system with a password may call so."""

    def __init__(self) -> None:
        super().__init__(FAILED, "SEC.NO_SIGNATURE")


class _Names(Struct, frozen=True):
    """The names that one version of SOAP has for what is looked for in every message."""

    version: str
    header: str
    body: str
    must_understand: str
    receiver: str
    """The attribute that tells whom a header block is for."""
    encoding_style: str


_NAMES: Final = {
    f"{{{soap}}}Envelope": _Names(
        version,
        f"{{{soap}}}Header",
        f"{{{soap}}}Body",
        f"{{{soap}}}mustUnderstand",
        f"{{{soap}}}{'actor' if soap == SOAP11 else 'role'}",
        f"{{{soap}}}encodingStyle",
    )
    for soap, version in SOAP_VERSIONS.items()
}
"""By the tag of the root."""


class Envelope(Struct, frozen=True):
    """The parts of a SOAP message, each the only one of its kind."""

    version: str
    root: etree._Element
    header: etree._Element
    body: etree._Element
    payload: etree._Element
    security: etree._Element
    addressing: Mapping[str, etree._Element]
    """WS-Addressing headers by local name."""


class SecurityHeader(Struct, frozen=True):
    """The children of the one wsse:Security header for us."""

    signature: etree._Element
    timestamp: etree._Element
    token: etree._Element | None
    username_token: etree._Element | None


def children(element: etree._Element, code: str, reason: str) -> list[etree._Element]:
    """The child elements of an element that may hold nothing else but space and comments."""
    found = list(element)
    _require_no_text(element, found, code, reason)
    return [child for child in found if isinstance(child.tag, str)]


def exact_children(element: etree._Element, tags: tuple[str, ...], code: str, reason: str) -> list[etree._Element]:
    """The children of an element that must be exactly the elements `tags`, in that order, with nothing but space."""
    found = list(element)
    if tuple([child.tag for child in found]) != tags:
        raise RefusalError(code, f"{reason}.CHILDREN")
    _require_no_text(element, found, code, reason)
    return found


def require_empty(element: etree._Element, code: str, reason: str) -> None:
    """Refuse an element that holds anything but space."""
    if len(element):
        raise RefusalError(code, f"{reason}.CHILDREN")
    _require_no_text(element, [], code, reason)


def _require_no_text(element: etree._Element, found: list[etree._Element], code: str, reason: str) -> None:
    text = element.text
    if text is not None and text.strip(_SPACE):
        raise RefusalError(code, f"{reason}.TEXT")
    for child in found:
        text = child.tail
        if text is not None and text.strip(_SPACE):
            raise RefusalError(code, f"{reason}.TEXT")


def require_attributes(element: etree._Element, allowed: frozenset[str], code: str, reason: str) -> None:
    """Refuse an attribute that is not among `allowed` (qualified names in Clark notation)."""
    if not allowed.issuperset(element.keys()):
        raise RefusalError(code, f"{reason}.ATTRIBUTE")


def read_envelope(root: etree._Element) -> Envelope:
    """The parts of the message, or a refusal if it has one too many, one too few or one out of place."""
    soap = _NAMES.get(str(root.tag))
    if soap is None:
        if etree.QName(root).localname != "Envelope":
            raise RefusalError(STRUCTURE, "SOAP.ROOT")
        raise RefusalError("client.soap.version-mismatch", "SOAP.VERSION")
    parts = children(root, STRUCTURE, "SOAP.ENVELOPE")
    tags = [part.tag for part in parts]
    if tags != [soap.header, soap.body]:
        if tags == [soap.body]:
            raise RefusalError("client.security.missing", "SOAP.NO_HEADER")
        raise RefusalError(STRUCTURE, "SOAP.ENVELOPE.CHILDREN")
    header, body = parts
    blocks = children(header, STRUCTURE, "SOAP.HEADER")
    require_understood(blocks, soap)
    return Envelope(
        soap.version,
        root,
        header,
        body,
        _only_payload(root, body, soap),
        _only_security(blocks, soap),
        read_headers(blocks),
    )


def require_understood(blocks: Iterable[etree._Element], soap: _Names) -> None:
    """Refuse a header block for us that must be understood and is not (SOAP 1.1 §4.2.3, SOAP 1.2 part 1 §5.2.3)."""
    for block in blocks:
        must = block.get(soap.must_understand)
        if must is None:
            continue
        if must.strip(_SPACE) in {"0", "false"}:
            continue
        if must.strip(_SPACE) not in {"1", "true"}:
            raise RefusalError(STRUCTURE, "SOAP.MUST_UNDERSTAND.VALUE")
        if (
            block.get(soap.receiver) in _FOR_US
            and block.tag != _SECURITY
            and not str(block.tag).startswith(_ADDRESSING)
        ):
            raise RefusalError("client.soap.must-understand", "SOAP.MUST_UNDERSTAND")


def _only_payload(root: etree._Element, body: etree._Element, soap: _Names) -> etree._Element:
    for element in (root, body):
        if element.get(soap.encoding_style) is not None:
            raise RefusalError(STRUCTURE, "SOAP.ENCODING_STYLE")
    require_attributes(body, _IDS, STRUCTURE, "SOAP.BODY")
    content = children(body, STRUCTURE, "SOAP.BODY")
    if len(content) != 1:
        raise RefusalError(STRUCTURE, "SOAP.BODY.CHILDREN")
    payload = content[0]
    if payload.tag in _NEVER_PAYLOAD:
        raise RefusalError(STRUCTURE, "SOAP.BODY.ENVELOPE")
    if payload.get(soap.encoding_style) is not None or str(payload.tag).startswith(_ENCODED):
        raise RefusalError(STRUCTURE, "SOAP.ENCODING_STYLE")
    return payload


def _only_security(blocks: Iterable[etree._Element], soap: _Names) -> etree._Element:
    every = [block for block in blocks if block.tag == _SECURITY]
    ours = [block for block in every if block.get(soap.receiver) in _FOR_US]
    if not every:
        raise RefusalError("client.security.missing", "SEC.MISSING")
    if not ours:
        raise RefusalError(HEADER, "SEC.FOREIGN_ACTOR")
    if len(ours) > 1:
        raise RefusalError(HEADER, "SEC.TWO_HEADERS")
    return ours[0]


def read_security(security: etree._Element) -> SecurityHeader:
    """The children of the Security header: one Signature, one Timestamp, at most one token of either kind."""
    found: dict[str, etree._Element] = {}
    for child in children(security, HEADER, "SEC.HEADER"):
        name = _SECURITY_CHILDREN.get(str(child.tag))
        if name is None:
            raise RefusalError(HEADER, "SEC.HEADER.UNKNOWN")
        if name in found:
            code = FAILED if name == "Signature" else HEADER
            raise RefusalError(code, f"SEC.TWO.{name.upper()}")
        found[name] = child
    if "Signature" not in found:
        raise NotSignedError
    if "Timestamp" not in found:
        raise RefusalError(HEADER, "SEC.NO_TIMESTAMP")
    return SecurityHeader(
        found["Signature"], found["Timestamp"], found.get("BinarySecurityToken"), found.get("UsernameToken")
    )


def require_nothing_hidden(root: etree._Element, signature: etree._Element) -> None:
    """Refuse a second ds:Signature, and XML Encryption, anywhere in the message (B065, B066, B106).

    Signed files travel as base64 text. We decrypt nothing, so nobody can use us to find out what was encrypted.
    """
    for found in root.iter(_SIGNATURE, _ENCRYPTED):
        if found is not signature:
            if found.tag == signature.tag:
                raise RefusalError(FAILED, "SIG.TWO_SIGNATURES")
            raise RefusalError(HEADER, "SEC.ENCRYPTED")
