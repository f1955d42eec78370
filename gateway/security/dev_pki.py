"""A small certification authority for trying things out: root, intermediate, and leaves as the real ones would look.

Everything it makes says so in its name. `gateway init --dev` writes it to disk; the tests make their own in memory.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from gateway.security.algorithms import PrivateKey
from gateway.security.sign import SigningKey

KEY_KINDS: Final = ("RSA-2048", "RSA-3072", "RSA-4096", "P-256", "P-384")
_BACKDATED: Final = timedelta(hours=1)
"""So that a machine whose clock is a little behind can use a certificate at once."""


def make_key(kind: str) -> PrivateKey:
    """A new private key; `kind` is one of `KEY_KINDS`."""
    if kind == "P-256":
        return ec.generate_private_key(ec.SECP256R1())
    if kind == "P-384":
        return ec.generate_private_key(ec.SECP384R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=int(kind.removeprefix("RSA-")))


def name(common_name: str, organisation: str = "Development only") -> x509.Name:
    """A distinguished name in Azerbaijan."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "AZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def certificate_pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The private key as PEM (PKCS #8), not encrypted."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def signing_key(self) -> SigningKey:
        """The same as a key to sign with."""
        return SigningKey.from_pem(self.key_pem, self.certificate_pem)

    def write(self, folder: Path, stem: str) -> None:
        """Write `<stem>.pem` and, readable by the owner only, `<stem>.key` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(folder / f"{stem}.pem", self.certificate_pem)
        write_private(folder / f"{stem}.key", self.key_pem)


class Authority:
    """Issues certificates in the name of `issued`."""

    def __init__(self, issued: Issued) -> None:
        self.issued = issued

    @classmethod
    def root(
        cls, now: datetime, *, common_name: str = "Development Root CA", kind: str = "P-384", years: int = 10
    ) -> Authority:
        """A new self-signed root."""
        key = make_key(kind)
        subject = name(common_name)
        certificate = _build(subject, subject, key, key, now, timedelta(days=365 * years), _ca_extensions(1))
        return cls(Issued(certificate, key))

    def authority(
        self, now: datetime, *, common_name: str = "Development Issuing CA", kind: str = "P-256"
    ) -> Authority:
        """An intermediate that issues leaves only."""
        key = make_key(kind)
        certificate = _build(
            name(common_name),
            self.issued.certificate.subject,
            key,
            self.issued.key,
            now,
            timedelta(days=365 * 5),
            _ca_extensions(0),
        )
        return Authority(Issued(certificate, key))

    def issue(
        self,
        common_name: str,
        now: datetime,
        *,
        kind: str = "RSA-2048",
        organisation: str = "Development only",
        days: int = 365,
        extensions: Sequence[tuple[x509.ExtensionType, bool]] | None = None,
        hash_algorithm: hashes.HashAlgorithm | None = None,
        key: PrivateKey | None = None,
    ) -> Issued:
        """A leaf for signing; `extensions` (each with whether it is critical) replaces the usual ones."""
        leaf_key = key or make_key(kind)
        certificate = _build(
            name(common_name, organisation),
            self.issued.certificate.subject,
            leaf_key,
            self.issued.key,
            now,
            timedelta(days=days),
            _leaf_extensions() if extensions is None else extensions,
            hash_algorithm,
        )
        return Issued(certificate, leaf_key)


def write_trust(folder: Path, root: Authority, *intermediates: Authority) -> None:
    """Lay down a trust folder as `TrustStore.from_folder` reads it; private keys of the authorities go beside it."""
    for place, authorities in (("roots", (root,)), ("intermediates", intermediates)):
        (folder / place).mkdir(parents=True, exist_ok=True, mode=0o700)
        for authority in authorities:
            common_name = authority.issued.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
            stem = str(common_name).lower().replace(" ", "-")
            write_private(folder / place / f"{stem}.pem", authority.issued.certificate_pem)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, from its first moment on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _ca_extensions(path_length: int) -> list[tuple[x509.ExtensionType, bool]]:
    return [(x509.BasicConstraints(ca=True, path_length=path_length), True), (_usage(issues=True), True)]


def _leaf_extensions() -> list[tuple[x509.ExtensionType, bool]]:
    return [(x509.BasicConstraints(ca=False, path_length=None), True), (_usage(issues=False), True)]


def _usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not issues,
        content_commitment=not issues,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=issues,
        crl_sign=issues,
        encipher_only=False,
        decipher_only=False,
    )


def _build(
    subject: x509.Name,
    issuer: x509.Name,
    key: PrivateKey,
    issuer_key: PrivateKey,
    now: datetime,
    lifetime: timedelta,
    extensions: Sequence[tuple[x509.ExtensionType, bool]],
    hash_algorithm: hashes.HashAlgorithm | None = None,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hash_algorithm or hashes.SHA256())  # type: ignore[arg-type]
