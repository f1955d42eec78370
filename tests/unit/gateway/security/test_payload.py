"""The payload's digest is cut out of the Body's canonical form only where that is the same thing."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.security.payload import digest, slice_of
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import SOAP11

NAMES = st.sampled_from(["s:x", "q:x", "x", "r:x"])
DECLARED = st.sampled_from(
    [
        "",
        'xmlns="urn:d"',
        'xmlns="urn:q"',
        'xmlns:q="urn:q"',
        'xmlns:q="urn:other"',
        f'xmlns:s="{SOAP11}"',
        'xmlns:s="urn:s"',
        'xmlns=""',
    ]
)
TEXTS = st.sampled_from(["", "text", "s:x", "&lt;", "&gt;", " \n", "&#13;", "<!-- c -->"])
ATTRIBUTES = st.sampled_from(["", 'a="&gt;"', 's:a="1"', 'b="&quot;s:&lt;"', 'q:c="\'>"'])


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(NAMES, DECLARED, ATTRIBUTES, TEXTS, inner, TEXTS).map(
        lambda p: f"<{p[0]} {p[1]} {p[2]}>{p[3]}{p[4]}{p[5]}</{p[0]}>"
    )


TREES = st.recursive(st.just(""), element, max_leaves=4).flatmap(lambda inner: element(st.just(inner)))


@given(
    TREES,
    DECLARED,
    st.sampled_from(["s:Body", "Body"]),
    st.sampled_from([(), ("q",), ("#default", "r"), ("s",)]),
    TEXTS,
)
def test_the_digest_is_always_that_of_the_payloads_own_form(
    payload: str, declared: str, name: str, prefixes: tuple[str, ...], space: str
) -> None:
    around = f'xmlns="{SOAP11}"' if name == "Body" and "xmlns=" not in declared else ""
    space = space if not space.strip(" \n") or space == "&#13;" else ""
    if 'xmlns:s="' in declared and name == "s:Body":
        declared = ""
    inner = f"<{name} {declared} {around}>{space}{payload}{space}</{name}>"
    root = etree.fromstring(f'<e xmlns:s="{SOAP11}" xmlns:q="urn:q" xmlns:r="urn:r">{inner}</e>')
    body = root[0]
    child = next(body.iterchildren(etree.Element))
    assert digest(canonical(body, prefixes), child, prefixes) == hashlib.sha256(canonical(child)).digest()


def test_a_usual_message_is_cut_not_canonicalised_again() -> None:
    body = b'<s:Body xmlns:s="urn:s" xmlns:u="urn:u" u:Id="B">\n <q:x xmlns:q="urn:q">s u</q:x>\n</s:Body>'
    assert body[slice_of(body)] == b'<q:x xmlns:q="urn:q">s u</q:x>'


@pytest.mark.parametrize(
    "body",
    [
        b'<s:Body xmlns:s="urn:s"><q:x xmlns:q="urn:q" s:a="1"></q:x></s:Body>',
        b'<s:Body xmlns:s="urn:s"><s:x></s:x></s:Body>',
        b'<s:Body xmlns="urn:d" xmlns:s="urn:s"><x></x></s:Body>',
        b'<s:Body xmlns:s="urn:s>"><x></x></s:Body>',
    ],
)
def test_a_form_that_leans_on_the_body_is_not_cut(body: bytes) -> None:
    cut = slice_of(body)
    assert cut is None or body[cut] == b"<x></x>"
