"""Clocks of cases on every store: kept in step with the history, told of once, late but right."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.event import listen

from handlers.cases.clock_keeping import about_to_breach, clocks_of, keep_clocks
from handlers.cases.clock_model import FiringKind
from handlers.cases.clock_watch import recount_clocks, start_missing_clocks, watch_clocks
from handlers.cases.clocks import read_clocks
from handlers.cases.model import Case, CaseEvent, CaseState, CaseStep, CaseType, Role
from handlers.cases.queries import get_case
from handlers.cases.transitions import TRANSITIONS, transition_for
from handlers.dispatch import CommandDispatcher
from handlers.messages import SubmitRegistration, decode_event
from handlers.notices.model import NoticeKind
from handlers.parties.model import System
from handlers.queue_names import REGISTRATION as REGISTRATION_QUEUE
from handlers.registration.commands import submit_registration
from handlers.registration.model import ConfirmationMethod, Register
from handlers.rules.calendar import corrected
from handlers.rules.clocks import TERMS, TermCode, Terms
from handlers.rules.terms_file import terms_of
from handlers.staff.commands import mark_seen, tell_staff
from handlers.staff.model import StaffNoticeKind
from handlers.staff.queries import staff_notices_of
from handlers.store import case_clocks, cases, directory
from handlers.store.engine import open_store
from handlers.store.outbox import SqlOutbox
from handlers.store.ports import StoreConflictError
from handlers.work import Work
from tests.suites.stage import message, together
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
    CONFIRMATION,
    NOW,
    REGISTRATION,
    REPRESENTATIVE,
    registration,
)

MONDAY = date(2026, 2, 2)
RECEIVED, TAKEN, COMPLETE = CaseEvent.RECEIVED, CaseEvent.TAKEN, CaseEvent.FOUND_COMPLETE
RETURNED, RESUBMITTED = CaseEvent.RETURNED, CaseEvent.RESUBMITTED
NUMBER = "2026/IR-000001"
NUMBERS = itertools.count(1)


def morning(day: date, hour: int = 5) -> datetime:
    """Nine o'clock in Baku."""
    return datetime.combine(day, time(hour), UTC)


def taken_in(store, day=MONDAY, number=NUMBER, keep=True, **others):
    """A case that was received on `day`."""
    at = morning(day)
    values = {
        "number": number,
        "tracking_id": f"t-{number}",
        "type": CaseType.REGISTRATION,
        "register": Register.INFORMATION_RESOURCES,
        "state": CaseState.RECEIVED,
        "applicant": "JUSTICE",
        "representative": "5ABC12D",
        "confirmation": ConfirmationMethod.XADES,
        "subject": "one",
        "received_at": at,
        "event_date": day,
        "due_date": day + timedelta(days=20),
        "late": False,
        "steps": (CaseStep(sequence=1, at=at, actor="operator", event=RECEIVED, to_state=CaseState.RECEIVED),),
    }
    case = Case(**(values | others))
    with store.writing() as connection:
        cases.add_case(connection, case, application=REGISTRATION, confirmation=CONFIRMATION, recorded_at=at)
        if keep:
            keep_clocks(Work(connection, at), case)


def step(store, event, day, number=NUMBER, terms=TERMS, **columns):
    """A step of a case by the table, with its clocks kept."""
    with store.writing() as connection:
        case = cases.find_kept(connection, number, lock=True).case
        made = CaseStep(
            sequence=case.steps[-1].sequence + 1,
            at=morning(day),
            actor="operator",
            event=event,
            from_state=case.state,
            to_state=transition_for(case.state, event).leads_to(case.state),
        )
        cases.add_step(connection, number, made, **columns)
        after = cases.find_kept(connection, number).case
        keep_clocks(Work(connection, morning(day), terms), after)


def watch(store, day, terms=TERMS, hour=5):
    def failed(number, error):
        raise AssertionError(number) from error

    return [
        (each.kind, each.code, each.round)
        for each in watch_clocks(store, morning(day, hour), failed=failed, terms=terms)
    ]


def kept(store, number=NUMBER):
    with store.reading() as connection:
        return {(each.code, each.round): each for each in clocks_of(connection, number)}


def told(store):
    """Notices on their way to owners."""
    return [decode_event(one.body) for one in SqlOutbox(store).claim(1000, datetime(2030, 1, 1, tzinfo=UTC))]


def staff(store, person, *roles, **others):
    with store.reading() as connection:
        return staff_notices_of(connection, person, roles, **others)


CHECK, DECISION = (TermCode.COMPLETENESS, 1), (TermCode.DECISION_RESOURCE, 1)


def test_a_clock_warns_once_and_is_breached_once_over_two_months_of_looking(store):
    taken_in(store)
    fired = {}
    for n in range(60):
        for hour in (1, 5, 19):
            for each in watch(store, MONDAY + timedelta(days=n), hour=hour):
                fired.setdefault(each, []).append((MONDAY + timedelta(days=n), hour))
    assert fired == {
        (FiringKind.WARNED, *CHECK): [(date(2026, 2, 10), 1)],
        (FiringKind.BREACHED, *CHECK): [(date(2026, 2, 12), 1)],
        (FiringKind.WARNED, *DECISION): [(date(2026, 2, 24), 1)],
        (FiringKind.BREACHED, *DECISION): [(date(2026, 3, 3), 1)],
    }
    assert [each.kind for each in kept(store)[CHECK].firings] == [FiringKind.WARNED, FiringKind.BREACHED]
    assert len({each.event_id for each in told(store)}) == 4


def test_the_owner_the_clerk_and_the_supervisors_are_told(store):
    taken_in(store, entry_number="IR-000007", type=CaseType.CHANGE)
    step(store, TAKEN, MONDAY, clerk="Leyla")
    watch(store, date(2026, 2, 12))
    (notice,) = told(store)
    assert (notice.kind, notice.agency, notice.subject) == (NoticeKind.CLOCK_BREACHED, "JUSTICE", NUMBER)
    assert notice.parameters == {
        "name": "one",
        "entry": "IR-000007",
        "clock_az": "Sənədlərin tamlığının yoxlanılması",
        "clock_en": "Check for completeness",
        "due": "2026-02-11",
        "check_by": "2026-02-11",
        "breached_on": "2026-02-12",
    }
    (to_clerk,) = staff(store, "Leyla")
    (to_supervisors,) = staff(store, "Anar", Role.SUPERVISOR)
    assert (to_clerk.person, to_supervisors.role) == ("Leyla", Role.SUPERVISOR)
    assert to_clerk.kind is StaffNoticeKind.CLOCK_BREACHED
    assert to_clerk.case_number == NUMBER
    assert to_clerk.text_en == (
        "Case 2026/IR-000001 (one): a term ended on 2026-02-11 and was exceeded: Check for completeness."
    )
    assert to_clerk.text_az == (
        "2026/IR-000001 nömrəli iş (one): müddət 2026-02-11 tarixində bitib və pozulub: "
        "Sənədlərin tamlığının yoxlanılması."
    )


def test_while_nobody_has_the_case_all_registrars_are_told(store):
    taken_in(store)
    watch(store, date(2026, 2, 10))
    assert staff(store, "Leyla") == []
    assert [each.kind for each in staff(store, "Leyla", Role.REGISTRAR)] == [StaffNoticeKind.CLOCK_WARNING]


def test_what_was_missed_for_weeks_is_told_late_and_as_what_it_is_by_then(store):
    taken_in(store)
    assert watch(store, date(2026, 6, 1)) == [(FiringKind.BREACHED, *CHECK), (FiringKind.BREACHED, *DECISION)]
    clock = kept(store)[CHECK]
    assert clock.warned_at is None
    assert clock.breached_at == morning(date(2026, 6, 1))
    assert clock.firings[0].due_on == date(2026, 2, 11)
    assert watch(store, date(2026, 6, 2)) == []


def test_clocks_of_a_returned_case_are_silent_but_for_the_correction(store):
    taken_in(store)
    step(store, TAKEN, MONDAY)
    step(store, RETURNED, date(2026, 2, 4))
    assert kept(store)[DECISION].stopped_since == date(2026, 2, 4)
    assert watch(store, date(2026, 4, 1)) == [(FiringKind.BREACHED, TermCode.CORRECTION, 1)]
    step(store, RESUBMITTED, date(2026, 4, 1))
    assert kept(store)[DECISION].stopped_since is None
    # 18 working days were left.
    assert kept(store)[DECISION].due_on == TERMS.calendar.after(date(2026, 4, 1), 18)
    assert watch(store, date(2026, 4, 10)) == [(FiringKind.WARNED, TermCode.COMPLETENESS, 2)]


def test_a_clock_that_was_warned_of_is_not_warned_of_again_after_a_return(store):
    taken_in(store)
    step(store, TAKEN, MONDAY)
    step(store, COMPLETE, MONDAY)
    assert watch(store, date(2026, 2, 24)) == [(FiringKind.WARNED, *DECISION)]
    step(store, RETURNED, date(2026, 2, 24))
    step(store, RESUBMITTED, date(2026, 2, 26))
    step(store, TAKEN, date(2026, 2, 26))
    step(store, COMPLETE, date(2026, 2, 26))
    due = kept(store)[DECISION].due_on
    assert due == date(2026, 3, 4)
    assert watch(store, due) == []
    assert watch(store, due + timedelta(days=1)) == [(FiringKind.BREACHED, *DECISION)]


def test_what_ended_is_told_of_no_more(store):
    taken_in(store)
    step(store, CaseEvent.WITHDRAWN, date(2026, 2, 20))
    assert watch(store, date(2027, 1, 1)) == []
    assert kept(store)[CHECK].breached(date(2027, 1, 1))
    assert not kept(store)[DECISION].breached(date(2027, 1, 1))


@pytest.fixture
def cancelled(store):
    """An entry was cancelled on the Monday."""
    taken_in(store, type=CaseType.CANCELLATION, entry_number="IR-000007")
    for event in (
        TAKEN, COMPLETE, CaseEvent.DECISION_PROPOSED, CaseEvent.DECISION_CONFIRMED, CaseEvent.ENTERED,
        CaseEvent.OWNER_INFORMED,
    ):  # fmt: skip
        step(store, event, MONDAY)
    return store


def test_destruction_is_reminded_of_every_ten_days_until_the_proof_is_filed(cancelled):
    fired = []
    for n in range(65):
        if n == 63:
            step(cancelled, CaseEvent.DESTRUCTION_PROVEN, MONDAY + timedelta(days=n))
        fired += [(n, kind) for kind, code, _ in watch(cancelled, MONDAY + timedelta(days=n))]
    assert fired == [
        (24, FiringKind.WARNED), (31, FiringKind.BREACHED), (40, FiringKind.REMINDED), (50, FiringKind.REMINDED),
        (60, FiringKind.REMINDED),
    ]  # fmt: skip
    assert kept(cancelled)[TermCode.DESTRUCTION, 1].reminders == 3
    kinds = [each.kind for each in told(cancelled)]
    assert kinds.count(NoticeKind.DESTRUCTION_REMINDER) == 3
    assert watch(cancelled, date(2027, 1, 1)) == []


def test_of_several_reminders_that_were_missed_there_is_one(cancelled):
    watch(cancelled, MONDAY + timedelta(days=31))
    assert watch(cancelled, MONDAY + timedelta(days=75)) == [(FiringKind.REMINDED, TermCode.DESTRUCTION, 1)]
    assert watch(cancelled, MONDAY + timedelta(days=79)) == []
    assert watch(cancelled, MONDAY + timedelta(days=80)) == [(FiringKind.REMINDED, TermCode.DESTRUCTION, 1)]


def test_processes_that_look_at_once_tell_it_once(store):
    for n in range(6):
        taken_in(store, number=f"2026/IR-{n:06}")
    others = [open_store(store.url) for _ in range(3)]

    def look(index):
        with_store = [store, *others][index]
        while True:
            try:
                return watch(with_store, date(2026, 2, 12))
            except StoreConflictError:
                continue

    fired = together(4, look)
    for each in others:
        each.close()
    assert sum(len(each) for each in fired) == 6
    assert len(told(store)) == 6
    assert len(staff(store, "Anar", Role.SUPERVISOR)) == 6


def test_a_step_and_a_look_at_one_moment_agree(store):
    taken_in(store)
    step(store, TAKEN, MONDAY)

    def one(index):
        if index:
            step(store, COMPLETE, date(2026, 2, 12))
        else:
            watch(store, date(2026, 2, 12))

    together(2, one)
    clock = kept(store)[CHECK]
    assert clock.ended_on == date(2026, 2, 12)
    assert clock.look_on is None
    assert len(clock.firings) == len(told(store)) == (clock.breached_at is not None)


def test_a_day_off_that_is_decided_later_puts_off_what_is_under_way(store):
    taken_in(store)
    terms = Terms(calendar=corrected([date(2026, 2, 5)], []))
    assert watch(store, date(2026, 2, 10), terms) == []
    assert kept(store)[CHECK].due_on == date(2026, 2, 12)
    assert watch(store, date(2026, 2, 11), terms) == [(FiringKind.WARNED, *CHECK)]


def test_a_day_that_is_worked_after_all_brings_what_is_under_way_nearer(store):
    taken_in(store)
    step(store, TAKEN, MONDAY)
    terms = Terms(calendar=corrected([], [date(2026, 2, 7)]))
    assert recount(store, date(2026, 2, 9), terms) == 1
    assert recount(store, date(2026, 2, 9), terms) == 0
    assert kept(store)[CHECK].due_on == date(2026, 2, 10)
    assert watch(store, date(2026, 2, 9), terms) == [(FiringKind.WARNED, *CHECK)]


def recount(store, day, terms):
    def failed(number, error):
        raise AssertionError(number) from error

    return recount_clocks(store, morning(day), failed=failed, terms=terms)


def test_cases_from_before_there_were_clocks_get_theirs(store):
    def failed(number, error):
        raise AssertionError(number) from error

    taken_in(store, keep=False)
    taken_in(store, number="2026/IR-000002")
    taken_in(store, number="2026/IR-000003", keep=False)
    step(store, CaseEvent.WITHDRAWN, MONDAY, number="2026/IR-000003")
    assert start_missing_clocks(store, morning(date(2026, 2, 20)), failed=failed) == 1
    assert start_missing_clocks(store, morning(date(2026, 2, 20)), failed=failed) == 0
    assert kept(store)[CHECK].started_on == MONDAY
    assert (FiringKind.BREACHED, *CHECK) in watch(store, date(2026, 2, 20))


def test_a_case_that_cannot_be_looked_at_holds_up_no_other(store):
    taken_in(store, number="2026/IR-000001", day=date(2026, 1, 5))
    taken_in(store, number="2026/IR-000002")
    failures = []
    broken = Terms(calendar=_Broken())
    fired = watch_clocks(
        store, morning(date(2026, 2, 12)), failed=lambda number, error: failures.append(number), terms=broken
    )
    assert set(failures) == {"2026/IR-000001"}
    assert {each.case_number for each in fired} == {"2026/IR-000002"}


class _Broken:
    """A calendar that does not know January."""

    def after(self, start, days):
        if start.month == 1:
            raise ValueError("unknown")
        return TERMS.calendar.after(start, days)


def test_what_presses_is_listed_by_its_last_day_and_what_stands_still_is_not(store):
    taken_in(store)
    taken_in(store, number="2026/IR-000002", day=date(2026, 2, 3))
    taken_in(store, number="2026/IR-000003")
    step(store, TAKEN, MONDAY, clerk="Leyla")
    step(store, TAKEN, MONDAY, number="2026/IR-000003")
    step(store, RETURNED, MONDAY, number="2026/IR-000003")
    with store.reading() as connection:
        found = about_to_breach(connection, date(2026, 2, 12))
        again = about_to_breach(connection, date(2026, 2, 12), after=found[0])
        hers = about_to_breach(connection, date(2026, 2, 12), clerk="Leyla")
        none = about_to_breach(connection, date(2026, 2, 10))
    assert [(each.case_number, each.code, each.due_on) for each in found] == [
        ("2026/IR-000001", TermCode.COMPLETENESS, date(2026, 2, 11)),
        ("2026/IR-000003", TermCode.CORRECTION, date(2026, 2, 11)),
        ("2026/IR-000002", TermCode.COMPLETENESS, date(2026, 2, 12)),
    ]
    assert again == found[1:]
    assert (found[0].clerk, found[0].state, found[0].subject) == ("Leyla", CaseState.COMPLETENESS_CHECK, "one")
    assert hers == found[:1]
    assert none == []


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda connection: case_clocks.to_look_at(connection, MONDAY, after=None, limit=9), "ix_case_clock_look_on"),
        (lambda connection: about_to_breach(connection, MONDAY), "ix_case_clock_due_on"),
    ],
)
def test_what_is_due_is_found_by_an_index_however_many_cases_there_are(store, ask, index):
    statements = []
    with store.reading() as connection:
        listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2:4]))
        ask(connection)
        (statement, values) = statements[0]
        on_sqlite = connection.dialect.name == "sqlite"
        if not on_sqlite:  # so small a table would be read as a whole
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN' if on_sqlite else ''} {statement}", values)
        assert index in " ".join(str(row) for row in plan)


def test_keeping_again_changes_nothing(store):
    taken_in(store)
    before = kept(store)
    with store.writing() as connection:
        keep_clocks(Work(connection, morning(date(2026, 2, 9))), cases.find_kept(connection, NUMBER).case)
    assert kept(store) == before


def test_a_command_is_handled_by_the_terms_in_use(store):
    row = {"code": "SUBMISSION", "length": 5, "source": "x", "valid_from": date(2026, 1, 1)}
    terms = terms_of({"term": [row]})
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        directory.add_system(connection, System(code="JUSTICE-1", agency="JUSTICE", name="one"))
        directory.add_representative(connection, REPRESENTATIVE)
    command = registration()
    sent = message(command, queue=REGISTRATION_QUEUE.name)
    CommandDispatcher(store, {SubmitRegistration: submit_registration}, lambda: NOW, terms)(sent)
    with store.reading() as connection:
        case = get_case(connection, "JUSTICE", number=NUMBER)
        notes = [note.rule for note in cases.find_notes(connection, NUMBER)]
    assert (case.event_date, case.due_date, case.late) == (date(2026, 5, 10), date(2026, 5, 15), True)
    assert notes == ["event-date.late"]


def test_staff_notices_are_to_a_person_or_a_role_and_seen_once(store):
    with store.writing() as connection:
        work = Work(connection, morning(MONDAY))
        texts = {"text_az": "a", "text_en": "b", "case_number": NUMBER}
        mine = tell_staff(work, StaffNoticeKind.CLOCK_WARNING, person="Leyla", **texts)
        ours = tell_staff(work, StaffNoticeKind.CLOCK_WARNING, role=Role.REGISTRAR, **texts)
        theirs = tell_staff(work, StaffNoticeKind.CLOCK_WARNING, role=Role.SUPERVISOR, **texts)
        for wrong in ({}, {"person": "Leyla", "role": Role.REGISTRAR}, {"role": Role.APPLICANT}):
            with pytest.raises(ValueError, match="either to a person or to a role"):
                tell_staff(work, StaffNoticeKind.CLOCK_WARNING, **wrong, **texts)
    assert staff(store, "Leyla", Role.REGISTRAR) == sorted([mine, ours], key=lambda each: each.id, reverse=True)
    with store.writing() as connection:
        work = Work(connection, morning(MONDAY, 6))
        every = [each.id for each in (mine, ours, theirs)]
        assert mark_seen(work, every, "Leyla", [Role.REGISTRAR]) == 2
        assert mark_seen(work, every, "Leyla", [Role.REGISTRAR]) == 0
    assert staff(store, "Leyla", Role.REGISTRAR) == []
    (seen, _) = staff(store, "Leyla", Role.REGISTRAR, unseen_only=False)
    assert (seen.seen_by, seen.seen_at) == ("Leyla", morning(MONDAY, 6))
    assert [each.id for each in staff(store, "Anar", Role.SUPERVISOR)] == [theirs.id]


def test_staff_notices_are_paged_from_the_newest(store):
    with store.writing() as connection:
        for n in range(7):
            work = Work(connection, morning(MONDAY + timedelta(days=n // 2)))
            tell_staff(work, StaffNoticeKind.CLOCK_WARNING, person="Leyla", text_az=str(n), text_en=str(n))
    texts, before = [], None
    while page := staff(store, "Leyla", before=before, limit=3):
        texts += [each.text_en for each in page]
        before = (page[-1].at, page[-1].id)
    assert texts == list("6543210")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 25)), max_size=9))
def test_what_is_kept_is_what_the_history_says_whatever_happens(store, choices):
    number = f"2026/IR-{next(NUMBERS):06}"
    taken_in(store, number=number)
    day = MONDAY
    for choice, days in choices:
        with store.reading() as connection:
            state = cases.find_kept(connection, number).case.state
        possible = [each.event for each in TRANSITIONS if state in each.before]
        if not possible:
            break
        day += timedelta(days=days)
        watch(store, day)
        step(store, possible[choice % len(possible)], day, number=number)
    with store.reading() as connection:
        case = cases.find_kept(connection, number).case
    read = {(each.code, each.round): each for each in read_clocks(case)}
    stored = kept(store, number)
    assert stored.keys() == read.keys()
    for key, clock in stored.items():
        of_history = read[key]
        for name in ("started_on", "due_on", "warn_on", "stopped_since", "ended_on"):
            assert getattr(clock, name) == getattr(of_history, name)
        kinds = [each.kind for each in clock.firings]
        assert kinds.count(FiringKind.WARNED) <= 1
        assert kinds.count(FiringKind.BREACHED) <= 1
        assert clock.reminders == kinds.count(FiringKind.REMINDED)
        if clock.ended_on is not None:
            assert clock.look_on is None
