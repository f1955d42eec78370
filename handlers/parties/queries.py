"""Reading the directory of enrolled parties."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers.parties.directory import Directory
from handlers.parties.enrolled import representative_of, system_of
from handlers.parties.model import Certificate, PartyChange, PartyKind
from handlers.store import directory


def load_directory(connection: Connection) -> Directory:
    """Every agency, system, representative and mandate, as one snapshot; those that do not count too."""
    return directory.load(connection)


def directory_version(connection: Connection) -> int:
    """Grows by one with every change to the directory; 0: nobody was enrolled yet."""
    return directory.version(connection)


def newer_directory(connection: Connection, known: int) -> Directory | None:
    """The directory, or None when version `known` is still the newest; costs one small read then."""
    return None if directory.version(connection) == known else directory.load(connection)


def party_history(connection: Connection, kind: PartyKind, party: str) -> tuple[PartyChange, ...]:
    """What was changed about a party since it was enrolled, oldest first: by whom, when and why."""
    return directory.changes(connection, kind, party)


def certificates_of(connection: Connection, kind: PartyKind, party: str) -> tuple[Certificate, ...]:
    """All certificates of a system or a person, oldest first; raises `EnrolmentError` when it is not enrolled."""
    known = directory.load(connection)
    if kind is PartyKind.REPRESENTATIVE:
        return representative_of(known, party).certificates
    return system_of(known, party).certificates
