"""Signed files, entry by entry (security §4 G): the sub-indication of ETSI EN 319 102-1 that is due.

B194 and B196 are with the certificates, where the canary is; B199 to B202 as far as content is concerned are in
tests/unit/gateway/soap/test_confirmation.py; time stamps (B200, B201) in test_stamps.py. B206 and B207 (attachments) do
not apply: there are none, a signed file is XML of the published schema and travels in the Body.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest
from lxml import etree

from gateway.security.errors import Indication
from gateway.security.xades import sign_application
from gateway.security.xades_rules import DocumentRules, SignaturePolicy
from gateway.xml.namespaces import XADES
from tests.unit.gateway.security.material import NOW, c14n, raw_signature
from tests.unit.gateway.security.signed_files import (
    DOCUMENT,
    D,
    X,
    certificate_digest,
    changed,
    find,
    move_signature,
    old_certificate_property,
    partial,
    person,
    reference,
    refusal,
    remove,
    second_signature,
    set_text,
    sign_again,
    signed,
    transplant,
    twin_with_same_id,
    verified,
    wrap_all,
)

FORMAT, HASH = Indication.FORMAT_FAILURE, Indication.HASH_FAILURE
NOT_FOUND, CONSTRAINTS = Indication.SIGNED_DATA_NOT_FOUND, Indication.SIG_CONSTRAINTS_FAILURE
POLICY_ERROR = Indication.POLICY_PROCESSING_ERROR
POLICY = SignaturePolicy("1.3.6.1.4.1.99999.1", hashlib.sha256(b"the policy").digest())
DEMANDING = DocumentRules(policy=POLICY)


def with_policy(policy: SignaturePolicy = POLICY) -> bytes:
    return sign_application(DOCUMENT.encode(), person().signing_key(), NOW, policy=policy)


def test_b179_any_changed_character_of_the_content_is_a_wrong_digest() -> None:
    data = signed()
    texts = [data.index(text.encode()) + at for text in ("reyestri", "1ABCDE2") for at in range(len(text))]
    for position in texts:
        spoilt = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        assert refusal(spoilt).indication == HASH


def test_b180_the_signature_of_another_document_is_a_wrong_digest() -> None:
    assert refusal(changed(transplant)).indication == HASH


def test_b181_a_second_element_with_the_same_id_is_out_of_form() -> None:
    assert refusal(changed(twin_with_same_id, again=True)).indication == FORMAT


def test_b182_content_beside_what_was_signed_is_not_signed() -> None:
    def elsewhere(root: etree._Element) -> None:
        etree.SubElement(root, "fake", Id="fake")
        reference(0)(root).set("URI", "#fake")
        find(reference(0)(root), "Transforms").remove(find(reference(0)(root), "Transform"))

    for change in (move_signature, wrap_all, elsewhere):
        assert refusal(changed(change, again=True)).indication == NOT_FOUND


@pytest.mark.parametrize("place", ["Signature", "Object"])
@pytest.mark.parametrize("content", ["Object", "Manifest"])
def test_b184_an_object_or_manifest_of_ones_own_is_not_the_document(place: str, content: str) -> None:
    def add(root: etree._Element) -> None:
        holder = find(root, place)
        if place == "Signature":
            holder = etree.SubElement(holder, f"{D}Object", Id="fake")
        etree.SubElement(holder, f"{D}{content}", Id="fake-content")

    assert refusal(changed(add)).indication == NOT_FOUND


def test_b185_properties_without_a_reference_are_out_of_form() -> None:
    def unreferenced(root: etree._Element) -> None:
        find(root, "SignedInfo").remove(reference(1)(root))

    assert refusal(changed(unreferenced, again=True)).indication == FORMAT


@pytest.mark.parametrize(
    "change",
    [
        remove("SigningCertificateV2"),
        remove("CertDigest"),
        certificate_digest(digest=base64.b64encode(bytes(32)).decode()),
        old_certificate_property,
        certificate_digest(algorithm=f"{D[1:-1]}sha1"),
    ],
    ids=["missing", "without digest", "digest", "both", "sha1"],
)
def test_b186_the_signed_property_must_name_the_certificate(change: object) -> None:
    assert refusal(changed(change, again=True)).indication == CONSTRAINTS


def test_b187_a_required_policy_must_be_stated() -> None:
    assert refusal(signed(), rules=DEMANDING).indication == POLICY_ERROR
    assert verified(with_policy(), rules=DEMANDING).payload.tag == "{urn:r}application"


@pytest.mark.parametrize(
    "digest", [hashlib.sha384(b"the policy").digest(), hashlib.sha512(b"the policy").digest()], ids=["384", "512"]
)
def test_b187_the_policy_may_be_known_by_a_longer_digest(digest: bytes) -> None:
    policy = replace(POLICY, digest=digest)
    assert verified(with_policy(policy), rules=DocumentRules(policy=policy))
    assert refusal(with_policy(), rules=DocumentRules(policy=policy)).reason == "DOC.POLICY.METHOD"


def implied(root: etree._Element) -> None:
    holder = find(root, "SignaturePolicyIdentifier")
    holder.remove(holder[0])
    etree.SubElement(holder, f"{X}SignaturePolicyImplied")


def transformed(root: etree._Element) -> None:
    find(root, "SigPolicyId").addnext(etree.Element(f"{D}Transforms"))


def stated_twice(root: etree._Element) -> None:
    holder = find(root, "SignaturePolicyIdentifier")
    holder.addnext(etree.fromstring(etree.tostring(holder)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (implied, "DOC.POLICY.MISSING"),
        (stated_twice, "DOC.POLICY.MISSING"),
        (set_text("Identifier", "urn:oid:1.3.6.1.4.1.99999.2"), "DOC.POLICY.OTHER"),
        (remove("Identifier"), "DOC.POLICY.FORM"),
        (remove("SigPolicyHash"), "DOC.POLICY.FORM"),
        (transformed, "DOC.POLICY.METHOD"),
        (
            lambda root: find(find(root, "SigPolicyHash"), "DigestMethod").set("Algorithm", f"{D[1:-1]}sha1"),
            "DOC.POLICY.METHOD",
        ),
        (
            lambda root: setattr(find(find(root, "SigPolicyHash"), "DigestValue"), "text", "A" * 43 + "="),
            "DOC.POLICY.DIGEST",
        ),
        (
            lambda root: setattr(find(find(root, "SigPolicyHash"), "DigestValue"), "text", "no base64"),
            "DOC.POLICY.DIGEST",
        ),
    ],
)
def test_b187_a_policy_that_is_not_the_one_required_counts_for_none(change: object, reason: str) -> None:
    data = changed(change, again=True, data=with_policy())
    error = refusal(data, rules=DEMANDING)
    assert (error.indication, error.reason) == (POLICY_ERROR, reason)


def test_b187_the_identifier_may_be_written_without_its_urn_and_with_space_around() -> None:
    data = changed(set_text("Identifier", f"\n  {POLICY.identifier}\n"), again=True, data=with_policy())
    assert verified(data, rules=DEMANDING)


def test_a_policy_that_nobody_asked_for_neither_helps_nor_harms() -> None:
    unknown = replace(POLICY, identifier="2.999.1", digest=bytes(32))
    assert verified(with_policy(unknown)).signing_time == NOW


@pytest.mark.parametrize("when", ["2026-03-01T12:01:01Z", "2026-02-28T10:00:00Z", "1970-01-01T00:00:00Z", None])
def test_b189_a_signing_time_out_of_place_is_refused(when: str | None) -> None:
    change = remove("SigningTime") if when is None else set_text("SigningTime", when)
    assert refusal(changed(change, again=True)).indication == CONSTRAINTS


def test_b190_a_signature_over_a_part_leaves_the_rest_unsigned() -> None:
    assert refusal(changed(partial, again=True)).indication == NOT_FOUND


def _counter_signed(root: etree._Element, reference_to: str) -> None:
    unsigned = etree.SubElement(find(root, "QualifyingProperties"), f"{X}UnsignedProperties")
    holder = etree.SubElement(etree.SubElement(unsigned, f"{X}UnsignedSignatureProperties"), f"{X}CounterSignature")
    counter = etree.fromstring(signed(kind="P-256"))[-1]
    for each in counter.iter(etree.Element):
        if each.get("Id"):
            each.set("Id", f"counter-{each.get('Id')}")
    reference(0)(counter).set("URI", reference_to)
    holder.append(counter)


@pytest.mark.parametrize("to", ["", "#fake", "http://127.0.0.1:9/x"])
def test_b191_a_counter_signature_changes_nothing_and_is_never_shown(to: str) -> None:
    before, after = verified(signed()), verified(changed(lambda root: _counter_signed(root, to)))
    assert etree.tostring(before.payload) == etree.tostring(after.payload)
    assert (before.signer, before.level) == (after.signer, after.level)


def test_b192_two_signatures_are_refused_whole_good_or_bad() -> None:
    def second_bad(root: etree._Element) -> None:
        second_signature(root)
        list(root.iter(f"{D}SignatureValue"))[1].text = base64.b64encode(bytes(64)).decode()

    assert refusal(changed(second_signature)).indication == FORMAT
    assert refusal(changed(second_bad)).indication == FORMAT


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_b195_a_document_type_is_out_of_form(codec: str) -> None:
    data = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + signed()
    assert refusal(data.decode().encode(codec)).indication == FORMAT


@pytest.mark.parametrize("inside", [b"<!-- -->", b"<?x?>"])
def test_b197_a_text_cut_in_two_is_refused(inside: bytes) -> None:
    assert refusal(signed().replace(b"1ABCDE2", b"1AB" + inside + b"CDE2")).indication == FORMAT
    data = changed(sign_again, data=signed().replace(b"1ABCDE2", b"1AB" + inside + b"CDE2"))
    assert refusal(data).indication == FORMAT


@pytest.mark.parametrize("data", [b"PK\x03\x04mimetypeapplication/vnd.etsi.asic-e+zip", b"%PDF-1.7", b"MIIB"])
def test_b209_containers_and_other_signatures_are_not_taken(data: bytes) -> None:
    assert refusal(data).indication == FORMAT


PARTS = [
    "SignedInfo",
    "CanonicalizationMethod",
    "SignatureMethod",
    "SignatureValue",
    "KeyInfo",
    "SignedProperties",
    "SignedSignatureProperties",
    "DigestMethod",
    "DigestValue",
]


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_a_signature_is_there_once(part: str) -> None:
    def double(root: etree._Element) -> None:
        copy = etree.fromstring(etree.tostring(find(root, part)))
        for each in copy.iter(etree.Element):
            each.attrib.pop("Id", None)
        find(root, part).addnext(copy)

    assert refusal(changed(remove(part))).indication == FORMAT
    assert refusal(changed(double)).indication == FORMAT


def named_by_its_id(root: etree._Element) -> None:
    root.set("Id", "whole")
    reference(0)(root).set("URI", "#whole")


def test_a_signature_may_name_the_root_by_its_id() -> None:
    root = etree.fromstring(signed())
    named_by_its_id(root)
    signature = find(root, "Signature")
    uri = reference(0)(root)
    uri.set("URI", "")
    sign_again(root)  # the digest of the whole, as if named by nothing
    uri.set("URI", "#whole")
    info = etree.fromstring(etree.tostring(root))
    assert refusal(etree.tostring(info)).indication == Indication.SIG_CRYPTO_FAILURE
    _sign_info(root, signature)
    assert verified(etree.tostring(root)).payload.get("Id") == "whole"
    spoilt = etree.tostring(root).replace(b"1ABCDE2", b"9ABCDE2")
    assert refusal(spoilt).indication == HASH


def _sign_info(root: etree._Element, signature: etree._Element) -> None:
    info = find(signature, "SignedInfo")
    value = raw_signature(person(), find(info, "SignatureMethod").get("Algorithm"), c14n(info))
    find(signature, "SignatureValue").text = base64.b64encode(value).decode()


def test_the_namespace_of_the_properties_is_the_one_of_version_1_3_2() -> None:
    other = signed().replace(XADES.encode(), b"http://uri.etsi.org/01903/v1.1.1#")
    assert refusal(other).indication == NOT_FOUND
