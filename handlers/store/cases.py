"""Where cases are kept: the case, its history, what was found wrong with it, and what it would change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from handlers.cases.model import Case, CaseStep
from handlers.registration.difference import FieldChange
from handlers.registration.model import AppealApplication, Confirmation, Defect, RegistrationApplication
from handlers.rules.completeness import Weight
from handlers.store.rows import columns_of, record_of
from handlers.store.tables_registers import case_difference, case_finding, case_step, register_case


def add_case(
    connection: Connection,
    case: Case,
    *,
    application: RegistrationApplication | AppealApplication,
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
    found = [(Weight.DEFECT, defect) for defect in case.defects] + [(Weight.NOTE, note) for note in notes]
    _add_rows(connection, case_step, [columns_of(step, case_number=case.number) for step in case.steps])
    _add_rows(
        connection,
        case_finding,
        [
            columns_of(defect, case_number=case.number, position=position, weight=weight)
            for position, (weight, defect) in enumerate(found, start=1)
        ],
    )
    _add_rows(
        connection,
        case_difference,
        [
            columns_of(change, case_number=case.number, position=position)
            for position, change in enumerate(changes, start=1)
        ],
    )


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
    if row is None:
        return None
    defects = _findings(connection, row["number"], Weight.DEFECT)
    return record_of(Case, row, defects=defects, steps=_steps(connection, row["number"]))


def find_notes(connection: Connection, number: str) -> tuple[Defect, ...]:
    """What was noted about the case `number` without holding it up."""
    return _findings(connection, number, Weight.NOTE)


def find_difference(connection: Connection, number: str) -> tuple[FieldChange, ...]:
    """What the change asked for in the case `number` changes, field by field."""
    rows = connection.execute(
        select(case_difference).where(case_difference.c.case_number == number).order_by(case_difference.c.position)
    )
    return tuple(record_of(FieldChange, row) for row in rows.mappings())


def _findings(connection: Connection, number: str, weight: Weight) -> tuple[Defect, ...]:
    rows = connection.execute(
        select(case_finding)
        .where(case_finding.c.case_number == number, case_finding.c.weight == weight)
        .order_by(case_finding.c.position)
    )
    return tuple(record_of(Defect, row) for row in rows.mappings())


def _steps(connection: Connection, number: str) -> tuple[CaseStep, ...]:
    rows = connection.execute(select(case_step).where(case_step.c.case_number == number).order_by(case_step.c.sequence))
    return tuple(record_of(CaseStep, row) for row in rows.mappings())


def _add_rows(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)
