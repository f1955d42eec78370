"""Each frequent mistake is made as a toolkit makes it, and recognised; what is right is not called a mistake."""

import base64
import hashlib
import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from gateway.security import verify as verification
from gateway.security.dev_pki import Authority
from gateway.security.explanation import explain
from gateway.security.guards import GUARDS, guard_of
from gateway.security.mistakes import TEXTS, Mistake
from gateway.xml.namespaces import DS, WSSE, WSU
from tests.unit.gateway.security.material import (
    LOGIN,
    NOW,
    PAYLOAD,
    SOAPS,
    Ref,
    c14n,
    forge,
    pki,
    system,
    timestamp,
    token,
    username,
    wsa,
)

INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


def explained(data, **how):
    return explain(data, **({"trust": pki().trust, "now": NOW + timedelta(seconds=2)} | how))


def mistakes(found):
    return [(each, subject) for each, subject in found.mistakes]


def body(root):
    return next(each for each in root if etree.QName(each).localname == "Body")


def indent(root):
    etree.indent(root, "  ")


@pytest.mark.parametrize("soap", SOAPS)
@pytest.mark.parametrize("kind", ["RSA-2048", "P-256"])
def test_a_correct_message_has_no_mistakes_and_every_digest_is_shown(soap, kind):
    issued = system(kind)
    data = forge(issued=issued, soap=SOAPS[soap], security=[timestamp(), token(issued)])
    found = explained(data, is_enrolled=lambda _: True, received=NOW + timedelta(seconds=3))
    assert (found.reason, found.code, found.guard, found.mistakes) == (None, None, None, ())
    assert (found.version, found.value_holds, found.clock_skew) == (soap, True, "-3.000")
    assert [(each.part, each.holds) for each in found.references] == [("Timestamp", True), ("Body", True)]
    assert found.certificate.subject == issued.certificate.subject.rfc4514_string()
    for reference in found.references:
        digest = base64.b64encode(hashlib.sha256(reference.canonical).digest()).decode()
        assert digest == reference.found == reference.expected
    info = etree.fromstring(data).find(f".//{{{DS}}}SignedInfo")
    assert found.signed_info == c14n(info)


def test_a_body_that_was_pretty_printed_after_signing():
    found = explained(forge(after=lambda root: indent(body(root))))
    assert (found.reason, found.guard.number) == ("SIG.REF.DIGEST", 10)
    assert mistakes(found) == [(Mistake.REFORMATTED, "Body")]
    (broken,) = [each for each in found.references if not each.holds]
    assert b"\n" in broken.canonical
    assert broken.found != broken.expected


def test_a_whole_message_that_was_pretty_printed_after_signing():
    found = explained(forge(after=indent))
    assert found.guard.number == 9
    assert {(Mistake.REFORMATTED, part) for part in ("SignedInfo", "Timestamp", "Body")} == set(mistakes(found))


def test_a_digest_over_inclusive_canonicalisation_under_the_name_of_exclusive():
    payload = '<q:CheckDocuments xmlns:q="urn:q"/>'
    root = etree.fromstring(forge(payload=payload, envelope_attributes='xmlns:extra="urn:extra"'))
    other = c14n(body(root), exclusive=False)
    data = forge(
        payload=payload, envelope_attributes='xmlns:extra="urn:extra"', refs=["TS", Ref("Body", digest_of=other)]
    )
    found = explained(data)
    assert found.reason == "SIG.REF.DIGEST"
    assert mistakes(found) == [(Mistake.OTHER_C14N, "Body")]


def test_another_canonicalisation_that_is_declared():
    transforms = f'<ds:Transforms><ds:Transform Algorithm="{INCLUSIVE}"/></ds:Transforms>'
    found = explained(forge(refs=["TS", Ref("Body", transforms=transforms)]))
    assert (found.reason, found.guard.number) == ("SIG.TRANSFORM.ALGORITHM", 4)
    assert (Mistake.OTHER_C14N, f"Body ({INCLUSIVE})") in mistakes(found)
    found = explained(forge(c14n=f'<ds:CanonicalizationMethod Algorithm="{INCLUSIVE}"/>'))
    assert (found.reason, found.guard.number) == ("SIG.C14N.ALGORITHM", 4)
    assert (Mistake.OTHER_C14N, f"SignedInfo ({INCLUSIVE})") in mistakes(found)


@pytest.mark.parametrize(
    ("refs", "more", "missing"),
    [
        (["Body"], {}, "Timestamp"),
        (["TS"], {}, "Body"),
        (["TS", "Body"], {"security": [timestamp(), token(system()), username(LOGIN)]}, "UsernameToken"),
        (["TS", "Body"], {"headers": wsa("To", "urn:to")}, "To"),
    ],
)
def test_a_part_that_is_not_signed(refs, more, missing):
    found = explained(forge(refs=refs, **more))
    assert found.guard.number == 11
    assert mistakes(found) == [(Mistake.NOT_COVERED, missing)]


def test_a_certificate_of_another_authority():
    stranger = Authority.root(NOW - timedelta(days=3)).issue("Stranger", NOW - timedelta(days=1))
    found = explained(forge(issued=stranger, security=[timestamp(), token(stranger)]), is_enrolled=lambda _: True)
    assert (found.reason, found.guard.number) == ("CERT.NO_CHAIN", 8)
    assert mistakes(found) == [(Mistake.UNTRUSTED, "CERT.NO_CHAIN")]
    assert found.value_holds, "what can be computed is computed all the same"


def test_a_certificate_that_nobody_enrolled():
    found = explained(forge(), is_enrolled=lambda _: False)
    assert (found.reason, found.code, found.guard) == ("ID.SYSTEM.UNKNOWN", "client.security.failed-check", None)
    assert mistakes(found) == [(Mistake.NOT_ENROLLED, found.certificate.fingerprint)]
    assert explained(forge()).reason is None, "where nobody can be asked, nothing is said of it"


@pytest.mark.parametrize(
    ("received", "reason", "mistake"),
    [
        (NOW - timedelta(minutes=3), "TIME.FUTURE", (Mistake.CLOCK_AHEAD, "+180.000 s")),
        (NOW + timedelta(minutes=7), "TIME.EXPIRED", (Mistake.CLOCK_BEHIND, "-420.000 s")),
    ],
)
def test_a_clock_that_is_off(received, reason, mistake):
    found = explained(forge(), received=received, now=NOW + timedelta(days=1))
    assert (found.reason, found.guard.number) == (reason, 12)
    assert mistakes(found) == [mistake]


def test_a_message_from_the_future_needs_no_time_of_receipt_and_an_old_one_is_judged_as_of_its_own():
    ahead = explained(forge(), now=NOW - timedelta(hours=4))
    assert ahead.reason == "TIME.FUTURE"
    assert mistakes(ahead) == [(Mistake.CLOCK_AHEAD, "+14400.000 s")]
    assert explained(forge(), now=NOW + timedelta(days=300)).reason is None


def test_a_lifetime_that_is_too_long():
    security = [timestamp(expires=NOW + timedelta(hours=1)), token(system())]
    found = explained(forge(security=security))
    assert found.reason == "TIME.LIFETIME"
    assert [mistake for mistake, _ in found.mistakes] == [Mistake.LIFETIME]


@pytest.mark.parametrize("attribute", ["Id", "ID", "id"])
def test_an_id_in_another_attribute_than_wsu_id(attribute):
    other = f'<soap:Body {attribute}="Body">{PAYLOAD}</soap:Body>'
    ref = "Body" if attribute == "Id" else Ref("Body", digest_of=b"")
    found = explained(forge(body=other, refs=["TS", ref]))
    assert (Mistake.ID_ATTRIBUTE, f"Body/@{attribute}") in mistakes(found)
    assert attribute == "Id" or found.reason is not None


@pytest.mark.parametrize("uri", ["#Elsewhere", "Body", ""])
def test_a_reference_to_nothing(uri):
    found = explained(forge(refs=["TS", Ref("Body", uri=uri)]))
    assert found.guard.number == 6
    assert (Mistake.NO_SUCH_ID, uri or "URI") in mistakes(found)


def test_sha_1_as_signature_or_as_digest():
    method = f"{DS}rsa-sha1"
    found = explained(forge(method=method))
    assert (found.reason, found.guard.number) == ("SIG.METHOD.ALGORITHM", 4)
    assert mistakes(found) == [(Mistake.WEAK_ALGORITHM, method)]
    digest = f"{DS}sha1"
    found = explained(forge(refs=["TS", Ref("Body", digest=digest)]))
    assert found.reason == "SIG.REF.METHOD.ALGORITHM"
    assert mistakes(found) == [(Mistake.WEAK_ALGORITHM, digest)]
    assert found.references[1].holds, "the digest itself was computed rightly"


def test_an_ecdsa_value_in_der():
    issued = system("P-256")
    security = [timestamp(), token(issued)]
    found = explained(
        forge(issued=issued, security=security, sign=lambda data: issued.key.sign(data, ec.ECDSA(hashes.SHA256())))
    )
    assert found.guard.number == 9
    assert mistakes(found) == [(Mistake.DER_VALUE, "SignatureValue")]


def test_another_key_and_a_changed_content_are_what_is_left():
    other = system(name="Other")
    found = explained(forge(issued=other, security=[timestamp(), token(system())]))
    assert mistakes(found) == [(Mistake.OTHER_KEY, "SignedInfo")]
    found = explained(forge().replace(b"AA1234567", b"AA1234568"))
    assert mistakes(found) == [(Mistake.CHANGED, "Body")]


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (b"<no xml", 1),
        (b"<other/>", 2),
        (forge(after=lambda root: root.find(f".//{{{WSSE}}}Security").clear()), 3),
        (forge(after=lambda root: root.find(f".//{{{WSU}}}Timestamp").clear()), 5),
        (forge(after=lambda root: root.find(f".//{{{WSSE}}}BinarySecurityToken").clear()), 7),
    ],
)
def test_what_is_no_message_at_all_is_explained_as_far_as_it_goes(data, number):
    found = explained(data)
    assert found.reason is not None
    assert found.guard is not None
    assert found.guard.number in {number, 6}


def test_guards_are_those_of_the_verifier():
    table = re.findall(r"^ ?(\d+) (\w+) +.*?  +(\S.*)$", verification.__doc__, re.MULTILINE)
    assert [(guard.number, guard.name, guard.clause) for guard in GUARDS] == [
        (int(number), name, clause) for number, name, clause in table
    ]


@pytest.mark.parametrize(
    ("reason", "number"),
    [
        ("SIG.VALUE", 9), ("SIG.VALUE.BASE64", 4), ("SIG.REF.DIGEST", 10), ("SIG.REF.VALUE.LEAF", 4),
        ("SIG.ID.DUPLICATE", 5), ("SIG.COVERAGE.BODY", 11), ("SOAP.BODY.TYPE_UNBOUND", 13), ("CERT.EKU", 8),
    ],
)  # fmt: skip
def test_a_reason_belongs_to_its_guard(reason, number):
    assert guard_of(reason).number == number


def test_what_is_judged_after_the_core_has_no_guard_there():
    assert guard_of("ACCESS.OPERATION") is None


def test_every_mistake_has_a_text_in_both_languages():
    assert set(TEXTS) == set(Mistake)
    assert all(en != az and en.endswith(".") and az.endswith(".") for en, az in TEXTS.values())
