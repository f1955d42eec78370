"""Classifiers, terms, numbers and grounds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.registration.model import LegalActType, Register
from handlers.rules.classifiers import (
    COUNTRIES,
    DOCUMENT_ISSUERS,
    DOCUMENT_TYPES,
    FIN_PATTERN,
    LEGAL_ACT_TYPES,
    PURPOSES,
    REASONS,
)
from handlers.rules.clocks import TermCode, civil_day, due_date, is_late
from handlers.rules.effective import Classifier, ClassifierRow
from handlers.rules.grounds import GroundCode, ground
from handlers.rules.numbering import entry_number, incoming_number, is_entry_number

DAY = date(2026, 5, 20)


def row(first, last=None):
    return ClassifierRow(code="X", az="a", en="b", valid_from=first, valid_to=last)


def test_a_code_holds_from_its_first_to_its_last_day():
    classifier = Classifier("test", [row(date(2020, 1, 1), date(2020, 12, 31))])
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31), date(2021, 1, 1)]
    assert [classifier.find("X", day) is not None for day in days] == [False, True, True, False]


def test_a_code_may_be_brought_back():
    classifier = Classifier("test", [row(date(2020, 1, 1), date(2020, 12, 31)), row(date(2022, 1, 1))])
    assert classifier.codes(date(2021, 6, 1)) == frozenset()
    assert classifier.codes(date(2022, 6, 1)) == {"X"}


@pytest.mark.parametrize("last", [None, date(2022, 1, 1)])
def test_two_rows_of_a_code_never_hold_on_one_day(last):
    with pytest.raises(ValueError, match="periods of X overlap"):
        Classifier("test", [row(date(2020, 1, 1), last), row(date(2022, 1, 1))])


@pytest.mark.parametrize("classifier", [DOCUMENT_TYPES, REASONS, PURPOSES, DOCUMENT_ISSUERS, LEGAL_ACT_TYPES])
def test_every_code_is_named_in_both_languages(classifier):
    rows = list(classifier)
    assert rows
    assert all(row.az.strip() and row.en.strip() for row in rows)


def test_the_countries_are_those_of_iso_3166():
    codes = COUNTRIES.codes(DAY)
    assert len(codes) == 249
    assert {"AZE", "TUR", "DEU"} <= codes
    assert "UTO" not in DOCUMENT_ISSUERS.codes(DAY)


def test_the_reasons_are_those_of_the_register_and_found_is_none():
    codes = REASONS.codes(DAY)
    assert len(codes) == 23
    assert {"LOST", "STOLEN", "COURT_ANNULLED", "TEMPORARILY_TAKEN"} <= codes
    assert "FOUND" not in codes


def test_every_legal_act_type_is_named():
    assert LEGAL_ACT_TYPES.codes(DAY) == set(LegalActType)


@pytest.mark.parametrize(
    ("type_", "number", "good"),
    [
        ("IDENTITY_CARD", "AZE12345678", True),
        ("IDENTITY_CARD", "AA1234567", True),
        ("IDENTITY_CARD", "AB1234567", False),
        ("IDENTITY_CARD", "AZE1234567", False),
        ("PASSPORT", "C01234567", True),
        ("PASSPORT", "C0123456", False),
    ],
)
def test_number_forms(type_, number, good):
    pattern = DOCUMENT_TYPES.find(type_, DAY).number_pattern
    assert bool(re.fullmatch(pattern, number)) is good


@pytest.mark.parametrize(
    ("fin", "good"), [("5ABC12D", True), ("5ABC12I", False), ("5ABC12O", False), ("5ABC12", False)]
)
def test_a_fin_has_seven_characters_and_neither_i_nor_o(fin, good):
    assert bool(re.fullmatch(FIN_PATTERN, fin)) is good


def test_the_twentieth_day_after_the_event_is_in_time_and_the_next_is_late():
    event = date(2026, 2, 20)
    assert due_date(TermCode.SUBMISSION, event) == date(2026, 3, 12)
    assert not is_late(TermCode.SUBMISSION, event, date(2026, 3, 12))
    assert is_late(TermCode.SUBMISSION, event, date(2026, 3, 13))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_lateness_agrees_with_the_due_date(event, days):
    done = event + timedelta(days=days)
    assert is_late(TermCode.SUBMISSION, event, done) == (days > 20)


def test_the_day_changes_at_midnight_in_baku():
    assert civil_day(datetime(2026, 12, 31, 19, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert civil_day(datetime(2026, 12, 31, 20, 0, tzinfo=UTC)) == date(2027, 1, 1)


def test_numbers_have_the_forms_of_the_registers():
    assert incoming_number(Register.INFORMATION_RESOURCES, 2026, 123) == "2026/IR-000123"
    assert entry_number(Register.PERSONAL_DATA_SYSTEMS, 1) == "PD-000001"
    assert is_entry_number("IR-1000000")
    assert not is_entry_number("IR-000001\n")


@pytest.mark.parametrize("code", GroundCode)
def test_every_ground_has_texts(code):
    given_ground = ground(code, "Əlavə.", "More.")
    assert given_ground.code == code.value
    assert given_ground.text_az.endswith(" Əlavə.")
    assert given_ground.text_en.endswith(" More.")
