"""Enrolling parties, and the directory the edge reads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from handlers.parties.changes import (
    add_certificate,
    change_standing,
    grant,
    narrow,
    revoke,
    set_addresses,
    set_agency_tier,
    set_system_tier,
    withdraw_certificate,
)
from handlers.parties.commands import add_agency, add_mandate, add_representative, add_system
from handlers.parties.directory import Directory
from handlers.parties.forms import EnrolmentError
from handlers.parties.model import (
    Act,
    Agency,
    Certificate,
    DisclosureTier,
    Mandate,
    PartyKind,
    Representative,
    System,
)
from handlers.parties.queries import certificates_of, load_directory, newer_directory, party_history
from handlers.parties.queries import directory_version as directory_version_of
from handlers.parties.rights import EVERY, Right, right_to
from handlers.parties.standing import Standing, StandingStep
from handlers.store import directory
from handlers.store.engine import open_store
from handlers.store.ports import UnfitDataError
from handlers.store.schema import migrate
from tests.suites.stage import NOW, together

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
CARD = replace(CERTIFICATE, fingerprint="cd" * 32, serial="20", subject="CN=Əliyeva Günel")
LATER = replace(CERTIFICATE, fingerprint="12" * 32, serial="19")
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
    certificates=(CARD,),
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
            replace(PERSON, fin="5AB1CD3", identity_card="AA1234567", certificates=()),
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


def test_what_was_enrolled_before_keeps_what_it_had(store_url):
    migrate(store_url, "0002")
    before = open_store(store_url)
    with before.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO agency (code, name_az, name_en, tax_id, tier, provides_document_types) "
                "VALUES ('MIA', 'DİN', 'MIA', '1400000001', 'FULL', '[]')"
            )
        )
        for code, fingerprint, active in (("MIA-1", "ab" * 32, True), ("MIA-2", "cd" * 32, False)):
            connection.execute(
                text(
                    "INSERT INTO system (code, agency, name, fingerprint, issuer, serial, active) "
                    "VALUES (:code, 'MIA', 'S', :fingerprint, 'CN=Test CA', '17', :active)"
                ),
                {"code": code, "fingerprint": fingerprint, "active": active},
            )
        connection.execute(
            text(
                "INSERT INTO representative (fin, agency, identity_card, surname, name, valid_from, valid_to, "
                "fingerprint, active) VALUES ('5AB1CD2', 'MIA', 'AA1234567', 'Ə', 'G', '2026-01-01', '2026-12-31', "
                ":fingerprint, :active)"
            ),
            {"fingerprint": "ef" * 32, "active": True},
        )
        for operation in ("registration.GetCase", "documents.CheckDocuments", "bus.GetStatus"):
            connection.execute(
                text("INSERT INTO system_operation (system, operation) VALUES ('MIA-1', :operation)"),
                {"operation": operation},
            )
    migrate(store_url)
    with before.reading() as connection:
        known = load_directory(connection)
    before.close()
    system, certificate = known.system_by_certificate["ab" * 32]
    assert (system.code, system.standing) == ("MIA-1", Standing.ACTIVE)
    assert (certificate.issuer, certificate.serial, certificate.withdrawn_at) == ("CN=Test CA", "17", None)
    assert known.systems["MIA-2"].standing is Standing.SUSPENDED
    assert known.representatives["5AB1CD2"].certificates == (Certificate(fingerprint="ef" * 32),)
    rights = {right.operation: right for right in system.rights}
    assert rights["registration.GetCase"] == Right(operation="registration.GetCase", registers=(EVERY,))
    assert rights["documents.CheckDocuments"] == Right(operation="documents.CheckDocuments", document_types=(EVERY,))
    assert rights["bus.GetStatus"] == Right(operation="bus.GetStatus")


def test_a_certificate_enrolled_for_a_system_and_a_person_stops_the_change_and_is_named(store_url):
    migrate(store_url, "0002")
    before = open_store(store_url)
    with before.writing() as connection:
        for statement in (
            (
                "INSERT INTO agency (code, name_az, name_en, tax_id, tier, provides_document_types) "
                "VALUES ('MIA', 'DİN', 'MIA', '1400000001', 'FULL', '[]')"
            ),
            (
                "INSERT INTO system (code, agency, name, fingerprint, issuer, serial, active) "
                f"VALUES ('MIA-1', 'MIA', 'S', '{'ab' * 32}', 'CN=Test CA', '17', TRUE)"
            ),
            (
                "INSERT INTO representative (fin, agency, identity_card, surname, name, valid_from, valid_to, "
                "fingerprint, active) VALUES "
                f"('5AB1CD2', 'MIA', 'AA1', 'Ə', 'G', '2026-01-01', '2026-12-31', '{'ab' * 32}', TRUE)"
            ),
        ):
            connection.execute(text(statement))
    with pytest.raises(UnfitDataError, match="ab" * 32):
        migrate(store_url)
    with before.writing() as connection:
        connection.execute(text("UPDATE representative SET fingerprint = :other"), {"other": "cd" * 32})
    migrate(store_url)
    with before.reading() as connection:
        known = load_directory(connection)
    before.close()
    assert known.representatives["5AB1CD2"].holds("cd" * 32)


def test_a_process_of_the_version_before_reads_what_this_one_writes(store):
    """It knows a system by one certificate and a mark, and nothing of the agency's standing."""

    def seen() -> list[tuple]:
        with store.reading() as connection:
            systems = connection.execute(text("SELECT fingerprint, serial, active FROM system ORDER BY code"))
            people = connection.execute(text("SELECT fingerprint, active FROM representative"))
            return [tuple(row) for row in (*systems, *people)]

    new = replace(CERTIFICATE, fingerprint="ef" * 32, serial="18")
    enrol(store, *ALL, (add_system, PASSWORD_ONLY))
    assert seen() == [("ab" * 32, "17", True), ("none:MIA-3", "", True), ("cd" * 32, True)]
    change(store, add_certificate, PartyKind.SYSTEM, "MIA-1", new, ACT)
    assert seen()[0] == ("ab" * 32, "17", True)
    change(store, withdraw_certificate, PartyKind.SYSTEM, "MIA-1", CERTIFICATE.fingerprint, ACT)
    change(store, withdraw_certificate, PartyKind.REPRESENTATIVE, PERSON.fin, CARD.fingerprint, ACT)
    assert seen() == [("ef" * 32, "18", True), ("none:MIA-3", "", True), (None, True)]
    change(store, withdraw_certificate, PartyKind.SYSTEM, "MIA-1", new.fingerprint, ACT)
    change(store, change_standing, PartyKind.REPRESENTATIVE, PERSON.fin, StandingStep.SUSPEND, ACT)
    assert seen() == [("none:MIA-1", "", True), ("none:MIA-3", "", True), (None, False)]
    change(store, change_standing, PartyKind.SYSTEM, "MIA-3", StandingStep.SUSPEND, ACT)
    change(store, change_standing, PartyKind.AGENCY, "MIA", StandingStep.SUSPEND, ACT)
    assert [row[-1] for row in seen()] == [False, False, False]
    change(store, change_standing, PartyKind.AGENCY, "MIA", StandingStep.RESUME, ACT)
    assert [row[-1] for row in seen()] == [True, False, False]


def test_a_person_gets_a_new_card_before_the_old_one_ends(store):
    enrol(store, *ALL)
    new = replace(CARD, fingerprint="ef" * 32, serial="21")
    change(store, add_certificate, PartyKind.REPRESENTATIVE, PERSON.fin, new, ACT)
    known = known_to(store)
    assert known.representative_by_certificate[new.fingerprint] == (known.representatives[PERSON.fin], new)
    assert all(known.representatives[PERSON.fin].holds(each.fingerprint) for each in (CARD, new))
    change(store, withdraw_certificate, PartyKind.REPRESENTATIVE, PERSON.fin, CARD.fingerprint, ACT)
    with store.reading() as connection:
        person = directory.find_representative(connection, PERSON.fin)
        held = certificates_of(connection, PartyKind.REPRESENTATIVE, PERSON.fin)
    assert held == person.certificates == (replace(CARD, withdrawn_at=NOW), new)
    assert (person.holds(CARD.fingerprint), person.holds(new.fingerprint)) == (False, True)
    assert person.holds(CARD.fingerprint, NOW - timedelta(seconds=1))
    assert not person.holds(CARD.fingerprint, NOW)
    assert not person.holds(None)
    for taken in (CARD, CERTIFICATE):
        with pytest.raises(EnrolmentError, match="belongs to"):
            change(store, add_certificate, PartyKind.REPRESENTATIVE, PERSON.fin, taken, ACT)


OTHER = Agency(code="MOJ", name_az="ƏN", name_en="MOJ", tax_id="1400000002", tier=DisclosureTier.STATUS)
MANDATE = Mandate(
    code="M-1",
    principal="MOJ",
    agent="MIA",
    system="MIA-1",
    rights=(right_to("documents.CheckDocuments", ["PASSPORT"]),),
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
)
PASSWORD_ONLY = System(
    code="MIA-3", agency="MIA", name="Köhnə sistem", login="mia.old", password_hash=PERSON.password_hash
)


def known_to(store) -> Directory:
    with store.reading() as connection:
        return load_directory(connection)


def change(store, work, *arguments) -> None:
    with store.writing() as connection:
        work(connection, *arguments)


def history(store, kind, party) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return [(row.event, row.detail) for row in party_history(connection, kind, party)]


def test_a_key_rolls_over_and_no_certificate_is_ever_given_twice(store):
    enrol(store, *ALL)
    enrol(
        store, (add_system, replace(PASSWORD_ONLY, code="MIA-2", login=None, password_hash=None, certificates=(LATER,)))
    )
    new = replace(CERTIFICATE, fingerprint="ef" * 32, serial="18")
    change(store, add_certificate, PartyKind.SYSTEM, "MIA-1", new, ACT)
    version = known_to(store).version
    change(store, add_certificate, PartyKind.SYSTEM, "MIA-1", new, ACT)
    assert known_to(store).version == version
    assert known_to(store).systems["MIA-1"].certificates == (CERTIFICATE, new)
    change(store, withdraw_certificate, PartyKind.SYSTEM, "MIA-1", CERTIFICATE.fingerprint, ACT)
    change(
        store,
        withdraw_certificate,
        PartyKind.SYSTEM,
        "MIA-1",
        CERTIFICATE.fingerprint,
        replace(ACT, at=NOW + timedelta(days=1)),
    )
    found = known_to(store).systems["MIA-1"].certificates
    assert found == (replace(CERTIFICATE, withdrawn_at=NOW), new)
    for taken in (CERTIFICATE, LATER, CARD):
        with pytest.raises(EnrolmentError, match="belongs to"):
            change(store, add_certificate, PartyKind.SYSTEM, "MIA-1", taken, ACT)
    with pytest.raises(EnrolmentError, match="has no certificate"):
        change(store, withdraw_certificate, PartyKind.SYSTEM, "MIA-1", LATER.fingerprint, ACT)
    assert history(store, PartyKind.SYSTEM, "MIA-1") == [
        ("CERTIFICATE_ADDED", new.fingerprint),
        ("CERTIFICATE_WITHDRAWN", CERTIFICATE.fingerprint),
    ]


def test_a_card_of_a_person_is_no_certificate_of_a_system_and_a_login_is_one_party_s(store):
    enrol(store, *ALL)
    with pytest.raises(EnrolmentError, match="belongs to 5AB1CD2"):
        enrol(store, (add_system, replace(SYSTEM, code="MIA-2", certificates=(CARD,))))
    with pytest.raises(EnrolmentError, match=r"login gunel\.aliyeva belongs to 5AB1CD2"):
        enrol(store, (add_system, replace(PASSWORD_ONLY, login=PERSON.login)))
    enrol(store, (add_system, PASSWORD_ONLY))
    assert known_to(store).system_by_login == {"mia.old": PASSWORD_ONLY}
    with pytest.raises(EnrolmentError, match="password only"):
        change(store, add_certificate, PartyKind.SYSTEM, "MIA-3", LATER, ACT)


@pytest.mark.parametrize("kind", list(PartyKind))
def test_standing_goes_by_the_table_and_is_kept_as_history(store, kind):
    enrol(store, *ALL, (add_agency, OTHER), (add_mandate, MANDATE))
    party = {PartyKind.AGENCY: "MIA", PartyKind.SYSTEM: "MIA-1", PartyKind.REPRESENTATIVE: PERSON.fin}.get(kind, "M-1")

    def standing() -> Standing:
        known = known_to(store)
        found = known.agencies | known.systems | known.representatives | known.mandates
        return found[party].standing

    for step, expected in (
        (StandingStep.SUSPEND, Standing.SUSPENDED),
        (StandingStep.RESUME, Standing.ACTIVE),
        (StandingStep.SUSPEND, Standing.SUSPENDED),
        (StandingStep.WITHDRAW, Standing.WITHDRAWN),
    ):
        change(store, change_standing, kind, party, step, ACT)
        assert standing() is expected
    for step in StandingStep:
        with pytest.raises(EnrolmentError, match=f"{party} is WITHDRAWN: {step} does not follow"):
            change(store, change_standing, kind, party, step, ACT)
    with store.reading() as connection:
        rows = party_history(connection, kind, party)
    assert [row.event for row in rows] == ["SUSPEND", "RESUME", "SUSPEND", "WITHDRAW"]
    assert {(row.by, row.at, row.reason) for row in rows} == {(ACT.by, ACT.at, ACT.reason)}


def test_rights_grow_and_shrink_by_name(store):
    enrol(store, *ALL)
    report = "documents.ReportInvalidDocuments"

    def rights() -> dict[str, Right]:
        return {right.operation: right for right in known_to(store).systems["MIA-1"].rights}

    change(store, grant, "MIA-1", [right_to(report, ["IDENTITY_CARD"]), right_to("bus.GetReceipt")], ACT)
    assert rights()[report] == right_to(report, ["IDENTITY_CARD", "PASSPORT"])
    change(store, narrow, "MIA-1", right_to(report, ["IDENTITY_CARD"]), ACT)
    assert rights()[report] == right_to(report, ["IDENTITY_CARD"])
    change(store, grant, "MIA-1", [right_to(report)], ACT)
    assert rights()[report].document_types == (EVERY,)
    change(store, revoke, "MIA-1", [report, "bus.ListServices"], ACT)
    assert set(rights()) == {"bus.GetStatus", "bus.GetReceipt"}
    assert history(store, PartyKind.SYSTEM, "MIA-1") == [
        ("GRANT", "bus.GetReceipt"),
        ("GRANT", f"{report} IDENTITY_CARD PASSPORT"),
        ("NARROW", f"{report} IDENTITY_CARD"),
        ("GRANT", f"{report} *"),
        ("REVOKE", f"{report} *"),
    ]
    with pytest.raises(EnrolmentError, match="grant it first"):
        change(store, narrow, "MIA-1", right_to(report, ["PASSPORT"]), ACT)


def test_networks_and_tiers_are_set_and_a_system_never_sees_more_than_its_agency(store):
    enrol(store, *ALL, (add_agency, OTHER), (add_system, replace(PASSWORD_ONLY, agency="MOJ")))
    change(store, set_addresses, "MIA-1", ["10.20.0.0/16", "192.0.2.7"], ACT)
    change(store, set_system_tier, "MIA-1", DisclosureTier.HIT_ONLY, ACT)
    found = known_to(store).systems["MIA-1"]
    assert (found.addresses, found.tier) == (("10.20.0.0/16", "192.0.2.7/32"), DisclosureTier.HIT_ONLY)
    assert {str(network) for network in known_to(store).networks["MIA-1"]} == set(found.addresses)
    change(store, set_addresses, "MIA-1", [], ACT)
    change(store, set_system_tier, "MIA-1", None, ACT)
    assert known_to(store).systems["MIA-1"] == SYSTEM
    with pytest.raises(EnrolmentError, match="tier FULL is above the tier of MOJ, STATUS"):
        change(store, set_system_tier, "MIA-3", DisclosureTier.FULL, ACT)
    change(store, set_agency_tier, "MOJ", DisclosureTier.REASON, ACT)
    change(store, set_system_tier, "MIA-3", DisclosureTier.REASON, ACT)
    for wrong in ("10.20.0.1/16", "10.20", "anywhere", ""):
        with pytest.raises(EnrolmentError, match="network"):
            change(store, set_addresses, "MIA-1", [wrong], ACT)


def test_a_mandate_is_found_by_who_acts_for_whom(store):
    enrol(store, *ALL, (add_agency, OTHER), (add_mandate, MANDATE))
    enrol(store, (add_mandate, MANDATE))
    known = known_to(store)
    assert known.mandates_between("MIA", "MOJ") == (MANDATE,)
    assert known.mandates_between("MOJ", "MIA") == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"agent": "MOJ", "system": None}, "no mandate to act for itself"),
        ({"principal": "MFA"}, "agency MFA is not enrolled"),
        ({"agent": "MFA"}, "agency MFA is not enrolled"),
        ({"agent": "MOJ", "principal": "MIA"}, "system MIA-1 is not of MOJ"),
        ({"system": "MIA-9"}, "system MIA-9 is not enrolled"),
        ({"rights": ()}, "at least one operation"),
        ({"rights": (Right(operation="bus.GetStatus"),)}, "about the caller itself"),
        ({"rights": (Right(operation="documents.CheckDocuments"),)}, "granted for nothing"),
        ({"valid_to": date(2025, 1, 1)}, "swap them"),
        ({"code": "M 1"}, "mandate code"),
    ],
)
def test_a_mandate_that_cannot_hold_is_not_enrolled(store, changes, words):
    enrol(store, *ALL, (add_agency, OTHER))
    with pytest.raises(EnrolmentError, match=words):
        enrol(store, (add_mandate, replace(MANDATE, **changes)))
    assert known_to(store).mandates == {}


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (Right(operation="documents.CheckDocuments"), "granted for nothing"),
        (Right(operation="registration.GetEntry", registers=("LAND",)), "no register LAND"),
        (Right(operation="registration.GetEntry", document_types=("PASSPORT",)), "does not reach"),
        (Right(operation="documents.CheckDocuments", document_types=("passport",)), "document type"),
        (Right(operation="bus.GetStatus", registers=(EVERY,)), "does not reach"),
    ],
)
def test_a_right_names_what_it_reaches_into_or_is_not_granted(store, right, words):
    enrol(store, *ALL)
    with pytest.raises(EnrolmentError, match=words):
        change(store, grant, "MIA-1", [right], ACT)
    assert known_to(store).systems["MIA-1"] == SYSTEM


def test_every_change_needs_a_name_and_a_reason(store):
    enrol(store, *ALL)
    for act in (replace(ACT, by=" "), replace(ACT, reason="")):
        with pytest.raises(EnrolmentError, match="is empty"):
            change(store, change_standing, PartyKind.AGENCY, "MIA", StandingStep.SUSPEND, act)
    assert history(store, PartyKind.AGENCY, "MIA") == []


def test_two_officers_at_once_cannot_give_one_certificate_to_two_systems(store):
    enrol(store, (add_agency, AGENCY))

    def attempt(number: int) -> bool:
        try:
            enrol(store, (add_system, replace(SYSTEM, code=f"MIA-{number}")))
        except EnrolmentError:
            return False
        return True

    assert sorted(together(4, attempt)) == [False, False, False, True]
    assert len(known_to(store).systems) == 1
