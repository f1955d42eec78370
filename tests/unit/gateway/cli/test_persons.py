"""Who runs a command has a name."""

from __future__ import annotations

import pytest

from gateway.cli.persons import person


@pytest.mark.parametrize("given", [None, "", "  "])
def test_without_a_name_it_is_whoever_this_machine_knows(monkeypatch, given):
    monkeypatch.setenv("LOGNAME", "operator7")
    assert person(given) == "operator7"


def test_a_name_counts_without_the_spaces_around_it():
    assert person(" Aydan ") == "Aydan"
