"""The authority of a representative ends while cases are open: on every store, told once and shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from handlers.cases import commands as work_on
from handlers.cases.applicant import resubmit, withdraw
from handlers.cases.authority import ending_of
from handlers.cases.authority_watch import tell_of_ended_authority
from handlers.cases.model import CaseState
from handlers.cases.queries import case_file, get_case
from handlers.messages import Resubmit
from handlers.notices.commands import add_notice
from handlers.notices.model import NoticeKind
from handlers.notices.queries import pull_notices
from handlers.parties.changes import change_standing
from handlers.parties.model import Act, Certificate, PartyKind
from handlers.parties.standing import Standing, StandingStep
from handlers.registration.commands import submit_appeal, submit_registration
from handlers.rules.clocks import BAKU
from handlers.store import directory
from handlers.store.ports import StoreConflictError
from handlers.work import Work
from tests.suites.stage import events, together
from tests.suites.test_case_behaviour import APPROVED, AYSEL, DEFECT, LEYLA, NUMBER, Desk, corrected, withdrawal
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
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

CARD = "cd" * 32
SECOND = replace(
    REPRESENTATIVE,
    fin="6XYZ789",
    identity_card="AA7654321",
    certificates=(Certificate(fingerprint=CARD, issuer="CN=CA", serial="19"),),
)
DAY = timedelta(days=1)
LINK = "https://registers.example/cases/{number}"


@pytest.fixture
def desk(store):
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        directory.add_representative(connection, REPRESENTATIVE)
        directory.add_representative(connection, SECOND)
    desk = Desk(store)
    assert desk.send(submit_registration, registration()).subject == NUMBER
    return desk


def step(store, made, at):
    with store.writing() as connection:
        change_standing(connection, PartyKind.REPRESENTATIVE, FIN, made, Act(by="Aydan", at=at, reason="Letter"))


def told(store, agency=OWNER):
    left = [each for each in events(store) if each.kind is NoticeKind.AUTHORITY_ENDED]
    with store.writing() as connection:
        for each in left:
            add_notice(Work(connection, NOW), each, case_link=LINK)
    with store.reading() as connection:
        found = pull_notices(connection, agency, after=0, limit=100).notices
    return [each for each in found if each.kind is NoticeKind.AUTHORITY_ENDED]


def shown(store, now):
    with store.reading() as connection:
        return (
            get_case(connection, OWNER, number=NUMBER, now=now).authority_ended_on,
            case_file(connection, NUMBER, now).case.authority_ended_on,
        )


def test_when_the_last_day_of_the_authority_is_over_the_applicant_is_told_once(desk):
    last = datetime(2026, 12, 31, 23, 59, tzinfo=BAKU)
    assert tell_of_ended_authority(desk.store, last) == []
    assert shown(desk.store, last) == (None, None)
    for hours in (0.1, 1, 25, 2000):
        tell_of_ended_authority(desk.store, last + timedelta(hours=hours))
    (notice,) = told(desk.store)
    assert (notice.subject, FIN in notice.text_az, FIN in notice.text_en) == (NUMBER, True, True)
    assert notice.link == "https://registers.example/cases/2026/IR-000001"
    assert not told(desk.store, OTHER)
    assert shown(desk.store, last + DAY) == (date(2027, 1, 1),) * 2


def test_each_suspension_is_an_ending_and_a_withdrawal_after_one_is_not(desk):
    moments = [NOW + DAY * days for days in range(1, 5)]
    steps = (StandingStep.SUSPEND, StandingStep.RESUME, StandingStep.SUSPEND, StandingStep.WITHDRAW)
    counts = []
    for made, at in zip(steps, moments, strict=True):
        step(desk.store, made, at)
        tell_of_ended_authority(desk.store, at)
        counts.append((len(told(desk.store)), shown(desk.store, at)[0]))
    assert counts == [(1, date(2026, 5, 21)), (1, None), (2, date(2026, 5, 23)), (2, date(2026, 5, 23))]


def test_processes_that_look_at_once_tell_it_once(desk):
    step(desk.store, StandingStep.WITHDRAW, NOW)

    def look(_):
        try:
            return len(tell_of_ended_authority(desk.store, NOW + DAY))
        except StoreConflictError:
            return 0

    together(4, look)
    tell_of_ended_authority(desk.store, NOW + DAY)
    assert len(told(desk.store)) == 1


def test_another_representative_goes_on_with_the_case_and_then_nothing_is_wrong_with_it(desk):
    desk.do(work_on.take, NUMBER, AYSEL)
    desk.do(work_on.return_for_correction, NUMBER, AYSEL, defects=[DEFECT])
    step(desk.store, StandingStep.SUSPEND, NOW)
    better = replace(REGISTRATION, resource_card=replace(RESOURCE, purpose="Uçot"))
    assert desk.send(resubmit, corrected(better)).ground.code == "UNAUTHORISED_SIGNATORY"
    second = replace(better, representative=SECOND.fin)
    confirmation = replace(signed(second, "T-3"), representative=SECOND.fin, certificate_fingerprint=CARD)
    assert desk.send(resubmit, accepted(Resubmit.of(NUMBER, second, confirmation), "T-3")).ground is None
    assert shown(desk.store, NOW + DAY) == (None, None)
    assert tell_of_ended_authority(desk.store, NOW + DAY) == []


def test_nobody_is_told_of_cases_in_which_the_applicant_has_nothing_left_to_do(desk):
    other = replace(REGISTRATION, resource_card=replace(RESOURCE, short_name="B"))
    assert desk.send(submit_registration, registration(other, tracking_id="T-2")).subject == "2026/IR-000002"
    desk.in_review()
    desk.do(work_on.decide, NUMBER, AYSEL, APPROVED)
    assert desk.send(withdraw, withdrawal("2026/IR-000002")).ground is None
    step(desk.store, StandingStep.WITHDRAW, NOW)
    assert tell_of_ended_authority(desk.store, NOW + DAY) == []
    assert shown(desk.store, NOW + DAY) == (None, None)


def test_a_cancelled_entry_whose_data_must_be_destroyed_still_needs_a_representative(desk):
    desk.in_review()
    desk.do(work_on.decide, NUMBER, AYSEL, APPROVED)
    number = desk.send(submit_appeal, appeal(tracking_id="T-3")).subject
    desk.in_review(number)
    desk.do(work_on.decide, number, AYSEL, APPROVED)
    step(desk.store, StandingStep.SUSPEND, NOW)
    assert [each.subject for each in tell_of_ended_authority(desk.store, NOW + DAY)] == [number]
    desk.do(work_on.confirm_decision, number, LEYLA)
    assert desk.file(number).case.state is CaseState.ENTERED
    assert desk.file(number).case.authority_ended_on is not None
    assert tell_of_ended_authority(desk.store, NOW + DAY) == [], "told already"


def test_who_never_stood_otherwise_had_no_authority_from_the_first_day_on():
    ending = ending_of(replace(REPRESENTATIVE, standing=Standing.WITHDRAWN), (), NOW.date())
    assert ending.on == REPRESENTATIVE.valid_from
