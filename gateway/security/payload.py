"""The payload of a verified Body: its digest, and the proof that it means what was hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.in_place import DECLARED_PREFIX, START_TAG
from gateway.security.structure import STRUCTURE
from gateway.xml.c14n import canonical
from gateway.xml.marks import AttributeMarks
from gateway.xml.namespaces import XSI
from gateway.xml.parser import parse_trusted

_XSI_UTF8: Final = XSI.encode()
_TYPE_ENDING: Final = frozenset({b"pe"})
_XSI_TYPE: Final = f"{{{XSI}}}type"


def digest(body: bytes, payload: etree._Element, prefixes: Iterable[str] = ()) -> bytes:
    """SHA-256 over the exclusive canonical form of `payload`, given the form `body` of the soap:Body around it.

    The form of the payload lies ready within that of the Body, unless the two differ there: where it uses a prefix that
    the Body has declared already, or where the PrefixList of the Body's form made a declaration appear.
    """
    ready = slice_of(body, prefixes)
    return hashlib.sha256(canonical(payload) if ready is None else memoryview(body)[ready]).digest()


def slice_of(body: bytes, prefixes: Iterable[str] = ()) -> slice | None:
    """Where the canonical form of the only child lies in the form `body` of its parent; None where it does not."""
    start = START_TAG.match(body)
    if start is None:
        return None
    begin = body.index(b"<", start.end())
    end = body.rindex(b">", begin, body.rindex(b"</")) + 1
    for prefix in DECLARED_PREFIX.findall(start[1]):
        colon = prefix + b":"
        if not prefix or (
            body.find(colon, begin, end) >= 0
            and (body.find(b"<" + colon, begin, end) >= 0 or body.find(b" " + colon, begin, end) >= 0)
        ):
            return None
    if any(body.find(_declaration(word), begin, end) >= 0 for word in prefixes):
        return None
    return slice(begin, end)


def _declaration(word: str) -> bytes:
    """How a declaration of a word of a PrefixList begins in a canonical form."""
    return b" xmlns=" if word == "#default" else f" xmlns:{word}=".encode()


def require_bound_types(payload: etree._Element, body: bytes, marks: AttributeMarks | None = None) -> None:
    """Refuse an xsi:type whose prefix is bound outside what was hashed.

    Exclusive C14N leaves out a prefix that only a *value* uses, so whoever holds the message may bind it to another
    namespace afterwards. The value must therefore read the same in the canonical form alone.
    """
    if (marks is not None and not marks.ending_in(_TYPE_ENDING)) or _XSI_UTF8 not in body:
        return
    hashed = parse_trusted(body)
    for element, twin in zip(payload.iter(etree.Element), hashed[0].iter(etree.Element), strict=True):
        kind = element.get(_XSI_TYPE)
        if kind is not None and _resolved(kind, element) != _resolved(kind, twin):
            raise RefusalError(STRUCTURE, "SOAP.BODY.TYPE_UNBOUND")


def _resolved(name: str, element: etree._Element) -> str | None:
    prefix, colon, _ = name.strip().rpartition(":")
    return element.nsmap.get(prefix if colon else None)
