"""Reading all that belongs to one case, of every step and not only of the last."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from handlers.notices.model import Notice
from handlers.registration.difference import FieldChange
from handlers.registration.model import Defect
from handlers.store.rows import record_of
from handlers.store.tables import notice
from handlers.store.tables_registers import case_difference, case_finding, case_statement, register_case


def first_submission(connection: Connection, number: str) -> RowMapping:
    """The application as first submitted (`content`), and how it was confirmed.

    Who confirmed it and how is told by the application and by whether there is a file: the columns that say so are of
    the last submission.
    """
    c = register_case.c
    columns = (
        c.tracking_id,
        c.confirmed_at,
        c.certificate_fingerprint,
        c.signed_file,
        c.signed_file_digest,
        c.signature_level,
        c.stamped_at,
        c.application.label("content"),
    )
    return connection.execute(select(*columns).where(c.number == number)).mappings().one()


def statements(connection: Connection, number: str) -> Sequence[RowMapping]:
    """What the applicant confirmed after the first submission, oldest first."""
    mine = select(case_statement).where(case_statement.c.case_number == number).order_by(case_statement.c.step)
    return connection.execute(mine).mappings().all()


def findings(connection: Connection, number: str) -> list[tuple[int, str, Defect]]:
    """Step, weight and defect of everything that was ever found, oldest first."""
    mine = select(case_finding).where(case_finding.c.case_number == number).order_by(case_finding.c.position)
    return [(row["step"], row["weight"], record_of(Defect, row)) for row in connection.execute(mine).mappings()]


def differences(connection: Connection, number: str) -> list[tuple[int, FieldChange]]:
    """Step and change of all that the applications of the case would change, oldest first."""
    mine = select(case_difference).where(case_difference.c.case_number == number).order_by(case_difference.c.position)
    return [(row["step"], record_of(FieldChange, row)) for row in connection.execute(mine).mappings()]


def notices_about(connection: Connection, agency: str, subject: str) -> list[Notice]:
    """The agency's notices about `subject`, in the order of their numbers."""
    mine = select(notice).where(notice.c.agency == agency, notice.c.subject == subject).order_by(notice.c.sequence)
    return [record_of(Notice, row) for row in connection.execute(mine).mappings()]
