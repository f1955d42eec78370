"""Certificates of signatories, entry by entry (security §4 F as document signer): the sub-indication that is due."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from lxml import etree

from gateway.security.dev_pki import Authority, Issued, make_key
from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.revocation import Knowledge
from gateway.security.revocation_list import RevocationList
from gateway.security.trust import TrustStore
from tests.unit.gateway.security.material import NOW, pki, system
from tests.unit.gateway.security.signed_files import (
    D,
    changed,
    find,
    person,
    refusal,
    sign_again,
    signed,
    signed_by,
    verified,
)

BEGUN = NOW - timedelta(days=1)
NO_CHAIN = Indication.NO_CERTIFICATE_CHAIN_FOUND
CONSTRAINTS = Indication.CHAIN_CONSTRAINTS_FAILURE
FRANCE = x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")
LEAF = (x509.BasicConstraints(ca=False, path_length=None), True)
SHA1_CERTIFICATE = Path(__file__).with_name("sha1_certificate.pem")


def usage(*, signs: bool = True, issues: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs, content_commitment=signs, key_encipherment=not signs, data_encipherment=False,
        key_agreement=False, key_cert_sign=issues, crl_sign=issues, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def leaf(*extensions: tuple[x509.ExtensionType, bool], by: Authority | None = None, **options: object) -> Issued:
    given = [LEAF, (usage(), True), *extensions]
    return (by or pki().issuing).issue("Leyla", BEGUN, extensions=given, kind="P-256", **options)


def store(*intermediates: Authority, **options: object) -> TrustStore:
    authorities = intermediates or (pki().issuing,)
    return TrustStore([pki().root.issued.certificate], [each.issued.certificate for each in authorities], **options)


def test_b154_an_unknown_authority_makes_no_chain() -> None:
    stranger = Authority.root(BEGUN).authority(BEGUN).issue("Leyla", BEGUN, kind="P-256")
    assert refusal(signed_by(stranger)).indication == NO_CHAIN


def test_b155_a_look_alike_authority_makes_no_chain() -> None:
    ours = pki().issuing.issued
    look_alike = Authority(Issued(ours.certificate, make_key("P-256")))
    assert refusal(signed_by(leaf(by=look_alike))).indication == NO_CHAIN


def test_b156_an_expired_certificate_is_told_so() -> None:
    short = pki().issuing.issue("Leyla", NOW, kind="P-256", days=1)
    assert refusal(signed_by(short), now=NOW + timedelta(days=2)).indication == Indication.EXPIRED


def test_b157_a_certificate_that_is_not_valid_yet_is_told_so() -> None:
    later = pki().issuing.issue("Leyla", NOW + timedelta(days=2), kind="P-256")
    assert refusal(signed_by(later)).indication == Indication.NOT_YET_VALID


def test_b159_a_certificate_without_the_use_of_signing_is_refused() -> None:
    other = pki().issuing.issue("Leyla", BEGUN, kind="P-256", extensions=[LEAF, (usage(signs=False), True)])
    assert refusal(signed_by(other)).indication == CONSTRAINTS


def test_b160_a_server_certificate_is_refused() -> None:
    server = leaf((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False))
    assert refusal(signed_by(server)).indication == CONSTRAINTS


def test_b161_an_authority_as_signatory_is_refused() -> None:
    assert refusal(signed_by(pki().issuing.issued)).indication == CONSTRAINTS


def test_b162_an_ordinary_certificate_issues_nothing() -> None:
    upstart = Authority(leaf())
    below = leaf(by=upstart)
    assert refusal(signed_by(below)).indication == NO_CHAIN
    assert refusal(signed_by(below), trust=store(pki().issuing, upstart)).indication == NO_CHAIN


@pytest.mark.parametrize(
    "constraints",
    [
        x509.NameConstraints([x509.DNSName("gov.az")], None),
        x509.NameConstraints(None, [x509.DNSName("evil.example")]),
        x509.NameConstraints([x509.DirectoryName(x509.Name([FRANCE]))], None),
    ],
    ids=["permitted", "excluded", "directory"],
)
def test_b164_broken_name_constraints_are_refused(constraints: x509.NameConstraints) -> None:
    issuing = _authority((constraints, True))
    other = leaf((x509.SubjectAlternativeName([x509.DNSName("evil.example")]), False), by=issuing)
    assert refusal(signed_by(other), trust=store(issuing)).indication == CONSTRAINTS


def _authority(*extensions: tuple[x509.ExtensionType, bool], key: object = None) -> Authority:
    given = [(x509.BasicConstraints(ca=True, path_length=0), True), (usage(signs=False, issues=True), True)]
    return Authority(
        pki().root.issue("Other Issuing CA", BEGUN, extensions=[*given, *extensions], key=key, kind="P-256")
    )


def test_b165_an_unknown_critical_extension_is_refused() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5.6"), b"\x05\x00")
    assert refusal(signed_by(leaf((unknown, True)))).indication == CONSTRAINTS


def crl(
    by: Authority,
    *revoked: Issued,
    when: datetime = NOW,
    until: datetime | None = None,
    invalid: datetime | None = None,
) -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.issued.certificate.subject)
    builder = builder.last_update(NOW - timedelta(days=2)).next_update(until or NOW + timedelta(days=900))
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(when)
        if invalid is not None:
            entry = entry.add_extension(x509.InvalidityDate(invalid), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(by.issued.key, hashes.SHA256())


def knowing(*lists: x509.CertificateRevocationList, required: bool = False) -> Knowledge:
    return Knowledge(map(RevocationList.of, lists), required=required)


def test_b166_a_revoked_signatory_or_authority_is_told_so() -> None:
    for revoked in (crl(pki().issuing, person()), crl(pki().root, pki().issuing.issued)):
        assert refusal(signed(), trust=store(revocation=knowing(revoked))).indication == Indication.REVOKED


def test_b167_a_list_that_is_out_of_date_answers_nothing() -> None:
    lists = knowing(crl(pki().issuing, until=NOW - timedelta(hours=1)))
    assert refusal(signed(), trust=store(revocation=lists)).indication == Indication.TRY_LATER


@pytest.mark.parametrize("indication", [Indication.TRY_LATER, Indication.REVOKED])
def test_b169_what_a_responder_says_is_passed_on(indication: Indication) -> None:
    class Responder:
        def check(self, chain: object, now: datetime) -> None:
            raise UntrustedCertificateError(indication, "CERT.OCSP")

    assert refusal(signed(), trust=store(revocation=Responder())).indication == indication


def test_b170_without_any_source_it_cannot_be_known_and_nobody_waits() -> None:
    started = time.monotonic()
    lists = knowing(required=True)
    assert refusal(signed(), trust=store(revocation=lists)).indication == Indication.TRY_LATER
    assert time.monotonic() - started < 5


def test_b171_a_required_policy_that_is_missing_is_refused() -> None:
    trust = store(required_policies=["1.2.3.5"])
    assert refusal(signed(), trust=trust).indication == CONSTRAINTS


def test_b172_a_certificate_of_a_public_authority_makes_no_chain() -> None:
    public = Authority.root(BEGUN, common_name="Public TLS Root").authority(BEGUN)
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    assert refusal(signed_by(leaf((purposes, False), by=public))).indication == NO_CHAIN


def with_certificates(*certificates: bytes) -> Callable[[etree._Element], None]:
    """Put these certificates into KeyInfo; SigningCertificateV2 keeps naming the signatory's."""

    def change(root: etree._Element) -> None:
        holder = find(root, "X509Data")
        for each in list(holder):
            holder.remove(each)
        for each in certificates:
            etree.SubElement(holder, f"{D}X509Certificate").text = base64.b64encode(each).decode()

    return change


def der(issued: Issued) -> bytes:
    return issued.certificate.public_bytes(Encoding.DER)


def naming(certificate: bytes) -> bytes:
    """A file whose KeyInfo and SigningCertificateV2 agree on `certificate`, signed with another key."""
    root = etree.fromstring(signed())
    with_certificates(certificate)(root)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(certificate)
    find(find(root, "CertDigest"), "DigestValue").text = base64.b64encode(digest.finalize()).decode()
    sign_again(root)
    return etree.tostring(root)


def test_b174_weak_certificates_and_authorities_are_refused() -> None:
    sha1 = x509.load_pem_x509_certificate(SHA1_CERTIFICATE.read_bytes()).public_bytes(Encoding.DER)
    assert refusal(naming(sha1)).indication == Indication.CRYPTO_CONSTRAINTS_FAILURE
    weak = _authority(key=rsa.generate_private_key(65537, 1024))
    assert refusal(signed_by(leaf(by=weak)), trust=store(weak)).indication == Indication.CRYPTO_CONSTRAINTS_FAILURE


def _loop() -> tuple[bytes, bytes]:
    """Two authorities that issued each other."""
    a, b = Authority.root(BEGUN, common_name="Loop A"), Authority.root(BEGUN, common_name="Loop B")
    other_a = Authority(Issued(b.issued.certificate, b.issued.key)).authority(BEGUN, common_name="Loop A")
    other_b = Authority(Issued(a.issued.certificate, a.issued.key)).authority(BEGUN, common_name="Loop B")
    return der(other_a.issued), der(other_b.issued)


def test_b175_floods_and_crooked_chains_are_refused_quickly() -> None:
    own, issuing, root = der(person()), der(pki().issuing.issued), der(pki().root.issued)
    files = {
        "hundred": changed(with_certificates(*[own] * 100), again=True),
        "reversed": changed(with_certificates(root, issuing, own), again=True),
        "twice": changed(with_certificates(own, issuing, issuing), again=True),
        "loop": changed(with_certificates(own, *_loop()), again=True),
    }
    for name, data in files.items():
        started = time.process_time()
        assert (name, refusal(data).indication) == (name, CONSTRAINTS)
        assert time.process_time() - started < 0.2
    assert verified(changed(with_certificates(own, issuing, root), again=True)).signer.fingerprint


@pytest.fixture
def canary() -> Iterator[tuple[str, Callable[[], bool]]]:
    """An address that nobody must call, and whether somebody has."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.setblocking(False)

        def called() -> bool:
            try:
                listening.accept()
            except BlockingIOError:
                return False
            return True

        yield f"http://127.0.0.1:{listening.getsockname()[1]}/canary", called


def test_b176_addresses_in_a_certificate_are_never_called(canary: tuple[str, Callable[[], bool]]) -> None:
    url, called = canary
    address = x509.UniformResourceIdentifier(url)
    issuers = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, address)
    responder = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, address)
    points = x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)])
    extensions = ((x509.AuthorityInformationAccess([issuers, responder]), False), (points, False))
    assert verified(signed_by(leaf(*extensions))).signer.fingerprint
    stranger = Authority.root(BEGUN).authority(BEGUN)
    assert refusal(signed_by(leaf(*extensions, by=stranger))).indication == NO_CHAIN
    assert not called()


def test_b177_a_name_that_looks_the_same_is_another_certificate() -> None:
    twin = system("RSA-2048", "Leyla").certificate
    other = pki().issuing.issue("Leyla RSA-2048", BEGUN, kind="P-256")
    assert other.certificate.subject == twin.subject
    assert verified(signed_by(other)).signer.fingerprint != verified(signed()).signer.fingerprint


@pytest.mark.parametrize("transform", ["http://www.w3.org/TR/1999/REC-xslt-19991116", f"{D[1:-1]}base64"])
def test_b194_b196_what_a_file_points_to_is_never_fetched(
    canary: tuple[str, Callable[[], bool]], transform: str
) -> None:
    url, called = canary

    def point(root: etree._Element) -> None:
        info = find(root, "SignedInfo")
        extra = etree.fromstring(etree.tostring(info[-1]))
        extra.set("URI", url)
        info.append(extra)

    def transformed(root: etree._Element) -> None:
        step = etree.SubElement(find(root, "Transforms"), f"{D}Transform", Algorithm=transform)
        etree.SubElement(step, "{http://www.w3.org/1999/XSL/Transform}include", href=url)

    for change in (point, transformed):
        assert refusal(changed(change, again=True)).indication == Indication.FORMAT_FAILURE
    assert not called()


def test_a_certificate_of_a_version_that_there_is_none_of_is_no_certificate() -> None:
    version_3, version_4 = bytes.fromhex("a003020102"), bytes.fromhex("a003020103")
    assert version_3 in der(person())
    assert refusal(naming(der(person()).replace(version_3, version_4, 1))).indication == Indication.FORMAT_FAILURE
