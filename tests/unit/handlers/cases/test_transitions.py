"""A case moves only as its table allows."""

from __future__ import annotations

from itertools import product

import pytest

from handlers.cases.effects import EFFECTS
from handlers.cases.guards import GUARDS
from handlers.cases.model import CaseEvent, CaseState, Role
from handlers.cases.queries import get_case
from handlers.cases.transitions import OF_EVERY_STEP, OPEN, TRANSITIONS, Effect, Guard, IllegalTransitionError, advance
from handlers.notices.model import NoticeKind

IN_TABLE = {(state, row.event) for row in TRANSITIONS for state in row.before}


@pytest.mark.parametrize(
    ("events", "end"),
    [
        ("DRAWN_UP CONFIRMED RECEIVED", "RECEIVED"),
        ("DRAWN_UP CONFIRMED RECEIVED TAKEN FOUND_COMPLETE DECIDED ENTERED OWNER_INFORMED ARCHIVED", "ARCHIVED"),
        ("DRAWN_UP CONFIRMED RECEIVED TAKEN RETURNED RESUBMITTED TAKEN", "COMPLETENESS_CHECK"),
        (
            (
                "DRAWN_UP CONFIRMED RECEIVED TAKEN FOUND_COMPLETE DECISION_PROPOSED SENT_BACK DECISION_PROPOSED "
                "DECISION_CONFIRMED OWNER_INFORMED ARCHIVED"
            ),
            "ARCHIVED",
        ),
        ("DRAWN_UP CONFIRMED RECEIVED TAKEN RETURNED DECIDED", "DECIDED"),
        ("DRAWN_UP CONFIRMED RECEIVED TAKEN HANDED_OVER WITHDRAWN", "WITHDRAWN"),
    ],
)
def test_the_ways_of_the_clerical_work(events, end):
    state = None
    for event in events.split():
        state = advance(state, CaseEvent(event))
    assert state is CaseState(end)


@pytest.mark.parametrize(
    ("state", "event"), [pair for pair in product([None, *CaseState], CaseEvent) if pair not in IN_TABLE]
)
def test_everything_that_is_not_in_the_table_is_illegal(state, event):
    with pytest.raises(IllegalTransitionError):
        advance(state, event)


def test_no_event_means_two_things_in_one_state():
    pairs = [(state, row.event) for row in TRANSITIONS for state in row.before]
    assert len(pairs) == len(set(pairs))


def test_every_state_can_be_reached():
    assert {row.leads_to(state) for row in TRANSITIONS for state in row.before} == set(CaseState)


def test_something_can_happen_in_every_open_state_and_in_no_other_one_after_receipt():
    early = {None, CaseState.DRAFT, CaseState.CONFIRMED}
    assert {state for state, _ in IN_TABLE} - early == OPEN


def test_every_guard_and_effect_of_the_table_is_there_and_none_is_idle():
    assert {guard for row in TRANSITIONS for guard in (*OF_EVERY_STEP, *row.guards)} == set(Guard) == set(GUARDS)
    assert {effect for row in TRANSITIONS for effect in row.effects} == set(Effect) == set(EFFECTS)


def test_every_step_from_the_receipt_on_is_told_to_the_owner_by_a_notice_of_its_own():
    told = [row.notice for row in TRANSITIONS if row.event not in (CaseEvent.DRAWN_UP, CaseEvent.CONFIRMED)]
    assert all(isinstance(kind, NoticeKind) for kind in told)


def test_refusals_and_cancellations_are_confirmed_by_supervisors_only():
    confirming = [row for row in TRANSITIONS if row.event in (CaseEvent.DECISION_CONFIRMED, CaseEvent.SENT_BACK)]
    assert all(row.who == {Role.SUPERVISOR} and Guard.SECOND_PERSON in row.guards for row in confirming)


def test_a_case_must_be_asked_for_by_something():
    with pytest.raises(ValueError, match="number or its tracking id"):
        get_case(None, "JUSTICE")
