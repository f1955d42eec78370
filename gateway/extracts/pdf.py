"""The extract as a PDF for people: one function of the sealed XML, the same bytes every time.

All that is shown is made from the XML; the seal of the PDF and the moment it is made at are not part of it. So whoever
has the XML can lay it out again and compare (`gateway.extracts.inspection`).
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import version
from typing import Final

import font_roboto
import segno
from fpdf import FPDF
from fpdf.fonts import TTFFont

from gateway.contract.answers import ExtractDocument
from gateway.extracts import layout
from gateway.extracts.content import blocks, both, moment
from gateway.extracts.labels import CODE, HOW_TO_CHECK, NUMBER, PAGE, TITLE
from gateway.extracts.layout import Page, Style, laid_out, readable

ATTACHMENT: Final = "extract.xml"
"""Name of the sealed XML inside the PDF."""
_LAYOUT: Final = 1
"""Release of this layout; another one for every change of what is shown, or where."""
_FONT: Final = "Roboto"
_QR: Final = 30.0
"""Side of the QR code, in millimetres."""
_TITLE: Final = Style(15, 7.5, bold=True)
_ISSUER: Final = Style(9.5, 5.2)
_FACT: Final = Style(10.5, 5.5, bold=True)
_SMALL: Final = Style(7.5, 3.5, grey=True)
_BLACK: Final = 0
_GREY: Final = 96

# It tells of every table that it subsets, at INFO.
logging.getLogger("fontTools.subset").setLevel(logging.WARNING)


@cache
def producer() -> str:
    """What laid it out: by the same producer, the same XML gives the same pages."""
    parts = ", ".join(f"{name} {version(name)}" for name in ("fpdf2", "fonttools", "font-roboto", "segno"))
    return f"state-register-gateway, extract layout {_LAYOUT} ({parts})"


@cache
def rehearse() -> None:
    """Draw a page once, so that all that drawing needs is loaded: the font library loads its parts when first used.

    Whoever draws inside a transaction does this before it. It takes as long as half an extract, once in a process.
    """
    pdf = FPDF(format="A4")
    pdf.add_font(_FONT, "", font_roboto.Roboto)
    pdf.add_page()
    pdf.set_font(_FONT, "", 10)
    pdf.text(layout.LEFT, layout.BOTTOM, both(TITLE))
    pdf.output()
    segno.make(ATTACHMENT, micro=False, error="m")


def rendered(extract: ExtractDocument, sealed_xml: bytes) -> bytes:
    """The PDF of `extract`, which carries `sealed_xml` as an attachment; not sealed yet."""
    sheet = _Sheet(extract)
    sheet.draw()
    return sheet.bytes_with(sealed_xml)


class _Sheet:
    """One extract on its pages."""

    def __init__(self, extract: ExtractDocument) -> None:
        self.extract = extract
        self.pdf = FPDF(format="A4")
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.add_font(_FONT, "", font_roboto.Roboto)
        self.pdf.add_font(_FONT, "B", font_roboto.RobotoBold)
        plain = self.pdf.fonts[_FONT.lower()]
        assert isinstance(plain, TTFFont)
        self.known = frozenset(plain.cmap)
        self.widths: dict[tuple[str, bool], float] = {}

    def draw(self) -> None:
        """Lay out and draw all pages."""
        pages = laid_out(blocks(self.extract), self.measure, self.known)
        for place, page in enumerate(pages, start=1):
            self.pdf.add_page()
            if place == 1:
                self._first_header()
            else:
                self._header()
            self._body(page)
            self._footer(place, len(pages))

    def bytes_with(self, sealed_xml: bytes) -> bytes:
        """The finished file."""
        pdf, extract = self.pdf, self.extract
        pdf.set_title(f"{both(TITLE)} № {extract.number}")
        pdf.set_author(extract.issuer)
        pdf.set_lang("az")
        pdf.set_producer(producer())
        pdf.set_creation_date(extract.issued_at)
        pdf.embed_file(
            bytes=sealed_xml,
            basename=ATTACHMENT,
            mime_type="application/xml",
            modification_date=extract.issued_at,
            associated_file_relationship="Source",
            compress=True,
        )
        return bytes(pdf.output())

    def measure(self, text: str, style: Style) -> float:
        """Width of `text` in millimetres; the widths of words come back often, and grow with the size."""
        key = (text, style.bold)
        if key not in self.widths:
            self.pdf.set_font(_FONT, "B" if style.bold else "", 10)
            self.widths[key] = self.pdf.get_string_width(text)
        return self.widths[key] * style.size / 10

    def _write(self, x: float, y: float, text: str, style: Style) -> None:
        self.pdf.set_font(_FONT, "B" if style.bold else "", style.size)
        self.pdf.set_text_color(_GREY if style.grey else _BLACK)
        self.pdf.text(x, y, text)

    def _first_header(self) -> None:
        y = 20.0
        width = layout.RIGHT - layout.LEFT - _QR - 6
        for text, style in (
            (TITLE.az, _TITLE),
            (TITLE.en, _TITLE),
            (readable(self.extract.issuer, self.known), _ISSUER),
            (f"{both(NUMBER)}: {self.extract.number}", _FACT),
            (f"{both(CODE)}: {self.extract.verification_code}", _FACT),
        ):
            for line in layout.broken(text, width, style, self.measure):
                self._write(layout.LEFT, y, line, style)
                y += style.height
        self._qr(layout.RIGHT - _QR, 13.0)
        self._rule(55.0)

    def _header(self) -> None:
        self._write(layout.LEFT, 18.0, f"{both(TITLE)} № {self.extract.number}", Style(9, 4.5, bold=True))
        self._rule(21.0)

    def _footer(self, place: int, pages: int) -> None:
        self._rule(layout.BOTTOM + 3)
        y = layout.BOTTOM + 7
        for text in (HOW_TO_CHECK.az, HOW_TO_CHECK.en):
            for line in layout.broken(text, layout.RIGHT - layout.LEFT, Style(6, 2.6), self.measure):
                self._write(layout.LEFT, y, line, Style(6, 2.6, grey=True))
                y += 2.6
        y = layout.HEIGHT - 7
        at = f"{both(CODE)}: {self.extract.verification_code}  ·  {moment(self.extract.issued_at)}"
        self._write(layout.LEFT, y, at, _SMALL)
        page = f"{PAGE.az} {place} / {pages}  ·  {PAGE.en} {place} / {pages}"
        self._write(layout.RIGHT - self.measure(page, _SMALL), y, page, _SMALL)

    def _body(self, page: Page) -> None:
        for line in page.lines:
            self._write(line.x, line.y, line.text, line.style)
        for y in page.rules:
            self._rule(y)

    def _rule(self, y: float) -> None:
        self.pdf.set_draw_color(_GREY)
        self.pdf.set_line_width(0.2)
        self.pdf.line(layout.LEFT, y, layout.RIGHT, y)

    def _qr(self, x: float, y: float) -> None:
        """The address where the code is checked, or the code alone where there is none."""
        matrix = segno.make(self.extract.check_url or self.extract.verification_code, micro=False, error="m").matrix
        side = _QR / len(matrix)
        self.pdf.set_fill_color(_BLACK)
        for row, modules in enumerate(matrix):
            start = 0
            while start < len(modules):
                end = start
                while end < len(modules) and modules[end]:
                    end += 1
                if end > start:
                    self.pdf.rect(x + start * side, y + row * side, (end - start) * side, side, style="F")
                start = end + 1
