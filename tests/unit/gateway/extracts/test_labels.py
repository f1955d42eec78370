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
        label = field_label(of.name, field.name)
        assert label.az
        assert label.en


@pytest.mark.parametrize("of", CLASSIFIERS, ids=lambda of: of.name)
def test_every_value_has_words_in_both_languages(of):
    assert set(VALUES[of.name]) >= {value for value, _ in of.values}
    assert all(words.az and words.en for words in VALUES[of.name].values())


def test_no_label_of_an_extract_is_left_over():
    assert set(FIELDS) <= {field.name for field in ROOTS["extract"].fields}
