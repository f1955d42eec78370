"""Enrolling parties: the operator's commands, each to be run inside one unit of work.

Enrolling the same thing again changes nothing; enrolling something else under a key that is taken is an error.
All raise `EnrolmentError`. What may be changed about parties afterwards is in `handlers.parties.changes`.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace
from sqlalchemy import Connection

from handlers.parties.enrolled import agency_of, directory_to_change, free, free_certificate, free_login, system_of
from handlers.parties.forms import EnrolmentError, check, check_each, require
from handlers.parties.model import Agency, Certificate, Mandate, Representative, System, lowest
from handlers.parties.password_only import require_password_only
from handlers.parties.terms import checked_addresses, checked_rights
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
    known = directory_to_change(connection)
    if _is_enrolled(f"agency {agency.code}", f"{agency.code} qurumu", known.agencies.get(agency.code), agency):
        return
    free("tax id", "VÖEN", agency.tax_id, {other.tax_id: other.code for other in known.agencies.values()})
    directory.count_change(connection)
    directory.add_agency(connection, agency)


def add_system(connection: Connection, system: System) -> None:
    """Enrol a computer of an agency by its certificates, or as password only, with what it may do."""
    check("system code", system.code)
    require("name", "ad", system.name)
    for certificate in system.certificates:
        check_certificate(certificate)
    _check_means_of_system(system)
    wanted = replace(system, rights=checked_rights(system.rights), addresses=checked_addresses(system.addresses))
    known = directory_to_change(connection)
    if _is_enrolled(f"system {system.code}", f"{system.code} sistemi", known.systems.get(system.code), wanted):
        return
    agency = agency_of(known, system.agency)
    check_tier(agency, system)
    for certificate in system.certificates:
        free_certificate(known, certificate.fingerprint)
    free_login(known, system.login)
    directory.count_change(connection)
    directory.add_system(connection, wanted)


def add_representative(connection: Connection, person: Representative) -> None:
    """Enrol an authorised person of an agency, by certificate, by login and password hash, or by both."""
    check("FIN", person.fin)
    check("identity card", person.identity_card)
    require("surname", "soyad", person.surname)
    require("name", "ad", person.name)
    _check_means_of_person(person)
    _check_period("period of authority", "səlahiyyət müddəti", person.valid_from, person.valid_to)
    known = directory_to_change(connection)
    if _is_enrolled(
        f"representative {person.fin}", f"{person.fin} nümayəndəsi", known.representatives.get(person.fin), person
    ):
        return
    agency_of(known, person.agency)
    cards = {other.identity_card: other.fin for other in known.representatives.values()}
    free("identity card", "şəxsiyyət vəsiqəsi", person.identity_card, cards)
    free_login(known, person.login)
    for certificate in person.certificates:
        free_certificate(known, certificate.fingerprint)
    directory.count_change(connection)
    directory.add_representative(connection, person)


def add_mandate(connection: Connection, mandate: Mandate) -> None:
    """Enrol that one agency may act for another, in what, and how long."""
    check("mandate code", mandate.code)
    _check_period("period of the mandate", "səlahiyyətnamənin müddəti", mandate.valid_from, mandate.valid_to)
    wanted = replace(mandate, rights=checked_rights(mandate.rights, for_others=True))
    known = directory_to_change(connection)
    if _is_enrolled(
        f"mandate {mandate.code}", f"{mandate.code} səlahiyyətnaməsi", known.mandates.get(mandate.code), wanted
    ):
        return
    agency_of(known, mandate.principal)
    agency_of(known, mandate.agent)
    if mandate.principal == mandate.agent:
        raise EnrolmentError(
            f"an agency needs no mandate to act for itself; name another one than {mandate.agent}",
            f"qurumun öz adından çıxış etməsi üçün səlahiyyətnamə lazım deyil; {mandate.agent} əvəzinə başqasını verin",
        )
    if mandate.system is not None and system_of(known, mandate.system).agency != mandate.agent:
        raise EnrolmentError(
            f"system {mandate.system} is not of {mandate.agent}; name one that is, or none",
            f"{mandate.system} sistemi {mandate.agent} qurumunun deyil; onun sistemini verin və ya heç birini",
        )
    directory.count_change(connection)
    directory.add_mandate(connection, wanted)


def check_certificate(certificate: Certificate) -> None:
    """Raise `EnrolmentError` unless the certificate is given as it must be."""
    check("certificate fingerprint", certificate.fingerprint)
    check("certificate serial number", certificate.serial)
    require("certificate issuer", "sertifikatı verən", certificate.issuer)


def check_tier(agency: Agency, system: System) -> None:
    """Raise `EnrolmentError` when the system would see more than its agency may."""
    if system.tier is not None and lowest(system.tier, agency.tier) is not system.tier:
        raise EnrolmentError(
            f"tier {system.tier} is above the tier of {agency.code}, {agency.tier}; give that or a lower one",
            f"{system.tier} səviyyəsi {agency.code} qurumunun {agency.tier} səviyyəsindən yuxarıdır; ondan yuxarı "
            "olmayanı verin",
        )


def _check_means_of_system(system: System) -> None:
    """A system signs, or, where the operator enrolled it so, has a password; never both (security §0)."""
    _check_login(system.login, system.password_hash)
    if bool(system.certificates) == (system.login is not None):
        raise EnrolmentError(
            "means of a system: give a certificate, or for a password-only system its login; not both",
            "sistemin tanınma vasitəsi: sertifikat, yalnız parolla işləyən sistem üçün isə login verin; "
            "hər ikisini yox",
        )
    if system.login is not None:
        require_password_only(system.operations)


def _check_means_of_person(person: Representative) -> None:
    """The two official ways to confirm a document: a card's certificate, or login and password."""
    for certificate in person.certificates:
        check_certificate(certificate)
    _check_login(person.login, person.password_hash)
    if not person.certificates and person.login is None:
        raise EnrolmentError(
            "means of confirmation: give a certificate, or a login with its password, or both",
            "təsdiq vasitəsi: sertifikat, parolu ilə login və ya hər ikisini verin",
        )


def _check_login(login: str | None, password_hash: str | None) -> None:
    if (login is None) != (password_hash is None):
        raise EnrolmentError(
            "login and password belong together; give both or neither",
            "login və parol birlikdə olur; hər ikisini verin və ya heç birini",
        )
    if login is not None and password_hash is not None:
        check("login", login)
        check("password hash", password_hash)


def _check_period(what: str, what_az: str, first: date, last: date) -> None:
    if last < first:
        raise EnrolmentError(
            f"{what}: {last} is before {first}; swap them",
            f"{what_az}: {last} tarixi {first} tarixindən əvvəldir; yerlərini dəyişin",
        )


Party = Agency | System | Representative | Mandate


def _is_enrolled(what: str, what_az: str, enrolled: Party | None, wanted: Party) -> bool:
    if enrolled is None:
        return False
    if enrolled == wanted:
        return True
    different = [name for name in wanted.__struct_fields__ if getattr(enrolled, name) != getattr(wanted, name)]
    raise EnrolmentError(
        f"{what} is enrolled with another {', another '.join(different)}; use another code, or the same",
        f"{what_az} başqa məlumatla qeydiyyatdadır ({', '.join(different)}); başqa kod verin və ya eyni məlumatı",
    )
