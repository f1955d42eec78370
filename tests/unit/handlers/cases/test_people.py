"""Two names, or one person?"""

from __future__ import annotations

import pytest

from handlers.cases.people import same_person


@pytest.mark.parametrize("other", ["AYSEL", " aysel ", "Aysel", "\uff21\uff39\uff33\uff25\uff2c", "aysel\u00a0"])
def test_a_person_stays_the_same_however_the_name_is_written(other):
    assert same_person("aysel", other)


def test_letters_of_azerbaijani_are_one_whatever_they_are_composed_of_and_whichever_i_it_is():
    assert same_person("G\u00fcn\u0259l \u0130smay\u0131lova", "GU\u0308N\u018fL  ismayilova")


@pytest.mark.parametrize("other", ["leyla", "aysel h", "", None])
def test_another_name_is_another_person(other):
    assert not same_person("aysel", other)


def test_a_cyrillic_letter_that_looks_the_same_makes_no_other_person():
    assert same_person("Leyla", "Leyl\u0430")
