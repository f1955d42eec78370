"""The page about importing shows files that can be imported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.importing.run import CHUNK
from gateway.importing.xml_file import ENTRY_LIMITS
from tests.unit.gateway.importing.examples import rows_of

PAGE = (Path(__file__).parents[4] / "gateway" / "IMPORT.md").read_text()


@pytest.mark.parametrize("kind", ["csv", "xml"])
def test_each_example_is_read_without_a_defect(tmp_path, kind):
    found = re.search(f"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    rows = rows_of(tmp_path, found[1])
    assert [(row.entry.old_number, row.malformed) for row in rows] == [("12/1999", ())]


def test_the_figures_are_those_of_the_program():
    assert f"{CHUNK} in a transaction" in PAGE
    assert f"{ENTRY_LIMITS.size // 1_000_000} MB an entry" in PAGE
