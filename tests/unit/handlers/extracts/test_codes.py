"""Verification codes: hard to guess, easy to type."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.extracts.codes import ALPHABET, LENGTH, new_code, read_code

CODE = "7KQ2M-XH4RT-9WD6C-PN3VA"


def test_a_code_has_at_least_eighty_bits():
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert LENGTH * log2(len(ALPHABET)) >= 80


@pytest.mark.parametrize("alike", ["0OQD", "1IL", "2Z", "5S", "8B", "UV"])
def test_of_characters_that_look_alike_the_alphabet_has_one(alike):
    assert len(set(alike) & set(ALPHABET) - {"Q", "D"}) <= 1


def test_new_codes_differ_and_use_the_whole_alphabet():
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert set("".join(codes)) == {*ALPHABET, "-"}
    assert all(read_code(code) == code for code in codes)


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        CODE.replace("-", " \u2013 "),
        f"  {CODE}\n",
        "7KQZM-XH4RT-9WD6C-PN3VA",
        "7KQ2M-XH4RT-9WD6C-PN3UA",
    ],
)
def test_small_letters_separators_and_look_alikes_make_no_difference(typed):
    assert read_code(typed) == CODE


@pytest.mark.parametrize("typed", ["", "7KQ2M", CODE + "A", CODE[:-1], CODE.replace("7", "0"), CODE.replace("K", "Ə")])
def test_what_has_not_the_form_of_a_code_is_none(typed):
    assert read_code(typed) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_code_in_its_one_form_or_none(typed):
    found = read_code(typed)
    assert found is None or read_code(found) == found
