from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.contract.codec import (
    ElementError,
    compile_decoder,
    compile_encoder,
    escape,
    format_moment,
    parse_moment,
)
from gateway.contract.files import decode_application, decode_receipt, encode_application, encode_receipt
from gateway.contract.model import ComplexType, Field, SimpleType
from gateway.contract.registry import CONTRACTS, OPERATIONS, Operation
from gateway.contract.services import ROOTS
from gateway.xml.parser import parse_trusted
from handlers.messages import RequestContext
from handlers.registration.model import AppealApplication, RegistrationApplication
from tests.unit.gateway.contract.samples import trees

OPERATION_LIST = list(OPERATIONS.values())
NAMES = [operation.qualified_name for operation in OPERATION_LIST]
EXAMPLES = settings(max_examples=15, deadline=None)


def canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True)


def leaf(base: str, name: str = "Leaf") -> ComplexType:
    of = SimpleType("urn:x", name, base, "")
    return ComplexType("urn:x", "Holder", "", (Field("value", of, ""),))


@pytest.mark.parametrize("operation", OPERATION_LIST, ids=NAMES)
@EXAMPLES
@given(data=st.data())
def test_any_request_goes_out_and_comes_back_unchanged(operation: Operation, data: st.DataObject):
    tree = data.draw(trees(operation.declared_request))
    context = msgspec.convert(tree.pop("context"), RequestContext)
    body = msgspec.convert(tree, operation.request_type)

    sent = operation.encode_request(context, body)
    element = parse_trusted(sent)
    request = CONTRACTS[operation.service].read(element)

    assert canonical(element) == sent
    assert (request.operation, request.context, request.body) == (operation, context, body)


@pytest.mark.parametrize("operation", OPERATION_LIST, ids=NAMES)
@EXAMPLES
@given(data=st.data())
def test_any_answer_is_canonical_follows_the_schema_and_comes_back_unchanged(operation: Operation, data: st.DataObject):
    answer = msgspec.convert(data.draw(trees(operation.declared_response)), operation.answer_type)

    sent = operation.encode(answer)
    element = parse_trusted(sent)

    assert canonical(element) == sent
    assert element.tag == operation.response_tag
    CONTRACTS[operation.service].schema.assertValid(element)
    assert operation.decode_answer(element) == answer


@pytest.mark.parametrize(
    ("root", "record"),
    [("registrationApplication", RegistrationApplication), ("appealApplication", AppealApplication)],
)
@EXAMPLES
@given(data=st.data())
def test_any_application_goes_into_a_file_and_comes_back_unchanged(root: str, record: type, data: st.DataObject):
    application = msgspec.convert(data.draw(trees(ROOTS[root])), record)

    sent = encode_application(application)

    assert canonical(parse_trusted(sent)) == sent
    assert decode_application(parse_trusted(sent)) == application


def test_bytes_stay_canonical_inside_an_envelope_that_uses_the_same_namespaces():
    operation = OPERATIONS["bus", "{urn:state-register:bus:v1}ListServices"]
    sent = operation.encode_request(
        RequestContext(request_id="0198f2b4-7c3a-7e21-9d55-3a0c5c1be001"), operation.request_type()
    )
    envelope = parse_trusted(
        b'<e:Envelope xmlns:e="urn:e" xmlns:t="urn:state-register:types:v1" xmlns="urn:other"><e:Body>'
        + sent
        + b"</e:Body></e:Envelope>"
    )

    assert canonical(envelope[0][0]) == sent


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_escaped_text_is_what_canonicalisation_would_write(text: str):
    element = etree.Element("a")
    carried = "".join(character if is_carried(character) else "\ufffd" for character in text)
    element.text = carried

    assert canonical(element) == f"<a>{escape(text)}</a>".encode()


def is_carried(character: str) -> bool:
    return character in "\t\n\r" or (character >= " " and character not in "\ufffe\uffff")


def test_a_lone_surrogate_never_makes_an_answer_unsendable():
    assert escape("a\ud800b").encode() == "a\ufffdb".encode()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T10:00:00Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22T10:00:00+04:00", datetime(2026, 11, 22, 6, tzinfo=UTC)),
        (" 2026-11-22T10:00:00.5-01:30\n", datetime(2026, 11, 22, 11, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-11-22T10:00:00.123456789Z", datetime(2026, 11, 22, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("1800-01-01T00:00:00+14:00", datetime(1799, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_moments_are_read_in_utc_whatever_their_offset(text: str, moment: datetime):
    assert parse_moment(text) == moment
    assert parse_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 22, 10, tzinfo=UTC), "2026-11-22T10:00:00Z"),
        (datetime(2026, 11, 22, 10, 0, 0, 7, tzinfo=UTC), "2026-11-22T10:00:00.000007Z"),
        (datetime(2026, 11, 22, 1, tzinfo=timezone(timedelta(hours=4))), "2026-11-21T21:00:00Z"),
    ],
)
def test_moments_are_written_in_utc(moment: datetime, text: str):
    assert format_moment(moment) == text


def test_a_moment_without_a_time_zone_is_never_written_as_if_it_had_one():
    with pytest.raises(ValueError, match="time zone"):
        format_moment(datetime(2026, 11, 22, 10))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("base", "text", "value"),
    [
        ("boolean", " 1 ", True),
        ("boolean", "false", False),
        ("int", " +7\n", 7),
        ("long", "-00", 0),
        ("long", "-" + "0" * 5000 + "12", -12),
        ("date", "\t2026-11-22 ", date(2026, 11, 22)),
        ("base64Binary", "aGV\n sbG8=", b"hello"),
        ("string", "  as it is ", "  as it is "),
    ],
)
def test_white_space_counts_in_texts_and_nowhere_else(base: str, text: str, value: Any):
    element = parse_trusted(f'<h xmlns="urn:x"><value>{text}</value></h>'.encode())

    assert compile_decoder(leaf(base))(element) == {"value": value}


def test_uuids_are_read_in_small_letters():
    element = parse_trusted(b'<h xmlns="urn:x"><value>0198F2B4-7C3A-7E21-9D55-3A0C5C1BE001</value></h>')

    decoded = compile_decoder(leaf("string", "Uuid"))(element)

    assert decoded == {"value": "0198f2b4-7c3a-7e21-9d55-3a0c5c1be001"}


@pytest.mark.parametrize("inside", ["ad<!--x-->min", "<b/>"])
def test_a_leaf_that_holds_more_than_text_is_never_read_in_part(inside: str):
    element = parse_trusted(f'<h xmlns="urn:x"><value>{inside}</value></h>'.encode())

    with pytest.raises(ElementError, match="more than text"):
        compile_decoder(leaf("string"))(element)


def test_an_element_that_the_type_does_not_have_is_not_passed_over():
    element = parse_trusted(b'<h xmlns="urn:x"><other xmlns="urn:y"/></h>')

    with pytest.raises(ElementError, match="Holder"):
        compile_decoder(leaf("string"))(element)


def test_a_comment_between_elements_carries_nothing():
    element = parse_trusted(b'<h xmlns="urn:x"><!-- here --><value>x</value></h>')

    assert compile_decoder(leaf("string"))(element) == {"value": "x"}


def test_a_namespace_is_declared_where_it_changes_and_nowhere_else():
    text = SimpleType("urn:b", "Text", "string", "")
    inner = ComplexType("urn:b", "Inner", "", (Field("x", text, ""), Field("y", text, "", least=0)))
    outer = ComplexType("urn:a", "Outer", "", (Field("inner", inner, ""), Field("last", text, "")))

    encoded = compile_encoder(outer, "top")(SimpleNamespace(inner=SimpleNamespace(x="1", y="2"), last="3"))

    assert encoded == (
        b'<top xmlns="urn:a"><inner><x xmlns="urn:b">1</x><y xmlns="urn:b">2</y></inner><last>3</last></top>'
    )


def test_a_sealed_receipt_is_read_past_its_signature():
    from gateway.contract.answers import ReceiptDocument

    receipt = ReceiptDocument(
        tracking_id="0198f2b4-7c3a-7e21-9d55-3a0c5c1be001-0123456789",
        request_id="0198f2b4-7c3a-7e21-9d55-3a0c5c1be002",
        agency="DIN",
        system="din-1",
        operation="documents.ReportInvalidDocuments",
        digest="0" * 64,
        received_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
        gateway="state-register-gateway",
    )
    signature = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X Id="y"/></ds:Signature></receipt>'
    sealed = encode_receipt(receipt).replace(b"</receipt>", signature)

    assert decode_receipt(parse_trusted(sealed)) == receipt
