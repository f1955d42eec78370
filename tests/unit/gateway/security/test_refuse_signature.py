"""Signatures that do not hold, or do not cover what they must, are refused (security §4 B, C, F)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from gateway.security.dev_pki import Authority
from gateway.security.policy import Policy
from gateway.xml.namespaces import DS, EXC_C14N, WSU, XSI
from tests.unit.gateway.security.material import (
    ENROLLED,
    LOGIN,
    MORE,
    NOW,
    PAYLOAD,
    Ref,
    accept,
    c14n,
    der64,
    forge,
    pki,
    raw_signature,
    refusal,
    system,
    timestamp,
    token,
    username,
    wsa,
)

FAILED = "client.security.failed-check"


def replaced(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new)


def with_value(value: bytes) -> bytes:
    text = base64.b64encode(value).decode()

    def change(root: etree._Element) -> None:
        next(root.iter(f"{{{DS}}}SignatureValue")).text = text

    return forge(after=change)


@pytest.mark.parametrize(
    "value",
    [b"\x00" * 256, b"\x01" * 256, b"\x00", b"\xff" * 256, b"\x00" * 255, b"\x00" * 257],
    ids=["zeros", "ones", "one byte", "all bits", "short", "long"],
)
def test_a_broken_rsa_value_is_refused(value: bytes) -> None:
    assert refusal(with_value(value)).reason == "SIG.VALUE"


def test_a_truncated_or_padded_rsa_value_is_refused() -> None:
    good = forge(sign=lambda form: raw_signature(system(), f"{MORE}rsa-sha256", form))
    assert accept(good).signer.subject
    for spoil in (lambda v: v[:-1], lambda v: v + b"\x00", lambda v: b"\x00" + v):
        message = forge(sign=lambda form, spoil=spoil: spoil(raw_signature(system(), f"{MORE}rsa-sha256", form)))
        assert refusal(message).reason == "SIG.VALUE"


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize(
    "name", ["zeros", "r zero", "s zero", "order", "r plus order", "DER", "short halves", "empty half"]
)
def test_an_ecdsa_value_in_another_form_is_refused(name: str) -> None:
    signer = system("P-256")

    def sign(form: bytes) -> bytes:
        raw = raw_signature(signer, f"{MORE}ecdsa-sha256", form)
        r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
        forms = {
            "zeros": bytes(64),
            "r zero": bytes(32) + raw[32:],
            "s zero": raw[:32] + bytes(32),
            "order": ORDER.to_bytes(32) * 2,
            "r plus order": (r + ORDER).to_bytes(33)[-32:] + raw[32:],
            "DER": encode_dss_signature(r, s),
            "short halves": raw[1:32] + raw[33:],
            "empty half": raw[:32],
        }
        return forms[name]

    assert refusal(forge(issued=signer, sign=sign)).reason == "SIG.VALUE"


def test_the_other_valid_ecdsa_value_is_recognised_as_the_same_message() -> None:
    signer = system("P-256")
    message = forge(issued=signer)
    value = next(etree.fromstring(message).iter(f"{{{DS}}}SignatureValue")).text or ""
    raw = base64.b64decode(value)
    other = raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32)
    twin = replaced(message, value.encode(), base64.b64encode(other))
    assert accept(twin).signed_info_digest == accept(message).signed_info_digest


@pytest.mark.parametrize("secret", ["PEM", "DER", "SPKI", "empty"])
def test_a_mac_keyed_with_the_public_key_is_refused(secret: str) -> None:
    public = system().certificate.public_key()
    key = {
        "PEM": system().certificate_pem,
        "DER": base64.b64decode(der64(system())),
        "SPKI": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "empty": b"",
    }[secret]
    message = forge(method=f"{MORE}hmac-sha256", sign=lambda form: hmac.digest(key, form, "sha256"))
    assert (refusal(message).code, refusal(message).reason) == ("client.security.algorithm", "SIG.METHOD.ALGORITHM")


@pytest.mark.parametrize(
    ("kind", "method"), [("RSA-2048", "ecdsa-sha256"), ("P-256", "rsa-sha256"), ("RSA-2048", "rsa-sha512")]
)
def test_a_method_of_another_key_or_hash_is_refused(kind: str, method: str) -> None:
    signer = system(kind)
    sign = lambda form: raw_signature(signer, f"{MORE}rsa-sha256", form)  # noqa: E731
    assert refusal(forge(issued=signer, method=f"{MORE}{method}", sign=sign)).reason == "SIG.VALUE"


def test_the_signature_of_another_message_is_refused() -> None:
    other = etree.fromstring(forge(payload=PAYLOAD.replace("AA1234567", "AA7654321")))

    def transplant(root: etree._Element) -> None:
        ours = next(root.iter(f"{{{DS}}}Signature"))
        ours.getparent().replace(ours, next(other.iter(f"{{{DS}}}Signature")))

    assert refusal(forge(after=transplant)).reason == "SIG.REF.DIGEST"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"AA1234567", b"AA1234568"),
        (b"<q:number>", b"<q:number >x"),
        (b"<q:CheckDocuments", b'<q:CheckDocuments a="1"'),
        (b'xmlns:q="urn:q"', b'xmlns:q="urn:r"'),
        (b"2026-03-01T12:05:00Z", b"2026-03-01T12:05:01Z"),
        (b"2026-03-01T12:00:00Z", b"2026-03-01T11:59:59Z"),
        (b"</q:number>", b" </q:number>"),
        (b"</soap:Body>", b" </soap:Body>"),
    ],
)
def test_a_changed_part_is_refused(old: bytes, new: bytes) -> None:
    error = refusal(replaced(forge(), old, new))
    assert (error.code, error.reason, error.explanation) == (FAILED, "SIG.REF.DIGEST", {})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"rsa-sha256", b"rsa-sha384"),
        (b"<ds:Transforms>", b"<ds:Transforms> "),
        (b"</ds:Reference>", b"</ds:Reference>\n"),
        (b"<ds:SignedInfo>", b'<ds:SignedInfo Id="x">'),
    ],
)
def test_a_changed_signed_info_is_refused(old: bytes, new: bytes) -> None:
    assert refusal(replaced(forge(), old, new)).reason == "SIG.VALUE"


# --- coverage ---------------------------------------------------------------------------------------------------------

EVERYTHING = {"TS": "TIMESTAMP", "Body": "BODY", "UT": "USERNAMETOKEN"} | {
    name: name.upper() for name in ("To", "Action", "MessageID", "ReplyTo", "FaultTo", "From", "RelatesTo")
}
HEADERS = "".join(wsa(name, "urn:x") for name in ("To", "Action", "MessageID", "RelatesTo")) + "".join(
    wsa(name, "<wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address>")
    for name in ("ReplyTo", "FaultTo", "From")
)


@pytest.mark.parametrize("left_out", EVERYTHING)
def test_a_part_that_is_not_covered_is_refused(left_out: str) -> None:
    def message(refs: list[str]) -> bytes:
        return forge(headers=HEADERS, security=[timestamp(), token(system()), username(LOGIN)], refs=refs)

    assert accept(message(list(EVERYTHING))).user is not None
    error = refusal(message([ref for ref in EVERYTHING if ref != left_out]))
    assert (error.code, error.reason) == (FAILED, f"SIG.COVERAGE.{EVERYTHING[left_out]}")


def test_a_reference_to_what_must_not_be_covered_is_refused() -> None:
    inner = PAYLOAD.replace("<q:number>", f'<q:number xmlns:wsu="{WSU}" wsu:Id="N">')
    assert refusal(forge(payload=inner, refs=["TS", "Body", "N"])).reason == "SIG.REF.POSITION"


# --- canonical form ---------------------------------------------------------------------------------------------------


def test_a_relative_namespace_name_is_refused_before_its_digest_counts() -> None:
    empty = hashlib.sha256(b"").digest()

    def change(root: etree._Element) -> None:
        root[1].append(etree.fromstring('<q:x xmlns:q="relative"/>'))
        root[1].remove(root[1][0])

    message = forge(refs=["TS", Ref("Body", digest_of=b"")], before=change)
    assert base64.b64encode(empty) in message
    assert (refusal(message).code, refusal(message).reason) == ("client.security.failed-check", "XML.C14N")


@pytest.mark.parametrize("bound", ["Envelope", "Body in a prefix list"])
def test_an_xsi_type_may_not_change_its_meaning_after_signing(bound: str) -> None:
    payload = f'<q:x xmlns:q="urn:q" xmlns:xsi="{XSI}"><q:y xsi:type="t:Small">1</q:y></q:x>'
    if bound == "Envelope":
        message = forge(payload=payload, envelope_attributes='xmlns:t="urn:good"')
        assert refusal(message).reason == "SOAP.BODY.TYPE_UNBOUND"
        assert refusal(replaced(message, b"urn:good", b"urn:evil")).reason == "SOAP.BODY.TYPE_UNBOUND"
        return
    body = f'<soap:Body xmlns:t="urn:good" wsu:Id="Body">{payload}</soap:Body>'
    listed = (
        f'<ds:Transforms><ds:Transform Algorithm="{EXC_C14N}"><ec:InclusiveNamespaces xmlns:ec="{EXC_C14N}" '
        f'PrefixList="t"/></ds:Transform></ds:Transforms>'
    )
    message = forge(body=body, refs=["TS", Ref("Body", listed, prefixes=("t",))])
    assert accept(message).payload.tag == "{urn:q}x"
    assert refusal(replaced(message, b'xmlns:t="urn:good"', b'xmlns:t="urn:evil"')).reason == "SIG.REF.DIGEST"


def test_an_xsi_type_without_prefix_is_bound_by_the_default_namespace() -> None:
    payload = f'<q:x xmlns:q="urn:q" xmlns:xsi="{XSI}"><q:y xsi:type="Small">1</q:y></q:x>'
    assert accept(forge(payload=payload)).payload.tag == "{urn:q}x"
    assert refusal(forge(payload=payload, envelope_attributes='xmlns="urn:d"')).reason == "SOAP.BODY.TYPE_UNBOUND"


# --- who signed -------------------------------------------------------------------------------------------------------


def test_a_certificate_that_copies_names_and_serial_of_a_lawful_one_is_refused() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    real = system().certificate
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = (
        x509.CertificateBuilder()
        .subject_name(real.subject)
        .issuer_name(real.issuer)
        .public_key(key.public_key())
        .serial_number(real.serial_number)
        .not_valid_before(real.not_valid_before_utc)
        .not_valid_after(real.not_valid_after_utc)
    )
    for extension in real.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    from gateway.security.dev_pki import Issued

    fake = Issued(builder.sign(key, hashes.SHA256()), key)
    error = refusal(forge(issued=fake, security=[timestamp(), token(fake)]), policy=ENROLLED)
    assert (error.code, error.reason, error.explanation) == (FAILED, "CERT.NO_CHAIN", {})


def test_a_signer_of_another_authority_is_refused() -> None:
    stranger = Authority.root(NOW).authority(NOW).issue("Stranger", NOW)
    message = forge(issued=stranger, security=[timestamp(), token(stranger)])
    assert (refusal(message).code, refusal(message).reason) == (FAILED, "CERT.NO_CHAIN")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024), "client.security.token-invalid"),
        (lambda: rsa.generate_private_key(public_exponent=3, key_size=2048), "client.security.token-invalid"),
        (lambda: ec.generate_private_key(ec.SECP521R1()), "client.security.token-invalid"),
        (lambda: ec.generate_private_key(ec.SECP224R1()), "client.security.token-invalid"),
    ],
    ids=["RSA-1024", "RSA e=3", "P-521", "P-224"],
)
def test_a_weak_or_unknown_key_is_refused(key: object, code: str) -> None:
    weak = pki().issuing.issue("Weak", NOW - timedelta(days=1), key=key())
    method = f"{MORE}rsa-sha256" if isinstance(weak.key, rsa.RSAPrivateKey) else f"{MORE}ecdsa-sha256"
    error = refusal(forge(issued=weak, security=[timestamp(), token(weak)], method=method))
    assert (error.code, error.reason) == (code, "CERT.KEY")


# --- explanation ------------------------------------------------------------------------------------------------------


def test_an_enrolled_caller_is_told_what_does_not_match() -> None:
    message = replaced(forge(), b"AA1234567", b"AA1234568")
    error = refusal(message, policy=ENROLLED, now=NOW + timedelta(seconds=7))
    assert (error.code, error.reason) == ("client.security.signature-mismatch", "SIG.REF.DIGEST")
    body = etree.fromstring(message)[1]
    form = c14n(body)
    good = c14n(etree.fromstring(forge())[1])
    assert error.explanation == {
        "part": "Body",
        "reference": "#Body",
        "digestAlgorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
        "digestExpected": base64.b64encode(hashlib.sha256(good).digest()).decode(),
        "digestFound": base64.b64encode(hashlib.sha256(form).digest()).decode(),
        "canonicalLength": str(len(form)),
        "canonicalSha256": hashlib.sha256(form).hexdigest(),
        "signatureAlgorithm": f"{MORE}rsa-sha256",
        "certificateSubject": system().certificate.subject.rfc4514_string(),
        "certificateSerial": str(system().certificate.serial_number),
        "clockSkewSeconds": "-7.000",
    }


def test_an_enrolled_caller_is_told_which_part_is_not_covered() -> None:
    error = refusal(forge(refs=["Body"]), policy=ENROLLED)
    assert (error.code, error.explanation["part"]) == ("client.security.not-covered", "Timestamp")


def test_an_enrolled_caller_is_told_that_signed_info_does_not_match() -> None:
    error = refusal(with_value(bytes(256)), policy=ENROLLED)
    assert (error.code, error.explanation["part"]) == ("client.security.signature-mismatch", "SignedInfo")


def test_only_the_certificate_that_signed_decides_who_is_told() -> None:
    fingerprint = hashlib.sha256(base64.b64decode(der64(system()))).hexdigest()
    asked: list[str] = []
    policy = Policy(is_enrolled=lambda found: asked.append(found) or False)  # type: ignore[func-returns-value]
    error = refusal(with_value(bytes(256)), policy=policy)
    assert (asked, error.code, error.explanation) == ([fingerprint], FAILED, {})
