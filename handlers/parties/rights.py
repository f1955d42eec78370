"""Rights: an operation, and how far it reaches into the registers. What is not granted is denied.

Which operations reach into what is a table. An operation that reaches into registers is granted for named ones, or
for every one by a word of its own (`EVERY`); a right that names none reaches into none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from handlers.record import Record

EVERY: Final = "*"
"""Stands for every register, or every type of document, also for those that are yet to come."""

READ_RESTRICTED: Final = "registration.ReadRestricted"
"""The right to see other agencies' entries whole. Granted like an operation, by its full name only; nobody calls it."""

STATISTICS_OF_ALL: Final = "registration.StatisticsOfAll"
"""The right to figures of every agency's cases. Granted likewise."""

UNCALLED: Final = frozenset({READ_RESTRICTED, STATISTICS_OF_ALL})
"""Rights that are no operations of the contract: they widen what operations answer."""


class Reach(Enum):
    """What a right is measured in, beside its operation."""

    REGISTER = "register"
    DOCUMENT_TYPE = "document type"


REACH: Final[Mapping[str, Reach]] = MappingProxyType(
    {
        "registration.ValidateCard": Reach.REGISTER,
        "registration.SubmitRegistration": Reach.REGISTER,
        "registration.SubmitAppeal": Reach.REGISTER,
        "registration.Resubmit": Reach.REGISTER,
        "registration.WithdrawCase": Reach.REGISTER,
        "registration.FileDestructionProof": Reach.REGISTER,
        "registration.GetCase": Reach.REGISTER,
        "registration.GetEntry": Reach.REGISTER,
        "registration.GetExtract": Reach.REGISTER,
        "registration.SearchEntries": Reach.REGISTER,
        "registration.ListCases": Reach.REGISTER,
        READ_RESTRICTED: Reach.REGISTER,
        "registration.GetStatistics": Reach.REGISTER,
        STATISTICS_OF_ALL: Reach.REGISTER,
        "documents.CheckDocuments": Reach.DOCUMENT_TYPE,
        "documents.ReportInvalidDocuments": Reach.DOCUMENT_TYPE,
    }
)
"""The operations whose requests are about a register or about documents; all others are granted as they are."""


class Extent(Record, frozen=True, kw_only=True):
    """How far one request reaches: codes of registers and of document types, or `EVERY` where it may touch any."""

    registers: frozenset[str] = frozenset()
    document_types: frozenset[str] = frozenset()


class Right(Record, frozen=True, kw_only=True):
    """What a system, or an agency for another one, may do: one operation and how far it reaches."""

    operation: str
    """`service.Operation`."""
    registers: tuple[str, ...] = ()
    """Codes of registers, or (`EVERY`,); empty: none, as for operations that reach into no register."""
    document_types: tuple[str, ...] = ()
    """Codes of document types, or (`EVERY`,); empty: none."""

    def covers(self, extent: Extent) -> bool:
        """Whether all that `extent` names lies inside this right."""
        return _covers(self.registers, extent.registers) and _covers(self.document_types, extent.document_types)


def right_to(operation: str, codes: Iterable[str] = (EVERY,)) -> Right:
    """A right to `operation` for `codes` of what it reaches into, sorted; of what it does not reach into, nothing."""
    named = frozenset(codes)
    reached = (EVERY,) if EVERY in named else tuple(sorted(named))
    match REACH.get(operation):
        case Reach.REGISTER:
            return Right(operation=operation, registers=reached)
        case Reach.DOCUMENT_TYPE:
            return Right(operation=operation, document_types=reached)
        case None:
            return Right(operation=operation)


def joined(one: Right, other: Right) -> Right:
    """A right that covers what either of the two covers; both are of the same operation."""
    if one.operation != other.operation:
        raise ValueError("rights to different operations do not join")
    return right_to(one.operation, (*codes_of(one), *codes_of(other)))


def codes_of(right: Right) -> tuple[str, ...]:
    """The codes that `right` names, whichever it is measured in."""
    return right.registers or right.document_types


def _covers(granted: tuple[str, ...], needed: frozenset[str]) -> bool:
    return EVERY in granted or needed <= frozenset(granted)
