"""What we sign is in canonical form as it is written, whatever it is made of."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from gateway.security.dev_pki import Issued
from gateway.security.model import UsernameCredentials
from gateway.security.sign import Addressing, SigningKey, sign_envelope
from gateway.xml.namespaces import SOAP11, SOAP12, WSSE, WSU
from tests.unit.gateway.security.material import NOW, accept, c14n, pki, refusal, system


@pytest.mark.parametrize(
    "payload",
    [
        b'<a xmlns="urn:d"></a>',
        b'<soapenv:Fault xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>x</faultcode></soapenv:Fault>',
        b'<wsu:x xmlns:wsu="urn:other" wsu:y="1"></wsu:x>',
        b'<x:a xmlns:x="urn:x"><soapenv:b xmlns:soapenv="urn:z"></soapenv:b><wsu1:c xmlns:wsu1="urn:w"></wsu1:c></x:a>',
        "<a>ə &amp; &lt; &gt;&#xD;</a>".encode(),
    ],
)
@pytest.mark.parametrize("soap", ["1.1", "1.2"])
def test_any_canonical_payload_is_signed_as_it_is(payload: bytes, soap: str) -> None:
    envelope = accept(sign_envelope(payload, key=system().signing_key(), now=NOW, soap_version=soap))
    assert envelope.digest == hashlib.sha256(payload).digest()
    assert c14n(envelope.payload) == payload


def test_prefixes_of_values_are_signed_with_the_body() -> None:
    payload = f'<s:Fault xmlns:s="{SOAP11}"><faultcode>wsse:FailedCheck</faultcode></s:Fault>'.encode()
    message = sign_envelope(
        payload,
        key=system().signing_key(),
        now=NOW,
        content_prefixes={"wsse": WSSE, "soapenv": "urn:b", "a": "urn:c"},
    )
    assert accept(message).payload.nsmap["wsse"] == WSSE
    assert refusal(
        message.replace(f'xmlns:wsse="{WSSE}" xmlns:wsu'.encode(), b'xmlns:wsse="urn:evil" xmlns:wsu')
    ).reason == ("SIG.REF.DIGEST")


@pytest.mark.parametrize("soap", ["1.1", "1.2"])
@pytest.mark.parametrize("asked", [True, False])
def test_must_understand_is_said_in_the_words_of_the_version(soap: str, asked: bool) -> None:
    message = sign_envelope(b"<a></a>", key=system().signing_key(), now=NOW, soap_version=soap, must_understand=asked)
    namespace, value = {"1.1": (SOAP11, "1"), "1.2": (SOAP12, "true")}[soap]
    security = next(etree.fromstring(message).iter(f"{{{WSSE}}}Security"))
    assert security.get(f"{{{namespace}}}mustUnderstand") == (value if asked else None)


def test_every_part_is_covered_and_the_window_is_ours() -> None:
    message = sign_envelope(
        b"<a></a>",
        key=system("P-384").signing_key(),
        now=NOW,
        addressing=Addressing("urn:to", "urn:action", "urn:uuid:<&>", "urn:uuid:2"),
        user=UsernameCredentials("lə&<", "p\r\n\t>"),
        lifetime=timedelta(seconds=30),
        unsigned_headers=b'<x:trace xmlns:x="urn:x">1</x:trace>',
    )
    envelope = accept(message)
    assert [r.part for r in envelope.covered] == [
        "Timestamp", "Body", "UsernameToken", "wsa:To", "wsa:Action", "wsa:MessageID", "wsa:RelatesTo",
    ]  # fmt: skip
    assert (envelope.created, envelope.expires) == (NOW, NOW + timedelta(seconds=30))
    assert envelope.user == UsernameCredentials("lə&<", "p\r\n\t>")
    assert envelope.message_id == "urn:uuid:<&>"
    assert envelope.signature_algorithm.endswith("ecdsa-sha384")
    assert b"<x:trace" in message


def test_the_same_message_signed_twice_with_rsa_is_the_same() -> None:
    key = system().signing_key()
    assert sign_envelope(b"<a></a>", key=key, now=NOW) == sign_envelope(b"<a></a>", key=key, now=NOW)


def test_key_and_certificate_may_be_in_one_file_and_must_belong_together() -> None:
    one, other = system("P-256"), system("P-256", "Other")
    both = one.key_pem + one.certificate_pem
    assert SigningKey.from_pem(both, both).certificate.subject.startswith("CN=System A P-256")
    turned = one.certificate_pem + one.key_pem
    assert SigningKey.from_pem(turned, turned).certificate.subject.startswith("CN=System A P-256")
    with pytest.raises(ValueError, match="another key"):
        SigningKey.from_pem(one.key_pem, other.certificate_pem)
    with pytest.raises(ValueError, match="PEM"):
        SigningKey.from_pem(b"", one.certificate_pem)


def test_a_weak_key_signs_nothing() -> None:
    weak = Issued(
        pki()
        .issuing.issue("Weak", NOW, key=(key := rsa.generate_private_key(public_exponent=65537, key_size=1024)))
        .certificate,
        key,
    )
    with pytest.raises(ValueError, match="2048"):
        weak.signing_key()


def test_no_secret_is_shown_when_a_key_is_printed() -> None:
    shown = repr(system().signing_key())
    assert "System A" in shown
    assert "PRIVATE" not in shown
    assert "key=" not in shown


def test_the_ids_are_wsu_ids() -> None:
    root = etree.fromstring(sign_envelope(b"<a></a>", key=system().signing_key(), now=NOW))
    assert root[1].get(f"{{{WSU}}}Id") == "Body"
