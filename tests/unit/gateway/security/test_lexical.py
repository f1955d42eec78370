"""Small values have one spelling."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.security.lexical import base64_bytes, instant, moment


@given(st.binary(min_size=1, max_size=100), st.lists(st.sampled_from([" ", "\n", "\r\n", "\t"]), max_size=5))
def test_every_value_is_read_back_whatever_space_is_in_it(data: bytes, spaces: list[str]) -> None:
    text = base64.b64encode(data).decode()
    for number, space in enumerate(spaces):
        text = text[: number * 3] + space + text[number * 3 :]
    assert base64_bytes(text, 200) == data


@given(st.text(alphabet="ABCDabcd0189+/=-_ \n!\u00a0", max_size=12))
def test_a_text_is_the_one_spelling_of_its_bytes_or_none(text: str) -> None:
    data = base64_bytes(text, 100)
    compact = text.replace(" ", "").replace("\n", "")
    assert data is None or base64.b64encode(data).decode() == compact


@pytest.mark.parametrize(
    "text", ["", " ", "A", "AA", "AAA", "AB==", "AAB=", "A===", "AAAA=", "=AAA", "AA=A", "AA==AA==", "AAAA\x00"]
)
def test_other_spellings_are_refused(text: str) -> None:
    assert base64_bytes(text, 100) is None


def test_a_value_over_its_limit_is_refused() -> None:
    assert base64_bytes("AAAA", 4) == b"\x00\x00\x00"
    assert base64_bytes("AAAA", 3) is None


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-13 * 60, 13 * 60))  # noqa: DTZ001
def test_moments_are_read_in_any_zone(when: datetime, offset: int) -> None:
    aware = when.replace(tzinfo=timezone(timedelta(minutes=offset)))
    assert moment(aware.isoformat()) == aware
    read = moment(aware.isoformat())
    assert read is not None
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-03-01T12:00Z",
        "2026-03-01T12:00:00,1Z",
        "2026-03-01T12:00:00.Z",
        "2026-13-01T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:60:00Z",
        "2026-03-01T12:00:60Z",
        "2026-03-01T12:00:00+14:30",
        "2026-03-01t12:00:00z",
        "+2026-03-01T12:00:00Z",
        "20260301T120000Z",
        "2026-W09-7T12:00:00Z",
        "2026-03-01T12:00:00Z\n",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment(text) is None


def test_moments_are_written_in_utc_with_milliseconds() -> None:
    baku = timezone(timedelta(hours=4))
    assert instant(datetime(2026, 3, 1, 16, 0, 0, 123_999, tzinfo=baku)) == "2026-03-01T12:00:00.123Z"
