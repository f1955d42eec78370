"""Counting cases: aggregated by the database, from one index that holds all that is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Connection, case, extract, func, select

from handlers.cases.model import CaseState, DecisionOutcome
from handlers.cases.stages import Stage
from handlers.cases.transitions import OPEN
from handlers.rules.clocks import BAKU
from handlers.store.cases import STAGES
from handlers.store.tables_registers import register_case

if TYPE_CHECKING:
    from handlers.cases.statistics import StatisticsScope

_c = register_case.c
_DAY: Final = 86_400
_BAKU_AHEAD: Final = 4 * 3600
"""Seconds by which civil time in Baku is ahead of UTC."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures of the cases that have the same keys."""

    keys: tuple[str | None, ...]
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Cases that spent about the same time in a stage."""

    place: int
    """Whole widths of a bucket that they spent at least."""
    cases: int
    seconds: int
    """Together."""
    most: int


def count(connection: Connection, scope: StatisticsScope, columns: Sequence[str]) -> list[Counted]:
    """Figures of the cases of `scope` by the values of `columns`; without columns, of all of them together."""
    keys = [_c[name] for name in columns]
    query = select(*keys, *(figure.label(name) for name, figure in _figures().items())).where(*_within(scope))
    rows = connection.execute(query.group_by(*keys)).all()
    width = len(keys)
    names = list(_figures())
    return [
        Counted(tuple(row[:width]), {name: int(value or 0) for name, value in zip(names, row[width:], strict=True)})
        for row in rows
    ]


def lengths(connection: Connection, scope: StatisticsScope, stage: Stage, width: int) -> list[Bucket]:
    """How long the cases of `scope` were in `stage`, in buckets of `width` seconds."""
    seconds = STAGES[stage]
    place = seconds // width
    query = (
        select(place, func.count(), func.sum(seconds), func.max(seconds))
        .where(seconds.is_not(None), *_within(scope))
        .group_by(place)
    )
    return [Bucket(*(int(value) for value in row)) for row in connection.execute(query)]


def _figures() -> dict[str, ColumnElement[Any]]:
    """Every figure by its name. It is written once for all databases: those that filter aggregates differ."""
    days_late = case((_c.late, _days(extract("epoch", _c.received_at) + _BAKU_AHEAD) - _days_of_due()), else_=0)
    return {
        "cases": func.count(),
        "open": _number(_c.state.in_(sorted(OPEN))),
        "late": _number(_c.late),
        "days_late": func.sum(days_late),
        "most_days_late": func.max(days_late),
        "approved": _number(_c.decision == DecisionOutcome.APPROVED),
        "refused": _number(_c.decision == DecisionOutcome.REFUSED),
        "dismissed": _number(_c.decision == DecisionOutcome.DISMISSED),
        "withdrawn": _number(_c.state == CaseState.WITHDRAWN),
    }


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _days(seconds: ColumnElement[Any]) -> ColumnElement[Any]:
    """Whole days since 1970; not by rounding, which databases do each in their own way."""
    return (seconds - seconds % _DAY) / _DAY


def _days_of_due() -> ColumnElement[Any]:
    return extract("epoch", _c.due_date) / _DAY


def _within(scope: StatisticsScope) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if scope.register is not None:
        conditions.append(_c.register == scope.register)
    if scope.agency is not None:
        conditions.append(_c.applicant == scope.agency)
    if scope.received_from is not None:
        conditions.append(_c.received_at >= datetime.combine(scope.received_from, time(), BAKU).astimezone(UTC))
    if scope.received_to is not None:
        end = datetime.combine(scope.received_to + timedelta(days=1), time(), BAKU)
        conditions.append(_c.received_at < end.astimezone(UTC))
    return conditions
