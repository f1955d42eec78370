from __future__ import annotations

from datetime import date

import pytest

from gateway.contract.answers import ExplanationDetail, FaultDetail, FieldErrorDetail
from gateway.contract.files import (
    ApplicationError,
    ReceiptError,
    as_defects,
    decode_application,
    decode_receipt,
    encode_application,
    encode_fault,
)
from gateway.contract.validation import ThreadSchema
from gateway.faults import FieldError
from gateway.xml.parser import parse_trusted
from handlers.registration.model import AppealApplication, AppealKind

APPEAL = AppealApplication(
    kind=AppealKind.CANCELLATION,
    applicant="DIN",
    representative="ABC1234",
    entry_number="IR-1",
    against_version=1,
    reason="Ehtiyat ləğv edilib.",
    event_date=date(2026, 11, 2),
)


def test_an_appeal_file_is_read_as_what_was_written():
    assert decode_application(parse_trusted(encode_application(APPEAL))) == APPEAL


@pytest.mark.parametrize(
    ("before", "after", "breach"),
    [
        (b"CANCELLATION", b"DELETION", ("/appealApplication/kind", "enumeration")),
        (b"</appealApplication>", b"<extra/></appealApplication>", ("/appealApplication/extra", "unexpected")),
        (b"<againstVersion>1<", b"<againstVersion>0<", ("/appealApplication/againstVersion", "range")),
    ],
)
def test_a_file_that_breaks_the_schema_is_told_where(before: bytes, after: bytes, breach: tuple[str, str]):
    file = encode_application(APPEAL)
    assert before in file

    with pytest.raises(ApplicationError) as refused:
        decode_application(parse_trusted(file.replace(before, after)))

    assert [(field.path, field.rule) for field in refused.value.fields] == [breach]
    assert [defect.path for defect in refused.value.defects] == [breach[0]]


@pytest.mark.parametrize(
    "file", [b"<appealApplication/>", b'<receipt xmlns="urn:state-register:types:v1"/>', b'<x xmlns="urn:y"/>']
)
def test_another_element_is_no_application(file: bytes):
    with pytest.raises(ApplicationError) as refused:
        decode_application(parse_trusted(file))

    assert [field.rule for field in refused.value.fields] == ["root"]


def test_a_signature_that_was_not_taken_out_is_no_part_of_an_application():
    signature = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></appealApplication>'
    file = encode_application(APPEAL).replace(b"</appealApplication>", signature)

    with pytest.raises(ApplicationError):
        decode_application(parse_trusted(file))


def test_defects_speak_both_languages_and_never_repeat_the_value():
    [defect] = as_defects([FieldError("/a/b", "pattern", "Must match the pattern [A-Z]{3} (Country).")])

    assert defect.rule == "contract.pattern"
    assert defect.text_az == "Dəyər tələb olunan formaya uyğun deyil."
    assert defect.text_en == "Must match the pattern [A-Z]{3} (Country)."


def test_a_fault_detail_follows_its_schema():
    detail = FaultDetail(
        code="client.contract.invalid",
        fault_id="0198f2b4-7c3a-7e21-9d55-3a0c5c1be001",
        text_az="Sorğu elan edilmiş sxemə uyğun deyil.",
        text_en="The request does not follow the published schema.",
        retry_after=5,
        field_errors=(FieldErrorDetail(path="/GetCase", rule="choice", text="Exactly one of them."),),
        explanation=(ExplanationDetail(name="digest-found", value="abc"),),
    )

    encoded = encode_fault(detail)

    ThreadSchema("types").compiled.assertValid(parse_trusted(encoded))
    assert encoded.startswith(b'<fault xmlns="urn:state-register:types:v1"><code>client.contract.invalid</code>')


def test_what_is_no_receipt_is_not_read_as_one():
    with pytest.raises(ReceiptError):
        decode_receipt(parse_trusted(encode_application(APPEAL)))
    with pytest.raises(ReceiptError):
        decode_receipt(parse_trusted(b'<receipt xmlns="urn:state-register:types:v1"/>'))
