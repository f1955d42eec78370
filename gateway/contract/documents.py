# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
# ruff: noqa: N805 - spyne hands a method its call, not an instance
"""Service `documents`: the register of invalid documents and the validity check (domain §3)."""

from __future__ import annotations

from typing import Any

from gateway.contract.declare import either, enumeration, many, operation, optional, required, simple
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import ComplexModel, ServiceBase, Unicode
from gateway.contract.types import (
    AgencyCode,
    Code,
    Count,
    Country,
    Day,
    Fin,
    Moment,
    Position,
    PurposefulContext,
    Receipt,
    Reference,
    Refusal,
    RequestContext,
    RuleCode,
    Text100,
    Text500,
    Text4000,
    TrackingId,
)
from handlers.documents import model as values

_NAMESPACE = service_namespace("documents")

DocumentNumber = simple(
    "DocumentNumber",
    Unicode,
    "Series or number of a document as printed. Case, spaces and hyphens do not matter.",
    namespace=_NAMESPACE,
    min_len=1,
    max_len=40,
)
Claim = simple(
    "Claim",
    Unicode,
    "What the caller read in a document, up to 100 characters. Its form is checked for each document on its own: one "
    "that is malformed is answered INVALID_REQUEST and does not stop the others.",
    namespace=_NAMESPACE,
    max_len=100,
)
MachineReadableZone = simple(
    "MachineReadableZone",
    Unicode,
    "All lines of a machine-readable zone (ICAO 9303: TD1, TD2 or TD3), separated by line feeds or run together.",
    namespace=_NAMESPACE,
    max_len=200,
)

DocumentKind = enumeration(
    values.DocumentKind,
    "Whether the document was issued to a person.",
    {"BLANK": "A blank form: nobody was named on it.", "PERSONALISED": "A document issued to a person."},
    namespace=_NAMESPACE,
)
ItemOutcome = enumeration(
    values.ItemOutcome,
    "What became of one reported document.",
    {
        "LISTED": "It is listed as invalid now.",
        "DUPLICATE": "The same facts were on record already; nothing changed.",
        "CONTRADICTION": "Another active record of the document says otherwise; kept for the operator.",
        "REFUSED": "It breaks a rule of the register and was not listed; rule and text say which.",
    },
    namespace=_NAMESPACE,
)
BatchState = enumeration(
    values.BatchState,
    "Where a report is.",
    {"QUEUED": "Accepted, not applied yet.", "APPLIED": "Every item has its outcome."},
    namespace=_NAMESPACE,
)
ValidityStatus = enumeration(
    values.ValidityStatus,
    "Answer to the validity check of one document.",
    {
        "NOT_LISTED": "There is no record of it here; this does not prove that it exists or is valid.",
        "INVALID": "It is listed as invalid.",
        "SUSPENDED": "It is temporarily taken or blocked.",
        "EXPIRED": "Its term is over by its own dates.",
        "SUSPECT": "A check failed, a check digit of the machine-readable zone for example.",
        "UNAVAILABLE": "A needed source did not answer. Never to be read as valid.",
        "INVALID_REQUEST": "The question about this document is malformed; field says where.",
    },
    namespace=_NAMESPACE,
)
EvidenceGrade = enumeration(
    values.EvidenceGrade,
    "What an answer rests on.",
    {
        "AUTHORITATIVE": "The record of the issuer itself.",
        "REGISTER_ONLY": "This register only.",
        "FORMAT_ONLY": "The form of what was given only.",
    },
    namespace=_NAMESPACE,
)
CheckOutcome = enumeration(
    values.CheckOutcome,
    "Outcome of one check.",
    {
        "PASSED": "The check was made and passed.",
        "FAILED": "The check was made and failed.",
        "NOT_MADE": "The check could not be made or did not apply.",
    },
    namespace=_NAMESPACE,
)


class _Own(ComplexModel):
    __namespace__ = _NAMESPACE


class InvalidDocumentReport(_Own):
    """One document that its issuer declares invalid."""

    documentType = required(Code, "Type of document, by the classifier, for example PASSPORT.")
    country = required(Country, "Issuing country.")
    series = optional(DocumentNumber, "Series, where it is written apart from the number.")
    number = required(DocumentNumber, "Number of the document.")
    kind = required(DocumentKind, "A blank form or a document issued to a person.")
    fin = optional(Fin, "The holder, where there is one. Shown to nobody without the right to see it.")
    issuedOn = optional(Day, "Day of issue.")
    expiresOn = optional(Day, "Last day of its term.")
    reason = required(Code, "Why it is invalid, by the classifier, for example LOST.")
    effectiveFrom = required(Day, "From which day it is invalid.")
    legalBasis = optional(Text500, "The act or decision it rests on.")
    replacedBy = optional(DocumentNumber, "Number of the document that replaces it.")


class BatchItem(_Own):
    """Outcome of one reported document."""

    position = required(Position, "Its place in the report; the first is 1.")
    outcome = required(ItemOutcome, "What became of it.")
    rule = optional(RuleCode, "The rule that it breaks or that decided.")
    textAz = optional(Text4000, "The outcome in words, in Azerbaijani.")
    textEn = optional(Text4000, "The outcome in words, in English.")


class Batch(_Own):
    """A report of invalid documents and what became of each of its items."""

    trackingId = required(TrackingId, "Tracking id of the command.")
    batchReference = optional(Reference, "The reporting agency's own mark.")
    state = required(BatchState, "Where the report is.")
    provider = required(AgencyCode, "Code of the agency that reported.")
    appliedAt = optional(Moment, "When it was applied.")
    listed = required(Count, "Number of items with the outcome LISTED.")
    duplicates = required(Count, "Number of items with the outcome DUPLICATE.")
    contradictions = required(Count, "Number of items with the outcome CONTRADICTION.")
    refused = required(Count, "Number of items with the outcome REFUSED.")
    items = many(BatchItem, "One outcome for each item, in the order of the report.", most=10_000)


class DocumentQuestion(_Own):
    """One document to be checked: by type, country, series and number, or by its whole machine-readable zone."""

    reference = required(Reference, "The caller's own mark, unique in the request; it comes back with the answer.")
    documentType = optional(
        Claim,
        "Type of document, by the classifier. Beside a machine-readable zone it is wanted of callers whose right is "
        "to some types only: without it, records of every type are looked at.",
    )
    country = optional(Claim, "Issuing country, ISO 3166-1 alpha-3.")
    series = optional(Claim, "Series, where it is written apart from the number.")
    number = optional(Claim, "Number. Case, spaces and hyphens do not matter.")
    mrz = optional(MachineReadableZone, "The whole machine-readable zone.")
    fin = optional(Claim, "FIN of the holder, as printed.")
    birthDate = optional(Day, "The holder's day of birth, as printed.")
    issuedOn = optional(Day, "Day of issue, as printed.")
    expiresOn = optional(Day, "Last day of the term, as printed.")


class CheckMade(_Own):
    """A check that was made of a document."""

    name = required(RuleCode, "Which check: register, mrz, number-form, fin-form, expiry or dates.")
    outcome = required(CheckOutcome, "How it ended.")
    detail = optional(Text500, "More about the outcome, without personal data.")


class DocumentAnswer(_Own):
    """Answer for one document. Reason and dates are given as far as the asking agency may see them."""

    reference = required(Reference, "The caller's own mark.")
    status = required(ValidityStatus, "The answer.")
    grade = required(EvidenceGrade, "What it rests on.")
    reason = optional(Code, "Why the document is invalid, by the classifier.")
    effectiveFrom = optional(Day, "From which day it is invalid.")
    listedSince = optional(Moment, "Since when it is listed.")
    field = optional(Text100, "The field at fault, with INVALID_REQUEST and SUSPECT.")
    textAz = optional(Text4000, "The answer in words, in Azerbaijani.")
    textEn = optional(Text4000, "The answer in words, in English.")
    checks = many(CheckMade, "The checks that were made.", most=50)


class DataAsOf(_Own):
    """How fresh the data of one source are."""

    source = required(Text100, "Name of the source.")
    at = required(Moment, "Its data are those of this moment.")


class CheckResult(_Own):
    """Answers for all documents of a request, all at one instant."""

    answerReference = required(Text100, "Reference number of this answer; it finds the row of the log of checks.")
    checkedAt = required(Moment, "The instant of the check.")
    dataAsOf = many(DataAsOf, "How fresh the data of each source are.", most=50)
    answers = many(DocumentAnswer, "One answer for each document, in the order of the request.", least=1, most=1000)


class ReportInvalidDocuments(_Own):
    """Has documents listed as invalid."""

    context = required(RequestContext, "Context of the request.")
    batchReference = optional(Reference, "The reporting agency's own mark of this report.")
    documents = many(InvalidDocumentReport, "The documents, 1 to 10000.", least=1, most=10_000)


class ReportInvalidDocumentsResponse(_Own):
    """Answer to ReportInvalidDocuments."""

    receipt = either(Receipt, "The command was accepted.", choice="answer")
    refusal = either(Refusal, "The command was not accepted.", choice="answer")


class GetBatch(_Own):
    """Asks what became of a report."""

    context = required(RequestContext, "Context of the request.")
    trackingId = required(TrackingId, "Tracking id of the report.")


class GetBatchResponse(_Own):
    """Answer to GetBatch."""

    batch = optional(Batch, "The report; absent when the asking agency has no such report.")


class CheckDocuments(_Own):
    """Asks whether documents are valid."""

    context = required(PurposefulContext, "Context of the request, with the legal purpose of the check.")
    documents = many(DocumentQuestion, "The documents, 1 to 1000.", least=1, most=1000)


class CheckDocumentsResponse(_Own):
    """Answer to CheckDocuments."""

    result = required(CheckResult, "The answers.")


class DocumentsService(ServiceBase):
    """Register of invalid documents: reports by the issuers, and the check whether documents are valid."""

    __doc_az__ = (
        "Etibarsız sənədlərin reyestri: sənədi verən orqanların məlumatları və sənədlərin etibarlılığının yoxlanılması."
    )

    @operation("command", ReportInvalidDocuments, ReportInvalidDocumentsResponse)
    def report_invalid_documents(ctx: Any, request: Any) -> None:
        """Have 1 to 10000 documents listed as invalid by their issuer.

        Answered by a signed receipt; each document has an outcome of its own, which GetBatch tells.
        """

    @operation("query", GetBatch, GetBatchResponse)
    def get_batch(ctx: Any, request: Any) -> None:
        """Give a report of the calling agency with the outcome of each of its items."""

    @operation("query", CheckDocuments, CheckDocumentsResponse)
    def check_documents(ctx: Any, request: Any) -> None:
        """Check 1 to 1000 documents at one instant.

        Each is answered on its own; every check is logged with its purpose.
        """
