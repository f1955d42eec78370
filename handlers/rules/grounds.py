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
    OWNER_NOT_APPLICANT = "OWNER_NOT_APPLICANT"
    UNKNOWN_ENTRY = "UNKNOWN_ENTRY"
    ENTRY_NOT_OF_APPLICANT = "ENTRY_NOT_OF_APPLICANT"
    ENTRY_CANCELLED = "ENTRY_CANCELLED"
    OPEN_CASE_EXISTS = "OPEN_CASE_EXISTS"
    SIGNED_FILE_USED = "SIGNED_FILE_USED"
    ENTRY_STATUS = "ENTRY_STATUS"
    ENTRY_MOVED_ON = "ENTRY_MOVED_ON"
    REGISTERS_UNFIT = "REGISTERS_UNFIT"
    UNKNOWN_CASE = "UNKNOWN_CASE"
    ILLEGAL_STEP = "ILLEGAL_STEP"
    NOT_ENTITLED = "NOT_ENTITLED"
    IN_OTHER_HANDS = "IN_OTHER_HANDS"
    CLERK_MISSING = "CLERK_MISSING"
    DEFECTS_OPEN = "DEFECTS_OPEN"
    DEFECTS_MISSING = "DEFECTS_MISSING"
    OTHER_MATTER = "OTHER_MATTER"
    REASON_MISSING = "REASON_MISSING"
    GROUND_MISSING = "GROUND_MISSING"
    SECOND_PERSON_NEEDED = "SECOND_PERSON_NEEDED"
    SECOND_PERSON_NOT_NEEDED = "SECOND_PERSON_NOT_NEEDED"
    SAME_PERSON = "SAME_PERSON"
    CORRECTION_TERM_RUNS = "CORRECTION_TERM_RUNS"
    NOT_APPROVED = "NOT_APPROVED"
    APPROVAL_IMPOSSIBLE = "APPROVAL_IMPOSSIBLE"
    ALREADY_APPROVED = "ALREADY_APPROVED"
    NO_PROOF_OWED = "NO_PROOF_OWED"
    PROOF_OWED = "PROOF_OWED"
    NOT_THE_PRESENT_VERSION = "NOT_THE_PRESENT_VERSION"
    TEXT_UNFIT = "TEXT_UNFIT"


REFUSAL_GROUNDS = (
    GroundCode.INCOMPLETE,
    GroundCode.FALSE_DATA,
    GroundCode.UNAUTHORISED_SIGNATORY,
    GroundCode.DUPLICATE,
    GroundCode.OUT_OF_SCOPE,
    GroundCode.LEGAL_BASIS_MISSING,
)
"""Grounds on which an official may refuse an application (domain §2); the others are the register's own."""

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
        "Həmin sahibin eyni qısa adlı ehtiyatı və ya sistemi artıq qeydə alınıb, yaxud qeydiyyatdadır.",
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
    GroundCode.OWNER_NOT_APPLICANT: (
        "Ehtiyatı və ya sistemi yalnız onun sahibi qeydiyyata təqdim edə bilər.",
        "A resource or system is registered on the application of its owner only.",
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
    GroundCode.ENTRY_STATUS: (
        "Qeydin hazırkı vəziyyəti bu müraciətə imkan vermir.",
        "The present status of the entry does not allow what is asked.",
    ),
    GroundCode.ENTRY_MOVED_ON: (
        "Qeyd müraciət edilən versiyadan sonra dəyişib; müraciət düzəliş üçün sahibinə qaytarılmalıdır.",
        "The entry has changed since the version that was applied against; return the application to its owner.",
    ),
    GroundCode.REGISTERS_UNFIT: (
        "Müraciət reyestrlərin hazırkı vəziyyətinə uyğun deyil; düzəliş üçün sahibinə qaytarılmalıdır.",
        "The application does not fit what the registers say at present; return it to its owner.",
    ),
    GroundCode.UNKNOWN_CASE: (
        "Bu nömrəli iş yoxdur.",
        "There is no case of this number.",
    ),
    GroundCode.ILLEGAL_STEP: (
        "İşin hazırkı vəziyyətində bu addım mümkün deyil.",
        "This step is not possible in the present state of the case.",
    ),
    GroundCode.NOT_ENTITLED: (
        "Bu addımı atmağa səlahiyyət yoxdur.",
        "Whoever asks is not entitled to this step.",
    ),
    GroundCode.IN_OTHER_HANDS: (
        "İş başqa qeydiyyatçının icraatındadır.",
        "The case is in the hands of another registrar.",
    ),
    GroundCode.CLERK_MISSING: (
        "İşin veriləcəyi başqa qeydiyyatçı göstərilməlidir.",
        "Another registrar must be named to hand the case to.",
    ),
    GroundCode.DEFECTS_OPEN: (
        "Müraciətdə qüsurlar qalır; ya düzəliş üçün qaytarın, ya da nəyə görə nəzərə alınmadığını əsaslandırın.",
        "The application still has defects; return it, or give the reason why they do not matter.",
    ),
    GroundCode.DEFECTS_MISSING: (
        "Qaytarılan müraciətdə nəyin düzəldilməli olduğu göstərilməlidir.",
        "A returned application needs to be told what is to be corrected.",
    ),
    GroundCode.OTHER_MATTER: (
        "Düzəldilmiş müraciət əvvəlki müraciətin predmetinə aid deyil.",
        "The corrected application is not about the matter of the one before.",
    ),
    GroundCode.REASON_MISSING: (
        "Bu addım əsaslandırılmalıdır.",
        "This step needs a reason.",
    ),
    GroundCode.GROUND_MISSING: (
        "İmtina üçün kodlaşdırılmış əsaslardan biri göstərilməlidir.",
        "A refusal needs one of the coded grounds.",
    ),
    GroundCode.SECOND_PERSON_NEEDED: (
        "İmtina və ləğv qərarını ikinci şəxs təsdiq etməlidir.",
        "A refusal and a cancellation must be confirmed by a second person.",
    ),
    GroundCode.SECOND_PERSON_NOT_NEEDED: (
        "Bu qərar üçün ikinci şəxsin təsdiqi tələb olunmur.",
        "This decision needs no second person.",
    ),
    GroundCode.SAME_PERSON: (
        "Qərarı təklif edən şəxs onu özü təsdiq edə bilməz.",
        "Whoever proposed the decision cannot confirm it.",
    ),
    GroundCode.CORRECTION_TERM_RUNS: (
        "Düzəliş üçün müddət hələ bitməyib.",
        "The term for the correction has not passed yet.",
    ),
    GroundCode.NOT_APPROVED: (
        "İş üzrə müsbət qərar yoxdur.",
        "The case was not approved.",
    ),
    GroundCode.APPROVAL_IMPOSSIBLE: (
        "Qaytarılmış müraciət düzəldilmədən təmin edilə bilməz.",
        "A returned application cannot be approved before it is corrected.",
    ),
    GroundCode.ALREADY_APPROVED: (
        "Təmin edilmiş müraciətlə bunu etmək olmaz: qərar hələ reyestrdə əks etdirilməyib.",
        "This cannot be done to an application that was approved and is not entered in the register yet.",
    ),
    GroundCode.NO_PROOF_OWED: (
        "Bu iş üzrə məlumatların məhv edilməsi barədə sübut tələb olunmur.",
        "No proof of destruction is owed in this case.",
    ),
    GroundCode.PROOF_OWED: (
        "Məlumatların məhv edilməsi barədə sübut hələ təqdim edilməyib.",
        "The proof that the data were destroyed is still owed.",
    ),
    GroundCode.NOT_THE_PRESENT_VERSION: (
        "Düzəldilmiş müraciət qeydin hazırkı versiyasına əsaslanmalıdır.",
        "A corrected application must start from the present version of the entry.",
    ),
    GroundCode.TEXT_UNFIT: (
        "Mətn işin tarixçəsində saxlanıla bilməz.",
        "A text cannot be kept in the history of the case.",
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
