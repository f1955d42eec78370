"""Why a certificate or a signed file is not accepted, in the words of ETSI EN 319 102-1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
    POLICY_PROCESSING_ERROR = "POLICY_PROCESSING_ERROR"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"


class UntrustedCertificateError(Exception):
    """The certificate is not one that this gateway trusts at this moment."""

    def __init__(self, indication: Indication, reason: str, since: datetime | None = None) -> None:
        """`reason` is the precise cause for the audit, for example `CERT.EKU`; `since`: when it was revoked."""
        super().__init__(f"{indication} ({reason})")
        self.indication = indication
        self.reason = reason
        self.since = since


class DocumentRefusedError(Exception):
    """A signed file is refused; the message that carried it may be in order."""

    def __init__(self, indication: Indication, reason: str) -> None:
        """`reason` is the precise cause for the audit, for example `DOC.REF.TRANSFORM`."""
        super().__init__(f"{indication} ({reason})")
        self.indication = indication
        self.reason = reason
        self.text_az, self.text_en = TEXTS[indication]


class StampRefusedError(DocumentRefusedError):
    """The time stamp of a signed file is refused, and with it the file."""

    def __init__(self, indication: Indication, reason: str) -> None:
        """`reason` is the precise cause for the audit, for example `STAMP.IMPRINT`."""
        super().__init__(indication, reason)
        self.text_az, self.text_en = STAMP_TEXTS[indication]


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
        Indication.POLICY_PROCESSING_ERROR: (
            "İmza tələb olunan imza siyasətini göstərmir.",
            "The signature does not state the signature policy that is required.",
        ),
        Indication.TIMESTAMP_ORDER_FAILURE: (
            "Vaxt möhürünün vaxtı imzalama vaxtına və ya sertifikatın müddətinə uyğun gəlmir.",
            "The time of the time stamp does not agree with the signing time or the term of the certificate.",
        ),
    }
)
"""Every indication in Azerbaijani and in English."""

STAMP_TEXTS: Final[Mapping[Indication, tuple[str, str]]] = MappingProxyType(
    {
        Indication.FORMAT_FAILURE: (
            "Vaxt möhürü tələb olunan formada deyil (RFC 3161, DER).",
            "The time stamp is not of the required form (RFC 3161, DER).",
        ),
        Indication.HASH_FAILURE: (
            "Vaxt möhürü bu imzanın deyil və ya həşi kifayət qədər güclü deyil.",
            "The time stamp is not one of this signature, or its digest is not strong enough.",
        ),
        Indication.SIG_CRYPTO_FAILURE: (
            "Vaxt möhürünün öz imzası düzgün deyil.",
            "The signature of the time stamp itself does not hold.",
        ),
        Indication.NO_SIGNING_CERTIFICATE_FOUND: (
            "Vaxt möhürünə onu verənin sertifikatı əlavə olunmayıb.",
            "The time stamp does not hold the certificate of the authority that made it.",
        ),
        Indication.NO_CERTIFICATE_CHAIN_FOUND: (
            "Vaxt möhürünü tanınmış vaxt möhürü xidməti verməyib.",
            "The time stamp was not made by a recognised time-stamping authority.",
        ),
        Indication.CHAIN_CONSTRAINTS_FAILURE: (
            "Vaxt möhürü xidmətinin sertifikatı bu iş üçün nəzərdə tutulmayıb.",
            "The certificate of the time-stamping authority is not one for this purpose.",
        ),
        Indication.CRYPTO_CONSTRAINTS_FAILURE: (
            "Vaxt möhürünün alqoritmi və ya açarı kifayət qədər güclü deyil.",
            "An algorithm or key of the time stamp is not strong enough.",
        ),
        Indication.SIG_CONSTRAINTS_FAILURE: (
            "Vaxt möhüründə tələb olunan xüsusiyyətlər yoxdur və ya düzgün deyil.",
            "Required properties of the time stamp are missing or wrong.",
        ),
        Indication.REVOKED: (
            "Vaxt möhürü xidmətinin sertifikatı ləğv edilib.",
            "The certificate of the time-stamping authority is revoked.",
        ),
        Indication.EXPIRED: (
            "Vaxt möhürü verilərkən xidmətin sertifikatının müddəti bitmişdi.",
            "The certificate of the time-stamping authority had expired when the time stamp was made.",
        ),
        Indication.NOT_YET_VALID: (
            "Vaxt möhürü verilərkən xidmətin sertifikatı hələ qüvvədə deyildi.",
            "The certificate of the time-stamping authority was not valid yet when the time stamp was made.",
        ),
        Indication.TRY_LATER: (
            (
                "Vaxt möhürü xidmətinin sertifikatının ləğv edilib-edilmədiyini hazırda müəyyən etmək mümkün deyil; "
                "sonra yenidən cəhd edin."
            ),
            (
                "Whether the certificate of the time-stamping authority is revoked cannot be found out now; "
                "try again later."
            ),
        ),
        Indication.TIMESTAMP_ORDER_FAILURE: TEXTS[Indication.TIMESTAMP_ORDER_FAILURE],
    }
)
"""The indications that a time stamp can be refused with."""
