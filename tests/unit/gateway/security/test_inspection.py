"""Looking at files offline: each kind is recognised, and told apart from one that was tampered with."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from gateway.security.inspection import Kind, Report, inspect
from gateway.security.seal import seal
from gateway.security.sign import sign_envelope
from gateway.security.xades import sign_application
from gateway.xml.namespaces import SOAP11
from tests.unit.gateway.security.material import NOW, forge, pki, system

RECEIPT = b'<r:receipt xmlns:r="urn:r"><r:id>1</r:id></r:receipt>'
LATER = NOW + timedelta(days=90)


def report(data: bytes) -> Report:
    return inspect(data, pki().trust, LATER)


def test_a_message_is_judged_as_of_its_own_time() -> None:
    found = report(forge())
    assert (found.kind, found.valid, found.content) == (Kind.MESSAGE, True, "CheckDocuments")
    assert found.covered == ("Timestamp", "Body")
    assert found.judged_at == found.signing_time == NOW
    assert found.signer is not None
    assert found.signer.subject.startswith("CN=System A")
    assert found.reason is None


def test_a_fault_is_told_from_an_answer() -> None:
    fault = f'<s:Fault xmlns:s="{SOAP11}"><faultcode>s:Client</faultcode></s:Fault>'.encode()
    assert report(sign_envelope(fault, key=system().signing_key(), now=NOW)).kind is Kind.FAULT


def test_a_tampered_message_is_explained() -> None:
    found = report(forge().replace(b"AA1234567", b"AA1234568"))
    assert (found.kind, found.valid, found.reason) == (Kind.MESSAGE, False, "SIG.REF.DIGEST")
    assert found.explanation["part"] == "Body"
    assert found.signer is None


def test_an_uncovered_part_is_named() -> None:
    found = report(forge(refs=["Body"]))
    assert (found.valid, found.reason, found.explanation["part"]) == (False, "SIG.COVERAGE.TIMESTAMP", "Timestamp")


def test_a_receipt_is_recognised() -> None:
    data = seal(RECEIPT, system().signing_key())
    found = report(data)
    assert (found.kind, found.valid, found.content, found.covered) == (
        Kind.SEALED,
        True,
        "receipt",
        ("whole document",),
    )
    assert report(data.replace(b">1<", b">2<")).reason == "SIG.REF.DIGEST"


def test_a_signed_file_is_recognised() -> None:
    data = sign_application(RECEIPT, system("P-256").signing_key(), NOW)
    found = report(data)
    assert (found.kind, found.valid, found.signing_time) == (Kind.SIGNED_FILE, True, NOW)
    assert report(data.replace(b">1<", b">2<")).reason == "HASH_FAILURE (DOC.REF.DIGEST)"


def test_files_within_a_message_are_looked_at_too() -> None:
    good = base64.b64encode(sign_application(RECEIPT, system("P-256").signing_key(), NOW)).decode()
    bad = base64.b64encode(seal(RECEIPT, system().signing_key()).replace(b">1<", b">2<")).decode()
    payload = (
        f'<q:x xmlns:q="urn:q"><q:signedApplication>{good}</q:signedApplication><q:receipt>{bad}</q:receipt>'
        "<q:receipt>no file</q:receipt><q:receipt>AAAA</q:receipt></q:x>"
    )
    found = report(forge(payload=payload))
    assert found.valid
    assert [(one.kind, one.valid) for one in found.enclosed] == [(Kind.SIGNED_FILE, True), (Kind.SEALED, False)]


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"", Kind.UNKNOWN, "XML.NO_ROOT"),
        (b"%PDF-1.7", Kind.UNKNOWN, "XML.NO_ROOT"),
        (b"<!DOCTYPE x><x/>", Kind.UNKNOWN, "XML.DTD"),
        (b"<x/>", Kind.SEALED, "SEAL.MISSING"),
        (f'<s:Envelope xmlns:s="{SOAP11}"><s:Body/></s:Envelope>'.encode(), Kind.MESSAGE, "SOAP.NO_HEADER"),
    ],
)
def test_what_is_not_signed_is_said_to_be_so(data: bytes, kind: Kind, reason: str) -> None:
    found = report(data)
    assert (found.kind, found.valid, found.reason) == (kind, False, reason)
