"""Looking at files offline: each kind is recognised, and told apart from one that was tampered with."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.contract.answers import ReceiptDocument
from gateway.contract.files import decode_receipt, encode_receipt
from gateway.security import inspection
from gateway.security.inspection import Kind, Known, Report, inspect
from gateway.security.revocation import Knowledge
from gateway.security.revocation_list import RevocationList
from gateway.security.seal import seal
from gateway.security.sign import SigningKey, sign_envelope
from gateway.security.trust import TrustStore
from gateway.security.xades import sign_application
from gateway.xml.apart import apart
from gateway.xml.namespaces import EXC_C14N, SOAP11
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


def test_a_receipt_is_recognised_and_is_not_valid_while_no_gateway_is_known() -> None:
    data = seal(RECEIPT, system().signing_key())
    found = report(data)
    assert (found.kind, found.content, found.covered) == (Kind.SEALED, "receipt", ("whole document",))
    assert (found.valid, found.reason) == (False, "RECEIPT.GATEWAY.NONE_KNOWN")
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


# --- receipts -----------------------------------------------------------------------------------------------------


def gateway(days: int = 365) -> SigningKey:
    return pki().issuing.issue("The gateway", NOW - timedelta(days=1), kind="P-256", days=days).signing_key()


def receipt(key: SigningKey, *, names: str | None = None, received_at: datetime = NOW) -> bytes:
    document = ReceiptDocument(
        tracking_id="0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b-0123456789",
        request_id="0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c",
        agency="MOJ",
        system="MOJ-REGISTERS",
        operation="registration.SubmitRegistration",
        digest="a" * 64,
        received_at=received_at,
        gateway=key.certificate.subject if names is None else names,
    )
    return seal(encode_receipt(document), key)


def judged(data: bytes, *known: SigningKey, now: datetime = LATER) -> Report:
    gateways = frozenset(key.certificate.fingerprint for key in known)
    return inspect(data, pki().trust, now, Known(gateways, decode_receipt))


def test_a_receipt_of_a_known_gateway_is_valid() -> None:
    ours = gateway()
    found = judged(receipt(ours), gateway(), ours)
    assert (found.valid, found.reason, found.by_known_gateway, found.expired_since) == (True, None, True, None)
    assert found.judged_at == NOW


def test_a_receipt_that_an_agency_made_itself_is_not_valid() -> None:
    ours, agency = gateway(), system().signing_key()
    found = judged(receipt(agency, names=ours.certificate.subject), ours)
    assert (found.valid, found.reason, found.by_known_gateway) == (False, "RECEIPT.GATEWAY.UNKNOWN", False)
    assert found.signer is not None
    assert found.signer.subject.startswith("CN=System A")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda key: receipt(key, names="CN=Another gateway"), "RECEIPT.GATEWAY.NAME"),
        (lambda key: seal(RECEIPT, key), "RECEIPT.SCHEMA"),
        (lambda key: receipt(key).replace(b"MOJ<", b"MOD<"), "SIG.REF.DIGEST"),
        (lambda key: receipt(key, received_at=NOW - timedelta(days=3)), "CERT.NOT_YET_VALID"),
    ],
    ids=["another name", "another form", "changed", "before the certificate"],
)
def test_a_receipt_that_does_not_agree_with_itself_is_not_valid(
    make: Callable[[SigningKey], bytes], reason: str
) -> None:
    ours = gateway()
    found = judged(make(ours), ours)
    assert (found.valid, found.reason) == (False, reason)


def test_no_receipt_is_valid_where_no_gateway_is_known_or_nobody_can_read_it() -> None:
    ours = gateway()
    assert judged(receipt(ours)).reason == "RECEIPT.GATEWAY.NONE_KNOWN"
    assert not judged(receipt(ours)).valid
    known = Known({ours.certificate.fingerprint})
    assert inspect(receipt(ours), pki().trust, LATER, known).reason == "RECEIPT.UNREAD"


def test_a_receipt_stays_valid_after_the_certificate_expired_and_the_report_says_so() -> None:
    ours = gateway(days=30)
    found = judged(receipt(ours), ours, now=NOW + timedelta(days=365 * 2))
    assert (found.valid, found.judged_at) == (True, NOW)
    assert found.expired_since == (NOW + timedelta(days=29)).replace(microsecond=0)
    late = receipt(ours, received_at=NOW + timedelta(days=60))
    assert judged(late, ours, now=NOW + timedelta(days=365)).reason == "CERT.EXPIRED"


def test_a_receipt_stays_valid_under_a_revocation_list_of_today() -> None:
    ours, later = gateway(days=30), NOW + timedelta(days=200)
    empty = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(pki().issuing.issued.certificate.subject)
        .last_update(later - timedelta(days=1))
        .next_update(later + timedelta(days=1))
        .sign(pki().issuing.issued.key, SHA256())
    )
    store = TrustStore(
        [pki().root.issued.certificate],
        [pki().issuing.issued.certificate],
        revocation=Knowledge([RevocationList.of(empty)]),
    )
    known = Known({ours.certificate.fingerprint}, decode_receipt)
    assert inspect(receipt(ours), store, later, known).valid


def test_an_answer_says_whether_a_known_gateway_gave_it() -> None:
    ours = gateway()
    answer = sign_envelope(b'<q:a xmlns:q="urn:q"></q:a>', key=ours, now=NOW)
    assert [judged(answer, key).by_known_gateway for key in (ours, gateway())] == [True, False]


@pytest.mark.parametrize("prefixes", ["[", "%", "{x}", "ə"])
def test_nothing_in_a_file_makes_the_inspection_raise(prefixes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = receipt(gateway()).replace(
        f'Algorithm="{EXC_C14N}"></ds:CanonicalizationMethod>'.encode(),
        f'Algorithm="{EXC_C14N}"><i:InclusiveNamespaces xmlns:i="{EXC_C14N}" PrefixList="{prefixes}"/>'
        "</ds:CanonicalizationMethod>".encode(),
    )
    assert not apart(lambda: judged(data, gateway())).valid

    def broken(*_arguments: object, **_options: object) -> None:
        raise LookupError

    monkeypatch.setattr(inspection, "verify_seal", broken)
    assert judged(data).reason == "UNREADABLE (LookupError)"
