"""The clocks of a case, read from its history (domain §2, clocks). Pure: nothing is kept here and nothing told.

Which event starts, stops, resumes and ends which clock is the table `CLOCKS`. Days are civil days of Baku. A clock
runs by the row of its term that was in force on the day it started. While a case is RETURNED the clocks of the operator
stand still and the applicant's clock for the correction runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from handlers.cases.clock_model import CaseClock, Stop
from handlers.cases.model import Case, CaseEvent, CaseStep, CaseType
from handlers.registration.model import Register
from handlers.rules.clocks import TERMS, Term, TermCode, Terms, civil_day

_DECIDED: Final = frozenset({CaseEvent.DECIDED, CaseEvent.DECISION_CONFIRMED, CaseEvent.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """Which events of a case move a clock. An event that would start a clock that is running does nothing."""

    code: TermCode
    starts: frozenset[CaseEvent]
    stops: frozenset[CaseEvent] = frozenset()
    resumes: frozenset[CaseEvent] = frozenset()
    ends: frozenset[CaseEvent]
    register: Register | None = None
    """The register whose cases have the clock; None: both."""
    type: CaseType | None = None
    """The type of case that has it; None: all."""

    def applies_to(self, case: Case) -> bool:
        """Whether `case` may have this clock."""
        return self.register in {None, case.register} and self.type in {None, case.type}


def _decision(code: TermCode, register: Register) -> ClockRule:
    return ClockRule(
        code=code,
        register=register,
        starts=frozenset({CaseEvent.RECEIVED}),
        stops=frozenset({CaseEvent.RETURNED}),
        resumes=frozenset({CaseEvent.RESUBMITTED}),
        ends=_DECIDED,
    )


CLOCKS: Final = (
    ClockRule(
        code=TermCode.COMPLETENESS,
        starts=frozenset({CaseEvent.RECEIVED, CaseEvent.RESUBMITTED}),
        ends=_DECIDED | {CaseEvent.FOUND_COMPLETE, CaseEvent.RETURNED},
    ),
    ClockRule(
        code=TermCode.CORRECTION,
        starts=frozenset({CaseEvent.RETURNED}),
        ends=_DECIDED | {CaseEvent.RESUBMITTED},
    ),
    _decision(TermCode.DECISION_PERSONAL_DATA, Register.PERSONAL_DATA_SYSTEMS),
    _decision(TermCode.DECISION_RESOURCE, Register.INFORMATION_RESOURCES),
    ClockRule(
        code=TermCode.DESTRUCTION,
        type=CaseType.CANCELLATION,
        starts=frozenset({CaseEvent.ENTERED}),
        ends=frozenset({CaseEvent.DESTRUCTION_PROVEN}),
    ),
)
"""Every clock of a case. (SUBMISSION runs before there is a case: its due day is computed on receipt.)"""


@dataclass(slots=True, kw_only=True)
class _Run:
    """A clock while its history is read."""

    rule: ClockRule
    round: int
    term: Term
    started_on: date
    due_on: date
    warn_on: date
    stops: list[Stop] = field(default_factory=list)
    stopped: date | None = None
    ended_on: date | None = None

    def stop(self, day: date) -> None:
        if self.stopped is None:
            self.stopped = day

    def resume(self, day: date, terms: Terms) -> None:
        if self.stopped is None:
            return
        # What was overdue when it stopped stays overdue; a return on the last day is in time.
        if self.stopped <= self.due_on:
            self.due_on = self.term.moved(self.due_on, self.stopped, day, terms.calendar)
        if self.stopped < self.warn_on:
            self.warn_on = self.term.moved(self.warn_on, self.stopped, day, terms.calendar)
        self.stops.append(Stop(since=self.stopped, until=day))
        self.stopped = None

    def end(self, day: date, terms: Terms) -> None:
        self.resume(day, terms)
        self.ended_on = day

    def clock(self) -> CaseClock:
        still = () if self.stopped is None else (Stop(since=self.stopped),)
        return CaseClock(
            code=self.rule.code,
            round=self.round,
            started_on=self.started_on,
            stops=(*self.stops, *still),
            due_on=self.due_on,
            warn_on=self.warn_on,
            ended_on=self.ended_on,
        )


def read_clocks(case: Case, steps: Sequence[CaseStep] | None = None, terms: Terms = TERMS) -> tuple[CaseClock, ...]:
    """Every clock that ever ran in `case`, by its `steps` (those of the case, when not given), in order of `CLOCKS`.

    Raises `CalendarError` when a day lies outside the years whose working days are known.
    """
    return tuple(
        run.clock()
        for rule in CLOCKS
        if rule.applies_to(case)
        for run in _runs(rule, case.steps if steps is None else steps, terms)
    )


def _runs(rule: ClockRule, steps: Iterable[CaseStep], terms: Terms) -> list[_Run]:
    runs: list[_Run] = []
    running: _Run | None = None
    for step in steps:
        event, day = event_of(step), civil_day(step.at)
        if running is not None:
            if event in rule.ends:
                running.end(day, terms)
                running = None
            elif event in rule.stops:
                running.stop(day)
            elif event in rule.resumes:
                running.resume(day, terms)
        if running is None and event in rule.starts:
            running = _started(rule, len(runs) + 1, day, terms)
            runs.append(running)
    return runs


def _started(rule: ClockRule, number: int, day: date, terms: Terms) -> _Run:
    term = terms.term(rule.code, day)
    return _Run(
        rule=rule,
        round=number,
        term=term,
        started_on=day,
        due_on=term.due_on(day, terms.calendar),
        warn_on=term.warn_on(day, terms.calendar),
    )


def event_of(step: CaseStep) -> CaseEvent:
    """The event of a step; histories from before events were kept have only those that are named as their state."""
    return step.event or _FIRST_EVENTS[step.to_state.value]


_FIRST_EVENTS: Final = {
    "DRAFT": CaseEvent.DRAWN_UP,
    "CONFIRMED": CaseEvent.CONFIRMED,
    "RECEIVED": CaseEvent.RECEIVED,
}


def correction_overdue(case: Case, today: date, terms: Terms = TERMS) -> bool:
    """Whether `case` waits for a correction whose term has passed: then, and only then, it may be dismissed."""
    return any(
        clock.code is TermCode.CORRECTION and clock.is_running and clock.breached(today)
        for clock in read_clocks(case, terms=terms)
    )


DEADLINES: Final = {
    TermCode.COMPLETENESS: "check_by",
    TermCode.CORRECTION: "correct_by",
    TermCode.DECISION_PERSONAL_DATA: "decide_by",
    TermCode.DECISION_RESOURCE: "decide_by",
    TermCode.DESTRUCTION: "destroy_by",
}
"""Names under which notices speak of the last day of a clock."""


def deadlines(clocks: Iterable[CaseClock]) -> dict[str, str]:
    """The last days of those clocks that are running, by the names that notices use."""
    return {DEADLINES[clock.code]: clock.due_on.isoformat() for clock in clocks if clock.is_running}
