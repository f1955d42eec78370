"""What a step does besides its row of history and its notice (`handlers.cases.transitions.Effect`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from types import MappingProxyType
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from handlers.cases.guards import Deed, Situation
from handlers.cases.lateness import lateness_corrected, moved_event
from handlers.cases.model import Case, CaseType, DecisionOutcome, Proposal
from handlers.cases.transitions import Effect
from handlers.receipts.model import Ground
from handlers.record import Record
from handlers.registration.difference import FieldChange, difference
from handlers.registration.entries import EntryExistsError, amend, card_of_entry, enter
from handlers.registration.model import (
    AppealApplication,
    Defect,
    DestructionProof,
    Entry,
    EntryStatus,
    LifeCycleStatus,
    PersonalDataSystemCard,
    RegistrationApplication,
    ResourceCard,
    Trigger,
)
from handlers.registration.names import FILES, file_key, name_key, names_to_claim
from handlers.rules.clocks import BAKU, civil_day
from handlers.rules.completeness import CARD_PATHS, cards_of
from handlers.rules.grounds import GroundCode, ground
from handlers.rules.labels import spoken
from handlers.rules.on_lives import STATUSES_AFTER, entry_status_after
from handlers.store import cases, entries, numbers
from handlers.store.cases import StatementKind
from handlers.work import Work

Card = ResourceCard | PersonalDataSystemCard


class IssueExtract(Protocol):
    """Issues the sealed extract of an entry that a case has just changed."""

    def __call__(self, work: Work, entry: Entry, case: Case) -> str:
        """The number of the extract, which is kept in the same unit of work."""


class StepRefusedError(Exception):
    """A step cannot be made, for the reason of business that `ground` tells; the unit of work is to be rolled back."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        super().__init__(ground.code)


@dataclass(slots=True, kw_only=True)
class Making:
    """A step while it is made: what it looks at, and what comes together for its row, its notice and the case."""

    work: Work
    situation: Situation
    sequence: int
    """Of the step in the history of the case."""
    issue_extract: IssueExtract | None
    columns: dict[str, Any] = field(default_factory=dict)
    """What becomes of the case's own columns."""
    changes: list[FieldChange] = field(default_factory=list)
    notes: list[Defect] = field(default_factory=list)
    """What the clerk is to see of an application that replaces another one."""
    parameters: dict[str, str] = field(default_factory=dict)
    """Values for the notice."""
    entry: Entry | None = None
    """The version that the step made."""

    @property
    def case(self) -> Case:
        """The case before the step."""
        return self.situation.file.case

    @property
    def deed(self) -> Deed:
        """What the step is made with."""
        return self.situation.deed

    def change(self, path: str, before: object, after: object) -> None:
        """Note that the step changes something, unless it stays as it is."""
        if before != after:
            self.changes.append(FieldChange(path=path, before=_json(before), after=_json(after)))


def _set_clerk(making: Making) -> None:
    clerk = making.deed.clerk or making.deed.actor.name
    making.change("/clerk", making.situation.file.clerk, clerk)
    making.columns["clerk"] = clerk


def _keep_defects(making: Making) -> None:
    defects = making.deed.defects
    confirmed = making.deed.confirmed
    notes = (*making.notes, *(confirmed.notes if confirmed else ()))
    cases.add_findings(making.work.connection, making.case.number, making.sequence, defects=defects, notes=notes)
    making.columns["findings_step"] = making.sequence
    making.change("/defects", len(making.case.defects), len(defects))
    if defects:
        application = confirmed.content if confirmed else making.situation.file.application
        making.parameters |= {"defects": str(len(defects)), **_listed(type(application), defects)}


def _listed(root: type[Record], defects: tuple[Defect, ...], most: int = 5) -> dict[str, str]:
    """The first defects as text, each with the field of the application it is at, in words."""
    shown = [(spoken(root, each.path), each) for each in defects[:most]]
    more = ["…"] if len(defects) > most else []
    az = [_told(number, place.az, each.text_az) for number, (place, each) in enumerate(shown, start=1)]
    en = [_told(number, place.en, each.text_en) for number, (place, each) in enumerate(shown, start=1)]
    return {"defect_list_az": "; ".join(az + more), "defect_list_en": "; ".join(en + more)}


def _told(number: int, place: str, text: str) -> str:
    """A defect in a list, with its place; the application as a whole has no name."""
    return f"{number}) {place}: {text}" if place else f"{number}) {text}"


def _replace_application(making: Making) -> None:
    """Put the corrected application in the place of the one before, with what it claims."""
    confirmed = making.deed.confirmed
    assert confirmed is not None
    after = confirmed.content
    assert isinstance(after, RegistrationApplication | AppealApplication)
    _claim_new_names(making, after)  # before the file, as everybody does who claims both
    _keep_statement(making)
    case, connection = making.case, making.work.connection
    cards_before, cards_after = cards_of(making.situation.file.application), cards_of(after)
    if cards_before and cards_after:
        root = CARD_PATHS[type(cards_after[0])]
        changed = difference(cards_before[0], cards_after[0])
        making.changes.extend(replace(each, path=root + each.path) for each in changed)
    making.notes.extend(moved_event(case, after))
    columns: dict[str, Any] = {"submission": case.submission + 1, "event_date": after.event_date}
    term = lateness_corrected(case, after, making.work.terms)
    columns |= {"due_date": term.due_date, "late": term.late}
    columns["representative"] = after.representative
    columns["confirmation"] = confirmed.confirmation.method
    if cards_after:
        columns["subject"] = cards_after[0].short_name
    if isinstance(after, AppealApplication):
        columns["against_version"] = after.against_version
        base = entries.find_version(connection, after.entry_number, after.against_version)
        assert base is not None, "the version is the present one"
        if cards_after:
            wanted = difference(card_of_entry(base), cards_after[0])
            cases.add_difference(connection, case.number, making.sequence, wanted)
    for name, value in columns.items():
        making.change(_ELEMENTS[name], getattr(case, name), value)
    making.columns |= columns


_ELEMENTS = {each.name: f"/{each.encode_name}" for each in msgspec.structs.fields(Case)}
"""Path of each of the case's own fields, as the contract names its elements."""


def _claim_new_names(making: Making, after: RegistrationApplication | AppealApplication) -> None:
    case, connection = making.case, making.work.connection
    before = making.situation.file.application
    old = {_name(case, card) for card in cards_of(before)}
    entry = making.situation.entry
    kept = None if entry is None else card_of_entry(entry)
    new = names_to_claim(case.register, case.applicant, cards_of(after), kept)
    # Anew, also when it is the same name: it was not claimed while it was the entry's own, which may be renamed since.
    numbers.release(connection, case.tracking_id, old)
    if numbers.acquire(connection, case.tracking_id, new) is not None:
        raise StepRefusedError(ground(GroundCode.DUPLICATE))


def _name(case: Case, card: Card) -> str:
    return name_key(case.register, card.owner, card.short_name)


def _keep_statement(making: Making) -> None:
    """Keep what the applicant confirmed; a signed file confirms one thing and not another one later."""
    confirmed = making.deed.confirmed
    assert confirmed is not None
    content, digest = confirmed.content, confirmed.confirmation.signed_file_digest
    if digest is not None:
        key = file_key(content.applicant, digest)
        if numbers.acquire(making.work.connection, confirmed.tracking_id, [key]) is not None:
            raise StepRefusedError(ground(GroundCode.SIGNED_FILE_USED))
    kind = StatementKind.APPLICATION
    if isinstance(content, DestructionProof):
        kind = StatementKind.DESTRUCTION_PROOF
        making.columns["destruction_proven_on"] = content.destroyed_on
        making.change("/destructionProvenOn", None, content.destroyed_on)
    elif not isinstance(content, RegistrationApplication | AppealApplication):
        kind = StatementKind.WITHDRAWAL
    cases.add_statement(
        making.work.connection,
        making.case.number,
        making.sequence,
        kind=kind,
        tracking_id=confirmed.tracking_id,
        content=content,
        confirmation=confirmed.confirmation,
    )


def _keep_proposal(making: Making) -> None:
    decision = making.deed.decision
    assert decision is not None
    proposal = Proposal(
        outcome=decision.outcome,
        ground_code=decision.ground_code,
        reason=decision.reason or None,
        by=making.deed.actor.name,
        at=making.work.now,
    )
    making.columns["proposal"] = proposal
    making.change("/proposal", None, proposal)


def _drop_proposal(making: Making) -> None:
    making.change("/proposal", making.situation.file.proposal, None)
    making.columns["proposal"] = None


def _decide(making: Making) -> None:
    decision = making.situation.decision
    assert decision is not None
    file = making.situation.file
    if making.deed.decision is None:
        making.columns["seconded_by"] = making.deed.actor.name
        making.change("/secondedBy", file.seconded_by, making.deed.actor.name)
    making.columns |= {
        "decision": decision.outcome,
        "decision_ground": decision.ground_code if decision.outcome is DecisionOutcome.REFUSED else None,
        "decision_reason": decision.reason or None,
        "decided_at": making.work.now,
    }
    making.change("/decision", None, decision.outcome)
    making.parameters["decision"] = decision.outcome.value
    if decision.outcome is DecisionOutcome.REFUSED:
        assert decision.ground_code is not None
        why = ground(GroundCode(decision.ground_code))
        making.parameters |= {"ground_code": why.code, "ground_az": why.text_az, "ground_en": why.text_en}
    if decision.reason:
        making.parameters["reason"] = decision.reason


def _release_claims(making: Making) -> None:
    """Give up the place of an open case, unless an approval has yet to be entered: the entry takes it over."""
    decision = making.situation.decision
    entering = decision is not None and decision.outcome is DecisionOutcome.APPROVED and making.entry is None
    withdrawn = making.deed.confirmed is not None
    if withdrawn or not entering:
        numbers.release_all(making.work.connection, making.case.tracking_id, but=FILES)


def _change_entry(making: Making) -> None:
    """Do to the register what was approved."""
    case = making.case
    try:
        entry = _entered(making)
    except EntryExistsError as error:
        raise StepRefusedError(ground(GroundCode.DUPLICATE)) from error
    making.entry = entry
    making.columns |= {"entry_number": entry.number, "entered_version": entry.version}
    making.change("/entryNumber", case.entry_number, entry.number)
    making.change("/enteredVersion", None, entry.version)
    making.parameters |= {"entry": entry.number, "version": str(entry.version)}


def _entered(making: Making) -> Entry:
    work, case, before = making.work, making.case, making.situation.entry
    application = making.situation.file.application
    actor = making.deed.actor.text
    if case.type is CaseType.REGISTRATION:
        assert isinstance(application, RegistrationApplication)
        status = entry_status_after(application)
        return enter(work, cards_of(application)[0], status=status, actor=actor, case=case)
    assert before is not None
    assert isinstance(application, AppealApplication)
    if case.type in (CaseType.CHANGE, CaseType.CORRECTION):
        start = before.valid_from if case.type is CaseType.CORRECTION else _since(application, before, work.now)
        card = cards_of(application)[0]
        return amend(work, before.number, card=card, valid_from=start, actor=actor, case=case)
    status = _STATUS[case.type]
    start = work.now if case.type is CaseType.CANCELLATION else _since(application, before, work.now)
    card = card_of_entry(before)
    if isinstance(card, ResourceCard):
        card = replace(card, status=_life(making, before), status_date=civil_day(start))
    return amend(work, before.number, card=card, status=status, valid_from=start, actor=actor, case=case)


_STATUS = {
    CaseType.SUSPENSION: EntryStatus.SUSPENDED,
    CaseType.RESUMPTION: EntryStatus.REGISTERED,
    CaseType.CANCELLATION: EntryStatus.CANCELLED,
}
"""What an appeal without a card makes of the entry."""


def _life(making: Making, before: Entry) -> LifeCycleStatus:
    """What such an appeal makes of the resource's own life-cycle status; a resumption gives it back what it was."""
    if making.case.type is CaseType.SUSPENSION:
        return LifeCycleStatus.SUSPENDED
    if making.case.type is CaseType.CANCELLATION:
        return LifeCycleStatus.FINISHED
    for version in range(before.version - 1, 0, -1):
        earlier = entries.find_version(making.work.connection, before.number, version)
        card = None if earlier is None else earlier.resource_card
        if card is not None and card.status in STATUSES_AFTER[Trigger.RESUMED]:
            return card.status
    return LifeCycleStatus.IN_USE  # it was suspended when it was registered


def _since(appeal: AppealApplication, before: Entry, now: datetime) -> datetime:
    """From when the change is true: the day of the event in Baku.

    Yet not before the version that it changes, and not after the decision: nothing is entered for days to come.
    """
    return min(max(datetime.combine(appeal.event_date, time(), BAKU), before.valid_from), now)


def _issue_extract(making: Making) -> None:
    assert making.entry is not None, "the entry is changed before its extract is issued"
    assert making.issue_extract is not None, "whoever enters a case hands in what issues its extract"
    making.parameters["extract"] = making.issue_extract(making.work, making.entry, making.case)
    making.change("/extract", None, making.parameters["extract"])


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


EFFECTS: Mapping[Effect, Callable[[Making], None]] = MappingProxyType(
    {
        Effect.SET_CLERK: _set_clerk,
        Effect.KEEP_DEFECTS: _keep_defects,
        Effect.REPLACE_APPLICATION: _replace_application,
        Effect.KEEP_PROPOSAL: _keep_proposal,
        Effect.DROP_PROPOSAL: _drop_proposal,
        Effect.DECIDE: _decide,
        Effect.CHANGE_ENTRY: _change_entry,
        Effect.ISSUE_EXTRACT: _issue_extract,
        Effect.RELEASE_CLAIMS: _release_claims,
        Effect.KEEP_STATEMENT: _keep_statement,
    }
)
"""Every effect of the table."""
