"""Extracts: what one says, how it came to be issued, and how it stands to the entry since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handlers.record import Record
from handlers.registration.model import Entry, EntryStatus, Register


class ExtractReason(StrEnum):
    """Why an extract was issued."""

    ENTERED = "ENTERED"
    REQUESTED = "REQUESTED"
    REISSUED = "REISSUED"


class ExtractStanding(StrEnum):
    """How what an extract says stands to what the register says at present."""

    CURRENT = "CURRENT"
    SUPERSEDED = "SUPERSEDED"
    CANCELLED = "CANCELLED"
    VOID = "VOID"
    """The entry was entered by mistake: the register says it no longer."""


class ExtractForm(StrEnum):
    """The two files of an extract."""

    XML = "XML"
    PDF = "PDF"


class Extract(Record, frozen=True, kw_only=True):
    """One issue of an extract, as it is on record. Its two files are kept beside it, byte for byte."""

    number: str
    """For example `2026/IR-E-000045`, gap-free per register and year."""
    verification_code: str
    """What anybody can verify it by; unguessable (see `handlers.extracts.codes`)."""
    register: Register
    entry_number: str
    version: int
    status: EntryStatus
    owner: str
    """Code of the agency that owned the entry in this version; the extract is issued to it."""
    valid_from: datetime
    recorded_at: datetime
    case_number: str | None = None
    reason: ExtractReason
    note: str | None = None
    """Why it was issued, in the words of whoever issued it, for example the letter that asked for it."""
    issued_at: datetime
    """In UTC, whole seconds, as the seals say it."""
    issued_by: str
    """Actor: who issued it."""
    reissues: str | None = None
    """Number of the extract of the same version that this one is issued in place of."""
    xml_digest: str
    """SHA-256 of the sealed XML, 64 lower-case hexadecimal digits."""
    pdf_digest: str
    """The same of the sealed PDF."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractDraft:
    """Everything an extract is made from, all that is unknown being its two files."""

    number: str
    verification_code: str
    entry: Entry
    owner_name_az: str | None
    """Name of the owner as it is enrolled; None: the agency is not known under that code any more."""
    owner_name_en: str | None
    case_number: str | None
    reason: ExtractReason
    issued_at: datetime
    reissues: str | None


@dataclass(frozen=True, slots=True)
class ExtractFiles:
    """The two sealed files of an extract; they are kept and handed out as they are."""

    xml: bytes
    pdf: bytes


ExtractMaker = Callable[[ExtractDraft], ExtractFiles]
"""Writes and seals the files of an extract. Made above, where the keys are, and handed in."""


class Verification(Record, frozen=True, kw_only=True):
    """What the register answers to somebody who holds an extract and names its verification code."""

    extract: Extract
    standing: ExtractStanding
    reissued_as: str | None = None
    """Number of the extract that was issued in place of this one; what this one says is as true as before."""
    matches: ExtractForm | None = None
    """The file whose digest was asked about; None: it is neither of them, or no digest was given."""
