"""What each request says, as records: the context apart, the rest here. One record per operation, named like it.

Field names mirror the published contract; a test holds the two equal.
"""

from __future__ import annotations

from datetime import date, datetime

from handlers.cases.criteria import CaseFilter
from handlers.cases.statistics import Grouping
from handlers.documents.model import DocumentQuestion, InvalidDocumentReport
from handlers.notices.delivery import DeliveryMethod, NoticeLanguage
from handlers.notices.model import NoticeKind
from handlers.record import Record
from handlers.registration.criteria import EntryCriteria
from handlers.registration.model import (
    AppealApplication,
    DestructionProof,
    Register,
    RegistrationApplication,
    Withdrawal,
)


class ValidateCardRequest(Record, frozen=True, kw_only=True):
    """Asks what is wrong with an application or an appeal; exactly one of the three forms is there."""

    application: RegistrationApplication | None = None
    appeal_application: AppealApplication | None = None
    signed_application: bytes | None = None
    """The XAdES-signed file, byte for byte."""


class SubmitRegistrationRequest(Record, frozen=True, kw_only=True):
    """Have a card registered; the schema sees to it that exactly one of the two forms is there."""

    application: RegistrationApplication | None = None
    signed_application: bytes | None = None
    """The XAdES-signed file, byte for byte."""


class SubmitAppealRequest(Record, frozen=True, kw_only=True):
    """Have an entry changed or cancelled; exactly one of the two forms is there."""

    application: AppealApplication | None = None
    signed_application: bytes | None = None
    """The XAdES-signed file, byte for byte."""


class ResubmitRequest(Record, frozen=True, kw_only=True):
    """Correct an application that was returned; exactly one of the three forms is there."""

    case_number: str
    application: RegistrationApplication | None = None
    appeal: AppealApplication | None = None
    signed_application: bytes | None = None
    """The XAdES-signed file, byte for byte."""


class WithdrawCaseRequest(Record, frozen=True, kw_only=True):
    """Take an application back; exactly one of the two forms is there."""

    withdrawal: Withdrawal | None = None
    signed_withdrawal: bytes | None = None
    """The XAdES-signed file, byte for byte."""


class FileDestructionProofRequest(Record, frozen=True, kw_only=True):
    """Prove that data were destroyed; exactly one of the two forms is there."""

    proof: DestructionProof | None = None
    signed_proof: bytes | None = None
    """The XAdES-signed file, byte for byte."""


class GetCaseRequest(Record, frozen=True, kw_only=True):
    """Asks where a case is. Exactly one of the two keys is there."""

    number: str | None = None
    tracking_id: str | None = None


class GetEntryRequest(Record, frozen=True, kw_only=True):
    """Asks what the register says of an entry, or what it said."""

    number: str
    as_of: datetime | None = None
    as_known_at: datetime | None = None


class GetExtractRequest(Record, frozen=True, kw_only=True):
    """Asks for an extract. Exactly one of the two keys is there."""

    entry_number: str | None = None
    extract_number: str | None = None


class VerifyExtractRequest(Record, frozen=True, kw_only=True):
    """Asks whether an extract was issued, and is still so."""

    verification_code: str
    """As it was typed."""
    digest: str | None = None
    """SHA-256 of the file, 64 lower-case hexadecimal digits."""


class SearchEntriesRequest(EntryCriteria, frozen=True, kw_only=True):
    """Asks for entries that meet all criteria, a page of them."""

    page_size: int | None = None
    """None: the service's own page size (20)."""
    cursor: str | None = None


class ListCasesRequest(CaseFilter, frozen=True, kw_only=True):
    """Asks for the asking agency's cases that meet all criteria, a page of them."""

    page_size: int | None = None
    """None: the service's own page size (20)."""
    cursor: str | None = None


class GetStatisticsRequest(Record, frozen=True, kw_only=True):
    """Asks for figures of cases."""

    register: Register | None = None
    received_from: date | None = None
    received_to: date | None = None
    by: tuple[Grouping, ...] = ()
    every_agency: bool | None = None
    """Of every agency's cases; None and False: of the asking agency's."""


class ReportInvalidDocumentsRequest(Record, frozen=True, kw_only=True):
    """Have documents listed as invalid."""

    batch_reference: str | None = None
    documents: tuple[InvalidDocumentReport, ...]


class GetBatchRequest(Record, frozen=True, kw_only=True):
    """Asks what became of a report."""

    tracking_id: str


class CheckDocumentsRequest(Record, frozen=True, kw_only=True):
    """Asks whether documents are valid."""

    documents: tuple[DocumentQuestion, ...]


class PullNoticesRequest(Record, frozen=True, kw_only=True):
    """Asks what there is to know after a sequence number."""

    after_sequence: int
    limit: int | None = None
    """None: the service's own page size (100)."""


class AcknowledgeNoticesRequest(Record, frozen=True, kw_only=True):
    """Acknowledge all notices up to and including a sequence number."""

    up_to_sequence: int


class GetDeliveryRequest(Record, frozen=True, kw_only=True):
    """Asks how notices are delivered."""


class SetDeliveryRequest(Record, frozen=True, kw_only=True):
    """Choose how notices are delivered."""

    method: DeliveryMethod
    addresses: tuple[str, ...] = ()
    language: NoticeLanguage | None = None
    """None: both."""
    unwanted_kinds: tuple[NoticeKind, ...] = ()


class ListServicesRequest(Record, frozen=True, kw_only=True):
    """Asks what is offered."""


class AllowedOperationsRequest(Record, frozen=True, kw_only=True):
    """Asks what the caller may do."""


class GetReceiptRequest(Record, frozen=True, kw_only=True):
    """Asks for the receipt of a command once more."""

    tracking_id: str


class ChangePasswordRequest(Record, frozen=True, kw_only=True):
    """Asks for another password."""

    new_password: str

    def __repr__(self) -> str:
        """Say nothing of the password, wherever a request is shown."""
        return "ChangePasswordRequest()"


class GetStatusRequest(Record, frozen=True, kw_only=True):
    """Asks what became of a command."""

    tracking_id: str
