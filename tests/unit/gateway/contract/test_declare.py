from __future__ import annotations

from enum import StrEnum

import pytest

from gateway.contract.declare import Shared, enumeration, operation, optional, read_complex
from gateway.contract.spyne_import import Unicode
from gateway.contract.types import Fin


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


def test_an_enumeration_that_leaves_a_value_unexplained_cannot_be_declared():
    with pytest.raises(ValueError, match="Colour"):
        enumeration(Colour, "Colours.", {"RED": "Like blood."})


def test_an_enumeration_keeps_the_order_in_which_its_values_are_defined():
    declared = enumeration(Colour, "Colours.", {"BLUE": "Like the sky.", "RED": "Like blood."})

    class Painted(Shared):
        """Something painted."""

        colour = optional(declared, "Its colour.")

    assert read_complex(Painted).fields[0].type.values == (("RED", "Like blood."), ("BLUE", "Like the sky."))


def test_a_text_without_a_named_and_documented_type_is_refused():
    class Loose(Shared):
        """Something loose."""

        anything = optional(Unicode, "Anything.")

    with pytest.raises(ValueError, match="without a name"):
        read_complex(Loose)


def test_a_request_is_answered_by_the_response_of_its_own_name():
    class Ask(Shared):
        """Asks."""

    class Answer(Shared):
        """Answers."""

    with pytest.raises(ValueError, match="AskResponse"):
        operation("query", Ask, Answer)


def test_a_field_is_read_back_with_the_documentation_of_the_field_and_of_its_type():
    class Holder(Shared):
        """Somebody."""

        fin = optional(Fin, "Whose it is.")

    field = read_complex(Holder).fields[0]
    assert (field.doc, field.least, field.most) == ("Whose it is.", 0, 1)
    assert field.type.doc.startswith("Personal identification number")
    assert field.type.pattern == "[A-HJ-NP-Z0-9]{7}"
