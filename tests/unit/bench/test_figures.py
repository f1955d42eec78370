"""The arithmetic of the benchmarks, and what they print and write."""

from __future__ import annotations

import json
import math

import pytest

from tests.bench.figures import cpu_milliseconds, cpu_milliseconds_each, figure, report, written


def test_a_figure_is_told_as_a_ratio_to_its_bound():
    made = figure("time to do it", 3.0, "ms", 12.0, "doing nothing")

    assert made.ratio == 0.25
    assert (made.target, made.ok) == (None, None)


def test_a_figure_without_a_bound_has_neither_ratio_nor_target():
    made = figure("time to do it", 3.0, "ms", ratio_at_most=0.5)

    assert (made.bound, made.ratio, made.target, made.ok) == (None, None, None, None)


@pytest.mark.parametrize(("value", "ok"), [(2.0, True), (3.0, True), (3.1, False)])
def test_a_target_is_met_up_to_and_including_the_greatest_ratio(value, ok):
    made = figure("time to do it", value, "ms", 12.0, ratio_at_most=0.25)

    assert (made.target, made.ok) == ("ratio <= 0.25", ok)


@pytest.mark.parametrize(("value", "ok"), [(5.9, False), (6.0, True), (7.0, True)])
def test_a_target_is_met_from_the_least_ratio_on(value, ok):
    made = figure("things done", value, "1/s", 12.0, ratio_at_least=0.5)

    assert (made.target, made.ok) == ("ratio >= 0.5", ok)


def test_calls_are_measured_in_turns_and_each_at_least_once():
    calls = []

    spent = cpu_milliseconds({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, seconds=0.01)

    assert spent.keys() == {"a", "b"}
    assert all(0 < each < math.inf for each in spent.values())
    assert "".join(calls).startswith("ab")
    assert calls.index("a", 1) < len(calls) - 1 - calls[::-1].index("b")


def test_no_argument_is_used_twice():
    used = []

    spent = cpu_milliseconds_each(used.append, range(9), seconds=5)

    assert used == [0, 1, 2, 3, 4, 5, 6, 7]
    assert 0 < spent < math.inf


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (0.0291, "0.029"), (99.5, "99.500"), (124.92, "124.9"), (3639.4, "3,639")]
)
def test_a_value_is_written_with_the_digits_it_deserves(value, text):
    assert written(value) == text


def test_the_report_is_a_table_to_read_and_a_file_to_compare(tmp_path, capsys):
    figures = [
        figure("time to do it", 3.0, "ms", 4.0, "doing nothing", ratio_at_most=0.5),
        figure("things done", 8.0, "1/s"),
    ]

    report("trial", figures, tmp_path / "bench")

    told = capsys.readouterr().out
    assert "bench trial" in told
    assert "doing nothing" in told
    assert "NO" in told
    assert json.loads((tmp_path / "bench" / "trial.json").read_text()) == [
        {
            "figure": "time to do it",
            "value": 3.0,
            "unit": "ms",
            "bound": 4.0,
            "ratio": 0.75,
            "target": "ratio <= 0.5",
            "ok": False,
            "bound_is": "doing nothing",
        },
        {
            "figure": "things done",
            "value": 8.0,
            "unit": "1/s",
            "bound": None,
            "ratio": None,
            "target": None,
            "ok": None,
            "bound_is": "",
        },
    ]
