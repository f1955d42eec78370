"""What each answer says, as records, and the documents beside them: fault detail, receipt, extract, catalogue.

Field names mirror the published contract; a test holds the two equal.
"""

from __future__ import annotations

from datetime import date, datetime

from gateway.contract.bus import OperationKindValues
from gateway.contract.types import SHA256_URI
from handlers.cases.criteria import CasePage
from handlers.cases.model import Case
from handlers.cases.statistics import Statistics
from handlers.documents.model import Batch, CheckResult
from handlers.extracts.model import ExtractForm, ExtractReason, ExtractStanding
from handlers.notices.delivery import DeliveryReport
from handlers.notices.model import NoticePage
from handlers.receipts.model import CommandStatus
from handlers.record import Record
from handlers.registration.criteria import EntryPage
from handlers.registration.model import (
    Defect,
    Entry,
    EntryStatus,
    PersonalDataSystemCard,
    Register,
    ResourceCard,
    ValidationReport,
)


class Receipt(Record, frozen=True, kw_only=True):
    """The command was accepted."""

    tracking_id: str
    request_id: str
    operation: str
    """`service.Operation`."""
    received_at: datetime
    digest: str
    """SHA-256 of the canonical request, 64 lower-case hexadecimal digits."""
    signed_receipt: bytes


class Refusal(Record, frozen=True, kw_only=True):
    """The command was not accepted by a rule of business or of signed documents: an ordinary answer, not a fault."""

    code: str
    indication: str | None = None
    """Sub-indication of ETSI EN 319 102-1, for example `HASH_FAILURE`."""
    text_az: str
    text_en: str
    defects: tuple[Defect, ...] = ()


class CommandAnswer(Record, frozen=True, kw_only=True):
    """Answer to every command: exactly one of the two."""

    receipt: Receipt | None = None
    refusal: Refusal | None = None


class ValidateCardAnswer(Record, frozen=True, kw_only=True):
    """Answer to ValidateCard."""

    report: ValidationReport


class GetCaseAnswer(Record, frozen=True, kw_only=True):
    """Answer to GetCase; None: the agency has no such case."""

    case: Case | None = None


class GetEntryAnswer(Record, frozen=True, kw_only=True):
    """Answer to GetEntry; None: there is none."""

    entry: Entry | None = None


class IssuedExtract(Record, frozen=True, kw_only=True):
    """An extract on record, with its two files."""

    number: str
    verification_code: str
    entry_number: str
    version: int
    reason: ExtractReason
    reissues: str | None = None
    reissued_as: str | None = None
    issued_at: datetime
    standing: ExtractStanding
    xml: bytes
    pdf: bytes


class GetExtractAnswer(Record, frozen=True, kw_only=True):
    """Answer to GetExtract; None: there is none for the agency."""

    extract: IssuedExtract | None = None


class ExtractVerification(Record, frozen=True, kw_only=True):
    """What the register knows of an extract that it issued."""

    extract_number: str
    entry_number: str
    version: int
    issued_at: datetime
    xml_digest: str
    pdf_digest: str
    matches: ExtractForm | None = None
    standing: ExtractStanding
    reissued_as: str | None = None


class VerifyExtractAnswer(Record, frozen=True, kw_only=True):
    """Answer to VerifyExtract; None: no extract has this code."""

    verification: ExtractVerification | None = None


class SearchEntriesAnswer(EntryPage, frozen=True, kw_only=True):
    """Answer to SearchEntries."""


class ListCasesAnswer(CasePage, frozen=True, kw_only=True):
    """Answer to ListCases."""


class GetStatisticsAnswer(Statistics, frozen=True, kw_only=True):
    """Answer to GetStatistics."""


class GetBatchAnswer(Record, frozen=True, kw_only=True):
    """Answer to GetBatch; None: the agency has no such report."""

    batch: Batch | None = None


class CheckDocumentsAnswer(Record, frozen=True, kw_only=True):
    """Answer to CheckDocuments."""

    result: CheckResult


class PullNoticesAnswer(Record, frozen=True, kw_only=True):
    """Answer to PullNotices."""

    page: NoticePage


class GetDeliveryAnswer(Record, frozen=True, kw_only=True):
    """Answer to GetDelivery."""

    delivery: DeliveryReport


class CatalogueOperation(Record, frozen=True, kw_only=True):
    """An operation in the catalogue."""

    name: str
    kind: OperationKindValues
    description: str


class CatalogueService(Record, frozen=True, kw_only=True):
    """A service in the catalogue."""

    name: str
    namespace: str
    path: str
    description_az: str
    description_en: str
    operations: tuple[CatalogueOperation, ...]


class ListServicesAnswer(Record, frozen=True, kw_only=True):
    """Answer to ListServices; `gateway.contract.registry.catalogue` makes it."""

    services: tuple[CatalogueService, ...]


class RightToOperation(Record, frozen=True, kw_only=True):
    """An operation that may be called, and how far it reaches."""

    operation: str
    """`service.Operation`."""
    every_register: bool | None = None
    registers: tuple[str, ...] = ()
    every_document_type: bool | None = None
    document_types: tuple[str, ...] = ()


class MandateToAct(Record, frozen=True, kw_only=True):
    """What the caller may do for another agency."""

    principal: str
    rights: tuple[RightToOperation, ...]
    valid_to: date


class AllowedOperationsAnswer(Record, frozen=True, kw_only=True):
    """Answer to AllowedOperations: each as `service.Operation`."""

    operations: tuple[str, ...] = ()
    rights: tuple[RightToOperation, ...] = ()
    mandates: tuple[MandateToAct, ...] = ()


class GetReceiptAnswer(Record, frozen=True, kw_only=True):
    """Answer to GetReceipt."""

    signed_receipt: bytes | None = None
    status: CommandStatus


class GetStatusAnswer(Record, frozen=True, kw_only=True):
    """Answer to GetStatus."""

    status: CommandStatus


class ChangePasswordAnswer(Record, frozen=True, kw_only=True):
    """Answer to ChangePassword: exactly one of the two."""

    changed_at: datetime | None = None
    refusal: Refusal | None = None


class ReceiptDocument(Record, frozen=True, kw_only=True):
    """The intake receipt as a file, before it is sealed."""

    tracking_id: str
    request_id: str
    agency: str
    system: str
    operation: str
    """`service.Operation`."""
    digest_algorithm: str = SHA256_URI
    digest: str
    """SHA-256 of the canonical request, 64 lower-case hexadecimal digits."""
    received_at: datetime
    gateway: str
    """Name of the gateway that gives the receipt."""


class ExtractDocument(Record, frozen=True, kw_only=True):
    """An extract as a file, before it is sealed. Exactly one of the two cards is there."""

    number: str
    verification_code: str
    reason: ExtractReason
    reissues: str | None = None
    issued_at: datetime
    """Whole seconds."""
    issuer: str
    """Name of the operator."""
    check_url: str | None = None
    register: Register
    entry_number: str
    version: int
    status: EntryStatus
    owner: str
    owner_name_az: str | None = None
    owner_name_en: str | None = None
    valid_from: datetime
    recorded_at: datetime
    case_number: str | None = None
    resource_card: ResourceCard | None = None
    personal_data_system_card: PersonalDataSystemCard | None = None


class FieldErrorDetail(Record, frozen=True, kw_only=True):
    """One place in a request that breaks the contract, as told in a fault."""

    path: str
    rule: str
    text: str


class ExplanationDetail(Record, frozen=True, kw_only=True):
    """One fact about a failed signature check, as told in a fault."""

    name: str
    value: str


class FaultDetail(Record, frozen=True, kw_only=True):
    """Detail of a SOAP fault."""

    code: str
    fault_id: str
    text_az: str
    text_en: str
    retry_after: int | None = None
    """Seconds."""
    field_errors: tuple[FieldErrorDetail, ...] = ()
    explanation: tuple[ExplanationDetail, ...] = ()
