# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""Entries of an older register as a file, for the operator to import. They are sent to no service."""

from __future__ import annotations

from gateway.contract.cards import PersonalDataSystemCard, ResourceCard
from gateway.contract.declare import Shared, either, many, optional
from gateway.contract.extracts import ExtractStatus
from gateway.contract.types import Day, Text100, Text4000


class ImportedEntry(Shared):
    """An entry of an older register, on paper or electronic. Exactly one card is given."""

    oldNumber = optional(
        Text100, "Registration number in the older register. It is kept; the register gives one of its own."
    )
    registeredOn = optional(
        Day, "Day of the registration in the older register: since when the entry is true. Absent: since the import."
    )
    entryStatus = optional(ExtractStatus, "Its status. Absent: REGISTERED.")
    note = optional(Text4000, "What else the older register says; kept with the import, not in the card.")
    resourceCard = either(ResourceCard, "Card for the register of information resources.", choice="card")
    personalDataSystemCard = either(
        PersonalDataSystemCard, "Card for the register of personal-data systems.", choice="card"
    )


class ImportedEntries(Shared):
    """The root of a file of entries of an older register."""

    entry = many(ImportedEntry, "An entry.", least=1)
