"""Characters that steer how a text is shown are told from signs."""

from __future__ import annotations

import pytest

from gateway.readable import numbered, steers


@pytest.mark.parametrize("character", ["\0", "\n", "\x1b", "\u009b", "\u200b", "\u202e", "\u2028", "\u2029", "\udcff"])
def test_what_steers_a_terminal_is_written_by_its_number(character):
    assert numbered(f"a{character}b", steers) == f"a[U+{ord(character):04X}]b"


def test_signs_of_every_script_stay_themselves():
    assert numbered("Ədliyyə Nazirliyi № 1 — 東京 «»", steers) == "Ədliyyə Nazirliyi № 1 — 東京 «»"
