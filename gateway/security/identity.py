"""Who is asking, and whether they may: from a verified envelope to a `Caller`, and no further without a right.

A system is its enrolled certificate (fingerprint, and issuer with serial number beside it); a person is a representative
of the same agency, by login and password in a signed UsernameToken or by the certificate on a signed file. Text in
names decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final

from gateway.faults import RefusalError
from gateway.security.model import CertificateIdentity, UsernameCredentials, VerifiedEnvelope
from gateway.security.passwords import password_matches
from handlers.parties.model import Caller, Directory, Representative, System

DENIED: Final = "client.access.denied"
FAILED: Final = "client.security.failed-check"
AUTHENTICATION: Final = "client.security.authentication-failed"

_BAKU: Final = timezone(timedelta(hours=4))
"""Periods of authority are counted in the country's calendar days (UTC+4 all year since 2016)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The calling system and, if a UsernameToken named one, the person who acts through it."""

    caller: Caller
    person: Representative | None = None


def identify(envelope: VerifiedEnvelope, directory: Directory, now: datetime) -> Identity:
    """The enrolled system that signed, and the person its UsernameToken names.

    Raises `RefusalError`: `client.security.failed-check` for a signer that is not enrolled (the same text as for a wrong
    signature), `client.security.authentication-failed` for a person.
    """
    system = _system(envelope.signer, directory)
    agency = directory.agencies.get(system.agency)
    if agency is None:
        raise RefusalError(FAILED, "ID.AGENCY.UNKNOWN")
    caller = Caller(
        agency=agency.code,
        system=system.code,
        tier=agency.tier,
        operations=system.operations,
        provides_document_types=agency.provides_document_types,
    )
    person = None if envelope.user is None else _authenticate(envelope.user, agency.code, directory, now)
    return Identity(caller, person)


def authorise(caller: Caller, operation: str) -> None:
    """Refuse (`client.access.denied`) an `operation` (`service.Operation`) that was not granted to the system by name."""
    if operation not in caller.operations:
        raise RefusalError(DENIED, "ACCESS.OPERATION")


def representative_of(caller: Caller, fin: str, directory: Directory, now: datetime) -> Representative:
    """The person with `fin`, if they may act for the caller's agency today; otherwise `client.access.denied`."""
    person = directory.representatives.get(fin)
    if person is None or not person.has_authority(caller.agency, day_of(now)):
        raise RefusalError(DENIED, "ACCESS.REPRESENTATIVE")
    return person


def representative_by_certificate(
    signer: CertificateIdentity, caller: Caller, directory: Directory, now: datetime
) -> Representative:
    """The person whose enrolled certificate made a signature, if they may act for the caller's agency today.

    Raises `RefusalError` (`client.access.denied`) otherwise.
    """
    for person in directory.representatives.values():
        if person.fingerprint == signer.fingerprint and person.has_authority(caller.agency, day_of(now)):
            return person
    raise RefusalError(DENIED, "ACCESS.REPRESENTATIVE.CERTIFICATE")


def day_of(now: datetime) -> date:
    """The calendar day in Azerbaijan at `now`."""
    return now.astimezone(_BAKU).date()


def _system(signer: CertificateIdentity, directory: Directory) -> System:
    system = directory.systems.get(signer.fingerprint)
    if system is None:
        raise RefusalError(FAILED, "ID.SYSTEM.UNKNOWN")
    if system.fingerprint != signer.fingerprint or (system.issuer, system.serial) != (signer.issuer, signer.serial):
        raise RefusalError(FAILED, "ID.SYSTEM.MISMATCH")
    if not system.active:
        raise RefusalError(FAILED, "ID.SYSTEM.INACTIVE")
    return system


def _authenticate(user: UsernameCredentials, agency: str, directory: Directory, now: datetime) -> Representative:
    """The representative with this login and password; the password is checked first, whatever else is wrong."""
    person = next((p for p in directory.representatives.values() if p.login == user.username), None)
    matches = password_matches(person.password_hash if person else None, user.password)
    if person is None or not matches:
        raise RefusalError(AUTHENTICATION, "ID.PERSON.PASSWORD" if person else "ID.PERSON.UNKNOWN")
    if not person.has_authority(agency, day_of(now)):
        raise RefusalError(AUTHENTICATION, "ID.PERSON.AUTHORITY")
    return person
