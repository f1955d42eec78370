"""Looking through the registers: agencies over signed SOAP, the operator at a terminal."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from handlers.registration.entries import amend, enter
from handlers.registration.model import Contact, EntryStatus, ProtectionMeans, Register, Relation, RelationKind
from handlers.rules.restricted import WITHHELD, restricted_paths
from handlers.work import Work
from tests.acceptance.caller import FaultError, text, texts
from tests.unit.gateway.cli.premises import Premises, Visitor
from tests.unit.handlers.registration.examples import PERSONAL, RESOURCE

WHY = ("--reason", "Letter 17/26", "--by", "Aydan")
SECRETS = {
    "/personalDataSystemCard/databasePlace": "gizli yer",
    "/personalDataSystemCard/responsiblePerson": "gizli adam",
    "/personalDataSystemCard/licenceNumber": "gizli lisenziya",
    "/personalDataSystemCard/contacts/phone": "+994 12 555 44 33",
    "/personalDataSystemCard/contacts/email": "gizli@mia.example",
    "/personalDataSystemCard/protection": "gizli standart",
    "/resourceCard/contacts/phone": "+994 12 555 44 33",
    "/resourceCard/contacts/email": "gizli@mia.example",
    "/resourceCard/protection": "gizli standart",
    "/resourceCard/software": "gizli proqram",
    "/resourceCard/hardware": "gizli server",
}
"""A value for every restricted field."""
BOTH = {
    "owner": "MIA",
    "contacts": (Contact(name="Növbətçi", phone="+994 12 555 44 33", email="gizli@mia.example"),),
    "protection": (ProtectionMeans(standard="gizli standart", audit_result="gizli nəticə"),),
}
SYSTEM = replace(
    PERSONAL,
    database_place="gizli yer",
    responsible_person="gizli adam",
    licence_number="gizli lisenziya",
    **BOTH,
)
CARDS = (SYSTEM, replace(RESOURCE, software=("gizli proqram",), hardware=("gizli server",), **BOTH))


@pytest.fixture
def premises(sample_home):
    opened = Premises(sample_home)
    yield opened
    opened.close()


@pytest.fixture
def numbers(premises):
    """Registration numbers of two entries of MIA that have something in every restricted field."""
    with premises.store.writing() as connection:
        return [enter(Work(connection=connection, now=premises.now()), card).number for card in CARDS]


@pytest.fixture
def mia(premises):
    return Visitor(premises, "MIA-DOCUMENTS")


@pytest.fixture
def moj(premises):
    return Visitor(premises, "MOJ-REGISTERS")


def entry_as_seen(visitor, number, **context):
    answer = visitor.call("registration", "GetEntry", {"number": number, "context": context})
    return " ".join(answer.itertext()), texts(answer, "withheld")


def searched(visitor, **criteria):
    return visitor.call("registration", "SearchEntries", criteria)


def test_every_restricted_field_has_a_value_to_look_for():
    rows = {path for register in Register for path in restricted_paths(register, RESOURCE.status_date)}
    assert rows == SECRETS.keys()


def test_an_entry_is_whole_to_its_owner_and_to_nobody_else(numbers, mia, moj):
    for number, register in zip(numbers, reversed(Register), strict=True):
        paths = restricted_paths(register, RESOURCE.status_date)
        whole, withheld = entry_as_seen(mia, number)
        assert withheld == []
        assert all(SECRETS[path] in whole for path in paths)
        public, withheld = entry_as_seen(moj, number)
        assert withheld == list(paths)
        assert not any(secret in public for secret in SECRETS.values())
        assert "gizli" not in public
        assert "Növbətçi" in public
    assert public.count(WITHHELD) == 0
    assert entry_as_seen(moj, numbers[0])[0].count(WITHHELD) == 2


def test_history_of_another_agency_s_entry_is_public_too(numbers, moj, premises):
    now = premises.now()
    with premises.store.writing() as connection:
        amend(Work(connection=connection, now=now + timedelta(seconds=1)), numbers[0], status=EntryStatus.SUSPENDED)
    asked = {"number": numbers[0], "asOf": now.isoformat(), "asKnownAt": now.isoformat()}
    assert "gizli" not in " ".join(moj.call("registration", "GetEntry", asked).itertext())


def test_a_right_of_its_own_shows_others_entries_whole_in_its_registers_only(numbers, moj, premises, run):
    allowed = ("--allow", "registration.ReadRestricted", "--register", "PERSONAL_DATA_SYSTEMS")
    assert run("system", "grant", "MOJ-REGISTERS", *allowed, *WHY).exit_code == 0
    premises.ahead += timedelta(seconds=1)
    system, resource = numbers
    assert entry_as_seen(moj, system)[1] == []
    assert "gizli adam" in entry_as_seen(moj, system)[0]
    assert "gizli" not in entry_as_seen(moj, resource)[0]
    told = moj.call("bus", "AllowedOperations")
    assert "registration.ReadRestricted" not in texts(told, "operations")
    assert "registration.ReadRestricted" in texts(told, "operation")


def test_the_right_is_granted_by_its_full_name_only_and_in_no_mandate(sample_home, run):
    assert sample_home.is_dir()
    everything = ("--allow", "registration.*", "--register", "all")
    assert run("system", "grant", "SBS-BORDER", *everything, *WHY).exit_code == 0
    assert "ReadRestricted" not in run("system", "list").stdout
    mandate = ("mandate", "add", "M-9", "--for", "MIA", "--agent", "MOJ", "--from", "2026-01-01", "--to", "2099-12-31")
    refused = run(*mandate, "--allow", "registration.ReadRestricted", "--register", "all")
    assert refused.exit_code != 0
    assert "leave it out of the mandate" in refused.stderr


def test_an_agency_finds_entries_page_by_page_and_what_it_may_see_of_them(numbers, moj):
    first = searched(moj, text="uçotu", owner="MIA", pageSize=1)
    assert (texts(first, "number"), texts(first, "shortName")) == ([numbers[1]], [RESOURCE.short_name])
    second = searched(moj, text="uçotu", owner="MIA", pageSize=1, cursor=text(first, "nextCursor"))
    assert (texts(second, "number"), text(second, "nextCursor")) == ([numbers[0]], "")
    assert "gizli" not in " ".join(second.itertext())
    for secret in SECRETS.values():
        assert texts(searched(moj, text=secret), "number") == []


@pytest.mark.parametrize(
    ("operation", "values", "path"),
    [
        ("SearchEntries", {"cursor": "bm90LWEtY3Vyc29y"}, "/SearchEntries/cursor"),
        ("SearchEntries", {"cursor": "a b"}, "/SearchEntries/cursor"),
        ("SearchEntries", {"text": "--"}, "/SearchEntries/text"),
        ("SearchEntries", {"recordedFrom": "2026-03-02", "recordedTo": "2026-03-01"}, "/SearchEntries/recordedTo"),
        ("SearchEntries", {"pageSize": 101}, "/SearchEntries/pageSize"),
        ("SearchEntries", {"pageSize": 0}, "/SearchEntries/pageSize"),
        ("ListCases", {"cursor": "bm90LWEtY3Vyc29y"}, "/ListCases/cursor"),
        ("ListCases", {"receivedFrom": "2026-03-02", "receivedTo": "2026-03-01"}, "/ListCases/receivedTo"),
    ],
)
def test_what_cannot_be_answered_is_a_field_error(moj, operation, values, path):
    with pytest.raises(FaultError) as caught:
        moj.call("registration", operation, values)
    assert (caught.value.code, caught.value.field_errors) == ("client.contract.invalid", [path])


def test_a_search_of_both_registers_needs_a_right_to_both(premises, run, moj):
    narrowed = ("--allow", "registration.SearchEntries", "--register", "INFORMATION_RESOURCES")
    assert run("system", "narrow", "MOJ-REGISTERS", *narrowed, *WHY).exit_code == 0
    premises.ahead += timedelta(seconds=1)
    assert searched(moj, register="INFORMATION_RESOURCES") is not None
    for criteria in ({}, {"register": "PERSONAL_DATA_SYSTEMS"}):
        with pytest.raises(FaultError) as caught:
            searched(moj, **criteria)
        assert caught.value.code == "client.access.denied"


def test_an_agency_lists_no_cases_but_its_own(moj):
    assert texts(moj.call("registration", "ListCases", {"openOnly": True, "states": ["RECEIVED"]}), "number") == []


# At a terminal --------------------------------------------------------------------------------


def test_the_operator_searches_page_by_page(numbers, premises, run):
    first = run("registers", "search", "uçotu", "--owner", "MIA", "--size", "1")
    assert (first.exit_code, numbers[1] in first.stdout, numbers[0] in first.stdout) == (0, True, False)
    cursor = re.search(r"--cursor (\S+)", first.stderr)[1]
    second = run("registers", "search", "uçotu", "--owner", "MIA", "--size", "1", "--cursor", cursor)
    assert (numbers[0] in second.stdout, second.stderr) == (True, "")
    other = run("registers", "search", "torpaq", "--cursor", cursor)
    assert (other.exit_code, "--cursor" in other.stderr) == (2, True)
    assert premises.now()


def test_the_operator_sees_an_entry_whole_as_it_is_and_as_it_was(numbers, premises, run):
    now = premises.now()
    with premises.store.writing() as connection:
        amend(Work(connection=connection, now=now + timedelta(minutes=1)), numbers[0], status=EntryStatus.SUSPENDED)
    shown = run("registers", "show", numbers[0], "--json", "--as-of", "2099-01-01")
    assert json.loads(shown.stdout)["status"] == "SUSPENDED"
    assert json.loads(shown.stdout)["personalDataSystemCard"]["databasePlace"] == "gizli yer"
    before = run("registers", "show", numbers[0], "--as-of", f"{now:%Y-%m-%dT%H:%M:%S}+0000")
    assert before.exit_code == 1  # true from the microsecond on at which it was entered, not from the full second
    known = run("registers", "show", numbers[0], "--as-of", "2099-01-01", "--as-known-at", f"{now:%Y-%m-%d}")
    assert "no entry" in known.stderr
    assert "REGISTERED" in run("registers", "show", "IR-000001").stdout


def test_the_operator_sees_relations_that_other_cards_declare(premises, run):
    with premises.store.writing() as connection:
        part = replace(RESOURCE, relations=(Relation(kind=RelationKind.SUB, entry_number="IR-000001"),))
        number = enter(Work(connection=connection, now=premises.now()), part).number
    (line,) = [each for each in run("registers", "show", "IR-000001").stdout.splitlines() if number in each]
    assert [each.strip() for each in line.split("│")] == [
        "SUPER (The other entry is a part of it)",
        number,
        "the other entry (automatic)",
    ]
    assert "this entry" in run("registers", "show", number).stdout


def test_what_is_not_there_is_said_in_both_languages(sample_home, run, monkeypatch):
    assert sample_home.is_dir()
    assert "The register has no entry PD-000009" in run("registers", "show", "PD-000009").stderr
    monkeypatch.setenv("GATEWAY_LANGUAGE", "az")
    assert "Reyestrdə PD-000009 qeydi yoxdur" in run("registers", "show", "PD-000009").stderr
    assert "ona qədər söz verin" in run("registers", "search", "--", "-").stderr
