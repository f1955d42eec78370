"""What may become of a case, as a table (domain §2, Cases)."""

from __future__ import annotations

from enum import StrEnum

from handlers.cases.model import CaseState


class CaseEvent(StrEnum):
    """What happens to a case."""

    DRAWN_UP = "DRAWN_UP"
    CONFIRMED = "CONFIRMED"
    RECEIVED = "RECEIVED"


class IllegalTransitionError(Exception):
    """The event cannot happen to a case in that state."""


TRANSITIONS: dict[tuple[CaseState | None, CaseEvent], CaseState] = {
    (None, CaseEvent.DRAWN_UP): CaseState.DRAFT,
    (CaseState.DRAFT, CaseEvent.CONFIRMED): CaseState.CONFIRMED,
    (CaseState.CONFIRMED, CaseEvent.RECEIVED): CaseState.RECEIVED,
}
"""State before (None: no case yet) and event, to the state after. Whatever is not here is illegal."""


def advance(state: CaseState | None, event: CaseEvent) -> CaseState:
    """The state after `event`. Raises `IllegalTransitionError` when the table has no such transition."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransitionError(f"{event} cannot happen to a case in state {state}") from None
