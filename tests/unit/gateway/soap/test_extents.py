"""What requests reach into, as rights are judged by it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.soap import extents
from handlers.documents.model import DocumentKind, DocumentQuestion, InvalidDocumentReport
from handlers.parties.rights import EVERY
from handlers.registration.model import Register
from tests.unit.handlers.registration.examples import CANCELLATION, PERSONAL_REGISTRATION, REGISTRATION


def question(**fields):
    return DocumentQuestion(reference="1", **fields)


@pytest.mark.parametrize(
    ("number", "register"),
    [
        ("IR-000001", "INFORMATION_RESOURCES"),
        ("PD-1234567", "PERSONAL_DATA_SYSTEMS"),
        ("2026/IR-000123", "INFORMATION_RESOURCES"),
        ("2026/PD-000001", "PERSONAL_DATA_SYSTEMS"),
        ("IR-1", EVERY),
        ("XX-000001", EVERY),
        ("ir-000001", EVERY),
        ("IR-000001\n", EVERY),
        ("2026/IR-000123/PD-000001", EVERY),
        ("", EVERY),
    ],
)
def test_a_number_tells_its_register_and_one_of_no_form_could_be_of_any(number, register):
    assert extents.of_number(number).registers == {register}


def test_an_application_reaches_into_its_register_and_an_appeal_into_that_of_its_entry():
    assert extents.of_application(REGISTRATION).registers == {Register.INFORMATION_RESOURCES.value}
    assert extents.of_application(PERSONAL_REGISTRATION).registers == {Register.PERSONAL_DATA_SYSTEMS.value}
    appeal = replace(CANCELLATION, entry_number="PD-000001")
    assert extents.of_application(appeal).registers == {Register.PERSONAL_DATA_SYSTEMS.value}


@pytest.mark.parametrize(
    ("questions", "types"),
    [
        ([question(document_type="PASSPORT", number="1"), question(document_type="VISA")], {"PASSPORT", "VISA"}),
        ([question(document_type="PASSPORT", mrz="P<")], {"PASSPORT"}),
        ([question(mrz="P<")], {EVERY}),
        ([question(mrz="P<"), question(document_type="VISA")], {EVERY, "VISA"}),
        ([question(mrz="")], {EVERY}),
        ([question(number="1")], set()),
    ],
)
def test_questions_reach_the_types_they_name_and_a_bare_zone_reaches_every_one(questions, types):
    assert extents.of_questions(questions).document_types == types


def test_a_report_reaches_the_types_of_its_documents():
    report = InvalidDocumentReport(
        document_type="PASSPORT",
        country="AZE",
        number="C01234567",
        kind=DocumentKind.PERSONALISED,
        reason="LOST",
        effective_from=CANCELLATION.event_date,
    )
    found = extents.of_reports([report, replace(report, document_type="IDENTITY_CARD"), report])
    assert found.document_types == {"PASSPORT", "IDENTITY_CARD"}
