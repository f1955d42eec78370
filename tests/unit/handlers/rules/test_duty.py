"""Since when registration is a duty, and for whom."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from handlers.registration.model import Register
from handlers.rules.duty import RegistrationDuty, duty_day, duty_of, mandatory_from
from tests.unit.handlers.registration.examples import PERSONAL, RESOURCE, TODAY


@pytest.mark.parametrize(
    ("register", "event", "start"),
    [
        (Register.INFORMATION_RESOURCES, date(2006, 4, 21), date(2010, 5, 17)),
        (Register.INFORMATION_RESOURCES, date(2010, 5, 18), date(2010, 5, 18)),
        (Register.PERSONAL_DATA_SYSTEMS, date(2010, 6, 1), date(2010, 8, 17)),
        (Register.PERSONAL_DATA_SYSTEMS, date(2026, 5, 10), date(2026, 5, 10)),
    ],
)
def test_no_term_begins_before_the_rules_of_the_register(register: Register, event: date, start: date) -> None:
    assert duty_day(register, event) == start


def test_every_system_had_to_be_registered_until_the_threshold_was_made() -> None:
    assert [mandatory_from(day) for day in (date(2010, 12, 16), date(2010, 12, 17), TODAY)] == [0, 1000, 1000]


def test_a_small_system_is_registered_voluntarily_a_resource_never() -> None:
    assert duty_of(replace(PERSONAL, subject_count=999), TODAY) is RegistrationDuty.VOLUNTARY
    assert duty_of(replace(PERSONAL, subject_count=999), date(2010, 12, 1)) is RegistrationDuty.MANDATORY
    assert duty_of(replace(PERSONAL, subject_count=1000), TODAY) is RegistrationDuty.MANDATORY
    assert duty_of(RESOURCE, TODAY) is RegistrationDuty.MANDATORY
