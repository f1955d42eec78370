"""What is published about the cards: every element with its meaning, and the act that asks for it."""

from __future__ import annotations

import re

import pytest

from gateway.contract import cards
from gateway.contract.declare import read_complex
from gateway.contract.model import ComplexType

PARTS = [
    each
    for card in (cards.ResourceCard, cards.PersonalDataSystemCard)
    for each in read_complex(card).types()
    if isinstance(each, ComplexType)
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_element_of_a_card_says_what_it_is_and_who_asks_for_it(part: ComplexType):
    for field in part.fields:
        meaning, source = re.fullmatch(r"(.+) Source: (.+)\.", field.doc).groups()
        assert len(meaning.split()) > 1, field.name
        assert meaning.endswith("."), field.name
        assert re.search(r"Decisions? \d+/2010|the register's own", source), field.name


def test_a_resource_and_a_personal_data_system_share_their_parts():
    assert {part.name for part in PARTS} == {
        "ResourceCard",
        "PersonalDataSystemCard",
        "LegalAct",
        "Contact",
        "ProtectionMeans",
        "ExchangeLink",
        "Relation",
    }
