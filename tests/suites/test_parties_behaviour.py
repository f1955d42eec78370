"""Enrolling parties, and the directory the edge reads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from handlers.parties.changes import grant
from handlers.parties.commands import add_agency, add_representative, add_system
from handlers.parties.directory import Directory
from handlers.parties.forms import EnrolmentError
from handlers.parties.model import Act, Agency, Certificate, DisclosureTier, Representative, System
from handlers.parties.queries import directory_version as directory_version_of
from handlers.parties.queries import load_directory, newer_directory
from handlers.parties.rights import right_to
from handlers.store import directory
from tests.suites.stage import NOW

ACT = Act(by="officer", at=NOW, reason="Letter 17/26")
AGENCY = Agency(
    code="MIA",
    name_az="Daxili İşlər Nazirliyi",
    name_en="Ministry of Internal Affairs",
    tax_id="1400000001",
    tier=DisclosureTier.FULL,
    provides_document_types=("PASSPORT", "ID_CARD"),
)
CERTIFICATE = Certificate(
    fingerprint="ab" * 32,
    issuer="CN=Test CA",
    serial="17",
    subject="CN=MIA-1",
    valid_from=NOW,
    valid_until=NOW + timedelta(days=365),
)
SYSTEM = System(
    code="MIA-1",
    agency="MIA",
    name="Pasport sistemi",
    certificates=(CERTIFICATE,),
    rights=(right_to("bus.GetStatus"), right_to("documents.ReportInvalidDocuments", ["PASSPORT"])),
)
PERSON = Representative(
    fin="5AB1CD2",
    agency="MIA",
    identity_card="AZE12345678",
    surname="Əliyeva",
    name="Günel",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    fingerprint="cd" * 32,
    login="gunel.aliyeva",
    password_hash="$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
)


def enrol(store, *steps) -> None:
    with store.writing() as connection:
        for add, record in steps:
            add(connection, record)


ALL = ((add_agency, AGENCY), (add_system, SYSTEM), (add_representative, PERSON))


def test_the_directory_shows_who_was_enrolled(store):
    enrol(store, *ALL)
    with store.reading() as connection:
        assert load_directory(connection) == Directory(
            version=3,
            agencies={"MIA": AGENCY},
            systems={SYSTEM.code: SYSTEM},
            representatives={PERSON.fin: PERSON},
        )


def test_the_version_grows_with_every_change_and_only_then(store):
    def version() -> int:
        with store.reading() as connection:
            return directory_version_of(connection)

    assert version() == 0
    enrol(store, *ALL)
    assert version() == 3
    enrol(store, *ALL)
    assert version() == 3
    with store.writing() as connection:
        grant(connection, "MIA-1", [right_to("bus.GetStatus"), right_to("bus.GetReceipt")], ACT)
    assert version() == 4
    with store.writing() as connection:
        grant(connection, "MIA-1", [right_to("bus.GetReceipt")], ACT)
    assert version() == 4
    with store.reading() as connection:
        assert newer_directory(connection, 4) is None
        newer = newer_directory(connection, 3)
    assert newer.systems[SYSTEM.code].operations == (
        "bus.GetReceipt",
        "bus.GetStatus",
        "documents.ReportInvalidDocuments",
    )


@pytest.mark.parametrize(
    ("add", "record", "words"),
    [
        (add_agency, replace(AGENCY, name_en="Other"), "agency MIA is enrolled with another name_en"),
        (add_agency, replace(AGENCY, code="MFA"), "tax id 1400000001 belongs to MIA"),
        (add_system, replace(SYSTEM, code="MIA-2"), "belongs to MIA-1 already"),
        (add_system, replace(SYSTEM, code="MIA-2", agency="MFA"), "agency MFA is not enrolled"),
        (add_representative, replace(PERSON, surname="Quliyeva"), "enrolled with another surname"),
        (add_representative, replace(PERSON, fin="5AB1CD3"), "identity card AZE12345678 belongs to 5AB1CD2"),
        (
            add_representative,
            replace(PERSON, fin="5AB1CD3", identity_card="AA1234567", fingerprint=None),
            "login gunel.aliyeva belongs to 5AB1CD2",
        ),
    ],
)
def test_a_key_that_is_taken_is_told_by_name(store, add, record, words):
    enrol(store, *ALL)
    with pytest.raises(EnrolmentError, match=words), store.writing() as connection:
        add(connection, record)
    with store.reading() as connection:
        assert directory_version_of(connection) == 3


def test_nothing_is_granted_to_a_system_nobody_enrolled(store):
    with pytest.raises(EnrolmentError, match="MIA-9 is not enrolled"), store.writing() as connection:
        grant(connection, "MIA-9", [right_to("bus.GetStatus")], ACT)


def test_one_party_is_found_as_the_whole_directory_shows_it(store):
    enrol(store, *ALL)
    with store.reading() as connection:
        assert directory.agency_codes(connection) == {"MIA"}
        assert directory.find_agency(connection, "MIA") == AGENCY
        assert directory.find_representative(connection, PERSON.fin) == PERSON
        assert directory.find_agency(connection, "MOJ") is None
        assert directory.find_representative(connection, "0000000") is None
