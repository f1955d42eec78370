"""Effective-dated classifiers: rows with a first and a last day, never changed in place.

Acts insert and withdraw codes (domain, introduction), so a question about a code is always a question
about a code *on a day*.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

ALWAYS = date(1900, 1, 1)
"""First day of rows whose beginning lies before anything these registers look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierRow:
    """One code with its names, good from `valid_from` to `valid_to` (both included; None: still good)."""

    code: str
    az: str
    en: str
    valid_from: date = ALWAYS
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the code may be used for `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


Row = TypeVar("Row", bound=ClassifierRow)


class Classifier(Generic[Row]):
    """A named table of rows; a code may have several rows whose periods do not overlap."""

    def __init__(self, name: str, rows: Iterable[Row]) -> None:
        self.name = name
        self._rows: dict[str, list[Row]] = {}
        for row in rows:
            self._rows.setdefault(row.code, []).append(row)
        _forbid_overlaps(name, self._rows)

    def find(self, code: str | None, day: date) -> Row | None:
        """The row of `code` that holds on `day`, or None when the code is unknown or not in force then."""
        if code is None:
            return None
        return next((row for row in self._rows.get(code, ()) if row.holds_on(day)), None)

    def codes(self, day: date) -> frozenset[str]:
        """Every code in force on `day`."""
        return frozenset(code for code in self._rows if self.find(code, day) is not None)

    def __iter__(self) -> Iterator[Row]:
        for rows in self._rows.values():
            yield from rows


def _forbid_overlaps(name: str, by_code: Mapping[str, list[Row]]) -> None:
    for code, rows in by_code.items():
        in_order = sorted(rows, key=lambda row: row.valid_from)
        for earlier, later in itertools.pairwise(in_order):
            if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
                raise ValueError(f"classifier {name}: the periods of {code} overlap")
