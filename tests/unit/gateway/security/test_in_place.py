"""The Body's octets stand for its canonical form only where they are it, and nothing outside has a say in them."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.security import structure
from gateway.security.in_place import body_octets
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import DS, SOAP11, WSSE, WSU
from gateway.xml.parser import Limits, read
from tests.unit.gateway.security.material import EVIL, Change, accept, forge, refusal

HEADER = f'<s:Header xmlns:s="{SOAP11}"><w:Security xmlns:w="{WSSE}">%s</w:Security></s:Header>'
PLAIN = f'<s:Body xmlns:s="{SOAP11}" xmlns:u="{WSU}" u:Id="B"><q:x xmlns:q="urn:q">1</q:x></s:Body>'


def message(body: str = PLAIN, *, outside: str = f'xmlns:s="{SOAP11}"', inside: str = "", after: str = "") -> bytes:
    return f"<s:Envelope {outside}>{HEADER % inside}{body}{after}</s:Envelope>".encode()


def octets(data: bytes) -> bytes | None:
    document = read(data, Limits())
    return body_octets(document, structure.read_envelope(document.root))


def test_a_canonical_body_is_taken_as_it_is() -> None:
    assert octets(message()) == PLAIN.encode()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_the_octets_are_those_of_the_text_in_utf8(encoding: str) -> None:
    body = PLAIN.replace(">1<", ">ə<")
    assert octets(message(body).decode().encode(encoding)) == body.encode()


DISQUALIFIED = {
    "a prefix from outside": message(PLAIN.replace(f' xmlns:s="{SOAP11}"', "")),
    "another prefix in force outside": message(outside=f'xmlns:s="{SOAP11}" xmlns:q="urn:evil"'),
    "a default namespace outside": message(outside=f'xmlns:s="{SOAP11}" xmlns="urn:evil"'),
    "a comment in the header": message(inside="<x/><!-- <s:Body -->"),
    "a comment behind the body": message(after=f"<!-- {PLAIN.replace('--', '')} -->"),
    "CDATA that looks like a body": message(inside=f"<x><![CDATA[{PLAIN}]]></x>"),
    "a decoy in the header": message(inside=PLAIN),
    "a decoy of another namespace": message(inside=PLAIN.replace(SOAP11, "urn:other")),
    "a decoy with another prefix": message(inside=PLAIN.replace("s:Body", "t:Body").replace("xmlns:s", "xmlns:t")),
    "space in the end tag": message(PLAIN.replace("</s:Body>", "</s:Body >")),
    "space in the start tag": message(PLAIN.replace('"B">', '"B" >')),
    "single quotes": message(PLAIN.replace('"B"', "'B'")),
}


@pytest.mark.parametrize("name", DISQUALIFIED)
def test_octets_that_something_else_has_a_say_in_are_not_taken(name: str) -> None:
    assert octets(DISQUALIFIED[name]) is None


def test_an_element_whose_name_begins_like_the_bodys_is_not_taken_for_it() -> None:
    inside = f'<s:BodyLike xmlns:s="{SOAP11}" a="b">{EVIL}</s:BodyLike>'
    found = octets(message(inside=inside))
    assert found is None or EVIL.encode() not in found


NAMES = st.sampled_from(["x", "q:x", "s:x"])
TEXTS = st.sampled_from(["", "a", "&amp;", "&#13;", "&#65;", ">", "'", " \n"])
BODIES = st.lists(st.tuples(NAMES, TEXTS), min_size=1, max_size=1).map(
    lambda parts: "".join(f'<{name} xmlns="urn:d" xmlns:q="urn:q">{text}</{name}>' for name, text in parts)
)


@given(BODIES)
def test_octets_that_are_a_canonical_form_are_the_canonical_form_of_the_tree(content: str) -> None:
    data = message(f'<s:Body xmlns:s="{SOAP11}">{content}</s:Body>')
    document = read(data, Limits())
    envelope = structure.read_envelope(document.root)
    found = body_octets(document, envelope)
    assert found is not None
    alone = canonical(etree.fromstring(found))
    if alone == found:
        assert canonical(envelope.body) == found
    else:
        assert canonical(envelope.body) == alone


def signed_octets(octets_of_body: bytes) -> Change:
    """Put the digest of these octets into the signature before it is made."""

    def change(root: etree._Element) -> None:
        for reference in root.iter(f"{{{DS}}}Reference"):
            if reference.get("URI") == "#Body":
                value = base64.b64encode(hashlib.sha256(octets_of_body).digest()).decode()
                reference.find(f"{{{DS}}}DigestValue").text = value  # type: ignore[union-attr]

    return change


def test_a_digest_of_other_octets_is_refused() -> None:
    assert refusal(forge(after=signed_octets(b"<other/>"))).reason in {"SIG.VALUE", "SIG.REF.DIGEST"}


def test_a_message_that_is_sent_as_it_was_hashed_and_one_that_is_not_are_both_accepted() -> None:
    as_hashed = accept(forge())
    spelled = forge().replace(b"<soap:Body ", b"<soap:Body  ", 1)
    assert accept(spelled).digest == as_hashed.digest
