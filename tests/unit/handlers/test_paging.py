"""Cursors: what was given is taken back, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.cases.criteria import CaseCriteria
from handlers.paging import MAX_PAGE, PAGE, CursorError, page_size, read_cursor, write_cursor
from handlers.registration.criteria import EntryCriteria

CRITERIA = EntryCriteria(owner="JUSTICE")
CURSOR = write_cursor("entries", CRITERIA, 10**12 + 77)


def read(cursor, listing="entries", criteria=CRITERIA, key=int):
    return read_cursor(cursor, listing, criteria, key)


def test_a_cursor_gives_back_the_row_it_was_given_for():
    assert read(CURSOR) == 10**12 + 77


@pytest.mark.parametrize(
    "spoilt",
    [CURSOR[:-1], CURSOR + "A", "A" + CURSOR[1:], CURSOR.swapcase(), "", "ə", "-" * 400, CURSOR + "=", f" {CURSOR}"],
)
def test_a_malformed_cursor_is_refused(spoilt):
    with pytest.raises(CursorError):
        read(spoilt)


@given(st.text(alphabet="ABCDEFGHabcdefgh0123456789_-", max_size=60))
def test_nothing_made_up_is_taken_for_a_cursor(made_up):
    with pytest.raises(CursorError):
        read(made_up)


def test_a_cursor_is_good_for_its_own_question_only():
    for others in (
        {"criteria": EntryCriteria(owner="INTERIOR")},
        {"criteria": EntryCriteria(owner="JUSTICE", text="a")},
        {"listing": "cases"},
        {"listing": "cases", "criteria": CaseCriteria(applicant="JUSTICE")},
    ):
        with pytest.raises(CursorError, match="another question"):
            read(CURSOR, **others)


def test_a_key_of_another_form_is_refused():
    with pytest.raises(CursorError):
        read(CURSOR, key=str)


@pytest.mark.parametrize(("wanted", "size"), [(None, PAGE), (1, 1), (100, MAX_PAGE), (0, 1), (101, MAX_PAGE)])
def test_a_page_has_one_to_a_hundred_rows(wanted, size):
    assert page_size(wanted) == size
