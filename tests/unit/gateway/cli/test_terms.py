"""`gateway cases terms`, and what `gateway settings` says of the file."""

from __future__ import annotations

import pytest

from gateway.cli.language import speak

FILE = """
[[term]]
code = "COMPLETENESS"
length = 2
unit = "MONTHS"
first_day = "SAME_DAY"
warn_percent = 50
source = "Order 12"
valid_from = 2027-02-01
valid_to = 2027-12-31

[calendar]
days_off = [2027-03-19]
working_days = [2027-03-13]
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    file = tmp_path / "terms.toml"
    file.write_text(FILE)
    monkeypatch.setenv("GATEWAY_TERMS", str(file))
    monkeypatch.setenv("COLUMNS", "240")
    return file


def test_the_terms_that_ship_are_shown(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "240")
    shown = run("cases", "terms")
    assert shown.exit_code == 0
    for words in (
        "SUBMISSION", "20 calendar days", "DECISION_PERSONAL_DATA", "1 month ", "7 working days",
        "80 %; overdue: every 10 days", "Decision 149/2010", "always", "only estimated",
    ):  # fmt: skip
        assert words in shown.stdout


def test_the_operators_own_are_marked_and_its_days_listed(run, file):
    shown = run("cases", "terms")
    for words in (
        "COMPLETENESS (own)", "2 months", "that very day", "50 %", "2027-02-01 / 2027-12-31", "Order 12",
        "2027-03-13", "working day, named by the operator", "2027-03-19", "day off, named by the operator",
    ):  # fmt: skip
        assert words in shown.stdout


def test_they_are_shown_in_azerbaijani(run, file, monkeypatch):
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    try:
        shown = run("cases", "terms")
    finally:
        speak("en")
    assert "7 iş günü" in shown.stdout
    assert "149/2010 nömrəli qərar" in shown.stdout
    assert "operatorun göstərdiyi istirahət günü" in shown.stdout


@pytest.mark.parametrize("command", [("cases", "terms"), ("settings",)])
def test_a_file_that_will_not_do_is_told_in_a_line(run, file, command):
    file.write_text('[[term]]\ncode = "LUNCH"\nlength = 1\nsource = "x"\nvalid_from = 2027-02-01\n')
    shown = run(*command)
    assert shown.exit_code == 1
    assert "[[term]] 1: code must be one of SUBMISSION, COMPLETENESS" in shown.stderr.replace("\n", " ")
