"""Enrolling parties: the operator's commands, each to be run inside one unit of work.

Enrolling the same thing again changes nothing; enrolling something else under a key that is taken is an error.
All raise `EnrolmentError`.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace
from sqlalchemy import Connection

from handlers.parties.forms import EnrolmentError, check, check_each, require
from handlers.parties.model import Agency, Directory, Representative, System
from handlers.store import directory


def add_agency(connection: Connection, agency: Agency) -> None:
    """Enrol a state body."""
    check("agency code", agency.code)
    check("tax id", agency.tax_id)
    check_each("document type", agency.provides_document_types)
    require("name (az)", "ad (az)", agency.name_az)
    require("name (en)", "ad (en)", agency.name_en)
    if agency.email is not None:
        check("e-mail address", agency.email)
    known = directory.load(connection)
    if _is_enrolled(f"agency {agency.code}", f"{agency.code} qurumu", known.agencies.get(agency.code), agency):
        return
    _free("tax id", "VÖEN", agency.tax_id, {other.tax_id: other.code for other in known.agencies.values()})
    directory.count_change(connection)
    directory.add_agency(connection, agency)


def add_system(connection: Connection, system: System) -> None:
    """Enrol a computer of an agency by its certificate, with the operations it may call."""
    check("system code", system.code)
    check("certificate fingerprint", system.fingerprint)
    check("certificate serial number", system.serial)
    check_each("operation", system.operations)
    require("name", "ad", system.name)
    require("certificate issuer", "sertifikatı verən", system.issuer)
    wanted = replace(system, operations=tuple(sorted(set(system.operations))))
    known = directory.load(connection)
    by_code = {other.code: other for other in known.systems.values()}
    if _is_enrolled(f"system {system.code}", f"{system.code} sistemi", by_code.get(system.code), wanted):
        return
    _agency_of(known, system.agency)
    _free(
        "certificate",
        "sertifikat",
        system.fingerprint,
        {other.fingerprint: other.code for other in known.systems.values()},
    )
    directory.count_change(connection)
    directory.add_system(connection, wanted)


def grant(connection: Connection, system_code: str, operations: Iterable[str]) -> None:
    """Let a system call further operations; those it may call already are left as they are."""
    wanted = tuple(operations)
    check_each("operation", wanted)
    system = next((one for one in directory.load(connection).systems.values() if one.code == system_code), None)
    if system is None:
        raise EnrolmentError(
            f"system {system_code} is not enrolled; enrol it first",
            f"{system_code} sistemi qeydiyyatda deyil; əvvəlcə onu qeydiyyata alın",
        )
    new = sorted(set(wanted) - set(system.operations))
    if new:
        directory.count_change(connection)
        directory.add_operations(connection, system_code, new)


def add_representative(connection: Connection, person: Representative) -> None:
    """Enrol an authorised person of an agency, by certificate, by login and password hash, or by both."""
    check("FIN", person.fin)
    check("identity card", person.identity_card)
    require("surname", "soyad", person.surname)
    require("name", "ad", person.name)
    _check_means(person)
    if person.valid_to < person.valid_from:
        raise EnrolmentError(
            f"period of authority: {person.valid_to} is before {person.valid_from}; swap them",
            f"səlahiyyət müddəti: {person.valid_to} tarixi {person.valid_from} tarixindən əvvəldir; yerlərini dəyişin",
        )
    known = directory.load(connection)
    if _is_enrolled(
        f"representative {person.fin}", f"{person.fin} nümayəndəsi", known.representatives.get(person.fin), person
    ):
        return
    _agency_of(known, person.agency)
    others = known.representatives.values()
    _free(
        "identity card",
        "şəxsiyyət vəsiqəsi",
        person.identity_card,
        {other.identity_card: other.fin for other in others},
    )
    _free("login", "login", person.login, {other.login: other.fin for other in others})
    _free("certificate", "sertifikat", person.fingerprint, {other.fingerprint: other.fin for other in others})
    directory.count_change(connection)
    directory.add_representative(connection, person)


def _check_means(person: Representative) -> None:
    """The two official ways to confirm a document: a card's certificate, or login and password."""
    if person.fingerprint is not None:
        check("certificate fingerprint", person.fingerprint)
    if (person.login is None) != (person.password_hash is None):
        raise EnrolmentError(
            "login and password belong together; give both or neither",
            "login və parol birlikdə olur; hər ikisini verin və ya heç birini",
        )
    if person.login is not None and person.password_hash is not None:
        check("login", person.login)
        check("password hash", person.password_hash)
    if person.fingerprint is None and person.login is None:
        raise EnrolmentError(
            "means of confirmation: give a certificate, or a login with its password, or both",
            "təsdiq vasitəsi: sertifikat, parolu ilə login və ya hər ikisini verin",
        )


def _is_enrolled(
    what: str, what_az: str, enrolled: Agency | System | Representative | None, wanted: Agency | System | Representative
) -> bool:
    if enrolled is None:
        return False
    if enrolled == wanted:
        return True
    different = [name for name in wanted.__struct_fields__ if getattr(enrolled, name) != getattr(wanted, name)]
    raise EnrolmentError(
        f"{what} is enrolled with another {', another '.join(different)}; use another code, or the same",
        f"{what_az} başqa məlumatla qeydiyyatdadır ({', '.join(different)}); başqa kod verin və ya eyni məlumatı",
    )


def _agency_of(known: Directory, code: str) -> None:
    if code not in known.agencies:
        raise EnrolmentError(
            f"agency {code} is not enrolled; enrol it first (gateway agency add)",
            f"{code} qurumu qeydiyyatda deyil; əvvəlcə onu qeydiyyata alın (gateway agency add)",
        )


def _free(what: str, what_az: str, value: str | None, taken: dict[str, str] | dict[str | None, str]) -> None:
    if value is not None and value in taken:
        raise EnrolmentError(
            f"{what} {value} belongs to {taken[value]} already; give another one",
            f"{what_az} {value} artıq {taken[value]} adınadır; başqasını verin",
        )
