"""Parties: who may speak to the registers, through which system, and for whom (domain §1)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from handlers.record import Record


class DisclosureTier(StrEnum):
    """How much of an invalid-document record an agency may see, from least to most (domain §3)."""

    HIT_ONLY = "HIT_ONLY"
    STATUS = "STATUS"
    REASON = "REASON"
    FULL = "FULL"


class Agency(Record, frozen=True, kw_only=True):
    """A state body. `code` is its key everywhere: in contexts, cards, notices and rights."""

    code: str
    name_az: str
    name_en: str
    tax_id: str
    email: str | None = None
    tier: DisclosureTier = DisclosureTier.STATUS
    provides_document_types: tuple[str, ...] = ()
    """Document types for which the agency is an information provider (may report); empty: none."""


class System(Record, frozen=True, kw_only=True):
    """A computer of an agency, known by its enrolled certificate and by nothing that it says of itself."""

    code: str
    agency: str
    name: str
    fingerprint: str
    """SHA-256 over the DER of the enrolled certificate, 64 lower-case hexadecimal digits."""
    issuer: str
    """RFC 4514 text of the certificate's issuer; with `serial` it must match beside the fingerprint."""
    serial: str
    """Serial number of the certificate, decimal digits."""
    operations: tuple[str, ...] = ()
    """Operations it may call, as `service.Operation`; everything else is denied."""
    active: bool = True


class Representative(Record, frozen=True, kw_only=True):
    """An authorised person of an agency (domain §1), confirming documents by card or by password."""

    fin: str
    agency: str
    identity_card: str
    surname: str
    name: str
    patronymic: str | None = None
    valid_from: date
    valid_to: date
    fingerprint: str | None = None
    """SHA-256 of the enrolled e-signature certificate, or None when only a password was issued."""
    login: str | None = None
    password_hash: str | None = None
    """Argon2id hash in PHC format; never the password."""
    active: bool = True

    def has_authority(self, agency: str, day: date) -> bool:
        """Whether the person may act for `agency` on `day` (both ends of the period included)."""
        return self.active and self.agency == agency and self.valid_from <= day <= self.valid_to


class Caller(Record, frozen=True, kw_only=True):
    """Who is asking, as proven by the signature: the only identity that handlers ever see."""

    agency: str
    system: str
    tier: DisclosureTier = DisclosureTier.HIT_ONLY
    operations: tuple[str, ...] = ()
    """What the calling system may call, as `service.Operation`."""
    provides_document_types: tuple[str, ...] = ()


class Directory(Record, frozen=True, kw_only=True):
    """Everything the edge must know to recognise and authorise a caller, as one consistent snapshot.

    The edge keeps the last one it could read, so that commands go on being accepted while the
    register store is away (reliability §0).
    """

    version: int
    agencies: dict[str, Agency]
    systems: dict[str, System]
    """By certificate fingerprint."""
    representatives: dict[str, Representative]
    """By FIN."""
