"""Which answers of a responder are believed (RFC 6960 §3.2), and what they then say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from gateway.security.dev_pki import Authority
from gateway.security.ocsp import OcspAnswer, OcspError, Standing, read_answer, request_for
from tests.servers.revocation import Responder, responder_certificate
from tests.unit.gateway.security.present import TODAY as NOW
from tests.unit.gateway.security.present import present

SHA256_RSA, SHA1_RSA = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")


def responder(**switches: object) -> Responder:
    return Responder(present().issuing, now=lambda: NOW, **switches)


def delegate(**options: object):
    return responder_certificate(present().issuing, NOW - timedelta(days=2), **options)


def answer_of(by: Responder, *, nonce: bytes | None = None, asked_nonce: bytes | None = None) -> OcspAnswer:
    issuer, serial = present().issuing.issued.certificate, present().leaf.certificate.serial_number
    return read_answer(by(request_for(issuer, serial, asked_nonce)), issuer, NOW, serial=serial, nonce=nonce)


@pytest.mark.parametrize(
    ("switches", "standing"),
    [
        ({}, Standing.GOOD),
        ({"by_key": False}, Standing.GOOD),
        ({"status": ocsp.OCSPCertStatus.UNKNOWN}, Standing.UNKNOWN),
        ({"status": ocsp.OCSPCertStatus.REVOKED}, Standing.REVOKED),
        ({"status": ocsp.OCSPCertStatus.REVOKED, "reason": x509.ReasonFlags.key_compromise}, Standing.REVOKED),
        ({"status": ocsp.OCSPCertStatus.REVOKED, "reason": x509.ReasonFlags.certificate_hold}, Standing.ON_HOLD),
    ],
)
def test_what_the_issuer_says_of_its_certificate_is_believed(switches: dict[str, object], standing: Standing) -> None:
    answer = answer_of(responder(**switches))
    assert (answer.standing, answer.serial) == (standing, present().leaf.certificate.serial_number)
    assert answer.until == NOW + timedelta(days=1)
    assert answer.responder is None


def test_a_delegate_of_the_issuer_is_believed_until_its_own_certificate_ends() -> None:
    by = delegate(days=3)
    answer = answer_of(responder(signer=by, enclosed=(by,), life=timedelta(days=7)))
    assert answer.standing is Standing.GOOD
    assert answer.until == by.certificate.not_valid_after_utc == NOW + timedelta(days=1)
    assert answer.responder is None


def test_a_delegate_that_does_not_say_nocheck_is_to_be_checked() -> None:
    by = delegate(no_check=False)
    assert answer_of(responder(signer=by, enclosed=(by,))).responder == by.certificate


def test_an_answer_by_a_stranger_or_about_another_is_refused() -> None:
    stranger = Authority.root(NOW - timedelta(days=3)).authority(NOW - timedelta(days=3))
    theirs = responder_certificate(stranger, NOW - timedelta(days=2))
    upper = responder_certificate(present().root, NOW - timedelta(days=2))
    signer = present().leaf
    refused = {
        "OCSP.SIGNER": [responder(signer=stranger.issued), responder(signer=delegate()), responder(spoilt=True)],
        "OCSP.RESPONDER.ISSUER": [
            responder(signer=theirs, enclosed=(theirs,)),
            responder(signer=upper, enclosed=(upper,)),
            responder(signer=stranger.issued, enclosed=(stranger.issued,)),
        ],
        "OCSP.RESPONDER.EKU": [
            responder(signer=each, enclosed=(each,))
            for each in (signer, delegate(purposes=()), delegate(purposes=(ExtendedKeyUsageOID.CLIENT_AUTH,)))
        ],
        "OCSP.SERIAL": [responder(serial=4711)],
        "OCSP.ISSUER": [responder(issuer=present().root)],
        "OCSP.NO_NEXT_UPDATE": [responder(life=None)],
        "OCSP.TIME": [responder(age=-timedelta(minutes=6)), responder(life=-timedelta(hours=2))],
        "OCSP.CRITICAL": [responder(extra=x509.UnrecognizedExtension(ObjectIdentifier("1.2.3"), b"\x05\x00"))],
        "OCSP.TRY_LATER": [responder(error=ocsp.OCSPResponseStatus.TRY_LATER)],
        "OCSP.UNAUTHORIZED": [responder(error=ocsp.OCSPResponseStatus.UNAUTHORIZED)],
    }
    for reason, responders in refused.items():
        for each in responders:
            with pytest.raises(OcspError) as raised:
                answer_of(each)
            assert str(raised.value) == reason


def test_a_delegate_counts_in_its_time_only() -> None:
    old = responder_certificate(present().issuing, NOW - timedelta(days=20), days=10)
    with pytest.raises(OcspError, match=r"RESPONDER\.TIME"):
        answer_of(responder(signer=old, enclosed=(old,)))


@pytest.mark.parametrize("reason", [None, x509.ReasonFlags.certificate_hold])
def test_what_a_delegate_took_back_stays_so_when_its_own_certificate_has_ended(reason: x509.ReasonFlags | None) -> None:
    by, issuer = delegate(days=3), present().issuing.issued.certificate
    serial, ended = present().leaf.certificate.serial_number, by.certificate.not_valid_after_utc + timedelta(days=30)
    question, revoked = request_for(issuer, serial), ocsp.OCSPCertStatus.REVOKED
    taken_back = responder(signer=by, enclosed=(by,), status=revoked, reason=reason)(question)
    answer = read_answer(taken_back, issuer, ended, serial=serial)
    assert answer.standing is (Standing.REVOKED if reason is None else Standing.ON_HOLD)
    assert answer.until <= by.certificate.not_valid_after_utc, "it is out of date, so that it is never fetched"
    with pytest.raises(OcspError, match=r"RESPONDER\.TIME"):
        read_answer(responder(signer=by, enclosed=(by,))(question), issuer, ended, serial=serial)


def test_a_delegate_takes_nothing_back_outside_its_time() -> None:
    old = responder_certificate(present().issuing, NOW - timedelta(days=20), days=10)
    with pytest.raises(OcspError, match=r"RESPONDER\.TIME"):
        answer_of(responder(signer=old, enclosed=(old,), status=ocsp.OCSPCertStatus.REVOKED))


def test_a_signature_with_sha1_counts_for_nothing() -> None:
    rsa = Authority(present().root.issue("RSA CA", NOW - timedelta(days=2), extensions=CA_EXTENSIONS))
    issuer = rsa.issued.certificate
    good = Responder(rsa, now=lambda: NOW)(request_for(issuer, 5))
    assert read_answer(good, issuer, NOW, serial=5).standing is Standing.GOOD
    assert good.count(SHA256_RSA) == 1
    with pytest.raises(OcspError, match="ALGORITHM"):
        read_answer(good.replace(SHA256_RSA, SHA1_RSA), issuer, NOW, serial=5)


CA_EXTENSIONS = ((x509.BasicConstraints(ca=True, path_length=None), True),)


def test_a_nonce_that_was_asked_for_must_come_back() -> None:
    ours = bytes(range(32))
    assert answer_of(responder(), asked_nonce=ours, nonce=ours).standing is Standing.GOOD
    for by, nonce in ((responder(echo=False), ours), (responder(), bytes(32))):
        with pytest.raises(OcspError, match=r"OCSP\.NONCE"):
            answer_of(by, asked_nonce=ours, nonce=nonce)


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"<html>", bytes(1000), b"\x30\x84\xff\xff\xff\xff"])
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(OcspError, match=r"OCSP\.FORM"):
        read_answer(data, present().issuing.issued.certificate, NOW)


def test_no_flipped_bit_makes_another_answer() -> None:
    issuer, serial = present().issuing.issued.certificate, present().leaf.certificate.serial_number
    data = responder(status=ocsp.OCSPCertStatus.REVOKED)(request_for(issuer, serial))
    for position in range(len(data)):
        changed = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        try:
            standing = read_answer(changed, issuer, NOW, serial=serial).standing
        except OcspError:
            continue
        assert standing is Standing.REVOKED, f"byte {position}"
