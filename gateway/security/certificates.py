"""Certificates as files: what enrolment reads out of them, and the ones that a new installation makes for itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from gateway.security.certificate_profile import extension_of
from gateway.security.dev_pki import Authority, Issued, make_key
from gateway.security.errors import UntrustedCertificateError
from gateway.security.model import CertificateIdentity
from gateway.security.trust import TrustStore, identity_of, load_certificate
from handlers.parties.model import Certificate

X509Certificate = x509.Certificate
"""So that the command line can name the type without the library."""
_ROOT_YEARS: Final = 10
_GATEWAY_DAYS: Final = 3 * 365
_ORGANISATION: Final = "State register gateway"


def read_identity(pem: bytes) -> CertificateIdentity:
    """Identity of the first certificate in a PEM file; raises `ValueError` when there is none that may be relied on."""
    der = x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)
    try:
        certificate = load_certificate(der)
    except UntrustedCertificateError as error:
        raise ValueError(str(error)) from error
    return identity_of(certificate, der, hashlib.sha256(der).hexdigest())


def pem_of(identity: CertificateIdentity) -> bytes:
    """The certificate in PEM."""
    return x509.load_der_x509_certificate(identity.der).public_bytes(serialization.Encoding.PEM)


def validity_of(identity: CertificateIdentity) -> tuple[datetime, datetime]:
    """First and last moment in which a certificate is valid."""
    certificate = x509.load_der_x509_certificate(identity.der)
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def certificate_of(identity: CertificateIdentity) -> Certificate:
    """The certificate as it is enrolled for a system."""
    first, last = validity_of(identity)
    return Certificate(
        fingerprint=identity.fingerprint,
        issuer=identity.issuer,
        serial=identity.serial,
        subject=identity.subject,
        valid_from=first,
        valid_until=last,
    )


def gateway_certificate(now: datetime) -> tuple[Issued, bytes]:
    """A signing key and certificate for a new gateway, and the PEM of the root that callers verify it with.

    The root was made for this one certificate and its key is gone. An operator with an authority of its own replaces
    both.
    """
    root = _own_root(now)
    leaf = Authority(root).issue(
        "State register gateway", now, kind="RSA-3072", organisation=_ORGANISATION, days=_GATEWAY_DAYS
    )
    return leaf, root.certificate_pem


def trust_in(
    pems: Iterable[Path], intermediates: Iterable[Path] = (), former: Iterable[X509Certificate] = ()
) -> TrustStore:
    """Trust in the roots in these PEM files and in `former`; raises `ValueError` when a file holds no certificate."""
    return TrustStore([*_load(pems), *former], _load(intermediates))


def former_gateways(pems: Iterable[Path]) -> tuple[frozenset[str], list[X509Certificate]]:
    """Fingerprints of the certificates a gateway signed with before, and the roots kept beside them.

    Raises `ValueError` for a file that holds no certificate.
    """
    kept = _load(pems)
    roots = [each for each in kept if _is_authority(each)]
    return frozenset(each.fingerprint(hashes.SHA256()).hex() for each in kept if not _is_authority(each)), roots


def _is_authority(certificate: x509.Certificate) -> bool:
    constraints = extension_of(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca


def _own_root(now: datetime) -> Issued:
    key = make_key("P-384")
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "AZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, "State register gateway root"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365 * _ROOT_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA384())
    )
    return Issued(certificate, key)


def _load(paths: Iterable[Path]) -> list[x509.Certificate]:
    return [certificate for path in paths for certificate in x509.load_pem_x509_certificates(path.read_bytes())]
