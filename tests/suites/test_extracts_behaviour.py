"""What issuing and verifying extracts must do on every store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from sqlalchemy import func, insert, select

from gateway.contract.requests import GetExtractRequest
from gateway.security.identity import Acting
from gateway.soap.extract_questions import ExtractQuestions
from handlers.cases import commands as work_on
from handlers.cases.guards import Decision
from handlers.cases.model import Actor, DecisionOutcome, Role
from handlers.extracts.codes import read_code
from handlers.extracts.commands import NothingToReissueError, issue_extract, issued_on_entering
from handlers.extracts.model import ExtractFiles, ExtractForm, ExtractReason, ExtractStanding
from handlers.extracts.queries import (
    files_of,
    find_extract,
    get_extract,
    get_extract_of_entry,
    list_extracts,
    verify_extract,
)
from handlers.parties.model import Caller
from handlers.parties.rights import EVERY, READ_RESTRICTED, right_to
from handlers.registration.commands import submit_registration
from handlers.registration.entries import amend, enter
from handlers.registration.model import EntryStatus
from handlers.store import directory, entries
from handlers.store.ports import StoreConflictError
from handlers.store.rows import columns_of
from handlers.store.tables_extracts import extract, extract_file
from handlers.work import Work
from tests.suites.test_register_behaviour import in_threads
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
    NOW,
    OTHER,
    OWNER,
    PERSONAL,
    REPRESENTATIVE,
    RESOURCE,
    registration,
)

LATER = NOW + timedelta(days=1)
AYSEL = Actor(role=Role.REGISTRAR, name="aysel")


def made(draft):
    """Files that say what they were made from."""
    return ExtractFiles(
        xml=f"<{draft.number} {draft.verification_code}>".encode(), pdf=b"%PDF\x00\xff" + bytes(range(256))
    )


@pytest.fixture
def entry(store):
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        return enter(Work(connection=connection, now=NOW), RESOURCE)


def issued(store, entry, reason=ExtractReason.REQUESTED, now=NOW, maker=made, **others):
    with store.writing() as connection:
        return issue_extract(
            Work(connection=connection, now=now),
            entry,
            reason=reason,
            case_number=None,
            actor="registrar:A",
            maker=maker,
            **others,
        )


def reading(store, query, *arguments):
    with store.reading() as connection:
        return query(connection, *arguments)


def test_every_issue_is_recorded_with_who_when_why_and_to_whom(store, entry):
    one = issued(store, entry, note="Məktub 12/4")

    assert reading(store, find_extract, one.number) == one
    assert one.number == "2026/IR-E-000001"
    assert (one.entry_number, one.version, one.owner) == (entry.number, 1, OWNER)
    assert (one.issued_by, one.issued_at, one.note) == ("registrar:A", NOW, "Məktub 12/4")
    assert read_code(one.verification_code) == one.verification_code


def test_the_files_are_kept_byte_for_byte(store, entry):
    seen = []

    def maker(draft):
        seen.append(draft)
        return made(draft)

    one = issued(store, entry, maker=maker)

    assert reading(store, files_of, one) == made(seen[0])
    assert (seen[0].entry, seen[0].owner_name_az, seen[0].owner_name_en) == (
        entry,
        "Ədliyyə Nazirliyi",
        "Ministry of Justice",
    )
    assert (seen[0].number, seen[0].verification_code) == (one.number, one.verification_code)


def test_an_extract_can_be_issued_in_the_unit_of_work_that_enters_the_version(store):
    with store.writing() as connection:
        work = Work(connection=connection, now=NOW)
        one = issue_extract(
            work,
            enter(work, PERSONAL),
            reason=ExtractReason.ENTERED,
            case_number=None,
            actor="registrar:A",
            maker=made,
        )
    assert reading(store, find_extract, one.number).number == "2026/PD-E-000001"


def test_a_case_that_is_entered_issues_its_extract_or_is_not_entered(store):
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        directory.add_representative(connection, REPRESENTATIVE)
    number = staffed(store, lambda work: submit_registration(work, registration())).subject
    staffed(store, lambda work: work_on.take(work, number, AYSEL))
    staffed(store, lambda work: work_on.find_complete(work, number, AYSEL))

    def fails(_draft):
        raise OSError("no key")

    with pytest.raises(OSError, match="no key"):
        staffed(store, lambda work: decided(work, number, fails))
    assert reading(store, get_extract_of_entry, OWNER, "IR-000001", NOW) is None
    staffed(store, lambda work: decided(work, number, made))

    found = reading(store, get_extract_of_entry, OWNER, "IR-000001", NOW)
    assert (found.number, found.case_number, found.reason) == ("2026/IR-E-000001", number, ExtractReason.ENTERED)
    assert found.issued_by == "registrar:aysel"


def staffed(store, step):
    with store.writing() as connection:
        return step(Work(connection=connection, now=NOW))


def decided(work, number, maker):
    approved = Decision(outcome=DecisionOutcome.APPROVED)
    return work_on.decide(work, number, AYSEL, approved, issue_extract=issued_on_entering(maker, AYSEL))


def test_a_number_whose_files_were_not_made_is_given_to_the_next(store, entry):
    def fails(_draft):
        raise OSError("no key")

    first = issued(store, entry)
    with pytest.raises(OSError, match="no key"):
        issued(store, entry, maker=fails)
    second = issued(store, entry)

    assert [first.number, second.number] == ["2026/IR-E-000001", "2026/IR-E-000002"]


def test_numbers_are_counted_per_register_and_year_of_baku(store, entry):
    with store.writing() as connection:
        other = enter(Work(connection=connection, now=NOW), PERSONAL)
    new_year_in_baku = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)

    found = [
        issued(store, each, now=now).number for each, now in ((entry, NOW), (other, NOW), (entry, new_year_in_baku))
    ]

    assert found == ["2026/IR-E-000001", "2026/PD-E-000001", "2027/IR-E-000001"]


def test_issued_by_eight_threads_they_have_no_gaps_and_replace_each_other_in_a_chain(store, entry):
    extracts = in_threads([lambda: issued(store, entry)] * 24)

    by_number = sorted(extracts, key=lambda each: each.number)
    assert [each.number for each in by_number] == [f"2026/IR-E-{place:06d}" for place in range(1, 25)]
    assert [each.reissues for each in by_number] == [None, *(each.number for each in by_number[:-1])]
    assert len({each.verification_code for each in extracts}) == 24
    assert reading(store, lambda c: c.scalar(select(func.count()).select_from(extract_file))) == 48


def test_a_reissue_says_what_it_replaces_and_both_stay_true(store, entry):
    first = issued(store, entry)
    second = issued(store, entry, reason=ExtractReason.REISSUED, now=LATER)

    assert (second.reissues, second.version) == (first.number, first.version)
    assert second.verification_code != first.verification_code
    old = reading(store, verify_extract, first.verification_code, None, LATER)
    assert (old.standing, old.reissued_as) == (ExtractStanding.CURRENT, second.number)
    new = reading(store, verify_extract, second.verification_code, None, LATER)
    assert (new.standing, new.reissued_as) == (ExtractStanding.CURRENT, None)


def test_nothing_is_reissued_that_was_not_issued(store, entry):
    with pytest.raises(NothingToReissueError, match="version 1"):
        issued(store, entry, reason=ExtractReason.REISSUED)
    assert reading(store, list_extracts, entry.number) == []


def test_an_older_version_is_issued_again_as_superseded(store, entry):
    issued(store, entry)
    with store.writing() as connection:
        newer = amend(Work(connection=connection, now=LATER), entry.number, card=replace(RESOURCE, purpose="yeni"))
    again = issued(store, entry, reason=ExtractReason.REISSUED, now=LATER)
    current = issued(store, newer, now=LATER)

    assert [each.version for each in reading(store, list_extracts, entry.number)] == [1, 1, 2]
    assert reading(store, verify_extract, again.verification_code, None, LATER).standing is ExtractStanding.SUPERSEDED
    assert reading(store, verify_extract, current.verification_code, None, LATER).standing is ExtractStanding.CURRENT
    assert current.reissues is None


def test_extracts_of_a_cancelled_entry_say_so(store, entry):
    one = issued(store, entry)
    with store.writing() as connection:
        cancelled = amend(Work(connection=connection, now=LATER), entry.number, status=EntryStatus.CANCELLED)
    last = issued(store, cancelled, now=LATER)

    for each in (one, last):
        found = reading(store, verify_extract, each.verification_code, None, LATER)
        assert found.standing is ExtractStanding.CANCELLED


def test_extracts_of_an_entry_that_was_entered_by_mistake_are_void(store, entry):
    one = issued(store, entry)
    with store.writing() as connection:
        entries.stop_saying(connection, [entry.number], LATER)

    assert reading(store, verify_extract, one.verification_code, None, LATER).standing is ExtractStanding.VOID


def test_a_code_is_found_as_people_type_it_and_a_digest_names_its_file(store, entry):
    one = issued(store, entry)
    typed = one.verification_code.lower().replace("-", " ")

    matches = [
        reading(store, verify_extract, typed, digest, NOW).matches
        for digest in (one.xml_digest, one.pdf_digest, "0" * 64, None)
    ]

    assert matches == [ExtractForm.XML, ExtractForm.PDF, None, None]
    assert reading(store, verify_extract, "7KQ2M-XH4RT-9WD6C-PN3VA", None, NOW) is None
    assert reading(store, verify_extract, "nonsense", None, NOW) is None


def test_the_owner_gets_the_latest_of_the_present_version_and_others_get_none(store, entry):
    issued(store, entry)
    latest = issued(store, entry)

    assert reading(store, get_extract_of_entry, OWNER, entry.number, NOW) == latest
    assert reading(store, get_extract_of_entry, OTHER, entry.number, NOW) is None
    assert reading(store, get_extract_of_entry, OWNER, "IR-000999", NOW) is None
    assert reading(store, get_extract, OWNER, latest.number) == latest
    assert reading(store, get_extract, OTHER, latest.number) is None


def test_after_a_change_of_owner_the_old_one_keeps_its_extracts_and_gets_no_new_ones(store, entry):
    old = issued(store, entry)
    with store.writing() as connection:
        newer = amend(Work(connection=connection, now=LATER), entry.number, card=replace(RESOURCE, owner=OTHER))
    new = issued(store, newer, now=LATER)

    assert reading(store, get_extract, OWNER, old.number) == old
    assert reading(store, get_extract, OTHER, new.number) == new
    assert reading(store, get_extract, OWNER, new.number) is None
    assert reading(store, get_extract_of_entry, OTHER, entry.number, LATER) == new
    assert reading(store, get_extract_of_entry, OWNER, entry.number, LATER) is None


def test_after_a_change_of_owner_the_new_one_gets_no_extract_of_what_was_not_its_own(store, entry):
    """`GetEntry` withholds the restricted fields of those versions, and an extract holds them all."""
    old = issued(store, entry)
    with store.writing() as connection:
        newer = amend(Work(connection=connection, now=LATER), entry.number, card=replace(RESOURCE, owner=OTHER))
    new = issued(store, newer, now=LATER)

    assert reading(store, get_extract, OTHER, old.number) is None
    assert [asked(store, OTHER, number) for number in (old.number, new.number)] == [None, new.number]
    assert [asked(store, OWNER, number) for number in (old.number, new.number)] == [old.number, None]


def test_whoever_may_see_the_register_whole_gets_every_extract(store, entry):
    one = issued(store, entry)

    assert asked(store, OTHER, one.number) is None
    assert asked(store, OTHER, one.number, sees=["PERSONAL_DATA_SYSTEMS"]) is None
    assert asked(store, OTHER, one.number, sees=["INFORMATION_RESOURCES"]) == one.number
    assert asked(store, OTHER, entry.number, sees=["INFORMATION_RESOURCES"]) == one.number


def asked(store, agency, number, sees=()):
    """Number of the extract that GetExtract answers with, to a caller who may `see` those registers whole."""
    right = right_to("registration.GetExtract", [EVERY])
    rights = (right, *([right_to(READ_RESTRICTED, sees)] if sees else []))
    caller = Caller(agency=agency, system=f"{agency}-1", rights=rights)
    key = "extract_number" if "-E-" in number else "entry_number"
    exchange = SimpleNamespace(
        acting=Acting(caller, right.operation, right, ()),
        request=SimpleNamespace(body=GetExtractRequest(**{key: number})),
        now=LATER,
    )
    given = ExtractQuestions(store).table()["registration.GetExtract"](exchange).extract
    return None if given is None else given.number


@pytest.mark.parametrize("column", ["verification_code", "reissues"])
def test_one_code_or_one_replaced_extract_is_never_recorded_twice(store, entry, column):
    """The database says so, and the unit of work is run again: with another code, or in place of the newer one."""
    issued(store, entry)
    second = issued(store, entry)
    values = {**columns_of(second), "number": "2026/IR-E-000009", "verification_code": "OTHER", "reissues": None}

    with pytest.raises(StoreConflictError), store.writing() as connection:
        connection.execute(insert(extract).values({**values, column: getattr(second, column)}))
