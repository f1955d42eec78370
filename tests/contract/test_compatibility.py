"""A change that would break a client of the last release fails here; so would a checker that has gone blind."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.contract.export import documents
from tests.contract.compatibility import breaks
from tests.contract.published import Published

LAST_RELEASE = Path(__file__).parent / "v1.0"
REGISTRATION = "urn:state-register:registration:v1"
DOCUMENTS = "urn:state-register:documents:v1"
TYPES = "urn:state-register:types:v1"


def frozen() -> dict[str, bytes]:
    paths = [path for path in LAST_RELEASE.rglob("*") if path.is_file()]
    return {str(path.relative_to(LAST_RELEASE)): path.read_bytes() for path in paths}


def found_after(path: str, before: str, after: str) -> list[str]:
    changed = frozen()
    text = changed[path].decode()
    assert text.count(before) >= 1, f"{before!r} is not in {path}"
    changed[path] = text.replace(before, after, 1).encode()
    return breaks(Published(frozen()), Published(changed))


def element(name: str, of: str, occurs: str = "") -> str:
    return f'<xs:element name="{name}" type="{of}"{occurs}>'


def both(first: str, second: str) -> str:
    return f"{first}</xs:element>{second}"


def renamed(name: str, of: str, occurs: str = "") -> tuple[str, str]:
    return element(name, of, occurs), element(f"{name}Two", of, occurs)


def test_this_release_breaks_no_client_of_the_last():
    assert breaks(Published.at(LAST_RELEASE), Published(documents())) == []


def test_the_frozen_release_is_whole():
    last = Published.at(LAST_RELEASE)

    assert len(last.operations) == 14
    assert all(set(calls) == {"1.1", "1.2"} for calls in last.operations.values())
    assert all(name in last.roots for name in last.operations)


BREAKING = [
    (
        "wsdl/bus.wsdl",
        '<wsdl:operation name="GetStatus">\n      <soap:',
        '<wsdl:operation name="AskStatus">\n      <soap:',
        "urn:state-register:bus:v1 GetStatus: no longer offered over SOAP 1.1",
    ),
    (
        "wsdl/bus.wsdl",
        'soap12:operation soapAction="urn:state-register:bus:v1/GetStatus"',
        'soap12:operation soapAction="GetStatus"',
        "urn:state-register:bus:v1 GetStatus: called differently over SOAP 1.2",
    ),
    (
        "wsdl/bus.wsdl",
        "/soap/bus/v1",
        "/soap/bus/v2",
        "urn:state-register:bus:v1 GetReceipt: called differently over SOAP 1.1",
    ),
    (
        "xsd/registration.xsd",
        '<xs:element name="GetCaseResponse">',
        '<xs:element name="CaseResponse">',
        f"{REGISTRATION} GetCaseResponse: no longer there",
    ),
    ("xsd/registration.xsd", *renamed("asOf", "t:Moment", ' minOccurs="0"'), f"{REGISTRATION} GetEntry/asOf: removed"),
    (
        "xsd/registration.xsd",
        *renamed("case", "s:Case", ' minOccurs="0"'),
        f"{REGISTRATION} GetCaseResponse/case: removed",
    ),
    (
        "xsd/types.xsd",
        *renamed("url", "t:Url", ' minOccurs="0"'),
        f"{TYPES} registrationApplication/resourceCard/legalActs/url: removed",
    ),
    (
        "xsd/registration.xsd",
        element("asOf", "t:Moment", ' minOccurs="0"'),
        element("asOf", "t:Moment"),
        f"{REGISTRATION} GetEntry/asOf: mandatory now",
    ),
    (
        "xsd/types.xsd",
        element("email", "t:Email", ' minOccurs="0"'),
        element("email", "t:Email"),
        f"{TYPES} registrationApplication/resourceCard/contacts/email: mandatory now",
    ),
    (
        "xsd/documents.xsd",
        element("reason", "t:Code"),
        both(element("because", "t:Code"), element("reason", "t:Code")),
        f"{DOCUMENTS} ReportInvalidDocuments/documents/because: new and mandatory",
    ),
    (
        "xsd/documents.xsd",
        element("documents", "s:InvalidDocumentReport", ' maxOccurs="10000"'),
        element("documents", "s:InvalidDocumentReport", ' maxOccurs="9999"'),
        f"{DOCUMENTS} ReportInvalidDocuments/documents: may be given fewer times",
    ),
    (
        "xsd/types.xsd",
        '<xs:enumeration value="DECREE">',
        '<xs:enumeration value="EDICT">',
        f"{TYPES} registrationApplication/resourceCard/legalActs/type: fewer values",
    ),
    (
        "xsd/types.xsd",
        'value="[A-HJ-NP-Z0-9]{7}"',
        'value="[A-Z]{7}"',
        f"{REGISTRATION} GetCase/context/representative: another pattern",
    ),
    (
        "xsd/types.xsd",
        '<xs:minLength value="1"/>\n      <xs:maxLength value="40"/>',
        '<xs:minLength value="2"/>\n      <xs:maxLength value="40"/>',
        f"{REGISTRATION} GetCase/number: larger minLength",
    ),
    (
        "xsd/documents.xsd",
        '<xs:maxLength value="200"/>',
        '<xs:maxLength value="199"/>',
        f"{DOCUMENTS} CheckDocuments/documents/mrz: smaller maxLength",
    ),
    (
        "xsd/notices.xsd",
        '<xs:maxInclusive value="500"/>',
        '<xs:maxInclusive value="100"/>',
        "urn:state-register:notices:v1 PullNotices/limit: smaller maxInclusive",
    ),
    (
        "xsd/notices.xsd",
        '<xs:minInclusive value="1"/>',
        '<xs:minInclusive value="2"/>',
        "urn:state-register:notices:v1 AcknowledgeNotices/upToSequence: larger minInclusive",
    ),
    (
        "xsd/types.xsd",
        '<xs:restriction base="xs:date">',
        '<xs:restriction base="xs:dateTime">',
        f"{REGISTRATION} ValidateCard/application/eventDate: dateTime instead of date",
    ),
    (
        "xsd/types.xsd",
        element("biometrics", "xs:boolean"),
        element("biometrics", "xs:string"),
        f"{TYPES} registrationApplication/personalDataSystemCard/biometrics: another type",
    ),
    (
        "xsd/registration.xsd",
        element("entryNumber", "t:EntryNumber", ' minOccurs="0"'),
        element("entryNumber", "s:Entry", ' minOccurs="0"'),
        f"{REGISTRATION} GetCaseResponse/case/entryNumber: another type",
    ),
    (
        "xsd/types.xsd",
        element("trackingId", "t:TrackingId"),
        element("trackingId", "t:TrackingId", ' minOccurs="0"'),
        "urn:state-register:bus:v1 GetStatusResponse/status/trackingId: may be missing now",
    ),
    (
        "xsd/documents.xsd",
        element("answerReference", "t:Text100"),
        element("answerReference", "t:Text100", ' maxOccurs="2"'),
        f"{DOCUMENTS} CheckDocumentsResponse/result/answerReference: a list now",
    ),
    (
        "xsd/documents.xsd",
        element("refusal", "t:Refusal"),
        both(element("later", "t:Refusal"), element("refusal", "t:Refusal")),
        f"{DOCUMENTS} ReportInvalidDocumentsResponse/receipt: another choice",
    ),
    (
        "xsd/types.xsd",
        element("onBehalfOf", "t:AgencyCode", ' minOccurs="0"'),
        both(element("purpose", "t:Code", ' minOccurs="0"'), element("onBehalfOf", "t:AgencyCode", ' minOccurs="0"')),
        f"{DOCUMENTS} CheckDocuments/context: another order",
    ),
]


def test_fields_that_were_sent_together_and_now_exclude_each_other_are_found():
    schema = frozen()["xsd/registration.xsd"].decode()
    start = schema.index('<xs:element name="asOf"')
    end = schema.index("</xs:element>", schema.index('<xs:element name="asKnownAt"')) + len("</xs:element>")
    both_moments = schema[start:end]

    found = found_after("xsd/registration.xsd", both_moments, f"<xs:choice>{both_moments}</xs:choice>")

    assert found == [f"{REGISTRATION} GetEntry/{name}: excludes others now" for name in ("asOf", "asKnownAt")]


@pytest.mark.parametrize(("path", "before", "after", "broken"), BREAKING, ids=[row[3] for row in BREAKING])
def test_a_change_that_breaks_a_client_is_found(path: str, before: str, after: str, broken: str):
    assert broken in found_after(path, before, after)


HARMLESS = [
    (
        "xsd/registration.xsd",
        element("asOf", "t:Moment", ' minOccurs="0"'),
        both(element("language", "t:Code", ' minOccurs="0"'), element("asOf", "t:Moment", ' minOccurs="0"')),
    ),
    (
        "xsd/registration.xsd",
        '<xs:enumeration value="RECEIVED">',
        '<xs:enumeration value="REVIEW"/><xs:enumeration value="RECEIVED">',
    ),
    (
        "xsd/types.xsd",
        '<xs:enumeration value="DECREE">',
        '<xs:enumeration value="EDICT"/><xs:enumeration value="DECREE">',
    ),
    ("xsd/documents.xsd", '<xs:maxLength value="200"/>', '<xs:maxLength value="300"/>'),
    ("xsd/documents.xsd", '<xs:maxLength value="200"/>', ""),
    (
        "xsd/documents.xsd",
        element("grade", "s:EvidenceGrade"),
        both(element("score", "t:Count"), element("grade", "s:EvidenceGrade")),
    ),
    ("xsd/registration.xsd", element("at", "t:Moment"), element("at", "t:Moment") + "<!-- when -->"),
    ("wsdl/bus.wsdl", "http://127.0.0.1:8080/", "https://gateway.example.az/"),
    ("wsdl/bus.wsdl", "Tell which operations", "Say which operations"),
]


@pytest.mark.parametrize(("path", "before", "after"), HARMLESS)
def test_a_change_that_breaks_nobody_is_let_pass(path: str, before: str, after: str):
    assert found_after(path, before, after) == []
