"""What is kept of a message: everything but the password, and still the message that was signed."""

from __future__ import annotations

import base64

import pytest
from lxml import etree

from gateway.security.algorithms import DIGESTS
from gateway.security.redaction import MARK, evidence_of
from gateway.xml.c14n import canonical
from gateway.xml.namespaces import DS, WSSE, WSU
from gateway.xml.parser import BULK, parse
from tests.unit.gateway.security.material import (
    LOGIN,
    accept,
    forge,
    refusal,
    system,
    timestamp,
    token,
    username,
    wsa,
)

SECRET = "parol-123"
HARD = (
    "<q:CheckDocuments xmlns:q='urn:q' a='&#10;&quot;&lt;'>&#13;<!-- c --><q:n><![CDATA[<&>]]></q:n>\r\n"
    "</q:CheckDocuments>"
)


def message(payload: str | None = None, kind: str = "RSA-2048", **more: object) -> bytes:
    signer = system(kind)
    return forge(
        issued=signer,
        security=[timestamp(), token(signer), username(LOGIN)],
        refs=["TS", "Body", "UT", "MessageID"],
        headers=wsa("MessageID", "urn:uuid:1"),
        **({} if payload is None else {"payload": payload}),
        **more,
    )  # type: ignore[arg-type]


def kept(data: bytes) -> bytes:
    return evidence_of(data, has_password=True).message


def digests(data: bytes) -> dict[str, bool]:
    """By the id that it points to, whether each reference of the signature holds."""
    root = parse(data, BULK)
    ids = {element.get(f"{{{WSU}}}Id"): element for element in root.iter(etree.Element)}
    found = {}
    for reference in root.iter(f"{{{DS}}}Reference"):
        name = reference.get("URI", "")[1:]
        method = reference.find(f"{{{DS}}}DigestMethod").get("Algorithm")
        value = base64.b64decode(reference.findtext(f"{{{DS}}}DigestValue"))
        found[name] = DIGESTS[method](canonical(ids[name])) == value
    return found


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
@pytest.mark.parametrize("payload", [None, HARD])
def test_the_password_is_gone_and_all_else_is_what_was_signed(kind, payload):
    received = message(payload, kind)
    assert accept(received).user.password == SECRET
    remains = kept(received)
    assert SECRET.encode() not in remains
    assert b"<wsse:Username>leyla</wsse:Username>" in remains
    assert digests(received) == {"TS": True, "Body": True, "UT": True, "MessageID": True}
    assert digests(remains) == {"TS": True, "Body": True, "UT": False, "MessageID": True}


def test_the_signature_value_still_holds_so_that_only_the_username_token_is_found_changed():
    error = refusal(kept(message()))
    assert error.reason == "SIG.REF.DIGEST"


def test_the_place_of_the_password_is_marked():
    (password,) = parse(kept(message()), BULK).iter(f"{{{WSSE}}}Password")
    assert password.get(MARK) == "password"
    assert not password.text


def test_a_message_without_a_password_is_kept_byte_for_byte():
    received = b"\xef\xbb\xbf<?xml version='1.0'?> " + forge()
    assert evidence_of(received, has_password=False).message is received


@pytest.mark.parametrize("written", ["parol-123", "par&#111;l-123", "<![CDATA[parol-123]]>"])
def test_a_password_is_found_however_it_is_written(written):
    inner = LOGIN.replace("parol-123", written)
    signer = system()
    received = forge(security=[timestamp(), token(signer), username(inner)], refs=["TS", "Body", "UT"])
    if written.encode() not in received:
        received = received.replace(b"parol-123", written.encode())
    assert accept(received).user.password == SECRET
    remains = kept(received)
    for form in ("parol-123", written):
        assert form.encode() not in remains


def test_a_message_in_utf_16_is_kept_in_utf_8():
    received = ("\ufeff" + message().decode()).encode("utf-16-le")
    assert accept(received).user.password == SECRET
    remains = kept(received)
    assert digests(remains)["Body"]
    assert SECRET.encode() not in remains
    assert SECRET.encode("utf-16-le") not in remains
