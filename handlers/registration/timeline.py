"""Bitemporal time: what is true when, and since when we say so.

A period begins with its first moment and ends before its last; None means without end. What was said is
never changed: when something new is said of a period, the rows it touches are closed at that moment, and what is
left of them on either side is said again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Row = TypeVar("Row")
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until before `end`; without end when `end` is None."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError("a period ends after it begins")

    def overlaps(self, other: Period) -> bool:
        """Whether both share a moment."""
        return _before(self.start, other.end) and _before(other.start, self.end)

    def without(self, other: Period) -> list[Period]:
        """What is left of this period outside `other`: none, one or two periods, in order of time."""
        left = []
        if self.start < other.start:
            left.append(Period(self.start, min(other.start, self.end) if self.end else other.start))
        if other.end is not None and _before(other.end, self.end):
            left.append(Period(max(other.end, self.start), self.end))
        return left


@dataclass(frozen=True, slots=True)
class Revision(Generic[Key]):
    """What saying something new of a period does to what was said before."""

    closed: tuple[Key, ...]
    """Rows that are no longer said."""
    kept: tuple[tuple[Key, Period], ...]
    """What is left of them, to be said again as new rows with the content of the old ones."""


def revise(
    said: Iterable[Row], new: Period, *, key: Callable[[Row], Key], period: Callable[[Row], Period]
) -> Revision[Key]:
    """Make room for `new` among the rows that are said at present (whose periods do not overlap)."""
    touched = [row for row in said if period(row).overlaps(new)]
    return Revision(
        closed=tuple(key(row) for row in touched),
        kept=tuple((key(row), rest) for row in touched for rest in period(row).without(new)),
    )


def _before(moment: datetime, end: datetime | None) -> bool:
    return end is None or moment < end
