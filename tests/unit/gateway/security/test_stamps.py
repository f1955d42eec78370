"""Time stamps of signed files (security §4 G, B200 and B201): which prove something, and which spoil the file."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from lxml import etree

from gateway.security.dev_pki import Issued
from gateway.security.errors import STAMP_TEXTS, DocumentRefusedError, Indication, StampRefusedError
from gateway.security.inspection import Known, inspect
from gateway.security.ocsp import OcspAnswer, Standing, authority_key
from gateway.security.revocation import Knowledge
from gateway.security.stamp_asn1 import CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE_V2, Accuracy
from gateway.security.stamp_token import MAX_TOKEN, read_token
from gateway.security.stamps import StampAuthorities
from gateway.security.trust import TrustStore
from gateway.security.xades import sign_application
from gateway.security.xades_rules import DocumentRules, Level
from tests.servers.tsa import SHA1_OID, StampPki, TimeStampAuthority, stamper, usage
from tests.unit.gateway.security.material import NOW, pki, system
from tests.unit.gateway.security.signed_files import DOCUMENT, D, X, changed, find, person, refusal, signed, verified
from tests.unit.gateway.security.test_xades_certificates import crl, knowing

ORDER, NO_CHAIN = Indication.TIMESTAMP_ORDER_FAILURE, Indication.NO_CERTIFICATE_CHAIN_FOUND
HASH, FORMAT = Indication.HASH_FAILURE, Indication.FORMAT_FAILURE
CRYPTO, CONSTRAINTS = Indication.CRYPTO_CONSTRAINTS_FAILURE, Indication.SIG_CONSTRAINTS_FAILURE
A_YEAR = timedelta(days=366)


@lru_cache(maxsize=1)
def tsa() -> StampPki:
    return StampPki.make(NOW)


def authorities(**options: object) -> StampAuthorities:
    return StampAuthorities([tsa().root.issued.certificate], [tsa().issuing.issued.certificate], **options)


RULES = DocumentRules(authorities=authorities())
REQUIRED = replace(RULES, level=Level.B_T)


def stamped(authority: TimeStampAuthority | None = None, *, by: Issued | None = None, **faults: object) -> bytes:
    authority = (authority or tsa().authority).with_faults(**faults)
    return sign_application(DOCUMENT.encode(), (by or person()).signing_key(), NOW, stamp=authority.token)


def verdict(data: bytes, **options: object) -> tuple[Indication, str]:
    error = refusal(data, rules=RULES, **options)
    assert isinstance(error, StampRefusedError)
    assert (error.text_az, error.text_en) == STAMP_TEXTS[error.indication]
    return error.indication, error.reason


# --- accepted ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["P-256", "P-384", "RSA-2048"])
def test_a_time_stamp_of_a_trusted_authority_makes_the_file_b_t(kind: str) -> None:
    authority = TimeStampAuthority(stamper(tsa().issuing, NOW - timedelta(days=1), kind=kind), now=NOW)
    document = verified(stamped(authority), rules=REQUIRED)
    assert (document.level, document.stamped_at, document.signing_time) == (Level.B_T, NOW, NOW)


def test_an_authority_may_say_how_accurate_it_is() -> None:
    second = Accuracy(seconds=1, millis=500, micros=1)
    assert verified(stamped(accuracy=second), rules=REQUIRED).stamped_at == NOW


def test_without_authorities_of_the_operator_a_time_stamp_is_inert() -> None:
    document = verified(stamped(digest=bytes(32), spoil_signature=True))
    assert (document.level, document.stamped_at) == (Level.B_B, None)


def test_a_file_without_a_time_stamp_is_b_b_and_refused_where_b_t_is_required() -> None:
    assert verified(signed(), rules=RULES).level is Level.B_B
    error = refusal(signed(), rules=REQUIRED)
    assert (error.indication, error.reason) == (CONSTRAINTS, "STAMP.MISSING")


@pytest.mark.parametrize(
    "method", [None, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11"]
)
def test_the_signature_value_is_canonicalised_as_the_time_stamp_says(method: str | None) -> None:
    def add(root: etree._Element) -> None:
        form = etree.tostring(find(root, "SignatureValue"), method="c14n", exclusive=False)
        holder = find(root, "QualifyingProperties")
        for name in ("UnsignedProperties", "UnsignedSignatureProperties", "SignatureTimeStamp"):
            holder = etree.SubElement(holder, f"{X}{name}")
        if method:
            etree.SubElement(holder, f"{D}CanonicalizationMethod", Algorithm=method)
        token = tsa().authority.token(hashlib.sha256(form).digest())
        add_token(holder, token)

    assert verified(changed(add), rules=REQUIRED).level is Level.B_T


def add_token(holder: etree._Element, token: bytes) -> None:
    etree.SubElement(holder, f"{X}EncapsulatedTimeStamp").text = base64.b64encode(token).decode()


def test_of_several_time_stamps_the_earliest_counts_and_all_must_hold() -> None:
    def again(**faults: object) -> bytes:
        root = etree.fromstring(stamped(generated=NOW + timedelta(seconds=30)))
        first = find(root, "SignatureTimeStamp")
        form = etree.tostring(find(root, "SignatureValue"), method="c14n", exclusive=True)
        second = etree.fromstring(etree.tostring(first))
        second.remove(second[-1])
        add_token(second, tsa().authority.with_faults(**faults).token(hashlib.sha256(form).digest()))
        first.addnext(second)
        return etree.tostring(root)

    later = NOW + timedelta(minutes=1)
    assert verified(again(), rules=RULES, now=later).stamped_at == NOW
    assert verdict(again(spoil_signature=True), now=later)[0] == Indication.SIG_CRYPTO_FAILURE


def test_openssl_accepts_our_tokens_and_we_accept_those_of_openssl(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"stamped").digest()
    today = StampPki.make(datetime.now(UTC), kind="RSA-2048")  # OpenSSL judges as of now
    issued = today.authority.issued
    (tmp_path / "digest.token").write_bytes(TimeStampAuthority(issued).token(digest))
    (tmp_path / "root.pem").write_bytes(today.root.issued.certificate_pem)
    (tmp_path / "chain.pem").write_bytes(today.issuing.issued.certificate_pem)
    (tmp_path / "tsa.pem").write_bytes(issued.certificate_pem)
    (tmp_path / "tsa.key").write_bytes(issued.key_pem)
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "ts.cnf").write_text(
        "[tsa]\ndefault_tsa=one\n[one]\nserial=serial\ndefault_policy=1.2.3.4\ndigests=sha256\n"
        "signer_digest=sha256\ness_cert_id_alg=sha256\n"
    )

    def ts(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["openssl", "ts", *arguments], cwd=tmp_path, capture_output=True, check=False, timeout=30)

    checked = ("-verify", "-digest", digest.hex(), "-token_in", "-CAfile", "root.pem", "-untrusted", "chain.pem")
    accepted = ts(*checked, "-in", "digest.token")
    assert b"Verification: OK" in accepted.stdout, accepted.stderr
    asked = ts("-query", "-digest", digest.hex(), "-sha256", "-cert", "-no_nonce", "-out", "query")
    assert asked.returncode == 0, asked.stderr
    made = ts(
        "-reply", "-config", "ts.cnf", "-queryfile", "query", "-signer", "tsa.pem", "-inkey", "tsa.key",
        "-chain", "chain.pem", "-token_out", "-out", "theirs",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    token = read_token((tmp_path / "theirs").read_bytes())
    assert (token.imprint, token.policy, token.certificate) == (digest, "1.2.3.4", der(issued))


def der(issued: Issued) -> bytes:
    return issued.certificate.public_bytes(Encoding.DER)


# --- B200 -------------------------------------------------------------------------------------------------------------


def test_b200_a_time_stamp_of_another_signature_is_a_wrong_digest() -> None:
    assert verdict(stamped(digest=hashlib.sha256(b"other").digest())) == (HASH, "STAMP.IMPRINT")
    other = find(etree.fromstring(stamped(by=person("P-256"))), "EncapsulatedTimeStamp").text

    def transplant(root: etree._Element) -> None:
        find(root, "EncapsulatedTimeStamp").text = other

    assert verdict(changed(transplant, data=stamped())) == (HASH, "STAMP.IMPRINT")


def test_b200_an_authority_that_is_not_the_operators_makes_no_chain() -> None:
    stranger = StampPki.make(NOW).authority
    assert verdict(stamped(stranger)) == (NO_CHAIN, "STAMP.CERT.NO_CHAIN")
    of_signatories = TimeStampAuthority(stamper(pki().issuing, NOW - timedelta(days=1)), now=NOW)
    assert verdict(stamped(of_signatories)) == (NO_CHAIN, "STAMP.CERT.NO_CHAIN")


STAMPS = ExtendedKeyUsageOID.TIME_STAMPING


@pytest.mark.parametrize(
    "options",
    [
        {"critical": False},
        {"purpose": None},
        {"purpose": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING])},
        {"purpose": x509.ExtendedKeyUsage([STAMPS, ExtendedKeyUsageOID.CODE_SIGNING])},
        {"purpose": x509.ExtendedKeyUsage([STAMPS, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])},
    ],
    ids=["not critical", "none", "another", "one more", "any"],
)
def test_b200_without_the_one_critical_purpose_it_is_no_authority(options: dict[str, object]) -> None:
    issued = stamper(tsa().issuing, NOW - timedelta(days=1), **options)
    assert verdict(stamped(TimeStampAuthority(issued, now=NOW))) == (NO_CHAIN, "STAMP.CERT.EKU")


def test_b200_a_time_stamp_from_before_the_signing_time_is_out_of_order() -> None:
    assert verdict(stamped(generated=NOW - timedelta(seconds=61))) == (ORDER, "STAMP.BEFORE_SIGNING")
    assert verified(stamped(generated=NOW - timedelta(seconds=60)), rules=RULES).level is Level.B_T


def test_b200_a_time_stamp_from_the_future_is_out_of_order() -> None:
    assert verdict(stamped(generated=NOW + timedelta(seconds=61))) == (ORDER, "STAMP.FUTURE")
    assert verified(stamped(generated=NOW + timedelta(seconds=60)), rules=RULES).level is Level.B_T


def test_b200_a_time_stamp_after_the_end_of_the_signatorys_certificate_is_out_of_order() -> None:
    short = pki().issuing.issue("Leyla", NOW, kind="P-256", days=1)
    late = stamped(by=short, generated=NOW + timedelta(days=2))
    assert verdict(late, now=NOW + timedelta(days=3)) == (ORDER, "STAMP.CERTIFICATE_TERM")


def test_b200_an_imprint_by_sha1_is_a_wrong_digest() -> None:
    assert verdict(stamped(imprint_algorithm=SHA1_OID, digest=bytes(20))) == (HASH, "STAMP.IMPRINT.ALGORITHM")


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ({"spoil_signature": True}, (Indication.SIG_CRYPTO_FAILURE, "STAMP.SIGNATURE")),
        ({"signed_by": system("P-256")}, (Indication.SIG_CRYPTO_FAILURE, "STAMP.SIGNATURE")),
        ({"signed_by": system()}, (CRYPTO, "STAMP.SIGNATURE.ALGORITHM")),
        ({"signature_algorithm": SHA1_OID}, (CRYPTO, "STAMP.SIGNATURE.ALGORITHM")),
        ({"digest_algorithm": SHA1_OID}, (CRYPTO, "STAMP.ALGORITHM")),
        ({"name_algorithm": SHA1_OID}, (CRYPTO, "STAMP.ALGORITHM")),
        ({"message_digest": bytes(32)}, (HASH, "STAMP.DIGEST")),
        ({"content_type": SHA1_OID}, (CONSTRAINTS, "STAMP.ATTRIBUTE.TYPE")),
        ({"without_attribute": CONTENT_TYPE}, (CONSTRAINTS, "STAMP.ATTRIBUTE.MISSING")),
        ({"without_attribute": MESSAGE_DIGEST}, (CONSTRAINTS, "STAMP.ATTRIBUTE.MISSING")),
        ({"without_attribute": SIGNING_CERTIFICATE_V2}, (CONSTRAINTS, "STAMP.ATTRIBUTE.MISSING")),
        ({"twice": True}, (FORMAT, "STAMP.ATTRIBUTE.TWICE")),
        ({"named": system()}, (Indication.NO_SIGNING_CERTIFICATE_FOUND, "STAMP.CERTIFICATE")),
        ({"without_certificate": True}, (Indication.NO_SIGNING_CERTIFICATE_FOUND, "STAMP.CERTIFICATE")),
        ({"serial": 7}, (CONSTRAINTS, "STAMP.SIGNER")),
        ({"critical_extension": True}, (FORMAT, "STAMP.EXTENSION")),
        ({"accuracy": Accuracy(seconds=60, millis=1, micros=None)}, (CONSTRAINTS, "STAMP.ACCURACY")),
        ({"accuracy": Accuracy(seconds=None, millis=1000, micros=None)}, (FORMAT, "STAMP.ACCURACY.FORM")),
        ({"accuracy": Accuracy(seconds=10**12, millis=None, micros=None)}, (FORMAT, "STAMP.ACCURACY.FORM")),
        ({"accuracy": Accuracy(seconds=None, millis=None, micros=-1)}, (FORMAT, "STAMP.ACCURACY.FORM")),
        ({"version": 2}, (FORMAT, "STAMP.CONTENT")),
        ({"signers": 2}, (FORMAT, "STAMP.CONTENT")),
        ({"certificates": 100}, (FORMAT, "STAMP.BASE64")),
        ({"certificates": 11, "named": system()}, (Indication.CHAIN_CONSTRAINTS_FAILURE, "STAMP.CERTIFICATES")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_token_that_does_not_hold_together_spoils_the_file(
    faults: dict[str, object], expected: tuple[Indication, str]
) -> None:
    assert verdict(stamped(**faults)) == expected


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (lambda: stamper(tsa().issuing, NOW - timedelta(days=9), days=2), (Indication.EXPIRED, "CERT.EXPIRED")),
        (lambda: stamper(tsa().issuing, NOW + timedelta(days=1)), (Indication.NOT_YET_VALID, "CERT.NOT_YET_VALID")),
        (
            lambda: stamper(tsa().issuing, NOW, key_usage=usage(digital_signature=False)),
            (Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.KEY_USAGE"),
        ),
        (
            lambda: stamper(tsa().issuing, NOW, key_usage=usage(key_cert_sign=True)),
            (Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.KEY_USAGE"),
        ),
        (lambda: stamper(tsa().issuing, NOW, ca=True), (Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.IS_CA")),
    ],
    ids=["expired", "later", "usage", "issues", "authority"],
)
def test_an_authority_whose_certificate_is_not_in_order_is_refused(
    issued: object, expected: tuple[Indication, str]
) -> None:
    indication, reason = verdict(stamped(TimeStampAuthority(issued(), now=NOW)))
    assert (indication, reason) == (expected[0], f"STAMP.{expected[1]}")


def test_an_authority_that_is_revoked_by_now_proves_nothing_whenever_it_stamped() -> None:
    for revoked in (crl(tsa().issuing, tsa().authority.issued), crl(tsa().root, tsa().issuing.issued)):
        rules = DocumentRules(authorities=authorities(revocation=knowing(revoked)))
        assert refusal(stamped(), rules=rules).reason == "STAMP.CERT.REVOKED"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda root: setattr(find(root, "EncapsulatedTimeStamp"), "text", "!"), "STAMP.BASE64"),
        (lambda root: setattr(find(root, "EncapsulatedTimeStamp"), "text", "AAAA"), "STAMP.FORM"),
        (
            lambda root: find(root, "EncapsulatedTimeStamp").set("Encoding", "http://uri.etsi.org/01903/v1.2.2#BER"),
            "STAMP.BASE64",
        ),
        (lambda root: etree.SubElement(find(root, "SignatureTimeStamp"), f"{X}XMLTimeStamp"), "STAMP.CHILDREN"),
        (
            lambda root: find(root, "SignatureTimeStamp").remove(find(root, "EncapsulatedTimeStamp")),
            "STAMP.CHILDREN",
        ),
        (
            lambda root: find(find(root, "SignatureTimeStamp"), "CanonicalizationMethod").set("Algorithm", "urn:x"),
            "STAMP.C14N",
        ),
        (
            lambda root: [add_token(find(root, "SignatureTimeStamp"), b"x") for _ in range(4)],
            "STAMP.FLOOD",
        ),
    ],
)
def test_a_time_stamp_out_of_form_spoils_the_file(change: object, reason: str) -> None:
    assert verdict(changed(change, data=stamped())) == (FORMAT, reason)


def test_no_single_changed_byte_of_a_token_is_accepted_or_raises_anything_else() -> None:
    token = tsa().authority.token(bytes(32))
    start = token.index(der(tsa().authority.issued))
    certificate = range(start, start + len(der(tsa().authority.issued)))
    for position in range(0, len(token), 3):
        spoilt = token[:position] + bytes([token[position] ^ 1]) + token[position + 1 :]
        try:
            read = read_token(spoilt)
        except StampRefusedError:
            continue
        # What is neither signed nor used: the list of digest algorithms, the issuer's name in SignerInfo.
        assert position not in certificate
        assert read == read_token(token)


def test_a_token_is_never_longer_than_the_limit() -> None:
    with pytest.raises(StampRefusedError) as caught:
        read_token(bytes(MAX_TOKEN + 1))
    assert caught.value.reason == "STAMP.SIZE"


# --- B201 -------------------------------------------------------------------------------------------------------------


def revoking(*revoked: object) -> TrustStore:
    return TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate], revocation=knowing(*revoked))


def test_b201_what_was_revoked_after_the_time_stamp_is_accepted() -> None:
    trust = revoking(crl(pki().issuing, person(), when=NOW + timedelta(hours=1)))
    later = NOW + timedelta(hours=2)
    assert verified(stamped(), trust=trust, rules=RULES, now=later).level is Level.B_T
    assert refusal(signed(), trust=trust, rules=RULES, now=later).indication == Indication.REVOKED
    assert refusal(stamped(), trust=trust, now=later).indication == Indication.REVOKED  # no authority: nothing proven


@pytest.mark.parametrize("when", [NOW - timedelta(hours=1), NOW])
def test_b201_what_was_revoked_by_the_time_of_the_time_stamp_is_refused(when: datetime) -> None:
    trust = revoking(crl(pki().issuing, person(), when=when))
    error = refusal(stamped(), trust=trust, rules=RULES, now=NOW + timedelta(hours=2))
    assert (error.indication, error.reason) == (Indication.REVOKED, "CERT.REVOKED")


def test_b201_a_key_known_to_be_bad_since_before_the_time_stamp_is_refused_though_revoked_after() -> None:
    later = NOW + timedelta(hours=1)
    trust = revoking(crl(pki().issuing, person(), when=later, invalid=NOW - timedelta(hours=1)))
    assert refusal(stamped(), trust=trust, rules=RULES, now=later).indication == Indication.REVOKED


def test_b201_a_later_revocation_of_the_signatory_does_not_hide_an_earlier_one_of_the_authority() -> None:
    trust = revoking(
        crl(pki().issuing, person(), when=NOW + timedelta(hours=1)),
        crl(pki().root, pki().issuing.issued, when=NOW - timedelta(hours=1)),
    )
    assert refusal(stamped(), trust=trust, rules=RULES, now=NOW + timedelta(hours=2)).indication == Indication.REVOKED


def test_b201_what_expired_after_the_time_stamp_is_accepted() -> None:
    late = NOW + A_YEAR
    assert verified(stamped(), rules=RULES, now=late).stamped_at == NOW
    assert refusal(signed(), rules=RULES, now=late).indication == Indication.EXPIRED


@pytest.mark.parametrize(("revoked_at", "accepted"), [(60, True), (0, False), (-60, False), (None, False)])
def test_b201_a_responder_says_since_when_or_it_counts_for_ever(revoked_at: int | None, accepted: bool) -> None:
    at = None if revoked_at is None else NOW + timedelta(minutes=revoked_at)
    issuing, serial = authority_key(pki().issuing.issued.certificate), person().certificate.serial_number
    answer = OcspAnswer(issuing, serial, Standing.REVOKED, NOW, NOW + A_YEAR, None, at)
    trust = TrustStore(
        [pki().root.issued.certificate], [pki().issuing.issued.certificate], revocation=Knowledge(answers=[answer])
    )
    later = NOW + timedelta(hours=2)
    if accepted:
        assert verified(stamped(), trust=trust, rules=RULES, now=later).level is Level.B_T
    else:
        error = refusal(stamped(), trust=trust, rules=RULES, now=later)
        assert error.indication == Indication.REVOKED
    assert refusal(signed(), trust=trust, rules=RULES, now=later).indication == Indication.REVOKED


def test_b201_revocation_must_be_known_now_not_then() -> None:
    stale = revoking(crl(pki().issuing, until=NOW + timedelta(hours=1)))
    error = refusal(stamped(), trust=stale, rules=RULES, now=NOW + timedelta(hours=2))
    assert error.indication == Indication.TRY_LATER


def test_b201_a_time_stamp_does_not_make_up_for_changed_content() -> None:
    assert refusal(stamped().replace(b"1ABCDE2", b"9ABCDE2"), rules=RULES).indication == HASH


# --- the operator's folder --------------------------------------------------------------------------------------------


def test_authorities_are_read_from_a_folder_of_their_own(tmp_path: Path) -> None:
    assert StampAuthorities.from_folder(tmp_path / "missing") is None
    (tmp_path / "issuing.pem").write_bytes(tsa().issuing.issued.certificate_pem)
    with pytest.raises(ValueError, match="No root"):
        StampAuthorities.from_folder(tmp_path)
    (tmp_path / "root.pem").write_bytes(tsa().root.issued.certificate_pem)
    rules = DocumentRules(Level.B_T, StampAuthorities.from_folder(tmp_path))
    assert verified(stamped(), rules=rules).level is Level.B_T
    (tmp_path / "broken.pem").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="PEM"):
        StampAuthorities.from_folder(tmp_path)


def test_every_refusal_of_a_time_stamp_is_a_refusal_of_the_file() -> None:
    assert issubclass(StampRefusedError, DocumentRefusedError)
    assert all(az and en and az != en for az, en in STAMP_TEXTS.values())


def test_a_time_stamped_file_stays_valid_offline_after_its_certificate_expired() -> None:
    late = NOW + A_YEAR
    report = inspect(stamped(), pki().trust, late, Known(authorities=authorities()))
    assert (report.valid, report.stamped_at) == (True, NOW)
    assert report.expired_since is not None
    assert not inspect(stamped(), pki().trust, late).valid
