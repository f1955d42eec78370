"""Working days of Azerbaijan, and counting in days, months and working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.calendar import CALENDAR, CalendarError, corrected, months_after
from handlers.rules.clocks import SHIPPED, TERMS, FirstDay, Term, TermCode, Terms, Unit, days_late, due_date

DAYS = st.dates(date(2007, 1, 1), date(2090, 12, 31))


def term(length, unit, **others):
    return Term(code="X", az="a", en="b", source="s", length=length, unit=unit, **others)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 3, 19), True),
        (date(2026, 3, 20), False),  # Novruz and Ramazan begin on one day
        (date(2026, 3, 24), False),
        (date(2026, 3, 25), False),  # Ramazan lay on Novruz, both partly on a weekend: moved
        (date(2026, 3, 30), False),
        (date(2026, 3, 31), True),
        (date(2025, 6, 6), False),  # Qurban, a Friday and a Saturday
        (date(2025, 6, 9), False),  # its Saturday, moved to Monday
        (date(2025, 6, 10), True),
        (date(2024, 6, 17), False),  # Qurban from Sunday on
        (date(2024, 6, 19), False),
        (date(2025, 6, 27), False),  # bridge day by decision of the Cabinet
        (date(2025, 6, 21), True),  # the Saturday that was worked for it
        (date(2025, 3, 10), True),  # moved day that was worked
        (date(2023, 12, 30), True),  # worked in December for a day off in January
        (date(2024, 1, 4), False),
        (date(2026, 1, 20), False),  # mourning
        (date(2026, 11, 10), False),
        (date(2026, 11, 14), False),  # an ordinary Saturday
    ],
)
def test_holidays_moved_days_and_worked_saturdays_are_known(day, worked):
    assert CALENDAR.is_working_day(day) is worked


def test_a_term_over_novruz_counts_no_feast():
    assert due_date(TermCode.COMPLETENESS, date(2026, 3, 18)) == date(2026, 4, 7)
    assert due_date(TermCode.DECISION_RESOURCE, date(2026, 3, 18)) == date(2026, 4, 24)


def test_the_operator_names_days_that_the_library_cannot_know():
    ours = corrected([date(2026, 12, 30)], [date(2026, 12, 26)])
    assert not ours.is_working_day(date(2026, 12, 30))
    assert ours.is_working_day(date(2026, 12, 26))
    before = TERMS.due_date(TermCode.COMPLETENESS, date(2026, 12, 25))
    assert Terms(calendar=corrected([date(2026, 12, 30)], [])).due_date(
        TermCode.COMPLETENESS, date(2026, 12, 25)
    ) == CALENDAR.after(before, 1)


def test_feasts_whose_day_is_only_estimated_are_told_until_the_operator_names_the_day():
    assert date(2027, 3, 9) in CALENDAR.estimated(2027)
    assert CALENDAR.estimated(2026) == ()
    assert date(2027, 3, 9) not in corrected([], [date(2027, 3, 9)]).estimated(2027)


@pytest.mark.parametrize("year", [1990, 2100])
def test_a_year_that_is_not_known_is_an_error_and_no_guess(year):
    with pytest.raises(CalendarError, match=f"working days of {year} are not known; they are for 1991 to 2099") as told:
        CALENDAR.after(date(year, 6, 1), 3)
    assert str(year) in told.value.text_az


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 2, 28), 1, date(2026, 3, 28)),
        (date(2026, 11, 15), 14, date(2028, 1, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_a_month_ends_on_its_day_or_on_the_last_day(start, months, end):
    assert months_after(start, months) == end
    assert term(months, Unit.MONTHS).due_on(start) == end


def test_the_first_day_may_be_that_of_the_event():
    same = FirstDay.SAME_DAY
    assert term(1, Unit.MONTHS, first_day=same).due_on(date(2026, 3, 1)) == date(2026, 3, 31)
    assert term(3, Unit.CALENDAR_DAYS, first_day=same).due_on(date(2026, 3, 1)) == date(2026, 3, 3)
    assert term(1, Unit.WORKING_DAYS, first_day=same).due_on(date(2026, 3, 19)) == date(2026, 3, 19)
    assert term(1, Unit.WORKING_DAYS).due_on(date(2026, 3, 19)) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("row", "start", "warned"),
    [
        (term(7, Unit.WORKING_DAYS), date(2026, 2, 2), date(2026, 2, 10)),  # the sixth of seven
        (term(20, Unit.CALENDAR_DAYS), date(2026, 2, 2), date(2026, 2, 18)),  # the sixteenth
        (term(1, Unit.MONTHS), date(2026, 2, 2), date(2026, 2, 25)),  # the 23rd of 28 days
        (term(1, Unit.WORKING_DAYS), date(2026, 2, 2), date(2026, 2, 3)),
        (term(7, Unit.WORKING_DAYS, warn_percent=100), date(2026, 2, 2), date(2026, 2, 11)),
    ],
)
def test_the_warning_falls_on_the_day_that_uses_up_four_fifths(row, start, warned):
    assert row.warn_on(start) == warned


def test_lateness_is_told_in_calendar_days():
    due = due_date(TermCode.SUBMISSION, date(2026, 2, 20))
    assert [days_late(due, due + timedelta(days=n)) for n in (-3, 0, 1, 40)] == [0, 0, 1, 40]


ROWS = st.builds(
    term,
    st.integers(1, 30),
    st.sampled_from(Unit),
    first_day=st.sampled_from(FirstDay),
    warn_percent=st.integers(1, 100),
)


@given(ROWS, DAYS)
def test_a_warning_comes_within_the_term(row, start):
    earliest = start if row.first_day is FirstDay.SAME_DAY else start + timedelta(days=1)
    assert earliest <= row.warn_on(start) <= row.due_on(start)


@given(st.integers(1, 30), DAYS, st.sampled_from(FirstDay))
def test_a_term_in_working_days_never_ends_on_a_day_off(length, start, first_day):
    row = term(length, Unit.WORKING_DAYS, first_day=first_day)
    due = row.due_on(start)
    assert CALENDAR.is_working_day(due)
    assert CALENDAR.is_working_day(row.warn_on(start))
    counted_from = start if first_day is FirstDay.NEXT_DAY else start - timedelta(days=1)
    assert CALENDAR.between(counted_from, due) == length


@given(ROWS, DAYS, st.integers(0, 400))
def test_what_begins_later_is_never_due_earlier(row, start, days):
    assert row.due_on(start) <= row.due_on(start + timedelta(days=days))


@given(ROWS, DAYS, DAYS, st.integers(0, 60))
def test_days_left_are_those_that_are_counted(row, day, due, days):
    assert (row.days_left(due, due)) == 0
    assert row.days_left(due - timedelta(days=days), due) == -row.days_left(due, due - timedelta(days=days))


@given(ROWS, DAYS, st.integers(0, 60), st.integers(0, 60))
def test_standing_still_moves_the_due_day_by_the_days_of_standing_still(row, start, before, still):
    due = row.due_on(start)
    stopped = due - timedelta(days=min(before, (due - start).days))
    resumed = stopped + timedelta(days=still)
    moved = row.moved(due, stopped, resumed)
    if row.unit is Unit.WORKING_DAYS:
        assert CALENDAR.between(due, moved) == CALENDAR.between(stopped, resumed)
        assert CALENDAR.is_working_day(moved)
    else:
        assert moved - due == timedelta(days=still)
    # As many days are left on the day of resumption as there were when it stopped.
    assert row.days_left(resumed, moved) == row.days_left(stopped, due)


@given(st.sampled_from(TermCode), st.dates(date(1995, 1, 1), date(2098, 1, 1)))
def test_every_term_has_a_row_for_every_day(code, day):
    assert SHIPPED.find(code, day) is TERMS.term(code, day)
    assert TERMS.due_date(code, day) > day
