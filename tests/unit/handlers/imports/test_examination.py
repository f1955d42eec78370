"""What is said of a row, and what follows from it."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from handlers.imports.examination import judged
from handlers.imports.model import FileRow, RowOutcome, Tally, claim_of, old_key
from handlers.registration.model import EntryStatus, Register
from handlers.rules.completeness import Weight
from tests.unit.handlers.imports.examples import ENTRY, MALFORMED, PERSONAL_ENTRY, row
from tests.unit.handlers.registration.examples import AGENCIES, PERSONAL, RESOURCE, TODAY

SYSTEMS = Register.PERSONAL_DATA_SYSTEMS


def judge(file_row, strict=False):
    return judged(file_row, agencies=AGENCIES, today=TODAY, strict=strict)


def of(entry):
    return FileRow(position=1, line=2, entry=entry)


def found(judgement):
    return [(finding.weight, finding.path, finding.rule) for finding in judgement.findings]


@pytest.mark.parametrize("entry", [ENTRY, PERSONAL_ENTRY])
def test_a_sound_entry_is_ready_however_long_ago_it_was_registered(entry):
    judgement = judge(of(entry))
    assert (judgement.outcome, judgement.findings) == (RowOutcome.READY, ())
    assert judgement.register is entry.register


def test_what_breaks_the_contract_is_stopped_and_can_be_found():
    judgement = judge(FileRow(position=3, line=9, malformed=(MALFORMED,), old_number="7", register=SYSTEMS))
    assert judgement.outcome is RowOutcome.STOPPED
    assert found(judgement) == [(Weight.BAR, "/resourceCard/name", "contract.required")]
    assert (judgement.position, judgement.line, judgement.old_number) == (3, 9, "7")
    assert judgement.old_key == old_key(SYSTEMS, "7")


@pytest.mark.parametrize(("strict", "outcome"), [(False, RowOutcome.READY), (True, RowOutcome.STOPPED)])
def test_a_defect_of_an_old_entry_is_recorded_and_stops_it_only_when_strict(strict, outcome):
    judgement = judge(of(replace(ENTRY, resource_card=replace(RESOURCE, owner="GONE"))), strict=strict)
    assert judgement.outcome is outcome
    assert found(judgement) == [(Weight.DEFECT, "/resourceCard/owner", "owner.enrolled")]


@pytest.mark.parametrize("strict", [False, True])
def test_a_note_stops_nothing(strict):
    judgement = judge(of(replace(PERSONAL_ENTRY, personal_data_system_card=replace(PERSONAL, subject_count=9))), strict)
    assert judgement.outcome is RowOutcome.READY
    assert found(judgement) == [(Weight.NOTE, "/personalDataSystemCard/subjectCount", "subjects.voluntary")]


@pytest.mark.parametrize(
    ("change", "path", "rule"),
    [
        ({"registered_on": date(2026, 5, 21)}, "/registeredOn", "import.registered-on.future"),
        ({"old_number": " "}, "/oldNumber", "text.blank"),
        ({"note": "\t"}, "/note", "text.blank"),
    ],
)
def test_what_the_older_register_cannot_have_said_is_stopped(change, path, rule):
    judgement = judge(of(replace(ENTRY, **change)))
    assert judgement.outcome is RowOutcome.STOPPED
    assert found(judgement) == [(Weight.BAR, path, rule)]


def test_an_old_number_is_the_same_whatever_its_case_and_spacing_and_another_in_the_other_register():
    resources = Register.INFORMATION_RESOURCES
    assert old_key(resources, " 12-A  İ") == old_key(resources, "12-a i") != old_key(SYSTEMS, "12-a i")
    assert old_key(resources, None) is old_key(None, "1") is None


def test_a_cancelled_entry_claims_no_name():
    assert claim_of(ENTRY) is not None
    assert claim_of(replace(ENTRY, entry_status=EntryStatus.CANCELLED)) is None


def test_rows_are_counted_by_outcome_and_findings_by_rule():
    tally = Tally()
    for each in (
        row(1),
        of(replace(ENTRY, resource_card=replace(RESOURCE, owner="GONE"))),
        FileRow(position=3, line=4, malformed=(MALFORMED, MALFORMED)),
    ):
        tally = tally.plus(judge(each))
    assert tally == Tally(rows=3, ready=2, stopped=1, defective=1, rules={"owner.enrolled": 1, "contract.required": 2})
