"""Certificates that must not be trusted, and an operator's trust folder with odd authorities in it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.security.dev_pki import Authority, Issued, make_key, name, write_trust

Extensions = Sequence[tuple[x509.ExtensionType, bool]]


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
SIGNS = (usage(digital_signature=True, content_commitment=True), True)
CA = (x509.BasicConstraints(ca=True, path_length=None), True)
ISSUES = (usage(key_cert_sign=True, crl_sign=True), True)
UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)
SERVER = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)


@cache
def weak_rsa(bits: int, exponent: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=exponent, key_size=bits)


def huge_rsa(bits: int = 16_384) -> rsa.RSAPublicKey:
    """A modulus that nobody has factors of: only its size matters."""
    return rsa.RSAPublicNumbers(65537, secrets.randbits(bits) | 1 << (bits - 1) | 1).public_key()


class HostilePki:
    """Writes a second root and its odd authorities into `trust`, and issues from them."""

    def __init__(self, issuing: Authority, trust: Path, now: datetime) -> None:
        self.issuing = issuing
        self.now = now
        self.trust = trust
        self.root = Authority.root(now - timedelta(days=400), common_name="Second Root", kind="P-256")
        self._odd: dict[str, Authority] = {}
        odd: dict[str, tuple[Extensions, dict[str, Any]]] = {
            "names": ((CA, ISSUES, (x509.NameConstraints([x509.DNSName("other.az")], None), True)), {}),
            "excluded": ((CA, ISSUES, (x509.NameConstraints(None, [x509.DNSName("gov.az")]), True)), {}),
            "directory": ((CA, ISSUES, (x509.NameConstraints([x509.DirectoryName(name("x"))], None), True)), {}),
            "critical": ((CA, ISSUES, UNKNOWN), {}),
            "no-usage": ((CA, (usage(digital_signature=True), True)), {}),
            "not-ca": ((LEAF, ISSUES), {}),
            "weak": ((CA, ISSUES), {"key": weak_rsa(1024, 65537)}),
            "revoking": ((CA, ISSUES), {}),
            "stale": ((CA, ISSUES), {}),
            "revoked": ((CA, ISSUES), {}),
            "short": (((x509.BasicConstraints(ca=True, path_length=0), True), ISSUES), {}),
        }
        for kind, (extensions, how) in odd.items():
            self._odd[kind] = self._authority(self.root, kind, extensions, **how)
        self._odd["expired"] = self._authority(self.root, "expired", (CA, ISSUES), past=True)
        self._odd["below-short"] = self._authority(self._odd["short"], "below-short", (CA, ISSUES))
        write_trust(trust, self.root, *self._odd.values())
        self._write_lists()

    def _authority(
        self, parent: Authority, kind: str, extensions: Extensions, *, past: bool = False, **how: Any
    ) -> Authority:
        start = self.now - timedelta(days=300 if past else 10)
        days = 200 if past else 365
        how.setdefault("kind", "P-256")
        return Authority(parent.issue(f"Odd {kind}", start, extensions=extensions, days=days, **how))

    def _write_lists(self) -> None:
        self._lists = {
            "revoking": self._list(self["revoking"], [self.revoked_leaf]),
            "stale": self._list(self["stale"], [], until=timedelta(hours=-1)),
            "root": self._list(self.root, [self["revoked"].issued]),
            "issuing": self._list(self.issuing, []),
        }
        folder = self.trust / "crls"
        folder.mkdir(exist_ok=True)
        for stem, revoked in self._lists.items():
            (folder / f"{stem}.pem").write_bytes(revoked.public_bytes(Encoding.PEM))

    def _list(
        self, by: Authority, revoked: Sequence[Issued], until: timedelta = timedelta(days=7)
    ) -> x509.CertificateRevocationList:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(by.issued.certificate.subject)
            .last_update(self.now - timedelta(days=1))
            .next_update(self.now + until)
        )
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(self.now - timedelta(hours=2)).build())
        return builder.sign(by.issued.key, hashes.SHA256())

    def listing(self, stem: str) -> x509.CertificateRevocationList:
        """A list of the trust folder."""
        return self._lists[stem]

    def __getitem__(self, kind: str) -> Authority:
        return self._odd[kind]

    @cached_property
    def revoked_leaf(self) -> Issued:
        return self["revoking"].issue("Revoked", self.now - timedelta(days=1), kind="P-256")

    def under(self, kind: str, extensions: Extensions = (LEAF, SIGNS), **how: Any) -> Issued:
        """A leaf issued by one of the odd authorities."""
        how.setdefault("kind", "P-256")
        return self[kind].issue(f"Leaf under {kind}", self.now - timedelta(hours=1), extensions=extensions, **how)

    def leaf(self, *extensions: tuple[x509.ExtensionType, bool], **how: Any) -> Issued:
        """A leaf of the authority that issues the enrolled certificates."""
        how.setdefault("kind", "P-256")
        start = how.pop("start", self.now - timedelta(hours=1))
        return self.issuing.issue(how.pop("common_name", "Odd leaf"), start, extensions=extensions, **how)

    def p192(self) -> Issued:
        key = ec.generate_private_key(ec.SECP192R1())
        return self.leaf(LEAF, SIGNS, key=key)

    def look_alike(self) -> Issued:
        """Issued by an authority of the same name and key identifier as ours, with another key."""
        ours = self.issuing.issued.certificate
        key = make_key("P-256")
        fake = _bare(ours.subject, ours.issuer, key, key, self.now, extensions=(CA, ISSUES))
        leaf_key = make_key("P-256")
        leaf = _bare(name("Look-alike"), ours.subject, leaf_key, key, self.now, extensions=(LEAF, SIGNS))
        assert fake.subject == ours.subject
        return Issued(leaf, leaf_key)

    def clone_of(self, of: Issued) -> Issued:
        """Self-made, with subject, issuer, serial number and key identifiers of another certificate."""
        key = make_key("P-256")
        theirs = of.certificate
        identifiers = [
            (extension.value, extension.critical)
            for extension in theirs.extensions
            if not isinstance(extension.value, x509.BasicConstraints | x509.KeyUsage)
        ]
        made = _bare(
            theirs.subject, theirs.issuer, key, key, self.now,
            extensions=(LEAF, SIGNS, *identifiers), serial=theirs.serial_number,
        )  # fmt: skip
        return Issued(made, key)

    def named(self, *attributes: tuple[Any, str, Any]) -> Issued:
        """A leaf of ours with an odd subject."""
        subject = x509.Name([x509.NameAttribute(oid, text, kind) for oid, text, kind in attributes])
        key = make_key("P-256")
        ours = self.issuing.issued
        made = _bare(subject, ours.certificate.subject, key, ours.key, self.now, extensions=(LEAF, SIGNS))
        return Issued(made, key)


def _bare(
    subject: x509.Name, issuer: x509.Name, key: Any, issuer_key: Any, now: datetime, *, extensions: Extensions,
    serial: int | None = None,
) -> x509.Certificate:  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


def common_name(text: str, kind: Any = None) -> tuple[Any, str, Any]:
    return NameOID.COMMON_NAME, text, kind
