# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
# ruff: noqa: N805 - spyne hands a method its call, not an instance
"""Service `registration`: applications to the two system registers, their cases and entries."""

from __future__ import annotations

from typing import Any

from gateway.contract.cards import (
    AppealApplication,
    DestructionProof,
    Register,
    RegistrationApplication,
    SpecialCategory,
    Withdrawal,
)
from gateway.contract.cases import (
    Case,
    CaseState,
    CaseSummary,
    CaseType,
)
from gateway.contract.declare import either, many, operation, optional, required
from gateway.contract.entries import Entry, EntryStatus, EntrySummary
from gateway.contract.extracts import GetExtract, GetExtractResponse, VerifyExtract, VerifyExtractResponse
from gateway.contract.figures import FigureGroup, Figures, Grouping, StageFigures
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import Boolean, ComplexModel, ServiceBase
from gateway.contract.types import (
    AgencyCode,
    CaseNumber,
    Cursor,
    Day,
    Defect,
    EntryNumber,
    Moment,
    PageSize,
    Receipt,
    Refusal,
    RequestContext,
    SignedFile,
    Text500,
    TrackingId,
)

_NAMESPACE = service_namespace("registration")


class _Own(ComplexModel):
    __namespace__ = _NAMESPACE


class ValidationReport(_Own):
    """All defects of an application at once."""

    valid = required(Boolean, "Whether the application would be taken in as it is.")
    defects = many(Defect, "Everything that stands against taking it in.", most=1000)
    notes = many(Defect, "No defects, but recorded and shown: for example that the 20-day term has passed.", most=1000)


class ValidateCard(_Own):
    """Asks what is wrong with an application or an appeal. Nothing is stored, and no confirmation is needed."""

    context = required(RequestContext, "Context of the request.")
    application = either(RegistrationApplication, "The application as it would be submitted.", choice="form")
    appealApplication = either(AppealApplication, "The appeal as it would be submitted.", choice="form")
    signedApplication = either(
        SignedFile,
        "The file as it would be submitted: an application or an appeal. What stands against its signature, its "
        "signatory and its schema is told among the defects.",
        choice="form",
    )


class ValidateCardResponse(_Own):
    """Answer to ValidateCard."""

    report = required(ValidationReport, "What was found.")


class SubmitRegistration(_Own):
    """Has a card registered."""

    context = required(RequestContext, "Context of the request.")
    application = either(
        RegistrationApplication,
        "The application as a structure, confirmed with the login and password of the representative in the "
        "UsernameToken of the message.",
        choice="form",
    )
    signedApplication = either(
        SignedFile,
        "The application as a file signed by the representative (XAdES, enveloped): its root is the element "
        "registrationApplication of the shared namespace and, without the signature, valid against its schema.",
        choice="form",
    )


class SubmitRegistrationResponse(_Own):
    """Answer to SubmitRegistration."""

    receipt = either(Receipt, "The command was accepted.", choice="answer")
    refusal = either(Refusal, "The command was not accepted.", choice="answer")


class SubmitAppeal(_Own):
    """Has a registered entry changed or cancelled."""

    context = required(RequestContext, "Context of the request.")
    application = either(
        AppealApplication,
        "The appeal as a structure, confirmed with the login and password of the representative in the UsernameToken "
        "of the message.",
        choice="form",
    )
    signedApplication = either(
        SignedFile,
        "The appeal as a file signed by the representative (XAdES, enveloped): its root is the element "
        "appealApplication of the shared namespace and, without the signature, valid against its schema.",
        choice="form",
    )


class SubmitAppealResponse(_Own):
    """Answer to SubmitAppeal."""

    receipt = either(Receipt, "The command was accepted.", choice="answer")
    refusal = either(Refusal, "The command was not accepted.", choice="answer")


class Resubmit(_Own):
    """Corrects an application that was returned."""

    context = required(RequestContext, "Context of the request.")
    caseNumber = required(CaseNumber, "Incoming number of the case.")
    application = either(
        RegistrationApplication,
        "The corrected application for registration as a structure, confirmed with the login and password of a "
        "representative in the UsernameToken of the message.",
        choice="form",
    )
    appeal = either(AppealApplication, "The corrected appeal as a structure, confirmed likewise.", choice="form")
    signedApplication = either(
        SignedFile,
        "Either of them as a file signed by a representative (XAdES, enveloped), as at the first submission.",
        choice="form",
    )


class ResubmitResponse(_Own):
    """Answer to Resubmit."""

    receipt = either(Receipt, "The command was accepted.", choice="answer")
    refusal = either(Refusal, "The command was not accepted.", choice="answer")


class WithdrawCase(_Own):
    """Takes an application back."""

    context = required(RequestContext, "Context of the request.")
    withdrawal = either(
        Withdrawal,
        "The withdrawal as a structure, confirmed with the login and password of a representative in the UsernameToken "
        "of the message.",
        choice="form",
    )
    signedWithdrawal = either(
        SignedFile,
        "The withdrawal as a file signed by a representative (XAdES, enveloped): its root is the element withdrawal of "
        "the shared namespace.",
        choice="form",
    )


class WithdrawCaseResponse(_Own):
    """Answer to WithdrawCase."""

    receipt = either(Receipt, "The command was accepted.", choice="answer")
    refusal = either(Refusal, "The command was not accepted.", choice="answer")


class FileDestructionProof(_Own):
    """Proves that the data of a cancelled entry were destroyed."""

    context = required(RequestContext, "Context of the request.")
    proof = either(
        DestructionProof,
        "The proof as a structure, confirmed with the login and password of a representative in the UsernameToken of "
        "the message.",
        choice="form",
    )
    signedProof = either(
        SignedFile,
        "The proof as a file signed by a representative (XAdES, enveloped): its root is the element destructionProof "
        "of the shared namespace.",
        choice="form",
    )


class FileDestructionProofResponse(_Own):
    """Answer to FileDestructionProof."""

    receipt = either(Receipt, "The command was accepted.", choice="answer")
    refusal = either(Refusal, "The command was not accepted.", choice="answer")


class GetCase(_Own):
    """Asks where a case is."""

    context = required(RequestContext, "Context of the request.")
    number = either(CaseNumber, "Incoming number of the case.", choice="key")
    trackingId = either(TrackingId, "Tracking id of the command that opened it.", choice="key")


class GetCaseResponse(_Own):
    """Answer to GetCase."""

    case = optional(Case, "The case; absent when the asking agency has no such case.")


class GetEntry(_Own):
    """Asks what the register says, or what it said."""

    context = required(RequestContext, "Context of the request.")
    number = required(EntryNumber, "Registration number of the entry.")
    asOf = optional(Moment, "The version that was true at this moment; now when absent.")
    asKnownAt = optional(Moment, "As the register knew it at this moment; now when absent.")


class GetEntryResponse(_Own):
    """Answer to GetEntry."""

    entry = optional(Entry, "The version asked for; absent when there is none.")


class SearchEntries(_Own):
    """Asks for entries that meet all criteria given, as the register says now."""

    context = required(RequestContext, "Context of the request.")
    register = optional(Register, "The register they stand in; absent: both, for which a right to both is needed.")
    owner = optional(AgencyCode, "Code of the agency that owns them.")
    status = optional(EntryStatus, "Their status.")
    text = optional(
        Text500,
        "One to ten words that all stand in short name, name, purpose, topics, data objects or categories, whole and "
        "in any order. Capital and small letters are the same, by Azerbaijani rules (I is ı, İ is i).",
    )
    dataCategory = optional(
        Text500, "One of the categories of data; of an information resource, one of its topics or data objects."
    )
    subjectCategory = optional(Text500, "One of the categories of persons whose data are kept.")
    specialCategory = optional(SpecialCategory, "One of the special categories of personal data kept.")
    recordedFrom = optional(Day, "The version that is true now was recorded on this day in Baku, or later.")
    recordedTo = optional(Day, "It was recorded on this day, or earlier.")
    validSinceFrom = optional(Day, "The version that is true now became true on this day in Baku, or later.")
    validSinceTo = optional(Day, "It became true on this day, or earlier.")
    pageSize = optional(PageSize, "How many entries to give at the most; 20 when absent.")
    cursor = optional(
        Cursor,
        "From the page before, to get the next one; every other field must be as it was then, pageSize excepted.",
    )


class SearchEntriesResponse(_Own):
    """Answer to SearchEntries."""

    entries = many(EntrySummary, "The entries, by register and registration number.", most=100)
    nextCursor = optional(
        Cursor,
        "To ask for the next page with; absent on the last. Whoever turns all pages has seen every entry that met the "
        "criteria all the while, once, whatever was registered or changed meanwhile.",
    )


class ListCases(_Own):
    """Asks for the asking agency's own cases that meet all criteria given."""

    context = required(RequestContext, "Context of the request.")
    states = many(CaseState, "They are in one of these states; none: in any.", most=20)
    type = optional(CaseType, "What they are about.")
    register = optional(Register, "The register that keeps them; absent: both, for which a right to both is needed.")
    entryNumber = optional(EntryNumber, "The entry they are about.")
    receivedFrom = optional(Day, "They were received on this day in Baku, or later.")
    receivedTo = optional(Day, "They were received on this day, or earlier.")
    openOnly = optional(Boolean, "true: only cases on which something is still to be done.")
    lateOnly = optional(Boolean, "true: only cases whose application came after the term.")
    pageSize = optional(PageSize, "How many cases to give at the most; 20 when absent.")
    cursor = optional(
        Cursor,
        "From the page before, to get the next one; every other field must be as it was then, pageSize excepted.",
    )


class ListCasesResponse(_Own):
    """Answer to ListCases."""

    cases = many(CaseSummary, "The cases, the last received first.", most=100)
    nextCursor = optional(
        Cursor,
        "To ask for the next page with; absent on the last. Whoever turns all pages has seen every case that was there "
        "at the beginning and met the criteria all the while, once.",
    )


class GetStatistics(_Own):
    """Asks for figures of cases."""

    context = required(RequestContext, "Context of the request.")
    register = optional(
        Register, "Of the cases of this register; absent: of both, for which a right to both is needed."
    )
    receivedFrom = optional(Day, "Of those received on this day in Baku, or later.")
    receivedTo = optional(Day, "Of those received on this day, or earlier.")
    by = many(Grouping, "Also tell them apart by each of these.", most=6)
    everyAgency = optional(
        Boolean,
        "true: of the cases of every agency, for which the operator gives a right of its own "
        "(registration.StatisticsOfAll); otherwise of those of the asking agency.",
    )


class GetStatisticsResponse(_Own):
    """Answer to GetStatistics."""

    total = required(Figures, "All of them together.")
    groups = many(FigureGroup, "By each of what was asked for; within one, the largest first.")
    stages = many(
        StageFigures, "How long each stage takes, in the order of the work; those that no case has left are not there."
    )


class RegistrationService(ServiceBase):
    """Registration of information resources and of personal-data information systems.

    Applications, e-appeals against registered entries, their cases, and the entries themselves.
    """

    __doc_az__ = (
        "İnformasiya ehtiyatlarının və fərdi məlumatların informasiya sistemlərinin dövlət qeydiyyatı: müraciətlər, "
        "reyestr qeydlərinə dair elektron müraciətlər, onların icraatı və reyestr qeydləri."
    )

    @operation("query", ValidateCard, ValidateCardResponse)
    def validate_card(ctx: Any, request: Any) -> None:
        """Tell all defects of an application at once. Nothing is stored."""

    @operation("command", SubmitRegistration, SubmitRegistrationResponse)
    def submit_registration(ctx: Any, request: Any) -> None:
        """Submit an application for registration, as a signed file or as a structure. Answered by a signed receipt."""

    @operation("command", SubmitAppeal, SubmitAppealResponse)
    def submit_appeal(ctx: Any, request: Any) -> None:
        """Ask for a registered entry to be changed, corrected, suspended, resumed or cancelled.

        Answered by a signed receipt.
        """

    @operation("command", Resubmit, ResubmitResponse)
    def resubmit(ctx: Any, request: Any) -> None:
        """Correct an application that was returned. Answered by a signed receipt."""

    @operation("command", WithdrawCase, WithdrawCaseResponse)
    def withdraw_case(ctx: Any, request: Any) -> None:
        """Take an application back before it is decided. Answered by a signed receipt."""

    @operation("command", FileDestructionProof, FileDestructionProofResponse)
    def file_destruction_proof(ctx: Any, request: Any) -> None:
        """Prove that the data of a cancelled entry were destroyed. Answered by a signed receipt."""

    @operation("query", GetCase, GetCaseResponse)
    def get_case(ctx: Any, request: Any) -> None:
        """Give a case of the calling agency with its history, by incoming number or by tracking id."""

    @operation("query", GetEntry, GetEntryResponse)
    def get_entry(ctx: Any, request: Any) -> None:
        """Give an entry as it is, as it was at a moment, or as it was known at a moment: whole to its owner."""

    @operation("query", GetExtract, GetExtractResponse)
    def get_extract(ctx: Any, request: Any) -> None:
        """Give an extract of an entry of the calling agency, as XML and as PDF, both sealed by the operator."""

    @operation("query", VerifyExtract, VerifyExtractResponse)
    def verify_extract(ctx: Any, request: Any) -> None:
        """Tell of an extract that somebody shows whether the register issued it, and whether it is still so."""

    @operation("query", SearchEntries, SearchEntriesResponse)
    def search_entries(ctx: Any, request: Any) -> None:
        """Find entries by owner, status, words, categories and dates, page by page."""

    @operation("query", ListCases, ListCasesResponse)
    def list_cases(ctx: Any, request: Any) -> None:
        """List the cases of the calling agency by state, type, entry and dates, page by page."""

    @operation("query", GetStatistics, GetStatisticsResponse)
    def get_statistics(ctx: Any, request: Any) -> None:
        """Count cases: how many, how late they came, how they ended, and how long each stage takes."""
