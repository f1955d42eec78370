"""Signed files: which are refused, and with which indication of ETSI EN 319 102-1 (security §4 F, G)."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm
from signxml.xades import XAdESSigner

from gateway.security.dev_pki import Authority, Issued
from gateway.security.errors import TEXTS, DocumentRefusedError, Indication
from gateway.security.xades import ExaminedDocument, examine_application, sign_application, verify_application
from gateway.xml.namespaces import DS
from gateway.xml.parser import Limits
from tests.unit.gateway.security.material import NOW, pki
from tests.unit.gateway.security.signed_files import (
    DOCUMENT,
    D,
    X,
    add_transform,
    certificate_digest,
    changed,
    external,
    find,
    flood,
    move_signature,
    old_certificate_property,
    partial,
    person,
    reference,
    refusal,
    remove,
    second_signature,
    set_attribute,
    set_text,
    signed,
    signed_by,
    signing_time_now,
    transplant,
    twice,
    twin_with_same_id,
    verified,
    wrap_all,
)

# --- everything that stands against a file, for advice ---


def examined(data: bytes, when: datetime = NOW) -> ExaminedDocument:
    return examine_application(data, trust=pki().trust, now=when, limits=Limits())


def test_a_stranger_s_changed_file_is_told_of_both() -> None:
    yesterday = NOW - timedelta(days=1)
    stranger = Authority.root(yesterday).authority(yesterday).issue("Leyla", yesterday)
    data = signed_by(stranger).replace("Əhali".encode(), b"Ahali")
    found = examined(data)
    assert [each.indication for each in found.refusals] == [
        Indication.NO_CERTIFICATE_CHAIN_FOUND,
        Indication.HASH_FAILURE,
    ]
    assert found.content is not None
    assert found.content.findtext("{urn:r}name") == "Ahali reyestri"
    assert found.content.find(f"{D}Signature") is None


def test_a_comment_and_a_time_to_come_are_told_beside_a_changed_content() -> None:
    data = signed().replace(b"1ABCDE2", b"9ABCDE2") + b"<!-- note -->"
    found = examined(data, NOW - timedelta(hours=2))
    assert [each.reason for each in found.refusals] == ["DOC.COMMENT", "DOC.TIME.FUTURE", "DOC.REF.DIGEST"]
    assert (found.signing_time, found.certificate) == (NOW, person().certificate.public_bytes(Encoding.DER))


def test_what_bears_no_signature_still_has_content() -> None:
    found = examined(DOCUMENT.encode())
    assert [each.reason for each in found.refusals] == ["DOC.NO_SIGNATURE"]
    assert found.content is not None
    assert (found.certificate, found.signing_time) == (None, None)


def test_of_what_is_no_xml_there_is_nothing() -> None:
    found = examined(b"%PDF-1.7")
    assert [each.indication for each in found.refusals] == [Indication.FORMAT_FAILURE]
    assert (found.content, found.certificate) == (None, None)


# --- accepted ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RSA-2048", "RSA-3072", "P-256", "P-384"])
def test_what_we_sign_we_accept(kind: str) -> None:
    data = signed(kind=kind)
    document = verified(data)
    assert document.payload.findtext("{urn:r}name") == "Əhali reyestri"
    assert document.payload.find(f"{D}Signature") is None
    assert document.digest == hashlib.sha256(data).digest()
    assert document.signing_time == NOW
    assert document.signer.subject.startswith(f"CN=Leyla {kind}")


def test_changing_nothing_but_signing_again_is_accepted() -> None:
    assert verified(changed(lambda _root: None, again=True)).payload.findtext("{urn:r}fin") == "1ABCDE2"


@pytest.mark.parametrize(
    "canonicalisation",
    [
        CanonicalizationMethod.CANONICAL_XML_1_0,
        CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    ],
)
@pytest.mark.parametrize("digest", [DigestAlgorithm.SHA256, DigestAlgorithm.SHA512])
def test_files_signed_by_the_library_alone_are_accepted(
    canonicalisation: CanonicalizationMethod, digest: DigestAlgorithm
) -> None:
    signer = XAdESSigner(c14n_algorithm=canonicalisation, digest_algorithm=digest)
    signer.add_signing_time = signing_time_now(signer)
    root = signer.sign(etree.fromstring(DOCUMENT), key=person().key, cert=[person().certificate])
    if canonicalisation is CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0:
        # The library's own trap: it does not say how the properties were canonicalised.
        assert refusal(etree.tostring(root)).indication == Indication.HASH_FAILURE
    else:
        assert verified(etree.tostring(root)).payload.findtext("{urn:r}fin") == "1ABCDE2"


def test_a_chain_beside_the_certificate_is_not_looked_at() -> None:
    def add(root: etree._Element) -> None:
        holder = find(root, "X509Data")
        for extra in (pki().issuing.issued, pki().root.issued):
            etree.SubElement(holder, f"{D}X509Certificate").text = base64.b64encode(
                extra.certificate.public_bytes(Encoding.DER)
            ).decode()

    assert verified(changed(add, again=True)).signer.subject.startswith("CN=Leyla")


def test_an_unsigned_property_is_inert() -> None:
    def counter_sign(root: etree._Element) -> None:
        properties = etree.SubElement(find(root, "QualifyingProperties"), f"{X}UnsignedProperties")
        signature_properties = etree.SubElement(properties, f"{X}UnsignedSignatureProperties")
        counter = etree.SubElement(signature_properties, f"{X}CounterSignature")
        other = etree.fromstring(signed(kind="P-256"))
        inner = find(other, "Signature")
        for element in inner.iter(etree.Element):
            if element.get("Id"):
                element.set("Id", f"c{element.get('Id')}")
        counter.append(inner)

    document = verified(changed(counter_sign))
    assert document.signer.subject.startswith("CN=Leyla RSA-2048")
    assert b"Leyla P-256" not in etree.tostring(document.payload)


# --- refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beside", ["<!-- a promise -->%s", "%s<!-- a promise -->"])
def test_a_comment_that_anybody_may_add_beside_what_was_signed_is_refused(beside: str) -> None:
    assert refusal((beside % signed().decode()).encode()).reason == "DOC.COMMENT"


@pytest.mark.parametrize("position", range(0, len(DOCUMENT.encode()), 7))
def test_a_changed_byte_is_refused(position: int) -> None:
    data = signed()
    start = data.index(b"<r:application")
    index = start + position
    spoilt = data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :]
    error = refusal(spoilt)
    assert error.indication in {Indication.HASH_FAILURE, Indication.FORMAT_FAILURE}


UTF_7 = b'<?xml version="1.0" encoding="UTF-7"?><x/>'
ZEROS = base64.b64encode(bytes(256)).decode()
FORMAT, HASH = Indication.FORMAT_FAILURE, Indication.HASH_FAILURE
NOT_FOUND, CONSTRAINTS = Indication.SIGNED_DATA_NOT_FOUND, Indication.SIG_CONSTRAINTS_FAILURE
CRYPTO = Indication.CRYPTO_CONSTRAINTS_FAILURE
XSLT, XPATH = "http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/TR/1999/REC-xpath-19991116"


@pytest.mark.parametrize(
    ("change", "again", "indication", "reason"),
    [
        (set_text("fin", "9ZZZZZ9"), False, HASH, "DOC.REF.DIGEST"),
        (transplant, False, HASH, "DOC.REF.DIGEST"),
        (set_text("SigningTime", "2026-03-01T11:00:00Z"), False, HASH, "DOC.REF.DIGEST"),
        (set_text("SignatureValue", ZEROS), False, Indication.SIG_CRYPTO_FAILURE, "DOC.INVALIDSIGNATURE"),
        (twin_with_same_id, True, FORMAT, "SIG.ID.DUPLICATE"),
        (wrap_all, False, NOT_FOUND, "DOC.OBJECT.TWO"),
        (move_signature, True, NOT_FOUND, "DOC.SIGNATURE.POSITION"),
        (remove("Signature"), False, FORMAT, "DOC.NO_SIGNATURE"),
        (second_signature, False, FORMAT, "DOC.TWO_SIGNATURES"),
        (partial, True, NOT_FOUND, "DOC.REF.POSITION"),
        (lambda root: root[3][0].remove(reference(0)(root)), True, NOT_FOUND, "DOC.REF.DOCUMENT"),
        (lambda root: root[3][0].remove(reference(1)(root)), True, FORMAT, "DOC.REF.PROPERTIES"),
        (twice, True, FORMAT, "DOC.REF.TWICE"),
        (lambda root: reference(0)(root).attrib.pop("URI"), True, FORMAT, "DOC.REF.TRANSFORM"),
        (lambda root: reference(2)(root).attrib.pop("URI"), True, FORMAT, "DOC.REF.URI"),
        (external("http://127.0.0.1:9/canary"), True, FORMAT, "DOC.REF.URI"),
        (external("file:///etc/passwd"), True, FORMAT, "DOC.REF.URI"),
        (external("#xpointer(/)"), True, NOT_FOUND, "DOC.REF.POSITION"),
        (external("#nobody"), True, NOT_FOUND, "DOC.REF.POSITION"),
        (lambda root: reference(1)(root).attrib.pop("Type"), True, FORMAT, "DOC.REF.TYPE"),
        (add_transform(0, XSLT), True, FORMAT, "DOC.REF.TRANSFORM"),
        (add_transform(0, XPATH), True, FORMAT, "DOC.REF.TRANSFORM"),
        (add_transform(1, XSLT), True, FORMAT, "DOC.REF.TRANSFORM"),
        (add_transform(1, f"{DS}base64"), True, FORMAT, "DOC.REF.TRANSFORM"),
        (lambda root: etree.SubElement(find(root, "Transform"), f"{D}XPath"), True, FORMAT, "DOC.REF.TRANSFORM"),
        (set_attribute("SignatureMethod", "Algorithm", f"{DS}rsa-sha1"), True, CRYPTO, "DOC.METHOD.ALGORITHM"),
        (set_attribute("SignatureMethod", "Algorithm", f"{DS}hmac-sha1"), True, CRYPTO, "DOC.METHOD.ALGORITHM"),
        (set_attribute("DigestMethod", "Algorithm", f"{DS}sha1"), True, CRYPTO, "DOC.REF.METHOD.ALGORITHM"),
        (set_attribute("CanonicalizationMethod", "Algorithm", XSLT), True, FORMAT, "DOC.C14N.ALGORITHM"),
        (set_attribute("QualifyingProperties", "Target", "#other"), True, FORMAT, "DOC.PROPERTIES.TARGET"),
        (lambda root: etree.SubElement(find(root, "Signature"), f"{D}Object"), False, NOT_FOUND, "DOC.OBJECT.TWO"),
        (lambda root: etree.SubElement(find(root, "Object"), f"{D}Manifest"), False, NOT_FOUND, "DOC.OBJECT.CONTENT"),
        (remove("SigningTime"), True, CONSTRAINTS, "DOC.PROPERTIES.MISSING"),
        (set_text("SigningTime", "2026-03-01T12:01:01Z"), True, CONSTRAINTS, "DOC.TIME.FUTURE"),
        (set_text("SigningTime", "1970-01-01T00:00:00Z"), True, CONSTRAINTS, "DOC.TIME.CERTIFICATE"),
        (set_text("SigningTime", "yesterday"), True, CONSTRAINTS, "DOC.TIME.FORM"),
        (remove("SigningCertificateV2"), True, CONSTRAINTS, "DOC.PROPERTIES.MISSING"),
        (old_certificate_property, True, CONSTRAINTS, "DOC.CERTIFICATE.V1"),
        (certificate_digest(algorithm=f"{DS}sha1"), True, CONSTRAINTS, "DOC.CERTIFICATE.ALGORITHM"),
        (certificate_digest(digest=base64.b64encode(bytes(32)).decode()), True, CONSTRAINTS, "DOC.CERTIFICATE.OTHER"),
        (remove("X509Certificate"), True, Indication.NO_SIGNING_CERTIFICATE_FOUND, "DOC.KEYINFO.CERTIFICATE"),
        (flood, True, Indication.CHAIN_CONSTRAINTS_FAILURE, "DOC.KEYINFO.FLOOD"),
        (lambda root: etree.SubElement(find(root, "KeyInfo"), f"{D}RetrievalMethod"), True, FORMAT, "DOC.KEYINFO.KIND"),
        (set_text("DigestValue", "!AAA"), False, FORMAT, "DOC.REF.VALUE.BASE64"),
        (lambda root: root[1].append(etree.Comment("x")), True, FORMAT, "XML.COMMENT.IN_TEXT"),
        (lambda root: root[1].append(etree.PI("x", "y")), True, FORMAT, "XML.PI"),
        (lambda root: root.insert(0, etree.Comment("a promise")), False, FORMAT, "DOC.COMMENT"),
    ],
)
def test_a_file_that_is_not_as_it_must_be_is_refused(
    change: Callable[[etree._Element], object], again: bool, indication: Indication, reason: str
) -> None:
    error = refusal(changed(change, again=again))
    assert (error.indication, error.reason) == (indication, reason)
    assert (error.text_az, error.text_en) == TEXTS[indication]


@pytest.mark.parametrize(
    "data", [b"", b"<x", b"<!DOCTYPE x><x/>", b'<?xml version="1.0" encoding="UTF-7"?><x/>', b"PK\x03\x04", b"%PDF-1.7"]
)
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    assert refusal(data).indication == FORMAT


def test_a_key_value_of_somebody_else_is_refused() -> None:
    signer = XAdESSigner(c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0)
    signing_time_now(signer)
    root = signer.sign(etree.fromstring(DOCUMENT), key=person().key, cert=[person().certificate])
    find(root, "Modulus").text = base64.b64encode(bytes([1] * 256)).decode()
    assert refusal(etree.tostring(root)).indication in {FORMAT, HASH}


@pytest.mark.parametrize(
    ("make", "now", "indication"),
    [
        (lambda: Authority.root(NOW).authority(NOW).issue("Stranger", NOW), NOW, Indication.NO_CERTIFICATE_CHAIN_FOUND),
        (lambda: pki().issuing.issue("Short", NOW, days=1), NOW + timedelta(days=2), Indication.EXPIRED),
        (lambda: pki().issuing.issue("Later", NOW + timedelta(days=2)), NOW, Indication.NOT_YET_VALID),
        (lambda: pki().issuing.issued, NOW, Indication.CHAIN_CONSTRAINTS_FAILURE),
    ],
    ids=["stranger", "expired", "later", "authority"],
)
def test_a_certificate_that_may_not_sign_is_refused(
    make: Callable[[], Issued], now: object, indication: Indication
) -> None:
    data = sign_application(DOCUMENT.encode(), make().signing_key(), NOW)
    with pytest.raises(DocumentRefusedError) as caught:
        verify_application(data, trust=pki().trust, now=now, limits=Limits())
    assert caught.value.indication == indication


def test_nothing_of_a_file_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for name in ("signxml", "signxml.processor"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        verified(signed())
    assert "Əhali" not in caplog.text
    assert "Canonicalized" not in caplog.text


def test_every_indication_has_texts_in_both_languages() -> None:
    assert set(TEXTS) == set(Indication)
    assert all(az and en and az != en for az, en in TEXTS.values())
