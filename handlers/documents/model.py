"""The register of invalid documents and the validity check (domain §3)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from handlers.record import Record


class DocumentKind(StrEnum):
    """A form nobody was named on, or a document issued to a person."""

    BLANK = "BLANK"
    PERSONALISED = "PERSONALISED"


class RecordStatus(StrEnum):
    """Status of an invalid-document record."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CORRECTED = "CORRECTED"
    WITHDRAWN = "WITHDRAWN"


class InvalidDocumentReport(Record, frozen=True, kw_only=True):
    """One document that its issuer declares invalid."""

    document_type: str
    """Code of `handlers.rules.classifiers`, for example `PASSPORT`."""
    country: str
    """Issuing country, ISO 3166-1 alpha-3."""
    series: str | None = None
    number: str
    kind: DocumentKind
    fin: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    reason: str
    """Code of the reason classifier, for example `LOST`."""
    effective_from: date
    legal_basis: str | None = None
    replaced_by: str | None = None


class ItemOutcome(StrEnum):
    """What became of one reported document."""

    LISTED = "LISTED"
    DUPLICATE = "DUPLICATE"
    """The same facts were on record already; nothing changed."""
    CONTRADICTION = "CONTRADICTION"
    """Another active record of the document says otherwise; not listed a second time, kept for the operator."""
    REFUSED = "REFUSED"
    """Breaks a rule of the register; see the defects."""


class BatchItem(Record, frozen=True, kw_only=True):
    """Outcome of one item of a batch, at the position it had in the report (1 is the first)."""

    position: int
    outcome: ItemOutcome
    rule: str | None = None
    text_az: str | None = None
    text_en: str | None = None


class BatchState(StrEnum):
    """QUEUED: accepted, not yet applied. APPLIED: every item has its outcome."""

    QUEUED = "QUEUED"
    APPLIED = "APPLIED"


class Batch(Record, frozen=True, kw_only=True):
    """A report of invalid documents and what became of each of its items."""

    tracking_id: str
    batch_reference: str | None = None
    state: BatchState
    provider: str
    applied_at: datetime | None = None
    listed: int = 0
    duplicates: int = 0
    contradictions: int = 0
    refused: int = 0
    items: tuple[BatchItem, ...] = ()


class DocumentQuestion(Record, frozen=True, kw_only=True):
    """One document to be checked: by type, country, series and number, or by its whole MRZ."""

    reference: str
    """The caller's own mark for the item, unique in the request; comes back with the answer."""
    document_type: str | None = None
    country: str | None = None
    series: str | None = None
    number: str | None = None
    mrz: str | None = None
    """All lines of the machine-readable zone, separated by line feeds or run together."""
    fin: str | None = None
    birth_date: date | None = None
    issued_on: date | None = None
    expires_on: date | None = None


class ValidityStatus(StrEnum):
    """Answer to the validity check (domain §3). Only what this release can prove is ever given."""

    NOT_LISTED = "NOT_LISTED"
    INVALID = "INVALID"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    SUSPECT = "SUSPECT"
    UNAVAILABLE = "UNAVAILABLE"
    INVALID_REQUEST = "INVALID_REQUEST"


class EvidenceGrade(StrEnum):
    """What an answer rests on: the issuer's own record, this register only, or form alone."""

    AUTHORITATIVE = "AUTHORITATIVE"
    REGISTER_ONLY = "REGISTER_ONLY"
    FORMAT_ONLY = "FORMAT_ONLY"


class CheckOutcome(StrEnum):
    """Outcome of one check that was made of a document."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_MADE = "NOT_MADE"


class CheckMade(Record, frozen=True, kw_only=True):
    """A check that was made: `register`, `mrz`, `number-form`, `fin-form`, `expiry`, `dates`."""

    name: str
    outcome: CheckOutcome
    detail: str | None = None


class DocumentAnswer(Record, frozen=True, kw_only=True):
    """Answer for one document. Reason and dates are given as far as the caller's tier allows."""

    reference: str
    status: ValidityStatus
    grade: EvidenceGrade
    reason: str | None = None
    effective_from: date | None = None
    listed_since: datetime | None = None
    field: str | None = None
    """The field at fault when the status is INVALID_REQUEST or SUSPECT."""
    text_az: str | None = None
    text_en: str | None = None
    checks: tuple[CheckMade, ...] = ()


class DataAsOf(Record, frozen=True, kw_only=True):
    """How fresh the data of one source are."""

    source: str
    at: datetime


class CheckResult(Record, frozen=True, kw_only=True):
    """Answers for all documents of one request, all at one instant."""

    answer_reference: str
    """Reference number of this answer; it finds the row of the check log."""
    checked_at: datetime
    data_as_of: tuple[DataAsOf, ...]
    answers: tuple[DocumentAnswer, ...]
