"""What a certificate must be like by itself, before anybody asks who issued it: RFC 5280 §4, narrowed.

The chain and its root are for `gateway.security.trust`; this module looks at one certificate at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.x509 import ExtensionNotFound
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from gateway.security.algorithms import is_strong
from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.model import CertificateIdentity
from gateway.security.token import MAX_CERTIFICATE, UNREADABLE

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
STRONG_HASHES: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
"""Hashes that certificates, revocation lists and OCSP responses may be signed with."""
_UNDERSTOOD: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.NAME_CONSTRAINTS,
    }
)
_SERVER_PURPOSES: Final = frozenset(
    {
        ExtendedKeyUsageOID.SERVER_AUTH,
        ExtendedKeyUsageOID.OCSP_SIGNING,
        ExtendedKeyUsageOID.TIME_STAMPING,
        ExtendedKeyUsageOID.CODE_SIGNING,
    }
)
"""Purposes that do not make a signer of messages or documents, alone or together."""
_NO_PURPOSE: Final = "none"
PURPOSES: Final[Mapping[str, x509.ObjectIdentifier]] = MappingProxyType(
    {
        "clientAuth": ExtendedKeyUsageOID.CLIENT_AUTH,
        "emailProtection": ExtendedKeyUsageOID.EMAIL_PROTECTION,
        "documentSigning": x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # RFC 9336
        "any": ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)
"""Extended key usages by the names that the setting `signer_purposes` takes beside dotted identifiers."""


class Purposes:
    """Which extended key usages a signer's certificate may have: a positive list, or the rule where none is given.

    Without a list every certificate will do that is not made for servers, responders, time stamps or code alone.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """`allowed`: names of `PURPOSES`, dotted identifiers, and `none` for certificates that state no usage.

        Raises `ValueError` for a word that is neither.
        """
        words = frozenset(allowed)
        self._none = _NO_PURPOSE in words or not words
        self._allowed = frozenset(
            PURPOSES.get(word) or x509.ObjectIdentifier(word) for word in words if word != _NO_PURPOSE
        )
        self._listed = bool(words)

    def allow(self, certificate: x509.Certificate) -> bool:
        """Whether the usages that the certificate states make a signer."""
        stated = extension_of(certificate, x509.ExtendedKeyUsage)
        if stated is None:
            return self._none
        if self._listed:
            return not self._allowed.isdisjoint(stated)
        return not _SERVER_PURPOSES.issuperset(stated)


ANY_BUT_SERVERS: Final = Purposes()


def load_certificate(der: bytes) -> x509.Certificate:
    """Parse DER of at most 16 KB; raises `UntrustedCertificateError` (FORMAT_FAILURE) for anything else.

    Names and extensions are read here once, because cryptography parses them late and would raise later.
    """
    if len(der) > MAX_CERTIFICATE:
        raise UntrustedCertificateError(Indication.FORMAT_FAILURE, "CERT.SIZE")
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.subject.rfc4514_string()
        certificate.issuer.rfc4514_string()
        certificate.extensions  # noqa: B018 - parsed when read
        key = certificate.public_key()
        algorithm = certificate.signature_hash_algorithm
    except UNREADABLE as error:
        raise UntrustedCertificateError(Indication.FORMAT_FAILURE, "CERT.FORM") from error
    if not is_strong(key):
        raise UntrustedCertificateError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "CERT.KEY")
    if not is_signed_strongly(certificate, algorithm):
        raise UntrustedCertificateError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "CERT.HASH")
    return certificate


def identity_of(certificate: x509.Certificate, der: bytes, fingerprint: str) -> CertificateIdentity:
    """The identity of a certificate as records and logs know it."""
    return CertificateIdentity(
        fingerprint=fingerprint,
        issuer=certificate.issuer.rfc4514_string(),
        serial=str(certificate.serial_number),
        subject=certificate.subject.rfc4514_string(),
        der=der,
    )


def is_signed_strongly(certificate: x509.Certificate, algorithm: hashes.HashAlgorithm | None) -> bool:
    """Whether the hash of its signature is SHA-256, 384 or 512, in the mask of a PSS signature too."""
    if not isinstance(algorithm, STRONG_HASHES):
        return False
    padding = certificate.signature_algorithm_parameters
    if not isinstance(padding, PSS):
        return True
    return isinstance(padding.mgf, MGF1) and isinstance(padding.mgf._algorithm, type(algorithm))  # noqa: SLF001 - cryptography tells the hash of a mask nowhere else


def require_signer(leaf: x509.Certificate, now: datetime, purposes: Purposes = ANY_BUT_SERVERS) -> None:
    """Refuse a leaf that may not sign: out of its time, a CA, without the key usage, or made for something else."""
    _require_time(leaf, now)
    _require_understood(leaf)
    constraints = extension_of(leaf, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.IS_CA")
    usage = extension_of(leaf, x509.KeyUsage)
    if usage is None or not (usage.digital_signature or usage.content_commitment) or usage.key_cert_sign:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.KEY_USAGE")
    if not purposes.allow(leaf):
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.EKU")


def require_issuer(issuer: x509.Certificate, depth: int, now: datetime) -> None:
    """Refuse a certificate that may not issue, `depth` intermediates lying between it and the leaf."""
    _require_readable(issuer)
    _require_time(issuer, now)
    _require_understood(issuer)
    if not is_strong(issuer.public_key()) or not is_signed_strongly(issuer, issuer.signature_hash_algorithm):
        raise UntrustedCertificateError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "CERT.CA.CRYPTO")
    constraints = extension_of(issuer, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        raise UntrustedCertificateError(Indication.NO_CERTIFICATE_CHAIN_FOUND, "CERT.CA.NOT_CA")
    if constraints.path_length is not None and constraints.path_length < depth:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.CA.PATH_LENGTH")
    usage = extension_of(issuer, x509.KeyUsage)
    if usage is None or not usage.key_cert_sign:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.CA.KEY_USAGE")
    if not ANY_BUT_SERVERS.allow(issuer):
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.CA.EKU")


def extension_of(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    """The extension of this type, or None."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except ExtensionNotFound:
        return None


def _require_readable(issuer: x509.Certificate) -> None:
    """Extensions are parsed when they are first looked at; what the operator's file holds may turn out to be odd."""
    try:
        issuer.extensions  # noqa: B018 - parsed when read
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.CA.FORM") from error


def _require_time(certificate: x509.Certificate, now: datetime) -> None:
    if now < certificate.not_valid_before_utc:
        raise UntrustedCertificateError(Indication.NOT_YET_VALID, "CERT.NOT_YET_VALID")
    if now > certificate.not_valid_after_utc:
        raise UntrustedCertificateError(Indication.EXPIRED, "CERT.EXPIRED")


def is_understood(certificate: x509.Certificate) -> bool:
    """Whether every critical extension is one that is acted on here."""
    return all(extension.oid in _UNDERSTOOD for extension in certificate.extensions if extension.critical)


def _require_understood(certificate: x509.Certificate) -> None:
    if not is_understood(certificate):
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.CRITICAL")
