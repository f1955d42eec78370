"""What importing the entries of an older register must do on every store."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as changed
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from handlers.imports.commands import (
    ImportRefusedError,
    apply_rows,
    begin_apply,
    begin_preview,
    finish_preview,
    give_up,
    preview_rows,
)
from handlers.imports.model import FileRow, ImportState, RowOutcome
from handlers.imports.queries import get_batch, newest_batches, rows_of, rows_of_old_number
from handlers.imports.undoing import UndoRefusedError, undo
from handlers.registration.commands import submit_appeal, submit_registration
from handlers.registration.criteria import EntryCriteria
from handlers.registration.entries import EntryExistsError, UnknownEntryError, amend, enter, get_entry
from handlers.registration.model import EntryStatus, Relation, RelationKind
from handlers.registration.names import OLD_NUMBERS, old_number_key
from handlers.registration.search import search_entries
from handlers.store import directory, numbers
from handlers.store.ports import StoreConflictError
from handlers.store.tables_registers import claim, entry_version, number_series
from handlers.work import Work
from tests.unit.handlers.imports.examples import FILE, MALFORMED, PERSONAL_ENTRY, row, rows
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
    CANCELLATION,
    NOW,
    REGISTRATION,
    REPRESENTATIVE,
    RESOURCE,
    appeal,
    registration,
)

OTHER_FILE = changed(FILE, name="other.csv", sha256="cd" * 32)
CLERK, CHIEF = "Aydan", "Rəşad"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def register(store):
    """A store with two agencies and a representative."""
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        directory.add_representative(connection, REPRESENTATIVE)
    return store


def run(store, step, *arguments, now=NOW, **options):
    while True:
        try:
            with store.writing() as connection:
                return step(Work(connection=connection, now=now), *arguments, **options)
        except StoreConflictError:
            continue


def previewed(store, given, file=FILE, strict=False, chunk=3):
    batch = run(store, begin_preview, file, strict=strict, by=CLERK)
    for start in range(0, len(given), chunk):
        run(store, preview_rows, batch.number, given[start : start + chunk])
    return run(store, finish_preview, batch.number)


def applied(store, file=FILE, chunk=3, now=NOW):
    batch = run(store, begin_apply, file.sha256, by=CHIEF, now=now)
    while batch.state is ImportState.APPLYING:
        batch = run(store, apply_rows, batch.number, chunk, now=now)
    return batch


def imported(store, given, file=FILE):
    previewed(store, given, file)
    return applied(store, file)


def looked_at(store, look, *arguments):
    with store.reading() as connection:
        found = look(connection, *arguments)
        return found if not hasattr(found, "__next__") else list(found)


def outcomes(store, number):
    return [each.outcome for each in looked_at(store, rows_of, number)]


def versions(store):
    with store.reading() as connection:
        return connection.execute(select(entry_version).order_by(entry_version.c.row)).mappings().all()


def names_held(store):
    with store.reading() as connection:
        return set(connection.scalars(select(claim.c.key).where(claim.c.key.startswith("name:"))))


def old_numbers_held(store):
    with store.reading() as connection:
        query = select(claim.c.key, claim.c.holder).where(claim.c.key.startswith(OLD_NUMBERS))
        return {found.key: found.holder for found in connection.execute(query)}


def entry_at(store, number, **when):
    with store.reading() as connection:
        return get_entry(connection, number, **when)


def numbers_found(store):
    return [each.number for each in looked_at(store, search_entries, EntryCriteria()).entries]


# Preview and applying -------------------------------------------------------------------------


def test_a_preview_changes_no_register_and_is_kept_with_all_it_found(register):
    given = [row(1), FileRow(position=2, line=3, malformed=(MALFORMED,)), row(3, card=replace(RESOURCE, owner="GONE"))]
    batch = previewed(register, given)
    assert (batch.number, batch.state, batch.previewed_by) == ("IMP-000001", ImportState.PREVIEWED, CLERK)
    assert (batch.rows, batch.ready, batch.stopped, batch.defective) == (3, 2, 1, 1)
    assert batch.rules == {"contract.required": 1, "owner.enrolled": 1}
    assert versions(register) == []
    assert names_held(register) == set()
    kept = looked_at(register, rows_of, batch.number)
    assert [each.findings[0].text_az for each in kept if each.findings] == [
        "Yoxdur.",
        "Sahib qeydiyyatda olan dövlət qurumu deyil.",
    ]
    assert kept[0].entry == given[0].entry


def test_what_was_previewed_is_entered_with_numbers_of_the_register_from_the_old_day_on(register):
    old = date(1999, 12, 31)
    given = [row(1, note="box 4"), row(2, entry_status=EntryStatus.SUSPENDED, registered_on=None)]
    given.append(FileRow(position=3, line=4, entry=PERSONAL_ENTRY))
    batch = imported(register, given)
    assert (batch.state, batch.applied, batch.applied_by) == (ImportState.APPLIED, 3, CHIEF)
    kept = looked_at(register, rows_of, batch.number)
    assert [each.entry_number for each in kept] == ["IR-000001", "IR-000002", "PD-000001"]
    assert {each.outcome for each in kept} == {RowOutcome.APPLIED}
    assert [each.note for each in kept] == ["box 4", None, None]
    rows_kept = versions(register)
    assert {each["actor"] for each in rows_kept} == {"import:IMP-000001"}
    assert [each["valid_from"] for each in rows_kept] == [datetime(1999, 12, 30, 20, tzinfo=UTC), NOW, NOW]
    first, second = entry_at(register, "IR-000001", now=NOW), entry_at(register, "IR-000002", now=NOW)
    assert (first.resource_card, first.version) == (given[0].entry.resource_card, 1)
    assert second.status is EntryStatus.SUSPENDED
    assert entry_at(register, "IR-000001", as_of=datetime(2005, 1, 1, tzinfo=UTC)) == first
    assert entry_at(register, "IR-000001", as_of=datetime(old.year, 1, 1, tzinfo=UTC)) is None


def test_an_old_number_leads_to_the_new_one(register):
    imported(register, [row(1, old_number="12 /A 99")])
    found = looked_at(register, rows_of_old_number, "12  /a 99")
    assert [(number, each.entry_number) for number, each in found] == [("IMP-000001", "IR-000001")]
    assert looked_at(register, rows_of_old_number, "12") == []


def test_only_what_was_previewed_is_applied(register):
    with pytest.raises(ImportRefusedError, match="no preview of this file"):
        run(register, begin_apply, FILE.sha256, by=CHIEF)
    run(register, begin_preview, FILE, strict=False, by=CLERK)
    with pytest.raises(ImportRefusedError, match="no preview of this file"):
        run(register, begin_apply, FILE.sha256, by=CHIEF)
    previewed(register, [row(1)])
    with pytest.raises(ImportRefusedError, match="no preview of this file"):
        run(register, begin_apply, "00" * 32, by=CHIEF)


def test_a_strict_preview_stops_defects(register):
    batch = previewed(register, [row(1), row(2, card=replace(RESOURCE, owner="GONE"))], strict=True)
    assert (batch.ready, batch.stopped) == (1, 1)
    assert applied(register).applied == 1


def test_a_relation_to_what_is_not_there_yet_is_taken_and_noted(register):
    run(register, enter, RESOURCE)
    pointing = replace(
        RESOURCE,
        relations=(
            Relation(kind=RelationKind.SUB, entry_number="IR-000001"),
            Relation(kind=RelationKind.USER, entry_number="IR-000003"),
        ),
    )
    batch = imported(register, [row(1, card=pointing), row(2)])
    noted = looked_at(register, rows_of, batch.number)[0].findings
    assert [(each.path, each.rule) for each in noted] == [
        ("/resourceCard/relations[2]/entryNumber", "import.relation.unresolved")
    ]
    assert (batch.applied, batch.noted) == (2, 1)


# Duplicates -----------------------------------------------------------------------------------


def test_duplicates_in_the_file_are_told_with_the_row_they_repeat_across_units_of_work(register):
    given = [
        row(1, "Ə"),
        row(2, "B"),
        row(3, "ə ", old_number="x"),
        row(4, "C", old_number="B"),
        row(5, "D"),
        row(6, "d"),
    ]
    batch = previewed(register, given, chunk=2)
    assert (batch.ready, batch.duplicates) == (3, 3)
    kept = looked_at(register, rows_of, batch.number)
    told = {each.position: [(one.rule, one.text_en) for one in each.findings] for each in kept if each.findings}
    assert told == {
        3: [
            (
                "import.duplicate.short-name",
                "The owner has an entry of this short name already: entry 1 of the file (line 2).",
            )
        ],
        4: [
            (
                "import.duplicate.old-number",
                "There is an entry of this old number already: entry 2 of the file (line 3).",
            )
        ],
        6: [
            (
                "import.duplicate.short-name",
                "The owner has an entry of this short name already: entry 5 of the file (line 6).",
            ),
            (
                "import.duplicate.old-number",
                "There is an entry of this old number already: entry 5 of the file (line 6).",
            ),
        ],
    }


def test_duplicates_of_the_register_are_told_with_the_entry_or_the_case(register):
    imported(register, [row(1, "A")])
    assert run(register, submit_registration, registration(REGISTRATION)).ground is None
    again = changed(FILE, sha256="cd" * 32)
    given = [row(1, "A", old_number="other"), row(2, "B", old_number="A"), row(3, RESOURCE.short_name), row(4, "C")]
    batch = previewed(register, given, again)
    told = [one.text_en for each in looked_at(register, rows_of, batch.number) for one in each.findings]
    assert told == [
        "The owner has an entry of this short name already: entry IR-000001.",
        "There is an entry of this old number already: entry IR-000001.",
        "The owner has an entry of this short name already: an open case of registration.",
    ]
    assert (batch.ready, batch.duplicates) == (1, 3)


def test_a_cancelled_entry_and_its_successor_share_a_short_name(register):
    gone = {"entry_status": EntryStatus.CANCELLED}
    batch = imported(register, [row(1, "A", **gone), row(2, "A", old_number="2"), row(3, "A", old_number="3", **gone)])
    assert batch.applied == 3
    assert len(names_held(register)) == 1


def test_a_name_that_is_taken_between_preview_and_application_is_set_aside(register):
    previewed(register, [row(1, "A"), row(2, "B"), row(3, "C")])
    run(register, enter, replace(RESOURCE, short_name="B"))
    batch = applied(register)
    assert (batch.state, batch.applied, batch.duplicates) == (ImportState.APPLIED, 2, 1)
    assert outcomes(register, batch.number) == [RowOutcome.APPLIED, RowOutcome.DUPLICATE, RowOutcome.APPLIED]
    assert {each["number"] for each in versions(register)} == {"IR-000001", "IR-000002", "IR-000003"}


def test_an_old_number_is_the_entrys_until_its_import_is_undone_whoever_comes_at_the_same_moment(register):
    """What another batch has entered under it is not seen yet: the claim is what stops it."""
    imported(register, [row(1, "A", old_number="7")])
    previewed(register, [row(1, "B", old_number="8")], OTHER_FILE)
    run(register, amend, "IR-000001", card=replace(RESOURCE, short_name="A2"))
    assert old_numbers_held(register) == {"old-number:INFORMATION_RESOURCES:7": "IR-000001"}
    with register.writing() as connection:
        numbers.acquire(connection, "IR-000009", [old_number_key("INFORMATION_RESOURCES:8")])
    with pytest.raises(EntryExistsError):
        applied(register, OTHER_FILE)
    assert numbers_found(register) == ["IR-000001"]
    undone = imported(register, [row(1, "C", old_number="9")], changed(FILE, sha256="ef" * 32)).number
    run(register, undo, undone, reason="səhv fayl", by=CHIEF)
    assert len(old_numbers_held(register)) == 2


# Interruptions and company --------------------------------------------------------------------


def test_a_preview_that_was_interrupted_goes_on_and_counts_nothing_twice(register):
    given = rows(7)
    batch = run(register, begin_preview, FILE, strict=False, by=CLERK)
    run(register, preview_rows, batch.number, given[:4])
    again = previewed(register, given)
    assert (again.number, again.rows, again.ready, again.duplicates) == (batch.number, 7, 7, 0)


def test_a_later_preview_replaces_an_earlier_one_which_keeps_only_what_was_found(register):
    first = previewed(register, [row(1, card=replace(RESOURCE, owner="GONE"))])
    second = previewed(register, [row(1)])
    states = {each.number: each.state for each in looked_at(register, newest_batches)}
    assert states == {first.number: ImportState.REPLACED, second.number: ImportState.PREVIEWED}
    kept = looked_at(register, rows_of, first.number)[0]
    assert (kept.entry, kept.findings[0].rule) == (None, "owner.enrolled")
    assert applied(register).number == second.number


def test_a_batch_that_is_half_applied_goes_on_and_is_neither_replaced_nor_begun_again(register):
    previewed(register, rows(5))
    batch = run(register, begin_apply, FILE.sha256, by=CHIEF)
    assert run(register, apply_rows, batch.number, 2).applied_through == 2
    with pytest.raises(ImportRefusedError, match="half applied"):
        run(register, begin_preview, FILE, strict=False, by=CLERK)
    done = applied(register)
    assert (done.number, done.applied) == (batch.number, 5)
    assert applied(register) == done, "once more changes nothing"
    assert [each["number"] for each in versions(register)] == [f"IR-{n:06d}" for n in range(1, 6)]


def test_a_unit_of_work_that_fails_leaves_no_gap_in_the_numbers(register):
    previewed(register, rows(6))
    batch = run(register, begin_apply, FILE.sha256, by=CHIEF)
    run(register, apply_rows, batch.number, 2)

    def applied_and_killed(work):
        apply_rows(work, batch.number, 2)
        raise KeyError("killed here")

    with pytest.raises(KeyError):
        run(register, applied_and_killed)
    assert looked_at(register, get_batch, batch.number).applied_through == 2
    assert applied(register).applied == 6
    with register.reading() as connection:
        last = connection.scalar(select(number_series.c.last).where(number_series.c.series == "entry:IR"))
    assert last == 6
    assert len({each["number"] for each in versions(register)}) == 6


def test_several_processes_that_apply_one_batch_enter_every_row_once(register):
    previewed(register, rows(40), chunk=10)
    batch = run(register, begin_apply, FILE.sha256, by=CHIEF)

    def work(seed):
        picks = random.Random(seed)
        while True:
            try:
                state = run(register, apply_rows, batch.number, picks.randint(1, 4)).state
            except ImportRefusedError:
                return
            if state is ImportState.APPLIED:
                return

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert sorted(each["number"] for each in versions(register)) == [f"IR-{n:06d}" for n in range(1, 41)]
    assert looked_at(register, get_batch, batch.number).applied == 40


def test_a_file_that_ends_being_readable_is_told_so_and_cannot_be_applied(register):
    batch = run(register, begin_preview, FILE, strict=False, by=CLERK)
    run(register, preview_rows, batch.number, rows(2))
    run(register, give_up, batch.number, "The file breaks off.", "Fayl kəsilir.")
    kept = looked_at(register, get_batch, batch.number)
    assert (kept.state, kept.failure_az) == (ImportState.UNREADABLE, "Fayl kəsilir.")
    with pytest.raises(ImportRefusedError, match="no preview"):
        run(register, begin_apply, FILE.sha256, by=CHIEF)
    assert previewed(register, rows(2)).number != batch.number


# Undoing --------------------------------------------------------------------------------------


def test_undone_entries_are_no_longer_said_and_still_known_to_have_been(register):
    batch = imported(register, [row(1), row(2)])
    run(register, enter, replace(RESOURCE, short_name="other"))
    assert numbers_found(register) == ["IR-000001", "IR-000002", "IR-000003"]
    undone = run(register, undo, batch.number, reason="wrong file", by=CHIEF, now=LATER)
    assert (undone.state, undone.undone_by, undone.undone_at, undone.undone_reason) == (
        ImportState.UNDONE,
        CHIEF,
        LATER,
        "wrong file",
    )
    assert entry_at(register, "IR-000001", now=LATER) is None
    before = entry_at(register, "IR-000001", as_known_at=NOW + timedelta(minutes=1))
    assert before is not None
    assert before.status is EntryStatus.REGISTERED, "a mistake is no cancellation"
    assert entry_at(register, "IR-000001", as_known_at=LATER) is None
    assert entry_at(register, "IR-000003", now=LATER) is not None
    assert numbers_found(register) == ["IR-000003"]
    assert [each["recorded_to"] for each in versions(register)] == [LATER, LATER, None]
    assert outcomes(register, batch.number) == [RowOutcome.UNDONE, RowOutcome.UNDONE]
    assert len(names_held(register)) == 1


def test_what_was_undone_can_neither_be_amended_nor_appealed_against(register):
    batch = imported(register, [row(1)])
    run(register, undo, batch.number, reason="wrong file", by=CHIEF, now=LATER)
    with pytest.raises(UnknownEntryError):
        run(register, amend, "IR-000001", status=EntryStatus.SUSPENDED, now=LATER)
    assert run(register, submit_appeal, appeal(CANCELLATION), now=LATER).ground.code == "UNKNOWN_ENTRY"


def test_after_undoing_the_same_file_can_be_imported_under_new_numbers(register):
    batch = imported(register, [row(1)])
    run(register, undo, batch.number, reason="too early", by=CHIEF)
    with pytest.raises(ImportRefusedError, match="no preview"):
        run(register, begin_apply, FILE.sha256, by=CHIEF)
    assert imported(register, [row(1)]).applied == 1
    found = looked_at(register, rows_of_old_number, "1")
    assert [(each.outcome, each.entry_number) for _, each in found] == [
        (RowOutcome.APPLIED, "IR-000002"),
        (RowOutcome.UNDONE, "IR-000001"),
    ]


def test_a_batch_that_is_half_applied_can_be_undone(register):
    previewed(register, rows(5))
    batch = run(register, begin_apply, FILE.sha256, by=CHIEF)
    run(register, apply_rows, batch.number, 2)
    run(register, undo, batch.number, reason="wrong file", by=CHIEF, now=LATER)
    assert {each["recorded_to"] for each in versions(register)} == {LATER}
    with pytest.raises(ImportRefusedError):
        run(register, apply_rows, batch.number, 2)


def test_an_entry_with_a_life_of_its_own_keeps_the_whole_batch(register):
    batch = imported(register, rows(4))
    run(register, amend, "IR-000002", status=EntryStatus.SUSPENDED, now=NOW + timedelta(minutes=1))
    theirs = replace(CANCELLATION, entry_number="IR-000004")
    case = run(register, submit_appeal, appeal(theirs))
    assert case.ground is None
    before = versions(register)
    with pytest.raises(UndoRefusedError) as refused:
        run(register, undo, batch.number, reason="wrong file", by=CHIEF, now=LATER)
    assert [(each.entry_number, each.text_en) for each in refused.value.obstacles] == [
        ("IR-000002", "is at version 2 by now"),
        ("IR-000004", f"case {case.subject} is open"),
    ]
    assert versions(register) == before
    assert looked_at(register, get_batch, batch.number).state is ImportState.APPLIED


@pytest.mark.parametrize("undo_first", [True, False])
def test_an_appeal_and_the_undoing_of_its_entry_at_the_same_time_do_not_both_happen(register, undo_first):
    batch = imported(register, [row(1)])
    undoing = partial(run, register, undo, batch.number, reason="wrong file", by=CHIEF, now=LATER)
    appealing = partial(run, register, submit_appeal, appeal(CANCELLATION), now=LATER)
    with ThreadPoolExecutor(1) as pool:
        with register.writing() as connection:
            work = Work(connection=connection, now=LATER)
            if undo_first:
                undo(work, batch.number, reason="wrong file", by=CHIEF)
            else:
                assert submit_appeal(work, appeal(CANCELLATION)).ground is None
            other = pool.submit(appealing if undo_first else undoing)
            with pytest.raises(TimeoutError):
                other.result(0.3)
        if undo_first:
            assert other.result().ground.code == "UNKNOWN_ENTRY"
        else:
            with pytest.raises(UndoRefusedError):
                other.result()


def test_an_entry_that_is_undone_while_it_is_to_be_amended_is_unknown(register):
    batch = imported(register, [row(1)])
    with ThreadPoolExecutor(1) as pool:
        with register.writing() as connection:
            undo(Work(connection=connection, now=LATER), batch.number, reason="wrong file", by=CHIEF)
            other = pool.submit(run, register, amend, "IR-000001", status=EntryStatus.SUSPENDED, now=LATER)
            with pytest.raises(TimeoutError):
                other.result(0.3)
        with pytest.raises(UnknownEntryError):
            other.result()


def test_undoing_needs_a_batch_that_is_in_the_register_and_a_reason(register):
    previewed(register, [row(1)])
    for number, reason, says in (
        ("IMP-000009", "wrong file", "no batch"),
        ("IMP-000001", "wrong file", "nothing of it is in the register"),
    ):
        with pytest.raises(ImportRefusedError, match=says):
            run(register, undo, number, reason=reason, by=CHIEF)
    applied(register)
    with pytest.raises(ImportRefusedError, match="Say why"):
        run(register, undo, "IMP-000001", reason="  ", by=CHIEF)
