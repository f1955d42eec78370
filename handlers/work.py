"""The unit of work a handler is given, and the outcome it returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.messages import NoticeDue
from handlers.receipts.model import Ground
from handlers.rules.clocks import TERMS, Terms

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction on the store and the one moment at which everything in it happens."""

    connection: Connection
    """Handed on to the repositories of `handlers.store`; handlers themselves never write SQL."""
    now: datetime
    terms: Terms = TERMS
    """The terms and the calendar in use here: those that ship, unless the operator has its own."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to: applied when `ground` is None, refused by the register otherwise."""

    subject: str | None = None
    """Number of the case or batch."""
    ground: Ground | None = None
    events: tuple[NoticeDue, ...] = ()
    """Events to leave through the outbox, in the same transaction."""
