# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""Cases as the registration service tells of them: states, events, steps, decisions."""

from __future__ import annotations

from gateway.contract.cards import (
    Register,
)
from gateway.contract.declare import enumeration, many, optional, required, simple
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import Boolean, ComplexModel, Unicode
from gateway.contract.types import (
    AgencyCode,
    CaseNumber,
    Day,
    Defect,
    EntryNumber,
    Fin,
    Moment,
    Position,
    Text100,
    Text500,
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
        "SECOND_REVIEW": "The operator's own: a decision waits for a second person. Applicants are told REVIEW.",
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
        "HANDED_OVER": "Another member of the operator's staff got it in hand; examination continues.",
        "FOUND_COMPLETE": "It was found complete.",
        "RETURNED": "It was returned to the applicant for correction.",
        "RESUBMITTED": "The applicant submitted the corrected application.",
        "DECISION_PROPOSED": "The operator's own: a decision was proposed. Applicants are told HANDED_OVER.",
        "SENT_BACK": "The operator's own: it was not confirmed. Applicants are told HANDED_OVER.",
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
    reason = optional(Text4000, "Why the step was made; absent where it is a remark among the operator's staff.")
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
    late = required(
        Boolean,
        "Whether it came later than that, where the law sets the term (created, structure changed, suspended); never "
        "for other events. Late applications are taken and marked.",
    )
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
