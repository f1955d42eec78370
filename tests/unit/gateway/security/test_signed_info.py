"""Both readers of SignedInfo, of its octets and of its parts, say the same of whatever the quicker one takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.faults import RefusalError
from gateway.security import profile
from gateway.security.algorithms import DIGESTS, SIGNATURES
from gateway.security.signed_info import MAX_PREFIXES, MAX_REFERENCES, read_octets
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import DS, EXC_C14N

PREFIXES = st.sampled_from(["ds:", "", "dsig:", "x:"])
SPACE = st.sampled_from(["", "\n  ", " "])
TRANSFORMS = st.sampled_from([EXC_C14N, f"{EXC_C14N}WithComments", f"{DS}enveloped-signature"])
LISTS = st.sampled_from([None, "", "a", "a b", " a  b ", "#default", "ə", "a:b", " ".join(["p"] * (MAX_PREFIXES + 1))])
METHODS = st.sampled_from([*SIGNATURES, f"{DS}rsa-sha1"])
HASHES = st.sampled_from([*DIGESTS, f"{DS}sha1"])
VALUES = st.sampled_from(["YWJj", "YW\nJj", "YWJ", "YWJj=", "", "AA==", "AB==", "Ə"])
URIS = st.sampled_from(["#Body", "", "http://x", "#a&amp;b", "#&lt;"])


@st.composite
def references(draw: st.DrawFn, prefix: str) -> str:
    words, space = draw(LISTS), draw(SPACE)
    listed = "" if words is None else f'<ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" PrefixList="{words}"/>'
    return (
        f'<{prefix}Reference URI="{draw(URIS)}">{space}<{prefix}Transforms>'
        f'<{prefix}Transform Algorithm="{draw(TRANSFORMS)}">{listed}</{prefix}Transform></{prefix}Transforms>{space}'
        f'<{prefix}DigestMethod Algorithm="{draw(HASHES)}"/><{prefix}DigestValue>{draw(VALUES)}</{prefix}DigestValue>'
        f"</{prefix}Reference>"
    )


@st.composite
def signed_infos(draw: st.DrawFn) -> etree._Element:
    prefix, space = draw(PREFIXES), draw(SPACE)
    declaration = f"xmlns{':' if prefix else ''}{prefix.rstrip(':')}"
    parts = "".join(draw(st.lists(references(prefix), max_size=3)))
    return etree.fromstring(
        f'<{prefix}SignedInfo {declaration}="{DS}">{space}'
        f'<{prefix}CanonicalizationMethod Algorithm="{draw(TRANSFORMS)}"/>'
        f'<{prefix}SignatureMethod Algorithm="{draw(METHODS)}"/>{space}{parts}</{prefix}SignedInfo>'
    )


@given(signed_infos())
def test_what_is_read_from_the_octets_is_what_the_parts_say(element: etree._Element) -> None:
    read = read_octets(canonical(element))
    try:
        method, prefixes, parts = profile._read_parts(element, (EXC_C14N,))
    except RefusalError:
        assert read is None
        return
    assert read in (None, (method, parts))
    assert read is None or not prefixes


def common(reference_count: int) -> bytes:
    reference = (
        f'<ds:Reference URI="#Body"><ds:Transforms><ds:Transform Algorithm="{EXC_C14N}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{next(iter(DIGESTS))}"/><ds:DigestValue>YWJj</ds:DigestValue></ds:Reference>'
    )
    return canonical(
        etree.fromstring(
            f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXC_C14N}"/>'
            f'<ds:SignatureMethod Algorithm="{next(iter(SIGNATURES))}"/>{reference * reference_count}</ds:SignedInfo>'
        )
    )


@pytest.mark.parametrize("count", [1, 2, MAX_REFERENCES])
def test_the_common_form_is_read_from_its_octets(count: int) -> None:
    read = read_octets(common(count))
    assert read is not None
    assert len(read[1]) == count


@pytest.mark.parametrize(
    "octets", [common(0), common(MAX_REFERENCES + 1), common(1)[:-1], common(1) + b"\n", b"", b"\xff"]
)
def test_any_other_form_is_left_to_the_reader_of_parts(octets: bytes) -> None:
    assert read_octets(octets) is None
