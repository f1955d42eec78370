"""Why a certificate or a signed file is not accepted, in the words of ETSI EN 319 102-1."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


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


class DocumentRefusedError(Exception):
    """A signed file is refused; the message that carried it may be in order."""

    def __init__(self, indication: Indication, reason: str) -> None:
        """`reason` is the precise cause for the audit, for example `DOC.REF.TRANSFORM`."""
        super().__init__(f"{indication} ({reason})")
        self.indication = indication
        self.reason = reason
        self.text_az, self.text_en = TEXTS[indication]


TEXTS: Final[Mapping[Indication, tuple[str, str]]] = MappingProxyType(
    {
        Indication.FORMAT_FAILURE: (
            "Fayl tələb olunan formada deyil: bir XAdES imzası olan, DTD və emal təlimatı olmayan XML göndərin.",
            "The file is not of the required form: XML with one enveloped XAdES signature, no DTD, no instructions.",
        ),
        Indication.HASH_FAILURE: (
            "Faylın məzmunu imzalandıqdan sonra dəyişdirilib.",
            "The content of the file was changed after it was signed.",
        ),
        Indication.SIG_CRYPTO_FAILURE: (
            "İmza göstərilən sertifikatın açarı ilə yaradılmayıb.",
            "The signature was not made with the key of the certificate it names.",
        ),
        Indication.SIGNED_DATA_NOT_FOUND: (
            "İmza bütün faylı əhatə etmir.",
            "The signature does not cover the whole file.",
        ),
        Indication.NO_SIGNING_CERTIFICATE_FOUND: (
            "Faylda imzalayanın sertifikatı yoxdur.",
            "The file holds no certificate of the signatory.",
        ),
        Indication.NO_CERTIFICATE_CHAIN_FOUND: (
            "İmzalayanın sertifikatını tanınmış sertifikat mərkəzi verməyib.",
            "The certificate of the signatory was not issued by a recognised authority.",
        ),
        Indication.CHAIN_CONSTRAINTS_FAILURE: (
            "İmzalayanın sertifikatı sənəd imzalamaq üçün nəzərdə tutulmayıb.",
            "The certificate of the signatory is not one for signing documents.",
        ),
        Indication.CRYPTO_CONSTRAINTS_FAILURE: (
            "İstifadə olunan alqoritm və ya açar kifayət qədər güclü deyil.",
            "An algorithm or key in use is not strong enough.",
        ),
        Indication.SIG_CONSTRAINTS_FAILURE: (
            "İmzada tələb olunan xüsusiyyətlər (imzalama vaxtı, sertifikatın həşi) yoxdur və ya düzgün deyil.",
            "Required properties of the signature (signing time, digest of the certificate) are missing or wrong.",
        ),
        Indication.REVOKED: (
            "İmzalayanın sertifikatı ləğv edilib.",
            "The certificate of the signatory is revoked.",
        ),
        Indication.EXPIRED: (
            "İmzalayanın sertifikatının müddəti bitib.",
            "The certificate of the signatory has expired.",
        ),
        Indication.NOT_YET_VALID: (
            "İmzalayanın sertifikatı hələ qüvvəyə minməyib.",
            "The certificate of the signatory is not valid yet.",
        ),
        Indication.TRY_LATER: (
            "Sertifikatın ləğv edilib-edilmədiyini hazırda müəyyən etmək mümkün deyil; sonra yenidən cəhd edin.",
            "Whether the certificate is revoked cannot be found out now; try again later.",
        ),
    }
)
"""Every indication in Azerbaijani and in English."""
