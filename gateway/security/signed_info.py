"""ds:SignedInfo, read from the very octets that the signature is over.

What is signed is not the element but its canonical form. So the common way of writing SignedInfo is read there: the
form either is the one below, to the letter, and then says what it says, or `read_octets` says nothing and the element
is read part by part (`gateway.security.profile`), which also finds out what is wrong with it.

Most signers send SignedInfo as it is hashed, but for the declaration of its prefix, which stands on the Signature. With
that put in (`in_place`), what has the common form *is* the canonical form, and nothing need be canonicalised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from lxml import etree
from msgspec import Struct

from gateway.security.algorithms import DIGESTS, SIGNATURES, SignatureMethod
from gateway.security.lexical import base64_bytes
from gateway.xml.namespaces import DS, EXC_C14N
from gateway.xml.parser import Document

MAX_REFERENCES: Final = 16
MAX_PREFIXES: Final = 16
MAX_PREFIX_LIST: Final = 1024
"""Characters of a PrefixList."""
MAX_DIGEST_TEXT: Final = 88


class Reference(Struct, frozen=True):
    """One ds:Reference: what it points to and what its digest must be."""

    uri: str
    transforms: tuple[str, ...]
    prefixes: tuple[str, ...]
    digest_method: str
    digest: bytes


class _Form(Struct, frozen=True):
    """The canonical form with one prefix of the XML Signature namespace: how it begins, repeats and ends."""

    start: re.Pattern[str]
    reference: re.Pattern[str]
    end: re.Pattern[str]


def read_octets(octets: bytes) -> tuple[SignatureMethod, tuple[Reference, ...]] | None:
    """Signature method and references of a canonical SignedInfo; None where it is not of the common form.

    The common form: exclusive C14N without PrefixList for SignedInfo, one exclusive C14N for each reference (which may
    have a PrefixList of ASCII words), known algorithms, and no attribute but Algorithm, URI, PrefixList and Id.
    """
    try:
        text = octets.decode("ascii")
    except UnicodeDecodeError:
        return None
    form = _FORMS.get(text[1 : text.find("SignedInfo", 0, 16)])
    start = form.start.match(text) if form else None
    if form is None or start is None:
        return None
    references: list[Reference] = []
    position = start.end()
    while len(references) < MAX_REFERENCES:
        match = form.reference.match(text, position)
        if match is None:
            break
        reference = _reference(match)
        if reference is None:
            return None
        references.append(reference)
        position = match.end()
    if not references or form.end.fullmatch(text, position) is None:
        return None
    return SIGNATURES[start["method"]], tuple(references)


def in_place(document: Document, signed_info: etree._Element) -> bytes | None:
    """The octets of SignedInfo as they came, with its prefix declared; None where they cannot be told for sure.

    They are its canonical form if `read_octets` takes them, which leaves nothing open that could be written otherwise.
    """
    if not document.plain or next(document.root.iter("{*}SignedInfo"), None) is not signed_info:
        return None
    prefix = f"{signed_info.prefix}:" if signed_info.prefix else ""
    start_tag, end_tag = f"<{prefix}SignedInfo>".encode(), f"</{prefix}SignedInfo>".encode()
    begin = document.utf8.find(start_tag[:-1])
    end = document.utf8.find(end_tag, begin)
    if end < 0 or not document.utf8.startswith(start_tag, begin):
        return None
    declared = f'<{prefix}SignedInfo xmlns{":" if prefix else ""}{prefix[:-1]}="{DS}">'.encode()
    return declared + document.utf8[begin + len(start_tag) : end + len(end_tag)]


def _reference(match: re.Match[str]) -> Reference | None:
    uri, prefix_list, method, value = match.groups()
    digest = base64_bytes(value, MAX_DIGEST_TEXT)
    if digest is None or (prefix_list is not None and len(prefix_list) > MAX_PREFIX_LIST):
        return None
    return Reference(uri, _EXCLUSIVE, tuple((prefix_list or "").split()), method, digest)


_EXCLUSIVE: Final = (EXC_C14N,)
_SPACE: Final = r"[ \t\n]*+"
_ID: Final = r'(?: Id="[^"&<\t\n\r]*+")?'
_WORDS: Final = rf"(?:[A-Za-z_][A-Za-z0-9_.\-]*+ ?){{0,{MAX_PREFIXES}}}"


def _form(prefix: str) -> _Form:
    """The patterns for one prefix (`ds:`, or empty for the default namespace)."""
    declared = f' xmlns{":" if prefix else ""}{prefix.rstrip(":")}="{re.escape(DS)}"'
    algorithm = re.escape(EXC_C14N)
    start = (
        rf"<{prefix}SignedInfo{declared}{_ID}>{_SPACE}"
        rf'<{prefix}CanonicalizationMethod Algorithm="{algorithm}">{_SPACE}</{prefix}CanonicalizationMethod>{_SPACE}'
        rf'<{prefix}SignatureMethod Algorithm="(?P<method>{_any_of(SIGNATURES)})"></{prefix}SignatureMethod>{_SPACE}'
    )
    inclusive = (
        rf'(?:{_SPACE}<ec:InclusiveNamespaces xmlns:ec="{algorithm}" PrefixList="({_WORDS})"></ec:InclusiveNamespaces>'
        rf"{_SPACE})?"
    )
    reference = (
        rf'<{prefix}Reference{_ID} URI="([^"&<\t\n\r]*+)">{_SPACE}'
        rf"<{prefix}Transforms>{_SPACE}"
        rf'<{prefix}Transform Algorithm="{algorithm}">{inclusive}</{prefix}Transform>{_SPACE}'
        rf"</{prefix}Transforms>{_SPACE}"
        rf'<{prefix}DigestMethod Algorithm="({_any_of(DIGESTS)})">{_SPACE}</{prefix}DigestMethod>{_SPACE}'
        rf"<{prefix}DigestValue>([A-Za-z0-9+/= \t\n]*+)</{prefix}DigestValue>{_SPACE}"
        rf"</{prefix}Reference>{_SPACE}"
    )
    return _Form(re.compile(start), re.compile(reference), re.compile(rf"</{prefix}SignedInfo>"))


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))


_FORMS: Final = MappingProxyType({prefix: _form(prefix) for prefix in ("ds:", "", "dsig:")})
"""Prefixes that toolkits use. Any other is read part by part."""
