"""What a rule of completeness is: what it looks at, what it may know, and what it tells people (domain §2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from handlers.registration.model import Defect, EntryStatus
from handlers.rules.clocks import TERMS, Terms
from handlers.rules.grounds import GroundCode


class Weight(StrEnum):
    """What follows when a rule is broken."""

    BAR = "BAR"
    DEFECT = "DEFECT"
    NOTE = "NOTE"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """What rules may know of an entry that an application names."""

    status: EntryStatus
    wholes: frozenset[str] = frozenset()
    """Entries that it is at present a part of, directly or through others, by what cards other than the one looked at
    declare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules may know besides the application."""

    agencies: Collection[str]
    """Codes of the enrolled agencies."""
    today: date
    """The civil day in Baku."""
    terms: Terms = TERMS
    """The terms in use."""
    entries: Mapping[str, KnownEntry] | None = None
    """Those of the entries named in the application that the registers have, by number; None: they were not asked,
    and the rules that need them find nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it looks at, how it finds faults, and what it tells people."""

    code: str
    on: tuple[type, ...]
    find: Callable[[Any, Any], Iterable[str]]
    """Called with the application or card and the `Facts`; yields the paths at fault, from that root."""
    az: str
    en: str
    weight: Weight = Weight.DEFECT
    ground: GroundCode | None = None
    """Why the register refuses; given for a BAR, and only then."""
    asks_register: bool = False
    """Whether it can be applied only with what the registers say of entries."""
    binds: bool = False
    """Whether nobody may approve what breaks it, for whatever reason: the registers would contradict themselves."""

    @property
    def judged_on_approval(self) -> bool:
        """Whether it is applied once more when the application is approved; the registers may have changed."""
        return self.binds or self.asks_register


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that was found broken, and where."""

    rule: Rule
    defect: Defect
