"""Reading extracts: for the owner, for the operator, and for anybody who holds one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from handlers.extracts.codes import read_code
from handlers.extracts.model import Extract, ExtractFiles, ExtractForm, ExtractStanding, Verification
from handlers.registration.entries import present_entry
from handlers.registration.model import EntryStatus
from handlers.store import extracts

if TYPE_CHECKING:
    from sqlalchemy import Connection


def get_extract(connection: Connection, agency: str | None, number: str) -> Extract | None:
    """The extract of that number, when `agency` owned the entry in the version it is of; else None.

    An extract holds the whole card, so whoever owns the entry now gets none of the versions that were another's.
    `agency` is None for whoever may see the restricted fields of the register: the owner is not looked at.
    """
    extract = extracts.find(connection, number)
    return extract if extract is not None and agency in (None, extract.owner) else None


def get_extract_of_entry(
    connection: Connection, agency: str | None, entry_number: str, now: datetime
) -> Extract | None:
    """The latest extract of the version that is true now, for its owner; None: there is none for `agency`.

    `agency` is as for `get_extract`.
    """
    entry = present_entry(connection, entry_number, now)
    if entry is None or agency not in (None, entry.owner):
        return None
    return extracts.find_latest(connection, entry_number, entry.version)


def list_extracts(connection: Connection, entry_number: str) -> list[Extract]:
    """Every issue of every version of an entry, oldest first."""
    return extracts.list_of_entry(connection, entry_number)


def find_extract(connection: Connection, number: str) -> Extract | None:
    """The extract of that number, whoever it was issued to: for the operator."""
    return extracts.find(connection, number)


def files_of(connection: Connection, extract: Extract) -> ExtractFiles:
    """The two files of an extract, byte for byte as they were issued."""
    return extracts.files(connection, extract.number)


def standing_of(connection: Connection, extract: Extract, now: datetime) -> tuple[ExtractStanding, str | None]:
    """How the extract stands to the register at `now`, and the number of the one issued in its place, if there is one.

    That an extract was issued again makes it no less true: superseded it is by a newer version of the entry.
    """
    entry = present_entry(connection, extract.entry_number, now)
    standing = ExtractStanding.VOID
    if entry is not None:
        standing = ExtractStanding.CURRENT if entry.version == extract.version else ExtractStanding.SUPERSEDED
    if entry is not None and entry.status is EntryStatus.CANCELLED:
        standing = ExtractStanding.CANCELLED
    return standing, extracts.reissued_as(connection, extract.number)


def verify_extract(connection: Connection, typed: str, digest: str | None, now: datetime) -> Verification | None:
    """What there is to say of the extract with the verification code that was `typed`; None: no extract has it.

    `digest` is the SHA-256 (lower-case hexadecimal) of the file that the asker holds.
    """
    code = read_code(typed)
    extract = None if code is None else extracts.find_by_code(connection, code)
    if extract is None:
        return None
    standing, reissued_as = standing_of(connection, extract, now)
    forms = {extract.xml_digest: ExtractForm.XML, extract.pdf_digest: ExtractForm.PDF}
    return Verification(
        extract=extract,
        standing=standing,
        reissued_as=reissued_as,
        matches=None if digest is None else forms.get(digest),
    )
