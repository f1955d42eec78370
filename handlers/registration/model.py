"""The two system registers: cards, applications and entries (domain §2)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from handlers.record import Record


class Register(StrEnum):
    """The two system registers that take cards."""

    INFORMATION_RESOURCES = "INFORMATION_RESOURCES"
    PERSONAL_DATA_SYSTEMS = "PERSONAL_DATA_SYSTEMS"


class Trigger(StrEnum):
    """The event that made the application a duty; the 20-day clock runs from its date."""

    CREATED = "CREATED"
    STRUCTURE_CHANGED = "STRUCTURE_CHANGED"
    ACTIVITY_SUSPENDED = "ACTIVITY_SUSPENDED"
    RESUMED = "RESUMED"


class LifeCycleStatus(StrEnum):
    """Where a resource is in its life."""

    ESTABLISHED = "ESTABLISHED"
    IN_USE = "IN_USE"
    SUSPENDED = "SUSPENDED"
    FINISHED = "FINISHED"


class LegalActType(StrEnum):
    """Rank of a legal act."""

    LAW = "LAW"
    DECREE = "DECREE"
    DECISION = "DECISION"
    ORDER = "ORDER"
    OTHER = "OTHER"


class LegalAct(Record, frozen=True, kw_only=True):
    """A legal act that a card rests on."""

    type: LegalActType
    reference: str
    """Number as the act itself gives it, for example `149`."""
    title: str
    adopted_on: date | None = None
    url: str | None = None


class Contact(Record, frozen=True, kw_only=True):
    """A person or desk that answers for the resource."""

    name: str
    role: str | None = None
    phone: str | None = None
    email: str | None = None


class ProtectionMeans(Record, frozen=True, kw_only=True):
    """A means of protection, by the standard it follows, and its last audit."""

    standard: str
    protection_class: str | None = None
    level: str | None = None
    last_audit: date | None = None
    audit_result: str | None = None


class ExchangeLink(Record, frozen=True, kw_only=True):
    """A system with which data are exchanged."""

    system: str
    purpose: str | None = None


class RelationKind(StrEnum):
    """Relation to another entry; the opposite one is kept by the register."""

    SUB = "SUB"
    SUPER = "SUPER"
    USED = "USED"
    USER = "USER"


class Relation(Record, frozen=True, kw_only=True):
    """A relation to another entry of the register, by its registration number."""

    kind: RelationKind
    entry_number: str


def opposite(kind: RelationKind) -> RelationKind:
    """The same relation, seen from the other entry."""
    return _OPPOSITES[kind]


_OPPOSITES = {
    RelationKind.SUB: RelationKind.SUPER,
    RelationKind.SUPER: RelationKind.SUB,
    RelationKind.USED: RelationKind.USER,
    RelationKind.USER: RelationKind.USED,
}


class ResourceCard(Record, frozen=True, kw_only=True):
    """Card of an information resource (Decision 89/2010)."""

    short_name: str
    name: str
    purpose: str
    owner: str
    """Code of the agency that owns the resource."""
    operator: str | None = None
    legal_acts: tuple[LegalAct, ...]
    contacts: tuple[Contact, ...] = ()
    topics: tuple[str, ...] = ()
    data_objects: tuple[str, ...] = ()
    """Main data objects, ten at the most."""
    classifiers: tuple[str, ...] = ()
    software: tuple[str, ...] = ()
    hardware: tuple[str, ...] = ()
    protection: tuple[ProtectionMeans, ...] = ()
    exchange_links: tuple[ExchangeLink, ...] = ()
    local_register: str | None = None
    relations: tuple[Relation, ...] = ()
    status: LifeCycleStatus
    status_date: date


class Confidentiality(StrEnum):
    """Whether the personal data are confidential or open."""

    CONFIDENTIAL = "CONFIDENTIAL"
    OPEN = "OPEN"


class SpecialCategory(StrEnum):
    """Special categories of personal data named in law."""

    RACE_NATIONALITY = "RACE_NATIONALITY"
    FAMILY_LIFE = "FAMILY_LIFE"
    RELIGION = "RELIGION"
    HEALTH = "HEALTH"
    CONVICTION = "CONVICTION"


class SystemKind(StrEnum):
    """NEW, or PRE_EXISTING: older than the law, yet to be registered."""

    NEW = "NEW"
    PRE_EXISTING = "PRE_EXISTING"


class PersonalDataSystemCard(Record, frozen=True, kw_only=True):
    """Card of a personal-data information system (Decision 149/2010); one card a system."""

    short_name: str
    name: str
    purpose: str
    owner: str
    operator: str | None = None
    legal_acts: tuple[LegalAct, ...]
    contacts: tuple[Contact, ...] = ()
    subject_categories: tuple[str, ...]
    data_categories: tuple[str, ...]
    confidentiality: Confidentiality
    special_categories: tuple[SpecialCategory, ...] = ()
    subject_count: int
    """Number of persons whose data are kept; 1 000 or more makes registration mandatory."""
    actions: tuple[str, ...] = ()
    manner: str
    recipients: tuple[str, ...] = ()
    cross_border_transfer: bool | None = None
    """Whether data are transferred to other countries; None: the countries tell."""
    cross_border_countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-3 codes of the countries to which data are transferred; empty: none."""
    database_place: str
    retention: str
    protection: tuple[ProtectionMeans, ...] = ()
    biometrics: bool
    licence_number: str | None = None
    uses_fin: bool
    responsible_person: str
    start_date: date
    stop_condition: str
    kind: SystemKind


class RegistrationApplication(Record, frozen=True, kw_only=True):
    """What a representative signs (or confirms by password) to have a card registered.

    Exactly one card is given, and it is the one of `register`.
    """

    register: Register
    trigger: Trigger
    event_date: date
    """Day of the event; the application is due 20 calendar days later, late ones are recorded as late."""
    applicant: str
    """Code of the applying agency."""
    representative: str
    """FIN of the person who confirms the application."""
    resource_card: ResourceCard | None = None
    personal_data_system_card: PersonalDataSystemCard | None = None


class AppealKind(StrEnum):
    """What an e-appeal asks of an entry (domain §2, Cases)."""

    CHANGE = "CHANGE"
    CANCELLATION = "CANCELLATION"
    SUSPENSION = "SUSPENSION"
    RESUMPTION = "RESUMPTION"
    CORRECTION = "CORRECTION"

    @property
    def carries_card(self) -> bool:
        """Whether the appeal carries the whole new card; the others change the status only."""
        return self in (AppealKind.CHANGE, AppealKind.CORRECTION)


class AppealApplication(Record, frozen=True, kw_only=True):
    """An e-appeal against a registered entry, and the version it starts from.

    A CHANGE or a CORRECTION carries the whole new card, the others none.
    """

    kind: AppealKind
    applicant: str
    representative: str
    entry_number: str
    against_version: int
    """Version of the entry the applicant was looking at; 1 is the first."""
    reason: str
    event_date: date
    resource_card: ResourceCard | None = None
    personal_data_system_card: PersonalDataSystemCard | None = None


class Withdrawal(Record, frozen=True, kw_only=True):
    """The applicant takes its application back; possible until the case is decided."""

    case_number: str
    applicant: str
    representative: str
    """FIN of the person who confirms it."""
    reason: str


class DestructionProof(Record, frozen=True, kw_only=True):
    """Proof that the data of a cancelled entry were destroyed, as the law demands."""

    case_number: str
    """Incoming number of the case in which the entry was cancelled."""
    applicant: str
    representative: str
    """FIN of the person who confirms it."""
    destroyed_on: date
    manner: str
    """How the data were destroyed, all copies included."""
    act_reference: str
    """Number and date of the act of destruction."""


class ConfirmationMethod(StrEnum):
    """How an application was officially confirmed (domain §2); kept for ever."""

    XADES = "XADES"
    PASSWORD = "PASSWORD"  # noqa: S105 - the name of a method, not a password


class Confirmation(Record, frozen=True, kw_only=True):
    """Which of the two official confirmations an application bears, and by whom."""

    method: ConfirmationMethod
    representative: str
    """FIN of the person."""
    confirmed_at: datetime
    """Claimed signing time of the XAdES signature, or the time of the password check; UTC."""
    certificate_fingerprint: str | None = None
    signed_file: bytes | None = None
    """The signed file byte for byte (XADES only)."""
    signed_file_digest: str | None = None
    """SHA-256 over the signed file, 64 lower-case hexadecimal digits."""
    signature_level: str | None = None
    """What the signature was accepted as: `B-B`, or `B-T` with a trusted time stamp (ETSI EN 319 132-1)."""
    stamped_at: datetime | None = None
    """The time of the time stamp, in UTC (B-T only)."""


class Defect(Record, frozen=True, kw_only=True):
    """One thing wrong with a card or an application, in words the applicant can act on."""

    path: str
    """Where: element names from the application's root, for example `/resourceCard/legalActs[1]/url`."""
    rule: str
    """Stable code of the rule that is broken, for example `owner.enrolled`."""
    text_az: str
    text_en: str


class ValidationReport(Record, frozen=True, kw_only=True):
    """All defects of an application at once; empty: it would be taken in as it is."""

    valid: bool
    defects: tuple[Defect, ...] = ()
    notes: tuple[Defect, ...] = ()
    """Not defects, but recorded and shown: for example that the 20-day term has passed."""


class EntryStatus(StrEnum):
    """Status of an entry in its register."""

    REGISTERED = "REGISTERED"
    SUSPENDED = "SUSPENDED"
    CANCELLED = "CANCELLED"


class EntryRelation(Record, frozen=True, kw_only=True):
    """A relation of an entry as the register keeps it, declared by its own card or by the other entry's."""

    kind: RelationKind
    entry_number: str
    """The other entry."""
    automatic: bool
    """True: the other entry's card declares the opposite, and the register keeps this one."""


class Entry(Record, frozen=True, kw_only=True):
    """One version of an entry, as it was valid at `as_of` and known at `as_known_at`."""

    number: str
    register: Register
    version: int
    status: EntryStatus
    owner: str
    valid_from: datetime
    """From when this version is true; UTC."""
    recorded_at: datetime
    """Since when the register knows it; UTC."""
    resource_card: ResourceCard | None = None
    personal_data_system_card: PersonalDataSystemCard | None = None
    submitted_late_days: int | None = None
    """Calendar days by which the application of this version came late; given when an entry is asked for, never stored.
    None: it came in time, or no case led to this version."""
    relations: tuple[EntryRelation, ...] = ()
    """Own and automatic ones that hold at the moment looked at; given when an entry is asked for, never stored."""
    voluntary: bool | None = None
    """True: a personal-data system of so few subjects that it need not be registered; None: registration is a duty."""
    withheld: tuple[str, ...] = ()
    """Paths of the fields that the asking agency is not shown; empty: the entry is whole."""
