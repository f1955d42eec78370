"""The difference of two cards names every field that differs, and no other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.registration.difference import FieldChange, difference
from tests.unit.handlers.registration.examples import LAW, RESOURCE


def test_equal_cards_have_no_difference():
    assert difference(RESOURCE, replace(RESOURCE)) == ()


def test_a_changed_text_is_told_with_both_values():
    changed = replace(RESOURCE, name="Yeni ad")
    assert difference(RESOURCE, changed) == (
        FieldChange(path="/name", before='"Əhalinin Dövlət Reyestri"', after='"Yeni ad"'),
    )


def test_a_field_that_came_or_went_is_absent_on_one_side():
    with_operator = replace(RESOURCE, operator="DPC")
    assert difference(RESOURCE, with_operator) == (FieldChange(path="/operator", after='"DPC"'),)
    assert difference(with_operator, RESOURCE) == (FieldChange(path="/operator", before='"DPC"'),)


def test_an_item_put_in_front_moves_no_other():
    before, after = replace(RESOURCE, topics=("a", "b")), replace(RESOURCE, topics=("x", "a", "b"))
    assert difference(before, after) == (FieldChange(path="/topics[1]", after='"x"'),)


def test_a_change_inside_an_item_is_told_at_its_field():
    changed = replace(RESOURCE, legal_acts=(replace(LAW, title="Başqa"),))
    assert [change.path for change in difference(RESOURCE, changed)] == ["/legalActs[1]/title"]


topics = st.lists(st.sampled_from("abc"), max_size=6).map(tuple)


@given(topics, topics)
def test_lists_differ_exactly_when_there_is_a_difference(one, other):
    changes = difference(replace(RESOURCE, topics=one), replace(RESOURCE, topics=other))
    assert bool(changes) == (one != other)
    grown = sum(change.before is None for change in changes) - sum(change.after is None for change in changes)
    assert grown == len(other) - len(one)
