"""What is told to people about a document, in Azerbaijani and in English."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.documents.model import ItemOutcome, ValidityStatus


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in both languages."""

    az: str
    en: str


STATUS_WORDING: dict[ValidityStatus, Wording] = {
    ValidityStatus.NOT_LISTED: Wording(
        "Etibarsız sənədlər reyestrində qeyd yoxdur; bu, sənədin etibarlı olduğunu sübut etmir.",
        "Not listed as invalid; that does not prove the document valid.",
    ),
    ValidityStatus.INVALID: Wording("Sənəd etibarsız sənədlər reyestrindədir.", "The document is listed as invalid."),
    ValidityStatus.SUSPENDED: Wording(
        "Sənəd müvəqqəti götürülüb və ya bloklanıb.", "The document is temporarily taken or blocked."
    ),
    ValidityStatus.EXPIRED: Wording("Sənədin etibarlılıq müddəti bitib.", "The document has expired."),
    ValidityStatus.UNAVAILABLE: Wording(
        "Cavab almaq mümkün olmadı; sənəd etibarlı sayıla bilməz.",
        "No answer could be had; the document must not be taken for valid.",
    ),
}
"""By status; INVALID_REQUEST and SUSPECT are told by what is wrong."""

SUSPICION_WORDING: dict[str, Wording] = {
    "mrz": Wording(
        "Maşınla oxunan zonanın yoxlama rəqəmləri və ya məlumatları uyğun gəlmir.",
        "Check digits or data of the machine-readable zone do not agree.",
    ),
    "number-form": Wording(
        "Seriya və nömrə bu növ sənəd üçün müəyyən edilmiş formada deyil.",
        "Series and number are not of the form laid down for this type of document.",
    ),
    "fin-form": Wording("FİN düzgün formada deyil.", "The FIN is malformed."),
    "dates": Wording("Tarixlər bir-birinə uyğun deyil və ya mümkün deyil.", "The dates are impossible together."),
}
"""By the check that failed."""

HIT_WORDING = Wording(
    "Sənəd reyestrdədir; təfərrüat üçün operatora müraciət edin.",
    "The document is on record; ask the operator for details.",
)
"""For callers who may learn no more than that there is a record."""

OUTCOME_WORDING: dict[ItemOutcome, tuple[str, Wording]] = {
    ItemOutcome.DUPLICATE: (
        "record.same",
        Wording("Həmin məlumatlar artıq reyestrdədir.", "The same facts are on record already."),
    ),
    ItemOutcome.CONTRADICTION: (
        "record.differs",
        Wording(
            "Sənəd barədə fərqli qüvvədə olan qeyd var; operator araşdıracaq.",
            "Another record of the document says otherwise; the operator will decide.",
        ),
    ),
}
"""Rule and text by outcome, where the outcome itself says all there is."""
