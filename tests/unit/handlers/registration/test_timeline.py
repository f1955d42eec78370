"""Bitemporal rows give back what a slow model of the same statements gives back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.registration.timeline import Period, revise

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 12


def day(number):
    return START + timedelta(days=number)


@dataclass
class Row:
    period: Period
    content: int
    recorded_from: int
    recorded_to: int | None = None


def say(rows, period, content, now):
    """What the store does, on a list."""
    said = [index for index, row in enumerate(rows) if row.recorded_to is None]
    revision = revise(said, period, key=lambda index: index, period=lambda index: rows[index].period)
    for index in revision.closed:
        rows[index].recorded_to = now
    rows.extend(Row(rest, rows[index].content, now) for index, rest in revision.kept)
    rows.append(Row(period, content, now))


def found(rows, as_of, known):
    return [
        row.content
        for row in rows
        if row.period.start <= as_of
        and (row.period.end is None or as_of < row.period.end)
        and row.recorded_from <= known
        and (row.recorded_to is None or known < row.recorded_to)
    ]


def model(statements, as_of, known):
    """The last statement made by then about that moment."""
    told = [
        content
        for now, (period, content) in enumerate(statements)
        if now <= known and period.start <= as_of and (period.end is None or as_of < period.end)
    ]
    return told[-1:]


@st.composite
def periods(draw):
    start = draw(st.integers(0, DAYS))
    end = draw(st.none() | st.integers(start + 1, DAYS + 1))
    return Period(day(start), None if end is None else day(end))


@given(st.lists(st.tuples(periods(), st.integers()), max_size=8))
def test_rows_say_at_every_moment_what_was_last_said_of_it(statements):
    rows: list[Row] = []
    for now, (period, content) in enumerate(statements):
        say(rows, period, content, now)
    for known in range(len(statements)):
        for number in range(DAYS + 2):
            assert found(rows, day(number), known) == model(statements, day(number), known)


@given(st.lists(st.tuples(periods(), st.integers()), max_size=8))
def test_rows_said_at_present_never_overlap(statements):
    rows: list[Row] = []
    for now, (period, content) in enumerate(statements):
        say(rows, period, content, now)
    present = [row.period for row in rows if row.recorded_to is None]
    assert not any(one.overlaps(other) for one in present for other in present if one is not other)


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="ends after it begins"):
        Period(day(1), day(1))
