"""Changing what is enrolled: certificates, rights, networks, tiers, standing. Each runs inside one unit of work.

Every change is one more version of the directory and one row of the party's history, with who made it, when and why.
A call that changes nothing leaves neither. All raise `EnrolmentError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace
from sqlalchemy import Connection

from handlers.parties.commands import check_certificate, check_tier
from handlers.parties.directory import Directory
from handlers.parties.enrolled import (
    agency_of,
    directory_to_change,
    free_certificate,
    mandate_of,
    representative_of,
    system_of,
)
from handlers.parties.forms import EnrolmentError, check_each, require
from handlers.parties.model import Act, Certificate, DisclosureTier, PartyKind
from handlers.parties.password_only import require_password_only
from handlers.parties.rights import Right, codes_of, joined
from handlers.parties.standing import Standing, StandingError, StandingStep, after
from handlers.parties.terms import checked_addresses, checked_rights
from handlers.store import directory

_STANDING_OF: Mapping[PartyKind, Callable[[Directory, str], Standing]] = {
    PartyKind.AGENCY: lambda known, code: agency_of(known, code).standing,
    PartyKind.SYSTEM: lambda known, code: system_of(known, code).standing,
    PartyKind.REPRESENTATIVE: lambda known, fin: representative_of(known, fin).standing,
    PartyKind.MANDATE: lambda known, code: mandate_of(known, code).standing,
}


def change_standing(connection: Connection, kind: PartyKind, party: str, step: StandingStep, act: Act) -> Standing:
    """Suspend, resume or withdraw a party; returns its new standing."""
    _check_act(act)
    before = _STANDING_OF[kind](directory_to_change(connection), party)
    try:
        standing = after(before, step)
    except StandingError as error:
        raise EnrolmentError(
            f"{party} is {before}: {step} does not follow", f"{party}: vəziyyəti {before}; {step} mümkün deyil"
        ) from error
    directory.set_standing(connection, kind, party, standing)
    _record(connection, kind, party, step, "", act)
    return standing


def add_certificate(connection: Connection, kind: PartyKind, party: str, certificate: Certificate, act: Act) -> None:
    """Enrol a further certificate of a system or a person; those there are stay good until withdrawn or expired."""
    check_certificate(certificate)
    _check_act(act)
    known = directory_to_change(connection)
    if certificate in _certificates(known, kind, party):
        return
    if kind is PartyKind.SYSTEM and system_of(known, party).login is not None:
        raise EnrolmentError(
            f"system {party} is enrolled as password only; enrol another system for the certificate",
            f"{party} sistemi yalnız parolla işləyir; sertifikat üçün başqa sistem qeydiyyata alın",
        )
    free_certificate(known, certificate.fingerprint)
    directory.add_certificate(connection, kind, party, certificate)
    _record(connection, kind, party, "CERTIFICATE_ADDED", certificate.fingerprint, act)


def withdraw_certificate(connection: Connection, kind: PartyKind, party: str, fingerprint: str, act: Act) -> None:
    """Take a certificate of a system or a person no longer. It cannot be enrolled again, for nobody."""
    _check_act(act)
    known = _certificates(directory_to_change(connection), kind, party)
    found = next((each for each in known if each.fingerprint == fingerprint), None)
    if found is None:
        raise EnrolmentError(
            f"{party} has no certificate {fingerprint}; see its list", f"{party}: {fingerprint} sertifikatı yoxdur"
        )
    if found.withdrawn_at is not None:
        return
    directory.withdraw_certificate(connection, kind, party, fingerprint, act.at)
    _record(connection, kind, party, "CERTIFICATE_WITHDRAWN", fingerprint, act)


def _certificates(known: Directory, kind: PartyKind, party: str) -> tuple[Certificate, ...]:
    if kind is PartyKind.REPRESENTATIVE:
        return representative_of(known, party).certificates
    return system_of(known, party).certificates


def grant(connection: Connection, system_code: str, rights: Iterable[Right], act: Act) -> None:
    """Let a system do further things; what it may do already it still may."""
    wanted = checked_rights(rights)
    _check_act(act)
    system = system_of(directory_to_change(connection), system_code)
    if system.login is not None:
        require_password_only(right.operation for right in wanted)
    held = {right.operation: right for right in system.rights}
    for right in wanted:
        before = held.get(right.operation)
        now = right if before is None else joined(before, right)
        if now != before:
            directory.set_right(connection, system_code, now)
            _record(connection, PartyKind.SYSTEM, system_code, "GRANT", told(now), act)


def revoke(connection: Connection, system_code: str, operations: Iterable[str], act: Act) -> None:
    """Deny a system these operations from now on; those it could not call anyhow are left as they are."""
    wanted = sorted(set(operations))
    check_each("operation", wanted)
    _check_act(act)
    system = system_of(directory_to_change(connection), system_code)
    for right in system.rights:
        if right.operation in wanted:
            directory.remove_right(connection, system_code, right.operation)
            _record(connection, PartyKind.SYSTEM, system_code, "REVOKE", told(right), act)


def narrow(connection: Connection, system_code: str, right: Right, act: Act) -> None:
    """Let a system's operation reach into no more than what `right` says; it must have that operation already."""
    (wanted,) = checked_rights([right])
    _check_act(act)
    system = system_of(directory_to_change(connection), system_code)
    held = {each.operation: each for each in system.rights}
    if wanted.operation not in held:
        raise EnrolmentError(
            f"system {system_code} may not call {wanted.operation}; grant it first",
            f"{system_code} sistemi {wanted.operation} çağıra bilmir; əvvəlcə icazə verin",
        )
    if held[wanted.operation] != wanted:
        directory.set_right(connection, system_code, wanted)
        _record(connection, PartyKind.SYSTEM, system_code, "NARROW", told(wanted), act)


def set_addresses(connection: Connection, system_code: str, addresses: Iterable[str], act: Act) -> None:
    """Bind a system to networks; none: it may call from anywhere."""
    wanted = checked_addresses(addresses)
    _check_act(act)
    system = system_of(directory_to_change(connection), system_code)
    if wanted != system.addresses:
        directory.set_addresses(connection, system_code, wanted)
        _record(connection, PartyKind.SYSTEM, system_code, "ADDRESSES", " ".join(wanted), act)


def set_system_tier(connection: Connection, system_code: str, tier: DisclosureTier | None, act: Act) -> None:
    """Show a system no more than `tier`; None: as much as its agency may see."""
    _check_act(act)
    known = directory_to_change(connection)
    system = system_of(known, system_code)
    check_tier(agency_of(known, system.agency), replace(system, tier=tier))
    if tier is not system.tier:
        directory.set_system_tier(connection, system_code, tier)
        _record(connection, PartyKind.SYSTEM, system_code, "TIER", tier or "", act)


def set_agency_tier(connection: Connection, code: str, tier: DisclosureTier, act: Act) -> None:
    """Show an agency no more than `tier`; nor do its systems see more, whatever was set for them."""
    _check_act(act)
    if agency_of(directory_to_change(connection), code).tier is not tier:
        directory.set_agency_tier(connection, code, tier)
        _record(connection, PartyKind.AGENCY, code, "TIER", tier, act)


def told(right: Right) -> str:
    """A right on one line, as in `documents.CheckDocuments PASSPORT`."""
    return " ".join((right.operation, *codes_of(right)))


def _record(connection: Connection, kind: PartyKind, party: str, event: str, detail: str, act: Act) -> None:
    directory.count_change(connection)
    directory.add_change(connection, kind, party, event, detail, act)


def _check_act(act: Act) -> None:
    require("who changes it", "kim dəyişir", act.by)
    require("reason", "səbəb", act.reason)
