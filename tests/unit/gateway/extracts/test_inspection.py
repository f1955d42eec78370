"""`gateway verify` on extracts: what is not the operator's own, byte for byte and letter for letter, is refused."""

from __future__ import annotations

import dataclasses
import io
from base64 import b64encode
from datetime import timedelta

import pytest
from msgspec.structs import replace
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pypdf import PdfReader

from gateway.contract.files import decode_extract, encode_extract
from gateway.extracts import inspection, pdf
from gateway.extracts.inspection import inspect_pdf
from gateway.extracts.pdf import rendered
from gateway.security.inspection import Kind, Known, inspect
from gateway.security.pdf_seal import seal_pdf
from gateway.security.seal import seal
from gateway.security.sign import sign_envelope
from gateway.security.xades_sign import sign_application
from gateway.xml.parser import parse_trusted
from tests.unit.gateway.extracts.examples import KNOWN_READERS, agency, files, known, operator
from tests.unit.gateway.security.material import NOW, pki

LATER = NOW + timedelta(days=400)


def look(data, knows=None, now=NOW):
    knows = knows or known()
    if data.startswith(b"%PDF"):
        return inspect_pdf(data, pki().trust, now, knows)
    return inspect(data, pki().trust, now, knows)


def extract(**changes):
    return replace(decode_extract(parse_trusted(files().xml)), **changes)


def laid_out(shown, xml=None):
    """A PDF that shows one extract and carries another, sealed by the operator: what only the operator could make."""
    return seal_pdf(rendered(shown, xml or files().xml), operator(), NOW, reason="x")


# What is good ---------------------------------------------------------------------------------


def test_the_xml_of_the_operator_is_valid():
    report = look(files().xml)
    assert (report.valid, report.kind, report.content, report.judged_at) == (True, Kind.SIGNED_FILE, "extract", NOW)
    assert report.by_known_gateway


def test_the_pdf_of_the_operator_is_valid_and_so_is_what_it_carries():
    report = look(files().pdf)
    assert (report.valid, report.kind, report.reason, report.unchecked) == (True, Kind.PDF, None, None)
    assert [each.valid for each in report.enclosed] == [True]


def test_an_extract_outlives_the_operators_certificate():
    for file in (files().xml, files().pdf):
        report = look(file, now=LATER)
        assert report.valid
        assert report.expired_since is not None


def answer(xml, pdf):
    """The answer to GetExtract that carries both files, signed by the gateway."""
    extract = f"<e:xml>{b64encode(xml).decode()}</e:xml><e:pdf>{b64encode(pdf).decode()}</e:pdf>"
    payload = f'<e:GetExtractResponse xmlns:e="urn:e"><e:extract>{extract}</e:extract></e:GetExtractResponse>'
    return sign_envelope(payload.encode(), key=operator(), now=NOW)


def enclosed(message, **changes):
    report = look(message, dataclasses.replace(known(), **{"inspect_pdf": inspect_pdf} | changes))
    assert report.valid
    return [(each.kind, each.valid, each.reason) for each in report.enclosed]


def test_both_files_of_an_answer_are_looked_at():
    xml = (Kind.SIGNED_FILE, True, None)
    assert enclosed(answer(files().xml, files().pdf)) == [xml, (Kind.PDF, True, None)]
    forged = answer(files().xml, files("agency").pdf)
    assert enclosed(forged) == [xml, (Kind.PDF, False, "EXTRACT.OPERATOR.UNKNOWN")]
    assert enclosed(answer(files().xml, b"no PDF")) == [xml, (Kind.PDF, False, "FORMAT_FAILURE (PDF.UNREADABLE)")]
    assert enclosed(answer(files().xml, files().pdf), inspect_pdf=None) == [xml, (Kind.PDF, False, "PDF.UNREAD")]


# Who sealed it --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["xml", "pdf"])
def test_an_agency_that_is_trusted_cannot_make_an_extract(form):
    forged = getattr(files("agency"), form)
    report = look(forged)
    assert (report.valid, report.reason) == (False, "EXTRACT.OPERATOR.UNKNOWN")
    assert look(forged, known(agency())).valid


@pytest.mark.parametrize("form", ["xml", "pdf"])
def test_where_no_operator_is_known_no_extract_is_valid(form):
    assert look(getattr(files(), form), Known(**KNOWN_READERS)).reason == "EXTRACT.OPERATOR.NONE_KNOWN"


def test_a_plain_seal_makes_no_extract_whoever_sets_it():
    for key in (agency(), operator()):
        report = look(seal(encode_extract(extract()), key))
        assert (report.valid, report.reason) == (False, "EXTRACT.SEAL")


def test_an_operators_pdf_around_an_agencys_xml_is_refused():
    forged = files("agency").xml
    assert look(laid_out(decode_extract(parse_trusted(forged)), forged)).reason == "PDF.ATTACHMENT"


def test_a_key_that_leads_to_no_trusted_root_is_refused():
    report = inspect_pdf(files().pdf, type(pki().trust)([]), NOW, known())
    assert not report.valid
    assert "NO_CERTIFICATE_CHAIN_FOUND" in report.reason


# What it says ---------------------------------------------------------------------------------


def test_any_changed_letter_of_the_xml_is_refused():
    changed = files().xml.replace(b"Notariat", b"Notarial", 1)
    assert changed != files().xml
    assert look(changed).reason == "HASH_FAILURE (DOC.REF.DIGEST)"


def test_an_operators_file_that_is_no_extract_by_the_schema_is_refused():
    document = encode_extract(extract()).replace(b"<version>2<", b"<version>0<")
    assert look(sign_application(document, operator(), NOW)).reason == "EXTRACT.SCHEMA"


def test_an_extract_that_was_sealed_at_another_time_is_refused():
    document = encode_extract(extract(issued_at=NOW + timedelta(seconds=1)))
    assert look(sign_application(document, operator(), NOW)).reason == "EXTRACT.TIME"


def test_every_part_of_the_pdf_is_under_its_seal():
    data = files().pdf
    for place in range(0, len(data), 797):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert not look(changed).valid, place


def test_one_visible_letter_changed_in_the_page_is_refused():
    """Letters are codes in a compressed stream: the page is written again, in place, with another letter."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(rendered(extract(), files().xml))))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    content = page["/Contents"]
    letters = content.data
    start = letters.index(b" Td (") + 5
    content._data = letters[:start] + bytes([letters[start], letters[start + 1] ^ 1]) + letters[start + 2 :]
    content._encoded_data = None
    output = io.BytesIO()
    writer.write(output)
    changed = output.getvalue()
    before = [each.extract_text() for each in PdfReader(io.BytesIO(files().pdf)).pages]
    after = [each.extract_text() for each in PdfReader(io.BytesIO(changed)).pages]
    assert before[0] != after[0]
    assert before[1:] == after[1:]

    by_agency = seal_pdf(changed, agency(), NOW, reason="x")
    assert look(by_agency).reason == "EXTRACT.OPERATOR.UNKNOWN"
    by_operator = seal_pdf(changed, operator(), NOW, reason="x")
    assert look(by_operator).reason == "PDF.CONTENT"


def test_a_pdf_that_shows_something_else_than_its_xml_is_refused_even_under_the_operators_seal():
    assert look(laid_out(extract())).valid
    assert look(laid_out(extract(version=3))).reason == "PDF.CONTENT"


def test_an_exchanged_attachment_is_refused():
    xml = files().xml
    changed = xml.replace(b"<version>2<", b"<version>3<")
    assert look(laid_out(extract(), changed)).reason == "PDF.ATTACHMENT"
    assert look(laid_out(extract(), b"<extract/>")).reason == "PDF.ATTACHMENT"


def test_a_pdf_without_a_seal_is_refused():
    assert look(rendered(extract(), files().xml)).reason == "FORMAT_FAILURE (PDF.SEAL.MISSING)"


# What is added --------------------------------------------------------------------------------


def updated(change):
    writer = IncrementalPdfFileWriter(io.BytesIO(files().pdf))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def another_page_content(writer):
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.mark_update(writer.root["/Pages"].raw_get("/Kids").raw_get(0))


def scripted(writer):
    writer.root["/AA"] = generic.DictionaryObject()
    writer.update_root()


@pytest.mark.parametrize("change", [another_page_content, scripted])
def test_an_update_appended_after_the_seal_is_refused(change):
    assert look(updated(change)).reason == "SIGNED_DATA_NOT_FOUND (PDF.UPDATED)"


@pytest.mark.parametrize("tail", [b"\n", b" ", b"%%EOF\n", b"% more\n"])
def test_bytes_appended_after_the_seal_are_refused(tail):
    assert not look(files().pdf + tail).valid


def test_a_second_signature_is_refused():
    again = updated(another_page_content)
    twice = seal_pdf_again(again)
    assert "PDF.SEAL.TWICE" in look(twice).reason


def seal_pdf_again(data):
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    from gateway.security.pdf_seal import _Sealer

    metadata = PdfSignatureMetadata(field_name="Two", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    return PdfSigner(metadata, _Sealer(operator())).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data))).getvalue()


def annotated(writer):
    page = writer.root["/Pages"]["/Kids"].raw_get(0).get_object()
    note = generic.DictionaryObject(
        {
            generic.NameObject("/Type"): generic.NameObject("/Annot"),
            generic.NameObject("/Subtype"): generic.NameObject("/FreeText"),
            generic.NameObject("/Contents"): generic.TextStringObject("void"),
            generic.NameObject("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 99, 99))),
        }
    )
    page["/Annots"] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(page)


@pytest.mark.parametrize(("change", "reason"), [(annotated, "PDF.CONTENT.ADDED"), (scripted, "PDF.CONTENT")])
def test_what_a_reader_would_show_or_do_beside_the_pages_is_refused(change, reason):
    writer = IncrementalPdfFileWriter(io.BytesIO(rendered(extract(), files().xml)))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    whole = io.BytesIO()
    copy_into_new_writer(PdfFileReader(output)).write(whole)
    assert look(seal_pdf(whole.getvalue(), operator(), NOW, reason="x")).reason == reason


def test_a_layout_of_another_release_is_not_compared_and_that_is_said(monkeypatch):
    made = laid_out(extract(version=3))
    monkeypatch.setattr(inspection, "producer", lambda: "state-register-gateway, extract layout 2")
    report = look(made)
    assert (report.valid, report.unchecked) == (True, "PDF.LAYOUT.OTHER")
    assert pdf.producer().startswith("state-register-gateway, extract layout 1 (fpdf2 ")


@pytest.mark.parametrize(
    "data", [b"%PDF-", b"%PDF-1.7\nnonsense", b"%PDF-1.7\n%%EOF", b"%PDF-1.4\nstartxref\n0\n%%EOF\n"]
)
def test_what_only_begins_like_a_pdf_is_refused(data):
    assert look(data).reason == "FORMAT_FAILURE (PDF.UNREADABLE)"
