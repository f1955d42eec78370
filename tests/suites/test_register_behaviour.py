"""What the registers must do on every store: numbers, cases, entries, invalid documents, checks."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import event, func, select

from handlers.cases.model import CaseState, CaseType
from handlers.cases.queries import get_case
from handlers.dispatch import CommandDispatcher
from handlers.documents.commands import report_invalid_documents
from handlers.documents.model import DocumentKind, DocumentQuestion, InvalidDocumentReport, ItemOutcome, ValidityStatus
from handlers.documents.queries import check_and_log, check_documents, get_batch
from handlers.messages import SCHEMA, ReportInvalidDocuments, SubmitRegistration, encode
from handlers.notices.model import NoticeKind
from handlers.parties.changes import change_standing
from handlers.parties.model import Act, Assurance, Caller, Certificate, DisclosureTier, PartyKind
from handlers.parties.standing import StandingStep
from handlers.queue_names import REGISTRATION as REGISTRATION_QUEUE
from handlers.receipts.model import CommandState
from handlers.receipts.queries import get_status
from handlers.registration.commands import submit_appeal, submit_registration
from handlers.registration.entries import EntryExistsError, UnknownEntryError, amend, enter, get_entry
from handlers.registration.model import (
    AppealKind,
    Confirmation,
    ConfirmationMethod,
    EntryStatus,
    Register,
)
from handlers.registration.names import appeal_key
from handlers.store import directory, numbers
from handlers.store.cases import find_difference, find_notes
from handlers.store.ports import StoreConflictError
from handlers.store.tables_registers import (
    case_step,
    claim,
    document_batch_item,
    document_check,
    entry_version,
    invalid_document,
    number_series,
    register_case,
)
from handlers.work import Work
from queues.message import Message
from tests.unit.handlers.documents.examples import passport
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
    CANCELLATION,
    CHANGE,
    CONFIRMATION,
    FIN,
    NOW,
    OTHER,
    OWNER,
    PERSONAL,
    PERSONAL_REGISTRATION,
    REGISTRATION,
    REPRESENTATIVE,
    RESOURCE,
    accepted,
    appeal,
    registration,
    signed,
)

THEIR_CARD = Certificate(fingerprint="cd" * 32, issuer="CN=CA", serial="19")
CALLER = Caller(agency=OWNER, system="JUSTICE-1", tier=DisclosureTier.FULL)


@pytest.fixture
def parties(store):
    """Two agencies and a representative of the first."""
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        directory.add_representative(connection, REPRESENTATIVE)
    return store


def run(store, handler, command, now=NOW):
    with store.writing() as connection:
        return handler(Work(connection=connection, now=now), command)


def run_until_through(store, handler, command):
    """As the dispatcher does: again, when the database chooses this one to give way."""
    while True:
        try:
            return run(store, handler, command)
        except StoreConflictError:
            continue


def entered(store, card=RESOURCE, now=NOW, **others):
    with store.writing() as connection:
        return enter(Work(connection=connection, now=now), card, **others)


def amended(store, number, now=NOW, **changes):
    with store.writing() as connection:
        return amend(Work(connection=connection, now=now), number, **changes)


def count(store, table):
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def case_of(store, outcome, agency=OWNER):
    with store.reading() as connection:
        return get_case(connection, agency, number=outcome.subject)


def in_threads(jobs, threads=8):
    start = threading.Barrier(threads)

    def job(one):
        return one()

    with ThreadPoolExecutor(threads, initializer=start.wait) as pool:
        return list(pool.map(job, jobs))


# Numbers --------------------------------------------------------------------------------------


class RefusedError(Exception):
    """Ends a unit of work in the middle."""


def test_numbers_drawn_by_eight_threads_have_no_gaps_and_no_doubles_though_some_roll_back(store):
    def draw(fails):
        def once():
            with store.writing() as connection:
                number = numbers.next_number(connection, "case:2026/IR")
                if fails:
                    raise RefusedError
                return number

        def until_through():
            while True:
                try:
                    return once()
                except StoreConflictError:
                    continue
                except RefusedError:
                    return None

        return until_through

    drawn = [number for number in in_threads([draw(place % 5 == 0) for place in range(80)]) if number]
    assert sorted(drawn) == list(range(1, 65))


def test_each_series_counts_for_itself(store):
    with store.writing() as connection:
        drawn = [numbers.next_number(connection, series) for series in ("a", "b", "a")]
    assert drawn == [1, 1, 2]


def test_all_claims_are_gained_or_none(store):
    with store.writing() as connection:
        assert numbers.acquire(connection, "first", ["b"]) is None
        assert numbers.acquire(connection, "second", ["c", "a", "b"]) == "b"
        assert numbers.acquire(connection, "third", ["a", "c"]) is None


# Submitting a registration --------------------------------------------------------------------


def test_an_application_becomes_a_received_case_with_its_history(parties):
    outcome = run(parties, submit_registration, registration(), now=NOW + timedelta(seconds=3))
    case = case_of(parties, outcome)
    assert outcome.ground is None
    assert outcome.subject == "2026/IR-000001"
    assert (case.number, case.type, case.state) == ("2026/IR-000001", CaseType.REGISTRATION, CaseState.RECEIVED)
    assert case.register is Register.INFORMATION_RESOURCES
    assert (case.applicant, case.representative, case.subject) == (OWNER, FIN, "ƏDR")
    assert case.confirmation is ConfirmationMethod.XADES
    assert case.received_at == NOW
    assert (case.event_date, case.due_date, case.late) == (date(2026, 5, 10), date(2026, 5, 30), False)
    assert case.defects == ()
    assert [(step.sequence, step.from_state, step.to_state) for step in case.steps] == [
        (1, None, CaseState.DRAFT),
        (2, CaseState.DRAFT, CaseState.CONFIRMED),
        (3, CaseState.CONFIRMED, CaseState.RECEIVED),
    ]
    assert [step.actor for step in case.steps] == [f"representative:{FIN}", f"representative:{FIN}", "operator"]
    assert [step.at for step in case.steps] == [CONFIRMATION.confirmed_at, CONFIRMATION.confirmed_at, NOW]


def test_the_confirmation_is_kept_byte_for_byte(parties):
    run(parties, submit_registration, registration(confirmation=CONFIRMATION))
    with parties.reading() as connection:
        row = connection.execute(select(register_case)).mappings().one()
    assert row["signed_file"] == CONFIRMATION.signed_file
    assert row["certificate_fingerprint"] == CONFIRMATION.certificate_fingerprint
    assert row["confirmed_at"] == CONFIRMATION.confirmed_at
    assert row["signed_file_digest"] == CONFIRMATION.signed_file_digest
    assert (row["signature_level"], row["stamped_at"]) == ("B-T", CONFIRMATION.stamped_at)
    assert row["application"]["resourceCard"]["shortName"] == "ƏDR"


def test_the_owner_is_told(parties):
    outcome = run(parties, submit_registration, registration())
    (due,) = outcome.events
    assert (due.agency, due.kind, due.tracking_id) == (OWNER, NoticeKind.CASE_RECEIVED, "T-1")
    assert due.subject == "2026/IR-000001"
    assert due.parameters == {"name": "ƏDR", "check_by": "2026-06-03", "decide_by": "2026-06-23"}


def test_a_message_delivered_again_is_one_case(parties):
    dispatch = CommandDispatcher(parties, {SubmitRegistration: submit_registration}, lambda: NOW)
    command = registration()
    for _ in range(2):
        dispatch(
            Message(
                message_id="T-1",
                queue=REGISTRATION_QUEUE.name,
                type="SubmitRegistration",
                schema=SCHEMA,
                body=encode(command),
                created_at=NOW,
            )
        )
    assert count(parties, register_case) == 1
    with parties.reading() as connection:
        status = get_status(connection, OWNER, "T-1")
    assert (status.state, status.subject) == (CommandState.APPLIED, "2026/IR-000001")


def test_registers_and_years_are_numbered_apart(parties):
    new_year_in_baku = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)
    first = run(parties, submit_registration, registration())
    second = run(parties, submit_registration, registration(PERSONAL_REGISTRATION, tracking_id="T-2"))
    representative = replace(REPRESENTATIVE, fin="5ABC12E", identity_card="AA1", certificates=(THEIR_CARD,))
    with parties.writing() as connection:
        directory.add_representative(connection, replace(representative, valid_to=date(2027, 12, 31)))
    application = replace(REGISTRATION, representative="5ABC12E", resource_card=replace(RESOURCE, short_name="YENİ"))
    confirmation = replace(CONFIRMATION, representative="5ABC12E", certificate_fingerprint="cd" * 32)
    third = run(
        parties,
        submit_registration,
        registration(application, confirmation, tracking_id="T-3", received_at=new_year_in_baku),
    )
    assert [one.subject for one in (first, second, third)] == ["2026/IR-000001", "2026/PD-000001", "2027/IR-000001"]


def test_defects_are_recorded_on_the_case_and_do_not_hold_it_up(parties):
    application = replace(
        REGISTRATION, event_date=date(2026, 1, 1), resource_card=replace(RESOURCE, purpose=" ", legal_acts=())
    )
    outcome = run(parties, submit_registration, registration(application))
    case = case_of(parties, outcome)
    assert [(one.rule, one.path) for one in case.defects] == [
        ("text.blank", "/resourceCard/purpose"),
        ("legal-act.present", "/resourceCard/legalActs"),
    ]
    assert case.late
    assert outcome.events[0].parameters["due"] == "2026-01-21"
    with parties.reading() as connection:
        assert [note.rule for note in find_notes(connection, case.number)] == ["event-date.late"]


def test_an_agency_may_apply_on_behalf_of_another_whose_representative_confirmed(parties):
    outcome = run(parties, submit_registration, registration(agency=OTHER, on_behalf_of=OWNER))
    assert outcome.subject == "2026/IR-000001"
    assert outcome.events[0].agency == OWNER
    assert case_of(parties, outcome) is not None


def test_a_suspended_person_is_judged_as_of_the_receipt(parties):
    """What was received before stays received; from the moment of the suspension nothing is."""
    noon = NOW + timedelta(minutes=1)
    with parties.writing() as connection:
        act = Act(by="officer", at=noon, reason="Letter 17/26")
        change_standing(connection, PartyKind.REPRESENTATIVE, FIN, StandingStep.SUSPEND, act)
        later = replace(act, at=noon + timedelta(minutes=2))
        change_standing(connection, PartyKind.REPRESENTATIVE, FIN, StandingStep.RESUME, later)

    def ground_at(seconds, tracking_id):
        received = registration(
            replace(REGISTRATION, resource_card=replace(RESOURCE, short_name=tracking_id)),
            tracking_id=tracking_id,
            received_at=noon + timedelta(seconds=seconds),
        )
        found = run(parties, submit_registration, received, now=noon + timedelta(minutes=5)).ground
        return None if found is None else found.code

    assert ground_at(-1, "before") is None
    assert ground_at(0, "at once") == "UNAUTHORISED_SIGNATORY"
    assert ground_at(119, "until") == "UNAUTHORISED_SIGNATORY"
    assert ground_at(120, "resumed") is None


BEFORE_AUTHORITY = datetime(2025, 12, 31, 19, 59, tzinfo=UTC)
"""The last minute, in Baku, of the day before the representative's authority begins."""
PASSWORD = Confirmation(method=ConfirmationMethod.PASSWORD, representative=FIN, confirmed_at=NOW)


@pytest.mark.parametrize(
    ("ground", "command"),
    [
        ("FOREIGN_APPLICANT", registration(agency=OTHER)),
        ("FOREIGN_APPLICANT", registration(on_behalf_of=OTHER)),
        (
            "FOREIGN_APPLICANT",
            registration(on_behalf_of=OWNER, agency="X", application=replace(REGISTRATION, applicant=OTHER)),
        ),
        ("UNAUTHORISED_SIGNATORY", registration(replace(REGISTRATION, representative="5ZZZ12D"))),
        ("UNAUTHORISED_SIGNATORY", registration(confirmation=replace(CONFIRMATION, representative="5ZZZ12D"))),
        ("UNAUTHORISED_SIGNATORY", registration(confirmation=replace(CONFIRMATION, certificate_fingerprint="cd" * 32))),
        ("UNAUTHORISED_SIGNATORY", registration(confirmation=PASSWORD)),
        ("UNAUTHORISED_SIGNATORY", registration(representative="5ZZZ12D")),
        ("UNAUTHORISED_SIGNATORY", registration(received_at=datetime(2026, 12, 31, 20, tzinfo=UTC))),
        ("UNAUTHORISED_SIGNATORY", registration(confirmation=replace(CONFIRMATION, confirmed_at=BEFORE_AUTHORITY))),
        ("UNAUTHORISED_SIGNATORY", registration(replace(REGISTRATION, applicant=OTHER), agency=OTHER)),
        ("INCOMPLETE", registration(replace(REGISTRATION, resource_card=None))),
        ("OUT_OF_SCOPE", registration(replace(REGISTRATION, register=Register.PERSONAL_DATA_SYSTEMS))),
    ],
)
def test_what_cannot_be_a_case_is_refused_with_a_ground_and_leaves_nothing(parties, ground, command):
    outcome = run(parties, submit_registration, command)
    assert outcome.ground is not None
    assert outcome.ground.code == ground
    assert outcome.events == ()
    assert [count(parties, table) for table in (register_case, number_series, claim)] == [0, 0, 0]


def test_a_second_registration_of_the_same_name_and_owner_is_a_duplicate(parties):
    run(parties, submit_registration, registration())
    again = replace(REGISTRATION, resource_card=replace(RESOURCE, short_name=" ədr "))
    outcome = run(parties, submit_registration, registration(again, tracking_id="T-2"))
    assert outcome.ground is not None
    assert outcome.ground.code == "DUPLICATE"
    assert count(parties, register_case) == 1


def test_a_registered_resource_is_not_registered_again(parties):
    entered(parties)
    outcome = run(parties, submit_registration, registration())
    assert outcome.ground is not None
    assert outcome.ground.code == "DUPLICATE"


def test_one_name_is_received_once_though_eight_submit_it_at_the_same_time(parties):
    def submit(place):
        command = registration(tracking_id=f"T-{place}")
        return lambda: run_until_through(parties, submit_registration, command)

    outcomes = in_threads([submit(place) for place in range(16)])
    assert sorted(one.subject or one.ground.code for one in outcomes) == ["2026/IR-000001"] + ["DUPLICATE"] * 15


def test_incoming_numbers_have_no_gaps_though_eight_threads_submit_and_some_are_refused(parties):
    def submit(place):
        card = replace(RESOURCE, short_name=f"R{place // 2}")
        command = registration(replace(REGISTRATION, resource_card=card), tracking_id=f"T-{place}")
        return lambda: run_until_through(parties, submit_registration, command)

    outcomes = in_threads([submit(place) for place in range(40)])
    given = sorted(one.subject for one in outcomes if one.subject)
    assert given == [f"2026/IR-{place:06d}" for place in range(1, 21)]


def test_only_the_applicant_sees_a_case(parties):
    outcome = run(parties, submit_registration, registration())
    with parties.reading() as connection:
        assert get_case(connection, OTHER, number=outcome.subject) is None
        assert get_case(connection, OWNER, tracking_id="T-1").number == outcome.subject
        assert get_case(connection, OWNER, number=outcome.subject, tracking_id="T-2") is None


# Appeals --------------------------------------------------------------------------------------


def test_a_cancellation_becomes_a_case_of_its_entry(parties):
    entered(parties)
    outcome = run(parties, submit_appeal, appeal())
    case = case_of(parties, outcome)
    assert outcome.subject == "2026/IR-000001"
    assert (case.type, case.entry_number, case.against_version) == (CaseType.CANCELLATION, "IR-000001", 1)
    assert case.subject == "ƏDR"
    assert case.steps[0].reason == CANCELLATION.reason
    assert outcome.events[0].parameters == {
        "name": "ƏDR",
        "entry": "IR-000001",
        "check_by": "2026-06-03",
        "decide_by": "2026-06-23",
    }


def test_a_change_keeps_the_difference_from_the_version_it_was_made_on(parties):
    entered(parties)
    amended(parties, "IR-000001", card=replace(RESOURCE, purpose="Başqa məqsəd"), now=NOW + timedelta(minutes=1))
    change = replace(CHANGE, resource_card=replace(RESOURCE, name="Yeni ad", topics=("əhali",)))
    outcome = run(parties, submit_appeal, appeal(change), now=NOW + timedelta(minutes=2))
    with parties.reading() as connection:
        difference = find_difference(connection, outcome.subject)
        notes = find_notes(connection, outcome.subject)
        row = connection.execute(select(register_case)).mappings().one()
    assert [(one.path, one.before, one.after) for one in difference] == [
        ("/name", '"Əhalinin Dövlət Reyestri"', '"Yeni ad"'),
        ("/topics[1]", None, '"əhali"'),
    ]
    assert [note.rule for note in notes] == ["entry.moved-on"]
    assert (row["against_version"], row["current_version"]) == (1, 2)


def test_a_change_of_the_present_version_bears_no_note(parties):
    entered(parties)
    outcome = run(parties, submit_appeal, appeal(CHANGE))
    with parties.reading() as connection:
        assert find_notes(connection, outcome.subject) == ()


def refusal_of(store, application, **others):
    outcome = run(store, submit_appeal, appeal(application, **others))
    return outcome.ground.code if outcome.ground else None


def test_an_appeal_against_nothing_is_refused(parties):
    assert refusal_of(parties, CANCELLATION) == "UNKNOWN_ENTRY"


def test_an_appeal_against_the_entry_of_another_is_refused(parties):
    entered(parties, replace(RESOURCE, owner=OTHER))
    assert refusal_of(parties, CANCELLATION) == "ENTRY_NOT_OF_APPLICANT"


def test_an_appeal_against_a_cancelled_entry_is_refused(parties):
    entered(parties, status=EntryStatus.CANCELLED)
    assert refusal_of(parties, CANCELLATION) == "ENTRY_CANCELLED"


def test_an_appeal_against_a_version_that_never_was_is_refused(parties):
    entered(parties)
    assert refusal_of(parties, replace(CANCELLATION, against_version=2)) == "FALSE_DATA"


def test_a_change_without_a_card_or_with_the_other_one_is_refused(parties):
    entered(parties)
    assert refusal_of(parties, replace(CHANGE, resource_card=None)) == "INCOMPLETE"
    other = replace(CHANGE, resource_card=None, personal_data_system_card=PERSONAL)
    assert refusal_of(parties, other) == "OUT_OF_SCOPE"


def test_one_case_of_a_type_is_open_per_entry(parties):
    entered(parties)
    assert refusal_of(parties, CANCELLATION, tracking_id="T-1") is None
    assert refusal_of(parties, CANCELLATION, tracking_id="T-2") == "OPEN_CASE_EXISTS"
    assert refusal_of(parties, CHANGE, tracking_id="T-3") is None
    assert refusal_of(parties, replace(CHANGE, reason="yenə"), tracking_id="T-4") == "OPEN_CASE_EXISTS"


def test_a_signed_file_opens_one_case_whatever_became_of_it(parties):
    """What the case claimed is free again once it is closed; its file is not, under whatever request it comes."""
    entered(parties)
    confirmation = signed(CANCELLATION)
    assert refusal_of(parties, CANCELLATION, confirmation=confirmation, tracking_id="T-1") is None
    with parties.writing() as connection:
        numbers.release(connection, "T-1", [appeal_key("IR-000001", CaseType.CANCELLATION, OWNER)])
    assert refusal_of(parties, CANCELLATION, confirmation=confirmation, tracking_id="T-2") == "SIGNED_FILE_USED"
    assert refusal_of(parties, CANCELLATION, tracking_id="T-3") is None


def test_a_signed_file_that_opened_no_case_may_come_again(parties):
    confirmation = signed(CANCELLATION)
    assert refusal_of(parties, CANCELLATION, confirmation=confirmation, tracking_id="T-1") == "UNKNOWN_ENTRY"
    entered(parties)
    assert refusal_of(parties, CANCELLATION, confirmation=confirmation, tracking_id="T-2") is None


def test_a_signed_file_opens_one_case_though_eight_submit_it_at_the_same_time(parties):
    confirmation = signed(REGISTRATION)

    def submit(place):
        application = replace(REGISTRATION, resource_card=replace(RESOURCE, short_name=f"AD {place}"))
        command = registration(application, confirmation, tracking_id=f"T-{place}")
        return lambda: run_until_through(parties, submit_registration, command)

    outcomes = in_threads([submit(place) for place in range(8)])
    assert sorted(one.subject or one.ground.code for one in outcomes) == ["2026/IR-000001"] + ["SIGNED_FILE_USED"] * 7


def test_a_refused_change_holds_no_claim(parties):
    entered(parties)
    entered(parties, replace(RESOURCE, short_name="İKİNCİ"))
    taken = replace(CHANGE, resource_card=replace(RESOURCE, short_name="ikinci"))
    assert refusal_of(parties, taken, tracking_id="T-1") == "DUPLICATE"
    assert refusal_of(parties, CHANGE, tracking_id="T-2") is None


# Entries --------------------------------------------------------------------------------------


def test_entries_are_numbered_per_register_and_read_back_whole(store):
    first = entered(store)
    second = entered(store, PERSONAL)
    third = entered(store, replace(RESOURCE, short_name="BAŞQA"))
    assert [entry.number for entry in (first, second, third)] == ["IR-000001", "PD-000001", "IR-000002"]
    with store.reading() as connection:
        assert get_entry(connection, "IR-000001", now=NOW) == first
        assert get_entry(connection, "PD-000001", now=NOW) == second
        assert get_entry(connection, "IR-000009", now=NOW) is None
    assert (first.version, first.recorded_at, first.resource_card) == (1, NOW, RESOURCE)


def test_an_entry_of_the_same_name_and_owner_is_not_made_twice(store):
    entered(store)
    with pytest.raises(EntryExistsError):
        entered(store, replace(RESOURCE, short_name="ədr"))
    assert entered(store, replace(RESOURCE, short_name="X")).number == "IR-000002"


def test_the_claim_of_a_case_passes_to_its_entry(parties):
    outcome = run(parties, submit_registration, registration())
    case = case_of(parties, outcome)
    with pytest.raises(EntryExistsError):
        entered(parties)
    entered(parties, case=case)
    with parties.reading() as connection:
        names = select(claim.c.holder).where(claim.c.key.like("name:%"))
        assert connection.scalars(names).all() == ["IR-000001"]
        assert connection.execute(select(entry_version.c.case_number)).scalar_one() == case.number


def test_a_retroactive_version_changes_what_is_true_and_not_what_was_known(store):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    march, may = start + timedelta(days=59), start + timedelta(days=120)
    entered(store, now=start)
    amended(store, "IR-000001", card=replace(RESOURCE, name="Yeni"), valid_from=march, now=may)

    def name(**when):
        with store.reading() as connection:
            entry = get_entry(connection, "IR-000001", now=may, **when)
        return entry and (entry.version, entry.resource_card.name)

    assert name() == (2, "Yeni")
    assert name(as_of=march - timedelta(days=1)) == (1, RESOURCE.name)
    assert name(as_of=march, as_known_at=may - timedelta(seconds=1)) == (1, RESOURCE.name)
    assert name(as_of=march) == (2, "Yeni")
    assert name(as_of=start - timedelta(seconds=1)) is None
    assert name(as_of=march, as_known_at=start - timedelta(seconds=1)) is None


def test_a_status_may_change_without_a_new_card(store):
    entered(store)
    cancelled = amended(store, "IR-000001", status=EntryStatus.CANCELLED, now=NOW + timedelta(days=1))
    assert (cancelled.version, cancelled.status, cancelled.resource_card) == (2, EntryStatus.CANCELLED, RESOURCE)


def test_a_clock_that_was_set_back_does_not_put_what_came_later_before(store):
    entered(store, now=NOW)
    amended(store, "IR-000001", card=replace(RESOURCE, name="Yeni"), valid_from=NOW, now=NOW - timedelta(hours=1))
    with store.reading() as connection:
        entry = get_entry(connection, "IR-000001", as_of=NOW)
        before = get_entry(connection, "IR-000001", as_of=NOW, as_known_at=NOW)
    assert (entry.resource_card.name, entry.recorded_at) == ("Yeni", NOW + timedelta(microseconds=1))
    assert before.resource_card == RESOURCE, "what was known at that moment is answered as it was"


def test_what_cannot_be_amended_is_told(store):
    with pytest.raises(UnknownEntryError):
        amended(store, "IR-000001")
    entered(store)
    with pytest.raises(ValueError, match="other register"):
        amended(store, "IR-000001", card=PERSONAL)
    entered(store, replace(RESOURCE, short_name="X"))
    with pytest.raises(EntryExistsError):
        amended(store, "IR-000001", card=replace(RESOURCE, short_name="x"))


def test_a_renamed_entry_gives_its_old_name_free(store):
    entered(store)
    amended(store, "IR-000001", card=replace(RESOURCE, short_name="X"))
    assert entered(store).number == "IR-000002"


@pytest.mark.parametrize("seed", range(3))
def test_the_store_tells_history_as_a_slow_model_does(store, seed):
    choose = random.Random(seed)
    start = datetime(2026, 1, 1, tzinfo=UTC)

    def day(number):
        return start + timedelta(days=number)

    entered(store, now=day(0))
    said = [(0, 0, None, RESOURCE.name)]
    for now in range(1, 9):
        first = choose.randint(0, 10)
        last = choose.choice([None, choose.randint(first + 1, 12)])
        card = replace(RESOURCE, name=f"ad {now}")
        amended(
            store,
            "IR-000001",
            card=card,
            valid_from=day(first),
            valid_to=None if last is None else day(last),
            now=day(now),
        )
        said.append((now, first, last, card.name))
    with store.reading() as connection:
        for known in range(9):
            for moment in range(13):
                expected = [
                    name
                    for now, first, last, name in said
                    if now <= known and first <= moment and (last is None or moment < last)
                ][-1]
                entry = get_entry(connection, "IR-000001", as_of=day(moment), as_known_at=day(known))
                assert entry.resource_card.name == expected


def test_versions_given_by_eight_threads_are_whole_and_leave_one_version_true(store):
    entered(store)

    def change(place):
        card = replace(RESOURCE, name=f"ad {place}")

        def until_through():
            while True:
                try:
                    return amended(store, "IR-000001", card=card).version
                except StoreConflictError:
                    continue

        return until_through

    assert sorted(in_threads([change(place) for place in range(16)])) == list(range(2, 18))
    with store.reading() as connection:
        present = connection.execute(select(entry_version).where(entry_version.c.recorded_to.is_(None))).all()
    assert len(present) == 1


# Invalid documents ----------------------------------------------------------------------------

REPORT = InvalidDocumentReport(
    document_type="PASSPORT",
    country="AZE",
    number="C01234567",
    kind=DocumentKind.PERSONALISED,
    fin="5ABC12D",
    reason="LOST",
    effective_from=date(2026, 5, 1),
)


def batch(*documents, tracking_id="B-1", agency=OTHER, **others):
    command = ReportInvalidDocuments(batch_reference="2026/14", documents=documents)
    return accepted(command, tracking_id=tracking_id, agency=agency, **others)


def reported(store, *documents, tracking_id="B-1", now=NOW, **others):
    run(store, report_invalid_documents, batch(*documents, tracking_id=tracking_id, **others), now)
    with store.reading() as connection:
        return get_batch(connection, others.get("agency", OTHER), tracking_id)


def test_by_a_mandate_the_documents_are_those_of_the_agency_that_is_acted_for(parties):
    run(parties, report_invalid_documents, batch(REPORT, agency=OWNER, on_behalf_of=OTHER))
    run(parties, report_invalid_documents, batch(numbered(2), agency=OTHER, on_behalf_of=OWNER, tracking_id="B-2"))
    with parties.reading() as connection:
        theirs = get_batch(connection, OTHER, "B-1")
        assert (theirs.provider, theirs.listed) == (OTHER, 1)
        assert get_batch(connection, OWNER, "B-1") is None
        assert get_batch(connection, OWNER, "B-2").refused == 1


def numbered(place):
    return replace(REPORT, number=f"C{place:08d}", fin=None)


def test_every_item_of_a_batch_has_its_outcome_in_order(parties):
    applied = reported(
        parties,
        REPORT,
        replace(REPORT, number="c 0123-4567"),
        replace(REPORT, reason="STOLEN"),
        replace(REPORT, number="C1"),
        replace(REPORT, document_type="MILITARY_CARD"),
        replace(REPORT, series="C", number="00000001", reason="TEMPORARILY_TAKEN"),
    )
    assert [(item.position, item.outcome, item.rule) for item in applied.items] == [
        (1, ItemOutcome.LISTED, None),
        (2, ItemOutcome.DUPLICATE, "record.same"),
        (3, ItemOutcome.CONTRADICTION, "record.differs"),
        (4, ItemOutcome.REFUSED, "number.form"),
        (5, ItemOutcome.REFUSED, "provider.type"),
        (6, ItemOutcome.LISTED, None),
    ]
    assert (applied.listed, applied.duplicates, applied.contradictions, applied.refused) == (2, 1, 1, 2)
    assert (applied.provider, applied.batch_reference, applied.applied_at) == (OTHER, "2026/14", NOW)
    assert all(item.text_az and item.text_en for item in applied.items if item.rule)
    assert count(parties, invalid_document) == 2


def test_outcomes_hold_across_batches(parties):
    reported(parties, REPORT)
    applied = reported(parties, REPORT, replace(REPORT, reason="STOLEN"), tracking_id="B-2")
    assert [item.outcome for item in applied.items] == [ItemOutcome.DUPLICATE, ItemOutcome.CONTRADICTION]
    assert count(parties, invalid_document) == 1


def test_a_contradicting_report_is_kept_for_the_operator_and_only_that(parties):
    reported(parties, REPORT, replace(REPORT, reason="STOLEN"))
    with parties.reading() as connection:
        kept = dict(connection.execute(select(document_batch_item.c.position, document_batch_item.c.report)).all())
    assert kept[1] is None
    assert kept[2]["reason"] == "STOLEN"


def test_the_provider_is_told_and_alone_sees_the_batch(parties):
    outcome = run(parties, report_invalid_documents, batch(REPORT))
    (due,) = outcome.events
    assert (due.agency, due.kind, due.subject) == (OTHER, NoticeKind.BATCH_APPLIED, "B-1")
    assert due.parameters == {
        "listed": "1",
        "duplicates": "0",
        "contradictions": "0",
        "refused": "0",
        "batch_reference": "2026/14",
    }
    with parties.reading() as connection:
        assert get_batch(connection, OWNER, "B-1") is None
        assert get_batch(connection, OTHER, "B-2") is None


def test_an_agency_that_issues_nothing_lists_nothing(parties):
    applied = reported(parties, REPORT, agency=OWNER)
    assert [item.rule for item in applied.items] == ["provider.type"]
    assert count(parties, invalid_document) == 0


def test_ten_thousand_documents_take_few_statements(parties):
    statements = []
    with parties.writing() as connection:
        event.listen(connection, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
        work = Work(connection=connection, now=NOW)
        report_invalid_documents(work, batch(*(numbered(place) for place in range(10_000))))
    assert len(statements) <= 40
    assert count(parties, invalid_document) == 10_000


def test_a_document_reported_at_the_same_time_is_listed_once(parties):
    def report(place):
        documents = [numbered(number) for number in range(20)]
        random.Random(place).shuffle(documents)
        command = batch(*documents, tracking_id=f"B-{place}")
        return lambda: run_until_through(parties, report_invalid_documents, command)

    in_threads([report(place) for place in range(8)])
    assert count(parties, invalid_document) == 20
    with parties.reading() as connection:
        batches = [get_batch(connection, OTHER, f"B-{place}") for place in range(8)]
    assert sum(one.listed for one in batches) == 20
    assert sum(one.duplicates for one in batches) == 140


# The validity check ---------------------------------------------------------------------------


def question(reference="1", number="C01234567", **others):
    return DocumentQuestion(reference=reference, document_type="PASSPORT", country="AZE", number=number, **others)


def checked(store, *questions, caller=CALLER, purpose="BORDER_CONTROL", now=NOW, **when):
    return check_and_log(
        store, caller, questions=questions, purpose=purpose, request_id="R-1", now=now, representative=FIN, **when
    )


def test_documents_are_answered_each_on_its_own_and_in_order(parties):
    suspended = replace(numbered(2), reason="TEMPORARILY_TAKEN")
    reported(parties, REPORT, suspended)
    result = checked(
        parties,
        question("listed", "c 0123 4567"),
        question("free", "C00000009"),
        question("expired", "C00000010", expires_on=date(2026, 1, 1)),
        DocumentQuestion(reference="zone", mrz=passport("C00000011").replace("C00000011", "C00000012")),
        DocumentQuestion(reference="nothing"),
        question("taken", "C00000002"),
    )
    assert [(one.reference, one.status) for one in result.answers] == [
        ("listed", ValidityStatus.INVALID),
        ("free", ValidityStatus.NOT_LISTED),
        ("expired", ValidityStatus.EXPIRED),
        ("zone", ValidityStatus.SUSPECT),
        ("nothing", ValidityStatus.INVALID_REQUEST),
        ("taken", ValidityStatus.SUSPENDED),
    ]
    assert result.answers[0].reason == "LOST"
    assert result.answers[0].effective_from == date(2026, 5, 1)
    assert result.answers[0].listed_since == NOW
    assert result.checked_at == NOW
    assert [(one.source, one.at) for one in result.data_as_of] == [("INVALID_DOCUMENTS", NOW)]


def test_a_zone_finds_what_was_reported_by_number(parties):
    reported(parties, REPORT)
    result = checked(parties, DocumentQuestion(reference="1", mrz=passport()))
    assert result.answers[0].status is ValidityStatus.INVALID


def test_valid_time_and_transaction_time_are_told_apart(parties):
    reported(parties, REPORT, now=NOW)

    def status(**when):
        return checked(parties, question(), now=NOW + timedelta(days=1), **when).answers[0].status

    assert status() is ValidityStatus.INVALID
    assert status(as_of=date(2026, 5, 1)) is ValidityStatus.INVALID
    assert status(as_of=date(2026, 4, 30)) is ValidityStatus.NOT_LISTED
    assert status(as_of=datetime(2026, 4, 30, 20, tzinfo=UTC)) is ValidityStatus.INVALID
    assert status(as_known_at=NOW) is ValidityStatus.INVALID
    assert status(as_known_at=NOW - timedelta(microseconds=1)) is ValidityStatus.NOT_LISTED


def test_a_document_is_not_invalid_before_its_day(parties):
    reported(parties, replace(REPORT, effective_from=date(2026, 5, 21)))
    assert checked(parties, question()).answers[0].status is ValidityStatus.NOT_LISTED
    tomorrow = NOW + timedelta(days=1)
    assert checked(parties, question(), now=tomorrow).answers[0].status is ValidityStatus.INVALID


def test_every_check_is_logged_with_who_why_when_and_which(parties):
    questions = (
        question("1", fin="5abc12d"),
        question("2", "C07654321", mrz=passport()),
        DocumentQuestion(reference="3"),
    )
    result = checked(parties, *questions, as_known_at=NOW)
    with parties.reading() as connection:
        rows = connection.execute(select(document_check).order_by(document_check.c.line)).mappings().all()
    assert {row["answer_reference"] for row in rows} == {result.answer_reference}
    assert {(row["agency"], row["system"], row["representative"]) for row in rows} == {(OWNER, "JUSTICE-1", FIN)}
    assert {(row["purpose"], row["checked_at"], row["request_id"]) for row in rows} == {("BORDER_CONTROL", NOW, "R-1")}
    assert {row["as_known_at"] for row in rows} == {NOW}
    assert [(row["position"], row["key"], row["status"]) for row in rows] == [
        (1, "AZE:C01234567", "NOT_LISTED"),
        (2, "AZE:C01234567", "SUSPECT"),
        (2, "AZE:C07654321", "SUSPECT"),
        (3, None, "INVALID_REQUEST"),
    ]
    assert rows[0]["fin"] == "5ABC12D"


def test_a_check_for_another_agency_or_with_a_password_is_logged_as_such(parties):
    def logged():
        with parties.reading() as connection:
            columns = (document_check.c.agency, document_check.c.on_behalf_of, document_check.c.assurance)
            return connection.execute(select(*columns).order_by(document_check.c.answer_reference)).all()

    checked(parties, question())
    checked(parties, question(), caller=replace(CALLER, on_behalf_of=OTHER, assurance=Assurance.PASSWORD))
    assert [tuple(row) for row in logged()] == [(OWNER, None, "SIGNATURE"), (OWNER, OTHER, "PASSWORD")]


@pytest.mark.parametrize("purpose", [None, "", "CURIOSITY"])
def test_nothing_is_answered_without_a_legal_purpose_and_the_attempt_is_logged(parties, purpose):
    reported(parties, REPORT)
    (answer,) = checked(parties, question(), purpose=purpose).answers
    assert (answer.status, answer.field) == (ValidityStatus.INVALID_REQUEST, "purpose")
    assert count(parties, document_check) == 1


def test_an_answer_that_cannot_be_logged_is_not_given(parties, monkeypatch):
    def fail(*arguments):
        raise RefusedError

    monkeypatch.setattr("handlers.store.documents.add_checks", fail)
    with pytest.raises(RefusedError):
        checked(parties, question())


def test_a_thousand_documents_are_one_look_up(parties):
    reported(parties, *(numbered(place) for place in range(0, 1000, 100)))
    statements = []
    with parties.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
        result = check_documents(
            connection,
            CALLER,
            questions=[question(str(place), f"C{place:08d}") for place in range(1000)],
            purpose="BORDER_CONTROL",
            request_id="R-1",
            now=NOW,
        )
    assert len(statements) == 1
    assert [one.reference for one in result.answers if one.status is ValidityStatus.INVALID] == [
        str(place) for place in range(0, 1000, 100)
    ]


def test_nothing_of_a_case_is_left_when_its_unit_of_work_fails(parties):
    def fails_late(work, command):
        submit_registration(work, command)
        raise RefusedError

    with pytest.raises(RefusedError):
        run(parties, fails_late, registration())
    assert [count(parties, table) for table in (register_case, case_step, claim, number_series)] == [0, 0, 0, 0]


def test_a_cancellation_that_brings_a_card_is_received_with_that_defect(parties):
    entered(parties)
    outcome = run(parties, submit_appeal, appeal(replace(CHANGE, kind=AppealKind.CANCELLATION)))
    assert [one.rule for one in case_of(parties, outcome).defects] == ["cancellation.card"]


def test_a_submission_reads_of_the_parties_no_more_than_it_needs(parties):
    read: list[str] = []
    event.listen(parties._engine, "before_cursor_execute", lambda *about: read.append(about[2]))
    run(parties, submit_registration, registration())
    tables = ("FROM agency", "FROM system", "FROM representative", "FROM directory_version")
    of_parties = [one for one in read if any(table in one for table in tables)]
    assert len(of_parties) == 3, "the codes of the agencies; the one person, and how the person stood"
    assert all("WHERE representative.fin = " in one for one in of_parties[1:])
