# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
# ruff: noqa: N805 - spyne hands a method its call, not an instance
"""Service `registration`: applications to the two system registers, their cases and entries."""

from __future__ import annotations

from typing import Any

from gateway.contract.cards import (
    AppealApplication,
    DestructionProof,
    PersonalDataSystemCard,
    Register,
    RegistrationApplication,
    RelationKind,
    ResourceCard,
    SpecialCategory,
    Withdrawal,
)
from gateway.contract.declare import either, enumeration, many, operation, optional, required, simple
from gateway.contract.extracts import GetExtract, GetExtractResponse, VerifyExtract, VerifyExtractResponse
from gateway.contract.figures import FigureGroup, Figures, Grouping, StageFigures
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import Boolean, ComplexModel, ServiceBase, Unicode
from gateway.contract.types import (
    AgencyCode,
    CaseNumber,
    Count,
    Cursor,
    Day,
    Defect,
    ElementPath,
    EntryNumber,
    Fin,
    Moment,
    PageSize,
    Position,
    Receipt,
    Refusal,
    RequestContext,
    SignedFile,
    Text100,
    Text500,
    Text4000,
    TrackingId,
    Version,
)
from handlers.cases import model as cases
from handlers.registration import model as registers
from handlers.rules.restricted import WITHHELD

_NAMESPACE = service_namespace("registration")

CaseType = enumeration(
    cases.CaseType,
    "What a case is about.",
    {
        "REGISTRATION": "A card is to be registered.",
        "CHANGE": "An entry is to be changed.",
        "CANCELLATION": "An entry is to be cancelled.",
        "SUSPENSION": "An entry is to be suspended.",
        "RESUMPTION": "The suspension of an entry is to end.",
        "CORRECTION": "What was entered wrongly is to be corrected.",
    },
    namespace=_NAMESPACE,
)
CaseState = enumeration(
    cases.CaseState,
    "State of a case.",
    {
        "DRAFT": "Drawn up, not confirmed yet.",
        "CONFIRMED": "Officially confirmed by signature or by login and password.",
        "RECEIVED": "In the register's hands, with its incoming number.",
        "COMPLETENESS_CHECK": "A registrar checks whether it is complete.",
        "REVIEW": "Found complete; a registrar examines it.",
        "SECOND_REVIEW": "A decision that needs a second person waits for one.",
        "RETURNED": "Returned to the applicant, who has to correct it; the defects say what. Terms stand still.",
        "RESUBMITTED": "Corrected by the applicant; waits for a registrar.",
        "DECIDED": "Decided; the decision says how.",
        "ENTERED": "Approved, and entered in the register.",
        "OWNER_INFORMED": "The owner is known to have learnt of the decision.",
        "ARCHIVED": "Closed.",
        "WITHDRAWN": "Taken back by the applicant; closed.",
    },
    namespace=_NAMESPACE,
)
CaseEvent = enumeration(
    cases.CaseEvent,
    "What happened to a case.",
    {
        "DRAWN_UP": "The application was drawn up.",
        "CONFIRMED": "A representative confirmed it.",
        "RECEIVED": "The register received it and gave it the incoming number.",
        "TAKEN": "A registrar took it in hand.",
        "HANDED_OVER": "Another registrar got it in hand.",
        "FOUND_COMPLETE": "It was found complete.",
        "RETURNED": "It was returned to the applicant for correction.",
        "RESUBMITTED": "The applicant submitted the corrected application.",
        "DECISION_PROPOSED": "A decision that needs a second person was proposed.",
        "SENT_BACK": "The second person did not confirm it; the case is examined again.",
        "DECISION_CONFIRMED": "The second person confirmed the decision.",
        "DECIDED": "It was decided.",
        "ENTERED": "What was approved was entered in the register.",
        "OWNER_INFORMED": "The owner learnt of the decision.",
        "DESTRUCTION_PROVEN": "The proof that the data were destroyed was filed.",
        "ARCHIVED": "The case was closed.",
        "WITHDRAWN": "The applicant took the application back.",
    },
    namespace=_NAMESPACE,
)
DecisionOutcome = enumeration(
    cases.DecisionOutcome,
    "How a case was decided.",
    {
        "APPROVED": "What was applied for is granted.",
        "REFUSED": "It is refused, on a coded ground.",
        "DISMISSED": "The case ends without a decision on the matter.",
    },
    namespace=_NAMESPACE,
)
ConfirmationMethod = enumeration(
    registers.ConfirmationMethod,
    "How an application was officially confirmed.",
    {
        "XADES": "Signed as a file with the e-signature card of the representative.",
        "PASSWORD": "Confirmed with login and password issued by the Data Processing Center.",
    },
    namespace=_NAMESPACE,
)
EntryStatus = enumeration(
    registers.EntryStatus,
    "Status of an entry in its register.",
    {
        "REGISTERED": "Registered and in force.",
        "SUSPENDED": "Suspended for a time.",
        "CANCELLED": "Cancelled; kept in the archive.",
    },
    namespace=_NAMESPACE,
)

JsonText = simple("JsonText", Unicode, "A value as JSON (RFC 8259).", namespace=_NAMESPACE, min_len=1, max_len=200000)


class _Own(ComplexModel):
    __namespace__ = _NAMESPACE


class FieldChange(_Own):
    """One field that differs."""

    path = required(Text500, "Where the field stands: element names from the root, items of a list counted from 1.")
    before = optional(JsonText, "Its value before, as JSON; absent: there was none.")
    after = optional(JsonText, "Its value after, as JSON; absent: there is none.")


class CaseStep(_Own):
    """One step of a case: one row of its history."""

    sequence = required(Position, "1 for the first step of the case.")
    at = required(Moment, "When the step was made.")
    actor = required(Text100, "Who made it: representative:FIN, agency:code or operator.")
    fromState = optional(CaseState, "State before the step; absent for the first.")
    toState = required(CaseState, "State after the step.")
    reason = optional(Text4000, "Why the step was made.")
    event = optional(CaseEvent, "What happened; absent only in histories from before events were kept.")
    changes = many(FieldChange, "What the step changed on the case.", most=1000)


class CaseDecision(_Own):
    """What was decided of a case."""

    outcome = required(DecisionOutcome, "How it was decided.")
    groundCode = optional(Text100, "Coded ground of a refusal.")
    reason = optional(Text4000, "Why, in words.")
    decidedAt = required(Moment, "When it was decided.")


class Case(_Own):
    """A case as its applicant sees it."""

    number = required(CaseNumber, "Incoming number, gap-free per register and year.")
    trackingId = required(TrackingId, "Tracking id of the command that opened the case.")
    type = required(CaseType, "What the case is about.")
    register = required(Register, "The register that keeps it.")
    state = required(CaseState, "Where the case is.")
    applicant = required(AgencyCode, "Code of the applying agency.")
    representative = required(Fin, "The person who confirmed the application.")
    confirmation = required(ConfirmationMethod, "How it was confirmed.")
    subject = required(Text100, "Short name of the resource or system the case is about.")
    receivedAt = required(Moment, "When the application was received.")
    eventDate = required(Day, "Day of the event that made the application a duty.")
    dueDate = required(Day, "Last day on which the application would have been in time: 20 calendar days later.")
    late = required(Boolean, "Whether it came later than that. Late applications are taken and marked.")
    entryNumber = optional(EntryNumber, "The entry that the case is about, once there is one.")
    againstVersion = optional(Version, "Version of the entry that an appeal was made against.")
    defects = many(Defect, "What is wrong with the application as last submitted.", most=1000)
    steps = many(CaseStep, "History of the case, oldest first.")
    submission = required(
        Position, "How often the application was submitted: 1, and one more for each correction after a return."
    )
    decision = optional(CaseDecision, "The decision, once there is one.")
    enteredVersion = optional(Version, "Version of the entry that the case made.")
    destructionProvenOn = optional(
        Day, "Day on which the data of the cancelled entry were destroyed, once the proof is filed."
    )
    authorityEndedOn = optional(
        Day,
        "First day on which the representative has no authority for the applicant any more. Given while the applicant "
        "may still have to act in the case: another representative can.",
    )


class EntryRelation(_Own):
    """A relation between two entries, as it holds at the moment that is looked at; both entries show it."""

    kind = required(RelationKind, "How this entry relates to the other.")
    entryNumber = required(EntryNumber, "Registration number of the other entry.")
    automatic = required(
        Boolean,
        "True: the other entry's card declares the opposite, and the register keeps this one by itself. False: this "
        "entry's own card declares it.",
    )


class CaseSummary(_Own):
    """A case in a list."""

    number = required(CaseNumber, "Incoming number.")
    trackingId = required(TrackingId, "Tracking id of the command that opened the case.")
    type = required(CaseType, "What the case is about.")
    register = required(Register, "The register that keeps it.")
    state = required(CaseState, "Where the case is.")
    applicant = required(AgencyCode, "Code of the applying agency.")
    subject = required(Text100, "Short name of the resource or system the case is about.")
    receivedAt = required(Moment, "When the application was received.")
    eventDate = required(Day, "Day of the event that made the application a duty.")
    dueDate = required(Day, "Last day on which the application would have been in time.")
    late = required(Boolean, "Whether it came later than that.")
    entryNumber = optional(EntryNumber, "The entry that the case is about, once there is one.")
    decision = optional(DecisionOutcome, "How it was decided, once it is.")


class Entry(_Own):
    """One version of an entry: what was true at a moment, as the register knew it at a moment."""

    number = required(EntryNumber, "Registration number of the entry.")
    register = required(Register, "The register it stands in.")
    version = required(Version, "Version of the entry; each change makes a new one.")
    status = required(EntryStatus, "Status of the entry in this version.")
    owner = required(AgencyCode, "Code of the agency that owns the resource or system.")
    validFrom = required(Moment, "From when this version is true.")
    recordedAt = required(Moment, "Since when the register knows it.")
    resourceCard = either(ResourceCard, "The card, in the register of information resources.", choice="card")
    personalDataSystemCard = either(
        PersonalDataSystemCard, "The card, in the register of personal-data systems.", choice="card"
    )
    submittedLateDays = optional(
        Count, "Calendar days by which the application that led to this version came late; absent: it came in time."
    )
    relations = many(
        EntryRelation,
        "Its relations to other entries, those declared by their cards too. What is declared of an entry that is not "
        "there or cancelled is in the card only.",
    )
    voluntary = optional(
        Boolean,
        "True: a personal-data system of fewer subjects than make registration mandatory (Decision 237/2010: 1000). "
        "Absent: registration is mandatory.",
    )
    withheld = many(
        ElementPath,
        "Fields that are not shown, from this element, without places in lists: only the owner of the entry and whom "
        "the operator gave a right of its own sees them. An optional field is left out, in a required one stands "
        f"{WITHHELD}. None: the entry is whole.",
    )


class EntrySummary(_Own):
    """An entry in a list."""

    number = required(EntryNumber, "Registration number of the entry.")
    register = required(Register, "The register it stands in.")
    version = required(Version, "Version of the entry that is true now.")
    status = required(EntryStatus, "Its status.")
    owner = required(AgencyCode, "Code of the agency that owns the resource or system.")
    shortName = required(Text100, "Short name of the resource or system.")
    name = required(Text500, "Full name.")
    late = optional(Boolean, "Whether the application that led to this version came late; absent when none led to it.")
    validFrom = required(Moment, "From when this version is true.")
    recordedAt = required(Moment, "Since when the register knows it.")


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
