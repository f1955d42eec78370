"""ValidateCard tells everything at once: form, signature, signatory, rules, and what the registers have against it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from gateway.contract.files import encode_application
from gateway.contract.requests import ValidateCardRequest
from gateway.faults import RefusalError
from gateway.security.identity import Acting
from gateway.security.xades import examine_application, sign_application
from gateway.soap.card_validation import CardValidation
from gateway.soap.endpoint import Exchange
from gateway.xml.parser import Limits
from handlers.parties.directory import Directory
from handlers.parties.model import Caller, Certificate
from handlers.parties.rights import EVERY, right_to
from handlers.registration.commands import submit_appeal, submit_registration
from handlers.registration.entries import enter
from handlers.registration.model import Withdrawal
from handlers.store import directory
from handlers.store.engine import open_store
from handlers.store.ports import StoreUnavailableError
from handlers.store.schema import TABLES, migrate
from handlers.work import Work
from tests.unit.gateway.security.material import pki, system
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
    CANCELLATION,
    CHANGE,
    CONFIRMATION,
    FIN,
    OTHER,
    OWNER,
    PERSONAL_REGISTRATION,
    REGISTRATION,
    REPRESENTATIVE,
    RESOURCE,
    appeal,
    registration,
)

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
CARD = system("P-256", "Aygün")


@pytest.fixture
def store(sqlite_url):
    store = open_store(sqlite_url)
    migrate(store)
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        directory.add_representative(connection, REPRESENTATIVE)
    yield store
    store.close()


class Away:
    """A store that cannot be reached."""

    @contextmanager
    def reading(self) -> Iterator[None]:
        raise StoreUnavailableError
        yield


def exchange(body, *, agency=OWNER, registers=(EVERY,), representative=REPRESENTATIVE):
    enrolled = Certificate(fingerprint=CARD.signing_key().certificate.fingerprint)
    people = {FIN: replace(representative, certificates=(enrolled,))}
    parties = Directory(
        version=1, agencies={each.code: each for each in AGENCY_RECORDS}, systems={}, representatives=people
    )
    right = right_to("registration.ValidateCard", registers)
    caller = Caller(agency=agency, system=f"{agency}-1", rights=(right,))
    return Exchange(
        Acting(caller, right.operation, right, ()), None, None, SimpleNamespace(body=body), parties, b"", NOW
    )


def answer(store, body, **circumstances):
    examine = lambda data, now: examine_application(data, trust=pki().trust, now=now, limits=Limits())  # noqa: E731
    return CardValidation(store, examine)(exchange(body, **circumstances)).report


def told(store, *, by=None, **form):
    report = answer(store, ValidateCardRequest(**form), **(by or {}))
    assert report.valid == (not report.defects)
    return [(each.rule, each.path) for each in report.defects]


def file(application=REGISTRATION, signed_at=NOW, by=CARD):
    return sign_application(encode_application(application), by.signing_key(), signed_at)


def rows(store):
    with store.reading() as connection:
        return {
            t.name: connection.scalar(select(func.count()).select_from(t))
            for t in TABLES.sorted_tables
            if t.name != "seen_question"
        }


@pytest.mark.parametrize("application", [REGISTRATION, PERSONAL_REGISTRATION])
def test_a_sound_application_is_valid_as_structure_and_as_file_and_nothing_is_stored(store, application):
    before = rows(store)
    assert told(store, application=application) == []
    assert told(store, signed_application=file(application)) == []
    assert rows(store) == before


def test_an_appeal_is_judged_by_its_entry(store):
    assert told(store, appeal_application=CANCELLATION) == [("register.unknown-entry", "/entryNumber")]
    with store.writing() as connection:
        enter(Work(connection, NOW), RESOURCE)
    assert told(store, appeal_application=CANCELLATION) == []
    assert told(store, signed_application=file(CHANGE)) == []
    assert told(store, appeal_application=replace(CANCELLATION, against_version=7)) == [
        ("register.false-data", "/againstVersion")
    ]
    assert told(store, by={"agency": OTHER}, appeal_application=replace(CANCELLATION, applicant=OTHER)) == [
        ("representative.authority", "/representative"),
        ("register.entry-not-of-applicant", "/entryNumber"),
    ]


def test_a_taken_name_and_a_used_file_are_told(store):
    data = file()
    with store.writing() as connection:
        used = replace(CONFIRMATION, signed_file=data, signed_file_digest=hashlib.sha256(data).hexdigest())
        assert submit_registration(Work(connection, NOW), registration(confirmation=used)).ground is None
    assert told(store, signed_application=data) == [
        ("register.duplicate", "/resourceCard/shortName"),
        ("register.signed-file-used", "/signedApplication"),
    ]
    assert told(store, application=REGISTRATION) == [("register.duplicate", "/resourceCard/shortName")]


def test_everything_is_told_at_once(store):
    """A changed file of a stranger, about a card with faults of its own, in the name of another agency."""
    faulty = replace(
        REGISTRATION,
        applicant=OTHER,
        resource_card=replace(RESOURCE, operator="NOBODY", contacts=(), purpose=" "),
    )
    stranger = pki().issuing.issue("Naməlum", NOW - timedelta(days=1), kind="P-256")
    data = file(faulty, by=stranger).replace(b"vahid", b"VAHID").replace("Əhalinin".encode(), "ƏHALİNİN".encode())
    assert told(store, signed_application=data) == [
        ("signature.hash-failure", "/signedApplication"),
        ("application.applicant", "/applicant"),
        ("registration.owner", "/resourceCard/owner"),
        ("text.blank", "/resourceCard/purpose"),
        ("operator.enrolled", "/resourceCard/operator"),
        ("contact.present", "/resourceCard/contacts"),
    ]


def test_nobody_learns_by_asking_what_another_agency_is_about(store):
    """In its name, an open case, a name, a used file, an entry and its people make no difference to the answer."""
    data = file(CHANGE)
    forms = (
        {"application": REGISTRATION},
        {"application": replace(REGISTRATION, representative="5ZZZ12D")},
        {"appeal_application": CHANGE},
        {"appeal_application": replace(CHANGE, representative="5ZZZ12D", against_version=7)},
        {"signed_application": data},
        {"signed_application": file(CHANGE, by=pki().issuing.issue("Naməlum", NOW - timedelta(days=1), kind="P-256"))},
    )
    ask = lambda: [answer(store, ValidateCardRequest(**form), agency=OTHER) for form in forms]  # noqa: E731
    before = ask()
    with store.writing() as connection:
        work = Work(connection, NOW)
        enter(work, RESOURCE)
        taken = replace(CONFIRMATION, signed_file=data, signed_file_digest=hashlib.sha256(data).hexdigest())
        assert submit_appeal(work, appeal(CHANGE, confirmation=taken)).ground is None
    after = ask()

    assert after == before
    for report in after:
        assert [each.rule for each in report.defects] == ["application.applicant"]
        assert report.notes[0].rule == "checked.foreign-applicant"


def test_a_short_name_under_another_owner_is_not_looked_up(store):
    theirs = replace(REGISTRATION, applicant=OTHER, resource_card=replace(RESOURCE, owner=OWNER))
    with store.writing() as connection:
        assert submit_registration(Work(connection, NOW), registration()).ground is None
    assert told(store, by={"agency": OTHER}, application=theirs) == [
        ("representative.authority", "/representative"),
        ("registration.owner", "/resourceCard/owner"),
    ]


@pytest.mark.parametrize("named", [FIN, "5ZZZ12D"])
def test_a_certificate_enrolled_elsewhere_is_as_unknown_as_one_that_nobody_enrolled(store, named):
    """Neither that another agency enrolled it is told, nor whose it is."""
    own = replace(REGISTRATION, applicant=OTHER, representative=named, resource_card=replace(RESOURCE, owner=OTHER))
    stranger = pki().issuing.issue("Naməlum", NOW - timedelta(days=1), kind="P-256")
    for each in (own, Withdrawal(case_number="2026/IR-000001", applicant=OTHER, representative=named, reason="səhv")):
        answers = [told(store, by={"agency": OTHER}, signed_application=file(each, by=by)) for by in (CARD, stranger)]
        assert answers[0] == answers[1]
        assert ("confirmation.signatory", "/signedApplication") in answers[0]


def test_breaches_of_the_schema_are_defects_of_a_file(store):
    broken = sign_application(
        encode_application(REGISTRATION).replace(b"<trigger>CREATED</trigger>", b"<trigger>BORN</trigger>"),
        CARD.signing_key(),
        NOW,
    )
    assert told(store, signed_application=broken) == [("contract.enumeration", "/registrationApplication/trigger")]
    assert [each.rule for each in answer(store, ValidateCardRequest(signed_application=broken)).notes] == [
        "checked.form-only"
    ]


def test_what_is_no_application_is_told(store):
    assert told(store, signed_application=b"%PDF-1.7") == [("signature.format-failure", "/signedApplication")]
    withdrawal = Withdrawal(case_number="2026/IR-000001", applicant=OWNER, representative=FIN, reason="səhv")
    assert told(store, signed_application=file(withdrawal)) == [("application.kind", "/")]


def test_the_signatory_must_be_the_one_named_with_authority_that_day(store):
    other = replace(REGISTRATION, representative="5ZZZ12D")
    assert told(store, signed_application=file(other)) == [("confirmation.other-person", "/representative")]
    assert told(store, application=other) == [("representative.authority", "/representative")]
    ended = {"representative": replace(REPRESENTATIVE, valid_to=date(2026, 5, 19))}
    assert told(store, by=ended, signed_application=file()) == [("confirmation.signatory", "/signedApplication")]
    assert told(store, by=ended, application=REGISTRATION) == [("representative.authority", "/representative")]


def test_while_the_store_is_away_the_rest_is_judged_and_the_answer_says_so():
    report = answer(Away(), ValidateCardRequest(appeal_application=CHANGE))
    assert report.valid
    assert [each.rule for each in report.notes] == ["checked.without-register"]
    assert told(Away(), application=replace(REGISTRATION, resource_card=replace(RESOURCE, legal_acts=()))) == [
        ("legal-act.present", "/resourceCard/legalActs")
    ]


@pytest.mark.parametrize(
    "form", [{"application": REGISTRATION}, {"appeal_application": CANCELLATION}, {"signed_application": file()}]
)
def test_a_register_that_was_not_granted_is_not_asked(form):
    with pytest.raises(RefusalError) as caught:
        answer(Away(), ValidateCardRequest(**form), registers=("PERSONAL_DATA_SYSTEMS",))
    assert caught.value.code == "client.access.denied"
