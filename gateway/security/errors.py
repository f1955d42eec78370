"""Why a certificate or a signed file is not accepted, in the words of ETSI EN 319 102-1."""

from __future__ import annotations

from enum import StrEnum


class Indication(StrEnum):
    """Sub-indications of ETSI EN 319 102-1 (§5.1.3, table 6) that this gateway gives."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    TRY_LATER = "TRY_LATER"


class UntrustedCertificateError(Exception):
    """The certificate is not one that this gateway trusts at this moment."""

    def __init__(self, indication: Indication, reason: str) -> None:
        """`reason` is the precise cause for the audit, for example `CERT.EKU`."""
        super().__init__(f"{indication} ({reason})")
        self.indication = indication
        self.reason = reason
