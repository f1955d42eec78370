"""Stages of a case, and how long each took: what statistics are made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from handlers.cases.model import Case, CaseEvent, CaseState


class Stage(StrEnum):
    """In whose hands the time of a case goes by, in the order of the work."""

    WAITING = "WAITING"
    """Received, or corrected, until a registrar takes it."""
    CHECK = "CHECK"
    """Taken, until found complete or returned."""
    REVIEW = "REVIEW"
    """Found complete, until decided; the second person's part is in it."""
    CORRECTION = "CORRECTION"
    """Returned, until the applicant has corrected it. It is no time of the operator's."""
    ENTERING = "ENTERING"
    """Approved, until entered."""
    INFORMING = "INFORMING"
    """Entered, or decided otherwise, until the owner is known to have learnt of it."""
    WHOLE = "WHOLE"
    """Received, until the owner is known to have learnt of the decision or took the application back."""


_OF_STATE: Final[Mapping[CaseState, Stage]] = MappingProxyType(
    {
        CaseState.RECEIVED: Stage.WAITING,
        CaseState.RESUBMITTED: Stage.WAITING,
        CaseState.COMPLETENESS_CHECK: Stage.CHECK,
        CaseState.REVIEW: Stage.REVIEW,
        CaseState.SECOND_REVIEW: Stage.REVIEW,
        CaseState.RETURNED: Stage.CORRECTION,
        CaseState.DECIDED: Stage.INFORMING,
        CaseState.ENTERED: Stage.INFORMING,
    }
)
"""The stage in which a case is in a state; that from DECIDED to ENTERED is told by its event."""
_ENDS: Final = frozenset({CaseEvent.OWNER_INFORMED, CaseEvent.WITHDRAWN})


def spent(case: Case, event: CaseEvent, at: datetime) -> Mapping[Stage, int]:
    """Seconds that went by in each stage between the last step of `case` and its step `event` at `at`.

    WHOLE is there once, with the step that ends it. A stage that is passed several times is the sum of them.
    """
    stage = Stage.ENTERING if event is CaseEvent.ENTERED else _OF_STATE.get(case.state)
    took = {} if stage is None else {stage: int((at - case.steps[-1].at).total_seconds())}
    if event in _ENDS:
        took[Stage.WHOLE] = int((at - case.received_at).total_seconds())
    return took
