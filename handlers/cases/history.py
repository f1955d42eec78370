"""The whole history of a case as one record: what is handed out when somebody must be shown all of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping

from handlers.cases.model import Case, CaseDecision, CaseStep
from handlers.record import Record
from handlers.registration.difference import FieldChange
from handlers.registration.model import ConfirmationMethod, Defect
from handlers.store import case_history as kept
from handlers.store import cases
from handlers.store.cases import FIRST_FINDINGS, StatementKind
from handlers.store.rows import record_of


class HistoryChange(Record, frozen=True, kw_only=True):
    """A field that differs, before and after. Values are JSON; None: the field is absent on that side."""

    path: str
    before: str | None = None
    after: str | None = None


class HistoryStep(Record, frozen=True, kw_only=True):
    """A step, as in `CaseStep`; codes are open, so that the file outlives what they are chosen from."""

    sequence: int
    at: datetime
    actor: str
    event: str | None = None
    from_state: str | None = None
    to_state: str
    reason: str | None = None
    changes: tuple[HistoryChange, ...] = ()


class HistorySubmission(Record, frozen=True, kw_only=True):
    """What the applicant confirmed, and how."""

    step: int
    """Sequence of the step that it led to."""
    kind: str
    """APPLICATION, WITHDRAWAL or DESTRUCTION_PROOF."""
    tracking_id: str
    received_at: datetime
    representative: str
    confirmation: str
    """XADES or PASSWORD."""
    confirmed_at: datetime
    certificate_fingerprint: str | None = None
    signature_level: str | None = None
    stamped_at: datetime | None = None
    content: str
    """What was confirmed, as JSON by the names of the contract."""
    signed_file_digest: str | None = None
    signed_file: bytes | None = None
    """The file byte for byte, where the confirmation is by XAdES."""


class HistoryFinding(Record, frozen=True, kw_only=True):
    """What was found at a step."""

    step: int
    weight: str
    """DEFECT or NOTE."""
    defect: Defect


class HistoryDifference(Record, frozen=True, kw_only=True):
    """What the application submitted at a step would change."""

    step: int
    change: HistoryChange


class HistoryNotice(Record, frozen=True, kw_only=True):
    """A notice to the applicant: its number there is the proof that it was given."""

    sequence: int
    notice_id: str
    kind: str
    created_at: datetime
    acknowledged_at: datetime | None = None


class HistoryDecision(Record, frozen=True, kw_only=True):
    """How the case was decided, and by whom."""

    outcome: str
    ground_code: str | None = None
    reason: str | None = None
    decided_at: datetime
    seconded_by: str | None = None
    """Second person who confirmed it."""


class CaseHistory(Record, frozen=True, kw_only=True):
    """Everything that ever happened in a case, as of `exported_at`."""

    case_number: str
    tracking_id: str
    type: str
    register: str
    state: str
    applicant: str
    subject: str
    received_at: datetime
    event_date: date
    due_date: date
    late: bool
    entry_number: str | None = None
    entered_version: int | None = None
    clerk: str | None = None
    decision: HistoryDecision | None = None
    destruction_proven_on: date | None = None
    steps: tuple[HistoryStep, ...]
    submissions: tuple[HistorySubmission, ...]
    findings: tuple[HistoryFinding, ...] = ()
    differences: tuple[HistoryDifference, ...] = ()
    notices: tuple[HistoryNotice, ...] = ()
    exported_at: datetime
    exported_by: str
    gateway: str
    """Name of the gateway whose key seals it."""


def case_history(
    connection: Connection, number: str, *, exported_at: datetime, exported_by: str, gateway: str
) -> CaseHistory | None:
    """The history of the case `number`; None when there is none of that number."""
    found = cases.find_kept(connection, number)
    if found is None:
        return None
    case = found.case
    return CaseHistory(
        case_number=case.number,
        tracking_id=case.tracking_id,
        type=case.type,
        register=case.register,
        state=case.state,
        applicant=case.applicant,
        subject=case.subject,
        received_at=case.received_at,
        event_date=case.event_date,
        due_date=case.due_date,
        late=case.late,
        entry_number=case.entry_number,
        entered_version=case.entered_version,
        clerk=found.clerk,
        decision=None if case.decision is None else _decision(case.decision, found.seconded_by),
        destruction_proven_on=case.destruction_proven_on,
        steps=tuple(_step(each) for each in case.steps),
        submissions=_submissions(connection, case),
        findings=tuple(
            HistoryFinding(step=step, weight=weight, defect=defect)
            for step, weight, defect in kept.findings(connection, number)
        ),
        differences=tuple(
            HistoryDifference(step=step, change=_change(change))
            for step, change in kept.differences(connection, number)
        ),
        notices=tuple(
            HistoryNotice(
                sequence=each.sequence,
                notice_id=each.notice_id,
                kind=each.kind,
                created_at=each.created_at,
                acknowledged_at=each.acknowledged_at,
            )
            for each in kept.notices_about(connection, case.applicant, number)
        ),
        exported_at=exported_at,
        exported_by=exported_by,
        gateway=gateway,
    )


def _decision(decision: CaseDecision, seconded_by: str | None) -> HistoryDecision:
    return HistoryDecision(
        outcome=decision.outcome,
        ground_code=decision.ground_code,
        reason=decision.reason,
        decided_at=decision.decided_at,
        seconded_by=seconded_by,
    )


def _step(step: CaseStep) -> HistoryStep:
    return HistoryStep(
        sequence=step.sequence,
        at=step.at,
        actor=step.actor,
        event=step.event,
        from_state=step.from_state,
        to_state=step.to_state,
        reason=step.reason or None,
        changes=tuple(_change(each) for each in step.changes),
    )


def _change(change: FieldChange) -> HistoryChange:
    return HistoryChange(path=change.path, before=change.before, after=change.after)


def _submissions(connection: Connection, case: Case) -> tuple[HistorySubmission, ...]:
    """The application as first submitted, and what was confirmed later. Each was received with the step it led to."""
    first = kept.first_submission(connection, case.number)
    method = ConfirmationMethod.PASSWORD if first["signed_file_digest"] is None else ConfirmationMethod.XADES
    at = {step.sequence: step.at for step in case.steps}
    return (
        _submission(
            first,
            step=FIRST_FINDINGS,
            kind=StatementKind.APPLICATION,
            received_at=case.received_at,
            confirmation=method,
            representative=first["content"]["representative"],
        ),
        *(
            _submission(
                row,
                step=row["step"],
                kind=row["kind"],
                received_at=at[row["step"]],
                confirmation=row["method"],
                representative=row["representative"],
            )
            for row in kept.statements(connection, case.number)
        ),
    )


def _submission(row: RowMapping, **others: Any) -> HistorySubmission:
    return record_of(HistorySubmission, row, **others, content=msgspec.json.encode(row["content"]).decode())
