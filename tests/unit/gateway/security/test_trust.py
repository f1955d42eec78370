"""Which certificates may sign, as of when, and why not (security §4 F)."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from structlog.testing import capture_logs

from gateway.security import revocation_files
from gateway.security import trust as trust_module
from gateway.security.dev_pki import Authority, Issued, make_key, write_trust
from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.listed_issuers import ListedIssuers
from gateway.security.revocation import Knowledge
from gateway.security.revocation_files import RevocationFolder
from gateway.security.revocation_list import RevocationList
from gateway.security.trust import TrustStore
from tests.unit.gateway.security.material import NOW, pki, system

CHAIN = Indication.CHAIN_CONSTRAINTS_FAILURE
NO_CHAIN = Indication.NO_CERTIFICATE_CHAIN_FOUND
CRYPTO = Indication.CRYPTO_CONSTRAINTS_FAILURE
Extensions = Sequence[tuple[x509.ExtensionType, bool]]


def der(issued: Issued) -> bytes:
    return issued.certificate.public_bytes(Encoding.DER)


def verdict(
    store: TrustStore, issued: Issued | x509.Certificate | bytes, now: datetime = NOW
) -> tuple[Indication, str] | None:
    if isinstance(issued, x509.Certificate):
        issued = issued.public_bytes(Encoding.DER)
    try:
        store.trusted(issued if isinstance(issued, bytes) else der(issued), now)
    except UntrustedCertificateError as error:
        return error.indication, error.reason
    return None


def usage(**given: bool) -> x509.KeyUsage:
    every = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
            "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    return x509.KeyUsage(**every | given)


LEAF = (x509.BasicConstraints(ca=False, path_length=None), True)
SIGNS = (usage(digital_signature=True), True)


def leaf(*extensions: tuple[x509.ExtensionType, bool], **options: object) -> Issued:
    return pki().issuing.issue("Leaf", NOW - timedelta(days=1), extensions=extensions, **options)


@pytest.mark.parametrize(
    "extensions",
    [
        (LEAF, SIGNS),
        (SIGNS,),
        (LEAF, (usage(content_commitment=True), True)),
        (LEAF, (usage(digital_signature=True, key_encipherment=True), False)),
        (LEAF, SIGNS, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)),
        (
            LEAF,
            SIGNS,
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        ),
        (LEAF, SIGNS, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), True)),
        (LEAF, SIGNS, (x509.ExtendedKeyUsage([ObjectIdentifier("1.3.6.1.5.5.7.3.36")]), False)),
        (LEAF, SIGNS, (x509.SubjectAlternativeName([x509.DNSName("system.gov.az")]), False)),
        (LEAF, SIGNS, (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), False)),
    ],
)
def test_a_signer_of_ours_is_trusted(extensions: Extensions) -> None:
    assert verdict(pki().trust, leaf(*extensions)) is None


@pytest.mark.parametrize(
    ("extensions", "reason"),
    [
        ((LEAF,), "CERT.KEY_USAGE"),
        ((LEAF, (usage(key_encipherment=True), True)), "CERT.KEY_USAGE"),
        ((LEAF, (usage(digital_signature=True, key_cert_sign=True), True)), "CERT.KEY_USAGE"),
        (((x509.BasicConstraints(ca=True, path_length=None), True), SIGNS), "CERT.IS_CA"),
        ((LEAF, SIGNS, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)), "CERT.EKU"),
        ((LEAF, SIGNS, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)), "CERT.EKU"),
        ((LEAF, SIGNS, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)), "CERT.EKU"),
        ((LEAF, SIGNS, (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)), "CERT.CRITICAL"),
    ],
)
def test_a_certificate_for_something_else_is_refused(extensions: Extensions, reason: str) -> None:
    assert verdict(pki().trust, leaf(*extensions)) == (CHAIN, reason)


def test_a_certificate_counts_in_its_time_only() -> None:
    store = TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate])
    signer = pki().issuing.issue("Short", NOW, days=10)
    begins, ends = signer.certificate.not_valid_before_utc, signer.certificate.not_valid_after_utc
    second = timedelta(seconds=1)
    assert verdict(store, signer, begins - second) == (Indication.NOT_YET_VALID, "CERT.NOT_YET_VALID")
    assert verdict(store, signer, begins) is None
    assert verdict(store, signer, ends) is None
    assert verdict(store, signer, ends + second) == (Indication.EXPIRED, "CERT.EXPIRED")
    assert verdict(store, signer, begins - second) == (Indication.NOT_YET_VALID, "CERT.NOT_YET_VALID")


def test_an_authority_counts_in_its_time_only() -> None:
    root = Authority.root(NOW, years=1)
    signer = root.authority(NOW).issue("Long", NOW, days=3000)
    issuing = root.authority(NOW)
    late = NOW + timedelta(days=400)
    signer = issuing.issue("Long", NOW, days=3000)
    store = TrustStore([root.issued.certificate], [issuing.issued.certificate])
    assert verdict(store, signer) is None
    assert verdict(store, signer, late) == (Indication.EXPIRED, "CERT.EXPIRED")


def test_a_look_alike_authority_is_none() -> None:
    other = Authority.root(NOW - timedelta(days=30)).authority(NOW - timedelta(days=30))
    assert other.issued.certificate.subject == pki().issuing.issued.certificate.subject
    assert verdict(pki().trust, other.issue("Leaf", NOW)) == (NO_CHAIN, "CERT.NO_CHAIN")


def test_an_ordinary_leaf_is_no_authority() -> None:
    signer = Authority(system()).issue("Below a leaf", NOW)
    assert verdict(pki().trust, signer) == (NO_CHAIN, "CERT.NO_CHAIN")
    store = TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate, system().certificate])
    assert verdict(store, signer) == (NO_CHAIN, "CERT.CA.NOT_CA")


def test_an_authority_as_signer_is_refused() -> None:
    assert verdict(pki().trust, pki().issuing.issued) == (CHAIN, "CERT.IS_CA")
    assert verdict(pki().trust, pki().root.issued) == (CHAIN, "CERT.IS_CA")


def test_an_intermediate_that_is_not_ours_makes_no_chain() -> None:
    unknown = pki().root.authority(NOW, common_name="Unknown CA")
    assert verdict(pki().trust, unknown.issue("Leaf", NOW)) == (NO_CHAIN, "CERT.NO_CHAIN")


def authority(parent: Authority, *extensions: tuple[x509.ExtensionType, bool], key: object = None) -> Authority:
    return Authority(parent.issue("Odd CA", NOW - timedelta(days=2), extensions=extensions, kind="P-256", key=key))


CA = (x509.BasicConstraints(ca=True, path_length=None), True)
ISSUES = (usage(key_cert_sign=True), True)


@pytest.mark.parametrize(
    ("extensions", "expected"),
    [
        ((CA, ISSUES), None),
        ((ISSUES,), (NO_CHAIN, "CERT.CA.NOT_CA")),
        ((CA, (usage(digital_signature=True), True)), (CHAIN, "CERT.CA.KEY_USAGE")),
        ((CA,), (CHAIN, "CERT.CA.KEY_USAGE")),
        (
            (CA, ISSUES, (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)),
            (CHAIN, "CERT.CRITICAL"),
        ),
    ],
)
def test_an_authority_must_be_made_for_issuing(extensions: Extensions, expected: tuple[Indication, str] | None) -> None:
    odd = authority(pki().root, *extensions)
    store = TrustStore([pki().root.issued.certificate], [odd.issued.certificate])
    assert verdict(store, odd.issue("Leaf", NOW)) == expected


def test_a_path_may_not_be_longer_than_its_authorities_allow() -> None:
    below = authority(pki().issuing, CA, ISSUES)
    certificates = [pki().issuing.issued.certificate, below.issued.certificate]
    store = TrustStore([pki().root.issued.certificate], certificates)
    assert verdict(store, below.issue("Leaf", NOW)) == (CHAIN, "CERT.CA.PATH_LENGTH")


def rdn(*parts: tuple[ObjectIdentifier, str]) -> x509.DirectoryName:
    return x509.DirectoryName(x509.Name([x509.NameAttribute(*part) for part in parts]))


AZ, OF = (NameOID.COUNTRY_NAME, "AZ"), NameOID.ORGANIZATION_NAME
OUTSIDE, EXCLUDED, UNKNOWN = "CERT.NAMES.NOT_PERMITTED", "CERT.NAMES.EXCLUDED", "CERT.NAMES.UNKNOWN"


@pytest.mark.parametrize(
    ("permitted", "excluded", "reason"),
    [
        ([x509.DNSName("gov.az")], None, None),
        ([x509.DNSName("other.az")], None, OUTSIDE),
        ([x509.DNSName("ov.az")], None, OUTSIDE),
        (None, [x509.DNSName("gov.az")], EXCLUDED),
        ([rdn(AZ)], None, None),
        ([rdn(AZ), rdn((NameOID.COUNTRY_NAME, "TR"))], None, None),
        ([rdn((NameOID.COUNTRY_NAME, "TR")), rdn(AZ)], None, None),
        ([rdn(AZ, (OF, "Development only"))], None, None),
        ([rdn(AZ, (OF, "  DEVELOPMENT   Only "))], None, None),
        ([rdn(AZ, (OF, "Development only"), (NameOID.COMMON_NAME, "Leaf"))], None, None),
        ([rdn((NameOID.COUNTRY_NAME, "TR"))], None, OUTSIDE),
        ([rdn((OF, "Development only"))], None, OUTSIDE),
        ([rdn(AZ, (OF, "Development only, and more"))], None, OUTSIDE),
        (None, [rdn(AZ)], EXCLUDED),
        (None, [rdn(AZ, (OF, "development ONLY"))], EXCLUDED),
        (None, [rdn(AZ, (OF, "Others"))], None),
        ([rdn(AZ)], [rdn(AZ, (OF, "Development only"))], EXCLUDED),
        ([rdn(AZ), x509.DNSName("gov.az")], [rdn(AZ, (OF, "Others"))], None),
        ([rdn(AZ), x509.DNSName(".gov.az")], None, None),
        ([rdn(AZ), x509.DNSName("other.az")], None, OUTSIDE),
        ([rdn(AZ), x509.RFC822Name("gov.az")], None, None),
        ([rdn(AZ), x509.UniformResourceIdentifier("gov.az")], None, UNKNOWN),
        ([rdn(AZ)], [x509.OtherName(ObjectIdentifier("1.2.3"), b"\x05\x00")], UNKNOWN),
        (
            [rdn(AZ)],
            [x509.IPAddress(ip_network("0.0.0.0/0")), x509.IPAddress(ip_network("::/0"))],
            None,
        ),
    ],
    ids=str,
)
def test_name_constraints_are_kept_or_the_chain_is_refused(
    permitted: list[x509.GeneralName] | None, excluded: list[x509.GeneralName] | None, reason: str | None
) -> None:
    odd = authority(pki().root, CA, ISSUES, (x509.NameConstraints(permitted, excluded), True))
    store = TrustStore([pki().root.issued.certificate], [odd.issued.certificate])
    names = x509.SubjectAlternativeName([x509.DNSName("system.gov.az")])
    signer = odd.issue("Leaf", NOW, extensions=(LEAF, SIGNS, (names, False)))
    assert verdict(store, signer) == (None if reason is None else (CHAIN, reason))


@pytest.mark.parametrize(
    ("alternative", "constraint", "trusted"),
    [
        (rdn(AZ, (OF, "Elsewhere")), rdn(AZ), True),
        (rdn((NameOID.COUNTRY_NAME, "TR")), rdn(AZ), False),
        (x509.RFC822Name("clerk@gov.az"), x509.RFC822Name("gov.az"), True),
        (x509.RFC822Name("clerk@GOV.az"), x509.RFC822Name("clerk@gov.az"), True),
        (x509.RFC822Name("clerk@mail.gov.az"), x509.RFC822Name(".gov.az"), True),
        (x509.RFC822Name("clerk@mail.gov.az"), x509.RFC822Name("gov.az"), False),
        (x509.RFC822Name("other@gov.az"), x509.RFC822Name("clerk@gov.az"), False),
        (x509.IPAddress(ip_address("10.1.2.3")), x509.IPAddress(ip_network("10.0.0.0/8")), True),
        (x509.IPAddress(ip_address("11.1.2.3")), x509.IPAddress(ip_network("10.0.0.0/8")), False),
        (x509.IPAddress(ip_address("::1")), x509.IPAddress(ip_network("10.0.0.0/8")), False),
    ],
    ids=str,
)
def test_alternative_names_are_bound_too(
    alternative: x509.GeneralName, constraint: x509.GeneralName, trusted: bool
) -> None:
    permitted = [rdn(AZ)] if constraint == rdn(AZ) else [rdn(AZ), constraint]
    odd = authority(pki().root, CA, ISSUES, (x509.NameConstraints(permitted, None), True))
    store = TrustStore([pki().root.issued.certificate], [odd.issued.certificate])
    signer = odd.issue("Leaf", NOW, extensions=(LEAF, SIGNS, (x509.SubjectAlternativeName([alternative]), False)))
    assert verdict(store, signer) == (None if trusted else (CHAIN, OUTSIDE))


def test_a_mail_address_in_the_subject_is_bound_where_no_other_is_stated() -> None:
    permitted = [rdn(AZ), x509.RFC822Name("gov.az")]
    odd = authority(pki().root, CA, ISSUES, (x509.NameConstraints(permitted, None), True))
    store = TrustStore([pki().root.issued.certificate], [odd.issued.certificate])
    for address, trusted in (("clerk@gov.az", True), ("clerk@elsewhere.az", False)):
        subject = [x509.NameAttribute(*AZ), x509.NameAttribute(NameOID.EMAIL_ADDRESS, address)]
        signer = certificate_of(odd, x509.Name(subject))
        assert verdict(store, signer) == (None if trusted else (CHAIN, OUTSIDE))


def test_constraints_of_every_authority_above_hold() -> None:
    upper = authority(pki().root, CA, ISSUES, (x509.NameConstraints([rdn(AZ)], None), True))
    lower = authority(upper, CA, ISSUES)
    abroad = Authority(
        Issued(
            certificate_of(upper, rdn((NameOID.COUNTRY_NAME, "TR")).value, CA, ISSUES, key=(key := make_key("P-256"))),
            key,
        )
    )
    store = TrustStore([upper.issued.certificate], [lower.issued.certificate, abroad.issued.certificate])
    assert verdict(store, lower.issue("Leaf", NOW)) is None
    assert verdict(store, abroad.issue("Leaf", NOW)) == (CHAIN, OUTSIDE)
    assert verdict(store, certificate_of(lower, rdn((NameOID.COUNTRY_NAME, "TR")).value)) == (CHAIN, OUTSIDE)


def test_a_subtree_with_a_minimum_is_not_understood() -> None:
    """cryptography reads over `minimum` and `maximum` (RFC 5280 has none), so the bytes are looked at."""
    subtrees = x509.NameConstraints([rdn(AZ)], None).public_bytes()
    # SEQUENCE { [0] { SEQUENCE { base, [0] minimum 1 } } }: three bytes more in each of the lengths around it.
    longer = bytearray(subtrees + b"\x80\x01\x01")
    longer[1], longer[3], longer[5] = longer[1] + 3, longer[3] + 3, longer[5] + 3
    with_minimum = x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.30"), bytes(longer))
    odd = authority(pki().root, CA, ISSUES, (with_minimum, True))
    store = TrustStore([pki().root.issued.certificate], [odd.issued.certificate])
    assert verdict(store, odd.issue("Leaf", NOW)) == (CHAIN, "CERT.NAMES.FORM")


def certificate_of(
    by: Authority, subject: x509.Name, *extensions: tuple[x509.ExtensionType, bool], key: object = None
) -> x509.Certificate:
    key = key or make_key("P-256")
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.issued.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
    )
    for extension in extensions or (LEAF, SIGNS):
        builder = builder.add_extension(*extension)
    return builder.sign(by.issued.key, hashes.SHA256())


def test_an_authority_whose_extensions_cannot_be_read_is_refused() -> None:
    x400 = bytes.fromhex("300ca00a3008a3060c0461626364")  # a constraint on an x400Address, which cryptography refuses
    odd = authority(pki().root, CA, ISSUES, (x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.30"), x400), True))
    store = TrustStore([pki().root.issued.certificate], [odd.issued.certificate])
    assert verdict(store, odd.issue("Leaf", NOW)) == (CHAIN, "CERT.CA.FORM")


ORGANISATIONS = ["Development only", "development  ONLY", "Development only, Ltd", "Other"]
SECOND_OPINIONS = [
    (permitted, excluded)
    for permitted in (None, [rdn(AZ)], [rdn(AZ, (OF, ORGANISATIONS[0]))], [rdn((OF, ORGANISATIONS[0]))])
    for excluded in (None, [rdn(AZ, (OF, ORGANISATIONS[0]))], [rdn(AZ, (OF, ORGANISATIONS[1]))])
    if permitted or excluded
]


@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_openssl_agrees_on_directory_names(tmp_path: Path, organisation: str) -> None:
    root = pki().root
    (tmp_path / "root.pem").write_bytes(root.issued.certificate_pem)
    verdicts = []
    for permitted, excluded in SECOND_OPINIONS:
        odd = authority(root, CA, ISSUES, (x509.NameConstraints(permitted, excluded), True))
        signer = odd.issue("Leaf", NOW - timedelta(days=1), organisation=organisation, kind="P-256")
        ours = verdict(TrustStore([root.issued.certificate], [odd.issued.certificate]), signer)
        (tmp_path / "odd.pem").write_bytes(odd.issued.certificate_pem)
        (tmp_path / "leaf.pem").write_bytes(signer.certificate_pem)
        theirs = subprocess.run(
            ["openssl", "verify", "-attime", str(int(NOW.timestamp())), "-CAfile", "root.pem", "-untrusted", "odd.pem",
             "leaf.pem"],
            cwd=tmp_path, capture_output=True, check=False,
        )  # fmt: skip
        assert (theirs.returncode == 0) == (ours is None), (permitted, excluded, ours, theirs.stderr)
        verdicts.append(ours is None)
    assert not all(verdicts)
    assert organisation == ORGANISATIONS[0] or any(verdicts)


@pytest.mark.parametrize(
    "key",
    [
        lambda: rsa.generate_private_key(public_exponent=65537, key_size=1024),
        lambda: ec.generate_private_key(ec.SECP521R1()),
    ],
)
def test_an_authority_with_a_weak_key_is_refused(key: object) -> None:
    odd = authority(pki().root, CA, ISSUES, key=key())
    store = TrustStore([pki().root.issued.certificate], [odd.issued.certificate])
    assert verdict(store, odd.issue("Leaf", NOW)) == (CRYPTO, "CERT.CA.CRYPTO")


@pytest.mark.parametrize("digest", [hashes.SHA224(), hashes.SHA3_256()])
def test_a_certificate_signed_with_another_hash_is_refused(digest: hashes.HashAlgorithm) -> None:
    assert verdict(pki().trust, leaf(LEAF, SIGNS, hash_algorithm=digest)) == (CRYPTO, "CERT.HASH")


def test_a_certificate_signed_with_sha1_is_refused() -> None:
    fixture = Path(__file__).with_name("sha1_certificate.pem").read_bytes()
    certificate = x509.load_pem_x509_certificate(fixture)
    assert isinstance(certificate.signature_hash_algorithm, hashes.SHA1)
    assert verdict(pki().trust, certificate.public_bytes(Encoding.DER)) == (CRYPTO, "CERT.HASH")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "CERT.FORM"),
        (b"\x30\x00", "CERT.FORM"),
        (bytes(range(256)) * 4, "CERT.FORM"),
        (b"\x30\x84\xff\xff\xff\xff" + bytes(1000), "CERT.FORM"),
        (bytes(16 * 1024 + 1), "CERT.SIZE"),
    ],
)
def test_what_is_no_certificate_is_refused(data: bytes, reason: str) -> None:
    assert verdict(pki().trust, data) == (Indication.FORMAT_FAILURE, reason)


def test_a_certificate_of_an_unknown_version_is_refused() -> None:
    whole = der(leaf(LEAF, SIGNS))
    version = b"\xa0\x03\x02\x01"
    odd = whole.replace(version + b"\x02", version + b"\x6a", 1)
    assert odd != whole
    assert verdict(pki().trust, odd) == (Indication.FORMAT_FAILURE, "CERT.FORM")


def test_odd_names_never_raise_anything_else() -> None:
    for subject in ("\x00", "a" * 64, "CN=Sübhan, O=x", "Ş" * 20):
        signer = pki().issuing.issue(subject, NOW)
        assert verdict(pki().trust, signer) is None
    two = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a"), x509.NameAttribute(NameOID.COMMON_NAME, "b")])
    builder = x509.CertificateBuilder().subject_name(two).issuer_name(pki().issuing.issued.certificate.subject)
    key = make_key("P-256")
    certificate = (
        builder.public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(*SIGNS)
        .sign(pki().issuing.issued.key, hashes.SHA256())
    )
    assert pki().trust.trusted(certificate.public_bytes(Encoding.DER), NOW).identity.subject == "CN=b,CN=a"


OURS, OTHER, ANY_POLICY = ObjectIdentifier("1.2.3.5"), ObjectIdentifier("1.2.3.6"), ObjectIdentifier("2.5.29.32.0")
POLICY = (CHAIN, "CERT.POLICY")


def states(*policies: ObjectIdentifier) -> tuple[x509.ExtensionType, bool]:
    return x509.CertificatePolicies([x509.PolicyInformation(each, None) for each in policies]), False


@pytest.mark.parametrize(
    ("issuer", "signer", "expected"),
    [
        ((states(OURS),), (states(OURS),), None),
        ((states(OTHER, OURS),), (states(OURS, OTHER),), None),
        ((states(ANY_POLICY),), (states(OURS),), None),
        ((states(OURS),), (states(OTHER),), POLICY),
        ((states(OURS),), (), POLICY),
        ((states(OURS),), (states(ANY_POLICY),), POLICY),
        ((states(OTHER),), (states(OURS),), POLICY),
        ((), (states(OURS),), POLICY),
        ((states(ANY_POLICY), (x509.InhibitAnyPolicy(0), False)), (states(OURS),), POLICY),
        (
            (states(OTHER), (x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.33"), b"\x30\x00"), False)),
            (states(OURS),),
            (CHAIN, "CERT.POLICY.MAPPED"),
        ),
        ((states(OURS), (x509.PolicyConstraints(0, None), True)), (states(OURS),), (CHAIN, "CERT.CRITICAL")),
    ],
    ids=str,
)
def test_a_required_policy_must_be_stated_all_the_way_down(
    issuer: Extensions, signer: Extensions, expected: tuple[Indication, str] | None
) -> None:
    odd = authority(pki().root, CA, ISSUES, *issuer)
    store = TrustStore([pki().root.issued.certificate], [odd.issued.certificate], required_policies=[str_of(OURS)])
    assert verdict(store, odd.issue("Leaf", NOW, extensions=(LEAF, SIGNS, *signer))) == expected


def str_of(policy: ObjectIdentifier) -> str:
    return policy.dotted_string


def test_no_policy_is_asked_for_unless_one_is_required() -> None:
    assert verdict(pki().trust, leaf(LEAF, SIGNS, states(OTHER))) is None


@pytest.mark.parametrize(
    ("allowed", "usages", "trusted"),
    [
        (["clientAuth"], [ExtendedKeyUsageOID.CLIENT_AUTH], True),
        (["clientAuth"], [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH], True),
        (["clientAuth"], [ExtendedKeyUsageOID.EMAIL_PROTECTION], False),
        (["clientAuth"], [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], False),
        (["any"], [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], True),
        (["clientAuth"], None, False),
        (["clientAuth", "none"], None, True),
        (["none"], [ExtendedKeyUsageOID.CLIENT_AUTH], False),
        (["documentSigning"], [ObjectIdentifier("1.3.6.1.5.5.7.3.36")], True),
        (["1.2.3.4"], [ObjectIdentifier("1.2.3.4")], True),
    ],
)
def test_a_list_of_purposes_lets_nothing_else_sign(
    allowed: list[str], usages: list[ObjectIdentifier] | None, trusted: bool
) -> None:
    store = TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate], purposes=allowed)
    stated = () if usages is None else ((x509.ExtendedKeyUsage(usages), False),)
    assert verdict(store, leaf(LEAF, SIGNS, *stated)) == (None if trusted else (CHAIN, "CERT.EKU"))


@pytest.mark.parametrize("words", [{"purposes": ["email"]}, {"required_policies": ["gold"]}])
def test_a_word_that_is_no_purpose_or_policy_makes_no_store(words: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        TrustStore([pki().root.issued.certificate], **words)


def test_an_authority_for_servers_issues_no_signers() -> None:
    odd = authority(pki().root, CA, ISSUES, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False))
    store = TrustStore([pki().root.issued.certificate], [odd.issued.certificate])
    assert verdict(store, odd.issue("Leaf", NOW)) == (CHAIN, "CERT.CA.EKU")


# --- revocation -------------------------------------------------------------------------------------------------------


def crl(
    by: Authority,
    *revoked: Issued,
    until: timedelta = timedelta(days=7),
    extra: x509.ExtensionType | None = None,
    key: object = None,
) -> x509.CertificateRevocationList:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.issued.certificate.subject)
        .last_update(NOW - timedelta(days=1))
        .next_update(NOW + until)
    )
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(NOW)
        builder = builder.add_revoked_certificate(entry.build())
    if extra is not None:
        builder = builder.add_extension(extra, critical=True)
    return builder.sign(key or by.issued.key, hashes.SHA256())


def store_with(*lists: x509.CertificateRevocationList, required: bool = False) -> TrustStore:
    return TrustStore(
        [pki().root.issued.certificate],
        [pki().issuing.issued.certificate],
        revocation=Knowledge(map(RevocationList.of, lists), required=required),
    )


REVOKED = (Indication.REVOKED, "CERT.REVOKED")
STALE = (Indication.TRY_LATER, "CERT.CRL.STALE")


def test_a_fresh_empty_list_changes_nothing() -> None:
    assert verdict(store_with(crl(pki().issuing)), system()) is None


def test_a_revoked_leaf_or_intermediate_is_refused() -> None:
    assert verdict(store_with(crl(pki().issuing, system())), system()) == REVOKED
    assert verdict(store_with(crl(pki().root, pki().issuing.issued)), system()) == REVOKED
    assert verdict(store_with(crl(pki().issuing, system("P-256"))), system()) is None


def test_a_revoked_certificate_stays_refused_after_its_list_is_out_of_date() -> None:
    old = crl(pki().issuing, system(), until=-timedelta(hours=1))
    assert verdict(store_with(old), system()) == REVOKED


@pytest.mark.parametrize("required", [True, False])
def test_an_authority_with_a_list_needs_a_fresh_one(required: bool) -> None:
    old, fresh = crl(pki().issuing, until=-timedelta(hours=1)), crl(pki().issuing)
    root = crl(pki().root)
    assert verdict(store_with(old, root, required=required), system()) == STALE
    assert verdict(store_with(old, fresh, root, required=required), system()) is None
    assert verdict(store_with(fresh, root, required=required), system(), NOW + timedelta(days=8)) == STALE


def test_an_authority_without_a_list_is_a_matter_of_policy() -> None:
    assert verdict(store_with(), system()) is None
    assert verdict(store_with(required=True), system()) == STALE
    assert verdict(store_with(crl(pki().issuing), required=True), system()) == STALE


def test_a_list_that_is_forged_or_partial_counts_for_nothing() -> None:
    forged = crl(pki().issuing, key=make_key("P-256"))
    partial = crl(
        pki().issuing,
        extra=x509.IssuingDistributionPoint(None, None, True, False, None, False, False),
    )
    assert verdict(store_with(forged), system()) == STALE
    assert verdict(store_with(partial), system()) == STALE
    assert verdict(store_with(crl(pki().issuing, system(), key=make_key("P-256"))), system()) == STALE


def test_revocation_is_asked_on_every_call() -> None:
    class Switch:
        revoked = False

        def check(self, chain: Sequence[x509.Certificate], now: datetime) -> None:
            assert (len(chain), now) == (3, NOW)
            if self.revoked:
                raise UntrustedCertificateError(Indication.REVOKED, "CERT.REVOKED")

    switch = Switch()
    store = TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate], revocation=switch)
    assert verdict(store, system()) is None
    switch.revoked = True
    assert verdict(store, system()) == REVOKED


# --- the store itself -------------------------------------------------------------------------------------------------


def test_what_was_found_out_is_remembered_for_exactly_these_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    store = TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate])
    first = store.trusted(der(system()), NOW)
    monkeypatch.setattr(trust_module, "load_certificate", lambda _der: pytest.fail("examined again"))
    assert store.trusted(der(system()), NOW + timedelta(days=1)) is first
    with pytest.raises(BaseException, match="examined again"):
        store.trusted(der(system())[:-1] + b"\x00", NOW)


def test_failures_are_not_remembered_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust_module, "_CACHED", 2)
    store = TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate])
    for number in range(4):
        store.trusted(der(system("P-256", f"S{number}")), NOW)
    assert len(store._found) == 2
    assert verdict(store, bytes(10)) is not None
    assert len(store._found) == 2


def test_a_store_is_read_from_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No root certificate"):
        TrustStore.from_folder(tmp_path)
    write_trust(tmp_path, pki().root, pki().issuing)
    assert verdict(TrustStore.from_folder(tmp_path), system()) is None
    (tmp_path / "crls").mkdir()
    (tmp_path / "crls" / "issuing.pem").write_bytes(crl(pki().issuing, system()).public_bytes(Encoding.PEM))
    assert verdict(TrustStore.from_folder(tmp_path), system()) == REVOKED


@dataclass
class Watch:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def watched(folder: Path) -> tuple[TrustStore, Watch]:
    watch = Watch()
    lists = RevocationFolder(folder, monotonic=watch)
    return TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate], revocation=lists), watch


def write(path: Path, revoked: x509.CertificateRevocationList) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(revoked.public_bytes(Encoding.PEM))
    new.replace(path)


def test_lists_that_come_change_and_go_later_are_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "crls"
    store, watch = watched(folder)
    assert verdict(store, system()) is None
    folder.mkdir()
    write(folder / "issuing.pem", crl(pki().issuing, system()))
    assert verdict(store, system()) is None, "it is not looked at before its time"
    watch.seconds += 10
    assert verdict(store, system()) == REVOKED
    write(folder / "issuing.pem", crl(pki().issuing, system("P-256")))
    watch.seconds += 10
    assert verdict(store, system()) is None
    assert verdict(store, system("P-256")) == REVOKED
    write(folder / "root.pem", crl(pki().root, pki().issuing.issued))
    watch.seconds += 10
    assert verdict(store, system()) == REVOKED
    write(folder / "root.pem", crl(pki().root))
    watch.seconds += 10
    assert verdict(store, system()) is None


def test_the_last_good_list_stays_in_force_when_its_file_breaks(tmp_path: Path) -> None:
    write(tmp_path / "issuing.pem", crl(pki().issuing, system()))
    store, watch = watched(tmp_path)
    (tmp_path / "issuing.pem").write_bytes(b"-----BEGIN X509 CRL-----\n")
    (tmp_path / "other.pem").write_bytes(b"")
    watch.seconds += 10
    with capture_logs() as logged:
        assert verdict(store, system()) == REVOKED
        watch.seconds += 10
        assert verdict(store, system()) == REVOKED
    assert [(one["log_level"], one["file"]) for one in logged] == [("error", "issuing.pem"), ("error", "other.pem")]
    write(tmp_path / "issuing.pem", crl(pki().issuing))
    watch.seconds += 10
    assert verdict(store, system()) is None


def test_the_folder_is_looked_into_now_and_then_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, watch = watched(tmp_path)
    looks: list[Path] = []
    monkeypatch.setattr(revocation_files, "_marks", lambda folder, _endings: looks.append(folder) or {})
    for _ in range(100):
        watch.seconds += 0.25
        assert verdict(store, system()) is None
    assert len(looks) == 25 // revocation_files.LOOK_EVERY


def test_a_folder_of_lists_that_vanishes_makes_nothing_good(tmp_path: Path) -> None:
    folder = tmp_path / "crls"
    folder.mkdir()
    write(folder / "issuing.pem", crl(pki().issuing, system()))
    store, watch = watched(folder)
    folder.rename(tmp_path / "elsewhere")
    watch.seconds += 10
    with capture_logs() as logged:
        assert verdict(store, system()) == REVOKED
    assert [(one["log_level"], one["folder"]) for one in logged] == [("error", str(folder))]
    assert verdict(store, system("P-256")) is None, "the last good list stays in force for all it says"
    folder.mkdir()
    watch.seconds += 10
    assert verdict(store, system()) == STALE, "an empty folder is what an unmounted disk leaves"
    write(folder / "issuing.pem", crl(pki().issuing, system()))
    watch.seconds += 10
    assert verdict(store, system()) == REVOKED


def test_a_list_that_vanishes_leaves_its_issuer_among_those_that_must_be_known(tmp_path: Path) -> None:
    folder, cache = tmp_path / "crls", tmp_path / "revocation"
    folder.mkdir()
    write(folder / "issuing.pem", crl(pki().issuing, system()))
    watch = Watch()

    def opened() -> TrustStore:
        lists = RevocationFolder(folder, cache=cache, monotonic=watch)
        return TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate], revocation=lists)

    running = opened()
    assert verdict(running, system()) == REVOKED
    (folder / "issuing.pem").unlink()
    watch.seconds += 10
    assert verdict(running, system()) == STALE
    assert verdict(opened(), system()) == STALE, "a restart forgets it as little"
    (cache / "listed-issuers").unlink()
    assert verdict(opened(), system()) is None, "only the operator takes the issuer off"


def test_what_cannot_be_noted_of_an_issuer_is_in_force_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "revocation").write_text("a file where the folder should be")
    noted = ListedIssuers(tmp_path / "revocation" / "listed-issuers")
    with capture_logs() as logged:
        noted.add([pki().issuing.issued.certificate.subject])
    assert pki().issuing.issued.certificate.subject in noted
    assert [one["log_level"] for one in logged] == ["warning"]
    (tmp_path / "revocation").unlink()
    noted.add([])
    assert pki().issuing.issued.certificate.subject in ListedIssuers(tmp_path / "revocation" / "listed-issuers")


def test_a_folder_that_cannot_be_read_at_the_start_is_told(tmp_path: Path) -> None:
    (tmp_path / "crls").write_text("no folder")
    with pytest.raises(ValueError, match="crls cannot be read"):
        RevocationFolder(tmp_path / "crls")


def test_a_broken_list_at_the_start_is_told(tmp_path: Path) -> None:
    (tmp_path / "issuing.pem").write_bytes(b"no list")
    with pytest.raises(ValueError, match="holds no revocation list"):
        RevocationFolder(tmp_path)


def test_threads_share_a_store() -> None:
    store = TrustStore([pki().root.issued.certificate], [pki().issuing.issued.certificate])
    signers = [der(system("P-256", f"T{number}")) for number in range(4)]
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(50):
                for signer in signers:
                    store.trusted(signer, NOW)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
