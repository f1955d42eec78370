"""Each certificate of the corpus (security §4 F) as the signer of a message that is otherwise lawful, by its number.

The signature holds in every one of them; the reason is what the audit gets, the caller hears of none.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time, thread_time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    ExtensionOID,
    NameOID,
    ObjectIdentifier,
)

from gateway.faults import RefusalError
from gateway.security.dev_pki import Authority, Issued, make_key
from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.identity import recognise
from gateway.security.installation import TrustRules, open_trust
from gateway.security.revocation import Knowledge
from gateway.security.revocation_list import RevocationList
from gateway.security.structure import FAILED
from gateway.security.trust import TrustStore
from tests.servers.revocation import Responder, responder_certificate, revocation_list, serving
from tests.unit.gateway.security.material import NOW, accept, forge, pki, refusal, system, timestamp, token
from tests.unit.gateway.security.present import TODAY, present
from tests.unit.gateway.security.test_identity import directory

CHAIN = Indication.CHAIN_CONSTRAINTS_FAILURE
NO_CHAIN = Indication.NO_CERTIFICATE_CHAIN_FOUND
CRYPTO = Indication.CRYPTO_CONSTRAINTS_FAILURE
Extension = tuple[x509.ExtensionType, bool]


def usage(*given: str) -> Extension:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: name in given for name in names}), True


END = (x509.BasicConstraints(ca=False, path_length=None), True)
CA = (x509.BasicConstraints(ca=True, path_length=None), True)
SIGNS, ISSUES = usage("digital_signature"), usage("key_cert_sign", "crl_sign")


def leaf(*extensions: Extension, by: Authority | None = None, **options: object) -> Issued:
    return (by or pki().issuing).issue(
        "Leaf", NOW - timedelta(days=1), extensions=extensions or (END, SIGNS), **options
    )


def authority(parent: Authority, *extensions: Extension, key: object = None) -> Authority:
    return Authority(parent.issue("Odd CA", NOW - timedelta(days=2), extensions=extensions, kind="P-256", key=key))


def trusting(*intermediates: Authority, **options: object) -> TrustStore:
    below = [each.issued.certificate for each in intermediates or (pki().issuing,)]
    return TrustStore([pki().root.issued.certificate], below, **options)


def require_refused(
    signer: Issued,
    reason: str,
    indication: Indication,
    *,
    trust: TrustStore | None = None,
    now: datetime = NOW,
    code: str = FAILED,
) -> None:
    """The message is refused with the one outward code for all of these, the certificate with its indication."""
    trust = trust or pki().trust
    refused = refusal(forge(issued=signer, security=[timestamp(now), token(signer)]), trust=trust, now=now)
    assert (refused.code, refused.reason) == (code, reason)
    with pytest.raises(UntrustedCertificateError) as raised:
        trust.trusted(signer.certificate.public_bytes(Encoding.DER), now)
    assert (raised.value.indication, raised.value.reason) == (indication, reason)


def test_b154_unknown_authority() -> None:
    stranger = Authority.root(NOW - timedelta(days=9), common_name="Stranger").issue("Leaf", NOW - timedelta(days=1))
    require_refused(stranger, "CERT.NO_CHAIN", NO_CHAIN)


def test_b155_look_alike_authority_with_the_same_name_and_key_identifier() -> None:
    real, key = pki().issuing.issued.certificate, make_key("P-256")
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
    twin = Authority(Issued(builder.sign(key, hashes.SHA256()), key))
    identifier = ExtensionOID.SUBJECT_KEY_IDENTIFIER
    assert (
        twin.issued.certificate.extensions.get_extension_for_oid(identifier).value
        == real.extensions.get_extension_for_oid(identifier).value
    )
    require_refused(leaf(by=twin), "CERT.NO_CHAIN", NO_CHAIN)


def test_b156_expired() -> None:
    signer = pki().issuing.issue("Leaf", NOW - timedelta(days=20), days=10)
    require_refused(signer, "CERT.EXPIRED", Indication.EXPIRED)


def test_b157_not_yet_valid() -> None:
    signer = pki().issuing.issue("Leaf", NOW + timedelta(days=1))
    require_refused(signer, "CERT.NOT_YET_VALID", Indication.NOT_YET_VALID)


@pytest.mark.parametrize("uses", [("key_encipherment",), ("key_agreement",), ("data_encipherment", "crl_sign")])
def test_b159_key_usage_without_signature(uses: Sequence[str]) -> None:
    require_refused(leaf(END, usage(*uses)), "CERT.KEY_USAGE", CHAIN)


def test_b160_extended_key_usage_for_servers_only() -> None:
    server = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    require_refused(leaf(END, SIGNS, server), "CERT.EKU", CHAIN)


def test_b161_authority_as_signer() -> None:
    require_refused(pki().issuing.issued, "CERT.IS_CA", CHAIN)
    require_refused(leaf(CA, SIGNS), "CERT.IS_CA", CHAIN)
    require_refused(leaf(END, usage("digital_signature", "key_cert_sign")), "CERT.KEY_USAGE", CHAIN)


def test_b162_ordinary_leaf_acting_as_authority() -> None:
    below = Authority(system()).issue("Below a leaf", NOW - timedelta(days=1))
    require_refused(below, "CERT.NO_CHAIN", NO_CHAIN)
    # Nor when somebody put that leaf among the intermediates.
    require_refused(below, "CERT.CA.NOT_CA", NO_CHAIN, trust=trusting(pki().issuing, Authority(system())))


COUNTRY = NameOID.COUNTRY_NAME


@pytest.mark.parametrize(
    ("permitted", "excluded", "reason"),
    [
        ([x509.DNSName("other.az")], None, "CERT.NAMES.NOT_PERMITTED"),
        (None, [x509.DNSName("gov.az")], "CERT.NAMES.EXCLUDED"),
        ([x509.DirectoryName(x509.Name([x509.NameAttribute(COUNTRY, "TR")]))], None, "CERT.NAMES.NOT_PERMITTED"),
        (None, [x509.DirectoryName(x509.Name([x509.NameAttribute(COUNTRY, "AZ")]))], "CERT.NAMES.EXCLUDED"),
        ([x509.UniformResourceIdentifier("gov.az")], None, "CERT.NAMES.UNKNOWN"),
    ],
    ids=["dns", "dns excluded", "directory", "directory excluded", "uri"],
)
def test_b164_name_constraints_broken(
    permitted: list[x509.GeneralName] | None, excluded: list[x509.GeneralName] | None, reason: str
) -> None:
    odd = authority(pki().root, CA, ISSUES, (x509.NameConstraints(permitted, excluded), True))
    names = (x509.SubjectAlternativeName([x509.DNSName("system.gov.az")]), False)
    require_refused(leaf(END, SIGNS, names, by=odd), reason, CHAIN, trust=trusting(odd))


def test_b164_name_constraints_that_are_kept_refuse_nobody() -> None:
    country = x509.DirectoryName(x509.Name([x509.NameAttribute(COUNTRY, "AZ")]))
    odd = authority(pki().root, CA, ISSUES, (x509.NameConstraints([country], None), True))
    assert accept(forge(issued=leaf(by=odd)), trust=trusting(odd))


@pytest.mark.parametrize("where", ["leaf", "authority"])
def test_b165_unknown_critical_extension(where: str) -> None:
    unknown = (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)
    odd = authority(pki().root, CA, ISSUES, *([unknown] if where == "authority" else []))
    signer = leaf(END, SIGNS, *([unknown] if where == "leaf" else []), by=odd)
    require_refused(signer, "CERT.CRITICAL", CHAIN, trust=trusting(odd))


def listed(*lists: bytes, required: bool = False) -> TrustStore:
    return trusting(revocation=Knowledge(map(RevocationList.read, lists), required=required))


def test_b166_revoked_in_a_list() -> None:
    trust = listed(revocation_list(pki().issuing, system(), now=NOW))
    require_refused(system(), "CERT.REVOKED", Indication.REVOKED, trust=trust)
    trust = listed(revocation_list(pki().root, pki().issuing.issued, now=NOW))
    require_refused(system(), "CERT.REVOKED", Indication.REVOKED, trust=trust)
    assert accept(forge(), trust=listed(revocation_list(pki().issuing, now=NOW)))


def test_b167_list_past_its_next_update() -> None:
    until = timedelta(seconds=30)
    trust = listed(revocation_list(pki().issuing, now=NOW, life=until))
    assert accept(forge(), trust=trust)
    late = NOW + until + timedelta(seconds=1)
    require_refused(system(), "CERT.CRL.STALE", Indication.TRY_LATER, trust=trust, now=late)


@pytest.mark.parametrize(
    ("switches", "reason", "indication"),
    [
        ({"status": ocsp.OCSPCertStatus.UNKNOWN}, "CERT.OCSP.UNKNOWN", Indication.TRY_LATER),
        ({"status": ocsp.OCSPCertStatus.REVOKED}, "CERT.REVOKED", Indication.REVOKED),
        ({"life": -timedelta(minutes=1)}, "CERT.CRL.STALE", Indication.TRY_LATER),
        ({"serial": 4711}, "CERT.CRL.STALE", Indication.TRY_LATER),
        ({"spoilt": True}, "CERT.CRL.STALE", Indication.TRY_LATER),
        ({"by": "no purpose"}, "CERT.CRL.STALE", Indication.TRY_LATER),
        ({"by": "stranger"}, "CERT.CRL.STALE", Indication.TRY_LATER),
    ],
    ids=["unknown", "revoked", "stale", "other serial", "unsigned", "no OCSPSigning", "other issuer's responder"],
)
def test_b169_responder_that_may_not_be_believed(
    tmp_path: Path, switches: dict[str, object], reason: str, indication: Indication
) -> None:
    by = {
        "no purpose": lambda: responder_certificate(present().issuing, purposes=()),
        "stranger": lambda: responder_certificate(present().root),
        None: lambda: None,
    }[switches.pop("by", None)]()
    if by is not None:
        switches |= {"signer": by, "enclosed": (by,)}
    trust = refreshed(tmp_path, Responder(present().issuing, **switches))
    require_refused(present().leaf, reason, indication, trust=trust, now=TODAY)


def refreshed(folder: Path, responder: Callable[[bytes], bytes] | None, **options: object) -> TrustStore:
    """The trust of an installation after one round of asking a responder about the leaf."""
    from gateway.security.dev_pki import write_trust

    write_trust(folder / "trust", present().root, present().issuing)
    certificate = present().leaf.certificate
    with serving() as site:
        site.pages = {} if responder is None else {"/": responder}
        trust = open_trust(
            folder / "trust",
            folder / "revocation",
            TrustRules(responders=(f"development-issuing-ca={site.url}/",)),
            enrolled=lambda: [(certificate.issuer.rfc4514_string(), str(certificate.serial_number))],
        )
        trust.refresher.round()
    return trust.store


def test_b169_responder_that_may_be_believed_lets_the_message_pass(tmp_path: Path) -> None:
    trust = refreshed(tmp_path, Responder(present().issuing))
    signer = present().leaf
    assert accept(forge(issued=signer, security=[timestamp(TODAY), token(signer)]), trust=trust, now=TODAY)


def test_b170_source_that_cannot_be_reached(tmp_path: Path) -> None:
    trust = refreshed(tmp_path, None)
    begun = process_time()
    require_refused(present().leaf, "CERT.CRL.STALE", Indication.TRY_LATER, trust=trust, now=TODAY)
    assert process_time() - begun < 1


def test_b171_required_policy_missing() -> None:
    trust = trusting(required_policies=["1.2.3.5"])
    require_refused(system(), "CERT.POLICY", CHAIN, trust=trust)


def test_b172_certificate_of_a_public_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the store of the system, or certifi's, held its root: neither is ever looked at."""
    public = Authority.root(NOW - timedelta(days=9), common_name="Public TLS CA")
    bundle = Path(__file__)
    for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(bundle))
    certifi = pytest.importorskip("certifi")
    monkeypatch.setattr(certifi, "where", lambda: pytest.fail("certifi was asked"))
    require_refused(public.issue("Leaf", NOW - timedelta(days=1)), "CERT.NO_CHAIN", NO_CHAIN)


SHA256_RSA = bytes.fromhex("06092a864886f70d01010b")


@pytest.mark.parametrize(("name", "last"), [("SHA-1", "05"), ("MD5", "04"), ("SHA-224", "0e")])
def test_b174_signed_with_a_weak_hash(name: str, last: str) -> None:
    rsa_ca = Authority(pki().root.issue("RSA CA", NOW - timedelta(days=2), extensions=(CA, ISSUES)))
    data = leaf(by=rsa_ca).certificate.public_bytes(Encoding.DER)
    assert data.count(SHA256_RSA) == 2
    weak = data.replace(SHA256_RSA, SHA256_RSA[:-1] + bytes.fromhex(last))
    text = base64.b64encode(weak).decode()
    refused = refusal(forge(security=[timestamp(), token(system(), text=text)]), trust=trusting(rsa_ca))
    assert (refused.code, refused.reason) == (FAILED, "CERT.HASH"), name
    with pytest.raises(UntrustedCertificateError) as raised:
        trusting(rsa_ca).trusted(weak, NOW)
    assert raised.value.indication is CRYPTO


def test_b174_authority_with_a_weak_key() -> None:
    odd = authority(pki().root, CA, ISSUES, key=rsa.generate_private_key(public_exponent=65537, key_size=1024))
    require_refused(leaf(by=odd), "CERT.CA.CRYPTO", CRYPTO, trust=trusting(odd))


def chain_xml(*certificates: x509.Certificate) -> str:
    texts = (base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in certificates)
    inner = "".join(f"<ds:X509Certificate>{text}</ds:X509Certificate>" for text in texts)
    return f"<ds:X509Data>{inner}</ds:X509Data>"


def test_b175_many_certificates_in_the_key_info() -> None:
    many = [system("P-256", f"S{number % 10}").certificate for number in range(100)]
    twice = [system().certificate] * 2
    reversed_chain = [pki().root.issued.certificate, pki().issuing.issued.certificate, system().certificate]
    for certificates in (many, twice, reversed_chain):
        data = forge(key_info=chain_xml(*certificates))
        begun = thread_time()
        assert refusal(data).reason == "KEYINFO.KIND"
        assert thread_time() - begun < 0.2


def test_b175_loops_and_crowds_among_the_intermediates() -> None:
    """Authorities that certified each other, and a hundred of one name, none of them leading to a root."""
    keys = [make_key("P-256") for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in "AB"]

    def crossed(number: int, serial: int) -> Authority:
        certificate = (
            x509.CertificateBuilder()
            .subject_name(names[number])
            .issuer_name(names[1 - number])
            .public_key(keys[number].public_key())
            .serial_number(serial)
            .not_valid_before(NOW - timedelta(days=9))
            .not_valid_after(NOW + timedelta(days=9))
            .add_extension(*CA)
            .add_extension(*ISSUES)
            .sign(keys[1 - number], hashes.SHA256())
        )
        return Authority(Issued(certificate, keys[number]))

    crowd = [crossed(number % 2, number + 1) for number in range(100)]
    signer = crowd[0].issue("Leaf", NOW - timedelta(days=1))
    begun = thread_time()
    require_refused(signer, "CERT.NO_CHAIN", NO_CHAIN, trust=trusting(*crowd))
    assert thread_time() - begun < 0.2
    # A way out of the loop is found, wherever in the crowd it stands.
    out = Authority(
        Issued(
            x509.CertificateBuilder()
            .subject_name(names[1])
            .issuer_name(pki().root.issued.certificate.subject)
            .public_key(keys[1].public_key())
            .serial_number(500)
            .not_valid_before(NOW - timedelta(days=9))
            .not_valid_after(NOW + timedelta(days=8))
            .add_extension(*CA)
            .add_extension(*ISSUES)
            .sign(pki().root.issued.key, hashes.SHA256()),
            keys[1],
        )
    )
    assert accept(forge(issued=out.issue("Leaf", NOW)), trust=trusting(crowd[0], crowd[1], out))


def test_b176_addresses_in_a_certificate_are_not_connected_to() -> None:
    with serving() as canary:
        for url in (f"{canary.url}/ca", "file:///etc/passwd", f"ldap://{canary.host}/cn=ca"):
            place = x509.UniformResourceIdentifier(url)
            pointing = leaf(
                END,
                SIGNS,
                (x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)]), False),
                (
                    x509.AuthorityInformationAccess(
                        [
                            x509.AccessDescription(method, place)
                            for method in (AuthorityInformationAccessOID.OCSP, AuthorityInformationAccessOID.CA_ISSUERS)
                        ]
                    ),
                    False,
                ),
            )
            assert accept(forge(issued=pointing))
            unknown = Authority(pointing).issue("Below", NOW - timedelta(days=1))
            assert refusal(forge(issued=unknown)).reason == "CERT.NO_CHAIN"
        assert not canary.connects


SUBJECTS = {
    "NUL": [("System A RSA-2048\x00.evil", None)],
    "two common names": [("System A RSA-2048", None), ("Evil", None)],
    "BMPString": [("System A RSA-2048", x509.name._ASN1Type.BMPString)],
    "homoglyph": [("Systеm A RSA-2048", None)],  # noqa: RUF001 - a Cyrillic letter is the point
    "the very same": [("System A RSA-2048", None)],
}


@pytest.mark.parametrize("trick", SUBJECTS)
def test_b177_a_subject_that_looks_like_an_enrolled_one_is_nobody(trick: str) -> None:
    organisation = system().certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0]
    country = x509.NameAttribute(COUNTRY, "AZ")
    common = [
        x509.NameAttribute(NameOID.COMMON_NAME, text, **({} if kind is None else {"_type": kind}))
        for text, kind in SUBJECTS[trick]
    ]
    key = make_key("P-256")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([country, organisation, *common]))
        .issuer_name(pki().issuing.issued.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(*END)
        .add_extension(*SIGNS)
        .sign(pki().issuing.issued.key, hashes.SHA256())
    )
    require_nobody(Issued(certificate, key))


def test_b177_a_subject_of_ten_kilobytes_is_nobody() -> None:
    crowd = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{number:060}") for number in range(160)])
    assert len(crowd.public_bytes()) > 10_000
    key = make_key("P-256")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(crowd)
        .issuer_name(pki().issuing.issued.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(*END)
        .add_extension(*SIGNS)
        .sign(pki().issuing.issued.key, hashes.SHA256())
    )
    require_nobody(Issued(certificate, key))


def require_nobody(signer: Issued) -> None:
    """Its authority issued it, so that its signature holds; it is nobody's, whatever its subject says."""
    envelope = accept(forge(issued=signer))
    with pytest.raises(RefusalError) as raised:
        recognise(envelope, directory())
    assert raised.value.code == FAILED
    assert recognise(accept(forge()), directory()).agency == "MIA"
