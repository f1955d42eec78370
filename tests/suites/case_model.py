"""What ought to become of cases and entries, said beforehand: from the specification (domain §2), not from the product.

A question is answered with the grounds that stand against a step, by their codes; the empty set: it is legal. Where
several stand against it, the register tells one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

BAKU = timezone(timedelta(hours=4))
UNDECIDED = {"RECEIVED", "COMPLETENESS_CHECK", "REVIEW", "SECOND_REVIEW", "RETURNED", "RESUBMITTED"}
COERCED_BY_STATUS = {
    "CHANGE": {"REGISTERED", "SUSPENDED"},
    "CORRECTION": {"REGISTERED", "SUSPENDED"},
    "SUSPENSION": {"REGISTERED"},
    "RESUMPTION": {"SUSPENDED"},
    "CANCELLATION": {"REGISTERED", "SUSPENDED"},
}
STATUS_AFTER = {"SUSPENSION": "SUSPENDED", "RESUMPTION": "REGISTERED", "CANCELLATION": "CANCELLED"}
WITH_CARD = {"CHANGE", "CORRECTION", "REGISTRATION"}
PREFIX = {"INFORMATION_RESOURCES": "IR", "PERSONAL_DATA_SYSTEMS": "PD"}
SURELY_RUNNING = timedelta(days=7)
"""The applicant has seven working days to correct: for as many days of the calendar nobody dismisses for it."""
SURELY_OVER = timedelta(days=28)
"""No holidays stretch seven working days further than this."""


@dataclass
class Person:
    """A representative, and how it stood: moments at which it was suspended (True) or resumed (False)."""

    fin: str
    agency: str
    fingerprint: str | None
    until: date
    password: bool = False
    turns: list[tuple[datetime, bool]] = field(default_factory=list)

    def may_act(self, agency: str, at: datetime) -> bool:
        suspended = [now for moment, now in self.turns if moment <= at]
        on_leave = bool(suspended) and suspended[-1]
        return self.agency == agency and not on_leave and at.astimezone(BAKU).date() <= self.until


@dataclass
class Asked:
    """What an applicant asks for, in the few respects that matter."""

    kind: str
    register: str
    owner: str
    name: str | None
    """The short name by which it is told apart; None: no card."""
    event_day: date
    blank: bool = False
    entry: ModelEntry | None = None
    against: int = 0
    trigger: str = "CREATED"
    suspended: bool = False
    """Whether the card, if it is a resource's, says that the resource is suspended."""

    @property
    def key(self) -> tuple[str, str, str] | None:
        return None if self.name is None else (self.register, self.owner, self.name)


@dataclass
class Version:
    number: int
    said_at: datetime
    since: datetime
    status: str
    owner: str
    name: str


@dataclass
class ModelEntry:
    number: str
    register: str
    versions: list[Version]

    @property
    def present(self) -> Version:
        return self.versions[-1]

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.register, self.present.owner, self.present.name)

    def true_at(self, moment: datetime, known: datetime) -> Version | None:
        said = [each for each in self.versions if each.said_at <= known and each.since <= moment]
        return said[-1] if said else None


@dataclass
class ModelCase:
    number: str
    applicant: str
    asked: Asked
    claims: set[tuple[str, str, str]]
    state: str = "RECEIVED"
    clerk: str | None = None
    faulty: bool = False
    proposal: tuple[str, str] | None = None
    decision: str | None = None
    proven: bool = False
    returned_at: datetime | None = None
    events: list[str] = field(default_factory=lambda: ["DRAWN_UP", "CONFIRMED", "RECEIVED"])

    @property
    def kind(self) -> str:
        return self.asked.kind

    @property
    def open(self) -> bool:
        return self.state in UNDECIDED

    @property
    def owes_proof(self) -> bool:
        return self.kind == "CANCELLATION" and self.decision == "APPROVED" and not self.proven


class Model:
    """Every case and entry that there ought to be."""

    def __init__(self) -> None:
        self.cases: dict[str, ModelCase] = {}
        self.entries: dict[str, ModelEntry] = {}
        self.files: set[str] = set()

    # What an applicant may do -----------------------------------------------------------------

    def against_submission(self, asked: Asked, applicant: str, person_may: bool, file: str | None) -> set[str]:
        against = set() if person_may else {"UNAUTHORISED_SIGNATORY"}
        if file in self.files:
            against.add("SIGNED_FILE_USED")
        if asked.kind != "REGISTRATION":
            against |= self._against_appeal(asked, applicant)
        elif asked.owner != applicant:
            against.add("OWNER_NOT_APPLICANT")
        if asked.owner == applicant and asked.key is not None and self._taken(asked.key, asked.entry, None):
            against.add("DUPLICATE")
        return against

    def _against_appeal(self, asked: Asked, applicant: str) -> set[str]:
        entry = asked.entry
        if entry is None:
            return {"UNKNOWN_ENTRY"}
        against = set()
        if entry.present.owner != applicant:
            against.add("ENTRY_NOT_OF_APPLICANT")
        against |= self._against_status(asked.kind, entry)
        if not 1 <= asked.against <= len(entry.versions):
            against.add("FALSE_DATA")
        if any(
            case.open and (case.kind, case.applicant) == (asked.kind, applicant) and case.asked.entry is entry
            for case in self.cases.values()
        ):
            against.add("OPEN_CASE_EXISTS")
        return against

    @staticmethod
    def _against_status(kind: str, entry: ModelEntry) -> set[str]:
        if entry.present.status == "CANCELLED":
            return {"ENTRY_CANCELLED"}
        return set() if entry.present.status in COERCED_BY_STATUS[kind] else {"ENTRY_STATUS"}

    def _taken(self, key, own: ModelEntry | None, case: ModelCase | None) -> bool:
        living = (each for each in self.entries.values() if each is not own and each.present.status != "CANCELLED")
        return any(each.key == key for each in living) or any(
            key in each.claims for each in self.cases.values() if each is not case
        )

    def against_correction(
        self, case: ModelCase | None, caller: str, asked: Asked, person_may: bool, file: str | None
    ) -> set[str]:
        against = self._against_applicant(case, caller, "RETURNED", person_may, file)
        if case is None or "UNKNOWN_CASE" in against:
            return against
        before = case.asked
        same = (before.kind, before.register, before.trigger) == (asked.kind, asked.register, asked.trigger)
        if asked.kind == "REGISTRATION" and asked.owner != case.applicant:
            against.add("OWNER_NOT_APPLICANT")
        same = same and before.entry is asked.entry
        same = same and (asked.name is None or asked.owner in (before.owner, case.applicant))
        if not same:
            return against | {"OTHER_MATTER", "INCOMPLETE", "OUT_OF_SCOPE"}
        if asked.entry is not None:
            if asked.against != asked.entry.present.number:
                against.add("NOT_THE_PRESENT_VERSION")
            if asked.entry.present.owner != case.applicant:
                against.add("ENTRY_NOT_OF_APPLICANT")
        if asked.owner == case.applicant and asked.key is not None and self._taken(asked.key, asked.entry, case):
            against.add("DUPLICATE")
        return against

    def against_withdrawal(self, case: ModelCase | None, caller: str, person_may: bool, file: str | None) -> set[str]:
        return self._against_applicant(case, caller, UNDECIDED, person_may, file)

    def against_proof(self, case: ModelCase | None, caller: str, person_may: bool, file: str | None) -> set[str]:
        against = self._against_applicant(case, caller, {"ENTERED", "OWNER_INFORMED"}, person_may, file)
        if case is not None and not case.owes_proof:
            against.add("NO_PROOF_OWED")
        return against

    def _against_applicant(self, case, caller, states, person_may, file) -> set[str]:
        if case is None or case.applicant != caller:
            return {"UNKNOWN_CASE"}
        against = set() if person_may else {"UNAUTHORISED_SIGNATORY"}
        if case.state not in ({states} if isinstance(states, str) else states):
            against.add("ILLEGAL_STEP")
        if file in self.files:
            against.add("SIGNED_FILE_USED")
        return against

    # What staff may do ------------------------------------------------------------------------

    def against(self, step: str, case: ModelCase | None, role: str, name: str, now: datetime, **deed) -> set[str]:
        """Why `name`, as a registrar or supervisor, may not make `step` of `case`."""
        if case is None:
            return {"UNKNOWN_CASE"}
        where, whose, mine = _STAFF[step]
        if step == "decide" and case.state == "RETURNED":
            return self._against_dismissal(case, role, name, now, **deed)
        against = set()
        if case.state not in where:
            return {"ILLEGAL_STEP"}
        if role not in whose:
            return {"NOT_ENTITLED"}
        if mine and role == "REGISTRAR" and case.clerk != name:
            against.add("IN_OTHER_HANDS")
        return against | getattr(self, f"_against_{step}")(case, name, **deed)

    def _against_dismissal(self, case, role, name, now, outcome, reason, ground) -> set[str]:
        if outcome != "DISMISSED":  # what the applicant is about to correct can only be laid aside
            return {"ILLEGAL_STEP", "APPROVAL_IMPOSSIBLE", "ALREADY_APPROVED", "NOT_ENTITLED", "IN_OTHER_HANDS"}
        against = {"NOT_ENTITLED"} if role != "REGISTRAR" else set()
        if case.clerk != name:
            against.add("IN_OTHER_HANDS")
        if not reason.strip():
            against.add("REASON_MISSING")
        if now - case.returned_at <= SURELY_RUNNING:
            against.add("CORRECTION_TERM_RUNS")
        return against

    def _against_take(self, case, name) -> set[str]:
        return set()

    def _against_hand_over(self, case, name, to) -> set[str]:
        return set() if to.strip() and to != case.clerk else {"CLERK_MISSING"}

    def _against_find_complete(self, case, name, reason) -> set[str]:
        return {"DEFECTS_OPEN"} if case.faulty and not reason.strip() else set()

    def _against_return(self, case, name, defects) -> set[str]:
        return set() if defects else {"DEFECTS_MISSING"}

    def _against_decide(self, case, name, outcome, reason, ground) -> set[str]:
        against = set()
        if outcome == "REFUSED" and ground not in _GROUNDS:
            against.add("GROUND_MISSING")
        if outcome != "APPROVED":
            return against if reason.strip() else against | {"REASON_MISSING"}
        return against | self._against_approval(case)

    def _against_approval(self, case) -> set[str]:
        entry = case.asked.entry
        if entry is None:
            return {"REGISTERS_UNFIT"} if unfit(case.asked) else set()
        against = self._against_status(case.kind, entry)
        if case.asked.against != entry.present.number:
            against.add("ENTRY_MOVED_ON")
        if entry.present.owner != case.applicant:
            against.add("ENTRY_NOT_OF_APPLICANT")
        if case.kind in WITH_CARD and unfit(case.asked):
            against.add("REGISTERS_UNFIT")
        if asked_of_another(case.asked, case.applicant) and self._taken(case.asked.key, entry, case):
            against.add("DUPLICATE")  # another agency's name is claimed when it is entered, and not before
        return against

    def _against_confirm(self, case, name) -> set[str]:
        against = {"SAME_PERSON"} if case.proposal[1] == name else set()
        return against | (self._against_approval(case) if case.proposal[0] == "APPROVED" else set())

    def _against_send_back(self, case, name, reason) -> set[str]:
        against = {"SAME_PERSON"} if case.proposal[1] == name else set()
        return against if reason.strip() else against | {"REASON_MISSING"}

    def _against_inform(self, case, name, reason) -> set[str]:
        return set() if reason.strip() else {"REASON_MISSING"}

    def _against_archive(self, case, name) -> set[str]:
        return {"PROOF_OWED"} if case.owes_proof else set()

    # What follows -----------------------------------------------------------------------------

    def submitted(self, number: str, applicant: str, asked: Asked, file: str | None) -> ModelCase:
        case = self.cases[number] = ModelCase(
            number, applicant, asked, self._new_names(asked, applicant), faulty=faulty(asked, applicant)
        )
        self._use(file)
        return case

    @staticmethod
    def _new_names(asked: Asked, applicant: str) -> set:
        if asked_of_another(asked, applicant):
            return set()
        return {asked.key} - {None} - ({asked.entry.key} if asked.entry else set())

    def _use(self, file: str | None) -> None:
        if file is not None:
            self.files.add(file)

    def corrected(self, case: ModelCase, asked: Asked, file: str | None) -> None:
        case.asked, case.faulty = asked, faulty(asked, case.applicant)
        case.claims = self._new_names(asked, case.applicant)
        self._step(case, "RESUBMITTED", "RESUBMITTED")
        self._use(file)

    def withdrawn(self, case: ModelCase, file: str | None) -> None:
        self._step(case, "WITHDRAWN", "WITHDRAWN")
        case.claims = set()
        self._use(file)

    def proven(self, case: ModelCase, file: str | None) -> None:
        self._step(case, "DESTRUCTION_PROVEN", case.state)
        case.proven = True
        self._use(file)

    def _step(self, case: ModelCase, event: str, state: str) -> None:
        case.events.append(event)
        case.state = state

    def taken(self, case: ModelCase, name: str) -> None:
        self._step(case, "TAKEN", "COMPLETENESS_CHECK")
        case.clerk = name

    def handed_over(self, case: ModelCase, to: str) -> None:
        self._step(case, "HANDED_OVER", case.state)
        case.clerk = to

    def found_complete(self, case: ModelCase) -> None:
        self._step(case, "FOUND_COMPLETE", "REVIEW")

    def returned(self, case: ModelCase, now: datetime) -> None:
        self._step(case, "RETURNED", "RETURNED")
        case.returned_at, case.faulty = now, True

    def sent_back(self, case: ModelCase) -> None:
        self._step(case, "SENT_BACK", "REVIEW")
        case.proposal = None

    def decided(self, case: ModelCase, name: str, outcome: str, now: datetime) -> ModelEntry | None:
        """The entry that was made or changed, if any."""
        two = outcome == "REFUSED" or (outcome == "APPROVED" and case.kind == "CANCELLATION")
        if two:
            case.proposal = (outcome, name)
            self._step(case, "DECISION_PROPOSED", "SECOND_REVIEW")
            return None
        return self._decided(case, "DECIDED", outcome, now)

    def confirmed(self, case: ModelCase, now: datetime) -> ModelEntry | None:
        return self._decided(case, "DECISION_CONFIRMED", case.proposal[0], now)

    def _decided(self, case: ModelCase, event: str, outcome: str, now: datetime) -> ModelEntry | None:
        case.decision, case.claims = outcome, set()
        self._step(case, event, "DECIDED")
        if outcome != "APPROVED":
            return None
        self._step(case, "ENTERED", "ENTERED")
        return self._entered(case, now)

    def _entered(self, case: ModelCase, now: datetime) -> ModelEntry | None:
        asked, entry = case.asked, case.asked.entry
        if entry is None:
            suspended = asked.trigger == "ACTIVITY_SUSPENDED" or (of_resource(asked) and asked.suspended)
            status = "SUSPENDED" if suspended else "REGISTERED"
            return ModelEntry("", asked.register, [Version(1, now, now, status, asked.owner, asked.name)])
        before = entry.present
        event = datetime.combine(asked.event_day, time(), BAKU)
        since = {"CORRECTION": before.since, "CANCELLATION": now}.get(case.kind, min(max(event, before.since), now))
        owner, name = (asked.owner, asked.name) if case.kind in WITH_CARD else (before.owner, before.name)
        status = STATUS_AFTER.get(case.kind, before.status)
        entry.versions.append(Version(before.number + 1, now, since, status, owner, name))
        return entry

    def amended(self, entry: ModelEntry, now: datetime, name: str) -> None:
        before = entry.present
        entry.versions.append(Version(before.number + 1, now, now, before.status, before.owner, name))

    def informed(self, case: ModelCase) -> None:
        self._step(case, "OWNER_INFORMED", "OWNER_INFORMED")

    def archived(self, case: ModelCase) -> None:
        self._step(case, "ARCHIVED", "ARCHIVED")


def asked_of_another(asked: Asked, applicant: str) -> bool:
    """Whether the card names another owner than the applicant: the entry is to pass to it."""
    return asked.name is not None and asked.owner != applicant


def faulty(asked: Asked, applicant: str) -> bool:
    """Whether the rules of completeness find something in what is asked here."""
    return asked.name is not None and (asked.blank or asked.owner != applicant or unfit(asked))


def of_resource(asked: Asked) -> bool:
    return asked.register == "INFORMATION_RESOURCES"


def unfit(asked: Asked) -> bool:
    """Whether the card of a resource says of its life what its entry, or the event for a new one, denies."""
    if not of_resource(asked):
        return False
    if asked.entry is not None:
        return asked.suspended != (asked.entry.present.status == "SUSPENDED")
    return asked.suspended != (asked.trigger == "ACTIVITY_SUSPENDED") and asked.trigger != "STRUCTURE_CHANGED"


_GROUNDS = {"INCOMPLETE", "FALSE_DATA", "UNAUTHORISED_SIGNATORY", "DUPLICATE", "OUT_OF_SCOPE", "LEGAL_BASIS_MISSING"}
_REGISTRAR, _SUPERVISOR, _STAFF_BOTH = {"REGISTRAR"}, {"SUPERVISOR"}, {"REGISTRAR", "SUPERVISOR"}
_STAFF = {
    "take": ({"RECEIVED", "RESUBMITTED"}, _REGISTRAR, False),
    "hand_over": ({"COMPLETENESS_CHECK", "REVIEW", "RETURNED"}, _STAFF_BOTH, True),
    "find_complete": ({"COMPLETENESS_CHECK"}, _REGISTRAR, True),
    "return": ({"COMPLETENESS_CHECK", "REVIEW"}, _REGISTRAR, True),
    "decide": ({"REVIEW"}, _REGISTRAR, True),
    "confirm": ({"SECOND_REVIEW"}, _SUPERVISOR, False),
    "send_back": ({"SECOND_REVIEW"}, _SUPERVISOR, False),
    "inform": ({"ENTERED", "DECIDED"}, _STAFF_BOTH - _SUPERVISOR, False),
    "archive": ({"OWNER_INFORMED"}, _REGISTRAR, False),
}
"""Of each thing that staff do: in which states, in which role, and whether a registrar must have the case in hand."""
