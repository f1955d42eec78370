"""The two doors: a signature, or, for systems enrolled as password only, a password over TLS. There is no third.

The signed door is tried first and judges everything that has a Signature. Only what it found to have none may try the
other one, and whoever does not get in there is told what everybody is told who did not sign.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import structlog

from gateway.faults import RefusalError
from gateway.security.authentication import Authenticator, Proof
from gateway.security.identity import (
    AUTHENTICATION,
    claim_of_person,
    claim_of_system,
    person_of,
    recognise,
    recognise_by_password,
)
from gateway.security.model import VerifiedEnvelope
from gateway.security.policy import Policy
from gateway.security.structure import FAILED, NotSignedError
from gateway.security.unsigned_message import PasswordEnvelope, opened, read_unsigned
from gateway.soap.http import Call
from handlers.parties.directory import Directory
from handlers.parties.model import Caller, Representative
from handlers.store.ports import StoreUnavailableError

_log = structlog.get_logger(__name__)

Envelope: TypeAlias = VerifiedEnvelope | PasswordEnvelope
Verify: TypeAlias = Callable[[bytes, str, datetime, Directory], VerifiedEnvelope]

_PASSWORDS_KNOWN_FOR: Final = 300.0
"""Seconds since the directory was last known to be the newest, within which its passwords are taken. Much shorter than
signatures count: a password is changed because somebody else may know it, and that somebody needs no key."""

_NOBODY: Final = (None, None)


@dataclass(frozen=True, slots=True)
class Entrance:
    """Verifies messages and finds out who sent them. Shared by all request threads."""

    verify: Verify
    """`verify(bytes, service, now, directory)`: the verifier with trust and policy already handed in."""
    policy: Callable[[str], Policy]
    """The limits of messages to a service."""
    people: Authenticator
    """Judges the passwords of representatives, in messages whose sender is proven."""
    systems: Authenticator
    """Judges the passwords of systems."""
    passwords: Callable[[Call], bool]
    """Tells whether a password may come the way that a call came."""
    directory_age: Callable[[], float]
    """Seconds since what is known of the parties was last known to be the newest."""

    def verified(self, call: Call, now: datetime, directory: Directory) -> Envelope:
        """What was sent, and the proof of who sent it; raises `RefusalError`."""
        try:
            return self.verify(call.body, call.service, now, directory)
        except NotSignedError:
            if not directory.system_by_login:
                raise  # nobody may come without a signature: no password is looked at
            return self._unsigned(call, now, directory)

    def _unsigned(self, call: Call, now: datetime, directory: Directory) -> PasswordEnvelope:
        if not self.passwords(call):
            raise RefusalError(FAILED, "UNSIGNED.CONNECTION")
        self._require_known_passwords()
        policy = self.policy(call.service)
        message = read_unsigned(call.body, policy)
        proof = self.systems.prove(claim_of_system(message.user, directory, call.address), now, FAILED)
        return opened(message, proof, now, policy)

    def caller(self, envelope: Envelope, call: Call, directory: Directory) -> Caller:
        """The enrolled system that sent it; raises `RefusalError` when there is none."""
        if isinstance(envelope, VerifiedEnvelope):
            return recognise(envelope, directory, call.address)
        caller = recognise_by_password(envelope.proof, directory, call.address)
        _log.info("call.by-password", agency=caller.agency, system=caller.system, assurance=caller.assurance.value)
        return caller

    def person(
        self, envelope: Envelope, caller: Caller, call: Call, now: datetime, directory: Directory
    ) -> tuple[Representative, Proof] | tuple[None, Proof | None]:
        """Who acts, with the proof of the password in the message; without a UsernameToken, nobody.

        In an unsigned message the UsernameToken is the system's and names no person. Raises `RefusalError`.
        """
        if isinstance(envelope, PasswordEnvelope):
            return None, envelope.proof
        if envelope.user is None:
            return _NOBODY
        if not self.passwords(call):
            raise RefusalError("client.security.password-refused", reason="PERSON.CONNECTION")
        self._require_known_passwords()
        claim = claim_of_person(envelope.user, caller, directory, now, call.address)
        proof = self.people.prove(claim, now, AUTHENTICATION)
        return person_of(proof, directory), proof

    def _require_known_passwords(self) -> None:
        """Raise `StoreUnavailableError` when a password may have been changed or taken back since it was read."""
        if self.directory_age() > _PASSWORDS_KNOWN_FOR:
            raise StoreUnavailableError("what is known of the passwords is too old")
