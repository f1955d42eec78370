"""Certificates as files: what enrolment reads out of them, and the first ones that a new installation makes for itself."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from gateway.security.dev_pki import Authority, Issued, make_key
from gateway.security.errors import UntrustedCertificateError
from gateway.security.model import CertificateIdentity
from gateway.security.trust import TrustStore, identity_of, load_certificate

GATEWAY_YEARS: Final = 3
"""How long the certificate is good that an installation makes for itself."""


def read_identity(pem: bytes) -> CertificateIdentity:
    """Identity of the first certificate in a PEM file; raises `ValueError` when there is none that can sign safely."""
    certificate = x509.load_pem_x509_certificate(pem)
    der = certificate.public_bytes(serialization.Encoding.DER)
    try:
        load_certificate(der)
    except UntrustedCertificateError as error:
        raise ValueError(f"the certificate cannot be used: {error}") from error
    return identity_of(certificate, der, hashlib.sha256(der).hexdigest())


def self_made(common_name: str, now: datetime) -> Issued:
    """A key with a certificate that it signed itself, for the gateway of a new installation.

    Those who verify it enrol this very certificate, until the operator replaces it by one of its authority.
    """
    key = make_key("RSA-3072")
    name = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "AZ"), x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    )
    raise NotImplementedError(name, key, now, timedelta, Authority)


def trust_of(*folders: Path) -> TrustStore:
    """Trust in the roots and intermediates of several trust folders; raises `ValueError` when there is no root at all."""
    raise NotImplementedError(folders)
