"""Whether and since when a card must be registered (domain §2), as effective-dated data.

The term for applying runs from the day of the event. For what is older than the register itself (a system older
than the law, a resource established long ago) the duty is no older than the rules that made it: the term then runs from
the day they were adopted. Whether that was kept is recorded and shown, never a reason to reject.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from handlers.registration.model import (
    AppealApplication,
    AppealKind,
    PersonalDataSystemCard,
    Register,
    RegistrationApplication,
    ResourceCard,
    Trigger,
)

PERSONAL_DATA_LAW = date(2010, 5, 11)
"""Law 998-IIIQ on Personal Data: an older system is PRE_EXISTING."""

RULES_ADOPTED: Mapping[Register, date] = {
    Register.INFORMATION_RESOURCES: date(2010, 5, 17),
    Register.PERSONAL_DATA_SYSTEMS: date(2010, 8, 17),
}
"""Adoption of the rules of each register: Decisions 89/2010 and 149/2010 of the Cabinet of Ministers."""


DUE_TRIGGERS = frozenset({Trigger.CREATED, Trigger.STRUCTURE_CHANGED, Trigger.ACTIVITY_SUSPENDED})
"""Events after which the law has an application registered within 20 calendar days; a resumption is not among them."""

DUE_APPEALS = frozenset({AppealKind.CHANGE, AppealKind.SUSPENSION})
"""Appeals that tell of such an event of a registered entry: its structure changed, its activity was suspended. To
resume, to cancel and to correct there is no term."""


class RegistrationDuty(StrEnum):
    """Whether an entry stands in the register because the law demands it."""

    MANDATORY = "MANDATORY"
    VOLUNTARY = "VOLUNTARY"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how many subjects on registration is mandatory, since `valid_from`."""

    subjects: int
    valid_from: date
    source: str


THRESHOLDS = (
    Threshold(0, date(2010, 5, 11), "Law 998-IIIQ: every system"),
    Threshold(1000, date(2010, 12, 17), "Decision 237/2010: systems of fewer subjects need not be registered"),
)
"""In order of time; the last that holds on a day counts."""


def duty_day(register: Register, event_date: date) -> date:
    """The day from which the applicant's term is counted: the event's, or that of the register's rules when later."""
    return max(event_date, RULES_ADOPTED[register])


def is_due(application: RegistrationApplication | AppealApplication) -> bool:
    """Whether there is a term for the application at all, so that it can come late."""
    if isinstance(application, AppealApplication):
        return application.kind in DUE_APPEALS
    return application.trigger in DUE_TRIGGERS


def mandatory_from(day: date) -> int:
    """From how many subjects on a personal-data system must be registered, as the rules stand on `day`."""
    return max((each for each in THRESHOLDS if each.valid_from <= day), key=lambda each: each.valid_from).subjects


def duty_of(card: ResourceCard | PersonalDataSystemCard, day: date) -> RegistrationDuty:
    """Whether the card must be registered as the rules stand on `day`. A state body's resource always must."""
    if isinstance(card, PersonalDataSystemCard) and card.subject_count < mandatory_from(day):
        return RegistrationDuty.VOLUNTARY
    return RegistrationDuty.MANDATORY
