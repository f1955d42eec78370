"""What the rules of completeness may know of other entries, looked up for one application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from handlers.registration.model import AppealApplication, RegistrationApplication, RelationKind
from handlers.rules.numbering import is_entry_number
from handlers.rules.rule import KnownEntry
from handlers.store import relations

_OF_A_WHOLE = (RelationKind.SUB, RelationKind.SUPER)


def entries_named(
    connection: Connection, application: RegistrationApplication | AppealApplication, now: datetime
) -> Mapping[str, KnownEntry]:
    """Those of the entries named in the relations of the card, and the entry appealed against, that exist.

    Of a card without relations only the entry appealed against is asked for. What its present card declares does not
    count among the wholes: the new card takes its place.
    """
    card = application.resource_card
    own = application.entry_number if isinstance(application, AppealApplication) else None
    named = related_entries(application)
    if card is None or (not named and own is None):
        return {}
    in_question = {each.entry_number for each in card.relations if each.kind in _OF_A_WHOLE} | {own}
    statuses = relations.find_statuses(connection, named if own is None else named | {own}, now)
    return {
        number: KnownEntry(
            status=status,
            wholes=relations.find_wholes(connection, number, now, but_for=own)
            if named and number in in_question
            else frozenset(),
        )
        for number, status in statuses.items()
    }


def related_entries(application: RegistrationApplication | AppealApplication) -> set[str]:
    """Numbers of the entries that the card's relations name, as far as they are numbers at all."""
    card = application.resource_card
    return {each.entry_number for each in card.relations if is_entry_number(each.entry_number)} if card else set()
