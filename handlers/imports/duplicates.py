"""Which rows of a file are there already: in the file before, or in the register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from handlers.imports.examination import duplicate, unresolved
from handlers.imports.model import ImportRow, RowFinding, RowOutcome
from handlers.registration.model import ResourceCard
from handlers.rules.numbering import is_entry_number
from handlers.store import entries, imports, numbers

_CARD_PATH = {True: "/resourceCard/shortName", False: "/personalDataSystemCard/shortName"}


@dataclass(slots=True)
class Taken:
    """Short names and old numbers that are taken, each with where, in both languages."""

    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    olds: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def in_register(cls, connection: Connection, rows: Sequence[ImportRow]) -> Taken:
        """What of `rows` the register has: one look for all of them."""
        holders = numbers.holders(connection, _names(rows))
        known = imports.entries_of_old_numbers(connection, _olds(rows))
        return cls(
            {key: _holder(holder) for key, holder in holders.items()},
            {key: _holder(number) for key, number in known.items()},
        )

    def take(self, row: ImportRow) -> None:
        """Count what `row`, which is to be entered, takes for itself."""
        where = (
            f"faylın {row.position} nömrəli qeydi (sətir {row.line})",
            f"entry {row.position} of the file (line {row.line})",
        )
        if row.name_key is not None:
            self.names.setdefault(row.name_key, where)
        if row.old_key is not None:
            self.olds.setdefault(row.old_key, where)

    def findings(self, row: ImportRow) -> list[RowFinding]:
        """What of `row` is taken."""
        found = []
        if row.name_key is not None and row.name_key in self.names:
            az, en = self.names[row.name_key]
            path = _CARD_PATH[row.entry is not None and row.entry.resource_card is not None]
            found.append(
                duplicate(
                    path,
                    "import.duplicate.short-name",
                    f"Sahibin bu qısa adla qeydi artıq var: {az}.",
                    f"The owner has an entry of this short name already: {en}.",
                )
            )
        if row.old_key is not None and row.old_key in self.olds:
            az, en = self.olds[row.old_key]
            found.append(
                duplicate(
                    "/oldNumber",
                    "import.duplicate.old-number",
                    f"Bu köhnə nömrə ilə qeyd artıq var: {az}.",
                    f"There is an entry of this old number already: {en}.",
                )
            )
        return found


def sorted_out(connection: Connection, batch: str, rows: Sequence[ImportRow]) -> list[ImportRow]:
    """`rows`, which follow those of `batch` that are kept, with the duplicates among them and their relations told."""
    taken = Taken.in_register(connection, rows)
    for before in imports.ready_before(connection, batch, _names(rows), _olds(rows)):
        taken.take(before)
    known = entries.known_numbers(connection, {number for row in rows for _, number in _relations(row)})
    result = []
    for row in rows:
        told = _with(row, (unresolved(place, number) for place, number in _relations(row) if number not in known))
        if told.outcome is RowOutcome.READY:
            found = taken.findings(told)
            if found:
                told = replace(_with(told, found), outcome=RowOutcome.DUPLICATE)
            else:
                taken.take(told)
        result.append(told)
    return result


def _with(row: ImportRow, findings: Iterable[RowFinding]) -> ImportRow:
    return replace(row, findings=(*row.findings, *findings))


def _relations(row: ImportRow) -> list[tuple[int, str]]:
    card = row.entry.resource_card if row.entry is not None else None
    if not isinstance(card, ResourceCard):
        return []
    return [(place, relation.entry_number) for place, relation in enumerate(card.relations, start=1)]


def _names(rows: Iterable[ImportRow]) -> set[str]:
    return {row.name_key for row in rows if row.name_key is not None}


def _olds(rows: Iterable[ImportRow]) -> set[str]:
    return {row.old_key for row in rows if row.old_key is not None}


def _holder(holder: str) -> tuple[str, str]:
    if is_entry_number(holder):
        return f"{holder} nömrəli qeyd", f"entry {holder}"
    return "baxılmaqda olan qeydiyyat işi", "an open case of registration"
