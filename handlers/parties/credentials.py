"""Logins and the hashes of their passwords: issued by the operator, changed by whoever has the password.

Each function runs inside one unit of work. A password is never seen here, only what Argon2id made of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from handlers.parties.attempts import forgive
from handlers.parties.enrolled import directory_to_change, representative_of, system_of
from handlers.parties.forms import EnrolmentError, check
from handlers.parties.model import Act, PartyKind, Representative, System
from handlers.record import Record
from handlers.store import directory

ISSUED_FOR: Final = timedelta(days=14)
"""How long a password that the operator issued may wait for being changed (ASVS 5.0, 6.4.1)."""


class Credential(Record, frozen=True, kw_only=True):
    """The password of a party, as far as it is kept."""

    kind: PartyKind
    party: str
    """Code of the system, FIN of the representative."""
    login: str
    password_hash: str | None = None
    must_change: bool = False
    """The operator issued it: it is good for nothing but being changed."""
    changed_at: datetime | None = None

    def is_expired(self, now: datetime) -> bool:
        """Whether it was issued so long ago that it is good for nothing at all."""
        return self.must_change and (self.changed_at is None or now - self.changed_at > ISSUED_FOR)


class CredentialChangedError(Exception):
    """The password was changed or issued anew since it was looked at; nothing was changed now."""


def credential_of(party: System | Representative) -> Credential | None:
    """The credential of a party; None when it has no login."""
    if party.login is None:
        return None
    is_system = isinstance(party, System)
    return Credential(
        kind=PartyKind.SYSTEM if is_system else PartyKind.REPRESENTATIVE,
        party=party.code if isinstance(party, System) else party.fin,
        login=party.login,
        password_hash=party.password_hash,
        must_change=party.password_must_change,
        changed_at=party.password_changed_at,
    )


def find_credential(connection: Connection, kind: PartyKind, login: str) -> Credential | None:
    """The credential of that login as the store has it now; None when no party of that kind has it."""
    row = directory.find_login(connection, kind, login)
    if row is None:
        return None
    return Credential(
        kind=kind,
        party=row["party"],
        login=login,
        password_hash=row["password_hash"],
        must_change=row["password_must_change"],
        changed_at=row["password_changed_at"],
    )


def issue_password(connection: Connection, kind: PartyKind, party: str, password_hash: str, act: Act) -> str:
    """Give a party a password that must be changed at first use, and unlock its account; returns its login.

    Raises `EnrolmentError` when there is no such party or it has no login.
    """
    check("password hash", password_hash)
    known = directory_to_change(connection)
    found = system_of(known, party) if kind is PartyKind.SYSTEM else representative_of(known, party)
    if found.login is None:
        raise EnrolmentError(
            f"{party} was enrolled without a login; a password cannot be issued",
            f"{party} login olmadan qeydiyyata alınıb; parol vermək mümkün deyil",
        )
    _set(connection, kind, party, password_hash, act, "PASSWORD_ISSUED", must_change=True)
    forgive(connection, kind, found.login, act.at)
    return found.login


def change_password(connection: Connection, credential: Credential, password_hash: str, now: datetime) -> None:
    """Put another password in the place of the one that `credential` has.

    Raises `CredentialChangedError` when that one is not the party's any more.
    """
    check("password hash", password_hash)
    directory.lock(connection)
    found = find_credential(connection, credential.kind, credential.login)
    if found is None or (found.party, found.password_hash) != (credential.party, credential.password_hash):
        raise CredentialChangedError
    act = Act(by=credential.party, at=now, reason="bus.ChangePassword")
    _set(connection, credential.kind, credential.party, password_hash, act, "PASSWORD_CHANGED", must_change=False)


def _set(
    connection: Connection,
    kind: PartyKind,
    party: str,
    password_hash: str,
    act: Act,
    event: str,
    *,
    must_change: bool,
) -> None:
    directory.set_password(connection, kind, party, password_hash, must_change=must_change, at=act.at)
    directory.count_change(connection)
    directory.add_change(connection, kind, party, event, "", act)
