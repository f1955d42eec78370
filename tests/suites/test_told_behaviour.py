"""What is told of a case: each notice by values that real steps give, and to the applicant nothing of the staff's."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace

from handlers.cases import commands as work_on
from handlers.cases.acknowledged import owner_acknowledged
from handlers.cases.applicant import file_destruction_proof, resubmit, withdraw
from handlers.cases.criteria import CaseCriteria
from handlers.cases.effects import StepRefusedError
from handlers.cases.guards import Deed
from handlers.cases.listing import inbox, list_cases
from handlers.cases.model import Actor, CaseEvent, CaseState, DecisionOutcome, Role
from handlers.cases.queries import get_case
from handlers.cases.statistics import Grouping, StatisticsScope, statistics
from handlers.cases.steps import make_step
from handlers.messages import NoticeDue
from handlers.notices.model import NoticeKind
from handlers.notices.texts import TEMPLATES
from handlers.registration.commands import submit_appeal, submit_registration
from handlers.registration.model import AppealKind, Defect, RegistrationApplication, Trigger
from handlers.rules.labels import spoken
from handlers.work import Work
from tests.suites.stage import events
from tests.suites.test_case_behaviour import (
    APPROVED,
    AYSEL,
    DEFECT,
    LEYLA,
    NUMBER,
    REFUSED,
    asked,
    corrected,
    desk,
    parties,
    proof,
    received,
    registered,
    withdrawal,
)
from tests.unit.handlers.registration.examples import (
    CANCELLATION,
    CHANGE,
    OWNER,
    REGISTRATION,
    RESOURCE,
    appeal,
    registration,
)

__all__ = ["desk", "parties", "received", "registered"]

LATE = date(2026, 4, 20)
SPOILT = replace(RESOURCE, purpose=" ")


def told(desk, number=NUMBER):
    with desk.store.reading() as connection:
        return get_case(connection, OWNER, number=number)


def play_everything(desk) -> list[NoticeDue]:
    """An appeal and a registration on every way through the table; the events of all steps, receipts among them."""
    first = []

    def submit(handler, command):
        outcome = desk.send(handler, command)
        assert outcome.ground is None, outcome.ground
        first.extend(outcome.events)
        return outcome.subject

    submit(submit_registration, registration(replace(REGISTRATION, event_date=LATE)))
    desk.in_review()
    desk.do(work_on.decide, NUMBER, AYSEL, APPROVED)
    change = replace(CHANGE, event_date=LATE, resource_card=SPOILT)
    number = submit(submit_appeal, appeal(change, tracking_id="T-2"))
    desk.do(work_on.take, number, AYSEL)
    desk.do(work_on.hand_over, number, LEYLA, to="kamran", reason="məzuniyyət")
    kamran = Actor(role=Role.REGISTRAR, name="kamran")
    desk.do(work_on.return_for_correction, number, kamran, defects=[DEFECT], reason="Akt əlavə edilməyib.")
    assert desk.send(resubmit, corrected(change, number, "T-3")).ground is None
    desk.do(work_on.take, number, kamran)
    desk.do(work_on.find_complete, number, kamran, reason="məktubda var")
    desk.do(work_on.decide, number, kamran, REFUSED)
    desk.do(work_on.send_back, number, LEYLA, reason="sübut yoxdur")
    desk.do(work_on.decide, number, kamran, REFUSED)
    desk.do(work_on.confirm_decision, number, LEYLA, reason="razıyam")
    withdrawn = submit(submit_appeal, appeal(replace(CHANGE, resource_card=RESOURCE), tracking_id="T-4"))
    assert desk.send(withdraw, withdrawal(withdrawn)).ground is None
    ended = submit(submit_appeal, appeal(CANCELLATION, tracking_id="T-5"))
    desk.in_review(ended)
    desk.do(work_on.decide, ended, AYSEL, APPROVED)
    desk.do(work_on.confirm_decision, ended, LEYLA)
    desk.do(work_on.owner_informed, ended, AYSEL, reason="məktub 12/3")
    assert desk.send(file_destruction_proof, proof(ended)).ground is None
    desk.do(work_on.archive, ended, AYSEL)
    return [*first, *events(desk.store)]


def test_no_sentence_of_a_notice_of_a_step_waits_for_a_value_that_no_step_gives(desk):
    given = defaultdict(list)
    for event in play_everything(desk):
        values = {"subject", "tracking_id", *(name for name, value in event.parameters.items() if value)}
        if "decision" in values:
            values |= {"decision_az", "decision_en"}
        given[event.kind].append(values)
    kinds = {kind for kind in NoticeKind if kind.startswith("CASE_")} | {NoticeKind.DESTRUCTION_PROOF_FILED}
    assert set(given) == kinds
    for kind in sorted(kinds):
        template = TEMPLATES[kind]
        for sentence in (template.title, *template.sentences, *(ask.wording for ask in template.asks)):
            assert any(set(sentence.values) <= values for values in given[kind]), (kind, sentence.en)


def test_the_owner_is_told_why_a_case_was_returned_and_what_extract_it_led_to(desk):
    by_kind = defaultdict(list)
    for event in play_everything(desk):
        by_kind[event.kind].append(event.parameters)
    assert [each["reason"] for each in by_kind[NoticeKind.CASE_RETURNED]] == ["Akt əlavə edilməyib."]
    assert [each["reason"] for each in by_kind[NoticeKind.CASE_WITHDRAWN]] == ["artıq lazım deyil"]
    assert [each["extract"] for each in by_kind[NoticeKind.CASE_OWNER_INFORMED]] == ["E-2"]
    assert [each.get("reason") for each in by_kind[NoticeKind.CASE_DECIDED]] == [None, "ünvan yoxdur", None]
    everything = str([each for kind in by_kind for each in by_kind[kind]])
    for remark in ("məzuniyyət", "məktubda var", "sübut yoxdur", "razıyam", "kamran", "aysel", "leyla"):
        assert remark not in everything


def test_a_returned_application_is_told_its_defects_by_the_names_of_the_fields(received):
    received.do(work_on.take, NUMBER, AYSEL)
    whole = Defect(path="/", rule="clerk", text_az="Natamamdır.", text_en="Incomplete.")
    received.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT, whole])
    parameters = events(received.store)[-1].parameters
    field = spoken(RegistrationApplication, DEFECT.path)
    assert parameters["defect_list_az"] == f"1) {field.az}: Məqsəd aydın deyil.; 2) Natamamdır."
    assert parameters["defect_list_en"] == f"1) {field.en}: Unclear purpose.; 2) Incomplete."


@pytest.mark.parametrize("sent_back", [False, True])
def test_that_a_decision_is_proposed_is_told_nowhere_outside(received, sent_back):
    received.in_review()
    before = told(received)
    received.do(work_on.decide, NUMBER, AYSEL, REFUSED)
    if sent_back:
        received.do(work_on.send_back, NUMBER, LEYLA, reason="sübut yoxdur")
    case = told(received)
    assert case.state is before.state is CaseState.REVIEW
    added = case.steps[len(before.steps) :]
    assert {step.event for step in added} == {CaseEvent.HANDED_OVER}
    assert {(step.from_state, step.to_state, step.reason, step.changes) for step in added} == {
        (CaseState.REVIEW, CaseState.REVIEW, None, ())
    }
    assert [step.sequence for step in case.steps] == list(range(1, len(case.steps) + 1))
    assert all(after.from_state is step.to_state for step, after in pairwise(case.steps))
    kinds = [event.kind for event in events(received.store)]
    assert kinds[2:] == [NoticeKind.CASE_HANDED_OVER] * len(added)


def test_lists_and_figures_of_an_agency_have_no_second_review_and_those_of_the_staff_have(received):
    received.in_review()
    received.do(work_on.decide, NUMBER, AYSEL, REFUSED)

    def listed(*states):
        with received.store.reading() as connection:
            return [each.state for each in list_cases(connection, CaseCriteria(applicant=OWNER, states=states)).cases]

    assert listed() == listed(CaseState.REVIEW) == listed(CaseState.SECOND_REVIEW) == [CaseState.REVIEW]
    assert listed(CaseState.DECIDED) == []
    with received.store.reading() as connection:
        scope = StatisticsScope(agency=OWNER)
        outside = statistics(connection, scope, [Grouping.STATE], outside=True)
        inside = statistics(connection, scope, [Grouping.STATE])
        desk_sees = inbox(connection, CaseCriteria(states=(CaseState.SECOND_REVIEW,)))
    assert [(each.key, each.figures.cases) for each in outside.groups] == [("REVIEW", 1)]
    assert [each.key for each in inside.groups] == ["SECOND_REVIEW"]
    assert [each.number for each in desk_sees.cases] == [NUMBER]


def test_an_applicant_whose_step_is_refused_is_not_told_the_state_among_the_staff(received):
    received.in_review()
    received.do(work_on.decide, NUMBER, AYSEL, REFUSED)
    why = received.send(resubmit, corrected(REGISTRATION)).ground
    assert why.code == "ILLEGAL_STEP"
    assert "SECOND" not in why.text_az + why.text_en
    with received.store.writing() as connection, pytest.raises(StepRefusedError) as refusal:
        make_step(Work(connection, received.now), NUMBER, CaseEvent.TAKEN, Deed(actor=AYSEL))
    assert "SECOND_REVIEW" in refusal.value.ground.text_en


def test_remarks_of_the_staff_are_not_told_and_the_decision_keeps_its_own_reason(received):
    received.do(work_on.take, NUMBER, AYSEL, reason="tələsik")
    received.do(work_on.find_complete, NUMBER, AYSEL, reason="məktubda var")
    received.do(work_on.decide, NUMBER, AYSEL, REFUSED)
    received.do(work_on.confirm_decision, NUMBER, LEYLA, reason="zəng edib dedi")
    received.do(work_on.owner_informed, NUMBER, AYSEL, reason="məktub 12/3")
    received.do(work_on.archive, NUMBER, AYSEL, reason="qovluq 5")
    case = told(received)
    assert case.decision.outcome is DecisionOutcome.REFUSED
    assert {step.event: step.reason for step in case.steps if step.reason} == {
        CaseEvent.CONFIRMED: "XADES",
        CaseEvent.DECISION_CONFIRMED: "ünvan yoxdur",
        CaseEvent.OWNER_INFORMED: "məktub 12/3",
    }
    assert {change.path for step in case.steps for change in step.changes} == {"/decision"}


def test_what_the_applicant_corrected_is_told_by_element_names_from_the_root(received):
    received.do(work_on.take, NUMBER, AYSEL)
    received.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    better = replace(REGISTRATION, event_date=date(2026, 5, 12), resource_card=replace(RESOURCE, purpose="Uçot"))
    assert received.send(resubmit, corrected(better)).ground is None
    assert {change.path for change in told(received).steps[-1].changes} == {
        "/resourceCard/purpose",
        "/submission",
        "/eventDate",
        "/dueDate",
        "/defects",
    }


@pytest.mark.parametrize("later", [date(2026, 5, 12), date(2026, 4, 1)])
def test_another_date_of_the_event_does_not_undo_lateness_and_the_clerk_is_shown_it(desk, later):
    desk.send(submit_registration, registration(replace(REGISTRATION, event_date=LATE)))
    first = desk.file().case
    desk.do(work_on.take, NUMBER, AYSEL)
    desk.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    moved = replace(REGISTRATION, event_date=later)
    assert desk.send(resubmit, corrected(moved)).ground is None
    file = desk.file()
    assert (first.late, file.case.late, file.case.event_date) == (True, True, later)
    assert file.case.due_date == min(first.due_date, later + timedelta(days=20))
    (note,) = [each for each in file.notes if each.rule == "event-date.moved"]
    assert LATE.isoformat() in note.text_az
    assert later.isoformat() in note.text_en


@pytest.mark.parametrize(
    ("kind", "late"),
    [
        (AppealKind.CHANGE, True),
        (AppealKind.SUSPENSION, True),
        (AppealKind.CORRECTION, False),
        (AppealKind.CANCELLATION, False),
    ],
)
def test_an_appeal_is_late_only_where_the_law_sets_a_term(registered, kind, late):
    card = {"resource_card": replace(RESOURCE, purpose="yeni")} if kind.carries_card else {}
    number = asked(registered, kind, event_date=LATE, **card)
    case = registered.file(number).case
    assert case.late is late
    rules = [note.rule for note in registered.file(number).notes]
    assert rules == (["event-date.late"] if late else [])
    registered.do(work_on.decide, number, AYSEL, APPROVED)
    if kind is AppealKind.CANCELLATION:
        registered.do(work_on.confirm_decision, number, LEYLA)
    assert (registered.entry().submitted_late_days is not None) is late
    with registered.store.reading() as connection:
        assert statistics(connection, StatisticsScope(), []).total.late == int(late)


@pytest.mark.parametrize(("trigger", "late"), [(Trigger.ACTIVITY_SUSPENDED, True), (Trigger.RESUMED, False)])
def test_a_registration_is_late_only_where_the_law_sets_a_term(desk, trigger, late):
    outcome = desk.send(submit_registration, registration(replace(REGISTRATION, trigger=trigger, event_date=LATE)))
    assert desk.file().case.late is late
    assert ("due" in outcome.events[0].parameters) is late


def test_an_acknowledged_notice_is_recorded_in_both_languages(registered):
    with registered.store.writing() as connection:
        owner_acknowledged(Work(connection, registered.now), NUMBER, OWNER)
    assert told(registered).steps[-1].reason == "bildiriş təsdiq edilib / notice acknowledged"
