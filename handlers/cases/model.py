"""Cases: the clerical work on an application, step by step (domain §2, Cases)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from handlers.record import Record
from handlers.registration.difference import FieldChange
from handlers.registration.model import (
    AppealApplication,
    ConfirmationMethod,
    Defect,
    DestructionProof,
    Register,
    RegistrationApplication,
)


class CaseType(StrEnum):
    """What a case is about."""

    REGISTRATION = "REGISTRATION"
    CHANGE = "CHANGE"
    CANCELLATION = "CANCELLATION"
    SUSPENSION = "SUSPENSION"
    RESUMPTION = "RESUMPTION"
    CORRECTION = "CORRECTION"


class CaseState(StrEnum):
    """State of a case; what leads from one to the next is in `handlers.cases.transitions`."""

    DRAFT = "DRAFT"
    CONFIRMED = "CONFIRMED"
    RECEIVED = "RECEIVED"
    COMPLETENESS_CHECK = "COMPLETENESS_CHECK"
    REVIEW = "REVIEW"
    SECOND_REVIEW = "SECOND_REVIEW"
    """A refusal or a cancellation was proposed and waits for the second person."""
    RETURNED = "RETURNED"
    RESUBMITTED = "RESUBMITTED"
    DECIDED = "DECIDED"
    ENTERED = "ENTERED"
    OWNER_INFORMED = "OWNER_INFORMED"
    ARCHIVED = "ARCHIVED"
    WITHDRAWN = "WITHDRAWN"


class CaseEvent(StrEnum):
    """What happens to a case."""

    DRAWN_UP = "DRAWN_UP"
    CONFIRMED = "CONFIRMED"
    RECEIVED = "RECEIVED"
    TAKEN = "TAKEN"
    HANDED_OVER = "HANDED_OVER"
    FOUND_COMPLETE = "FOUND_COMPLETE"
    RETURNED = "RETURNED"
    RESUBMITTED = "RESUBMITTED"
    DECISION_PROPOSED = "DECISION_PROPOSED"
    SENT_BACK = "SENT_BACK"
    DECISION_CONFIRMED = "DECISION_CONFIRMED"
    DECIDED = "DECIDED"
    ENTERED = "ENTERED"
    OWNER_INFORMED = "OWNER_INFORMED"
    DESTRUCTION_PROVEN = "DESTRUCTION_PROVEN"
    ARCHIVED = "ARCHIVED"
    WITHDRAWN = "WITHDRAWN"


class Role(StrEnum):
    """In which capacity somebody makes a step."""

    APPLICANT = "APPLICANT"
    REGISTRAR = "REGISTRAR"
    SUPERVISOR = "SUPERVISOR"
    SYSTEM = "SYSTEM"
    """The operator's machine, by a rule and by nobody's choice."""


class DecisionOutcome(StrEnum):
    """How a case is decided."""

    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    DISMISSED = "DISMISSED"


_TITLES = {Role.APPLICANT: "representative", Role.REGISTRAR: "registrar", Role.SUPERVISOR: "supervisor"}


class Actor(Record, frozen=True, kw_only=True):
    """Who makes a step."""

    role: Role
    name: str
    """FIN of a representative, code of an agency, or name of a member of staff."""
    is_agency: bool = False
    """Whether an applicant acts by its system, without a person."""
    terminal_user: str | None = None
    """Of staff: who is logged in at the machine, where that is another name than the one given."""

    @property
    def text(self) -> str:
        """As a history row names them."""
        if self.role is Role.SYSTEM:
            return OPERATOR
        if self.is_agency:
            return f"agency:{self.name}"
        return f"{_TITLES[self.role]}:{self.name}"


OPERATOR = "operator"
"""Actor of what the operator's side does, as applicants are told of it."""


class CaseStep(Record, frozen=True, kw_only=True):
    """One transition of a case: one row of its history."""

    sequence: int
    """1 for the first step of the case."""
    at: datetime
    actor: str
    """Who made the step: `representative:<FIN>`, `agency:<code>` or `operator`; for staff also
    `registrar:<name>` and `supervisor:<name>`."""
    event: CaseEvent | None = None
    """None only in histories that began before events were kept."""
    from_state: CaseState | None = None
    to_state: CaseState
    reason: str | None = None
    changes: tuple[FieldChange, ...] = ()
    """What the step changed on the case: before and after."""


class CaseDecision(Record, frozen=True, kw_only=True):
    """What was decided of a case."""

    outcome: DecisionOutcome
    ground_code: str | None = None
    """Coded ground of a refusal."""
    reason: str | None = None
    decided_at: datetime


class Case(Record, frozen=True, kw_only=True):
    """A case as its owner sees it."""

    number: str
    """Incoming number, for example `2026/IR-000123`: gap-free per register and year."""
    tracking_id: str
    type: CaseType
    register: Register
    state: CaseState
    applicant: str
    representative: str
    confirmation: ConfirmationMethod
    subject: str
    """Short name of the resource or system the case is about."""
    received_at: datetime
    event_date: date
    due_date: date
    """Last day on which the application would have been in time (event date + 20 calendar days)."""
    late: bool
    entry_number: str | None = None
    against_version: int | None = None
    submission: int = 1
    """How often the application was submitted: 1, and one more for each correction after a return."""
    decision: CaseDecision | None = None
    entered_version: int | None = None
    """Version of the entry that the case made."""
    destruction_proven_on: date | None = None
    """Day on which the data of the cancelled entry were destroyed, once the proof is filed."""
    defects: tuple[Defect, ...] = ()
    """What is wrong with the application as last submitted."""
    steps: tuple[CaseStep, ...] = ()
    authority_ended_on: date | None = None
    """First day on which `representative` has no authority for the applicant any more, while somebody must act."""


class Proposal(Record, frozen=True, kw_only=True):
    """A decision that waits for the second person."""

    outcome: DecisionOutcome
    ground_code: str | None = None
    reason: str | None = None
    by: str
    """Name of the member of staff who proposes it."""
    at: datetime


class FieldThreeWay(Record, frozen=True, kw_only=True):
    """A field that the applicant or the register changed since the version the application was made against.

    Values are JSON; None: the field is absent on that side.
    """

    path: str
    base: str | None = None
    present: str | None = None
    """As the entry says now."""
    asked: str | None = None
    """As the applicant wants it."""
    conflict: bool
    """Both changed it, and not to the same value."""


class CaseFile(Record, frozen=True, kw_only=True):
    """A case as the operator's staff see it: everything there is."""

    case: Case
    clerk: str | None = None
    """Name of the registrar in whose hands it is."""
    proposal: Proposal | None = None
    seconded_by: str | None = None
    """Name of the second person who confirmed the decision."""
    notes: tuple[Defect, ...] = ()
    application: RegistrationApplication | AppealApplication
    """As last submitted."""
    difference: tuple[FieldChange, ...] = ()
    """What it would change, against the version it was made on."""
    three_way: tuple[FieldThreeWay, ...] = ()
    """Given when the entry moved on since: both differences, field by field."""
    present_version: int | None = None
    """Version of the entry that is true now."""


class StepDetails(Record, frozen=True, kw_only=True):
    """What belongs to the steps of a case besides its history, also of steps before the last submission."""

    defects: Mapping[int, tuple[Defect, ...]]
    """What was found wrong, by the sequence of the step."""
    proofs: Mapping[int, DestructionProof]
    """What the applicant declared of the destruction of the data, by the sequence of the step."""
