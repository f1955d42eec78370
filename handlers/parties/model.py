"""Parties: who may speak to the registers, through which system, and for whom (domain §1)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from handlers.parties.rights import UNCALLED, Right
from handlers.parties.standing import Standing
from handlers.record import Record


class DisclosureTier(StrEnum):
    """How much of an invalid-document record an agency may see, from least to most (domain §3)."""

    HIT_ONLY = "HIT_ONLY"
    STATUS = "STATUS"
    REASON = "REASON"
    FULL = "FULL"


def lowest(*tiers: DisclosureTier) -> DisclosureTier:
    """The tier that shows least."""
    return min(tiers, key=list(DisclosureTier).index)


class Assurance(StrEnum):
    """How a calling system was known. A password proves less than a signature, and so it is recorded."""

    SIGNATURE = "SIGNATURE"
    PASSWORD = "PASSWORD"  # noqa: S105 - the name of a means, not a password


class Agency(Record, frozen=True, kw_only=True):
    """A state body. `code` is its key everywhere: in contexts, cards, notices and rights."""

    code: str
    name_az: str
    name_en: str
    tax_id: str
    email: str | None = None
    tier: DisclosureTier = DisclosureTier.STATUS
    provides_document_types: tuple[str, ...] = ()
    """Document types for which the agency is an information provider (may report); empty: none."""
    standing: Standing = Standing.ACTIVE

    @property
    def active(self) -> bool:
        """Whether the agency counts today."""
        return self.standing is Standing.ACTIVE


class Certificate(Record, frozen=True, kw_only=True):
    """A certificate enrolled for a system or a person. Once enrolled, it is nobody else's for ever."""

    fingerprint: str
    """SHA-256 over its DER, 64 lower-case hexadecimal digits."""
    issuer: str = ""
    """RFC 4514 text of its issuer; with `serial` it must match beside the fingerprint. Empty, like `serial`, for a
    person enrolled before this was kept."""
    serial: str = ""
    """Serial number, decimal digits."""
    subject: str = ""
    """RFC 4514 text, for people to read; nothing is decided by it."""
    valid_from: datetime | None = None
    """As the certificate says; None: it was enrolled before this was kept."""
    valid_until: datetime | None = None
    """As `valid_from`. Validity is judged from the certificate in the message; this one is for warnings."""
    withdrawn_at: datetime | None = None
    """Since when it is no longer taken, whatever it says of itself; None: it is."""

    def is_taken(self, at: datetime | None = None) -> bool:
        """Whether the operator lets it count, at the moment `at`; None: now and from now on."""
        return self.withdrawn_at is None or (at is not None and at < self.withdrawn_at)


class System(Record, frozen=True, kw_only=True):
    """A computer of an agency, known by what was enrolled for it and by nothing that it says of itself."""

    code: str
    agency: str
    name: str
    certificates: tuple[Certificate, ...] = ()
    """All that were ever enrolled, oldest first. Several may be good at a time: that is how keys roll over."""
    rights: tuple[Right, ...] = ()
    """What it may do, at most one right for an operation; everything else is denied."""
    addresses: tuple[str, ...] = ()
    """Networks (CIDR) from which it may call; empty: from anywhere."""
    tier: DisclosureTier | None = None
    """Shows this system less than its agency may see; None: as much."""
    login: str | None = None
    """Of a system enrolled as password only; such a system has no certificates."""
    password_hash: str | None = None
    """Argon2id hash in PHC format; never the password."""
    password_must_change: bool = False
    password_changed_at: datetime | None = None
    standing: Standing = Standing.ACTIVE

    @property
    def active(self) -> bool:
        """Whether the system counts today; its agency must count too."""
        return self.standing is Standing.ACTIVE

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations it may call, as `service.Operation`."""
        return tuple(right.operation for right in self.rights)


class Representative(Record, frozen=True, kw_only=True):
    """An authorised person of an agency (domain §1), confirming documents by card or by password."""

    fin: str
    agency: str
    identity_card: str
    surname: str
    name: str
    patronymic: str | None = None
    valid_from: date
    valid_to: date
    certificates: tuple[Certificate, ...] = ()
    """Of the person's e-signature cards, oldest first; empty when only a password was issued."""
    login: str | None = None
    password_hash: str | None = None
    """Argon2id hash in PHC format; never the password."""
    password_must_change: bool = False
    """The password was issued by the operator and is good for nothing but being changed."""
    password_changed_at: datetime | None = None
    standing: Standing = Standing.ACTIVE

    @property
    def active(self) -> bool:
        """Whether the person counts today; the period of authority is apart."""
        return self.standing is Standing.ACTIVE

    def holds(self, fingerprint: str | None, at: datetime | None = None) -> bool:
        """Whether the certificate of that fingerprint is the person's and was taken at `at`; None: is taken now."""
        return any(each.fingerprint == fingerprint and each.is_taken(at) for each in self.certificates)

    def has_authority(self, agency: str, day: date) -> bool:
        """Whether the person may act for `agency` on `day` (both ends of the period included)."""
        return self.active and self.agency == agency and self.valid_from <= day <= self.valid_to


class Mandate(Record, frozen=True, kw_only=True):
    """One agency acts for another, as far as the operator enrolled it. Rights of its own the acting one needs too."""

    code: str
    principal: str
    """The agency for which is acted."""
    agent: str
    """The agency that acts."""
    system: str | None = None
    """The only system of the acting agency that may; None: each of its systems."""
    rights: tuple[Right, ...]
    valid_from: date
    valid_to: date
    standing: Standing = Standing.ACTIVE

    def holds(self, system: str, day: date) -> bool:
        """Whether `system` of the acting agency may use it on `day` (both ends of the period included)."""
        return (
            self.standing is Standing.ACTIVE
            and self.system in (None, system)
            and self.valid_from <= day <= self.valid_to
        )


class Caller(Record, frozen=True, kw_only=True):
    """Who is asking, as proven by the signature: the only identity that handlers ever see."""

    agency: str
    system: str
    tier: DisclosureTier = DisclosureTier.HIT_ONLY
    rights: tuple[Right, ...] = ()
    """What the calling system may do."""
    provides_document_types: tuple[str, ...] = ()
    """Of the agency that is acted for."""
    on_behalf_of: str | None = None
    """The agency that is acted for by a mandate; None: the caller's own."""
    assurance: Assurance = Assurance.SIGNATURE

    @property
    def acts_for(self) -> str:
        """The agency whose data are acted on."""
        return self.on_behalf_of or self.agency

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations it may call, as `service.Operation`."""
        return tuple(right.operation for right in self.rights if right.operation not in UNCALLED)


class PartyKind(StrEnum):
    """What a change on record was made to."""

    AGENCY = "AGENCY"
    SYSTEM = "SYSTEM"
    REPRESENTATIVE = "REPRESENTATIVE"
    MANDATE = "MANDATE"


class Act(Record, frozen=True, kw_only=True):
    """Who of the operator's staff changes something about a party, when, and why: kept for ever."""

    by: str
    at: datetime
    reason: str


class PartyChange(Record, frozen=True, kw_only=True):
    """One row of a party's history, oldest first."""

    kind: PartyKind
    party: str
    """Code of the agency, system or mandate; FIN of the representative."""
    event: str
    """`SUSPEND`, `RESUME`, `WITHDRAW`, `GRANT`, `REVOKE`, `CERTIFICATE_ADDED` …"""
    detail: str = ""
    """What it was done to: the fingerprint, the right, the networks, the tier."""
    by: str
    at: datetime
    reason: str
