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

    Nothing is asked for a card without relations. What the entry's present card declares does not count among the
    wholes: the new card takes its place.
    """
    card = application.resource_card
    named = {each.entry_number for each in card.relations if is_entry_number(each.entry_number)} if card else set()
    if card is None or not named:
        return {}
    own = application.entry_number if isinstance(application, AppealApplication) else None
    in_question = {each.entry_number for each in card.relations if each.kind in _OF_A_WHOLE} | {own}
    statuses = relations.find_statuses(connection, named if own is None else named | {own}, now)
    return {
        number: KnownEntry(
            status=status,
            wholes=relations.find_wholes(connection, number, now, but_for=own)
            if number in in_question
            else frozenset(),
        )
        for number, status in statuses.items()
    }
