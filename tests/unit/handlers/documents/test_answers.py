"""The answer for one document, decided without a store."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from handlers.documents.answers import answer, refusal
from handlers.documents.examination import Circumstances
from handlers.documents.listing import Listing
from handlers.documents.model import (
    CheckMade,
    CheckOutcome,
    DocumentQuestion,
    EvidenceGrade,
    RecordStatus,
    ValidityStatus,
)
from handlers.documents.resolution import Asked, Malformed, resolve, resolve_all
from handlers.parties.model import DisclosureTier
from handlers.rules.classifiers import DOCUMENT_RULES
from tests.unit.handlers.documents.examples import TD3, passport

TODAY = date(2026, 5, 20)
LISTED = datetime(2026, 3, 2, 9, tzinfo=UTC)
QUESTION = DocumentQuestion(reference="1", document_type="PASSPORT", country="AZE", number="C01234567")
HIT = Listing(
    key="AZE:C01234567",
    document_type="PASSPORT",
    status=RecordStatus.ACTIVE,
    reason="LOST",
    effective_from=date(2026, 3, 1),
    listed_since=LISTED,
)
SUSPENSION = Listing(
    key="AZE:C01234567",
    document_type="PASSPORT",
    status=RecordStatus.SUSPENDED,
    reason="TEMPORARILY_TAKEN",
    effective_from=date(2026, 1, 1),
    listed_since=LISTED,
)


def answered(question=QUESTION, *listings, tier=DisclosureTier.FULL):
    resolved = resolve(question, TODAY, DOCUMENT_RULES)
    if isinstance(resolved, Malformed):
        return refusal(resolved)
    return answer(resolved, listings, Circumstances(day=TODAY, rules=DOCUMENT_RULES), tier)


def outcomes(given):
    return {check.name: check.outcome for check in given.checks}


def test_a_document_without_a_record_is_not_listed_and_that_is_not_called_valid():
    given = answered()
    assert given.status is ValidityStatus.NOT_LISTED
    assert given.grade is EvidenceGrade.REGISTER_ONLY
    assert given.text_en == "Not listed as invalid; that does not prove the document valid."
    assert given.checks[0] == CheckMade(name="register", outcome=CheckOutcome.PASSED)
    assert outcomes(given) == {"register": CheckOutcome.PASSED, "number-form": CheckOutcome.PASSED}


def test_a_listed_document_is_invalid():
    given = answered(QUESTION, HIT)
    assert given.status is ValidityStatus.INVALID
    assert outcomes(given)["register"] is CheckOutcome.FAILED


def test_listed_beats_expired_and_suspect():
    question = replace(QUESTION, expires_on=date(2020, 1, 1), fin="bad", mrz=passport(expiry="200101"))
    assert answered(question).status is ValidityStatus.SUSPECT
    assert answered(question, HIT).status is ValidityStatus.INVALID


def test_a_suspension_is_told_as_such_and_an_invalidity_beside_it_counts_for_more():
    assert answered(QUESTION, SUSPENSION).status is ValidityStatus.SUSPENDED
    both = answered(QUESTION, SUSPENSION, HIT)
    assert (both.status, both.reason) == (ValidityStatus.INVALID, "LOST")


def test_a_record_of_another_type_of_document_is_not_about_it():
    assert answered(replace(QUESTION, document_type="SERVICE_PASSPORT"), HIT).status is ValidityStatus.NOT_LISTED


def test_a_zone_alone_finds_records_of_any_type():
    given = answered(DocumentQuestion(reference="1", mrz=passport()), HIT)
    assert given.status is ValidityStatus.INVALID


@pytest.mark.parametrize(
    ("tier", "reason", "effective", "since"),
    [
        (DisclosureTier.HIT_ONLY, None, None, None),
        (DisclosureTier.STATUS, None, None, None),
        (DisclosureTier.REASON, "LOST", date(2026, 3, 1), None),
        (DisclosureTier.FULL, "LOST", date(2026, 3, 1), LISTED),
    ],
)
def test_a_tier_sees_no_more_than_its_share(tier, reason, effective, since):
    given = answered(QUESTION, HIT, tier=tier)
    assert (given.reason, given.effective_from, given.listed_since) == (reason, effective, since)


def test_the_lowest_tier_cannot_tell_a_suspension_from_an_invalidity():
    answers = [answered(QUESTION, listing, tier=DisclosureTier.HIT_ONLY) for listing in (HIT, SUSPENSION)]
    assert answers[0] == answers[1]


def test_a_document_is_good_on_its_last_day_and_expired_after_it():
    assert answered(replace(QUESTION, expires_on=TODAY)).status is ValidityStatus.NOT_LISTED
    expired = answered(replace(QUESTION, expires_on=date(2026, 5, 19)))
    assert expired.status is ValidityStatus.EXPIRED
    assert expired.grade is EvidenceGrade.FORMAT_ONLY
    assert outcomes(expired)["expiry"] is CheckOutcome.FAILED


def test_the_expiry_is_read_from_the_zone_when_it_is_not_given():
    assert answered(DocumentQuestion(reference="1", mrz=passport(expiry="260519"))).status is ValidityStatus.EXPIRED


BAD_DIGIT = passport().replace("C01234567", "C01234568")


@pytest.mark.parametrize(
    ("check", "field", "question"),
    [
        ("mrz", "mrz", DocumentQuestion(reference="1", mrz=BAD_DIGIT)),
        ("mrz", "mrz", replace(QUESTION, number="C07654321", mrz=passport())),
        ("mrz", "mrz", replace(QUESTION, country="TUR", mrz=passport())),
        ("number-form", "number", replace(QUESTION, number="C0123456")),
        ("number-form", "number", replace(QUESTION, number="\u042101234567")),
        ("number-form", "number", replace(QUESTION, country="TUR", number="\u042101234567")),
        ("number-form", "mrz", DocumentQuestion(reference="1", mrz=passport("1234"))),
        ("fin-form", "fin", replace(QUESTION, fin="5ABC12O")),
        ("dates", "expiresOn", replace(QUESTION, issued_on=date(2026, 1, 2), expires_on=date(2026, 1, 1))),
        ("dates", "issuedOn", replace(QUESTION, issued_on=date(2026, 5, 21))),
        ("dates", "birthDate", replace(QUESTION, birth_date=date(2026, 5, 21))),
        ("dates", "birthDate", replace(QUESTION, birth_date=date(1890, 1, 1))),
        ("dates", "issuedOn", replace(QUESTION, birth_date=date(2020, 1, 1), issued_on=date(2019, 1, 1))),
        ("dates", "birthDate", replace(QUESTION, birth_date=date(1991, 1, 1), mrz=passport())),
        ("dates", "expiresOn", replace(QUESTION, expires_on=date(2030, 1, 2), mrz=passport())),
        ("dates", "mrz", DocumentQuestion(reference="1", mrz=passport(expiry="301301"))),
    ],
)
def test_a_failed_check_makes_a_document_suspect_and_names_the_field(check, field, question):
    given = answered(question)
    assert given.status is ValidityStatus.SUSPECT
    assert given.field == field
    assert outcomes(given)[check] is CheckOutcome.FAILED
    assert given.text_az
    assert given.text_en


def test_what_is_typed_and_what_the_zone_says_are_both_looked_up():
    question = replace(QUESTION, number="C07654321", mrz=passport())
    resolved = resolve(question, TODAY, DOCUMENT_RULES)
    assert isinstance(resolved, Asked)
    assert set(resolved.keys) == {"AZE:C01234567", "AZE:C07654321"}
    assert answered(question, HIT).status is ValidityStatus.INVALID


def test_no_form_is_expected_of_foreign_numbers_and_of_types_without_one():
    for question in (replace(QUESTION, country="TUR", number="U1"), replace(QUESTION, document_type="MILITARY_CARD")):
        given = answered(question)
        assert given.status is ValidityStatus.NOT_LISTED
        assert outcomes(given)["number-form"] is CheckOutcome.NOT_MADE


def test_a_zone_of_germany_is_about_a_german_document():
    zone = passport("C01X00T47", issuer="D")
    resolved = resolve(DocumentQuestion(reference="1", mrz=zone), TODAY, DOCUMENT_RULES)
    assert isinstance(resolved, Asked)
    assert resolved.keys == ("DEU:C01X00T47",)


@pytest.mark.parametrize(
    ("field", "question"),
    [
        ("number", replace(QUESTION, number=None)),
        ("number", replace(QUESTION, number=" - ")),
        ("number", replace(QUESTION, series="C", number=None)),
        ("number", replace(QUESTION, number="C/1234567")),
        ("number", replace(QUESTION, number="1" * 33)),
        ("documentType", replace(QUESTION, document_type=None)),
        ("documentType", replace(QUESTION, document_type="LIBRARY_CARD")),
        ("country", replace(QUESTION, country=None)),
        ("country", replace(QUESTION, country="AZ")),
        ("mrz", DocumentQuestion(reference="1", mrz="P<AZE")),
        ("mrz", DocumentQuestion(reference="1", mrz=TD3)),
        ("reference", replace(QUESTION, reference=" ")),
    ],
)
def test_a_malformed_item_is_an_invalid_request_and_names_the_field(field, question):
    given = answered(question, HIT)
    assert given.status is ValidityStatus.INVALID_REQUEST
    assert given.field == field
    assert given.grade is EvidenceGrade.FORMAT_ONLY
    assert outcomes(given) == {"register": CheckOutcome.NOT_MADE}


def test_items_that_share_a_reference_are_all_invalid_requests():
    questions = [QUESTION, replace(QUESTION, reference="2"), replace(QUESTION, number="C07654321")]
    resolved = resolve_all(questions, TODAY, DOCUMENT_RULES)
    assert [isinstance(one, Malformed) for one in resolved] == [True, False, True]
