"""Finding a page of entries by their terms, at a cost that goes with the page and not with the register.

Each criterion is a set of terms, any one of which will do. Of several criteria the rarest leads: its places come in
order, each is looked up in the others, and the look ends with the page.

The statements are put together as text: as expressions, a range of days (dozens of branches) would cost more to write
down than to run. Nothing of a request is in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, bindparam, select, text

from handlers.store.columns import UtcDateTime
from handlers.store.tables_presence import entry_present

_RARE: Final = 2_000
"""Entries (a number) up to which criteria are counted, to see which is the rarest."""

_COUNT: Final = (
    "SELECT count(*) FROM (SELECT 1 FROM entry_term WHERE term IN ({terms}) AND place >= :start LIMIT :rare) x"
)
_LEAD: Final = (
    "SELECT place FROM (SELECT t.place FROM entry_term t WHERE t.term = :lead_{n} AND t.place >= :start "
    "AND t.place < :stop{others} ORDER BY t.place LIMIT :limit) x{n}"
)
# A subquery for a value and not EXISTS: PostgreSQL would turn that into a join, and might read all there is of a
# common term before it gives the first row.
_HAS_TERM: Final = " AND (SELECT 1 FROM entry_term o WHERE o.term IN ({terms}) AND o.place = t.place LIMIT 1) = 1"
_IN_SPAN: Final = " AND (SELECT 1 FROM entry_present p WHERE p.place = t.place{bounds}) = 1"
_UNION: Final = " UNION ALL "


@dataclass(frozen=True, slots=True)
class Criterion:
    """Entries that have one of `terms`."""

    terms: tuple[str, ...]
    span: tuple[Literal["recorded_at", "valid_from"], datetime | None, datetime | None] | None = None
    """The same said of the entry itself, which is cheaper to look up: a column, from when, before when."""


def find_places(
    connection: Connection, criteria: Sequence[Criterion], *, within: range, after: int | None, limit: int
) -> list[int]:
    """The first `limit` places after `after` inside `within` whose entries meet all `criteria`, in order."""
    start = within.start if after is None else max(within.start, after + 1)
    if not criteria:
        place = entry_present.c.place
        query = select(place).where(place >= start, place < within.stop).order_by(place).limit(limit)
        return list(connection.scalars(query))
    values: dict[str, Any] = {"start": start, "stop": within.stop, "limit": limit}
    leading = _rarest(connection, criteria, start)
    others = "".join(_meets(n, each, values) for n, each in enumerate(criteria) if each is not leading)
    # Each span of days gives its first places; the first of them all are the page.
    branches = [_LEAD.format(n=n, others=others) for n in range(len(leading.terms))]
    values |= {f"lead_{n}": term for n, term in enumerate(leading.terms)}
    statement = f"{_UNION.join(branches)} ORDER BY place LIMIT :limit"
    return list(connection.scalars(_bound(statement, values)))


def _rarest(connection: Connection, criteria: Sequence[Criterion], start: int) -> Criterion:
    if len(criteria) == 1:
        return criteria[0]
    return min(criteria, key=lambda each: _count(connection, each, start))


def _count(connection: Connection, criterion: Criterion, start: int) -> int:
    """How many entries meet it, as far as `_RARE`."""
    values: dict[str, Any] = {"start": start, "rare": _RARE}
    statement = _COUNT.format(terms=_names("term", criterion.terms, values))
    return int(connection.execute(text(statement), values).scalar_one())


def _meets(n: int, criterion: Criterion, values: dict[str, Any]) -> str:
    """That the entry at hand meets the criterion as well, as one look into an index."""
    if criterion.span is None:
        return _HAS_TERM.format(terms=_names(f"term_{n}", criterion.terms, values))
    column, start, end = criterion.span
    bounds = ""
    if start is not None:
        values[f"from_{n}"] = start
        bounds += f" AND p.{column} >= :from_{n}"
    if end is not None:
        values[f"before_{n}"] = end
        bounds += f" AND p.{column} < :before_{n}"
    return _IN_SPAN.format(bounds=bounds)


def _names(name: str, terms: Sequence[str], values: dict[str, Any]) -> str:
    """Parameters for the terms, whose values are put among `values`."""
    named = {f"{name}_{n}": term for n, term in enumerate(terms)}
    values |= named
    return ", ".join(f":{each}" for each in named)


def _bound(statement: str, values: dict[str, Any]) -> Any:
    moments = [name for name, value in values.items() if isinstance(value, datetime)]
    others: list[Any] = [bindparam(name, value) for name, value in values.items() if name not in moments]
    return text(statement).bindparams(*others, *(bindparam(name, values[name], UtcDateTime()) for name in moments))
