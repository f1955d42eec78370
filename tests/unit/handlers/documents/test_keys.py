"""Case, spaces and hyphens do not matter; every other difference does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.documents.keys import LOOK_ALIKES, document_number, is_readable, look_alikes, normalised

numbers = st.text(alphabet="ABCXYZ0123456789", min_size=1, max_size=12)
noise = st.sampled_from([" ", "-", "\u2013", "\u00a0", "\u200b", "\t", ""])


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text):
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=30))
def test_ascii_and_other_texts_go_the_same_way(text):
    assert normalised(text) + "Ə" == normalised(text + "ə")


@given(numbers, st.lists(noise, min_size=13, max_size=13), st.booleans())
def test_noise_and_case_do_not_matter(number, between, lower):
    typed = "".join(mark + letter for mark, letter in zip(between, number, strict=False)) + between[-1]
    assert normalised(typed.lower() if lower else typed) == number


@given(numbers, numbers)
def test_different_numbers_stay_different(one, other):
    assert (normalised(one) == normalised(other)) == (one == other)


@given(numbers, st.integers(0, 12))
def test_it_does_not_matter_where_the_series_ends(number, cut):
    assert document_number(number[:cut], number[cut:]) == document_number(None, number)


def test_letters_that_only_look_latin_are_kept_and_named():
    typed = "\u0430a1234567"
    assert normalised(typed) == "\u0410A1234567"
    assert normalised(typed) != normalised("aa1234567")
    assert look_alikes(normalised(typed)) == "U+0410"


def test_latin_letters_and_digits_are_no_look_alikes():
    assert look_alikes("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
    assert not any(letter.isascii() for letter in LOOK_ALIKES)


@pytest.mark.parametrize(
    ("number", "readable"), [("AA1234567", True), ("", False), ("AA/1", False), ("1" * 32, True), ("1" * 33, False)]
)
def test_numbers_are_letters_and_digits_of_a_sensible_length(number, readable):
    assert is_readable(number) is readable
