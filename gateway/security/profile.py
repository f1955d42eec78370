"""The form of ds:Signature that is accepted, read into values before anything is computed.

XML Signature 1.1 is a language; this profile is a form with blanks. Algorithms come from `gateway.security.algorithms`,
the transform list is exactly exclusive C14N, nothing is optional but what is named here.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree
from msgspec import Struct

from gateway.faults import RefusalError
from gateway.security.algorithms import DIGESTS, SIGNATURES, SignatureMethod
from gateway.security.lexical import base64_bytes
from gateway.security.signature_in_place import read_in_place
from gateway.security.signed_info import (
    MAX_DIGEST_TEXT,
    MAX_PREFIX_LIST,
    MAX_PREFIXES,
    MAX_REFERENCES,
    Reference,
    in_place,
    read_octets,
)
from gateway.security.structure import FAILED, HEADER, exact_children, require_attributes, require_empty
from gateway.xml.c14n import NAME_CHARACTERS, canonical
from gateway.xml.namespaces import DS, EXC_C14N
from gateway.xml.parser import Document, leaf_text

ALGORITHM: Final = "client.security.algorithm"
MAX_SIGNATURE_TEXT: Final = 1400
"""Base64 characters of the longest signature value, RSA with 8192 bits."""

ENVELOPED: Final = f"{DS}enveloped-signature"

_SIGNATURE: Final = (f"{{{DS}}}SignedInfo", f"{{{DS}}}SignatureValue", f"{{{DS}}}KeyInfo")
_REFERENCE: Final = (f"{{{DS}}}Transforms", f"{{{DS}}}DigestMethod", f"{{{DS}}}DigestValue")
_INCLUSIVE: Final = f"{{{EXC_C14N}}}InclusiveNamespaces"
_ALGORITHM_ONLY: Final = frozenset({"Algorithm"})
_ID_ONLY: Final = frozenset({"Id"})
_URI: Final = frozenset({"URI", "Id"})
_PREFIX_LIST: Final = frozenset({"PrefixList"})
_NO_ATTRIBUTES: Final[frozenset[str]] = frozenset()
_WORDS: Final = re.compile(r"[^ \t\r\n]+")
_WORD: Final = re.compile(f"#default|[{NAME_CHARACTERS}:]+")
"""An NMTOKEN, as the schema of exclusive C14N has it. One that is no prefix in use changes nothing (§3)."""


class SignatureForm(Struct, frozen=True):
    """A ds:Signature that has the form of the profile; nothing about it is proven yet."""

    signed_info: bytes
    """The canonical form of SignedInfo, as its CanonicalizationMethod asks: what was signed."""
    method: SignatureMethod
    value: bytes
    references: tuple[Reference, ...]
    key_info: etree._Element
    token_uri: str | None = None
    """What KeyInfo refers to, where that has been read already."""


def read_signature(signature: etree._Element, *transforms: str, document: Document | None = None) -> SignatureForm:
    """Read a ds:Signature whose references all apply exactly `transforms` (by default exclusive C14N alone).

    `document`: where the signature is a part of, and the only one, if its octets may be looked at there.
    """
    whole = None if document is None or transforms else read_in_place(document, signature)
    if whole is not None:
        octets = base64_bytes(whole.value, MAX_SIGNATURE_TEXT)
        if octets is not None:
            return SignatureForm(
                whole.signed_info, whole.method, octets, whole.references, signature[-1], whole.token_uri
            )
    require_attributes(signature, _ID_ONLY, HEADER, "SIG")
    signed_info, value, key_info = exact_children(signature, _SIGNATURE, HEADER, "SIG")
    require_attributes(value, _ID_ONLY, HEADER, "SIG.VALUE")
    form = None if document is None or transforms else in_place(document, signed_info)
    read = None if form is None else read_octets(form)
    if form is None or read is None:
        form, read = _canonical_form(signed_info, transforms)
    method, references = read
    octets = base64_bytes(leaf_text(value, HEADER, "SIG.VALUE.LEAF"), MAX_SIGNATURE_TEXT)
    if octets is None:
        raise RefusalError(*_bad_value(value))
    return SignatureForm(form, method, octets, references, key_info)


def _canonical_form(
    signed_info: etree._Element, transforms: tuple[str, ...]
) -> tuple[bytes, tuple[SignatureMethod, tuple[Reference, ...]]]:
    """The canonical form of SignedInfo, and what it says."""
    form = canonical(signed_info)
    has_comment = next(signed_info.iter(etree.Comment), None) is not None  # the canonical form does not show it
    read = None if transforms or has_comment else read_octets(form)
    if read is not None:
        return form, read
    method, prefixes, references = _read_parts(signed_info, transforms or (EXC_C14N,))
    return (canonical(signed_info, prefixes) if prefixes else form), (method, references)


def _read_parts(
    signed_info: etree._Element, transforms: tuple[str, ...]
) -> tuple[SignatureMethod, tuple[str, ...], tuple[Reference, ...]]:
    """Method, PrefixList of SignedInfo's own canonicalisation, and references, each part looked at where it stands."""
    require_attributes(signed_info, _ID_ONLY, HEADER, "SIG.INFO")
    method, prefixes = _read_methods(signed_info)
    references = tuple(
        _read_reference(reference, transforms) for reference in signed_info.iterchildren(f"{{{DS}}}Reference")
    )
    return method, prefixes, references


def _bad_value(value: etree._Element) -> tuple[str, str]:
    """An empty value is a signature that fails; one that is not base64 is a header out of form."""
    return (HEADER, "SIG.VALUE.BASE64") if (value.text or "").strip() else (FAILED, "SIG.VALUE.EMPTY")


def _read_methods(signed_info: etree._Element) -> tuple[SignatureMethod, tuple[str, ...]]:
    count = len(signed_info) - 2
    if count > MAX_REFERENCES:
        raise RefusalError(FAILED, "SIG.REF.FLOOD")
    if count < 1:
        raise RefusalError(FAILED, "SIG.REF.NONE")
    tags = (f"{{{DS}}}CanonicalizationMethod", f"{{{DS}}}SignatureMethod", *(f"{{{DS}}}Reference",) * count)
    canonicalization, method, *_ = exact_children(signed_info, tags, HEADER, "SIG.INFO")
    prefixes = _read_exclusive(canonicalization, "SIG.C14N")
    require_attributes(method, _ALGORITHM_ONLY, HEADER, "SIG.METHOD")
    known = SIGNATURES.get(method.get("Algorithm", ""))
    if known is None:
        raise RefusalError(ALGORITHM, "SIG.METHOD.ALGORITHM")
    if len(method) or (method.text or "").strip():
        raise RefusalError(ALGORITHM, "SIG.METHOD.PARAMETERS")
    return known, prefixes


def _read_exclusive(element: etree._Element, reason: str) -> tuple[str, ...]:
    """The PrefixList of a CanonicalizationMethod or Transform that must be exclusive C14N without comments."""
    require_attributes(element, _ALGORITHM_ONLY, HEADER, reason)
    if element.get("Algorithm") != EXC_C14N:
        raise RefusalError(ALGORITHM, f"{reason}.ALGORITHM")
    if not len(element):
        require_empty(element, HEADER, reason)
        return ()
    (inclusive,) = exact_children(element, (_INCLUSIVE,), ALGORITHM, reason)
    require_attributes(inclusive, _PREFIX_LIST, HEADER, f"{reason}.PREFIXES")
    require_empty(inclusive, HEADER, f"{reason}.PREFIXES")
    prefix_list = inclusive.get("PrefixList", "")
    prefixes = tuple(_WORDS.findall(prefix_list))
    if len(prefix_list) > MAX_PREFIX_LIST or len(prefixes) > MAX_PREFIXES:
        raise RefusalError(HEADER, f"{reason}.PREFIXES.LIMIT")
    if not all(map(_WORD.fullmatch, prefixes)):
        raise RefusalError(HEADER, "SIG.PREFIXES.WORD")
    return prefixes


def _read_reference(reference: etree._Element, expected: tuple[str, ...]) -> Reference:
    require_attributes(reference, _URI, FAILED, "SIG.REF")
    uri = reference.get("URI")
    if uri is None:
        raise RefusalError(FAILED, "SIG.REF.NO_URI")
    if reference[0].tag == f"{{{DS}}}DigestMethod" if len(reference) else True:
        raise RefusalError(FAILED, "SIG.REF.NO_TRANSFORMS")
    transforms, digest_method, digest_value = exact_children(reference, _REFERENCE, HEADER, "SIG.REF")
    prefixes = _read_transforms(transforms, expected)
    require_attributes(digest_method, _ALGORITHM_ONLY, HEADER, "SIG.REF.METHOD")
    algorithm = digest_method.get("Algorithm", "")
    if algorithm not in DIGESTS:
        raise RefusalError(ALGORITHM, "SIG.REF.METHOD.ALGORITHM")
    require_empty(digest_method, HEADER, "SIG.REF.METHOD")
    require_attributes(digest_value, _NO_ATTRIBUTES, HEADER, "SIG.REF.VALUE")
    digest = base64_bytes(leaf_text(digest_value, HEADER, "SIG.REF.VALUE.LEAF"), MAX_DIGEST_TEXT)
    if digest is None:
        raise RefusalError(HEADER, "SIG.REF.VALUE.BASE64")
    return Reference(uri, expected, prefixes, algorithm, digest)


def _read_transforms(transforms: etree._Element, expected: tuple[str, ...]) -> tuple[str, ...]:
    """The PrefixList of the last transform; the list of algorithms must equal `expected`."""
    require_attributes(transforms, _NO_ATTRIBUTES, HEADER, "SIG.TRANSFORMS")
    if len(transforms) != len(expected):
        raise RefusalError(ALGORITHM, "SIG.TRANSFORMS.COUNT")
    found = exact_children(transforms, (f"{{{DS}}}Transform",) * len(expected), HEADER, "SIG.TRANSFORMS")
    for transform, algorithm in zip(found, expected, strict=True):
        if transform.get("Algorithm") != algorithm:
            raise RefusalError(ALGORITHM, "SIG.TRANSFORM.ALGORITHM")
        if algorithm != EXC_C14N:
            require_attributes(transform, _ALGORITHM_ONLY, HEADER, "SIG.TRANSFORM")
            require_empty(transform, ALGORITHM, "SIG.TRANSFORM")
    return _read_exclusive(found[-1], "SIG.TRANSFORM")
