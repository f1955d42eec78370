"""Two short names are the same when they differ in case, spacing or form only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.registration.model import Register
from handlers.registration.names import folded, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ƏDR", "ədr"),
        ("İNFO", "info"),
        ("ISI", "ısı"),
        ("Vahid  Reyestr ", "vahid reyestr"),
        ("Ö", "O\u0308"),
        ("RES-B", "RES\u200b-B"),
    ],
)
def test_names_that_only_look_different_are_the_same(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("ISI", "İSİ"), ("ƏDR", "EDR"), ("A B", "AB")])
def test_names_of_other_letters_are_others(one, other):
    assert folded(one) != folded(other)


@given(st.text(alphabet="aəıiİIƏ \t", max_size=10))
def test_folding_twice_changes_nothing(name):
    assert folded(folded(name)) == folded(name)


def test_a_name_is_claimed_per_register_and_owner():
    keys = {name_key(register, owner, "X") for register in Register for owner in ("A", "B")}
    assert len(keys) == 4
