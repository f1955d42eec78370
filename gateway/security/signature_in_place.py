"""A whole ds:Signature, read from its octets as they came, where it is written in the one way that is common.

The values are those that the reader of parts (`gateway.security.profile`) finds; a test holds both against one another.
What has any other spelling is left to that reader, which also finds out what is wrong with it. Nothing is proven here.

Why the octets are the Signature's own: without comment and CDATA section every `<` begins a tag, so what begins with
`_START` is an element of the name ds:Signature; and the message has only one (`structure.require_nothing_hidden` came
before). Why the names in them are what they seem: `ds` is declared on that very tag and, like `wsse`, by no tag within
but SignedInfo's, with the same value; and `wsse` outside is the prefix of the Security header around it.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree
from msgspec import Struct

from gateway.security.algorithms import SignatureMethod
from gateway.security.signed_info import Reference, read_octets
from gateway.xml.namespaces import DS, X509_V3
from gateway.xml.parser import Document


class SignatureInPlace(Struct, frozen=True):
    """What a ds:Signature says."""

    signed_info: bytes
    """The canonical form of SignedInfo."""
    method: SignatureMethod
    references: tuple[Reference, ...]
    value: str
    """The base64 of the value."""
    token_uri: str
    """What KeyInfo refers to."""


_INFO: Final = b"<ds:SignedInfo>"
_DECLARED_INFO: Final = f'<ds:SignedInfo xmlns:ds="{DS}">'.encode()
_START: Final = f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo'.encode()
_INFO_PLACE: Final = len(_START) - len("<ds:SignedInfo")
_INFO_END: Final = b"</ds:SignedInfo>"
_SPACE: Final = rb"[ \t\n]*+"
_REST: Final = re.compile(
    rb"%(space)b<ds:SignatureValue>([A-Za-z0-9+/= \t\n]++)</ds:SignatureValue>%(space)b"
    rb"<ds:KeyInfo>%(space)b<wsse:SecurityTokenReference>%(space)b"
    rb'<wsse:Reference URI="(#[A-Za-z_][A-Za-z0-9_.\-]*+)" ValueType="%(type)b"%(space)b(?:/>|></wsse:Reference>)'
    rb"%(space)b</wsse:SecurityTokenReference>%(space)b</ds:KeyInfo>%(space)b</ds:Signature>"
    % {b"space": _SPACE, b"type": re.escape(X509_V3).encode()}
)


def read_in_place(document: Document, signature: etree._Element) -> SignatureInPlace | None:
    """What `signature` says, the only ds:Signature in `document`; None where it is not written in the common way."""
    if not document.plain:
        return None
    utf8 = document.utf8
    begin = utf8.find(_START)
    end = utf8.find(_INFO_END, begin) + len(_INFO_END)
    if begin < 0 or end < begin:
        return None
    rest = _REST.match(utf8, end)
    around = signature.getparent()
    if rest is None or around is None or around.prefix != "wsse":
        return None
    signed_info = utf8[begin + _INFO_PLACE : end]
    if signed_info.startswith(_INFO):  # as it is hashed, but for the declaration that stands on the Signature
        signed_info = _DECLARED_INFO + signed_info[len(_INFO) :]
    read = read_octets(signed_info)
    if read is None:
        return None
    value, token_uri = rest.groups()
    return SignatureInPlace(signed_info, *read, value.decode("ascii"), token_uri.decode("ascii"))
