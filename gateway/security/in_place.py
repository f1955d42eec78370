"""The octets of the soap:Body as they came, where those may be digested without canonicalising the tree.

Most of the time that a large message takes is spent on writing its canonical form only to hash it. A signer that sends
what it has hashed (our client does, gSOAP does) leaves that form lying in the message. If the octets in place have the
signed digest, they *are* what the signer hashed, and the canonical form of a canonical form is itself; so nothing is
left to compute. What must be certain is that they are the octets of this Body, and that they mean in place what they
mean alone:

1. There is no comment, CDATA section or instruction, so every `<` begins a tag.
2. The Body is the first element with its local name, so its start tag is the first with its name; it is the last child
   of the Envelope, so its end tag is the last with its name.
3. Its start tag declares anew every prefix (and the default namespace) that is in force outside, so that no name within
   is bound by anything that was not hashed.

Where one of these fails, or the digest is another, the canonical form is written as ever (decision 004).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from gateway.security.structure import Envelope
from gateway.xml.parser import Document

START_TAG: Final = re.compile(rb'<[^<>" \t\r\n]++((?: [^<>"= \t\r\n]++="[^"<]*+")*+)>')
"""A start tag as canonical XML writes it; the group holds declarations and attributes."""
DECLARED_PREFIX: Final = re.compile(rb' xmlns(?::([^"=\s]+))?=')
"""The prefix in each declaration of such a tag; empty for the default namespace."""
_ATTRIBUTE_NAME: Final = re.compile(rb' ([^=]++)="[^"]*+"')
_LONGEST_TAG: Final = 1024
"""Bytes of a start tag that is remembered."""


def body_octets(document: Document, envelope: Envelope) -> bytes | None:
    """The octets of the Body in `document`, from `<` to `>`; None unless they stand for themselves."""
    if not document.plain:  # 1
        return None
    body, text = envelope.body, document.utf8
    if next(envelope.root.iter("{*}Body"), None) is not body:  # 2
        return None
    name = f"{body.prefix}:Body".encode() if body.prefix else b"Body"
    begin, end = text.find(b"<" + name), text.rfind(b"</" + name + b">")
    start_tag = text[begin : text.find(b">", begin) + 1]
    if end < 0 or len(start_tag) > _LONGEST_TAG or start_tag[len(name) + 1 : len(name) + 2] not in (b" ", b">"):
        return None
    declared = _declared(start_tag)
    if declared is None or not declared.issuperset(envelope.root.nsmap):  # 3
        return None
    return text[begin : end + len(name) + 3]


@lru_cache(maxsize=256)
def _declared(start_tag: bytes) -> frozenset[str | None] | None:
    """The prefixes (None: the default namespace) that a canonical start tag declares; None if it is none.

    Remembered by the whole tag: a caller sends the same one again and again.
    """
    match = START_TAG.fullmatch(start_tag)
    if match is None:
        return None
    names = [name.decode().partition(":") for name in _ATTRIBUTE_NAME.findall(match[1])]
    return frozenset(prefix or None for name, _, prefix in names if name == "xmlns")
