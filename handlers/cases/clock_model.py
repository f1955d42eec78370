"""Clocks of cases: as they are read from the history, as they are kept, and what was told of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from handlers.cases.model import CaseState, CaseType
from handlers.record import Record
from handlers.registration.model import Register
from handlers.rules.clocks import TERMS, TermCode, Terms

_DAY: Final = timedelta(days=1)


class Stop(Record, frozen=True, kw_only=True):
    """A time during which a clock stood still: the days after `since`, up to and including `until`."""

    since: date
    until: date | None = None
    """None: it still stands still."""


class CaseClock(Record, frozen=True, kw_only=True):
    """A clock of a case: one run of it from start to end."""

    code: TermCode
    round: int
    """1 for the first run of this clock in the case."""
    started_on: date
    stops: tuple[Stop, ...] = ()
    due_on: date
    """Last day in time. While the clock stands still: as when it stopped; it moves when the clock goes on."""
    warn_on: date
    """Day on which so much of the term has passed that a warning is given."""
    ended_on: date | None = None

    @property
    def stopped_since(self) -> date | None:
        """The day on which it stopped, if it stands still now."""
        if self.ended_on is not None or not self.stops or self.stops[-1].until is not None:
            return None
        return self.stops[-1].since

    @property
    def is_running(self) -> bool:
        """Whether time passes on it now."""
        return self.ended_on is None and self.stopped_since is None

    def breached(self, today: date) -> bool:
        """Whether the term had passed when the clock ended or stopped, or has passed by `today`."""
        return (self.ended_on or self.stopped_since or today) > self.due_on

    def breached_on(self, today: date) -> date | None:
        """The first day that was too late; None: it was or is in time."""
        return self.due_on + _DAY if self.breached(today) else None

    def days_left(self, today: date, terms: Terms = TERMS) -> int | None:
        """Days that are left after `today`, in working days where the term is; negative: overdue. None: it has ended.

        Those of a clock that stands still do not become fewer.
        """
        if self.ended_on is not None:
            return None
        term = terms.term(self.code, self.started_on)
        return term.days_left(self.stopped_since or today, self.due_on, terms.calendar)


class FiringKind(StrEnum):
    """What is told of a clock."""

    WARNED = "WARNED"
    BREACHED = "BREACHED"
    REMINDED = "REMINDED"
    """Once more that it was breached, for terms that say so."""


class Firing(Record, frozen=True, kw_only=True):
    """A time at which a clock was told of: one row of its history."""

    case_number: str
    code: TermCode
    round: int
    sequence: int
    """1 for the first time that this run of the clock was told of."""
    kind: FiringKind
    at: datetime
    due_on: date
    """As it was then."""


class KeptClock(Record, frozen=True, kw_only=True):
    """A clock as it is kept: its days, and what was told of it."""

    case_number: str
    code: TermCode
    round: int
    started_on: date
    due_on: date
    warn_on: date
    stopped_since: date | None = None
    ended_on: date | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    """When it was told that the term had passed. Whether it has follows from the days, told or not."""
    reminders: int = 0
    look_on: date | None = None
    """Day from which on the watch has something to tell; None: nothing is to come."""
    firings: tuple[Firing, ...] = ()
    """Given where one case is asked about."""

    @property
    def key(self) -> tuple[str, TermCode, int]:
        """What tells it from other clocks."""
        return self.case_number, self.code, self.round

    def breached(self, today: date) -> bool:
        """Whether the term had passed when the clock ended or stopped, or has passed by `today`."""
        return (self.ended_on or self.stopped_since or today) > self.due_on


class PressingClock(Record, frozen=True, kw_only=True):
    """A running clock and the case it belongs to, for lists of what presses."""

    case_number: str
    code: TermCode
    round: int
    due_on: date
    warn_on: date
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    type: CaseType
    register: Register
    state: CaseState
    applicant: str
    subject: str
    clerk: str | None = None
