"""The PDF of an extract, read with a library that did not write it."""

from __future__ import annotations

import io
import re

import pytest
from msgspec.structs import asdict
from pypdf import PdfReader

from gateway.contract.files import decode_extract
from gateway.extracts.content import Row, blocks, moment
from gateway.extracts.maker import extract_maker
from gateway.extracts.pdf import rendered
from gateway.xml.parser import parse_trusted
from tests.unit.gateway.extracts.examples import CARD, CODE, ISSUER, LONG, NUMBER, draft, files, operator
from tests.unit.gateway.security.material import NOW
from tests.unit.handlers.registration.examples import RESOURCE


@pytest.fixture(scope="module")
def reader():
    return PdfReader(io.BytesIO(files().pdf))


def text_of(reader):
    return "\n".join(page.extract_text() for page in reader.pages)


def words(text):
    return re.sub(r"\s+", "", text)


def test_every_field_is_shown_with_its_labels_and_its_value(reader):
    extract = decode_extract(parse_trusted(files().xml))
    # The footer stands between the parts of a text that goes on on the next page.
    text = words(text_of(reader))
    rows = [each for each in blocks(extract) if isinstance(each, Row)]

    assert len(rows) > 55
    for row in rows:
        assert words(row.label.az) in text
        assert words(row.label.en) in text
        if row.value not in {CARD.manner, LONG}:
            assert all(words(line) in text for line in row.value.split("\n")), row


def test_the_letters_of_azerbaijani_are_there_and_long_texts_are_whole(reader):
    text = text_of(reader)
    assert {*"əğıİşŞçÇöÖüÜƏĞ"} <= set(text)
    assert text.count("avtomatlaşdırılmış") == 110


def test_every_page_bears_number_code_and_its_place(reader):
    pages = len(reader.pages)
    assert pages > 3
    for place, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert NUMBER in text
        assert CODE in text
        assert f"səhifə {place} / {pages}" in text
        assert f"page {place} / {pages}" in text


def test_the_sealed_xml_is_attached_byte_for_byte(reader):
    assert reader.attachments == {"extract.xml": [files().xml]}


def test_fonts_are_embedded_and_only_a_subset_of_them(reader):
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    described = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert [each["/FontName"] for each in described] == ["/MPDFAA+Roboto", "/MPDFAA+RobotoBold"]
    assert all(1_000 < len(each["/FontFile2"].get_data()) < 40_000 for each in described)


def test_the_same_extract_gives_the_same_bytes():
    extract = decode_extract(parse_trusted(files().xml))
    assert rendered(extract, files().xml) == rendered(extract, files().xml)


def test_the_pdf_before_its_seal_is_made_from_the_xml_alone():
    extract = decode_extract(parse_trusted(files().xml))
    assert files().pdf.startswith(rendered(extract, files().xml))


@pytest.mark.parametrize(
    ("url", "shown"), [("https://registers.example/check/", f"https://registers.example/check/{CODE}"), (None, CODE)]
)
def test_the_qr_code_holds_the_address_with_the_code_or_the_code_alone(url, shown, monkeypatch):
    import segno

    from gateway.extracts import pdf

    asked = []
    make = segno.make
    monkeypatch.setattr(pdf.segno, "make", lambda content, **how: asked.append(content) or make(content, **how))
    made = extract_maker(operator(), issuer=ISSUER, check_url=url)(draft())

    assert asked == [shown]
    assert (decode_extract(parse_trusted(made.xml)).check_url or CODE) == shown


def test_a_card_of_a_resource_is_shown_too():
    made = extract_maker(operator(), issuer=ISSUER)(draft(RESOURCE, number="2026/IR-E-000001"))
    text = words(text_of(PdfReader(io.BytesIO(made.pdf))))
    for label in ("Əsas məlumat obyektləri", "Main data objects", "Lokal".lower()):
        assert words(label) in text
    assert words(RESOURCE.name) in text


def test_hostile_texts_stay_what_they_are():
    card = {
        **asdict(RESOURCE),
        "name": "(\\) Tj \u202eevil ]] & <b>",
        "purpose": "a\r\nb \U0001f600",
        "topics": ("x" * 500,),
    }
    made = extract_maker(operator(), issuer=ISSUER)(draft(type(RESOURCE)(**card)))
    text = text_of(PdfReader(io.BytesIO(made.pdf)))
    assert "(\\) Tj [U+202E]evil ]] & <b>" in text
    assert "[U+1F600]" in text
    assert words(text).count("x" * 500) == 1


def test_a_moment_is_told_in_the_time_of_baku():
    assert moment(NOW) == "01.03.2026 16:00:00"
