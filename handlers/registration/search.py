"""Searching entries, as the register says now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import Connection

from handlers.paging import CriteriaError, page_size, read_cursor, require_order, write_cursor
from handlers.registration import terms
from handlers.registration.criteria import EntryCriteria, EntryPage, EntrySummary
from handlers.rules.clocks import moments_of
from handlers.rules.numbering import entry_place, places_of
from handlers.store import presence
from handlers.store.entry_search import Criterion, find_places
from handlers.store.ports import Store
from handlers.store.rows import record_of

_LISTING: Final = "entries"
_WORDS: Final = 10
"""Most words (a number) of one search: each costs a look at every entry that the rarest of them finds."""
_BATCH: Final = 200
"""Entries (a number) that one unit of work brings up to date."""


def search_entries(
    connection: Connection, criteria: EntryCriteria, *, size: int | None = None, cursor: str | None = None
) -> EntryPage:
    """The next page of entries that meet all `criteria`, by register and registration number.

    Whoever turns pages until there are no more has seen every entry that met the criteria all the while, once. What
    comes, goes or changes meanwhile is seen as it is when its page is turned, or not at all.
    `size`: 1 to `MAX_PAGE`. Raises `CriteriaError`, `CursorError`.
    """
    wanted = page_size(size)
    after = None if cursor is None else read_cursor(cursor, _LISTING, criteria, int)
    found = find_places(
        connection,
        list(_criteria(criteria)),
        within=places_of(criteria.register),
        after=after,
        limit=wanted + 1,
    )
    rows = presence.find_present(connection, found[:wanted])
    entries = tuple(record_of(EntrySummary, row) for row in rows)
    more = len(found) > wanted
    return EntryPage(
        entries=entries,
        next_cursor=write_cursor(_LISTING, criteria, entry_place(entries[-1].number)) if more else None,
    )


def keep_present(store: Store, now: datetime) -> None:
    """Let versions that became true by the passing of time be the present ones; mostly there are none.

    A search calls it first, so that it finds what is true `now`.
    """
    while True:
        with store.reading() as connection:
            numbers = presence.due(connection, now, _BATCH)
        if not numbers:
            return
        with store.writing() as connection:
            for number in numbers:
                presence.refresh(connection, number, now)


def _criteria(wanted: EntryCriteria) -> Iterator[Criterion]:
    if wanted.owner is not None:
        yield Criterion((terms.owner_term(wanted.owner),))
    if wanted.status is not None:
        yield Criterion((terms.status_term(wanted.status),))
    if wanted.text is not None:
        yield from _words(wanted.text)
    if wanted.data_category is not None:
        yield Criterion((terms.data_term(wanted.data_category),))
    if wanted.subject_category is not None:
        yield Criterion((terms.subject_term(wanted.subject_category),))
    if wanted.special_category is not None:
        yield Criterion((terms.special_term(wanted.special_category),))
    yield from _days("recorded", "recorded_at", wanted.recorded_from, wanted.recorded_to, terms.recorded_terms)
    yield from _days("validSince", "valid_from", wanted.valid_since_from, wanted.valid_since_to, terms.valid_terms)


def _words(text: str) -> Iterator[Criterion]:
    found = terms.words([text])
    if not 1 <= len(found) <= _WORDS:
        raise CriteriaError("text", f"Must hold 1 to {_WORDS} words of letters or digits.")
    for word in found:
        yield Criterion((terms.word_term(word),))


def _days(
    name: str,
    column: Literal["recorded_at", "valid_from"],
    first: date | None,
    last: date | None,
    terms_between: Callable[[date | None, date | None], list[str]],
) -> Iterator[Criterion]:
    if first is None and last is None:
        return
    require_order(name, first, last)
    yield Criterion(tuple(terms_between(first, last)), (column, *moments_of(first, last)))
