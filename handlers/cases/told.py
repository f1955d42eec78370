"""What is told outside of a case: to its applicant, and in figures. Everything here is by lists of what may be told.

That a second person is to confirm a decision would tell a refusal before there is one, since of most appeals only
refusals need it. Outside, a case that waits for that person is under review still, and to propose a decision or to
send it back is to hand the case over to somebody else among the staff, which it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from handlers.cases.model import OPERATOR, Case, CaseEvent, CaseState, CaseStep
from handlers.registration.difference import FieldChange

_STATES: Final[Mapping[CaseState, CaseState]] = MappingProxyType({CaseState.SECOND_REVIEW: CaseState.REVIEW})
_EVENTS: Final[Mapping[CaseEvent, CaseEvent]] = MappingProxyType(
    {CaseEvent.DECISION_PROPOSED: CaseEvent.HANDED_OVER, CaseEvent.SENT_BACK: CaseEvent.HANDED_OVER}
)

REASONS_TOLD: Final = frozenset(
    {
        CaseEvent.DRAWN_UP,
        CaseEvent.CONFIRMED,
        CaseEvent.RETURNED,
        CaseEvent.DECIDED,
        CaseEvent.OWNER_INFORMED,
        CaseEvent.DESTRUCTION_PROVEN,
        CaseEvent.WITHDRAWN,
    }
)
"""Of these steps the reason is the applicant's own, or meant for it. Any other is a remark among the staff."""

_FIELDS: Final = frozenset(
    {
        "/defects",
        "/submission",
        "/eventDate",
        "/dueDate",
        "/late",
        "/representative",
        "/confirmation",
        "/subject",
        "/againstVersion",
        "/decision",
        "/entryNumber",
        "/enteredVersion",
        "/extract",
        "/destructionProvenOn",
    }
)
_CARDS: Final = ("/resourceCard/", "/personalDataSystemCard/")


def told_state(state: CaseState) -> CaseState:
    """The state of a case as it is told outside."""
    return _STATES.get(state, state)


def states_meant(states: Iterable[CaseState]) -> tuple[CaseState, ...]:
    """The states that are told outside as one of `states`."""
    asked = {told_state(each) for each in states}
    return tuple(each for each in CaseState if told_state(each) in asked)


def told_case(case: Case) -> Case:
    """The case as its applicant is told of it."""
    return replace(case, state=told_state(case.state), steps=tuple(_told_step(case, step) for step in case.steps))


def _told_step(case: Case, step: CaseStep) -> CaseStep:
    of_staff = step.actor.startswith(("registrar:", "supervisor:"))
    return replace(
        step,
        actor=OPERATOR if of_staff else step.actor,
        event=None if step.event is None else _EVENTS.get(step.event, step.event),
        from_state=None if step.from_state is None else told_state(step.from_state),
        to_state=told_state(step.to_state),
        reason=_told_reason(case, step),
        changes=tuple(each for each in step.changes if _is_told(each)),
    )


def _told_reason(case: Case, step: CaseStep) -> str | None:
    if step.event is CaseEvent.DECISION_CONFIRMED:
        # What the second person remarked is not the reason of the decision.
        return None if case.decision is None else case.decision.reason
    return step.reason if step.event is None or step.event in REASONS_TOLD else None


def _is_told(change: FieldChange) -> bool:
    return change.path in _FIELDS or change.path.startswith(_CARDS)
