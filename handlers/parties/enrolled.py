"""What is enrolled, as somebody who is about to change it finds it: it is locked, and what is missing is told."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers.parties.directory import Directory
from handlers.parties.forms import EnrolmentError
from handlers.parties.model import Agency, Mandate, Representative, System
from handlers.store import directory


def directory_to_change(connection: Connection) -> Directory:
    """Everything that is enrolled; nobody else changes it before the transaction of `connection` ends."""
    directory.lock(connection)
    return directory.load(connection)


def agency_of(known: Directory, code: str) -> Agency:
    """The agency of that code; raises `EnrolmentError` when there is none."""
    found = known.agencies.get(code)
    if found is None:
        raise EnrolmentError(
            f"agency {code} is not enrolled; enrol it first (gateway agency add)",
            f"{code} qurumu qeydiyyatda deyil; əvvəlcə onu qeydiyyata alın (gateway agency add)",
        )
    return found


def system_of(known: Directory, code: str) -> System:
    """The system of that code; raises `EnrolmentError` when there is none."""
    found = known.systems.get(code)
    if found is None:
        raise EnrolmentError(
            f"system {code} is not enrolled; enrol it first (gateway system add)",
            f"{code} sistemi qeydiyyatda deyil; əvvəlcə onu qeydiyyata alın (gateway system add)",
        )
    return found


def representative_of(known: Directory, fin: str) -> Representative:
    """The representative of that FIN; raises `EnrolmentError` when there is none."""
    found = known.representatives.get(fin)
    if found is None:
        raise EnrolmentError(
            f"representative {fin} is not enrolled; enrol the person first (gateway representative add)",
            f"{fin} nümayəndəsi qeydiyyatda deyil; əvvəlcə onu qeydiyyata alın (gateway representative add)",
        )
    return found


def mandate_of(known: Directory, code: str) -> Mandate:
    """The mandate of that code; raises `EnrolmentError` when there is none."""
    found = known.mandates.get(code)
    if found is None:
        raise EnrolmentError(
            f"mandate {code} is not enrolled; enrol it first (gateway mandate add)",
            f"{code} səlahiyyətnaməsi qeydiyyatda deyil; əvvəlcə onu qeydiyyata alın (gateway mandate add)",
        )
    return found


def free_certificate(known: Directory, fingerprint: str) -> None:
    """Raise `EnrolmentError` when the certificate was ever enrolled, for a system or a person, withdrawn or not."""
    of_system = known.system_by_certificate.get(fingerprint)
    of_person = known.representative_by_certificate.get(fingerprint)
    owner = of_system[0].code if of_system else of_person[0].fin if of_person else None
    free("certificate", "sertifikat", fingerprint, {} if owner is None else {fingerprint: owner})


def free_login(known: Directory, login: str | None) -> None:
    """Raise `EnrolmentError` when a system or a person has the login."""
    if login is None:
        return
    system, person = known.system_by_login.get(login), known.representative_by_login.get(login)
    owner = system.code if system else person.fin if person else None
    free("login", "login", login, {} if owner is None else {login: owner})


def free(what: str, what_az: str, value: str, taken: dict[str, str]) -> None:
    """Raise `EnrolmentError` when `value` belongs to somebody in `taken`."""
    if value in taken:
        raise EnrolmentError(
            f"{what} {value} belongs to {taken[value]} already, for good; give another one",
            f"{what_az} {value} artıq {taken[value]} adınadır və həmişəlik elədir; başqasını verin",
        )
