"""Statistics of cases, on every store: counted by the database, the same as by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from handlers.cases import commands as work_on
from handlers.cases.applicant import resubmit, withdraw
from handlers.cases.model import Case, CaseEvent, CaseState, CaseStep, CaseType
from handlers.cases.stages import Stage
from handlers.cases.statistics import Grouping, StatisticsScope, statistics
from handlers.cases.transitions import OPEN
from handlers.registration.commands import submit_registration
from handlers.registration.model import ConfirmationMethod, Register
from handlers.rules.clocks import BAKU, civil_day
from handlers.store import cases, directory
from tests.suites.test_case_behaviour import (
    APPROVED,
    AYSEL,
    DEFECT,
    DISMISSED,
    LEYLA,
    NUMBER,
    REFUSED,
    Desk,
    corrected,
    withdrawal,
)
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
    CONFIRMATION,
    NOW,
    OTHER,
    OWNER,
    REGISTRATION,
    REPRESENTATIVE,
    RESOURCE,
    registration,
)

DAY = timedelta(days=1)
SECONDS = 86_400


@pytest.fixture
def desk(store):
    with store.writing() as connection:
        for agency in AGENCY_RECORDS:
            directory.add_agency(connection, agency)
        directory.add_representative(connection, REPRESENTATIVE)
    return Desk(store)


def counted(store, *by, scope=None, stages=True):
    with store.reading() as connection:
        return statistics(connection, scope or StatisticsScope(), by or Grouping, stages=stages)


def stages(store, **scope):
    found = counted(store, scope=StatisticsScope(**scope)).stages
    return {each.stage: (each.cases, each.mean_seconds / SECONDS) for each in found}


def at_day(desk, days):
    desk.now = NOW + DAY * days - timedelta(minutes=1)  # a step is made a minute later


def test_the_time_of_a_case_is_told_apart_by_stage_also_when_it_goes_through_them_twice(desk):
    assert desk.send(submit_registration, registration()).subject == NUMBER
    for days, step, details in (
        (1, work_on.take, {}),
        (3, work_on.return_for_correction, {"defects": [DEFECT]}),
    ):
        at_day(desk, days)
        desk.do(step, NUMBER, AYSEL, **details)
    desk.now = NOW + DAY * 8
    better = replace(REGISTRATION, resource_card=replace(RESOURCE, purpose="Uçot"))
    assert desk.send(resubmit, corrected(better)).ground is None
    for days, step, arguments in (
        (10, work_on.take, ()),
        (11, work_on.find_complete, ()),
        (15, work_on.decide, (APPROVED,)),
    ):
        at_day(desk, days)
        desk.do(step, NUMBER, AYSEL, *arguments)
    at_day(desk, 18)
    desk.do(work_on.owner_informed, NUMBER, AYSEL, reason="məktub")
    assert stages(desk.store) == {
        Stage.WAITING: (1, 3.0),
        Stage.CHECK: (1, 3.0),
        Stage.CORRECTION: (1, 5.0),
        Stage.REVIEW: (1, 4.0),
        Stage.ENTERING: (1, 0.0),
        Stage.INFORMING: (1, 3.0),
        Stage.WHOLE: (1, 18.0),
    }


def test_how_cases_ended_is_told_by_decision_and_ground(desk):
    names = [replace(REGISTRATION, resource_card=replace(RESOURCE, short_name=f"N{place}")) for place in range(1, 6)]
    numbers = [
        desk.send(submit_registration, registration(each, tracking_id=f"T-{place}")).subject
        for place, each in enumerate(names)
    ]
    for number, decision in zip(numbers, (APPROVED, REFUSED, DISMISSED), strict=False):
        desk.in_review(number)
        desk.do(work_on.decide, number, AYSEL, decision)
    desk.do(work_on.confirm_decision, numbers[1], LEYLA)
    assert desk.send(withdraw, withdrawal(numbers[3])).ground is None
    found = counted(desk.store)
    total = found.total
    assert (total.cases, total.open, total.approved, total.refused, total.dismissed, total.withdrawn) == (
        5, 4, 1, 1, 1, 1,
    )  # fmt: skip
    keys = {(each.by, each.key): each.figures.cases for each in found.groups}
    assert keys[Grouping.GROUND, "FALSE_DATA"] == 1
    assert {key for by, key in keys if by is Grouping.DECISION} == {"APPROVED", "REFUSED", "DISMISSED"}
    assert [key for by, key in keys if by is Grouping.GROUND] == ["FALSE_DATA"]
    assert stages(desk.store)[Stage.WHOLE][0] == 1, "the withdrawn one alone is at its end"


def made(random, place):
    received = datetime(2026, 3, 1, tzinfo=BAKU) + timedelta(minutes=random.randrange(90 * 24 * 60))
    due = civil_day(received) - timedelta(days=random.randrange(-10, 10))
    register = random.choice(list(Register))
    return Case(
        number=f"2026/IR-{place:06d}",
        tracking_id=f"made-{place}",
        type=random.choice(list(CaseType)),
        register=register,
        state=random.choice([CaseState.RECEIVED, CaseState.REVIEW, CaseState.WITHDRAWN, CaseState.ARCHIVED]),
        applicant=random.choice([OWNER, OTHER]),
        representative="5ABC12D",
        confirmation=ConfirmationMethod.XADES,
        subject="S",
        received_at=received,
        event_date=due - timedelta(days=20),
        due_date=due,
        late=civil_day(received) > due,
        steps=(CaseStep(sequence=1, at=received, actor="operator", to_state=CaseState.RECEIVED),),
    )


@pytest.fixture
def filled(store):
    random = Random(20260302)
    kept = [made(random, place) for place in range(200)]
    with store.writing() as connection:
        for each in kept:
            cases.add_case(
                connection, each, application=REGISTRATION, confirmation=CONFIRMATION, recorded_at=each.received_at
            )
    return store, kept


@pytest.mark.parametrize(
    ("scope", "belongs"),
    [
        (StatisticsScope(), lambda _: True),
        (StatisticsScope(agency=OTHER), lambda each: each.applicant == OTHER),
        (
            StatisticsScope(register=Register.PERSONAL_DATA_SYSTEMS),
            lambda each: each.register is Register.PERSONAL_DATA_SYSTEMS,
        ),
        (
            StatisticsScope(received_from=date(2026, 4, 1), received_to=date(2026, 4, 30)),
            lambda each: date(2026, 4, 1) <= civil_day(each.received_at) <= date(2026, 4, 30),
        ),
    ],
)
def test_what_the_database_counts_is_what_counting_by_hand_gives(filled, scope, belongs):
    store, kept = filled
    mine = [each for each in kept if belongs(each)]
    late = [(civil_day(each.received_at) - each.due_date).days for each in mine if each.late]
    found = counted(store, scope=scope)
    total = found.total
    assert (total.cases, total.open) == (len(mine), sum(each.state in OPEN for each in mine))
    assert (total.late, total.days_late, total.most_days_late) == (len(late), sum(late), max(late))
    for by, of in (
        (Grouping.REGISTER, lambda each: each.register),
        (Grouping.AGENCY, lambda each: each.applicant),
        (Grouping.TYPE, lambda each: each.type),
        (Grouping.STATE, lambda each: each.state),
    ):
        assert {each.key: each.figures.cases for each in found.groups if each.by is by} == Counter(map(of, mine))


def test_mean_and_middle_of_a_stage_are_those_of_its_lengths(filled):
    store, kept = filled
    random = Random(7)
    lengths = []
    with store.writing() as connection:
        for each in kept[:99]:
            lengths.append(random.randrange(1, 40 * SECONDS))
            step = CaseStep(
                sequence=2, at=each.received_at, actor="registrar:a", event=CaseEvent.TAKEN, to_state=CaseState.REVIEW
            )
            cases.add_step(connection, each.number, step, spent={Stage.WAITING: lengths[-1]})
    (figures,) = counted(store).stages
    middle = sorted(lengths)[49]
    assert (figures.stage, figures.cases, figures.most_seconds) == (Stage.WAITING, 99, max(lengths))
    assert figures.mean_seconds == pytest.approx(sum(lengths) / 99, abs=1)
    assert middle <= figures.median_seconds <= middle + 8640


def test_nothing_counts_as_nothing(store):
    found = counted(store)
    assert (found.total.cases, found.total.most_days_late, found.groups, found.stages) == (0, 0, (), ())
