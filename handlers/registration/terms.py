"""What an entry is found by: every criterion of a search is one or more terms, each with the entries that have it.

Of the card only what everybody may see becomes a term: a search must not tell what the public view leaves out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from handlers.registration.model import Entry, EntryStatus, PersonalDataSystemCard, ResourceCard, SpecialCategory
from handlers.registration.names import folded
from handlers.rules.clocks import civil_day

_WORD: Final = re.compile(r"\w+")
_LONGEST: Final = 100
"""Characters of a text that stand in a term as they are; of longer ones it is the digest."""
_STEP: Final = 3
"""Each level of spans of days is 2 ** 3 = 8 times as long as the one below."""
_LEVELS: Final = range(6)
"""Spans of 1, 8, 64, 512, 4 096 and 32 768 days: a range of any length is a few dozen of them at the most."""
_LONG: Final = 1 << _LEVELS[-1] * _STEP
_DAYS: Final = range(20 * _LONG, 25 * _LONG)
"""Every day that an entry can bear, in whole spans of the longest: 1795 to 2243."""


def terms_of(entry: Entry) -> frozenset[str]:
    """Every term of `entry`."""
    card = entry.resource_card or entry.personal_data_system_card
    assert card is not None, "an entry has a card"
    return frozenset(
        (
            owner_term(entry.owner),
            status_term(entry.status),
            *map(word_term, words(_texts(card))),
            *map(data_term, _data(card)),
            *_of_subjects(card),
            *_day_terms("recorded", entry.recorded_at),
            *_day_terms("valid", entry.valid_from),
        )
    )


def owner_term(agency: str) -> str:
    """Entries of that agency."""
    return f"owner:{agency}"


def status_term(status: EntryStatus) -> str:
    """Entries in that status."""
    return f"status:{status.value}"


def word_term(word: str) -> str:
    """Entries whose texts have that word, which is folded."""
    return f"word:{_bounded(word)}"


def data_term(category: str) -> str:
    """Personal-data systems with that category of data; resources with that topic or data object."""
    return f"data:{_bounded(folded(category))}"


def subject_term(category: str) -> str:
    """Personal-data systems with that category of persons."""
    return f"subject:{_bounded(folded(category))}"


def special_term(category: SpecialCategory) -> str:
    """Personal-data systems with that special category of data."""
    return f"special:{category.value}"


def recorded_terms(first: date | None, last: date | None) -> list[str]:
    """Entries whose present version was recorded from `first` to `last`, both included; any one of the terms.

    None: from the beginning, or without end.
    """
    return [f"recorded:{span}" for span in _spans(first, last)]


def valid_terms(first: date | None, last: date | None) -> list[str]:
    """As `recorded_terms`, of the day on which the present version became true."""
    return [f"valid:{span}" for span in _spans(first, last)]


def words(texts: Iterable[str]) -> list[str]:
    """The words in `texts`, folded by Azerbaijani case rules, each once, in the order in which they come."""
    return list(dict.fromkeys(word for text in texts for word in _WORD.findall(folded(text))))


def _texts(card: ResourceCard | PersonalDataSystemCard) -> Iterator[str]:
    yield from (card.short_name, card.name, card.purpose)
    yield from _data(card)
    if isinstance(card, PersonalDataSystemCard):
        yield from card.subject_categories


def _data(card: ResourceCard | PersonalDataSystemCard) -> tuple[str, ...]:
    return card.topics + card.data_objects if isinstance(card, ResourceCard) else card.data_categories


def _of_subjects(card: ResourceCard | PersonalDataSystemCard) -> Iterator[str]:
    if isinstance(card, PersonalDataSystemCard):
        yield from map(subject_term, card.subject_categories)
        yield from map(special_term, card.special_categories)


def _bounded(text: str) -> str:
    return text if len(text) <= _LONGEST else f"#{hashlib.sha256(text.encode()).hexdigest()}"


def _day_terms(kind: str, moment: datetime) -> Iterator[str]:
    """The spans of days, one of each length, that hold the day it was in Baku."""
    day = civil_day(moment).toordinal()
    return (f"{kind}:{level}.{day >> level * _STEP}" for level in _LEVELS)


def _spans(first: date | None, last: date | None) -> Iterator[str]:
    """The fewest spans that together are the days from `first` to `last`."""
    day = _DAYS.start if first is None else first.toordinal()
    end = _DAYS.stop - 1 if last is None else last.toordinal()
    while day <= end:
        level = max(level for level in _LEVELS if _fits(day, end, 1 << level * _STEP))
        yield f"{level}.{day >> level * _STEP}"
        day += 1 << level * _STEP


def _fits(day: int, end: int, length: int) -> bool:
    return day % length == 0 and day + length - 1 <= end
