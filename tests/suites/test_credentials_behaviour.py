"""Passwords as the store keeps them: issued, changed, compared before they are replaced."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handlers.parties.commands import add_agency, add_representative, add_system
from handlers.parties.credentials import (
    ISSUED_FOR,
    Credential,
    CredentialChangedError,
    change_password,
    credential_of,
    find_credential,
    issue_password,
)
from handlers.parties.forms import EnrolmentError
from handlers.parties.model import Act, PartyKind, System
from handlers.parties.queries import directory_version, load_directory, party_history
from handlers.parties.rights import right_to
from tests.suites.stage import NOW, together
from tests.suites.test_parties_behaviour import AGENCY, PERSON

ACT = Act(by="operator", at=NOW, reason="letter 12")
ONE, TWO, THREE = (f"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ${letter * 43}" for letter in "abc")
DESK = System(
    code="MIA-DESK",
    agency="MIA",
    name="Desk",
    login="desk.mia",
    password_hash=ONE,
    rights=(right_to("bus.ListServices"),),
)
KINDS = [(PartyKind.REPRESENTATIVE, PERSON.fin, PERSON.login), (PartyKind.SYSTEM, DESK.code, DESK.login)]


@pytest.fixture
def enrolled(store):
    with store.writing() as connection:
        add_agency(connection, AGENCY)
        add_representative(connection, PERSON)
        add_system(connection, DESK)
    return store


def found(store, kind, login) -> Credential | None:
    with store.reading() as connection:
        return find_credential(connection, kind, login)


@pytest.mark.parametrize(("kind", "party", "login"), KINDS)
def test_a_credential_is_found_by_its_login_and_by_its_kind_only(enrolled, kind, party, login):
    credential = found(enrolled, kind, login)
    assert (credential.party, credential.login, credential.must_change) == (party, login, False)
    other = next(each for each, *_ in KINDS if each is not kind)
    assert found(enrolled, other, login) is None
    assert found(enrolled, kind, login.upper()) is None
    with enrolled.reading() as connection:
        known = load_directory(connection)
    holder = known.systems[party] if kind is PartyKind.SYSTEM else known.representatives[party]
    assert credential_of(holder) == credential


@pytest.mark.parametrize(("kind", "party", "login"), KINDS)
def test_an_issued_password_must_be_changed_in_time_and_both_are_on_record(enrolled, kind, party, login):
    with enrolled.writing() as connection:
        before = directory_version(connection)
        assert issue_password(connection, kind, party, TWO, ACT) == login
    issued = found(enrolled, kind, login)
    assert (issued.password_hash, issued.must_change, issued.changed_at) == (TWO, True, NOW)
    assert not issued.is_expired(NOW + ISSUED_FOR)
    assert issued.is_expired(NOW + ISSUED_FOR + timedelta(seconds=1))
    with enrolled.writing() as connection:
        change_password(connection, issued, THREE, NOW + timedelta(days=1))
    changed = found(enrolled, kind, login)
    assert (changed.password_hash, changed.must_change) == (THREE, False)
    assert not changed.is_expired(NOW + timedelta(days=5000))
    with enrolled.reading() as connection:
        assert directory_version(connection) == before + 2
        history = party_history(connection, kind, party)
    assert [(row.event, row.by, row.detail) for row in history] == [
        ("PASSWORD_ISSUED", "operator", ""),
        ("PASSWORD_CHANGED", party, ""),
    ]


def test_of_two_changes_at_once_one_finds_the_password_changed(enrolled):
    credential = found(enrolled, PartyKind.REPRESENTATIVE, PERSON.login)

    def change(number: int) -> bool:
        try:
            with enrolled.writing() as connection:
                change_password(connection, credential, (TWO, THREE)[number], NOW)
        except CredentialChangedError:
            return False
        return True

    assert sorted(together(2, change)) == [False, True]


def test_what_is_no_hash_is_never_kept(enrolled):
    credential = found(enrolled, PartyKind.REPRESENTATIVE, PERSON.login)
    with pytest.raises(EnrolmentError), enrolled.writing() as connection:
        change_password(connection, credential, "a password", NOW)
    with pytest.raises(EnrolmentError), enrolled.writing() as connection:
        issue_password(connection, PartyKind.REPRESENTATIVE, PERSON.fin, "a password", ACT)
    assert found(enrolled, PartyKind.REPRESENTATIVE, PERSON.login) == credential


def test_a_password_is_issued_only_to_who_has_a_login(enrolled):
    card = replace(PERSON.certificates[0], fingerprint="ef" * 32, serial="99")
    card_only = replace(
        PERSON, fin="5AB1CD9", identity_card="AA7654321", certificates=(card,), login=None, password_hash=None
    )
    with enrolled.writing() as connection:
        add_representative(connection, card_only)
    for kind, party in ((PartyKind.REPRESENTATIVE, "5AB1CD9"), (PartyKind.SYSTEM, "NOBODY")):
        with pytest.raises(EnrolmentError), enrolled.writing() as connection:
            issue_password(connection, kind, party, TWO, ACT)


def test_a_password_only_system_is_enrolled_for_questions_only(enrolled):
    beyond = replace(DESK, code="MIA-D2", login="d2.mia", rights=(right_to("registration.SubmitAppeal"),))
    with pytest.raises(EnrolmentError, match="has only a password"), enrolled.writing() as connection:
        add_system(connection, beyond)
