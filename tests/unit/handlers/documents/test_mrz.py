"""Machine-readable zones: the specimens of ICAO 9303 are read, and wrong characters are noticed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.documents.mrz import MrzError, MrzFormat, check_digit, parse_mrz
from tests.unit.handlers.documents.examples import TD1, TD2, TD3, passport

TODAY = date(2026, 5, 20)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
VALUE = {character: place for place, character in enumerate(ALPHABET[:-1])} | {"<": 0}


@pytest.mark.parametrize(("zone", "format_"), [(TD1, MrzFormat.TD1), (TD2, MrzFormat.TD2), (TD3, MrzFormat.TD3)])
def test_the_specimens_hold(zone, format_):
    mrz = parse_mrz(zone)
    assert mrz.format is format_
    assert mrz.failed == ()
    assert mrz.issuer == mrz.nationality == "UTO"
    assert (mrz.surname, mrz.names) == ("ERIKSSON", "ANNA MARIA")
    assert mrz.sex == "F"
    assert mrz.birth_date(TODAY) == date(1974, 8, 12)
    assert mrz.expiry_date(TODAY) == date(2012, 4, 15)


def test_the_specimens_name_their_documents():
    assert [parse_mrz(zone).number for zone in (TD1, TD2, TD3)] == ["D23145890", "D23145890", "L898902C3"]
    assert [parse_mrz(zone).document_code for zone in (TD1, TD2, TD3)] == ["I", "I", "P"]
    assert parse_mrz(TD3).optional == ("ZE184226B",)


def test_lines_may_be_run_together_and_small():
    assert parse_mrz(TD3.replace("\n", "").lower()) == parse_mrz(TD3)
    assert parse_mrz(TD3.replace("\n", "\r\n")) == parse_mrz(TD3)


def test_check_digits_of_the_specimen_are_those_of_the_standard():
    assert [check_digit(text) for text in ("L898902C3", "740812", "120415", "ZE184226B<<<<<")] == ["6", "2", "9", "1"]


def test_a_long_number_of_a_td1_goes_on_in_the_optional_data():
    number = "AZE12345678"
    digit = check_digit(number)
    first = f"I<AZE{number[:9]}<{number[9:]}{digit}".ljust(30, "<")
    second = "7408122F1204159AZE".ljust(29, "<")
    composite = check_digit(first[5:] + second[:7] + second[8:15] + second[18:29])
    mrz = parse_mrz(first + second + composite + TD1.splitlines()[2])
    assert mrz.number == number
    assert mrz.failed == ()
    assert mrz.optional == ("", "")


@pytest.mark.parametrize("digit", ["0", "<"])
def test_an_empty_optional_field_may_have_a_zero_or_a_filler(digit):
    lines = passport().splitlines()
    body = lines[1][:42] + digit
    zone = lines[0] + body + check_digit(body[:10] + body[13:20] + body[21:43])
    assert parse_mrz(zone).failed == ()


# Places of each weighted field in the second line of a TD3, and the digit that guards it.
FIELDS = {"number": (0, 9), "birth": (13, 19), "expiry": (21, 27), "optional": (28, 42)}


@given(st.data())
def test_a_wrong_character_in_a_weighted_field_is_noticed_whenever_mathematics_allows(data):
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    start, end = FIELDS[name]
    place = data.draw(st.integers(start, end - 1))
    first, second = TD3.splitlines()
    wrong = data.draw(st.sampled_from([c for c in ALPHABET if (VALUE[c] - VALUE[second[place]]) % 10]))
    mrz = parse_mrz(first + second[:place] + wrong + second[place + 1 :])
    assert name in mrz.failed
    assert "composite" in mrz.failed


@given(st.data())
def test_two_neighbours_that_changed_places_are_noticed_whenever_mathematics_allows(data):
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    start, end = FIELDS[name]
    place = data.draw(st.integers(start, end - 2))
    first, second = TD3.splitlines()
    one, other = second[place], second[place + 1]
    mrz = parse_mrz(first + second[:place] + other + one + second[place + 2 :])
    # Neighbouring weights differ by 2, 4 or 6: only values that differ by a multiple of 5 escape.
    assert (name in mrz.failed) == ((VALUE[one] - VALUE[other]) % 5 != 0)


@pytest.mark.parametrize("place", [9, 19, 27, 42, 43])
def test_every_wrong_check_digit_is_noticed(place):
    first, second = TD3.splitlines()
    for digit in "0123456789":
        if digit != second[place]:
            assert parse_mrz(first + second[:place] + digit + second[place + 1 :]).failed


@pytest.mark.parametrize("zone", [TD1, TD2])
def test_wrong_composite_digits_of_cards_are_noticed(zone):
    run = zone.replace("\n", "")
    place = 59 if len(run) == 90 else 71
    assert parse_mrz(run[:place] + "5" + run[place + 1 :]).failed == ("composite",)


@pytest.mark.parametrize(
    "text", ["", "P<UTO", TD3 + "<", TD3.replace("<", "\u00ab"), "V" + TD3[1:], "\u0410" + TD3[1:]]
)
def test_what_is_no_zone_is_refused(text):
    with pytest.raises(MrzError):
        parse_mrz(text)


@given(st.text(alphabet=ALPHABET, min_size=88, max_size=88))
def test_any_zone_of_the_right_size_is_read_without_an_accident(zone):
    if zone[0] != "V":
        mrz = parse_mrz(zone)
        assert mrz.format is MrzFormat.TD3
        assert (mrz.expiry_date(TODAY) is None) == ("expiry" in mrz.impossible_dates)


@pytest.mark.parametrize(
    ("birth", "expected"),
    [("260520", date(2026, 5, 20)), ("260521", date(1926, 5, 21)), ("000229", date(2000, 2, 29)), ("74<<<<", None)],
)
def test_a_birth_is_never_in_the_future(birth, expected):
    assert parse_mrz(passport(birth=birth)).birth_date(TODAY) == expected


@pytest.mark.parametrize(("expiry", "expected"), [("760101", date(2076, 1, 1)), ("770101", date(1977, 1, 1))])
def test_an_expiry_is_at_most_fifty_years_ahead(expiry, expected):
    assert parse_mrz(passport(expiry=expiry)).expiry_date(TODAY) == expected


def test_impossible_dates_are_named_and_unknown_parts_are_lawful():
    assert parse_mrz(passport(birth="901301", expiry="300230")).impossible_dates == ("birth", "expiry")
    assert parse_mrz(passport(birth="90<<<<")).impossible_dates == ()
