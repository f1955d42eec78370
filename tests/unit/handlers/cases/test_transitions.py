"""A case moves only as its table allows."""

from __future__ import annotations

from itertools import product

import pytest

from handlers.cases.model import CaseState
from handlers.cases.queries import get_case
from handlers.cases.transitions import TRANSITIONS, CaseEvent, IllegalTransitionError, advance


def test_a_case_is_drawn_up_confirmed_and_received():
    state = None
    for event in (CaseEvent.DRAWN_UP, CaseEvent.CONFIRMED, CaseEvent.RECEIVED):
        state = advance(state, event)
    assert state is CaseState.RECEIVED


@pytest.mark.parametrize(
    ("state", "event"), [pair for pair in product([None, *CaseState], CaseEvent) if pair not in TRANSITIONS]
)
def test_everything_that_is_not_in_the_table_is_illegal(state, event):
    with pytest.raises(IllegalTransitionError):
        advance(state, event)


def test_every_state_can_be_reached():
    assert set(TRANSITIONS.values()) == set(CaseState)


def test_a_case_must_be_asked_for_by_something():
    with pytest.raises(ValueError, match="number or its tracking id"):
        get_case(None, "JUSTICE")
