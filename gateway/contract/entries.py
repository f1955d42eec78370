# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""Entries of the two system registers as the registration service tells of them."""

from __future__ import annotations

from gateway.contract.cards import (
    PersonalDataSystemCard,
    Register,
    RelationKind,
    ResourceCard,
)
from gateway.contract.declare import either, enumeration, many, optional, required
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import Boolean, ComplexModel
from gateway.contract.types import (
    AgencyCode,
    Count,
    ElementPath,
    EntryNumber,
    Moment,
    Text100,
    Text500,
    Version,
)
from handlers.registration import model as registers
from handlers.rules.restricted import WITHHELD

_NAMESPACE = service_namespace("registration")

EntryStatus = enumeration(
    registers.EntryStatus,
    "Status of an entry in its register.",
    {
        "REGISTERED": "Registered and in force.",
        "SUSPENDED": "Suspended for a time.",
        "CANCELLED": "Cancelled; kept in the archive.",
    },
    namespace=_NAMESPACE,
)


class _Own(ComplexModel):
    __namespace__ = _NAMESPACE


class EntryRelation(_Own):
    """A relation between two entries, as it holds at the moment that is looked at; both entries show it."""

    kind = required(RelationKind, "How this entry relates to the other.")
    entryNumber = required(EntryNumber, "Registration number of the other entry.")
    automatic = required(
        Boolean,
        "True: the other entry's card declares the opposite, and the register keeps this one by itself. False: this "
        "entry's own card declares it.",
    )


class Entry(_Own):
    """One version of an entry: what was true at a moment, as the register knew it at a moment."""

    number = required(EntryNumber, "Registration number of the entry.")
    register = required(Register, "The register it stands in.")
    version = required(Version, "Version of the entry; each change makes a new one.")
    status = required(EntryStatus, "Status of the entry in this version.")
    owner = required(AgencyCode, "Code of the agency that owns the resource or system.")
    validFrom = required(Moment, "From when this version is true.")
    recordedAt = required(Moment, "Since when the register knows it.")
    resourceCard = either(ResourceCard, "The card, in the register of information resources.", choice="card")
    personalDataSystemCard = either(
        PersonalDataSystemCard, "The card, in the register of personal-data systems.", choice="card"
    )
    submittedLateDays = optional(
        Count, "Calendar days by which the application that led to this version came late; absent: it came in time."
    )
    relations = many(
        EntryRelation,
        "Its relations to other entries, those declared by their cards too. What is declared of an entry that is not "
        "there or cancelled is in the card only.",
    )
    voluntary = optional(
        Boolean,
        "True: a personal-data system of fewer subjects than make registration mandatory (Decision 237/2010: 1000). "
        "Absent: registration is mandatory.",
    )
    withheld = many(
        ElementPath,
        "Fields that are not shown, from this element, without places in lists: only the owner of the entry and whom "
        "the operator gave a right of its own sees them. An optional field is left out, in a required one stands "
        f"{WITHHELD}. None: the entry is whole.",
    )


class EntrySummary(_Own):
    """An entry in a list."""

    number = required(EntryNumber, "Registration number of the entry.")
    register = required(Register, "The register it stands in.")
    version = required(Version, "Version of the entry that is true now.")
    status = required(EntryStatus, "Its status.")
    owner = required(AgencyCode, "Code of the agency that owns the resource or system.")
    shortName = required(Text100, "Short name of the resource or system.")
    name = required(Text500, "Full name.")
    late = optional(Boolean, "Whether the application that led to this version came late; absent when none led to it.")
    validFrom = required(Moment, "From when this version is true.")
    recordedAt = required(Moment, "Since when the register knows it.")
