from __future__ import annotations

import copy
import dataclasses
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.contract.explain import explain
from gateway.contract.model import TYPES_NAMESPACE, ComplexType, Field, SimpleType
from gateway.contract.registry import CONTRACTS, OPERATIONS
from gateway.contract.schema import schema_documents
from gateway.faults import RefusalError
from gateway.xml.parser import parse_trusted
from handlers.messages import RequestContext
from tests.unit.gateway.contract.samples import trees

DOCUMENTS = CONTRACTS["documents"]
REGISTRATION = CONTRACTS["registration"]
UUID = "0198f2b4-7c3a-7e21-9d55-3a0c5c1be001"
CONTEXT = f'<context xmlns:t="urn:state-register:types:v1"><t:requestId>{UUID}</t:requestId>{{}}</context>'
REPORT = (
    f'<ReportInvalidDocuments xmlns="urn:state-register:documents:v1">{CONTEXT.format("")}'
    "<documents><documentType>PASSPORT</documentType><country>AZE</country><number>P12345678</number>"
    "<kind>PERSONALISED</kind><fin>ABC1234</fin><reason>LOST</reason><effectiveFrom>2026-01-31</effectiveFrom>"
    "</documents></ReportInvalidDocuments>"
)


def errors(before: str, after: str) -> list[tuple[str, str]]:
    assert before in REPORT
    found = DOCUMENTS.validate(parse_trusted(REPORT.replace(before, after).encode()))
    return [(error.path.removeprefix("/ReportInvalidDocuments"), error.rule) for error in found]


def test_a_request_that_follows_the_contract_has_no_errors():
    assert errors("LOST", "LOST") == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("<number>P12345678</number>", "", ("/documents[1]/number", "required")),
        ("AZE", "AZERBAIJAN", ("/documents[1]/country", "pattern")),
        ("ABC1234", "ABO1234", ("/documents[1]/fin", "pattern")),
        ("PERSONALISED", "PERSONAL", ("/documents[1]/kind", "enumeration")),
        ("2026-01-31", "2026-02-31", ("/documents[1]/effectiveFrom", "type")),
        ("2026-01-31", "2026-01-31Z", ("/documents[1]/effectiveFrom", "pattern")),
        ("P12345678", "P" * 41, ("/documents[1]/number", "length")),
        ("P12345678", "", ("/documents[1]/number", "length")),
        ("P12345678", "<b/>", ("/documents[1]/number", "text")),
        ("<kind>", "<kind xmlns='urn:y'>", ("/documents[1]/kind", "namespace")),
        ("<kind>PERSONALISED</kind>", "<kind>BLANK</kind><kind>BLANK</kind>", ("/documents[1]/kind", "occurrences")),
        ("<reason>", "stray<reason>", ("/documents[1]", "text")),
        ("</documents>", "<colour>red</colour></documents>", ("/documents[1]/colour", "unexpected")),
        (
            "<reason>LOST</reason>",
            "<reason xmlns:i='urn:i' i:a='1'>LOST</reason>",
            ("/documents[1]/reason", "attribute"),
        ),
        (UUID, "1", ("/context/requestId", "pattern")),
    ],
)
def test_a_breach_is_told_by_its_place_and_its_rule(before: str, after: str, expected: tuple[str, str]):
    assert expected in errors(before, after)


def test_elements_out_of_order_are_told():
    number, kind = "<number>P12345678</number>", "<kind>PERSONALISED</kind>"

    assert errors(number + kind, kind + number) == [("/documents[1]/number", "order")]


@pytest.mark.parametrize("attribute", ["xsi:type='x:Code'", "xsi:nil='false'"])
def test_attributes_that_the_schema_lets_pass_are_refused_all_the_same(attribute: str):
    instance = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:x='urn:state-register:types:v1'"

    assert errors("<reason>", f"<reason {instance} {attribute}>") == [("/documents[1]/reason", "attribute")]


@pytest.mark.parametrize("hint", ["xsi:schemaLocation='urn:a b'", "xsi:noNamespaceSchemaLocation='b'"])
def test_a_hint_where_a_schema_may_lie_is_followed_by_nobody_and_refused_by_nobody(hint: str):
    instance = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"

    assert errors("<reason>", f"<reason {instance} {hint}>") == []


def test_a_comment_that_would_cut_a_text_short_is_refused():
    assert errors("P12345678", "P1234<!-- -->5678") == [("", "schema")]


def test_all_breaches_are_told_at_once_also_after_an_unknown_element():
    found = errors(
        "<country>AZE</country><number>P12345678</number><kind>PERSONALISED</kind><fin>ABC1234</fin>",
        "<countri>AZE</countri><number>P12345678</number><kind>X</kind><fin>I</fin>",
    )

    assert found == [
        ("/documents[1]/countri", "unexpected"),
        ("/documents[1]/kind", "enumeration"),
        ("/documents[1]/fin", "pattern"),
        ("/documents[1]/country", "required"),
    ]


def test_texts_never_repeat_what_was_sent():
    secret = "S3CR3T-VALUE"
    for before in ("AZE", "P12345678", "PERSONALISED", "ABC1234", "LOST", "2026-01-31", UUID):
        long = secret * 50
        for error in DOCUMENTS.validate(parse_trusted(REPORT.replace(before, long).encode())):
            assert secret not in error.text + error.path


def test_an_unknown_element_is_named_in_64_characters_at_the_most():
    [(path, rule)] = errors("</documents>", f"<{'a' * 5000}/></documents>")

    assert (path, rule) == (f"/documents[1]/{'a' * 64}", "unexpected")


def choose(*given: str) -> list[tuple[str, str, str]]:
    inner = "".join(given)
    payload = f'<GetCase xmlns="urn:state-register:registration:v1">{CONTEXT.format("")}{inner}</GetCase>'
    return [(error.path, error.rule, error.text) for error in REGISTRATION.validate(parse_trusted(payload.encode()))]


def test_exactly_one_of_a_choice_must_be_given():
    number, tracking = "<number>2026/IR-000123</number>", f"<trackingId>{UUID}-0123456789</trackingId>"
    breach = [("/GetCase", "choice", "Exactly one of number, trackingId must be given.")]

    assert choose(number) == choose(tracking) == []
    assert choose() == choose(number, tracking) == breach


def test_a_list_beyond_its_limit_is_told_once():
    start, end = REPORT.index("<documents>"), REPORT.index("</ReportInvalid")
    payload = REPORT[:start] + REPORT[start:end] * 10_001 + REPORT[end:]

    found = DOCUMENTS.validate(parse_trusted(payload.encode()))

    assert [(error.path, error.rule) for error in found] == [("/ReportInvalidDocuments/documents", "occurrences")]


def test_a_thousand_errors_are_told_and_no_more():
    start, end = REPORT.index("<documents>"), REPORT.index("</ReportInvalid")
    payload = REPORT[:start] + REPORT[start:end].replace("AZE", "aze") * 2_000 + REPORT[end:]

    assert len(DOCUMENTS.validate(parse_trusted(payload.encode()))) == 1000


def test_a_number_of_many_digits_is_refused_without_being_read():
    payload = (
        f'<PullNotices xmlns="urn:state-register:notices:v1">{CONTEXT.format("")}'
        f"<afterSequence>{'9' * 100_000}</afterSequence></PullNotices>"
    )
    [error] = CONTRACTS["notices"].validate(parse_trusted(payload.encode()))

    assert (error.path, error.rule) == ("/PullNotices/afterSequence", "range")


def test_the_element_of_another_service_is_no_operation():
    with pytest.raises(RefusalError) as refused:
        REGISTRATION.validate(parse_trusted(REPORT.encode()))

    assert refused.value.code == "client.contract.unknown-operation"


LEXICAL = {
    "int": ["0", "-1", "+1", " 1 ", "1.0", "1e3", "٣", "1_0", "0x1", "", " ", "00000000000000000000001", "2147483647"],
    "long": ["0" * 5000 + "1", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "--1", "+", "1 1"],
    "date": ["2026-02-29", "2024-02-29", "2026-2-1", "20260201", "2026-W01-1", " 2026-01-01 ", "2026-01-01+04:00"],
    "dateTime": [
        "2026-01-01T00:00:00", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00+14:00", "2026-01-01T00:00:00-14:01",
        "2026-01-01T24:00:00Z", "2026-01-01T23:59:60Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00.1Z",
        "2026-01-01T00:00:00.1234567891Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00Z", "2026-01-01T00:00:00z",
    ],
    "boolean": ["true", "false", "0", "1", " true ", "TRUE", "yes", ""],
    "base64Binary": [
        "", "AAAA", "AA==", "AB==", "AAA=", "A===", "AAA", "A A A A", "AA\nAA", "====", "AA=A", "AA-_", "ə",
    ],
}  # fmt: skip


@pytest.mark.parametrize("stray", ["AAAA%", "AA\u00a0AA", "A-AAA", "AAAA<!-- -->"])
def test_stray_characters_that_the_schema_library_skips_in_base64_are_refused(stray: str):
    payload = (
        f'<SubmitAppeal xmlns="urn:state-register:registration:v1">{CONTEXT.format("")}'
        f"<signedApplication>{stray}</signedApplication></SubmitAppeal>"
    )
    [error] = REGISTRATION.validate(parse_trusted(payload.encode()))

    assert error.path.startswith("/SubmitAppeal")
    assert error.rule in ("type", "schema")


def _declared_leaves() -> dict[str, SimpleType]:
    """One declared type of each base."""
    tops = [operation.declared_request for operation in OPERATIONS.values()]
    return {of.base: of for top in tops for of in top.types() if isinstance(of, SimpleType)}


@pytest.mark.parametrize(("base", "text"), [(base, text) for base, texts in LEXICAL.items() for text in texts])
def test_the_walk_reads_every_base_type_as_the_schema_does(base: str, text: str):
    of = dataclasses.replace(_declared_leaves()[base], namespace=TYPES_NAMESPACE)
    if base == "boolean":
        of = _declared_leaves()[base]
    holder = ComplexType(TYPES_NAMESPACE, "Holder", "Holds.", (Field("leaf", of, "A leaf."),))
    schema = etree.XMLSchema(schema_documents({"holder": holder}, [])["types"])
    root = etree.Element(f"{{{TYPES_NAMESPACE}}}holder")
    etree.SubElement(root, f"{{{TYPES_NAMESPACE}}}leaf").text = text

    assert schema.validate(root) == (not list(explain(holder, root)))


MUTATIONS = ("drop", "double", "swap", "text", "rename", "empty")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_walk_agrees_with_the_schema_on_every_mutation(data: st.DataObject):
    """The schema decides; the walk must find something wherever it refuses, and nothing where it accepts."""
    operation = data.draw(st.sampled_from(list(OPERATIONS.values())))
    contract = CONTRACTS[operation.service]
    root = _drawn_request(operation, data)
    _mutate(root, data)

    accepted = contract.schema.validate(root)
    found = list(explain(operation.declared_request, root))

    assert accepted == (not found), (etree.tostring(root), found, contract.schema.error_log)


def _drawn_request(operation, data: st.DataObject) -> etree._Element:
    return _encoded(operation, data.draw(trees(operation.declared_request)))


def _encoded(operation, tree: dict[str, Any]) -> etree._Element:
    context = msgspec.convert(tree.pop("context"), RequestContext)
    return parse_trusted(operation.encode_request(context, msgspec.convert(tree, operation.request_type)))


def _mutate(root: etree._Element, data: st.DataObject) -> None:
    victim = data.draw(st.sampled_from([element for element in root.iter() if element is not root]))
    parent = victim.getparent()
    match data.draw(st.sampled_from(MUTATIONS)):
        case "drop":
            parent.remove(victim)
        case "double":
            parent.insert(parent.index(victim), copy.deepcopy(victim))
        case "swap":
            parent.append(victim)
        case "text":
            victim.text = data.draw(
                st.sampled_from(["", " ", "x", "1", "-1", "2026-02-30", "AAAA", "A===", "%", "LOST "])
            )
        case "rename":
            victim.tag = "{urn:state-register:types:v1}other"
        case "empty":
            victim.clear()
