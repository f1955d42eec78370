"""The names of fields and codes themselves; `handlers.rules.labels` looks them up.

The wording follows the Law on Personal Data (998-IIIQ) and Decisions 89/2010 and 149/2010 where they have one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from handlers.record import Record
from handlers.registration import model
from handlers.rules.classifiers import LEGAL_ACT_TYPES


@dataclass(frozen=True, slots=True)
class Label:
    """What something is called, in both languages."""

    az: str
    en: str


def _table(rows: str) -> dict[str, Label]:
    fields = (row.split("|") for row in rows.strip().splitlines())
    return {name: Label(az, en) for name, az, en in fields}


FIELDS: Mapping[type[Record], Mapping[str, Label]] = {
    model.LegalAct: _table("""
type|Aktın növü|Rank of the act
reference|Aktın nömrəsi|Number of the act
title|Aktın adı|Title of the act
adoptedOn|Qəbul edildiyi tarix|Adopted on
url|Elektron ünvanı|Web address
"""),
    model.Contact: _table("""
name|Soyadı, adı və ya struktur bölmə|Person or desk
role|Vəzifəsi|Role
phone|Telefon|Telephone
email|Elektron poçt|E-mail
"""),
    model.ProtectionMeans: _table("""
standard|Standart|Standard
protectionClass|Mühafizə sinfi|Protection class
level|Mühafizə səviyyəsi|Protection level
lastAudit|Son yoxlamanın tarixi|Last audit on
auditResult|Son yoxlamanın nəticəsi|Result of the last audit
"""),
    model.ExchangeLink: _table("""
system|Sistemin adı|System
purpose|Mübadilənin məqsədi|Purpose of the exchange
"""),
    model.Relation: _table("""
kind|Əlaqənin növü|Kind of relation
entryNumber|Əlaqəli qeydin nömrəsi|Related entry
"""),
    model.ResourceCard: _table("""
shortName|Qısa adı|Short name
name|Tam adı|Full name
purpose|Təyinatı|Purpose
owner|Sahibi|Owner
operator|Operatoru|Operator
legalActs|Hüquqi aktlar|Legal acts
contacts|Əlaqə məlumatları|Contacts
topics|Mövzular|Topics
dataObjects|Əsas məlumat obyektləri|Main data objects
classifiers|İstifadə olunan təsnifatlar|Classifiers used
software|Proqram vasitələri|Software
hardware|Texniki vasitələr|Hardware
protection|Mühafizə vasitələri|Means of protection
exchangeLinks|Məlumat mübadiləsi aparılan sistemlər|Systems data are exchanged with
localRegister|Aid olduğu lokal reyestr|Local register it belongs to
relations|Digər qeydlərlə əlaqələr|Relations to other entries
status|Ehtiyatın vəziyyəti|Status of the resource
statusDate|Vəziyyətin tarixi|Status since
"""),
    model.PersonalDataSystemCard: _table("""
shortName|Qısa adı|Short name
name|Tam adı|Full name
purpose|Fərdi məlumatların işlənməsinin məqsədi|Purpose of processing
owner|Sahibi|Owner
operator|Operatoru|Operator
legalActs|İşlənmənin hüquqi əsası|Legal basis of processing
contacts|Əlaqə məlumatları|Contacts
subjectCategories|Subyektlərin kateqoriyaları|Categories of subjects
dataCategories|Fərdi məlumatların kateqoriyaları|Categories of personal data
confidentiality|Əldə edilmə növü üzrə kateqoriyası|Confidential or open
specialCategories|Xüsusi kateqoriyalı fərdi məlumatlar|Special categories of personal data
subjectCount|Subyektlərin sayı|Number of subjects
actions|Fərdi məlumatlar üzərində aparılan əməliyyatlar|Actions on the data
manner|Fərdi məlumatların işlənmə üsulu|Manner of processing
recipients|Fərdi məlumatların verildiyi şəxslər|Recipients
crossBorderTransfer|Fərdi məlumatların transsərhəd ötürülməsi|Cross-border transfer
crossBorderCountries|Fərdi məlumatların transsərhəd ötürüldüyü ölkələr|Countries of cross-border transfer
databasePlace|Məlumat bazasının yerləşdiyi yer|Place of the database
retention|Saxlanma müddəti|Retention
protection|Mühafizə vasitələri|Means of protection
biometrics|Biometrik məlumatların işlənməsi|Biometric data
licenceNumber|Lisenziyanın nömrəsi|Licence number
usesFin|Fərdi identifikasiya nömrəsindən (FİN) istifadə|Use of the personal identification number (FIN)
responsiblePerson|İşlənməyə məsul şəxs|Person responsible for processing
startDate|İşlənmənin başlandığı tarix|Start of processing
stopCondition|İşlənmənin dayandırılma müddəti və ya şərti|Term or condition of stopping
kind|Sistemin növü|Kind of system
"""),
    model.RegistrationApplication: _table("""
register|Reyestr|Register
trigger|Müraciətin əsası olan hadisə|Event
eventDate|Hadisənin tarixi|Date of the event
applicant|Müraciət edən qurum|Applicant
representative|Nümayəndənin FİN-i|Representative (FIN)
resourceCard|İnformasiya ehtiyatının vərəqəsi|Card of the information resource
personalDataSystemCard|Fərdi məlumatların informasiya sisteminin vərəqəsi|Card of the personal-data information system
"""),
    model.AppealApplication: _table("""
kind|Müraciətin növü|Kind of appeal
applicant|Müraciət edən qurum|Applicant
representative|Nümayəndənin FİN-i|Representative (FIN)
entryNumber|Qeydiyyat nömrəsi|Registration number
againstVersion|Qeydin əsas götürülən versiyası|Version appealed against
reason|Müraciətin səbəbi|Reason
eventDate|Hadisənin tarixi|Date of the event
resourceCard|İnformasiya ehtiyatının vərəqəsi|Card of the information resource
personalDataSystemCard|Fərdi məlumatların informasiya sisteminin vərəqəsi|Card of the personal-data information system
"""),
    model.Withdrawal: _table("""
caseNumber|İşin nömrəsi|Case number
applicant|Müraciət edən qurum|Applicant
representative|Nümayəndənin FİN-i|Representative (FIN)
reason|Geri götürülmənin səbəbi|Reason
"""),
    model.DestructionProof: _table("""
caseNumber|İşin nömrəsi|Case number
applicant|Müraciət edən qurum|Applicant
representative|Nümayəndənin FİN-i|Representative (FIN)
destroyedOn|Məlumatların məhv edildiyi tarix|Data destroyed on
manner|Məhvetmə üsulu|Manner of destruction
actReference|Məhvetmə aktının nömrəsi və tarixi|Number and date of the act of destruction
"""),
    model.EntryRelation: _table("""
kind|Əlaqənin növü|Kind of relation
entryNumber|Əlaqəli qeydin nömrəsi|Related entry
automatic|Reyestr tərəfindən avtomatik saxlanılır|Kept by the register
"""),
    model.Entry: _table("""
number|Qeydiyyat nömrəsi|Registration number
register|Reyestr|Register
version|Qeydin versiyası|Version
status|Qeydin statusu|Status of the entry
owner|Sahibi|Owner
validFrom|Qüvvəyə mindiyi vaxt|Valid from
recordedAt|Reyestrə daxil edildiyi vaxt|Recorded at
resourceCard|İnformasiya ehtiyatının vərəqəsi|Card of the information resource
personalDataSystemCard|Fərdi məlumatların informasiya sisteminin vərəqəsi|Card of the personal-data information system
submittedLateDays|Müraciətin gecikməsi (təqvim günü)|Application late by (calendar days)
relations|Digər qeydlərlə əlaqələr|Relations to other entries
voluntary|Qeydiyyat könüllüdür|Registered voluntarily
"""),
}
"""Every field by the record it stands in and its element's name, in the order of the contract."""

VALUES: Mapping[type[StrEnum], Mapping[str, Label]] = {
    model.Register: _table("""
INFORMATION_RESOURCES|İnformasiya ehtiyatlarının dövlət reyestri|Register of information resources
PERSONAL_DATA_SYSTEMS|Fərdi məlumatların informasiya sistemlərinin dövlət reyestri|Register of personal-data systems
"""),
    model.Trigger: _table("""
CREATED|Yaradılması|Created
STRUCTURE_CHANGED|Strukturunun dəyişdirilməsi|Structure changed
ACTIVITY_SUSPENDED|Fəaliyyətinin dayandırılması|Activity suspended
RESUMED|Fəaliyyətinin bərpası|Activity resumed
"""),
    model.LifeCycleStatus: _table("""
ESTABLISHED|Yaradılıb|Established
IN_USE|İstifadədədir|In use
SUSPENDED|Fəaliyyəti dayandırılıb|Suspended
FINISHED|Fəaliyyətinə xitam verilib|Finished
"""),
    model.LegalActType: {row.code: Label(row.az, row.en) for row in LEGAL_ACT_TYPES},
    model.RelationKind: _table("""
SUB|Digər qeydin tərkib hissəsidir|Part of the other entry
SUPER|Digər qeyd onun tərkib hissəsidir|The other entry is a part of it
USED|Digər qeyd tərəfindən istifadə olunur|Used by the other entry
USER|Digər qeyddən istifadə edir|Uses the other entry
"""),
    model.Confidentiality: _table("""
CONFIDENTIAL|Konfidensial|Confidential
OPEN|Açıq|Open
"""),
    model.SpecialCategory: _table("""
RACE_NATIONALITY|İrqi və ya milli mənsubiyyət|Race or nationality
FAMILY_LIFE|Ailə həyatı|Family life
RELIGION|Dini etiqad və əqidə|Religion and belief
HEALTH|Səhhət|Health
CONVICTION|Məhkumluq|Conviction
"""),
    model.SystemKind: _table("""
NEW|Yeni sistem|New system
PRE_EXISTING|Qanundan əvvəl mövcud olan sistem|System older than the law
"""),
    model.AppealKind: _table("""
CHANGE|Qeydə dəyişiklik|Change
CANCELLATION|Qeydin ləğvi|Cancellation
SUSPENSION|Qeydin dayandırılması|Suspension
RESUMPTION|Qeydin bərpası|Resumption
CORRECTION|Qeydin düzəldilməsi|Correction
"""),
    model.EntryStatus: _table("""
REGISTERED|Qeydə alınıb|Registered
SUSPENDED|Dayandırılıb|Suspended
CANCELLED|Ləğv edilib|Cancelled
"""),
}
"""Every code that stands in a card, an application or an entry, by the classifier it belongs to."""
