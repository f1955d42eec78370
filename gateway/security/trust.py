"""From a certificate in a message to a trusted one: a chain of our own making, to a root of our own choosing.

RFC 5280 §6, narrowed. The chain is the leaf, then our intermediates, then one of our roots; other certificates in a
message are never looked at. Each link is checked here, with a reason for the audit; then cryptography's own path
validation must agree, which also knows name constraints and path lengths (and fails closed where it does not).
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ExtensionNotFound
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from gateway.security.algorithms import PublicKey, is_strong
from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.model import CertificateIdentity
from gateway.security.revocation import Revocation, RevocationFolder, Unchecked
from gateway.security.token import MAX_CERTIFICATE

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)
_MAX_LINKS: Final = 5
"""Certificates in a chain, leaf and root included."""
_CACHED: Final = 4096
_HASHES: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
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


@dataclass(frozen=True, slots=True)
class TrustedCertificate:
    """A certificate whose chain holds at the moment it was asked for."""

    identity: CertificateIdentity
    public_key: PublicKey
    chain: tuple[x509.Certificate, ...]
    """Leaf first, root last."""
    valid_from: datetime
    valid_until: datetime
    """The time in which every certificate of the chain is valid."""


class TrustStore:
    """The roots and intermediates that the operator trusts, and what was found out about leaves. Safe for threads."""

    def __init__(
        self,
        roots: Iterable[x509.Certificate],
        intermediates: Iterable[x509.Certificate] = (),
        *,
        revocation: Revocation | None = None,
        required_policies: Iterable[str] = (),
    ) -> None:
        """`required_policies`: dotted identifiers of which a leaf must state one; empty: not asked for."""
        self._roots = tuple(roots)
        self._intermediates = tuple(intermediates)
        self._revocation = revocation or Unchecked()
        self._policies = frozenset(map(x509.ObjectIdentifier, required_policies))
        self._found: OrderedDict[str, TrustedCertificate] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def from_folder(cls, folder: Path, *, revocation: Revocation | None = None) -> TrustStore:
        """Read `roots/*.pem`, `intermediates/*.pem` and, unless `revocation` is given, `crls/*.pem` of `folder`.

        Revocation lists that come or change later are noticed (see `RevocationFolder`); certificates are not.

        Raises `ValueError` when there is no root or a file is no certificate.
        """
        roots = _load_folder(folder / "roots")
        if not roots:
            raise ValueError(f"No root certificate in {folder / 'roots'}")
        return cls(
            roots,
            _load_folder(folder / "intermediates"),
            revocation=revocation or RevocationFolder(folder / "crls"),
        )

    def trusted(self, der: bytes, now: datetime) -> TrustedCertificate:
        """The certificate in `der` with its chain, or `UntrustedCertificateError`.

        What is found is kept under the full SHA-256 of the DER; times and revocation are judged anew on every call.
        """
        fingerprint = hashlib.sha256(der).hexdigest()
        with self._lock:
            known = self._found.get(fingerprint)
        if known is None or not known.valid_from <= now <= known.valid_until:
            known = self._examine(der, fingerprint, now)
            with self._lock:
                self._found[fingerprint] = known
                while len(self._found) > _CACHED:
                    self._found.popitem(last=False)
        self._revocation.check(known.chain, now)
        return known

    def _examine(self, der: bytes, fingerprint: str, now: datetime) -> TrustedCertificate:
        leaf = load_certificate(der)
        require_signer(leaf, now)
        self._require_policy(leaf)
        chain = (leaf, *self._issuers(leaf))
        for depth, issuer in enumerate(chain[1:]):
            require_issuer(issuer, depth, now)
        self._require_path(chain, now)
        key = leaf.public_key()
        assert isinstance(key, PublicKey)
        return TrustedCertificate(
            identity_of(leaf, der, fingerprint),
            key,
            chain,
            max(certificate.not_valid_before_utc for certificate in chain),
            min(certificate.not_valid_after_utc for certificate in chain),
        )

    def _require_policy(self, leaf: x509.Certificate) -> None:
        if not self._policies:
            return
        try:
            stated = leaf.extensions.get_extension_for_class(x509.CertificatePolicies).value
        except ExtensionNotFound:
            stated = x509.CertificatePolicies([])
        if not any(policy.policy_identifier in self._policies for policy in stated):
            raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.POLICY")

    def _issuers(self, leaf: x509.Certificate) -> tuple[x509.Certificate, ...]:
        """The chain above `leaf`, ending in a root; a name and key that only look alike do not make a link."""
        chain: list[x509.Certificate] = []
        current = leaf
        while len(chain) < _MAX_LINKS - 1:
            root = next((root for root in self._roots if _issued(current, root)), None)
            if root is not None:
                return (*chain, root)
            issuer = next((ca for ca in self._intermediates if ca not in chain and _issued(current, ca)), None)
            if issuer is None:
                break
            chain.append(issuer)
            current = issuer
        raise UntrustedCertificateError(Indication.NO_CERTIFICATE_CHAIN_FOUND, "CERT.NO_CHAIN")

    def _require_path(self, chain: tuple[x509.Certificate, ...], now: datetime) -> None:
        """Let cryptography's path validation (names, path lengths, algorithms) agree with what was found here."""
        verifier = (
            PolicyBuilder()
            .store(Store([chain[-1]]))
            .time(now)
            .extension_policies(ca_policy=_issuing_policy(), ee_policy=ExtensionPolicy.permit_all())
            .build_client_verifier()
        )
        try:
            verifier.verify(chain[0], list(chain[1:-1]))
        except VerificationError as error:
            raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.PATH") from error


def _issuing_policy() -> ExtensionPolicy:
    return ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)


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
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.UnsupportedGeneralNameType,
    ) as error:
        raise UntrustedCertificateError(Indication.FORMAT_FAILURE, "CERT.FORM") from error
    if not is_strong(key):
        raise UntrustedCertificateError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "CERT.KEY")
    if not isinstance(algorithm, _HASHES):
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


def require_signer(leaf: x509.Certificate, now: datetime) -> None:
    """Refuse a leaf that may not sign: out of its time, a CA, without the key usage, or made for something else."""
    _require_time(leaf, now)
    _require_understood(leaf)
    constraints = _extension(leaf, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.IS_CA")
    usage = _extension(leaf, x509.KeyUsage)
    if usage is None or not (usage.digital_signature or usage.content_commitment) or usage.key_cert_sign:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.KEY_USAGE")
    purposes = _extension(leaf, x509.ExtendedKeyUsage)
    if purposes is not None and _SERVER_PURPOSES.issuperset(purposes):
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.EKU")


def require_issuer(issuer: x509.Certificate, depth: int, now: datetime) -> None:
    """Refuse a certificate that may not issue, `depth` intermediates lying between it and the leaf."""
    _require_time(issuer, now)
    _require_understood(issuer)
    if not is_strong(issuer.public_key()) or not isinstance(issuer.signature_hash_algorithm, _HASHES):
        raise UntrustedCertificateError(Indication.CRYPTO_CONSTRAINTS_FAILURE, "CERT.CA.CRYPTO")
    constraints = _extension(issuer, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        raise UntrustedCertificateError(Indication.NO_CERTIFICATE_CHAIN_FOUND, "CERT.CA.NOT_CA")
    if constraints.path_length is not None and constraints.path_length < depth:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.CA.PATH_LENGTH")
    usage = _extension(issuer, x509.KeyUsage)
    if usage is None or not usage.key_cert_sign:
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.CA.KEY_USAGE")


def _extension(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except ExtensionNotFound:
        return None


def _require_time(certificate: x509.Certificate, now: datetime) -> None:
    if now < certificate.not_valid_before_utc:
        raise UntrustedCertificateError(Indication.NOT_YET_VALID, "CERT.NOT_YET_VALID")
    if now > certificate.not_valid_after_utc:
        raise UntrustedCertificateError(Indication.EXPIRED, "CERT.EXPIRED")


def _require_understood(certificate: x509.Certificate) -> None:
    if any(extension.critical and extension.oid not in _UNDERSTOOD for extension in certificate.extensions):
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.CRITICAL")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _load_folder(folder: Path) -> list[x509.Certificate]:
    return [
        certificate
        for path in sorted(folder.glob("*.pem"))
        for certificate in x509.load_pem_x509_certificates(path.read_bytes())
    ]
