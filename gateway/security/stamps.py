"""Time stamps of signatures (XAdES-B-T): by whom, of what, and when (EN 319 102-1 §5.4, EN 319 132-1 §5.3).

A time stamp that is accepted proves that the signature existed at its time. The authorities are the operator's own
choice and are kept apart from those of signatories: neither can stand in for the other.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509 import ExtensionNotFound
from cryptography.x509.oid import ExtendedKeyUsageOID

from gateway.security.errors import Indication, StampRefusedError, UntrustedCertificateError
from gateway.security.revocation import Revocation, Unchecked
from gateway.security.stamp_token import HASHES, StampToken, read_token
from gateway.security.trust import TrustStore

CLOCK_SKEW: Final = timedelta(seconds=60)
"""How far the clocks of the authority, the signatory and this gateway may disagree."""
_PURPOSE: Final = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])


@dataclass(frozen=True, slots=True)
class StampedOctets:
    """A token as a signed file carries it, with the octets that it must be about; nothing is proven yet."""

    token: bytes
    octets: bytes
    """The canonical form of ds:SignatureValue."""


class StampAuthorities:
    """The time-stamping authorities that the operator trusts. Safe for threads."""

    def __init__(
        self,
        roots: Iterable[x509.Certificate],
        intermediates: Iterable[x509.Certificate] = (),
        *,
        revocation: Revocation | None = None,
    ) -> None:
        """`revocation` is asked as of the moment of judging, not as of the time stamp: see `proven`."""
        self._trust = TrustStore(roots, intermediates, require_leaf=require_time_stamper)
        self._revocation = revocation or Unchecked()

    @classmethod
    def from_folder(cls, folder: Path, *, revocation: Revocation | None = None) -> StampAuthorities | None:
        """Read the certificates in `*.pem` of `folder`; None when there is none: then no time stamp is looked at.

        What issued itself is a root, anything else an intermediate. Raises `ValueError` when a file is no certificate,
        or when there are intermediates only.
        """
        found = [
            certificate
            for path in sorted(folder.glob("*.pem"))
            for certificate in x509.load_pem_x509_certificates(path.read_bytes())
        ]
        roots = [certificate for certificate in found if certificate.issuer == certificate.subject]
        if found and not roots:
            raise ValueError(f"No root certificate in {folder}")
        others = [certificate for certificate in found if certificate not in roots]
        return cls(roots, others, revocation=revocation) if roots else None

    def proven(self, stamped: StampedOctets, now: datetime) -> datetime:
        """When the stamped octets existed at the latest, or `StampRefusedError`.

        The certificate of the authority is judged as of the time that it states. If it is revoked by now the time stamp
        is refused whenever that was: who holds a stolen key can state any time.
        """
        token = read_token(stamped.token)
        _require_imprint(token, stamped.octets)
        if token.accuracy > CLOCK_SKEW:
            raise StampRefusedError(Indication.SIG_CONSTRAINTS_FAILURE, "STAMP.ACCURACY")
        if token.generated > now + CLOCK_SKEW:
            raise StampRefusedError(Indication.TIMESTAMP_ORDER_FAILURE, "STAMP.FUTURE")
        try:
            chain = self._trust.trusted(token.certificate, token.generated).chain
            self._revocation.check(chain, now)
        except UntrustedCertificateError as error:
            raise StampRefusedError(error.indication, f"STAMP.{error.reason}") from error
        return token.generated


def require_time_stamper(leaf: x509.Certificate, moment: datetime) -> None:
    """Refuse a certificate that is not one of a time-stamping authority (RFC 3161 §2.3) as of `moment`.

    Without the one critical purpose there is no authority at the end of the chain: NO_CERTIFICATE_CHAIN_FOUND.
    """
    if moment < leaf.not_valid_before_utc:
        raise UntrustedCertificateError(Indication.NOT_YET_VALID, "CERT.NOT_YET_VALID")
    if moment > leaf.not_valid_after_utc:
        raise UntrustedCertificateError(Indication.EXPIRED, "CERT.EXPIRED")
    extensions = leaf.extensions
    try:
        purpose = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except ExtensionNotFound:
        purpose = None
    if purpose is None or not purpose.critical or purpose.value != _PURPOSE:
        raise UntrustedCertificateError(Indication.NO_CERTIFICATE_CHAIN_FOUND, "CERT.EKU")
    if any(each.value.ca for each in extensions if isinstance(each.value, x509.BasicConstraints)):
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.IS_CA")
    usages = [each.value for each in extensions if isinstance(each.value, x509.KeyUsage)]
    if any(not (use.digital_signature or use.content_commitment) or use.key_cert_sign for use in usages):
        raise UntrustedCertificateError(Indication.CHAIN_CONSTRAINTS_FAILURE, "CERT.KEY_USAGE")


def _require_imprint(token: StampToken, octets: bytes) -> None:
    """Refuse a token about anything but `octets`, and one whose digest is not strong enough to tell."""
    known = HASHES.get(token.imprint_algorithm)
    if known is None:
        raise StampRefusedError(Indication.HASH_FAILURE, "STAMP.IMPRINT.ALGORITHM")
    if not hmac.compare_digest(token.imprint, known[0](octets)):
        raise StampRefusedError(Indication.HASH_FAILURE, "STAMP.IMPRINT")
