"""The clerical work on cases, on every store: each way through the table, and what stands in the way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from handlers.cases import commands as work_on
from handlers.cases.applicant import file_destruction_proof, resubmit, withdraw
from handlers.cases.clock_keeping import clocks_of
from handlers.cases.effects import StepRefusedError
from handlers.cases.guards import Decision
from handlers.cases.model import Actor, CaseEvent, CaseState, DecisionOutcome, Role
from handlers.cases.queries import case_file, get_case
from handlers.messages import FileDestructionProof, Resubmit, WithdrawCase
from handlers.notices.model import NoticeKind
from handlers.registration.commands import submit_appeal, submit_registration
from handlers.registration.entries import amend, get_entry
from handlers.registration.model import (
    AppealApplication,
    AppealKind,
    Defect,
    DestructionProof,
    EntryStatus,
    LifeCycleStatus,
    Relation,
    RelationKind,
    Trigger,
    Withdrawal,
)
from handlers.rules.clocks import BAKU
from handlers.store import directory
from handlers.store.tables_registers import case_statement, case_step, claim
from handlers.work import Work
from tests.suites.stage import events, together
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
    CANCELLATION,
    CHANGE,
    FIN,
    NOW,
    OTHER,
    OWNER,
    REGISTRATION,
    REPRESENTATIVE,
    RESOURCE,
    accepted,
    appeal,
    registration,
    signed,
)

AYSEL = Actor(role=Role.REGISTRAR, name="aysel")
KAMRAN = Actor(role=Role.REGISTRAR, name="kamran")
LEYLA = Actor(role=Role.SUPERVISOR, name="leyla")
APPROVED = Decision(outcome=DecisionOutcome.APPROVED)
REFUSED = Decision(outcome=DecisionOutcome.REFUSED, ground_code="FALSE_DATA", reason="ünvan yoxdur")
DISMISSED = Decision(outcome=DecisionOutcome.DISMISSED, reason="sahib ləğv edilib")
DEFECT = Defect(path="/resourceCard/purpose", rule="clerk", text_az="Məqsəd aydın deyil.", text_en="Unclear purpose.")
NUMBER = "2026/IR-000001"
COLLEAGUE = replace(
    REPRESENTATIVE,
    fin="6ABC12D",
    agency=OTHER,
    identity_card="AA7654321",
    certificates=(replace(REPRESENTATIVE.certificates[0], fingerprint="cd" * 32, serial="19"),),
)
"""Somebody who acts for the other agency."""


@pytest.fixture
def parties(store):
    """Two agencies and a representative of the first."""
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        directory.add_representative(connection, REPRESENTATIVE)
    return store


class Desk:
    """Does what staff and applicants do, at a clock that is handed on."""

    def __init__(self, store):
        self.store = store
        self.now = NOW
        self.extracts = []

    def send(self, handler, command):
        with self.store.writing() as connection:
            return handler(Work(connection=connection, now=self.now), command)

    def do(self, step, number, actor, *args, **details):
        if step in (work_on.decide, work_on.confirm_decision):
            details["issue_extract"] = self.extract
        self.now += timedelta(minutes=1)
        with self.store.writing() as connection:
            return step(Work(connection=connection, now=self.now), number, actor, *args, **details)

    def extract(self, work, entry, case):
        self.extracts.append((entry.number, entry.version, case.number))
        return f"E-{len(self.extracts)}"

    def refused(self, step, number, actor, *args, **details):
        with pytest.raises(StepRefusedError) as refusal:
            self.do(step, number, actor, *args, **details)
        return refusal.value.ground.code

    def file(self, number=NUMBER):
        with self.store.reading() as connection:
            return case_file(connection, number, self.now)

    def entry(self, number="IR-000001", **at):
        with self.store.reading() as connection:
            return get_entry(connection, number, now=self.now, **at)

    def count(self, table):
        with self.store.reading() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def claims(self):
        with self.store.reading() as connection:
            return sorted(connection.execute(select(claim.c.key)).scalars())

    def in_review(self, number=NUMBER):
        self.do(work_on.take, number, AYSEL)
        return self.do(work_on.find_complete, number, AYSEL, reason="yoxlanılıb")


@pytest.fixture
def desk(parties):
    return Desk(parties)


@pytest.fixture
def received(desk):
    assert desk.send(submit_registration, registration()).subject == NUMBER
    return desk


@pytest.fixture
def registered(received):
    received.in_review()
    received.do(work_on.decide, NUMBER, AYSEL, APPROVED)
    return received


def corrected(application, number=NUMBER, tracking_id="T-2", **others):
    return accepted(Resubmit.of(number, application, signed(application, tracking_id)), tracking_id, **others)


def withdrawal(number=NUMBER, tracking_id="T-W", representative=FIN, **others):
    statement = Withdrawal(
        case_number=number, applicant=OWNER, representative=representative, reason="artıq lazım deyil"
    )
    return accepted(
        WithdrawCase(statement=statement, confirmation=signed(statement, tracking_id)), tracking_id, **others
    )


def proof(number, tracking_id="T-P", **changes):
    statement = DestructionProof(
        case_number=number,
        applicant=OWNER,
        representative=FIN,
        destroyed_on=date(2026, 5, 20),
        manner="disklər əridilib",
        act_reference="akt 7, 20.05.2026",
    )
    statement = replace(statement, **changes)
    return accepted(FileDestructionProof(statement=statement, confirmation=signed(statement, tracking_id)), tracking_id)


def test_an_approved_registration_is_an_entry_with_its_extract(registered):
    file = registered.file()
    assert [step.event for step in file.case.steps] == [
        CaseEvent.DRAWN_UP,
        CaseEvent.CONFIRMED,
        CaseEvent.RECEIVED,
        CaseEvent.TAKEN,
        CaseEvent.FOUND_COMPLETE,
        CaseEvent.DECIDED,
        CaseEvent.ENTERED,
    ]
    assert (file.case.state, file.case.entry_number, file.case.entered_version) == (CaseState.ENTERED, "IR-000001", 1)
    assert file.case.decision.outcome is DecisionOutcome.APPROVED
    assert file.clerk == "aysel"
    assert registered.extracts == [("IR-000001", 1, NUMBER)]
    assert registered.entry().resource_card == RESOURCE
    assert not [key for key in registered.claims() if key.startswith("appeal")]


def test_each_step_is_one_row_of_history_and_one_notice_of_its_kind(registered):
    told = [event.kind for event in events(registered.store)]
    assert told == [
        NoticeKind.CASE_TAKEN,
        NoticeKind.CASE_COMPLETE,
        NoticeKind.CASE_DECIDED,
        NoticeKind.CASE_ENTERED,
    ]
    assert registered.count(case_step) == 3 + len(told)


def test_a_case_is_returned_corrected_twice_and_approved(received):
    received.do(work_on.take, NUMBER, AYSEL)
    first = received.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    assert (first.case.state, first.case.defects) == (CaseState.RETURNED, (DEFECT,))
    better = replace(REGISTRATION, resource_card=replace(RESOURCE, purpose="Uçot"))
    assert received.send(resubmit, corrected(better)).ground is None
    again = received.file()
    assert (again.case.state, again.case.submission, again.case.defects) == (CaseState.RESUBMITTED, 2, ())
    assert again.application == better
    assert {change.path for change in again.case.steps[-1].changes} >= {"/resourceCard/purpose", "/submission"}
    received.do(work_on.take, NUMBER, KAMRAN)
    received.do(work_on.return_for_correction, NUMBER, KAMRAN, defects=[DEFECT, DEFECT])
    best = replace(REGISTRATION, resource_card=replace(RESOURCE, short_name="ƏDR-2"))
    assert received.send(resubmit, corrected(best, tracking_id="T-3")).ground is None
    received.do(work_on.take, NUMBER, KAMRAN)
    received.do(work_on.find_complete, NUMBER, KAMRAN)
    received.do(work_on.decide, NUMBER, KAMRAN, APPROVED)
    assert received.entry().resource_card.short_name == "ƏDR-2"
    assert received.count(case_statement) == 2
    # The name that was given up is free again, the one that was entered is the entry's.
    assert [key for key in received.claims() if key.startswith("name:")] == [
        f"name:INFORMATION_RESOURCES:{OWNER}:ədr-2"
    ]


def test_a_registrar_works_on_the_cases_in_his_own_hands_until_they_are_handed_over(received):
    received.do(work_on.take, NUMBER, AYSEL)
    assert received.refused(work_on.find_complete, NUMBER, KAMRAN) == "IN_OTHER_HANDS"
    assert received.refused(work_on.hand_over, NUMBER, KAMRAN, to="kamran") == "IN_OTHER_HANDS"
    assert received.refused(work_on.hand_over, NUMBER, AYSEL, to="aysel") == "CLERK_MISSING"
    received.do(work_on.hand_over, NUMBER, LEYLA, to="kamran", reason="məzuniyyət")
    assert received.do(work_on.find_complete, NUMBER, KAMRAN).case.state is CaseState.REVIEW


def test_a_refusal_needs_a_second_person_who_is_another_one(received):
    received.in_review()
    proposed = received.do(work_on.decide, NUMBER, AYSEL, REFUSED)
    assert (proposed.case.state, proposed.case.decision) == (CaseState.SECOND_REVIEW, None)
    assert received.refused(work_on.confirm_decision, NUMBER, KAMRAN) == "NOT_ENTITLED"
    herself = Actor(role=Role.SUPERVISOR, name="aysel")
    assert received.refused(work_on.confirm_decision, NUMBER, herself) == "SAME_PERSON"
    assert received.refused(work_on.send_back, NUMBER, LEYLA, reason=" ") == "REASON_MISSING"
    received.do(work_on.send_back, NUMBER, LEYLA, reason="sübut yoxdur")
    received.do(work_on.decide, NUMBER, AYSEL, REFUSED)
    file = received.do(work_on.confirm_decision, NUMBER, LEYLA)
    assert file.case.state is CaseState.DECIDED
    assert (file.case.decision.outcome, file.case.decision.ground_code) == (DecisionOutcome.REFUSED, "FALSE_DATA")
    assert file.seconded_by == "leyla"
    assert received.entry() is None
    assert [key.split(":")[0] for key in received.claims()] == ["signed-file"]


def test_an_applicant_does_not_learn_of_a_refusal_that_is_only_proposed_nor_of_names(received):
    received.in_review()
    received.do(work_on.decide, NUMBER, AYSEL, REFUSED)
    with received.store.reading() as connection:
        told = get_case(connection, OWNER, number=NUMBER)
    shown = str(told)
    assert "aysel" not in shown
    assert "FALSE_DATA" not in shown
    assert "ünvan yoxdur" not in shown
    assert told.state is CaseState.REVIEW
    assert "PROPOSED" not in shown


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (Decision(outcome=DecisionOutcome.REFUSED, reason="x"), "GROUND_MISSING"),
        (Decision(outcome=DecisionOutcome.REFUSED, ground_code="UNKNOWN_ENTRY", reason="x"), "GROUND_MISSING"),
        (Decision(outcome=DecisionOutcome.REFUSED, ground_code="DUPLICATE"), "REASON_MISSING"),
        (Decision(outcome=DecisionOutcome.DISMISSED, reason=" "), "REASON_MISSING"),
    ],
)
def test_a_decision_against_the_applicant_says_why(received, decision, code):
    received.in_review()
    assert received.refused(work_on.decide, NUMBER, AYSEL, decision) == code


def test_a_case_that_is_dismissed_leaves_no_entry_and_frees_its_name(received):
    received.in_review()
    file = received.do(work_on.decide, NUMBER, AYSEL, DISMISSED)
    assert (file.case.state, file.case.decision.outcome) == (CaseState.DECIDED, DecisionOutcome.DISMISSED)
    assert received.send(submit_registration, registration(tracking_id="T-9")).ground is None


def test_steps_in_another_order_are_refused_with_the_state(received):
    with pytest.raises(StepRefusedError) as refusal:
        received.do(work_on.decide, NUMBER, AYSEL, APPROVED)
    assert refusal.value.ground.code == "ILLEGAL_STEP"
    assert "RECEIVED" in refusal.value.ground.text_en
    assert received.refused(work_on.take, "2026/IR-000009", AYSEL) == "UNKNOWN_CASE"
    assert received.file().case.state is CaseState.RECEIVED
    assert received.count(case_step) == 3


def test_an_applicant_withdraws_until_the_case_is_decided(received):
    received.in_review()
    received.do(work_on.decide, NUMBER, AYSEL, REFUSED)
    assert received.send(withdraw, withdrawal()).subject == NUMBER
    assert received.file().case.state is CaseState.WITHDRAWN
    assert received.send(withdraw, withdrawal(tracking_id="T-W2")).ground.code == "ILLEGAL_STEP"
    assert [key.split(":")[0] for key in received.claims()] == ["signed-file", "signed-file"]


def test_what_was_decided_cannot_be_withdrawn(registered):
    assert registered.send(withdraw, withdrawal()).ground.code == "ILLEGAL_STEP"


def test_another_agency_finds_no_such_case(received):
    command = replace(withdrawal(), agency=OTHER)
    assert received.send(withdraw, command).ground.code == "UNKNOWN_CASE"


def test_a_representative_whose_authority_has_ended_goes_on_with_nothing(received):
    received.do(work_on.take, NUMBER, AYSEL)
    received.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    after_its_end = datetime(2027, 1, 2, 8, tzinfo=BAKU)
    late = corrected(REGISTRATION, received_at=after_its_end)
    assert received.send(resubmit, late).ground.code == "UNAUTHORISED_SIGNATORY"
    assert received.file().case.state is CaseState.RETURNED


def test_a_signed_file_confirms_one_thing_only(received):
    received.do(work_on.take, NUMBER, AYSEL)
    received.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    command = accepted(Resubmit.of(NUMBER, REGISTRATION, signed(REGISTRATION, "T-1")), "T-2")
    assert received.send(resubmit, command).ground.code == "SIGNED_FILE_USED"
    assert received.send(resubmit, corrected(REGISTRATION)).ground is None


def test_a_correction_is_about_the_same_matter(received):
    received.do(work_on.take, NUMBER, AYSEL)
    received.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    assert received.send(resubmit, corrected(CANCELLATION)).ground.code == "OTHER_MATTER"


def asked(desk, kind, tracking_id="T-5", version=1, **changes):
    """An appeal of that kind, taken through to its review; its incoming number."""
    base = CHANGE if kind in (AppealKind.CHANGE, AppealKind.CORRECTION) else CANCELLATION
    application = replace(base, kind=kind, against_version=version, **changes)
    outcome = desk.send(submit_appeal, appeal(application, tracking_id=tracking_id, received_at=desk.now))
    assert outcome.ground is None, outcome.ground
    desk.in_review(outcome.subject)
    return outcome.subject


def test_a_suspension_and_a_resumption_change_the_status_from_the_day_of_the_event(registered):
    number = asked(registered, AppealKind.SUSPENSION)
    registered.do(work_on.decide, number, AYSEL, APPROVED)
    assert registered.entry().status is EntryStatus.SUSPENDED
    assert registered.entry().resource_card.status.value == "SUSPENDED"
    again = registered.send(
        submit_appeal, appeal(replace(CANCELLATION, kind=AppealKind.SUSPENSION, against_version=2), tracking_id="T-6")
    )
    assert again.ground.code == "ENTRY_STATUS"
    number = asked(registered, AppealKind.RESUMPTION, "T-7", version=2)
    registered.do(work_on.decide, number, AYSEL, APPROVED)
    assert (registered.entry().status, registered.entry().version) == (EntryStatus.REGISTERED, 3)


def test_a_change_is_true_from_its_event_and_a_correction_from_where_the_mistake_began(registered):
    began = registered.entry().valid_from
    registered.now += timedelta(days=30)
    event = date(2026, 6, 1)
    number = asked(registered, AppealKind.CHANGE, event_date=event, resource_card=replace(RESOURCE, purpose="yeni"))
    registered.do(work_on.decide, number, AYSEL, APPROVED)
    assert registered.entry().valid_from == datetime(2026, 6, 1, tzinfo=BAKU)
    assert registered.entry(as_of=datetime(2026, 5, 30, tzinfo=BAKU)).resource_card.purpose == RESOURCE.purpose
    number = asked(
        registered, AppealKind.CORRECTION, "T-8", version=2, resource_card=replace(RESOURCE, purpose="düzgün")
    )
    registered.do(work_on.decide, number, AYSEL, APPROVED)
    assert registered.entry().resource_card.purpose == "düzgün"
    assert registered.entry().valid_from == datetime(2026, 6, 1, tzinfo=BAKU)
    assert began < registered.entry().valid_from


def test_a_change_to_an_entry_that_moved_on_shows_both_sides_and_goes_back_to_the_applicant(registered):
    number = asked(registered, AppealKind.CHANGE, resource_card=replace(RESOURCE, purpose="mənim", name="Ad 2"))
    with registered.store.writing() as connection:
        work = Work(connection=connection, now=registered.now)
        amend(work, "IR-000001", card=replace(RESOURCE, purpose="onların", topics=("yeni",)))
    file = registered.file(number)
    assert {(row.path, row.conflict) for row in file.three_way} == {
        ("/purpose", True),
        ("/name", False),
        ("/topics[1]", False),
    }
    assert registered.refused(work_on.decide, number, AYSEL, APPROVED) == "ENTRY_MOVED_ON"
    registered.do(work_on.return_for_correction, number, AYSEL, defects=[DEFECT])
    stale = replace(CHANGE, against_version=1)
    assert registered.send(resubmit, corrected(stale, number)).ground.code == "NOT_THE_PRESENT_VERSION"
    merged = replace(CHANGE, against_version=2, resource_card=replace(RESOURCE, purpose="birgə", topics=("yeni",)))
    assert registered.send(resubmit, corrected(merged, number)).ground is None
    registered.in_review(number)
    assert registered.file(number).three_way == ()
    assert [change.path for change in registered.file(number).difference] == ["/purpose"]
    registered.do(work_on.decide, number, AYSEL, APPROVED)
    assert registered.entry().resource_card.purpose == "birgə"


def test_a_cancellation_needs_two_people_and_stays_open_until_the_destruction_is_proven(registered):
    number = asked(registered, AppealKind.CANCELLATION)
    proposed = registered.do(work_on.decide, number, AYSEL, APPROVED)
    assert proposed.case.state is CaseState.SECOND_REVIEW
    registered.do(work_on.confirm_decision, number, LEYLA)
    assert registered.entry().status is EntryStatus.CANCELLED
    registered.do(work_on.owner_informed, number, AYSEL, reason="məktub 12/3")
    assert registered.refused(work_on.archive, number, AYSEL) == "PROOF_OWED"
    tomorrow = proof(number, destroyed_on=date(2026, 5, 25))
    assert registered.send(file_destruction_proof, tomorrow).ground.code == "FALSE_DATA"
    before_the_event = proof(number, "T-P1", destroyed_on=date(2026, 5, 9))
    assert registered.send(file_destruction_proof, before_the_event).ground.code == "FALSE_DATA"
    assert registered.send(file_destruction_proof, proof(number)).subject == number
    assert registered.send(file_destruction_proof, proof(number, "T-P2")).ground.code == "NO_PROOF_OWED"
    assert registered.file(number).case.destruction_proven_on == date(2026, 5, 20)
    registered.do(work_on.archive, number, AYSEL)
    assert registered.refused(work_on.archive, number, AYSEL) == "ILLEGAL_STEP"


def test_a_returned_case_cannot_be_dismissed_while_the_applicant_has_time(received):
    received.do(work_on.take, NUMBER, AYSEL)
    received.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    assert received.refused(work_on.decide, NUMBER, AYSEL, DISMISSED) == "CORRECTION_TERM_RUNS"
    assert received.refused(work_on.decide, NUMBER, AYSEL, APPROVED) == "APPROVAL_IMPOSSIBLE"


def test_a_returned_case_is_dismissed_once_the_term_for_its_correction_has_passed(received):
    received.do(work_on.take, NUMBER, AYSEL)
    received.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    # Seven working days from 20 May 2026, over Qurban and the day of independence.
    received.now = datetime(2026, 6, 3, 19, 58, tzinfo=UTC)
    assert received.refused(work_on.decide, NUMBER, AYSEL, DISMISSED) == "CORRECTION_TERM_RUNS"
    assert received.do(work_on.decide, NUMBER, AYSEL, DISMISSED).case.state is CaseState.DECIDED


def test_every_step_keeps_the_clocks_and_its_notice_tells_their_last_days(received):
    def running():
        with received.store.reading() as connection:
            kept = clocks_of(connection, NUMBER)
        return {(each.code, each.round) for each in kept if each.ended_on is None and each.stopped_since is None}

    check, decision = ("COMPLETENESS", 1), ("DECISION_RESOURCE", 1)
    assert running() == {check, decision}
    received.do(work_on.take, NUMBER, AYSEL)
    received.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    assert running() == {("CORRECTION", 1)}
    received.now += timedelta(days=1)
    assert received.send(resubmit, corrected(REGISTRATION)).ground is None
    assert running() == {("COMPLETENESS", 2), decision}
    received.in_review()
    assert running() == {decision}
    received.do(work_on.decide, NUMBER, AYSEL, APPROVED)
    assert running() == set()
    named = ("check_by", "correct_by", "decide_by")
    told = [
        {name: event.parameters[name] for name in named if name in event.parameters} for event in events(received.store)
    ]
    assert told == [
        {"check_by": "2026-06-03", "decide_by": "2026-06-23"},
        {"correct_by": "2026-06-03"},
        {"check_by": "2026-06-04", "decide_by": "2026-06-24"},
        {"check_by": "2026-06-04", "decide_by": "2026-06-24"},
        {"decide_by": "2026-06-24"},
        {},
        {},
    ]


def test_an_entry_shows_how_late_the_application_for_its_version_was(desk):
    late = replace(REGISTRATION, event_date=date(2026, 4, 20))
    desk.send(submit_registration, registration(late))
    desk.in_review()
    desk.do(work_on.decide, NUMBER, AYSEL, APPROVED)
    assert desk.entry().submitted_late_days == 10
    with desk.store.writing() as connection:
        amend(Work(connection=connection, now=desk.now + timedelta(days=1)), "IR-000001")
    assert desk.entry(as_of=desk.now).submitted_late_days == 10
    assert desk.entry(as_of=desk.now + timedelta(days=2)).submitted_late_days is None


def test_a_card_with_known_defects_is_complete_only_for_a_stated_reason(desk):
    spoilt = replace(REGISTRATION, resource_card=replace(RESOURCE, purpose=" "))
    desk.send(submit_registration, registration(spoilt))
    desk.do(work_on.take, NUMBER, AYSEL)
    assert desk.refused(work_on.find_complete, NUMBER, AYSEL) == "DEFECTS_OPEN"
    assert desk.do(work_on.find_complete, NUMBER, AYSEL, reason="məktubda var").case.state is CaseState.REVIEW


def test_a_reason_of_spaces_is_none_and_neither_is_such_a_name(desk):
    desk.send(submit_registration, registration(replace(REGISTRATION, resource_card=replace(RESOURCE, purpose=" "))))
    desk.do(work_on.take, NUMBER, AYSEL)
    assert desk.refused(work_on.find_complete, NUMBER, AYSEL, reason="  ") == "DEFECTS_OPEN"
    assert desk.refused(work_on.hand_over, NUMBER, AYSEL, to="  ") == "CLERK_MISSING"


def test_a_text_that_could_not_be_told_any_more_is_not_kept(received):
    steps = received.count(case_step)
    assert received.refused(work_on.take, NUMBER, AYSEL, reason="x" * 4001) == "TEXT_UNFIT"
    assert received.refused(work_on.take, NUMBER, Actor(role=Role.REGISTRAR, name="a\x00")) == "TEXT_UNFIT"
    received.do(work_on.take, NUMBER, AYSEL)
    long = replace(DEFECT, text_az="x" * 4001)
    assert received.refused(work_on.return_for_correction, NUMBER, AYSEL, defects=[long]) == "TEXT_UNFIT"
    received.do(work_on.find_complete, NUMBER, AYSEL)
    refusal = Decision(outcome=DecisionOutcome.REFUSED, ground_code="FALSE_DATA", reason="a\u202eb")
    assert received.refused(work_on.decide, NUMBER, AYSEL, refusal) == "TEXT_UNFIT"
    assert received.count(case_step) == steps + 2


def test_a_blank_reason_of_a_decision_is_kept_as_none(received):
    received.in_review()
    file = received.do(work_on.decide, NUMBER, AYSEL, Decision(outcome=DecisionOutcome.APPROVED, reason=""))
    assert file.case.decision.reason is None
    assert [step.reason for step in file.case.steps if step.event is CaseEvent.DECIDED] == [None]


def test_a_name_written_otherwise_is_no_second_person_and_no_other_registrar(received):
    received.in_review()
    received.do(work_on.decide, NUMBER, Actor(role=Role.REGISTRAR, name="AYSEL "), REFUSED)
    for name in ("aysel", " Aysel"):
        herself = Actor(role=Role.SUPERVISOR, name=name)
        assert received.refused(work_on.confirm_decision, NUMBER, herself) == "SAME_PERSON"
        assert received.refused(work_on.send_back, NUMBER, herself, reason="x") == "SAME_PERSON"


def test_the_user_of_the_machine_stays_beside_the_name_and_is_for_staff_only(received):
    received.do(work_on.take, NUMBER, replace(AYSEL, terminal_user="root"))
    step = received.file().case.steps[-1]
    assert step.actor == "registrar:aysel"
    assert [each.after for each in step.changes if each.path == "/terminalUser"] == ['"root"']
    with received.store.reading() as connection:
        assert "root" not in str(get_case(connection, OWNER, number=NUMBER))


def test_a_cancelled_entry_gives_its_name_to_a_successor(registered):
    number = asked(registered, AppealKind.CANCELLATION)
    registered.do(work_on.decide, number, AYSEL, APPROVED)
    assert registered.send(submit_registration, registration(tracking_id="T-8")).ground.code == "DUPLICATE"
    registered.do(work_on.confirm_decision, number, LEYLA)
    successor = registered.send(submit_registration, registration(tracking_id="T-9")).subject
    registered.in_review(successor)
    registered.do(work_on.decide, successor, AYSEL, APPROVED)
    assert registered.entry("IR-000002").resource_card.short_name == RESOURCE.short_name


def test_a_former_owner_changes_nothing_by_a_case_still_under_way(registered):
    number = asked(registered, AppealKind.CHANGE, resource_card=replace(RESOURCE, purpose="yeni"))
    with registered.store.writing() as connection:
        amend(Work(connection=connection, now=registered.now), "IR-000001", card=replace(RESOURCE, owner=OTHER))
    assert registered.refused(work_on.decide, number, AYSEL, APPROVED) == "ENTRY_NOT_OF_APPLICANT"
    registered.do(work_on.return_for_correction, number, AYSEL, defects=[DEFECT])
    again = replace(CHANGE, against_version=2)
    assert registered.send(resubmit, corrected(again, number)).ground.code == "ENTRY_NOT_OF_APPLICANT"


def test_a_corrected_change_claims_the_name_that_its_entry_has_lost_meanwhile(registered):
    number = asked(registered, AppealKind.CHANGE, resource_card=replace(RESOURCE, purpose="yeni"))
    registered.do(work_on.return_for_correction, number, AYSEL, defects=[DEFECT])
    with registered.store.writing() as connection:
        amend(Work(connection=connection, now=registered.now), "IR-000001", card=replace(RESOURCE, short_name="X"))
    assert registered.send(resubmit, corrected(replace(CHANGE, against_version=2), number)).ground is None
    assert registered.send(submit_registration, registration(tracking_id="T-9")).ground.code == "DUPLICATE"
    registered.in_review(number)
    registered.do(work_on.decide, number, AYSEL, APPROVED)
    assert registered.entry().resource_card.short_name == RESOURCE.short_name


def by_colleague(application, tracking_id):
    """An application or appeal of the other agency, confirmed by its representative."""
    confirmation = replace(
        signed(application, tracking_id),
        representative=COLLEAGUE.fin,
        certificate_fingerprint=COLLEAGUE.certificates[0].fingerprint,
    )
    as_sent = appeal if isinstance(application, AppealApplication) else registration
    return as_sent(application, confirmation, tracking_id, agency=OTHER)


def test_no_agency_takes_the_name_of_anothers_resource(registered):
    with registered.store.writing() as connection:
        directory.add_representative(connection, COLLEAGUE)
    theirs = replace(RESOURCE, owner=OTHER, short_name="DİN-1")
    foreign = replace(REGISTRATION, resource_card=theirs)
    assert registered.send(submit_registration, registration(foreign, tracking_id="T-2")).ground.code == (
        "OWNER_NOT_APPLICANT"
    )
    number = asked(registered, AppealKind.CHANGE, resource_card=theirs)
    own = replace(foreign, applicant=OTHER, representative=COLLEAGUE.fin)
    outcome = registered.send(submit_registration, by_colleague(own, "T-9"))
    assert outcome.ground is None
    assert registered.refused(work_on.decide, number, AYSEL, APPROVED) == "DUPLICATE"


def test_a_wrong_owner_is_corrected_to_the_applicant_and_to_nobody_else(registered):
    number = asked(registered, AppealKind.CHANGE, resource_card=replace(RESOURCE, owner=OTHER))
    registered.do(work_on.return_for_correction, number, AYSEL, defects=[DEFECT])
    third = replace(CHANGE, resource_card=replace(RESOURCE, owner="NOBODY"))
    assert registered.send(resubmit, corrected(third, number)).ground.code == "OTHER_MATTER"
    assert registered.send(resubmit, corrected(CHANGE, number)).ground is None
    assert registered.file(number).case.defects == ()


def transferred(desk):
    """The entry passes to the other agency by a change, while a correction of the former owner is open."""
    left_open = asked(desk, AppealKind.CORRECTION, "T-C", resource_card=replace(RESOURCE, purpose="düzgün"))
    number = asked(desk, AppealKind.CHANGE, resource_card=replace(RESOURCE, owner=OTHER))
    desk.do(work_on.decide, number, AYSEL, APPROVED)
    return left_open


def test_an_agency_to_which_an_entry_passes_is_told_and_the_applicant_as_ever(registered):
    transferred(registered)
    everything = events(registered.store)
    told = [each for each in everything if each.kind is NoticeKind.ENTRY_RECEIVED]
    assert [each.agency for each in everything if each.kind is NoticeKind.CASE_ENTERED] == [OWNER, OWNER]
    assert [(each.agency, each.subject) for each in told] == [(OTHER, "IR-000001")]
    assert told[0].parameters["former_owner"] == OWNER
    assert told[0].parameters["since"] == "2026-05-20"


def test_what_a_former_owner_left_open_keeps_the_new_owner_from_nothing(registered):
    left_open = transferred(registered)
    with registered.store.writing() as connection:
        directory.add_representative(connection, COLLEAGUE)
    theirs = replace(
        CHANGE,
        kind=AppealKind.CORRECTION,
        against_version=2,
        applicant=OTHER,
        representative=COLLEAGUE.fin,
        resource_card=replace(RESOURCE, owner=OTHER, purpose="bizim"),
    )
    first = registered.send(submit_appeal, by_colleague(theirs, "T-N"))
    assert first.ground is None
    assert registered.send(submit_appeal, by_colleague(theirs, "T-N2")).ground.code == "OPEN_CASE_EXISTS"
    assert registered.refused(work_on.decide, left_open, AYSEL, APPROVED) == "ENTRY_NOT_OF_APPLICANT"
    registered.in_review(first.subject)
    registered.do(work_on.decide, first.subject, AYSEL, APPROVED)
    assert registered.entry().resource_card.purpose == "bizim"


SUSPENDED_CARD = replace(RESOURCE, status=LifeCycleStatus.SUSPENDED)


def test_what_is_registered_because_it_was_suspended_has_a_suspended_entry(desk):
    suspended = replace(REGISTRATION, trigger=Trigger.ACTIVITY_SUSPENDED, resource_card=SUSPENDED_CARD)
    assert desk.send(submit_registration, registration(suspended)).ground is None
    desk.in_review()
    desk.do(work_on.decide, NUMBER, AYSEL, APPROVED)
    assert desk.entry().status is EntryStatus.SUSPENDED
    number = asked(desk, AppealKind.RESUMPTION)
    desk.do(work_on.decide, number, AYSEL, APPROVED)
    assert desk.entry().status is EntryStatus.REGISTERED
    assert desk.entry().resource_card.status is LifeCycleStatus.IN_USE


def test_a_registration_whose_status_denies_its_event_is_not_approved_for_whatever_reason(desk):
    assert desk.send(submit_registration, registration(replace(REGISTRATION, trigger=Trigger.ACTIVITY_SUSPENDED)))
    desk.in_review()
    assert desk.refused(work_on.decide, NUMBER, AYSEL, APPROVED) == "REGISTERS_UNFIT"


@pytest.mark.parametrize("status", [LifeCycleStatus.SUSPENDED, LifeCycleStatus.FINISHED])
@pytest.mark.parametrize("kind", [AppealKind.CHANGE, AppealKind.CORRECTION])
def test_a_card_neither_suspends_nor_finishes_what_its_entry_says_is_registered(registered, kind, status):
    number = asked(registered, kind, resource_card=replace(RESOURCE, status=status))
    assert [each.rule for each in registered.file(number).case.defects] == ["entry.status"]
    assert registered.refused(work_on.decide, number, AYSEL, APPROVED) == "REGISTERS_UNFIT"


def test_a_suspended_entry_is_changed_as_such_and_resumed_by_its_appeal_to_what_it_was(desk):
    established = replace(RESOURCE, status=LifeCycleStatus.ESTABLISHED)
    assert desk.send(submit_registration, registration(replace(REGISTRATION, resource_card=established))).subject
    desk.in_review()
    desk.do(work_on.decide, NUMBER, AYSEL, APPROVED)
    desk.do(work_on.decide, asked(desk, AppealKind.SUSPENSION, "T-S"), AYSEL, APPROVED)
    resumed = asked(desk, AppealKind.CHANGE, "T-X", version=2)
    assert desk.refused(work_on.decide, resumed, AYSEL, APPROVED) == "REGISTERS_UNFIT"
    desk.do(work_on.return_for_correction, resumed, AYSEL, defects=[DEFECT])
    better = replace(CHANGE, against_version=2, resource_card=SUSPENDED_CARD)
    assert desk.send(resubmit, corrected(better, resumed, "T-Y")).ground is None
    desk.in_review(resumed)
    desk.do(work_on.decide, resumed, AYSEL, APPROVED)
    desk.do(work_on.decide, asked(desk, AppealKind.RESUMPTION, "T-R", version=3), AYSEL, APPROVED)
    assert desk.entry().status is EntryStatus.REGISTERED
    assert desk.entry().resource_card.status is LifeCycleStatus.ESTABLISHED


def part_of(number, **changes):
    return replace(RESOURCE, relations=(Relation(kind=RelationKind.SUB, entry_number=number),), **changes)


def two_entries(desk):
    """IR-000001, and a second entry of the same owner."""
    second = replace(REGISTRATION, resource_card=replace(RESOURCE, short_name="İKİ"))
    number = desk.send(submit_registration, registration(second, tracking_id="T-II")).subject
    desk.in_review(number)
    desk.do(work_on.decide, number, AYSEL, APPROVED)
    return "IR-000001", "IR-000002"


def test_two_entries_do_not_become_parts_of_each_other_by_cases_received_together(registered):
    first, second = two_entries(registered)
    up = asked(registered, AppealKind.CHANGE, "T-U", resource_card=part_of(second))
    down = asked(
        registered, AppealKind.CHANGE, "T-D", entry_number=second, resource_card=part_of(first, short_name="İKİ")
    )
    assert registered.file(down).case.defects == ()
    registered.do(work_on.decide, up, AYSEL, APPROVED)
    with pytest.raises(StepRefusedError, match="REGISTERS_UNFIT") as refusal:
        registered.do(work_on.decide, down, AYSEL, APPROVED)
    assert "relation.part-of-itself" in refusal.value.ground.text_en
    assert "dövrə" in refusal.value.ground.text_az or "tərkib" in refusal.value.ground.text_az


def test_entries_do_not_become_parts_of_each_other_when_both_are_approved_at_once(registered):
    first, second = two_entries(registered)
    numbers_of_cases = [
        asked(registered, AppealKind.CHANGE, "T-U", resource_card=part_of(second)),
        asked(
            registered, AppealKind.CHANGE, "T-D", entry_number=second, resource_card=part_of(first, short_name="İKİ")
        ),
    ]

    def approve(place):
        try:
            with registered.store.writing() as connection:
                work = Work(connection=connection, now=registered.now + timedelta(minutes=1))
                work_on.decide(work, numbers_of_cases[place], AYSEL, APPROVED, issue_extract=registered.extract)
        except StepRefusedError as refused:
            return refused.ground.code
        return "made"

    assert sorted(together(2, approve)) == ["REGISTERS_UNFIT", "made"]


def test_what_names_an_entry_that_was_cancelled_meanwhile_is_not_approved(registered):
    _, second = two_entries(registered)
    joined = replace(REGISTRATION, resource_card=part_of(second, short_name="ÜÇ"))
    number = registered.send(submit_registration, registration(joined, tracking_id="T-J")).subject
    registered.in_review(number)
    assert registered.file(number).case.defects == ()
    ending = asked(registered, AppealKind.CANCELLATION, "T-E", entry_number=second)
    registered.do(work_on.decide, ending, AYSEL, APPROVED)
    registered.do(work_on.confirm_decision, ending, LEYLA)
    assert registered.refused(work_on.decide, number, AYSEL, APPROVED) == "REGISTERS_UNFIT"
