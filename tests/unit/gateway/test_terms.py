"""The operator's file of terms, from the setting to the terms in use."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.settings import Settings, SettingsError
from gateway.settings_sources import load
from gateway.terms import terms_in_use
from handlers.rules.clocks import TERMS, TermCode


def test_without_a_file_the_terms_are_those_that_ship():
    assert terms_in_use(Settings()) is TERMS


def test_the_file_that_is_named_is_laid_over_them(tmp_path):
    file = tmp_path / "terms.toml"
    file.write_text('[[term]]\ncode = "CORRECTION"\nlength = 3\nsource = "Order 1"\nvalid_from = 2026-01-01\n')
    terms = terms_in_use(load({"GATEWAY_TERMS": str(file)}))
    assert terms.due_date(TermCode.CORRECTION, date(2026, 2, 2)) == date(2026, 2, 5)


@pytest.mark.parametrize(
    ("content", "told", "told_az"),
    [
        (None, "cannot be read: No such file", "faylı oxunmur"),
        (b"\xff", "cannot be read as TOML", "TOML kimi oxunmur"),
        (b"term = [", "cannot be read as TOML", "TOML kimi oxunmur"),
        (b"[[term]]", r"terms.toml: \[\[term\]\] 1: code is missing", "code göstərilməyib"),
    ],
)
def test_a_file_that_will_not_do_is_a_setting_that_will_not_do(tmp_path, content, told, told_az):
    file = tmp_path / "terms.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=told) as error:
        terms_in_use(Settings(terms=str(file)))
    assert told_az in error.value.text_az
