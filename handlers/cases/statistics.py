"""Statistics of cases: how many, how they ended, how late they came, and how long each stage takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Final

from sqlalchemy import Connection

from handlers.cases.model import CaseState
from handlers.cases.stages import Stage
from handlers.cases.told import told_state
from handlers.record import Record
from handlers.registration.model import Register
from handlers.store import case_statistics
from handlers.store.case_statistics import Bucket, Counted

TENTH_OF_A_DAY: Final = 8640
"""Seconds; how finely the middle of a stage's lengths is known."""


class Grouping(StrEnum):
    """What figures are told apart by."""

    REGISTER = "REGISTER"
    AGENCY = "AGENCY"
    TYPE = "TYPE"
    STATE = "STATE"
    DECISION = "DECISION"
    """Of the decided cases only."""
    GROUND = "GROUND"
    """Coded ground, of the refused cases only."""


class StatisticsScope(Record, frozen=True, kw_only=True):
    """Which cases are counted; None: of any."""

    register: Register | None = None
    agency: str | None = None
    """Code of the applicant."""
    received_from: date | None = None
    """Received on this day in Baku or later."""
    received_to: date | None = None
    """Received on this day or earlier."""


class Figures(Record, frozen=True, kw_only=True):
    """Numbers of cases, and their lateness."""

    cases: int = 0
    open: int = 0
    """Something remains to be done."""
    late: int = 0
    """Those whose application came after the term."""
    days_late: int = 0
    """Calendar days by which the late ones came too late, together; divided by `late`, the mean."""
    most_days_late: int = 0
    approved: int = 0
    refused: int = 0
    dismissed: int = 0
    withdrawn: int = 0

    def plus(self, other: Figures) -> Figures:
        """The figures of both together."""
        names = [name for name in self.__struct_fields__ if name != "most_days_late"]
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return Figures(most_days_late=max(self.most_days_late, other.most_days_late), **sums)


class FigureGroup(Record, frozen=True, kw_only=True):
    """The figures of the cases that have something in common."""

    by: Grouping
    key: str
    """Code of the register, agency, type, state, decision or ground."""
    figures: Figures


class StageFigures(Record, frozen=True, kw_only=True):
    """How long a stage takes."""

    stage: Stage
    cases: int
    """Cases that have been in it and left it; one that is in it for the second time counts with the first."""
    mean_seconds: int
    median_seconds: int
    """In tenths of a day, rounded up: half of the cases took no longer."""
    most_seconds: int


class Statistics(Record, frozen=True, kw_only=True):
    """Everything that was asked for of the cases of a scope."""

    total: Figures
    groups: tuple[FigureGroup, ...] = ()
    """By each grouping asked for; within one, the largest first."""
    stages: tuple[StageFigures, ...] = ()
    """In the order of the work; those that no case has left yet are not among them."""


_COLUMNS: Final = {
    Grouping.REGISTER: "register",
    Grouping.AGENCY: "applicant",
    Grouping.TYPE: "type",
    Grouping.STATE: "state",
    Grouping.DECISION: "decision",
    Grouping.GROUND: "decision_ground",
}


def statistics(
    connection: Connection,
    scope: StatisticsScope,
    by: Iterable[Grouping] = Grouping,
    *,
    stages: bool = True,
    outside: bool = False,
) -> Statistics:
    """The figures of the cases of `scope`: together, by each grouping of `by`, and with `stages` the stages.

    `outside`: states are told as to applicants, who are not told that a decision waits for a second person.

    Everything is counted by the database; how much is read does not grow with the number of cases.
    """
    asked = list(dict.fromkeys(by))
    common = [each for each in asked if each is not Grouping.AGENCY]
    # One pass over the index tells everything apart but the agencies, of which there are too many combinations.
    counted = case_statistics.count(connection, scope, [_COLUMNS[each] for each in common])
    groups: dict[Grouping, list[FigureGroup]] = {}
    for place, each in enumerate(common):
        groups[each] = _groups(each, place, _told(counted, place) if outside and each is Grouping.STATE else counted)
    if Grouping.AGENCY in asked:
        by_agency = case_statistics.count(connection, scope, [_COLUMNS[Grouping.AGENCY]])
        groups[Grouping.AGENCY] = _groups(Grouping.AGENCY, 0, by_agency)
    return Statistics(
        total=_together(counted),
        groups=tuple(group for each in asked for group in groups[each]),
        stages=tuple(_stages(connection, scope)) if stages else (),
    )


def _together(counted: Iterable[Counted]) -> Figures:
    return reduce(Figures.plus, (Figures(**each.figures) for each in counted), Figures())


def _told(counted: Iterable[Counted], place: int) -> Iterator[Counted]:
    """The same with the state, which is the key at `place`, as it is told outside."""
    for each in counted:
        key = each.keys[place]
        assert key is not None, "every case is in a state"
        yield Counted((*each.keys[:place], told_state(CaseState(key)).value, *each.keys[place + 1 :]), each.figures)


def _groups(by: Grouping, place: int, counted: Iterable[Counted]) -> list[FigureGroup]:
    found: dict[str, Figures] = {}
    for each in counted:
        key = each.keys[place]
        if key is not None:
            found[key] = found.get(key, Figures()).plus(Figures(**each.figures))
    ordered = sorted(found.items(), key=lambda item: (-item[1].cases, item[0]))
    return [FigureGroup(by=by, key=key, figures=figures) for key, figures in ordered]


def _stages(connection: Connection, scope: StatisticsScope) -> Iterable[StageFigures]:
    for stage in Stage:
        buckets = case_statistics.lengths(connection, scope, stage, TENTH_OF_A_DAY)
        if buckets:
            number = sum(each.cases for each in buckets)
            yield StageFigures(
                stage=stage,
                cases=number,
                mean_seconds=round(sum(each.seconds for each in buckets) / number),
                median_seconds=min(_median(buckets, number), max(each.most for each in buckets)),
                most_seconds=max(each.most for each in buckets),
            )


def _median(buckets: Iterable[Bucket], number: int) -> int:
    """End of the bucket in which the lower middle one of `number` cases lies."""
    passed = 0
    for each in sorted(buckets, key=lambda bucket: bucket.place):
        passed += each.cases
        if 2 * passed >= number:
            return (each.place + 1) * TENTH_OF_A_DAY if each.most else 0
    raise ValueError("no cases")
