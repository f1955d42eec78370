"""The forms of identifiers (domain §1)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from handlers.parties.changes import grant
from handlers.parties.commands import add_agency, add_representative, add_system
from handlers.parties.forms import FORMS, LONGEST_CODE, EnrolmentError, check
from handlers.parties.model import Act, Agency, Certificate, Representative, System
from handlers.parties.rights import Right

AGENCY = Agency(code="MIA", name_az="DİN", name_en="MIA", tax_id="1400000001")
CERTIFICATE = Certificate(fingerprint="ab" * 32, issuer="CN=CA", serial="17")
SYSTEM = System(code="MIA-1", agency="MIA", name="Sistem", certificates=(CERTIFICATE,))
ACT = Act(by="officer", at=datetime(2026, 3, 1, tzinfo=UTC), reason="Letter 17/26")
PERSON = Representative(
    fin="5AB1CD2",
    agency="MIA",
    identity_card="AZE12345678",
    surname="Əliyeva",
    name="Günel",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    certificates=(Certificate(fingerprint="cd" * 32, issuer="CN=CA", serial="18"),),
)
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIN", "5AB1CD2"),
        ("FIN", "0000000"),
        ("identity card", "AZE12345678"),
        ("identity card", "AA1234567"),
        ("operation", "documents.CheckDocuments"),
        ("tax id", "0000000001"),
        ("agency code", "MOJ"),
        ("agency code", "A" * LONGEST_CODE),
        ("document type", "P" * LONGEST_CODE),
        ("login", "aygun.moj"),
        ("password hash", HASH),
    ],
)
def test_a_value_of_the_right_form_is_taken(name, value):
    assert check(name, value) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agency code", "A" * (LONGEST_CODE + 1)),
        ("document type", "P" * (LONGEST_CODE + 1)),
        ("FIN", "5AB1CDI"),
        ("FIN", "5AB1CDO"),
        ("FIN", "5ab1cd2"),
        ("FIN", "5AB1CD"),
        ("FIN", "5AB1CD22"),
        ("FIN", "5AB1CD2\n"),
        ("FIN", "5AB1CD٢"),
        ("identity card", "AZE1234567"),
        ("identity card", "AA12345678"),
        ("identity card", "AB1234567"),
        ("operation", "documents"),
        ("operation", "documents.*"),
        ("tax id", "140000001"),
        ("agency code", ""),
        ("agency code", "M A"),
        ("certificate fingerprint", "AB" * 32),
        ("certificate serial number", "0x17"),
    ],
)
def test_a_value_of_another_form_is_refused_with_the_form_to_give(name, value):
    with pytest.raises(EnrolmentError, match=f"{name}: .*; give "):
        check(name, value)


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_form_is_told_in_both_languages(name):
    with pytest.raises(EnrolmentError) as raised:
        check(name, "?")
    assert FORMS[name].words in str(raised.value)
    assert FORMS[name].name_az in raised.value.text_az
    assert FORMS[name].words_az in raised.value.text_az
    assert FORMS[name].words != FORMS[name].words_az


def test_a_password_given_for_its_hash_is_not_repeated():
    with pytest.raises(EnrolmentError) as raised:
        check("password hash", "correct horse")
    assert "horse" not in str(raised.value)


@pytest.mark.parametrize(
    ("add", "record", "words"),
    [
        (add_agency, replace(AGENCY, name_az=" "), r"name \(az\): is empty"),
        (add_agency, replace(AGENCY, email="nobody"), "e-mail address"),
        (add_agency, replace(AGENCY, provides_document_types=("passport",)), "document type"),
        (add_system, replace(SYSTEM, certificates=(replace(CERTIFICATE, issuer=""),)), "certificate issuer: is empty"),
        (add_system, replace(SYSTEM, rights=(Right(operation="CheckDocuments"),)), "operation"),
        (add_representative, replace(PERSON, surname=""), "surname: is empty"),
        (add_representative, replace(PERSON, valid_to=date(2025, 1, 1)), "period of authority"),
        (add_representative, replace(PERSON, certificates=()), "means of confirmation"),
        (add_representative, replace(PERSON, login="gunel"), "login and password belong together"),
        (add_representative, replace(PERSON, password_hash=HASH), "login and password belong together"),
        (add_representative, replace(PERSON, login="gunel", password_hash="secret"), "password hash"),
    ],
)
def test_a_party_is_checked_before_the_store_is_asked(add, record, words):
    with pytest.raises(EnrolmentError, match=words):
        add(None, record)


def test_only_operations_can_be_granted():
    with pytest.raises(EnrolmentError, match="operation"):
        grant(None, "MIA-1", [Right(operation="everything")], ACT)
