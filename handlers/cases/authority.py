"""What becomes of a case when the authority of its representative ends: nobody acts in it until another one does.

What a representative may do ends the moment its authority ends, also in a case that it submitted itself
(`handlers.registration.authority` judges each later statement). Whoever looks at the case sees it, and the applicant is
told (`handlers.cases.authority_watch`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection

from handlers.cases.model import Case, CaseState, CaseType, DecisionOutcome
from handlers.cases.transitions import UNDECIDED
from handlers.parties.model import PartyChange, PartyKind, Representative
from handlers.parties.standing import StandingStep
from handlers.record import Record
from handlers.rules.clocks import civil_day
from handlers.store import directory

_STEPS: Final = frozenset(StandingStep)
_OWING: Final = frozenset({CaseState.ENTERED, CaseState.OWNER_INFORMED})


class Ending(Record, frozen=True, kw_only=True):
    """The end of a representative's authority."""

    on: date
    """First day without authority."""
    mark: str
    """Tells it from an earlier or later one of the same person."""


def ending_of(person: Representative, changes: Sequence[PartyChange], today: date) -> Ending | None:
    """How the authority of `person` ended, given the person's history (oldest first); None: it has not.

    When it ended in two ways, the first of them counts: what follows ends nothing any more.
    """
    endings = []
    if person.valid_to < today:
        endings.append(Ending(on=person.valid_to + timedelta(days=1), mark=f"until {person.valid_to}"))
    if not person.active:
        steps = [each for each in changes if each.event in _STEPS]
        resumed = [place for place, each in enumerate(steps, start=1) if each.event == StandingStep.RESUME]
        since = steps[resumed[-1] if resumed else 0 :]
        # Whoever never stood otherwise has had no authority from the first day on.
        on, at = (civil_day(since[0].at), since[0].at.isoformat()) if since else (person.valid_from, "always")
        endings.append(Ending(on=on, mark=f"standing {at}"))
    return min(endings, key=lambda each: each.on, default=None)


def awaits_applicant(case: Case) -> bool:
    """Whether something in the case may still be the applicant's to do, for which it needs a representative."""
    owes_proof = (
        case.type is CaseType.CANCELLATION
        and case.state in _OWING
        and case.decision is not None
        and case.decision.outcome is DecisionOutcome.APPROVED
        and case.destruction_proven_on is None
    )
    return case.state in UNDECIDED or owes_proof


def ending_in(connection: Connection, case: Case, today: date) -> Ending | None:
    """How the authority of the case's representative ended; None: it has not, or it no longer matters to the case."""
    person = directory.find_representative(connection, case.representative) if awaits_applicant(case) else None
    if person is None:
        return None
    changes = () if person.active else directory.changes(connection, PartyKind.REPRESENTATIVE, person.fin)
    return ending_of(person, changes, today)


def with_authority(connection: Connection, case: Case, now: datetime) -> Case:
    """The case, saying whether the authority of its representative has ended."""
    ending = ending_in(connection, case, civil_day(now))
    return case if ending is None else replace(case, authority_ended_on=ending.on)
