"""Lines and pages: nothing is lost, nothing is too wide, nothing stands where it must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.extracts.content import Heading, Row
from gateway.extracts.layout import BOTTOM, TOP, VALUE, broken, laid_out, readable
from handlers.rules.labels import Label

KNOWN = frozenset(map(ord, "abc ə\u00adİ\u202e-"))
LABEL = Label("Adı", "Name")


def measure(text, style):
    return len(text) * style.size / 10


@given(st.text("ab \n", max_size=200), st.integers(1, 12))
def test_broken_lines_are_never_wider_and_lose_no_letter(text, width):
    lines = list(broken(text, width, VALUE, measure))

    assert all(measure(line, VALUE) <= width or len(line) == 1 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")


def test_a_text_is_broken_at_spaces_and_a_long_word_within():
    assert list(broken("aa bb cccccccc", 5, VALUE, measure)) == ["aa bb", "ccccc", "ccc"]
    assert list(broken("a\n\nb", 5, VALUE, measure)) == ["a", "", "b"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("aə İ", "aə İ"),
        ("a\u202eb", "a[U+202E]b"),
        ("a\u00adb", "a[U+00AD]b"),
        ("a\u200bb", "a[U+200B]b"),
        ("a\tb\u00a0c", "a b c"),
        ("漢", "[U+6F22]"),
        ("\U0001f600", "[U+1F600]"),
        ("I\u0307", "İ"),
        ("b\u0308", "b[U+0308]"),
        ("a\nb", "a\nb"),
    ],
)
def test_what_cannot_be_seen_or_drawn_is_shown_by_its_number(text, shown):
    assert readable(text, KNOWN) == shown


def test_long_texts_flow_over_pages_within_their_margins():
    text = "\n".join(str(place) for place in range(300))
    pages = laid_out([Heading(LABEL), Row(LABEL, text), Row(LABEL, "b")], measure, frozenset(range(128)))

    assert len(pages) > 4
    assert all(TOP < line.y <= BOTTOM for page in pages[1:] for line in page.lines)
    written = [line.text for page in pages for line in page.lines if line.style is VALUE]
    assert written == [*text.split("\n"), "b"]
    for page in pages:
        heights = [line.y for line in page.lines if line.style is VALUE]
        assert heights == sorted(set(heights))


def test_a_heading_is_never_the_last_thing_on_a_page():
    for before in range(30, 70):
        blocks = [Row(LABEL, "\n".join("a" * before)), Heading(LABEL), Row(LABEL, "b")]
        pages = laid_out(blocks, measure, KNOWN)
        headings = [page for page in pages if any("·" in line.text for line in page.lines)]
        assert len(headings) == 1
        assert "b" in [line.text for line in headings[0].lines]
