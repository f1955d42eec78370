"""What others wrote cannot look like a line of the program's own."""

from __future__ import annotations

import json

import msgspec
import pytest

from gateway.cli.terminal import json_text, note, say, stacked, table

STEERING = "\x1b[2J\u009b1m\u202eA\u2028B\u200b\r"


@pytest.mark.parametrize("show", [say, lambda text: table(("x",), [(text,)]), lambda text: table((text,), [], text)])
def test_nothing_of_a_text_steers_the_terminal(capsys, show):
    show(f"ad {STEERING} son")
    printed = capsys.readouterr().out
    assert not [each for each in printed if not each.isprintable() and each != "\n"]
    assert "[U+001B][2J[U+009B]1m[U+202E]A[U+2028]B[U+200B][U+000D]" in printed


def test_further_lines_of_a_text_stand_deeper_and_are_marked(capsys):
    say("  subject  Ad\n  state    APPROVED\r\n\n  x")
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["  subject  Ad", "      ↳   state    APPROVED", "      ↳ ", "      ↳   x"]
    note("a\nb")
    assert capsys.readouterr().err == "a\n    ↳ b\n"


def test_a_cell_has_several_lines_of_ours_and_marked_ones_of_others(capsys):
    table(("a", "b"), [(stacked(("one", "two\nthree")), "x\ny")])
    assert [[cell.strip() for cell in line.split("│")] for line in capsys.readouterr().out.splitlines()[2:]] == [
        ["one", "x"],
        ["two", "↳ y"],
        ["↳ three", ""],
    ]


def test_json_has_the_same_values_and_nothing_that_steers(capfdbinary):
    value = {"name": f"Ad {STEERING}\n\U000e0041 Ə"}
    json_text(msgspec.json.format(msgspec.json.encode(value), indent=2))
    printed = capfdbinary.readouterr().out.decode()
    assert json.loads(printed) == value
    assert not [each for each in printed if not each.isprintable() and each != "\n"]
    assert "Ə" in printed
