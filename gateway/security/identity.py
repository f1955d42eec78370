"""Who is asking, and whether they may: from a verified envelope to a `Caller`, and no further without a right.

A system is its enrolled certificate (fingerprint, and issuer with serial number beside it); a person is a
representative of the same agency, by login and password in a signed UsernameToken or by the certificate on a signed
file. Text in names decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.faults import RefusalError
from gateway.security.model import CertificateIdentity, VerifiedEnvelope
from gateway.security.passwords import password_matches
from handlers.parties.model import Caller, Directory, Representative, System
from handlers.rules.clocks import civil_day

DENIED: Final = "client.access.denied"
FAILED: Final = "client.security.failed-check"
AUTHENTICATION: Final = "client.security.authentication-failed"

day_of: Final = civil_day
"""Periods of authority are counted in the country's calendar days."""


def recognise(envelope: VerifiedEnvelope, directory: Directory) -> Caller:
    """The enrolled system that signed the message.

    Raises `RefusalError` (`client.security.failed-check`, the same as for a wrong signature) when there is none.
    """
    system = _system(envelope.signer, directory)
    agency = directory.agencies.get(system.agency)
    if agency is None:
        raise RefusalError(FAILED, "ID.AGENCY.UNKNOWN")
    return Caller(
        agency=agency.code,
        system=system.code,
        tier=agency.tier,
        operations=system.operations,
        provides_document_types=agency.provides_document_types,
    )


def person_of(envelope: VerifiedEnvelope, caller: Caller, directory: Directory, now: datetime) -> Representative | None:
    """The representative whose login and password the message carries; None when it carries no UsernameToken.

    Raises `RefusalError` (`client.security.authentication-failed`) when they are wrong, whatever is wrong about them.
    Takes some 20 ms: that is what keeps passwords hard to guess.
    """
    user = envelope.user
    if user is None:
        return None
    person = next((p for p in directory.representatives.values() if p.login == user.username), None)
    matches = password_matches(person.password_hash if person else None, user.password)
    if person is None or not matches:
        raise RefusalError(AUTHENTICATION, "ID.PERSON.PASSWORD" if person else "ID.PERSON.UNKNOWN")
    if not person.has_authority(caller.agency, day_of(now)):
        raise RefusalError(AUTHENTICATION, "ID.PERSON.AUTHORITY")
    return person


@dataclass(frozen=True, slots=True)
class Authorised:
    """A caller together with the one operation that it was found to have the right to. Only `authorise` makes it."""

    caller: Caller
    operation: str
    """`service.Operation`."""


def authorise(caller: Caller, operation: str) -> Authorised:
    """The proof that `operation` (`service.Operation`) was granted to the system by name.

    Raises `RefusalError` (`client.access.denied`) for every other operation.
    """
    if operation not in caller.operations:
        raise RefusalError(DENIED, "ACCESS.OPERATION")
    return Authorised(caller, operation)


def representative_of(caller: Caller, fin: str, directory: Directory, now: datetime) -> Representative:
    """The person with `fin`, if they may act for the caller's agency today; otherwise `client.access.denied`."""
    person = directory.representatives.get(fin)
    if person is None or not person.has_authority(caller.agency, day_of(now)):
        raise RefusalError(DENIED, "ACCESS.REPRESENTATIVE")
    return person


def holder_of(certificate: CertificateIdentity, directory: Directory) -> Representative | None:
    """The person for whom this very certificate is enrolled; whether they may act is for the caller to ask."""
    return next((p for p in directory.representatives.values() if p.fingerprint == certificate.fingerprint), None)


def _system(signer: CertificateIdentity, directory: Directory) -> System:
    system = directory.systems.get(signer.fingerprint)
    if system is None:
        raise RefusalError(FAILED, "ID.SYSTEM.UNKNOWN")
    if system.fingerprint != signer.fingerprint or (system.issuer, system.serial) != (signer.issuer, signer.serial):
        raise RefusalError(FAILED, "ID.SYSTEM.MISMATCH")
    if not system.active:
        raise RefusalError(FAILED, "ID.SYSTEM.INACTIVE")
    return system
