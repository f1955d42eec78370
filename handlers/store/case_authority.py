"""Open cases whose representative may be without authority by now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, and_, or_, select

from handlers.cases.model import CaseState, CaseType, DecisionOutcome
from handlers.parties.standing import Standing
from handlers.store.tables import representative
from handlers.store.tables_registers import register_case

_c = register_case.c


def without_authority(connection: Connection, states: Collection[CaseState], today: date) -> list[tuple[str, str]]:
    """Applicant and number of each case in one of `states`, or with a proof still owed, in the order of numbers.

    Those whose representative is suspended or withdrawn, or whose authority was over before `today`.
    """
    owes_proof = and_(
        _c.type == CaseType.CANCELLATION,
        _c.decision == DecisionOutcome.APPROVED,
        _c.destruction_proven_on.is_(None),
        _c.state.in_([CaseState.ENTERED, CaseState.OWNER_INFORMED]),
    )
    r = representative.c
    query = (
        select(_c.applicant, _c.number)
        .join(representative, r.fin == _c.representative)
        .where(or_(_c.state.in_(sorted(states)), owes_proof), or_(r.standing != Standing.ACTIVE, r.valid_to < today))
        .order_by(_c.number)
    )
    return [(row.applicant, row.number) for row in connection.execute(query)]
