"""Where cases are kept: the case, its history, what was found wrong with it, and what it would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Table, func, insert, select, update

from handlers.cases.model import Case, CaseDecision, CaseState, CaseStep, DecisionOutcome, Proposal
from handlers.cases.stages import Stage
from handlers.record import Record
from handlers.registration.difference import FieldChange
from handlers.registration.model import AppealApplication, Confirmation, Defect, RegistrationApplication
from handlers.rules.completeness import Weight
from handlers.store.rows import columns_of, record_of
from handlers.store.tables_registers import (
    case_difference,
    case_finding,
    case_statement,
    case_step,
    register_case,
)

Application = RegistrationApplication | AppealApplication

STAGES = {stage: register_case.c[f"seconds_{stage.value.lower()}"] for stage in Stage}
"""Where it is kept how many seconds a case spent in each stage."""

_NO_TIME: Mapping[Stage, int] = MappingProxyType({})

FIRST_FINDINGS = 3
"""The step at which the rules of completeness are applied to a new case: its receipt."""


class StatementKind(StrEnum):
    """What an applicant confirms after the first submission."""

    APPLICATION = "APPLICATION"
    WITHDRAWAL = "WITHDRAWAL"
    DESTRUCTION_PROOF = "DESTRUCTION_PROOF"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCase:
    """A case as it is kept, with what only the operator's staff see."""

    case: Case
    clerk: str | None
    proposal: Proposal | None
    seconded_by: str | None
    findings_step: int


def add_case(
    connection: Connection,
    case: Case,
    *,
    application: Application,
    confirmation: Confirmation,
    recorded_at: datetime,
    current_version: int | None = None,
    notes: Sequence[Defect] = (),
    changes: Sequence[FieldChange] = (),
) -> None:
    """Keep a new case with everything that belongs to it. `current_version` is the entry's version at this moment."""
    row = columns_of(
        case,
        "defects",
        "steps",
        "decision",
        "authority_ended_on",
        confirmed_at=confirmation.confirmed_at,
        certificate_fingerprint=confirmation.certificate_fingerprint,
        signed_file=confirmation.signed_file,
        signed_file_digest=confirmation.signed_file_digest,
        signature_level=confirmation.signature_level,
        stamped_at=confirmation.stamped_at,
        recorded_at=recorded_at,
        current_version=current_version,
        application=application,
    )
    connection.execute(insert(register_case).values(row))
    _add_rows(connection, case_step, [columns_of(step, case_number=case.number) for step in case.steps])
    add_findings(connection, case.number, FIRST_FINDINGS, defects=case.defects, notes=notes)
    add_difference(connection, case.number, FIRST_FINDINGS, changes)


def find_case(
    connection: Connection, agency: str, *, number: str | None = None, tracking_id: str | None = None
) -> Case | None:
    """The case of the applicant `agency` that matches everything given."""
    query = select(register_case).where(register_case.c.applicant == agency)
    if number is not None:
        query = query.where(register_case.c.number == number)
    if tracking_id is not None:
        query = query.where(register_case.c.tracking_id == tracking_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else _kept(connection, row).case


def find_kept(connection: Connection, number: str, *, lock: bool = False) -> KeptCase | None:
    """The case of that incoming number, whoever applied. With `lock` nobody else makes a step of it meanwhile."""
    query = select(register_case).where(register_case.c.number == number)
    if lock:
        query = query.with_for_update()  # SQLite has one writer at a time, and ignores it
    row = connection.execute(query).mappings().first()
    return None if row is None else _kept(connection, row)


def open_on_entries(
    connection: Connection, entry_numbers: Collection[str], closed: Collection[CaseState]
) -> dict[str, list[str]]:
    """Numbers of the cases about these entries that are in none of the `closed` states, by entry."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    query = (
        select(register_case.c.entry_number, register_case.c.number)
        .where(register_case.c.entry_number.in_(list(entry_numbers)), register_case.c.state.not_in(list(closed)))
        .order_by(register_case.c.number)
    )
    for row in connection.execute(query):
        found[row.entry_number].append(row.number)
    return found


def add_step(
    connection: Connection, number: str, step: CaseStep, *, spent: Mapping[Stage, int] = _NO_TIME, **columns: object
) -> None:
    """Add a row of history to the case `number`, and set its state and `columns` accordingly.

    `spent`: seconds that went by in stages of the case since its step before.
    """
    connection.execute(insert(case_step).values(columns_of(step, case_number=number)))
    times = {column.name: func.coalesce(column, 0) + spent[stage] for stage, column in STAGES.items() if stage in spent}
    connection.execute(
        update(register_case).where(register_case.c.number == number).values(state=step.to_state, **times, **columns)
    )


def add_findings(
    connection: Connection, number: str, step: int, *, defects: Sequence[Defect] = (), notes: Sequence[Defect] = ()
) -> None:
    """Keep what was found at `step` of the case; what was found before stays."""
    found = [(Weight.DEFECT, defect) for defect in defects] + [(Weight.NOTE, note) for note in notes]
    start = _count(connection, case_finding, number)
    rows = [
        columns_of(defect, case_number=number, position=position, weight=weight, step=step)
        for position, (weight, defect) in enumerate(found, start=start + 1)
    ]
    _add_rows(connection, case_finding, rows)


def add_difference(connection: Connection, number: str, step: int, changes: Sequence[FieldChange]) -> None:
    """Keep what the application submitted at `step` would change."""
    start = _count(connection, case_difference, number)
    rows = [
        columns_of(change, case_number=number, position=position, step=step)
        for position, change in enumerate(changes, start=start + 1)
    ]
    _add_rows(connection, case_difference, rows)


def add_statement(
    connection: Connection,
    number: str,
    step: int,
    *,
    kind: StatementKind,
    tracking_id: str,
    content: Record,
    confirmation: Confirmation,
) -> None:
    """Keep what the applicant confirmed for `step` of the case, and how."""
    row = columns_of(confirmation, case_number=number, step=step, kind=kind, tracking_id=tracking_id, content=content)
    connection.execute(insert(case_statement).values(row))


def find_application(connection: Connection, number: str) -> Application:
    """The application of the case as it was last submitted."""
    s = case_statement.c
    corrected = (
        select(s.content)
        .where(s.case_number == number, s.kind == StatementKind.APPLICATION)
        .order_by(s.step.desc())
        .limit(1)
    )
    first = select(register_case.c.application).where(register_case.c.number == number)
    content: dict[str, Any] = connection.scalar(corrected) or connection.execute(first).scalar_one()
    if "trigger" in content:
        return msgspec.convert(content, RegistrationApplication)
    return msgspec.convert(content, AppealApplication)


def find_notes(connection: Connection, number: str, step: int = FIRST_FINDINGS) -> tuple[Defect, ...]:
    """What was noted at `step` of the case `number` without holding it up."""
    return _findings(connection, number, step, Weight.NOTE)


def find_difference(connection: Connection, number: str, step: int | None = None) -> tuple[FieldChange, ...]:
    """What the change asked for at `step` (None: at receipt) of the case `number` changes, field by field."""
    d = case_difference.c
    rows = connection.execute(
        select(case_difference).where(d.case_number == number, d.step == (step or FIRST_FINDINGS)).order_by(d.position)
    )
    return tuple(record_of(FieldChange, row) for row in rows.mappings())


def _kept(connection: Connection, row: RowMapping) -> KeptCase:
    number = row["number"]
    case = record_of(
        Case,
        row,
        decision=_decision(row),
        defects=_findings(connection, number, row["findings_step"], Weight.DEFECT),
        steps=_steps(connection, number),
    )
    proposal = row["proposal"]
    return KeptCase(
        case=case,
        clerk=row["clerk"],
        proposal=None if proposal is None else msgspec.convert(proposal, Proposal),
        seconded_by=row["seconded_by"],
        findings_step=row["findings_step"],
    )


def _decision(row: RowMapping) -> CaseDecision | None:
    if row["decision"] is None:
        return None
    return CaseDecision(
        outcome=DecisionOutcome(row["decision"]),
        ground_code=row["decision_ground"],
        reason=row["decision_reason"],
        decided_at=row["decided_at"],
    )


def _findings(connection: Connection, number: str, step: int, weight: Weight) -> tuple[Defect, ...]:
    f = case_finding.c
    rows = connection.execute(
        select(case_finding).where(f.case_number == number, f.step == step, f.weight == weight).order_by(f.position)
    )
    return tuple(record_of(Defect, row) for row in rows.mappings())


def _steps(connection: Connection, number: str) -> tuple[CaseStep, ...]:
    rows = connection.execute(select(case_step).where(case_step.c.case_number == number).order_by(case_step.c.sequence))
    return tuple(record_of(CaseStep, row) for row in rows.mappings())


def _count(connection: Connection, table: Table, number: str) -> int:
    query = select(func.count()).select_from(table).where(table.c.case_number == number)
    return connection.execute(query).scalar_one()


def _add_rows(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
