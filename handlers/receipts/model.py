"""Receipts and the status of what was accepted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from handlers.record import Record


class CommandState(StrEnum):
    """Where an accepted command is."""

    ACCEPTED = "ACCEPTED"
    """Accepted and safe in the queue; not applied yet."""
    APPLIED = "APPLIED"
    REFUSED = "REFUSED"
    """The register refused it; the ground says why."""
    UNKNOWN = "UNKNOWN"
    """This gateway never issued the tracking id."""


class Ground(Record, frozen=True, kw_only=True):
    """Why a register refused a command: a stable code and a text for people."""

    code: str
    text_az: str
    text_en: str


class CommandStatus(Record, frozen=True, kw_only=True):
    """What became of an accepted command."""

    tracking_id: str
    state: CommandState
    operation: str | None = None
    received_at: datetime | None = None
    processed_at: datetime | None = None
    subject: str | None = None
    """Number of the case or batch that the command led to."""
    original_tracking_id: str | None = None
    """Set when this was a repetition: the tracking id under which the one effect was made."""
    ground: Ground | None = None


class StoredReceipt(Record, frozen=True, kw_only=True):
    """An intake receipt as it was given, byte for byte."""

    tracking_id: str
    agency: str
    request_id: str
    digest: str
    """SHA-256 of the canonical request, 64 lower-case hexadecimal digits."""
    received_at: datetime
    """As the receipt says; UTC."""
    receipt: bytes
