"""An owner that acknowledges the notice of a decision has learnt of it."""

from __future__ import annotations

from handlers.cases.guards import Deed
from handlers.cases.model import Actor, CaseEvent, CaseState, DecisionOutcome, Role
from handlers.cases.steps import make_step
from handlers.store import cases
from handlers.work import Work

_REASON = "bildiriş təsdiq edilib / notice acknowledged"


def owner_acknowledged(work: Work, number: str, agency: str) -> None:
    """Record that `agency`, which applied in the case, acknowledged the notice of how it ended.

    Nothing happens when that is recorded already, or when the case is not where such a notice leaves it.
    """
    kept = cases.find_kept(work.connection, number, lock=True)
    if kept is None or kept.case.applicant != agency:
        return
    case = kept.case
    refused = case.decision is not None and case.decision.outcome is not DecisionOutcome.APPROVED
    if case.state is CaseState.ENTERED or (case.state is CaseState.DECIDED and refused):
        actor = Actor(role=Role.APPLICANT, name=agency, is_agency=True)
        make_step(work, number, CaseEvent.OWNER_INFORMED, Deed(actor=actor, reason=_REASON))
