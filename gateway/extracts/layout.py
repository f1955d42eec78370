"""Where everything stands: blocks are broken into lines and lines into pages, by the widths of one font.

Nothing here draws. All lengths are in millimetres, from the upper left corner of an A4 page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.extracts.content import Block, Heading, Row
from gateway.readable import numbered, steers

WIDTH: Final = 210.0
HEIGHT: Final = 297.0
LEFT: Final = 18.0
RIGHT: Final = WIDTH - 18.0
TOP: Final = 30.0
"""Where the text of a further page begins, below its header."""
TOP_OF_FIRST: Final = 58.0
"""The same of the first page, whose header holds the QR code."""
BOTTOM: Final = HEIGHT - 26.0
"""Where the text ends, above the footer."""
_VALUE: Final = LEFT + 66.0
_INDENT: Final = 5.0
_GAP: Final = 1.6
"""Between two rows."""
_SPACES: Final = str.maketrans("\t\r\u00a0", "   ")
_UNSEEN: Final = frozenset({"Zs", "Mn", "Me"})
"""Categories of characters that leave no mark of their own."""
_KEEP: Final = 16.0
"""A heading is not the last thing on a page: so much must fit below it."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is written."""

    size: float
    """Points."""
    height: float
    """From one line to the next."""
    bold: bool = False
    grey: bool = False


SECTION: Final = Style(11.5, 7.0, bold=True)
SUBSECTION: Final = Style(9.5, 5.2, bold=True)
LABEL: Final = Style(8.5, 3.9, bold=True)
SECOND_LABEL: Final = Style(7.5, 3.5, grey=True)
VALUE: Final = Style(9.5, 4.5)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: `x` is where it begins, `y` where its letters stand."""

    x: float
    y: float
    text: str
    style: Style


@dataclass(slots=True)
class Page:
    """What one page holds beside header and footer."""

    lines: list[Line] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)
    """Heights of the rules below the titles of sections."""


Measure = Callable[[str, Style], float]
"""Width of a text in a style."""


def readable(text: str, known: Collection[int]) -> str:
    """`text` without what the eye cannot tell: characters that are invisible, or that the font lacks, by their number.

    `known` are the code points that the font can draw. A line break stays one; other white space becomes a space.
    """
    spaced = unicodedata.normalize("NFC", text).translate(_SPACES)
    return numbered(spaced, lambda each: each not in "\n " and not _drawn(each, known))


def _drawn(character: str, known: Collection[int]) -> bool:
    return ord(character) in known and not steers(character) and unicodedata.category(character) not in _UNSEEN


def broken(text: str, width: float, style: Style, measure: Measure) -> Iterator[str]:
    """`text` in lines of `width` at the most, broken at spaces, or within a word that is wider than a line."""
    space = measure(" ", style)
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for word in paragraph.split(" "):
            needed = measure(word, style)
            if line and used + space + needed <= width:
                line, used = f"{line} {word}", used + space + needed
                continue
            if line:
                yield line
            *full, word = _pieces(word, needed, width, style, measure)  # noqa: PLW2901 - what is left of it
            yield from full
            line, used = word, measure(word, style)
        yield line


def _pieces(word: str, needed: float, width: float, style: Style, measure: Measure) -> list[str]:
    if needed <= width:
        return [word]
    pieces, piece, used = [], "", 0.0
    for letter in word:
        wide = measure(letter, style)
        if piece and used + wide > width:
            pieces.append(piece)
            piece, used = "", 0.0
        piece, used = piece + letter, used + wide
    return [*pieces, piece]


class _Flow:
    """Fills one page after the other."""

    def __init__(self, measure: Measure) -> None:
        self.pages = [Page()]
        self.y = TOP_OF_FIRST
        self.measure = measure

    def room(self, height: float) -> None:
        """See to it that `height` fits on the page."""
        if self.y + height > BOTTOM:
            self.pages.append(Page())
            self.y = TOP

    def heading(self, heading: Heading) -> None:
        style = SUBSECTION if heading.depth else SECTION
        x = LEFT + _INDENT * max(0, heading.depth - 1)
        place = "" if heading.place is None else f" {heading.place}"
        text = f"{heading.label.az}{place}  ·  {heading.label.en}{place}"
        lines = list(broken(text, RIGHT - x, style, self.measure))
        self.room(len(lines) * style.height + _KEEP)
        if not heading.depth:
            self.y += 2 * _GAP
        for line in lines:
            self.y += style.height
            self.pages[-1].lines.append(Line(x, self.y - 1.6, line, style))
        if not heading.depth:
            self.pages[-1].rules.append(self.y)
        self.y += _GAP

    def row(self, row: Row) -> None:
        """The label on the left, the value on the right; either may go on on the next page."""
        indent = LEFT + _INDENT * row.depth
        width = _VALUE - indent - 3
        left = [
            (line, style)
            for text, style in ((row.label.az, LABEL), (row.label.en, SECOND_LABEL))
            for line in broken(text, width, style, self.measure)
        ]
        right = [(line, VALUE) for line in broken(row.value, RIGHT - _VALUE, VALUE, self.measure)]
        tall = sum(style.height for _, style in left)
        self.room(max(tall, VALUE.height))
        first, began = len(self.pages), self.y
        self._column(indent, left)
        ended = self.y
        self.y = began
        self._column(_VALUE, right)
        self.y = (self.y if len(self.pages) > first else max(self.y, ended)) + _GAP

    def _column(self, x: float, lines: list[tuple[str, Style]]) -> None:
        for text, style in lines:
            self.room(style.height)
            self.y += style.height
            self.pages[-1].lines.append(Line(x, self.y - 0.9, text, style))


def laid_out(blocks: Iterable[Block], measure: Measure, known: Collection[int]) -> list[Page]:
    """The pages of an extract."""
    flow = _Flow(measure)
    for block in blocks:
        if isinstance(block, Heading):
            flow.heading(block)
        else:
            flow.row(Row(block.label, readable(block.value, known), block.depth))
    return flow.pages
