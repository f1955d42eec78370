# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""Cards and applications: what a representative confirms, as a structure or as a signed file (domain §2).

They stand in the shared namespace, because a signed file outlives the version of the service it was sent to.
"""

from __future__ import annotations

from gateway.contract.declare import Shared, either, enumeration, many, optional, required, simple
from gateway.contract.spyne_import import Boolean, Integer32, Unicode
from gateway.contract.types import (
    AgencyCode,
    CaseNumber,
    Country,
    Day,
    EntryNumber,
    Fin,
    Text100,
    Text500,
    Text4000,
    Version,
)
from handlers.registration import model as values

Url = simple("Url", Unicode, "An address on the web, http or https.", pattern="https?://[^ ]+", max_len=500)
Email = simple("Email", Unicode, "An e-mail address.", pattern="[^@ ]+@[^@ ]+", max_len=254)
Phone = simple(
    "Phone", Unicode, "A telephone number, international form preferred.", pattern="[+]?[0-9 ()-]+", max_len=40
)
SubjectCount = simple("SubjectCount", Integer32, "A number of persons, 0 or more.", ge=0)

_D89 = "Decision 89/2010"
_D149 = "Decision 149/2010"
_D237 = "Decisions 149/2010 and 237/2010"
_BOTH = "Decisions 89/2010 and 149/2010"
_LAW = "Law 998-IIIQ, Decision 149/2010"
_OURS = "the register's own"
"""Where a field of a card comes from; what is the register's own is asked for to keep the others apart or checkable."""

Register = enumeration(
    values.Register,
    "The two system registers that take cards.",
    {
        "INFORMATION_RESOURCES": "State register of information resources (Decision 89/2010).",
        "PERSONAL_DATA_SYSTEMS": "State register of personal-data information systems (Decision 149/2010).",
    },
)
Trigger = enumeration(
    values.Trigger,
    "The event that made the application a duty; the term of 20 calendar days runs from its day.",
    {
        "CREATED": "The resource or system was created.",
        "STRUCTURE_CHANGED": "Its structure was changed.",
        "ACTIVITY_SUSPENDED": "Its activity was suspended.",
        "RESUMED": "Its activity was resumed.",
    },
)
LifeCycleStatus = enumeration(
    values.LifeCycleStatus,
    "Where a resource is in its life.",
    {
        "ESTABLISHED": "Established, not in use yet.",
        "IN_USE": "In use.",
        "SUSPENDED": "Suspended for a time.",
        "FINISHED": "No longer in use.",
    },
)
LegalActType = enumeration(
    values.LegalActType,
    "Rank of a legal act.",
    {
        "LAW": "Law.",
        "DECREE": "Decree of the President.",
        "DECISION": "Decision of the Cabinet of Ministers.",
        "ORDER": "Order of a ministry or another body.",
        "OTHER": "Anything else; the title says what.",
    },
)
RelationKind = enumeration(
    values.RelationKind,
    "How an entry relates to another one; the register keeps the opposite relation itself.",
    {
        "SUB": "It is a part of the other.",
        "SUPER": "The other is a part of it.",
        "USED": "It is used by the other.",
        "USER": "It uses the other.",
    },
)
Confidentiality = enumeration(
    values.Confidentiality,
    "Category of the personal data by access.",
    {"CONFIDENTIAL": "Confidential personal data.", "OPEN": "Open personal data."},
)
SpecialCategory = enumeration(
    values.SpecialCategory,
    "Special categories of personal data named in law.",
    {
        "RACE_NATIONALITY": "Race or nationality.",
        "FAMILY_LIFE": "Family life.",
        "RELIGION": "Religion and belief.",
        "HEALTH": "Health.",
        "CONVICTION": "Conviction.",
    },
)
SystemKind = enumeration(
    values.SystemKind,
    "Whether the system is new or older than the law (11 May 2010).",
    {"NEW": "A new system.", "PRE_EXISTING": "Older than the law, yet to be registered."},
)
AppealKind = enumeration(
    values.AppealKind,
    "What an e-appeal asks of an entry.",
    {
        "CHANGE": "To change it; the whole new card is given.",
        "CANCELLATION": "To cancel it; the data must then be destroyed and the destruction proven.",
        "SUSPENSION": "To suspend it, because the activity is suspended.",
        "RESUMPTION": "To end a suspension.",
        "CORRECTION": "To correct what was entered wrongly; the whole right card is given.",
    },
)


class LegalAct(Shared):
    """A legal act that a card rests on."""

    type = required(LegalActType, "Rank of the act.", source=_BOTH)
    reference = required(
        Text100,
        "Number as the act itself gives it, for example 998-IIIQ for a law or 149 for a decision.",
        source=_BOTH,
    )
    title = required(Text500, "Title of the act.", source=_BOTH)
    adoptedOn = optional(
        Day,
        "Day on which it was adopted; needed where the number alone does not tell which act is meant: decrees, "
        "decisions, orders.",
        source=_OURS,
    )
    url = optional(
        Url,
        "Where it can be read, best where it is officially published (https://e-qanun.az/framework/19675).",
        source=_BOTH,
    )


class Contact(Shared):
    """A person or desk that answers for the resource or system."""

    name = required(Text500, "Name of the person or desk.", source=_OURS)
    role = optional(Text500, "In which role it answers.", source=_OURS)
    phone = optional(Phone, "Telephone number.", source=_OURS)
    email = optional(Email, "E-mail address.", source=_OURS)


class ProtectionMeans(Shared):
    """A means of protection, by the standard it follows, and its last audit."""

    standard = required(Text500, "The standard, for example ISO/IEC 27001:2022.", source=_BOTH)
    protectionClass = optional(Text100, "Class of protection under the standard.", source=_BOTH)
    level = optional(Text100, "Level of protection under the standard.", source=_BOTH)
    lastAudit = optional(Day, "Day of the last audit; given whenever a result is.", source=_BOTH)
    auditResult = optional(Text4000, "Result of the last audit.", source=_BOTH)


class ExchangeLink(Shared):
    """A system with which data are exchanged."""

    system = required(Text500, "Name of the system.", source=_D89)
    purpose = optional(Text4000, "What the exchange is for.", source=_OURS)


class Relation(Shared):
    """A relation to another entry of the register."""

    kind = required(RelationKind, "How this entry relates to the other.", source=_D89)
    entryNumber = required(EntryNumber, "Registration number of the other entry.", source=_D89)


class ResourceCard(Shared):
    """Card of an information resource (Decision 89/2010)."""

    shortName = required(Text100, "Short name, unique among those of the owner in the register.", source=_D89)
    name = required(Text500, "Full name.", source=_D89)
    purpose = required(Text4000, "What the resource is for.", source=_D89)
    owner = required(AgencyCode, "Code of the agency that owns it.", source=_D89)
    operator = optional(
        AgencyCode, "Code of the enrolled agency that operates it, when it is another one.", source=_D89
    )
    legalActs = many(LegalAct, "Legal acts that it rests on.", least=1, most=50, source=_D89)
    contacts = many(
        Contact, "Who answers for it; at least one with a telephone number or an e-mail address.", most=20, source=_D89
    )
    topics = many(Text500, "Topics it covers.", most=50, source=_D89)
    dataObjects = many(Text500, "Main data objects, ten at the most.", most=10, source=_D89)
    classifiers = many(Text500, "Classifiers it uses.", most=50, source=_D89)
    software = many(Text500, "Software means.", most=50, source=_D89)
    hardware = many(Text500, "Hardware means.", most=50, source=_D89)
    protection = many(ProtectionMeans, "Means of protection.", most=20, source=_D89)
    exchangeLinks = many(ExchangeLink, "Systems with which it exchanges data.", most=100, source=_D89)
    localRegister = optional(Text500, "The local register it belongs to.", source=_D89)
    relations = many(
        Relation, "Relations to other entries; each of those shows the opposite by itself.", most=100, source=_D89
    )
    status = required(LifeCycleStatus, "Where it is in its life, as the event left it.", source=_D89)
    statusDate = required(Day, "Since when it has this status.", source=_D89)


class PersonalDataSystemCard(Shared):
    """Card of a personal-data information system (Decision 149/2010); one card a system."""

    shortName = required(Text100, "Short name, unique among those of the owner in the register.", source=_OURS)
    name = required(Text500, "Full name.", source=_D149)
    purpose = required(Text4000, "Purpose of processing the data.", source=_D149)
    owner = required(AgencyCode, "Code of the agency that owns the system.", source=_LAW)
    operator = optional(
        AgencyCode, "Code of the enrolled agency that operates it, when it is another one.", source=_LAW
    )
    legalActs = many(
        LegalAct,
        "Legal basis of the processing; special categories and biometric data need a law.",
        least=1,
        most=50,
        source=_D149,
    )
    contacts = many(
        Contact, "Who answers for it; at least one with a telephone number or an e-mail address.", most=20, source=_OURS
    )
    subjectCategories = many(Text500, "Categories of persons whose data are kept.", least=1, most=50, source=_D149)
    dataCategories = many(Text500, "Categories of data.", least=1, most=50, source=_D149)
    confidentiality = required(
        Confidentiality,
        "Whether the data are confidential or open; special categories, biometric data and the FIN are never open.",
        source=_LAW,
    )
    specialCategories = many(
        SpecialCategory, "Special categories of personal data kept; none: none.", most=5, source=_LAW
    )
    subjectCount = required(
        SubjectCount,
        "Number of persons whose data are kept; from 1000 on registration is mandatory, below it is voluntary and "
        "marked so.",
        source=_D237,
    )
    actions = many(Text500, "Actions carried out on the data.", most=50, source=_D149)
    manner = required(Text4000, "Manner of processing.", source=_D149)
    recipients = many(Text500, "To whom data are given.", most=100, source=_D149)
    crossBorderTransfer = optional(
        Boolean,
        "Whether data are transferred to other countries; true: the countries are listed. Absent: the countries tell.",
        source=_OURS,
    )
    crossBorderCountries = many(Country, "Countries to which data are transferred; none: none.", most=250, source=_LAW)
    databasePlace = required(Text500, "Place of the database.", source=_D149)
    retention = required(Text4000, "How long data are kept.", source=_D149)
    protection = many(ProtectionMeans, "Means of protection.", most=20, source=_D149)
    biometrics = required(Boolean, "Whether biometric data are kept.", source=_D149)
    licenceNumber = optional(Text100, "Number of the licence, where one is needed.", source=_D149)
    usesFin = required(Boolean, "Whether persons are identified by FIN.", source=_D149)
    responsiblePerson = required(
        Text500, "Surname and name of the person responsible for the processing.", source=_D149
    )
    startDate = required(
        Day, "Day on which processing starts or started; a new system may begin once it is registered.", source=_D149
    )
    stopCondition = required(Text4000, "Term or condition on which processing stops.", source=_D149)
    kind = required(SystemKind, "Whether the system is new or older than the law (11 May 2010).", source=_LAW)


class RegistrationApplication(Shared):
    """Application to have a card registered. Exactly one card is given, and it is the one of the register."""

    register = required(Register, "The register that is to enter the card.")
    trigger = required(Trigger, "The event that made the application a duty.")
    eventDate = required(
        Day,
        "Day of the event. The application is due 20 calendar days later; a late one is taken and marked late. For "
        "what is older than the rules of the register (17 May 2010; systems of personal data: 17 August 2010) the term "
        "runs from these.",
    )
    applicant = required(AgencyCode, "Code of the applying agency.")
    representative = required(Fin, "The person who confirms the application.")
    resourceCard = either(ResourceCard, "Card for the register of information resources.", choice="card")
    personalDataSystemCard = either(
        PersonalDataSystemCard, "Card for the register of personal-data systems.", choice="card"
    )


class AppealApplication(Shared):
    """E-appeal against a registered entry. A CHANGE or a CORRECTION carries the whole card, the others none."""

    kind = required(AppealKind, "What is asked for.")
    applicant = required(AgencyCode, "Code of the applying agency.")
    representative = required(Fin, "The person who confirms the appeal.")
    entryNumber = required(EntryNumber, "The entry the appeal is about.")
    againstVersion = required(Version, "Version of the entry that the applicant was looking at.")
    reason = required(Text4000, "Why it is asked for.")
    eventDate = required(Day, "Day of the event that led to the appeal.")
    resourceCard = optional(ResourceCard, "The new card of an information resource.")
    personalDataSystemCard = optional(PersonalDataSystemCard, "The new card of a personal-data system.")


class Withdrawal(Shared):
    """The applicant takes an application back; possible until the case is decided. A representative confirms it."""

    caseNumber = required(CaseNumber, "Incoming number of the case.")
    applicant = required(AgencyCode, "Code of the applying agency.")
    representative = required(Fin, "The person who confirms the withdrawal.")
    reason = required(Text4000, "Why the application is taken back.")


class DestructionProof(Shared):
    """Proof that the data of a cancelled entry were destroyed, as the law demands. A representative confirms it."""

    caseNumber = required(CaseNumber, "Incoming number of the case in which the entry was cancelled.")
    applicant = required(AgencyCode, "Code of the agency that owned the entry.")
    representative = required(Fin, "The person who confirms the proof.")
    destroyedOn = required(Day, "Day on which the data were destroyed.")
    manner = required(Text4000, "How they were destroyed, all copies included.")
    actReference = required(Text500, "Number and date of the act of destruction.")
