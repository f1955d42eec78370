"""The seal on our own documents: the same bytes each time, and nothing passes that is not the sealed document."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree
from signxml import XMLVerifier

from gateway.faults import RefusalError
from gateway.security.seal import SealedDocument, remove_keeping_text, seal, verify_seal
from gateway.xml.namespaces import DS
from tests.unit.gateway.security.material import NOW, c14n, pki, raw_signature, system

RECEIPT = '<r:receipt xmlns:r="urn:r"><r:id>1 &amp; ə</r:id><r:digest>abc</r:digest></r:receipt>'.encode()


def sealed(kind: str = "RSA-2048") -> bytes:
    return seal(RECEIPT, system(kind).signing_key())


def verified(data: bytes) -> SealedDocument:
    return verify_seal(data, trust=pki().trust, now=NOW)


def refusal(data: bytes) -> str:
    with pytest.raises(RefusalError) as caught:
        verified(data)
    return caught.value.reason


@pytest.mark.parametrize("kind", ["RSA-2048", "RSA-3072", "P-256", "P-384"])
def test_what_we_seal_we_accept(kind: str) -> None:
    document = verified(sealed(kind))
    assert c14n(document.payload) == RECEIPT
    assert document.signer.subject.startswith(f"CN=System A {kind}")


def test_the_same_document_sealed_twice_is_the_same() -> None:
    assert sealed() == sealed()


@pytest.mark.parametrize("kind", ["RSA-2048", "P-256", "P-384"])
def test_another_tool_agrees(kind: str) -> None:
    result = XMLVerifier().verify(sealed(kind), x509_cert=_valid_now(kind))
    assert result.signed_data == RECEIPT


def _valid_now(kind: str) -> object:
    from datetime import UTC, datetime

    # signxml looks at the clock of the machine; the certificates of these tests are made for their own year.
    certificate = system(kind).certificate
    if certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc:
        return certificate
    from gateway.security.dev_pki import Issued

    renewed = pki().issuing.issue("Now", datetime.now(UTC), key=system(kind).key)
    return Issued(renewed.certificate, renewed.key).certificate


def test_a_pretty_document_keeps_its_space() -> None:
    pretty = b'<r:receipt xmlns:r="urn:r">\n  <r:id>1</r:id>\n</r:receipt>'
    assert c14n(verified(seal(pretty, system().signing_key())).payload) == pretty


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b">abc<", b">abd<", "SIG.REF.DIGEST"),
        (b"<r:digest>", b"<r:digest x='1'>", "SIG.REF.DIGEST"),
        (b"</ds:Signature>", b"</ds:Signature>text", "SIG.REF.DIGEST"),
        (b"</ds:Signature>", b"</ds:Signature><r:more/>", "SEAL.POSITION"),
        (b"<ds:Signature ", b"<r:x/><ds:Signature ", "SIG.REF.DIGEST"),
        (b'URI=""', b'URI="#x"', "SEAL.REFERENCE"),
        (b"enveloped-signature", b"base64", "SIG.TRANSFORM.ALGORITHM"),
        (b"rsa-sha256", b"rsa-sha1", "SIG.METHOD.ALGORITHM"),
        (b"rsa-sha256", b"rsa-sha512", "SIG.VALUE"),
        (b"<ds:KeyInfo>", b"<ds:KeyInfo><ds:KeyName>x</ds:KeyName>", "KEYINFO.CHILDREN"),
        (b"<ds:X509Certificate>", b"<ds:X509Certificate>!", "KEYINFO.BASE64"),
        (b"<ds:X509Certificate>", b"<ds:X509Certificate>AAAA", "CERT.FORM"),
        (b"<ds:SignatureValue>", b"<ds:SignatureValue>A===", "SIG.VALUE.BASE64"),
    ],
)
def test_a_changed_document_is_refused(old: bytes, new: bytes, reason: str) -> None:
    data = sealed()
    assert old in data
    assert refusal(data.replace(old, new, 1)) == reason


def find(root: etree._Element, name: str) -> etree._Element:
    return next(root.iter(f"{{*}}{name}"))


def second_reference(root: etree._Element) -> None:
    info = find(root, "SignedInfo")
    info.append(etree.fromstring(etree.tostring(find(root, "Reference"))))
    value = raw_signature(system(), find(root, "SignatureMethod").get("Algorithm"), c14n(info))
    find(root, "SignatureValue").text = base64.b64encode(value).decode()


def deeper(root: etree._Element) -> None:
    root[0].append(root[-1])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (second_reference, "SEAL.REFERENCE"),
        (deeper, "SEAL.POSITION"),
        (lambda root: root.append(etree.fromstring(etree.tostring(root[-1]))), "SEAL.TWICE"),
        (lambda root: root.remove(root[-1]), "SEAL.MISSING"),
        (lambda root: etree.SubElement(root[-1], f"{{{DS}}}Object"), "SIG.CHILDREN"),
        (lambda root: root.insert(0, etree.Comment("between")), None),
    ],
)
def test_a_rearranged_document_is_refused(change: Callable[[etree._Element], object], reason: str | None) -> None:
    root = etree.fromstring(sealed())
    change(root)
    if reason is None:
        assert verified(etree.tostring(root)).payload.findtext("{urn:r}digest") == "abc"
    else:
        assert refusal(etree.tostring(root)) == reason


def test_the_whole_document_wrapped_in_another_is_refused() -> None:
    assert refusal(b"<evil>" + sealed() + b"</evil>") == "SEAL.POSITION"


def test_a_seal_of_a_stranger_or_out_of_its_time_is_refused() -> None:
    from gateway.security.dev_pki import Authority

    stranger = Authority.root(NOW).authority(NOW).issue("Stranger", NOW)
    assert refusal(seal(RECEIPT, stranger.signing_key())) == "CERT.NO_CHAIN"
    with pytest.raises(RefusalError) as caught:
        verify_seal(sealed(), trust=pki().trust, now=NOW + timedelta(days=4000))
    assert caught.value.reason == "CERT.EXPIRED"


def test_only_an_element_can_be_sealed() -> None:
    with pytest.raises(ValueError, match="one element"):
        seal(b"text", system().signing_key())


@pytest.mark.parametrize(
    ("xml", "left"),
    [
        ("<a>1<s/>2</a>", "<a>12</a>"),
        ("<a><b/>1<s/>2</a>", "<a><b/>12</a>"),
        ("<a><b/><s/></a>", "<a><b/></a>"),
        ("<a><s/>2</a>", "<a>2</a>"),
    ],
)
def test_taking_the_signature_out_leaves_the_text(xml: str, left: str) -> None:
    root = etree.fromstring(xml)
    remove_keeping_text(root, root.find("s"))
    assert etree.tostring(root).decode() == left
