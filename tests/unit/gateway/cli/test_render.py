from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.cli.language import speak
from gateway.cli.render import cell, show
from gateway.cli.show import age


@pytest.fixture(autouse=True)
def _english():
    speak("en")
    yield
    speak("en")


def test_leaves_come_before_tables_and_other_languages_stay_away(capsys):
    show({"items": [{"number": "C1", "textAz": "a", "textEn": "b"}], "state": "APPLIED", "empty": []})
    lines = capsys.readouterr().out.split("\n")
    assert lines[0] == "state  APPLIED"
    assert "textEn" in "".join(lines)
    assert "textAz" not in "".join(lines)
    assert "empty" not in "".join(lines)


def test_texts_follow_the_language(capsys):
    speak("az")
    show({"titleAz": "salam", "titleEn": "hello"})
    assert "hello" not in capsys.readouterr().out


def test_markup_in_an_answer_is_only_text(capsys):
    show({"name": "[bold red]x[/bold red] :smile:"})
    assert "[bold red]x[/bold red] :smile:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"1234", "4 bytes"),
        (True, "yes"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000Z"),
        (["a", "b"], "a; b"),
        ({"name": "register", "outcome": "PASSED", "detail": "x"}, "register PASSED"),
        (7, "7"),
    ],
)
def test_a_cell_is_a_few_words(value, text):
    assert cell(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (-3, "0 s"), (59, "59 s"), (60, "1 min"), (7_199, "1 h"), (200_000, "2 d")]
)
def test_an_age_is_told_in_its_largest_unit(seconds, text):
    assert age(timedelta(seconds=seconds)) == text
