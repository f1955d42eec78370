"""The classifiers of the registers as effective-dated data (domain §1 and §3).

Acts insert, change and withdraw codes, so nothing here is code: a new decree is a new row. Number forms
marked "unconfirmed" in the domain notes may be replaced by the operator (`DocumentRules`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from handlers.documents.model import DocumentKind
from handlers.registration.model import LegalActType
from handlers.rules.countries import COUNTRIES, DOCUMENT_ISSUERS
from handlers.rules.effective import Classifier, ClassifierRow

__all__ = [
    "COUNTRIES",
    "DOCUMENT_ISSUERS",
    "DOCUMENT_RULES",
    "DOCUMENT_TYPES",
    "FIN_PATTERN",
    "LEGAL_ACT_TYPES",
    "PURPOSES",
    "REASONS",
    "DocumentRules",
    "DocumentType",
    "Reason",
]


FIN_PATTERN = r"[A-HJ-NP-Z0-9]{7}"
"""Personal identification number: seven characters, never the letters I and O."""

HOME = "AZE"
"""The country whose information providers report to this register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType(ClassifierRow):
    """A type of document. Patterns apply to documents issued by `HOME` only."""

    number_pattern: str | None = None
    """Regular expression that series and number together match in full; None: no form is laid down."""
    mrz_codes: tuple[str, ...] = ()
    """Document codes by which a machine-readable zone names this type, without fillers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason(ClassifierRow):
    """Why a document is invalid."""

    kinds: tuple[DocumentKind, ...] = (DocumentKind.PERSONALISED,)
    """Kinds of document the reason can apply to."""
    suspends: bool = False
    """True: the document is out of use for a time only, and is answered as SUSPENDED."""
    needs_basis: bool = False
    """True: the report must name the decision it rests on."""


_ID_NUMBER = r"AZE\d{8}|AA\d{7}"
_PASSPORT_NUMBER = r"[A-Z]\d{8}"  # unconfirmed

DOCUMENT_TYPES = Classifier(
    "document-types",
    [
        DocumentType(
            code="IDENTITY_CARD",
            az="Şəxsiyyət vəsiqəsi",
            en="Identity card",
            number_pattern=_ID_NUMBER,
            mrz_codes=("I", "ID"),
        ),
        DocumentType(
            code="PASSPORT",
            az="Ümumvətəndaş pasportu",
            en="Passport",
            number_pattern=_PASSPORT_NUMBER,
            mrz_codes=("P", "PP", "PC"),
        ),
        DocumentType(code="DIPLOMATIC_PASSPORT", az="Diplomatik pasport", en="Diplomatic passport", mrz_codes=("PD",)),
        DocumentType(code="SERVICE_PASSPORT", az="Xidməti pasport", en="Service passport", mrz_codes=("PS", "PO")),
        DocumentType(
            code="STATELESS_IDENTITY_CARD",
            az="Vətəndaşlığı olmayan şəxsin şəxsiyyət vəsiqəsi",
            en="Identity card of a stateless person",
            mrz_codes=("IS",),
        ),
        DocumentType(
            code="TEMPORARY_RESIDENCE_PERMIT",
            az="Müvəqqəti yaşama icazəsi vəsiqəsi",
            en="Temporary residence permit",
            mrz_codes=("IT", "IR"),
        ),
        DocumentType(
            code="PERMANENT_RESIDENCE_PERMIT",
            az="Daimi yaşama icazəsi vəsiqəsi",
            en="Permanent residence permit",
            mrz_codes=("IR",),
        ),
        DocumentType(
            code="REFUGEE_TRAVEL_DOCUMENT", az="Qaçqının yol sənədi", en="Refugee travel document", mrz_codes=("PR",)
        ),
        DocumentType(
            code="RETURN_CERTIFICATE",
            az="Azərbaycan Respublikasına qayıdış şəhadətnaməsi",
            en="Certificate of return to the Republic of Azerbaijan",
            mrz_codes=("PU",),
        ),
        DocumentType(
            code="SEAFARER_IDENTITY_DOCUMENT",
            az="Dənizçinin şəxsiyyət sənədi",
            en="Seafarer's identity document",
            mrz_codes=("IS", "PM"),
        ),
        DocumentType(code="MILITARY_CARD", az="Hərbi bilet", en="Military service card"),
    ],
)
"""Types of document that the register of invalid documents knows."""

_BOTH = (DocumentKind.BLANK, DocumentKind.PERSONALISED)
_BLANK = (DocumentKind.BLANK,)

REASONS = Classifier(
    "reasons",
    [
        Reason(code="LOST", az="İtirilib", en="Lost", kinds=_BOTH),
        Reason(code="STOLEN", az="Oğurlanıb", en="Stolen", kinds=_BOTH),
        Reason(code="STOLEN_BLANK", az="Blank oğurlanıb", en="Blank form stolen", kinds=_BLANK),
        Reason(code="MISAPPROPRIATED", az="Mənimsənilib", en="Misappropriated", kinds=_BOTH),
        Reason(code="REVOKED", az="Ləğv edilib", en="Revoked"),
        Reason(code="INVALID_BY_LAW", az="Qanuna əsasən etibarsızdır", en="Invalid by law", kinds=_BOTH),
        Reason(
            code="INVALID_BY_DECISION",
            az="Qərarla etibarsız sayılıb",
            en="Declared invalid by decision",
            kinds=_BOTH,
            needs_basis=True,
        ),
        Reason(code="COURT_ANNULLED", az="Məhkəmə qərarı ilə ləğv edilib", en="Annulled by a court", needs_basis=True),
        Reason(code="FALSE", az="Saxta sənəddir", en="False document", kinds=_BOTH),
        Reason(code="HOLDER_DECEASED", az="Sahibi vəfat edib", en="Holder deceased"),
        Reason(code="EXPIRED", az="Etibarlılıq müddəti bitib", en="Expired"),
        Reason(code="REPLACED", az="Dəyişdirilib", en="Replaced"),
        Reason(code="AGE_RENEWAL", az="Yaşla əlaqədar dəyişdirilib", en="Renewed on reaching an age"),
        Reason(code="DATA_CHANGED", az="Sahibin məlumatları dəyişib", en="Holder's data changed"),
        Reason(code="ENTRIES_DISTORTED", az="Qeydlər təhrif edilib", en="Entries distorted"),
        Reason(code="DAMAGED", az="Yararsız hala düşüb", en="Damaged", kinds=_BOTH),
        Reason(
            code="OBTAINED_BY_FALSE_STATEMENT",
            az="Yalan məlumat əsasında alınıb",
            en="Obtained by a false statement",
        ),
        Reason(code="ISSUED_UNLAWFULLY", az="Qanunsuz verilib", en="Issued unlawfully"),
        Reason(code="CITIZENSHIP_LOST", az="Vətəndaşlıq itirilib", en="Citizenship lost"),
        Reason(code="BLANK_ANNULLED", az="Blank ləğv edilib", en="Blank form annulled", kinds=_BLANK),
        Reason(code="BLANK_SPOILED", az="Blank korlanıb", en="Blank form spoiled", kinds=_BLANK),
        Reason(code="TEMPLATE_WITHDRAWN", az="Nümunə dövriyyədən çıxarılıb", en="Form version withdrawn", kinds=_BOTH),
        Reason(code="TEMPORARILY_TAKEN", az="Müvəqqəti götürülüb", en="Temporarily taken", suspends=True),
    ],
)
"""Reasons of invalidity. A found document is surrendered, never revived: there is no FOUND."""

PURPOSES = Classifier(
    "purposes",
    [
        ClassifierRow(code="BORDER_CONTROL", az="Sərhəd nəzarəti", en="Border control"),
        ClassifierRow(code="LAW_ENFORCEMENT", az="Hüquq-mühafizə fəaliyyəti", en="Law enforcement"),
        ClassifierRow(code="CRIMINAL_PROCEEDINGS", az="Cinayət təqibi", en="Criminal proceedings"),
        ClassifierRow(code="COURT_PROCEEDINGS", az="Məhkəmə icraatı", en="Court proceedings"),
        ClassifierRow(code="MIGRATION_CONTROL", az="Miqrasiya nəzarəti", en="Migration control"),
        ClassifierRow(code="DOCUMENT_ISSUE", az="Sənədin verilməsi", en="Issue of a document"),
        ClassifierRow(code="NOTARIAL_ACT", az="Notariat hərəkəti", en="Notarial act"),
        ClassifierRow(code="CIVIL_REGISTRATION", az="Vətəndaşlıq vəziyyətinin qeydiyyatı", en="Civil registration"),
        ClassifierRow(code="PROPERTY_REGISTRATION", az="Əmlakın dövlət qeydiyyatı", en="Property registration"),
        ClassifierRow(code="TAX_ADMINISTRATION", az="Vergi inzibatçılığı", en="Tax administration"),
        ClassifierRow(code="CUSTOMS_CONTROL", az="Gömrük nəzarəti", en="Customs control"),
        ClassifierRow(code="SOCIAL_PROTECTION", az="Sosial müdafiə", en="Social protection"),
        ClassifierRow(code="PUBLIC_SERVICE", az="Dövlət xidmətinin göstərilməsi", en="Provision of a public service"),
        ClassifierRow(code="FINANCIAL_MONITORING", az="Maliyyə monitorinqi", en="Financial monitoring"),
        ClassifierRow(code="MILITARY_REGISTRATION", az="Hərbi qeydiyyat", en="Military registration"),
        ClassifierRow(code="ELECTIONS", az="Seçkilərin keçirilməsi", en="Holding of elections"),
    ],
)
"""Legal purposes for which a document may be checked; each check is logged with one."""

LEGAL_ACT_TYPES = Classifier(
    "legal-act-types",
    [
        ClassifierRow(code=LegalActType.LAW, az="Qanun", en="Law"),
        ClassifierRow(code=LegalActType.DECREE, az="Fərman", en="Decree"),
        ClassifierRow(code=LegalActType.DECISION, az="Qərar", en="Decision"),
        ClassifierRow(code=LegalActType.ORDER, az="Sərəncam, əmr", en="Order"),
        ClassifierRow(code=LegalActType.OTHER, az="Digər", en="Other"),
    ],
)
"""Ranks of legal acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRules:
    """Everything that decides on the form of a document; the operator may replace any part of it."""

    types: Classifier[DocumentType] = field(default=DOCUMENT_TYPES)
    reasons: Classifier[Reason] = field(default=REASONS)
    purposes: Classifier[ClassifierRow] = field(default=PURPOSES)
    issuers: Classifier[ClassifierRow] = field(default=DOCUMENT_ISSUERS)
    fin_pattern: str = FIN_PATTERN
    home: str = HOME


DOCUMENT_RULES = DocumentRules()
"""The rules as they ship."""
