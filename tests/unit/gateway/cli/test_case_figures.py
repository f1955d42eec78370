"""registration.GetStatistics over signed SOAP: of one's own cases, and of all of them with a right of its own only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.cases.model import Case, CaseState, CaseStep, CaseType
from handlers.registration.model import ConfirmationMethod, Register
from handlers.store import cases
from tests.acceptance.caller import FaultError
from tests.unit.gateway.cli.premises import Premises, Visitor
from tests.unit.handlers.registration.examples import CONFIRMATION, REGISTRATION

DENIED = "client.access.denied"
ALL = {"everyAgency": True}
WHY = ("--reason", "Letter 17/26")


def case(place, applicant, register=Register.INFORMATION_RESOURCES):
    at = datetime.now(UTC)
    return Case(
        number=f"1999/IR-{place:06d}",
        tracking_id=f"made-{place}",
        type=CaseType.REGISTRATION,
        register=register,
        state=CaseState.RECEIVED,
        applicant=applicant,
        representative="5TESTM1",
        confirmation=ConfirmationMethod.XADES,
        subject="S",
        received_at=at,
        event_date=at.date() - timedelta(days=25),
        due_date=at.date() - timedelta(days=5),
        late=True,
        steps=(CaseStep(sequence=1, at=at, actor="operator", to_state=CaseState.RECEIVED),),
    )


@pytest.fixture
def premises(sample_home):
    opened = Premises(sample_home)
    with opened.store.writing() as connection:
        for place, (agency, register) in enumerate(
            [
                ("MOJ", Register.INFORMATION_RESOURCES),
                ("MOJ", Register.PERSONAL_DATA_SYSTEMS),
                ("MIA", Register.INFORMATION_RESOURCES),
            ]
        ):
            kept = case(place, agency, register)
            cases.add_case(
                connection, kept, application=REGISTRATION, confirmation=CONFIRMATION, recorded_at=kept.received_at
            )
    yield opened
    opened.close()


@pytest.fixture
def moj(premises):
    return Visitor(premises)


def asked(visitor, **values):
    answer = visitor.call("registration", "GetStatistics", values)
    groups = {
        (each.findtext("{*}by"), each.findtext("{*}key")): int(each.findtext("{*}figures/{*}cases"))
        for each in answer.findall("{*}groups")
    }
    return int(answer.findtext("{*}total/{*}cases")), groups


def code_of(visitor, **values):
    with pytest.raises(FaultError) as fault:
        asked(visitor, **values)
    return fault.value.code


def test_an_agency_is_told_of_its_own_cases_and_of_nobody_elses(moj):
    total, groups = asked(moj, by=["AGENCY", "REGISTER"])
    assert (total, groups) == (
        2,
        {("AGENCY", "MOJ"): 2, ("REGISTER", "INFORMATION_RESOURCES"): 1, ("REGISTER", "PERSONAL_DATA_SYSTEMS"): 1},
    )
    assert asked(moj, register="PERSONAL_DATA_SYSTEMS")[0] == 1
    assert asked(moj, receivedTo="2001-01-01")[0] == 0
    assert code_of(moj, **ALL) == DENIED


def test_with_the_right_that_the_operator_gives_it_is_told_of_every_agencys(run, premises, moj):
    everything = ("--allow", "registration.*", "--register", "all", *WHY)
    assert run("system", "grant", "MOJ-REGISTERS", *everything).exit_code == 0
    premises.ahead += timedelta(seconds=2)
    assert code_of(moj, **ALL) == DENIED, "service.* does not give it"
    right = ("--allow", "registration.StatisticsOfAll", "--register", "INFORMATION_RESOURCES", *WHY)
    assert run("system", "grant", "MOJ-REGISTERS", *right).exit_code == 0
    premises.ahead += timedelta(seconds=2)
    assert asked(moj, register="INFORMATION_RESOURCES", by=["AGENCY"], **ALL) == (
        2,
        {("AGENCY", "MIA"): 1, ("AGENCY", "MOJ"): 1},
    )
    assert code_of(moj, **ALL) == DENIED, "the right is for one register"
    assert asked(moj)[0] == 2, "unless it is asked for all it is told of its own"


def test_a_period_that_ends_before_it_begins_is_said_to_be_one(moj):
    assert code_of(moj, receivedFrom="2026-02-01", receivedTo="2026-01-01") == "client.contract.invalid"
