"""Who is asking, and whether they may: from a verified envelope to a `Caller`, and no further without a right.

A system is its enrolled certificate (fingerprint, and issuer with serial number beside it), or, where the operator
enrolled it so, its login and password; a person is a representative of the same agency, by login and password in a
signed UsernameToken or by the certificate on a signed file. Text in names decides nothing.

Rights are judged in three steps, since what a request reaches into is known only after it was decoded: `authorise`
the operation, establish for whom is acted (`act_for`), `permit` what the request names. What is done needs the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Final

from msgspec.structs import replace

from gateway.faults import RefusalError
from gateway.security.authentication import Claim, Proof, source_of
from gateway.security.model import CertificateIdentity, UsernameCredentials, VerifiedEnvelope
from handlers.parties.credentials import Credential, credential_of
from handlers.parties.directory import Directory
from handlers.parties.model import Assurance, Caller, Mandate, PartyKind, Representative, System, lowest
from handlers.parties.password_only import CHANGE, PASSWORD_ONLY
from handlers.parties.rights import REACH, READ_RESTRICTED, Extent, Right, codes_of
from handlers.rules.clocks import civil_day

DENIED: Final = "client.access.denied"
FAILED: Final = "client.security.failed-check"
AUTHENTICATION: Final = "client.security.authentication-failed"

day_of: Final = civil_day
"""Periods of authority are counted in the country's calendar days."""


def recognise(envelope: VerifiedEnvelope, directory: Directory, address: str | None = None) -> Caller:
    """The enrolled system that signed the message, calling from `address` (text of an IP address; None: not known).

    Raises `RefusalError` (`client.security.failed-check`, the same as for a wrong signature) when there is none, or
    when the system or its agency is suspended or withdrawn, or when it may not call from there.
    """
    return _caller(_system(envelope.signer, directory), directory, address, Assurance.SIGNATURE)


def recognise_by_password(proof: Proof, directory: Directory, address: str | None = None) -> Caller:
    """The system enrolled as password only whose password `proof` has; raises as `recognise` does."""
    system = directory.systems.get(proof.credential.party)
    if system is None or system.login != proof.credential.login or system.certificates:
        raise RefusalError(FAILED, "ID.SYSTEM.UNKNOWN")
    if not system.active:
        raise RefusalError(FAILED, "ID.SYSTEM.INACTIVE")
    return _caller(system, directory, address, Assurance.PASSWORD)


def _caller(system: System, directory: Directory, address: str | None, assurance: Assurance) -> Caller:
    agency = directory.agencies.get(system.agency)
    if agency is None:
        raise RefusalError(FAILED, "ID.AGENCY.UNKNOWN")
    if not agency.active:
        raise RefusalError(FAILED, "ID.AGENCY.INACTIVE")
    _agree_on_networks(system, directory, address)
    return Caller(
        agency=agency.code,
        system=system.code,
        tier=agency.tier if system.tier is None else lowest(agency.tier, system.tier),
        rights=system.rights,
        provides_document_types=agency.provides_document_types,
        assurance=assurance,
    )


def is_enrolled(directory: Directory, fingerprint: str) -> bool:
    """Whether the certificate is one of a system that counts: only such a caller is told why its signature failed."""
    found = directory.system_by_certificate.get(fingerprint)
    if found is None:
        return False
    system, certificate = found
    agency = directory.agencies.get(system.agency)
    return certificate.is_taken() and system.active and agency is not None and agency.active


def claim_of_person(
    user: UsernameCredentials, caller: Caller, directory: Directory, now: datetime, address: str
) -> Claim:
    """What a UsernameToken in a signed message claims: that a representative with authority for the caller acts."""
    enrolled = directory.representative_by_login.get(user.username)

    def objection(credential: Credential) -> str | None:
        person = directory.representatives.get(credential.party)
        return None if person is not None and may_act(person, caller, now) else "AUTHORITY"

    return Claim(
        kind=PartyKind.REPRESENTATIVE,
        user=user,
        source=source_of(caller.system, address),
        known=None if enrolled is None else credential_of(enrolled),
        objection=objection,
    )


def person_of(proof: Proof, directory: Directory) -> Representative:
    """The representative whose password `proof` has."""
    return directory.representatives[proof.credential.party]


def claim_of_system(user: UsernameCredentials, directory: Directory, address: str) -> Claim:
    """What a UsernameToken in an unsigned message claims: that a system enrolled as password only calls."""
    enrolled = directory.system_by_login.get(user.username)

    def objection(credential: Credential) -> str | None:
        system = directory.systems.get(credential.party)
        agency = None if system is None else directory.agencies.get(system.agency)
        counts = system is not None and system.active and agency is not None and agency.active
        return None if counts else "INACTIVE"

    return Claim(
        kind=PartyKind.SYSTEM,
        user=user,
        source=source_of("", address),
        known=None if enrolled is None else credential_of(enrolled),
        objection=objection,
    )


def require_password_to_be_changed(proof: Proof, operation: str) -> None:
    """Let a password that the operator issued do nothing but be changed.

    Raises `RefusalError` (`client.security.password-change-required`), which says how.
    """
    if proof.credential.must_change and operation != CHANGE:
        raise RefusalError("client.security.password-change-required", f"ID.{proof.credential.kind}.ISSUED")


@dataclass(frozen=True, slots=True)
class Authorised:
    """A caller together with the one operation that it was found to have the right to. Only `authorise` makes it."""

    caller: Caller
    operation: str
    """`service.Operation`."""
    right: Right


def authorise(caller: Caller, operation: str) -> Authorised:
    """The proof that `operation` (`service.Operation`) was granted to the system by name.

    Raises `RefusalError` (`client.access.denied`) for every other operation, and for what a password does not prove
    enough for, whatever was granted.
    """
    if caller.assurance is not Assurance.SIGNATURE and operation not in PASSWORD_ONLY:
        raise RefusalError(DENIED, "ACCESS.ASSURANCE")
    for right in caller.rights:
        if right.operation == operation:
            return Authorised(caller, operation, right)
    raise RefusalError(DENIED, "ACCESS.OPERATION")


@dataclass(frozen=True, slots=True)
class Acting:
    """A caller of whom it is known for which agency it acts: its own, or another by mandate. Only `act_for` makes it.

    The caller stays who it is (its request ids and receipts are its own); `Caller.acts_for` is whose data are acted on.
    """

    caller: Caller
    operation: str
    """`service.Operation`."""
    right: Right
    mandated: tuple[Right, ...]
    """What mandates allow of the operation for the other agency; empty when the caller acts for its own."""


def act_for(authorised: Authorised, on_behalf_of: str | None, directory: Directory, now: datetime) -> Acting:
    """For which agency is acted, as the request says; None, or the caller's own code: for its own.

    Raises `RefusalError` (`client.access.denied`) when no enrolled mandate that holds today lets this system do this
    operation for that agency, or when that agency is suspended or withdrawn.
    """
    caller = authorised.caller
    if on_behalf_of is None or on_behalf_of == caller.agency:
        return Acting(caller, authorised.operation, authorised.right, ())
    principal = directory.agencies.get(on_behalf_of)
    day = day_of(now)
    mandated = tuple(
        right
        for mandate in directory.mandates_between(caller.agency, on_behalf_of)
        if mandate.holds(caller.system, day)
        for right in mandate.rights
        if right.operation == authorised.operation
    )
    if not mandated:
        raise RefusalError(DENIED, "ACCESS.NO_MANDATE")
    if principal is None or not principal.active:
        raise RefusalError(DENIED, "ACCESS.PRINCIPAL.INACTIVE")
    acting = replace(
        caller,
        on_behalf_of=principal.code,
        tier=lowest(caller.tier, principal.tier),
        provides_document_types=principal.provides_document_types,
    )
    return Acting(acting, authorised.operation, authorised.right, mandated)


def mandates_of(caller: Caller, directory: Directory, now: datetime) -> tuple[Mandate, ...]:
    """The mandates that let the calling system act for other agencies today, by code."""
    day = day_of(now)
    held = (
        mandate
        for mandate in directory.mandates.values()
        if mandate.agent == caller.agency
        and mandate.holds(caller.system, day)
        and mandate.principal in directory.agencies
        and directory.agencies[mandate.principal].active
    )
    return tuple(sorted(held, key=lambda mandate: mandate.code))


@dataclass(frozen=True, slots=True)
class Permitted:
    """A request that stays inside the caller's right, and inside a mandate where it needs one.

    Only `permit` makes it; without it there is nothing that an operation could be done for.
    """

    caller: Caller
    operation: str
    """`service.Operation`."""


def permit(acting: Acting, extent: Extent) -> Permitted:
    """The proof that the caller may do its operation with all that `extent` names.

    Raises `RefusalError` (`client.access.denied`) when a register or a document type is outside its own right, or
    outside every mandate that it acts by.
    """
    reaches = acting.operation in REACH
    if not acting.right.covers(extent) or (reaches and not codes_of(acting.right)):
        raise RefusalError(DENIED, "ACCESS.EXTENT")
    if acting.mandated and not any(right.covers(extent) for right in acting.mandated):
        raise RefusalError(DENIED, "ACCESS.MANDATE.EXTENT")
    return Permitted(acting.caller, acting.operation)


def sees_restricted(permitted: Permitted, extent: Extent) -> bool:
    """Whether the caller has a right of its own to see entries of other agencies in `extent` whole."""
    return _has_beside(permitted, READ_RESTRICTED, extent)


def require_beside(permitted: Permitted, right: str, extent: Extent) -> None:
    """Refuse (`RefusalError`) unless the caller has `right`, one that is no operation (`UNCALLED`), for `extent`."""
    if not _has_beside(permitted, right, extent):
        raise RefusalError(DENIED, "ACCESS.BESIDE")


def _has_beside(permitted: Permitted, right: str, extent: Extent) -> bool:
    """Nobody has such a right while acting for another agency: what that one was not granted, its agent has not."""
    caller = permitted.caller
    return caller.on_behalf_of is None and any(
        each.operation == right and each.covers(extent) for each in caller.rights
    )


def representative_of(caller: Caller, fin: str, directory: Directory, now: datetime) -> Representative:
    """The person with `fin`, if they may act today for the caller's agency or for the one that it acts for.

    Raises `RefusalError` (`client.access.denied`) otherwise.
    """
    person = directory.representatives.get(fin)
    if person is None or not may_act(person, caller, now):
        raise RefusalError(DENIED, "ACCESS.REPRESENTATIVE")
    return person


def agree_on_person(proven: Representative | None, claimed: Representative) -> None:
    """Whoever proved by a password to act is whom the request names: what one did is never put down to another.

    Raises `RefusalError` (`client.access.denied`) otherwise. Without a proof the calling system answers for the claim.
    """
    if proven is not None and proven.fin != claimed.fin:
        raise RefusalError(DENIED, "ACCESS.REPRESENTATIVE.OTHER")


def may_act(person: Representative, caller: Caller, now: datetime) -> bool:
    """Whether the person has authority today for the caller's agency or for the one that it acts for."""
    day = day_of(now)
    return person.has_authority(caller.agency, day) or person.has_authority(caller.acts_for, day)


def holder_of(certificate: CertificateIdentity, directory: Directory) -> Representative | None:
    """The person for whom this very certificate is enrolled and not withdrawn.

    Whether they may act is for the caller to ask.
    """
    found = directory.representative_by_certificate.get(certificate.fingerprint)
    if found is None or not found[1].is_taken():
        return None
    return found[0]


def _system(signer: CertificateIdentity, directory: Directory) -> System:
    found = directory.system_by_certificate.get(signer.fingerprint)
    if found is None:
        raise RefusalError(FAILED, "ID.SYSTEM.UNKNOWN")
    system, certificate = found
    if certificate.fingerprint != signer.fingerprint or (certificate.issuer, certificate.serial) != (
        signer.issuer,
        signer.serial,
    ):
        raise RefusalError(FAILED, "ID.SYSTEM.MISMATCH")
    if not certificate.is_taken():
        raise RefusalError(FAILED, "ID.CERTIFICATE.WITHDRAWN")
    if not system.active:
        raise RefusalError(FAILED, "ID.SYSTEM.INACTIVE")
    return system


def _agree_on_networks(system: System, directory: Directory, address: str | None) -> None:
    """A system that is bound to networks calls from one of them; from an address that is not known it does not."""
    networks = directory.networks.get(system.code)
    if networks is None:
        return
    if address is None:
        raise RefusalError(FAILED, "ID.ADDRESS.UNKNOWN")
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError as error:
        raise RefusalError(FAILED, "ID.ADDRESS.UNKNOWN") from error
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not any(found in network for network in networks):
        raise RefusalError(FAILED, "ID.ADDRESS.OTHER")
