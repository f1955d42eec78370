"""Why a register refuses a command: stable codes and their texts (domain §2, refusal grounds)."""

from __future__ import annotations

from enum import StrEnum

from handlers.receipts.model import Ground


class GroundCode(StrEnum):
    """Codes of the grounds; callers' programs may decide by them."""

    INCOMPLETE = "INCOMPLETE"
    FALSE_DATA = "FALSE_DATA"
    UNAUTHORISED_SIGNATORY = "UNAUTHORISED_SIGNATORY"
    DUPLICATE = "DUPLICATE"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    LEGAL_BASIS_MISSING = "LEGAL_BASIS_MISSING"
    FOREIGN_APPLICANT = "FOREIGN_APPLICANT"
    UNKNOWN_ENTRY = "UNKNOWN_ENTRY"
    ENTRY_NOT_OF_APPLICANT = "ENTRY_NOT_OF_APPLICANT"
    ENTRY_CANCELLED = "ENTRY_CANCELLED"
    OPEN_CASE_EXISTS = "OPEN_CASE_EXISTS"
    SIGNED_FILE_USED = "SIGNED_FILE_USED"


_TEXTS: dict[GroundCode, tuple[str, str]] = {
    GroundCode.INCOMPLETE: (
        "Müraciət natamamdır.",
        "The application is incomplete.",
    ),
    GroundCode.FALSE_DATA: (
        "Müraciətdə həqiqətə uyğun olmayan məlumat var.",
        "The application contains data that are not true.",
    ),
    GroundCode.UNAUTHORISED_SIGNATORY: (
        "Müraciəti təsdiq edən şəxsin qurum adından hərəkət etmək səlahiyyəti yoxdur.",
        "The person who confirmed the application has no authority to act for the agency.",
    ),
    GroundCode.DUPLICATE: (
        "Həmin sahibin eyni qısa adlı resursu və ya sistemi artıq qeydə alınıb, yaxud qeydiyyatdadır.",
        "A resource or system of that owner with the same short name is registered or being registered already.",
    ),
    GroundCode.OUT_OF_SCOPE: (
        "Vərəqə bu reyestrə aid deyil.",
        "The card does not belong to this register.",
    ),
    GroundCode.LEGAL_BASIS_MISSING: (
        "Hüquqi əsas göstərilməyib.",
        "No legal basis is given.",
    ),
    GroundCode.FOREIGN_APPLICANT: (
        "Müraciət edən qurum sorğunu göndərən qurum deyil və sorğu onun adından göndərilməyib.",
        "The applicant is neither the calling agency nor the agency on whose behalf it calls.",
    ),
    GroundCode.UNKNOWN_ENTRY: (
        "Bu nömrəli qeyd reyestrdə yoxdur.",
        "The register has no entry of this number.",
    ),
    GroundCode.ENTRY_NOT_OF_APPLICANT: (
        "Qeyd müraciət edən quruma məxsus deyil.",
        "The entry does not belong to the applicant.",
    ),
    GroundCode.ENTRY_CANCELLED: (
        "Qeyd ləğv edilib.",
        "The entry is cancelled.",
    ),
    GroundCode.OPEN_CASE_EXISTS: (
        "Bu qeyd üzrə eyni növdə baxılmamış müraciət var.",
        "A case of the same type is open for this entry.",
    ),
    GroundCode.SIGNED_FILE_USED: (
        "Bu imzalanmış fayl əsasında artıq iş açılıb. Yeni müraciət üçün yeni fayl imzalanmalıdır.",
        "A case was opened on this signed file already. A new application needs a file signed anew.",
    ),
}


def ground(code: GroundCode, detail_az: str = "", detail_en: str = "") -> Ground:
    """The ground `code`, its text followed by what is particular to this refusal."""
    text_az, text_en = _TEXTS[code]
    return Ground(
        code=code.value,
        text_az=f"{text_az} {detail_az}".rstrip(),
        text_en=f"{text_en} {detail_en}".rstrip(),
    )
