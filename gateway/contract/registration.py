# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
# ruff: noqa: N805 - spyne hands a method its call, not an instance
"""Service `registration`: applications to the two system registers, their cases and entries."""

from __future__ import annotations

from typing import Any

from gateway.contract.cards import (
    AppealApplication,
    PersonalDataSystemCard,
    Register,
    RegistrationApplication,
    ResourceCard,
)
from gateway.contract.declare import either, enumeration, many, operation, optional, required
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import Boolean, ComplexModel, ServiceBase
from gateway.contract.types import (
    AgencyCode,
    CaseNumber,
    Day,
    Defect,
    EntryNumber,
    Fin,
    Moment,
    Position,
    Receipt,
    Refusal,
    RequestContext,
    SignedFile,
    Text100,
    Text4000,
    TrackingId,
    Version,
)
from handlers.cases import model as cases
from handlers.registration import model as registers

_NAMESPACE = service_namespace("registration")

CaseType = enumeration(
    cases.CaseType,
    "What a case is about.",
    {
        "REGISTRATION": "A card is to be registered.",
        "CHANGE": "An entry is to be changed.",
        "CANCELLATION": "An entry is to be cancelled.",
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


class _Own(ComplexModel):
    __namespace__ = _NAMESPACE


class CaseStep(_Own):
    """One step of a case: one row of its history."""

    sequence = required(Position, "1 for the first step of the case.")
    at = required(Moment, "When the step was made.")
    actor = required(Text100, "Who made it: representative:FIN, agency:code or operator.")
    fromState = optional(CaseState, "State before the step; absent for the first.")
    toState = required(CaseState, "State after the step.")
    reason = optional(Text4000, "Why the step was made.")


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
    defects = many(Defect, "What is wrong with the application.", most=1000)
    steps = many(CaseStep, "History of the case, oldest first.")


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


class ValidationReport(_Own):
    """All defects of an application at once."""

    valid = required(Boolean, "Whether the application would be taken in as it is.")
    defects = many(Defect, "Everything that stands against taking it in.", most=1000)
    notes = many(Defect, "No defects, but recorded and shown: for example that the 20-day term has passed.", most=1000)


class ValidateCard(_Own):
    """Asks what is wrong with an application."""

    context = required(RequestContext, "Context of the request.")
    application = required(RegistrationApplication, "The application as it would be submitted.")


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
        """Ask for a registered entry to be changed or cancelled. Answered by a signed receipt."""

    @operation("query", GetCase, GetCaseResponse)
    def get_case(ctx: Any, request: Any) -> None:
        """Give a case of the calling agency with its history, by incoming number or by tracking id."""

    @operation("query", GetEntry, GetEntryResponse)
    def get_entry(ctx: Any, request: Any) -> None:
        """Give an entry as it is, as it was at a moment, or as it was known at a moment."""
