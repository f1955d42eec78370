"""Every field and every value that an extract can show has a name in both languages."""

from __future__ import annotations

import pytest

from gateway.contract.model import ComplexType
from gateway.contract.services import ROOTS
from gateway.extracts.labels import FIELDS, VALUES, field_label

TYPES = list(ROOTS["extract"].types())
STRUCTURES = [each for each in TYPES if isinstance(each, ComplexType)]
CLASSIFIERS = [each for each in TYPES if not isinstance(each, ComplexType) and each.values]


@pytest.mark.parametrize("of", STRUCTURES, ids=lambda of: of.name)
def test_every_field_has_a_label_in_both_languages(of):
    for field in of.fields:
        assert all(field_label(of.name, field.name))


@pytest.mark.parametrize("of", CLASSIFIERS, ids=lambda of: of.name)
def test_every_value_has_words_in_both_languages(of):
    assert set(VALUES[of.name]) == {value for value, _ in of.values}
    assert all(all(words) for words in VALUES[of.name].values())


def test_no_label_is_left_over():
    names = {name for of in STRUCTURES for field in of.fields for name in (field.name, f"{of.name}.{field.name}")}
    assert set(FIELDS) <= names
    assert set(VALUES) == {of.name for of in CLASSIFIERS}
