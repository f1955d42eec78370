"""The clocks of a case, read from its history."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.cases.clock_model import Stop
from handlers.cases.clocks import CLOCKS, correction_overdue, deadlines, read_clocks
from handlers.cases.model import Case, CaseEvent, CaseState, CaseStep, CaseType
from handlers.cases.transitions import OPEN, TRANSITIONS
from handlers.registration.model import ConfirmationMethod, Register
from handlers.rules.calendar import CALENDAR, corrected
from handlers.rules.clocks import TermCode, Terms
from handlers.rules.terms_file import terms_of

RESOURCE, PERSONAL = Register.INFORMATION_RESOURCES, Register.PERSONAL_DATA_SYSTEMS
MONDAY = date(2026, 2, 2)
"""Five weeks without a holiday begin here."""


def case(*history, register=RESOURCE, type_=CaseType.REGISTRATION):
    """A case with these events, each with its day (noon in Baku); states follow from the table."""
    state = CaseState.CONFIRMED
    steps = []
    for sequence, (event, day) in enumerate(history, start=1):
        state = next(each for each in TRANSITIONS if each.event is event and state in each.before).leads_to(state)
        at = datetime.combine(day, time(8), UTC)
        steps.append(CaseStep(sequence=sequence, at=at, actor="operator", event=event, to_state=state))
    return Case(
        number="2026/IR-000001",
        tracking_id="t-1",
        type=type_,
        register=register,
        state=state,
        applicant="MIA",
        representative="5ABC12D",
        confirmation=ConfirmationMethod.XADES,
        subject="one",
        received_at=steps[0].at,
        event_date=history[0][1],
        due_date=history[0][1] + timedelta(days=20),
        late=False,
        steps=tuple(steps),
    )


def day(n):
    return MONDAY + timedelta(days=n)


def clocks(of, **others):
    return {(each.code, each.round): each for each in read_clocks(of, **others)}


RECEIVED, TAKEN, COMPLETE = CaseEvent.RECEIVED, CaseEvent.TAKEN, CaseEvent.FOUND_COMPLETE
RETURNED, RESUBMITTED, DECIDED = CaseEvent.RETURNED, CaseEvent.RESUBMITTED, CaseEvent.DECIDED


def test_a_new_case_has_the_clock_of_the_check_and_that_of_the_decision():
    found = read_clocks(case((RECEIVED, MONDAY)))
    assert [(each.code, each.started_on, each.due_on, each.warn_on) for each in found] == [
        (TermCode.COMPLETENESS, MONDAY, date(2026, 2, 11), date(2026, 2, 10)),
        (TermCode.DECISION_RESOURCE, MONDAY, date(2026, 3, 2), date(2026, 2, 24)),
    ]
    assert deadlines(found) == {"check_by": "2026-02-11", "decide_by": "2026-03-02"}


def test_a_personal_data_system_is_decided_within_a_month():
    found = clocks(case((RECEIVED, date(2026, 1, 31)), register=PERSONAL))
    assert found[TermCode.DECISION_PERSONAL_DATA, 1].due_on == date(2026, 2, 28)


@pytest.mark.parametrize("last", [COMPLETE, RETURNED])
def test_the_check_ends_with_its_outcome(last):
    check = clocks(case((RECEIVED, MONDAY), (TAKEN, day(1)), (last, day(3))))[TermCode.COMPLETENESS, 1]
    assert check.ended_on == day(3)
    assert check.days_left(day(3)) is None
    assert not check.breached(day(300))


def test_while_the_case_is_returned_the_decision_stands_still_and_the_correction_runs():
    returned = case((RECEIVED, MONDAY), (TAKEN, day(1)), (RETURNED, day(3)))
    found = clocks(returned)
    decision, correction = found[TermCode.DECISION_RESOURCE, 1], found[TermCode.CORRECTION, 1]
    assert decision.stops == (Stop(since=day(3)),)
    assert not decision.is_running
    assert decision.days_left(day(3)) == decision.days_left(day(200)) == 17
    assert not decision.breached(day(200))
    assert correction.started_on == day(3)
    assert correction.due_on == date(2026, 2, 16)
    assert deadlines(found.values()) == {"correct_by": "2026-02-16"}


def test_after_the_correction_the_decision_goes_on_and_a_new_check_begins():
    found = clocks(case((RECEIVED, MONDAY), (TAKEN, day(1)), (RETURNED, day(3)), (RESUBMITTED, day(10))))
    decision = found[TermCode.DECISION_RESOURCE, 1]
    assert decision.stops == (Stop(since=day(3), until=day(10)),)
    assert decision.due_on == date(2026, 3, 10)  # five working days later; 9 March is moved from Sunday the 8th
    assert found[TermCode.CORRECTION, 1].ended_on == day(10)
    assert found[TermCode.COMPLETENESS, 2].started_on == day(10)
    assert found[TermCode.COMPLETENESS, 2].due_on == date(2026, 2, 23)


def test_a_return_on_the_last_day_is_in_time_and_one_after_it_changes_nothing():
    last = date(2026, 3, 2)
    history = [(RECEIVED, MONDAY), (TAKEN, day(1)), (COMPLETE, day(2))]
    in_time = clocks(case(*history, (RETURNED, last), (RESUBMITTED, date(2026, 3, 5))))
    assert in_time[TermCode.DECISION_RESOURCE, 1].due_on == date(2026, 3, 5)
    too_late = clocks(case(*history, (RETURNED, date(2026, 3, 3)), (RESUBMITTED, date(2026, 3, 5))))
    assert too_late[TermCode.DECISION_RESOURCE, 1].due_on == last
    assert too_late[TermCode.DECISION_RESOURCE, 1].breached(date(2026, 3, 3))


@pytest.mark.parametrize("decided", [date(2026, 3, 2), date(2026, 3, 3)])
def test_a_decision_is_breached_when_it_was_made_after_its_last_day(decided):
    decision = clocks(case((RECEIVED, MONDAY), (TAKEN, day(1)), (COMPLETE, day(2)), (DECIDED, decided)))
    clock = decision[TermCode.DECISION_RESOURCE, 1]
    assert clock.ended_on == decided
    assert clock.breached(day(900)) is (decided > clock.due_on)
    assert clock.breached_on(day(900)) == (date(2026, 3, 3) if decided > clock.due_on else None)


def test_withdrawal_ends_every_clock_also_of_a_returned_case():
    gone = case((RECEIVED, MONDAY), (TAKEN, day(1)), (RETURNED, day(3)), (CaseEvent.WITHDRAWN, day(30)))
    assert {each.ended_on for each in read_clocks(gone)} == {day(3), day(30)}
    assert not clocks(gone)[TermCode.DECISION_RESOURCE, 1].breached(day(900))
    assert clocks(gone)[TermCode.CORRECTION, 1].breached(day(900))


def test_a_second_review_and_being_sent_back_leave_the_decision_running():
    history = [
        (RECEIVED, MONDAY), (TAKEN, day(1)), (COMPLETE, day(2)), (CaseEvent.DECISION_PROPOSED, day(3)),
        (CaseEvent.SENT_BACK, day(4)), (CaseEvent.DECISION_PROPOSED, day(5)),
    ]  # fmt: skip
    assert clocks(case(*history))[TermCode.DECISION_RESOURCE, 1].is_running
    confirmed = clocks(case(*history, (CaseEvent.DECISION_CONFIRMED, day(8))))
    assert confirmed[TermCode.DECISION_RESOURCE, 1].ended_on == day(8)


def test_a_cancellation_owes_the_proof_of_destruction_until_it_is_filed():
    history = [
        (RECEIVED, MONDAY), (TAKEN, MONDAY), (COMPLETE, MONDAY), (CaseEvent.DECISION_PROPOSED, MONDAY),
        (CaseEvent.DECISION_CONFIRMED, day(1)), (CaseEvent.ENTERED, day(1)), (CaseEvent.OWNER_INFORMED, day(4)),
    ]  # fmt: skip
    owing = clocks(case(*history, type_=CaseType.CANCELLATION))[TermCode.DESTRUCTION, 1]
    assert (owing.started_on, owing.due_on, owing.warn_on) == (day(1), day(31), day(25))
    assert owing.is_running
    proven = case(*history, (CaseEvent.DESTRUCTION_PROVEN, day(20)), type_=CaseType.CANCELLATION)
    assert clocks(proven)[TermCode.DESTRUCTION, 1].ended_on == day(20)
    assert (TermCode.DESTRUCTION, 1) not in clocks(case(*history, type_=CaseType.CHANGE))


def test_only_a_correction_that_is_overdue_lets_the_clerk_dismiss():
    returned = case((RECEIVED, MONDAY), (TAKEN, day(1)), (RETURNED, day(3)))
    assert not correction_overdue(returned, date(2026, 2, 16))
    assert correction_overdue(returned, date(2026, 2, 17))
    again = case((RECEIVED, MONDAY), (TAKEN, day(1)), (RETURNED, day(3)), (RESUBMITTED, date(2026, 2, 18)))
    assert not correction_overdue(again, date(2027, 1, 1))


def test_a_clock_runs_by_the_term_of_the_day_on_which_it_began():
    row = {"code": "COMPLETENESS", "length": 3, "source": "x", "valid_from": day(2)}
    terms = terms_of({"term": [row]})
    assert clocks(case((RECEIVED, day(1))), terms=terms)[TermCode.COMPLETENESS, 1].due_on == date(2026, 2, 12)
    assert clocks(case((RECEIVED, day(2))), terms=terms)[TermCode.COMPLETENESS, 1].due_on == date(2026, 2, 9)


def test_histories_from_before_events_were_kept_have_their_clocks():
    old = case((RECEIVED, MONDAY))
    old = replace(old, steps=tuple(replace(step, event=None) for step in old.steps))
    assert [each.code for each in read_clocks(old)] == [TermCode.COMPLETENESS, TermCode.DECISION_RESOURCE]


def test_every_case_that_waits_for_somebody_before_its_decision_has_a_clock_that_runs():
    """Over every history of the table up to six steps: nothing undecided is ever without a running clock."""
    seen = set()

    def walk(history, state):
        of = case(*((event, day(n)) for n, event in enumerate(history)))
        if state in OPEN - {CaseState.DECIDED, CaseState.ENTERED, CaseState.OWNER_INFORMED}:
            assert any(each.is_running for each in read_clocks(of)), history
            seen.add(state)
        if len(history) < 6:
            for row in TRANSITIONS:
                if state in row.before:
                    walk((*history, row.event), row.leads_to(state))

    walk((RECEIVED,), CaseState.RECEIVED)
    assert len(seen) == 6


def test_the_table_speaks_of_each_clock_once_for_each_register_and_type():
    for register in Register:
        for type_ in CaseType:
            of = case((RECEIVED, MONDAY), register=register, type_=type_)
            codes = [rule.code for rule in CLOCKS if rule.applies_to(of)]
            assert len(codes) == len(set(codes))


GAPS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 40)), min_size=0, max_size=4)


def played(start, gaps):
    """A case returned and resubmitted as `gaps` say: days in work, days at the applicant's."""
    history = [(RECEIVED, start), (TAKEN, start)]
    now = start
    for work, away in gaps:
        now += timedelta(days=work)
        history.append((RETURNED, now))
        now += timedelta(days=away)
        history += [(RESUBMITTED, now), (TAKEN, now)]
    return history


@given(st.dates(date(2010, 1, 1), date(2026, 12, 31)), GAPS, st.sampled_from(Register))
def test_standing_still_moves_the_due_day_by_as_many_days(start, gaps, register):
    plain = read_clocks(case((RECEIVED, start), register=register))[1]
    moved = next(
        each
        for each in read_clocks(case(*played(start, gaps), register=register))
        if each.code.value.startswith("DECISION")
    )
    in_time = [stop for stop in moved.stops if stop.since <= moved.due_on]
    if register is RESOURCE:
        assert CALENDAR.between(plain.due_on, moved.due_on) == sum(
            CALENDAR.between(stop.since, stop.until) for stop in in_time
        )
        assert CALENDAR.is_working_day(moved.due_on)
    else:
        assert moved.due_on - plain.due_on == sum((stop.until - stop.since for stop in in_time), timedelta())
    assert start <= plain.warn_on <= moved.warn_on <= moved.due_on


@given(st.dates(date(2010, 1, 1), date(2026, 12, 31)), GAPS, st.integers(0, 30))
def test_reading_more_of_a_history_never_brings_a_due_day_nearer(start, gaps, cut):
    history = played(start, gaps)
    before = clocks(case(*history[: 1 + cut % len(history)]))
    after = clocks(case(*history))
    for key, clock in before.items():
        assert after[key].due_on >= clock.due_on
        assert after[key].started_on == clock.started_on
        if clock.ended_on is not None:
            assert after[key] == clock


@given(st.dates(date(2010, 1, 1), date(2026, 12, 31)), GAPS, st.integers(0, 200))
def test_days_are_left_exactly_until_the_term_is_breached(start, gaps, later):
    today = start + timedelta(days=later)
    for clock in read_clocks(case(*played(start, gaps))):
        left = clock.days_left(today)
        assert (left is None) is (clock.ended_on is not None)
        if left is not None and CALENDAR.is_working_day(today):
            assert clock.breached(today) is (left < 0)


def test_a_further_day_off_puts_the_due_day_off():
    terms = Terms(calendar=corrected([day(4)], []))
    assert clocks(case((RECEIVED, MONDAY)), terms=terms)[TermCode.COMPLETENESS, 1].due_on == date(2026, 2, 12)
