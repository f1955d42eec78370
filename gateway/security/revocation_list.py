"""One certificate revocation list, read once: whom it speaks of, until when, and which serial numbers it names.

RFC 5280 §5 and §6.3.3, narrowed to full lists that the issuer itself signed. Serial numbers are put into a table when
the list is read: a list may have a hundred thousand of them, and is asked for every certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import ExtensionOID

from gateway.security.algorithms import PublicKey
from gateway.security.certificate_profile import STRONG_HASHES, extension_of

_PARTIAL: Final = frozenset({ExtensionOID.DELTA_CRL_INDICATOR, ExtensionOID.ISSUING_DISTRIBUTION_POINT})
"""Extensions that make a list a partial, indirect or changes-only one, which is no answer here."""
_PEM: Final = b"-----BEGIN X509 CRL-----"


@dataclass(frozen=True, slots=True, eq=False)
class RevocationList:
    """What a revocation list says. Whether it may be believed is for `is_by`."""

    issuer: x509.Name
    issued_at: datetime
    until: datetime | None
    """nextUpdate: from then on the list says nothing about who is not on it."""
    revoked: Mapping[int, bool]
    """Serial numbers; True: only on hold (certificateHold), which a later list may lift."""
    whole: bool
    """Whether this is a full list of all its issuer's certificates, with no critical extension we do not know."""
    signed: x509.CertificateRevocationList = field(repr=False)

    @classmethod
    def of(cls, signed: x509.CertificateRevocationList) -> RevocationList:
        """Read a parsed list; raises `ValueError` for one that is malformed inside."""
        try:
            whole = not any(each.critical or each.oid in _PARTIAL for each in signed.extensions)
            revoked = {entry.serial_number: _is_hold(entry) for entry in signed}
            return cls(signed.issuer, signed.last_update_utc, signed.next_update_utc, revoked, whole, signed)
        except (x509.DuplicateExtension, x509.UnsupportedGeneralNameType, TypeError, UnsupportedAlgorithm) as error:
            raise ValueError("not a revocation list") from error

    @classmethod
    def read(cls, data: bytes) -> RevocationList:
        """Read a list in DER or PEM; raises `ValueError` for anything else."""
        pem = data.lstrip().startswith(_PEM)
        return cls.of(x509.load_pem_x509_crl(data) if pem else x509.load_der_x509_crl(data))

    def is_by(self, issuer: x509.Certificate) -> bool:
        """Whether it is a whole list that this very authority signed, and the authority may sign lists."""
        if not self.whole or self.issuer != issuer.subject:
            return False
        usage, key = extension_of(issuer, x509.KeyUsage), issuer.public_key()
        if (usage is not None and not usage.crl_sign) or not isinstance(key, PublicKey):
            return False
        try:
            return isinstance(self.signed.signature_hash_algorithm, STRONG_HASHES) and (
                self.signed.is_signature_valid(key)
            )
        except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
            return False

    def revoked_since(self, serial: int) -> datetime | None:
        """Since when the key is not to be relied on: its revocation, or an earlier moment that the entry names."""
        entry = self.signed.get_revoked_certificate_by_serial_number(serial)
        if entry is None:
            return None
        try:
            invalid = entry.extensions.get_extension_for_class(x509.InvalidityDate).value.invalidity_date_utc
        except x509.ExtensionNotFound:
            return entry.revocation_date_utc
        return min(invalid, entry.revocation_date_utc)

    def is_fresh(self, now: datetime) -> bool:
        """Whether it speaks for `now`; one made later than `now` (a receipt's moment) names what was revoked then."""
        return self.until is not None and now <= self.until


def _is_hold(entry: x509.RevokedCertificate) -> bool:
    if not len(entry.extensions):
        return False
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return False
    return reason is x509.ReasonFlags.certificate_hold
