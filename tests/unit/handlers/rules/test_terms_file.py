"""The operator's own terms and days."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from handlers.rules.clocks import FirstDay, TermCode, Unit
from handlers.rules.terms_file import TermsError, terms_of

ROW = '[[term]]\ncode = "COMPLETENESS"\nlength = 10\nsource = "Order 12"\nvalid_from = 2027-02-01\n'


def read(text):
    return terms_of(tomllib.loads(text))


def test_a_row_prevails_over_the_one_that_ships_on_its_days_only():
    terms = read(ROW + "valid_to = 2027-12-31\n")
    lengths = [
        terms.term(TermCode.COMPLETENESS, day).length
        for day in (date(2027, 1, 31), date(2027, 2, 1), date(2027, 12, 31), date(2028, 1, 1))
    ]
    assert lengths == [7, 10, 10, 7]
    assert terms.term(TermCode.CORRECTION, date(2027, 3, 1)).length == 7


def test_what_a_row_leaves_out_is_as_before():
    row = read(ROW).term(TermCode.COMPLETENESS, date(2027, 2, 1))
    assert (row.unit, row.first_day, row.warn_percent, row.remind_every) == (
        Unit.WORKING_DAYS, FirstDay.NEXT_DAY, 80, None,
    )  # fmt: skip
    assert (row.az, row.en) == ("Sənədlərin tamlığının yoxlanılması", "Check for completeness")


def test_everything_may_be_said():
    row = read(
        ROW.replace("length = 10", "length = 2")
        + 'unit = "MONTHS"\nfirst_day = "SAME_DAY"\nwarn_percent = 50\nremind_every = 5\naz = "A"\nen = "B"\n'
    ).term(TermCode.COMPLETENESS, date(2027, 2, 1))
    assert (row.length, row.unit, row.first_day, row.warn_percent, row.remind_every, row.az, row.en, row.source) == (
        2, Unit.MONTHS, FirstDay.SAME_DAY, 50, 5, "A", "B", "Order 12",
    )  # fmt: skip
    assert row.due_on(date(2027, 2, 1)) == date(2027, 3, 31)


def test_days_are_taken_off_and_added():
    calendar = read("[calendar]\ndays_off = [2027-03-19]\nworking_days = [2027-03-13]\n").calendar
    assert not calendar.is_working_day(date(2027, 3, 19))
    assert calendar.is_working_day(date(2027, 3, 13))


def test_an_empty_file_changes_nothing():
    assert [own for _, own in read("").rows()] == [False] * 6


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("terms = 1", "terms: not known here; there are: calendar, term"),
        ("term = 1", r"terms must be tables: \[\[term\]\]"),
        ("calendar = 1", "calendar must be a table"),
        ("[calendar]\nholidays = []", "holidays: not known here; there are: days_off, working_days"),
        ('[calendar]\ndays_off = ["2027-03-19"]', "days_off must be a list of days such as"),
        ("[calendar]\ndays_off = [2127-03-19]", "years 1991 to 2099"),
        ("[calendar]\ndays_off = [2027-03-19T10:00:00]", "days_off must be a list of days"),
        ("[calendar]\ndays_off = [2027-03-19]\nworking_days = [2027-03-19]", "2027-03-19: both off and worked"),
        ('[[term]]\ncode = "COMPLETENESS"', r"\[\[term\]\] 1: length is missing"),
        (ROW.replace("COMPLETENESS", "complete"), "code must be one of SUBMISSION, COMPLETENESS"),
        (ROW.replace("10", "0"), "length must be a whole number from 1 to 2500"),
        (ROW.replace("10", "true"), "length must be a whole number"),
        (ROW.replace("10", '"10"'), "length must be a whole number"),
        (ROW + 'unit = "WEEKS"', "unit must be one of CALENDAR_DAYS, MONTHS, WORKING_DAYS"),
        (ROW + "warn_percent = 101", "warn_percent must be a whole number from 1 to 100"),
        (ROW + 'az = ""', "az must be a text in quotes"),
        (ROW.replace('"Order 12"', '" "'), "source must be a text"),
        (ROW.replace("2027-02-01", '"2027-02-01"'), "valid_from must be a day such as 2027-02-01, not in quotes"),
        (ROW + "valid_to = 2027-01-31", "valid_to is before valid_from"),
        (ROW + "lenght = 3", "lenght: not known here"),
        (ROW + ROW, "periods of COMPLETENESS overlap; end the earlier one with valid_to"),
    ],
)
def test_what_will_not_do_is_told_with_what_to_change(text, told):
    with pytest.raises(TermsError, match=told) as error:
        read(text)
    assert error.value.text_az
    assert error.value.text_az != str(error.value)
