"""What the fields of an extract and the values of its classifiers are called, in Azerbaijani and English.

Fields go by the names they have on the wire; one that is called differently inside one type goes by `Type.field`.
A test holds the tables complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from handlers.rules.clocks import BAKU


class Label(NamedTuple):
    """The same words in both languages."""

    az: str
    en: str


TITLE: Final = Label("REYESTRDƏN ÇIXARIŞ", "EXTRACT FROM THE REGISTER")
NUMBER: Final = Label("Çıxarışın nömrəsi", "Extract number")
CODE: Final = Label("Yoxlama kodu", "Verification code")
PAGE: Final = Label("səhifə", "page")
NOTHING: Final = Label("göstərilməyib", "not stated")
YES: Final = Label("bəli", "yes")
NO: Final = Label("xeyr", "no")
ABOUT_EXTRACT: Final = Label("Çıxarış", "Extract")
ABOUT_ENTRY: Final = Label("Reyestr qeydi", "Entry in the register")
BAKU_TIME: Final = Label("Bakı vaxtı", "Baku time")
ZONE: Final = BAKU
HOW_TO_CHECK: Final = Label(
    "Yoxlamaq üçün kodu reyestrin operatoruna bildirin, yaxud bu faylı və ya ona əlavə edilmiş extract.xml faylını "
    "«gateway verify» ilə yoxlayın: hər ikisində operatorun elektron möhürü var.",
    "To check it, give the code to the operator of the register, or run “gateway verify” on this file or on "
    "extract.xml, which is attached to it: both bear the electronic seal of the operator.",
)

FIELDS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        # The extract
        "number": NUMBER,
        "verificationCode": CODE,
        "reason": Label("Verilmə səbəbi", "Reason of issuing"),
        "reissues": Label("Əvəz etdiyi çıxarış", "Issued in place of extract"),
        "issuedAt": Label("Verilmə vaxtı", "Issued at"),
        "issuer": Label("Verən qurum", "Issued by"),
        "checkUrl": Label("Yoxlama ünvanı", "Address for checking"),
        # The entry
        "register": Label("Reyestr", "Register"),
        "entryNumber": Label("Qeydiyyat nömrəsi", "Registration number"),
        "version": Label("Qeydin versiyası", "Version of the entry"),
        "status": Label("Vəziyyəti", "Status"),
        "owner": Label("Sahibi (kodu)", "Owner (code)"),
        "ownerNameAz": Label("Sahibinin adı", "Name of the owner (in Azerbaijani)"),
        "ownerNameEn": Label("Sahibinin adı (ingiliscə)", "Name of the owner"),
        "validFrom": Label("Qüvvəyə minib", "Valid from"),
        "recordedAt": Label("Reyestrə daxil edilib", "Recorded at"),
        "caseNumber": Label("İşin nömrəsi", "Case number"),
        "resourceCard": Label("İnformasiya ehtiyatının kartı", "Card of the information resource"),
        "personalDataSystemCard": Label(
            "Fərdi məlumatların informasiya sisteminin kartı", "Card of the personal-data information system"
        ),
        # Both cards
        "shortName": Label("Qısa adı", "Short name"),
        "name": Label("Tam adı", "Full name"),
        "purpose": Label("Məqsədi", "Purpose"),
        "operator": Label("Operatoru (kodu)", "Operator (code)"),
        "legalActs": Label("Hüquqi aktlar", "Legal acts"),
        "contacts": Label("Əlaqədar şəxslər", "Contacts"),
        "protection": Label("Mühafizə vasitələri", "Means of protection"),
        # The card of a resource
        "topics": Label("Mövzular", "Topics"),
        "dataObjects": Label("Əsas məlumat obyektləri", "Main data objects"),
        "classifiers": Label("İstifadə olunan təsnifatlar", "Classifiers used"),
        "software": Label("Proqram vasitələri", "Software"),
        "hardware": Label("Texniki vasitələr", "Hardware"),
        "exchangeLinks": Label("Məlumat mübadiləsi", "Exchange of data"),
        "localRegister": Label("Aid olduğu lokal reyestr", "Local register it belongs to"),
        "relations": Label("Digər qeydlərlə əlaqələr", "Relations to other entries"),
        "statusDate": Label("Vəziyyətin tarixi", "Status since"),
        # The card of a personal-data system
        "subjectCategories": Label("Subyektlərin kateqoriyaları", "Categories of persons"),
        "dataCategories": Label("Məlumatların kateqoriyaları", "Categories of data"),
        "confidentiality": Label("Məlumatların açıqlığı", "Confidential or open"),
        "specialCategories": Label("Xüsusi kateqoriyalı məlumatlar", "Special categories of data"),
        "subjectCount": Label("Subyektlərin sayı", "Number of persons"),
        "actions": Label("Məlumatlarla aparılan əməliyyatlar", "Actions on the data"),
        "manner": Label("Emal üsulu", "Manner of processing"),
        "recipients": Label("Məlumatı alanlar", "Recipients"),
        "crossBorderTransfer": Label("Transsərhəd ötürmə", "Cross-border transfer"),
        "crossBorderCountries": Label("Transsərhəd ötürmə (ölkələr)", "Cross-border transfer (countries)"),
        "databasePlace": Label("Məlumat bazasının yeri", "Place of the database"),
        "retention": Label("Saxlama müddəti", "Retention"),
        "biometrics": Label("Biometrik məlumatlar saxlanılır", "Biometric data are kept"),
        "licenceNumber": Label("Lisenziyanın nömrəsi", "Number of the licence"),
        "usesFin": Label("FİN-dən istifadə olunur", "FIN is used"),
        "responsiblePerson": Label("Cavabdeh şəxs", "Responsible person"),
        "startDate": Label("Emala başlama tarixi", "Processing starts on"),
        "stopCondition": Label("Emalın dayandırılma şərti", "Condition on which processing stops"),
        "kind": Label("Növü", "Kind"),
        # Inside them
        "type": Label("Növü", "Type"),
        "reference": Label("Nömrəsi", "Reference"),
        "title": Label("Adı", "Title"),
        "adoptedOn": Label("Qəbul edilib", "Adopted on"),
        "url": Label("Ünvanı", "Address"),
        "Contact.name": Label("Adı", "Name"),
        "role": Label("Vəzifəsi", "Role"),
        "phone": Label("Telefon", "Telephone"),
        "email": Label("E-poçt", "E-mail"),
        "standard": Label("Standart", "Standard"),
        "protectionClass": Label("Sinfi", "Class"),
        "level": Label("Səviyyəsi", "Level"),
        "lastAudit": Label("Son audit", "Last audit"),
        "auditResult": Label("Auditin nəticəsi", "Result of the audit"),
        "system": Label("Sistem", "System"),
    }
)

VALUES: Final[Mapping[str, Mapping[str, Label]]] = MappingProxyType(
    {
        "Register": {
            "INFORMATION_RESOURCES": Label(
                "İnformasiya ehtiyatlarının dövlət reyestri", "State register of information resources"
            ),
            "PERSONAL_DATA_SYSTEMS": Label(
                "Fərdi məlumatların informasiya sistemlərinin dövlət reyestri",
                "State register of personal-data information systems",
            ),
        },
        "EntryStatus": {
            "REGISTERED": Label("qeydiyyatdadır", "registered"),
            "SUSPENDED": Label("müvəqqəti dayandırılıb", "suspended"),
            "CANCELLED": Label("qeydiyyatı ləğv edilib", "cancelled"),
        },
        "ExtractReason": {
            "ENTERED": Label("qeyd reyestrə daxil edilib", "the version was entered"),
            "REQUESTED": Label("müraciət əsasında", "on request"),
            "REISSUED": Label("təkrar verilib", "issued again"),
        },
        "LifeCycleStatus": {
            "ESTABLISHED": Label("yaradılıb", "established"),
            "IN_USE": Label("istifadədədir", "in use"),
            "SUSPENDED": Label("fəaliyyəti dayandırılıb", "suspended"),
            "FINISHED": Label("fəaliyyətinə xitam verilib", "finished"),
        },
        "LegalActType": {
            "LAW": Label("Qanun", "Law"),
            "DECREE": Label("Fərman", "Decree"),
            "DECISION": Label("Qərar", "Decision"),
            "ORDER": Label("Əmr", "Order"),
            "OTHER": Label("Digər", "Other"),
        },
        "RelationKind": {
            "SUB": Label("digərinin tərkib hissəsidir", "is a part of the other"),
            "SUPER": Label("digərini əhatə edir", "includes the other"),
            "USED": Label("digəri tərəfindən istifadə olunur", "is used by the other"),
            "USER": Label("digərindən istifadə edir", "uses the other"),
        },
        "Confidentiality": {
            "CONFIDENTIAL": Label("konfidensial", "confidential"),
            "OPEN": Label("açıq", "open"),
        },
        "SpecialCategory": {
            "RACE_NATIONALITY": Label("irqi və ya milli mənsubiyyət", "race or nationality"),
            "FAMILY_LIFE": Label("ailə həyatı", "family life"),
            "RELIGION": Label("dini etiqad və əqidə", "religion and belief"),
            "HEALTH": Label("səhhət", "health"),
            "CONVICTION": Label("məhkumluq", "conviction"),
        },
        "SystemKind": {
            "NEW": Label("yeni", "new"),
            "PRE_EXISTING": Label("qanundan əvvəl yaradılmış", "older than the law"),
        },
    }
)
"""By the type's name in the contract."""


def field_label(type_name: str, field: str) -> Label:
    """What a field is called; raises `KeyError` for one that has no label."""
    return FIELDS.get(f"{type_name}.{field}") or FIELDS[field]
