"""Of what a notice's words are made, and how values are put into them.

A text is a row of sentences. A sentence is left out when a value it names was not given with the event, so that no
notice ever shows a gap and none is held up by a missing value. Days are written year-month-day in both languages, as
in the registers, the contract and the extracts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Final

LONGEST_VALUES: Final = (1000, 400, 150, 50)
"""Characters of a value that are shown at the most: the first that leaves title and text within their bounds."""
LONGEST_TITLE: Final = 500
LONGEST_TEXT: Final = 4000
"""Characters of a title and of a text that the contract has room for."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A piece of text in both languages; names in braces stand for values."""

    az: str
    en: str

    @property
    def values(self) -> tuple[str, ...]:
        """Names of the values that either language needs."""
        return (*names(self.az), *names(self.en))


@dataclass(frozen=True, slots=True)
class Ask:
    """What the owner is asked to do."""

    wording: Wording
    due: str | None = None
    """Name of the value that holds the last day for it; None: it has no day."""

    @property
    def values(self) -> tuple[str, ...]:
        """Names of the values without which this cannot be asked."""
        return self.wording.values if self.due is None else (*self.wording.values, self.due)


@dataclass(frozen=True, slots=True)
class Template:
    """Title and sentences of a kind of notice, what it asks for, and whether an owner may do without it."""

    title: Wording
    """Names only values that every event of the kind brings."""
    sentences: tuple[Wording, ...]
    asks: tuple[Ask, ...] = ()
    """The first one whose values were given counts; when there is none, nothing is asked."""
    dispensable: bool = False
    """Whether an owner may choose to learn of it by pulling alone: it asks for nothing, starts and ends no term and
    tells of no decision."""


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice's words, filled in. The text holds what is asked too, or that nothing is."""

    title_az: str
    title_en: str
    text_az: str
    text_en: str
    asked_az: str | None = None
    """What the owner is to do; None: nothing."""
    asked_en: str | None = None
    due_on: date | None = None
    """The last day for what is asked; None: it has none."""


NOTHING_ASKED: Final = Wording("Sizdən heç bir hərəkət tələb olunmur.", "Nothing is asked of you.")

_FULL_STOP_TWICE: Final = re.compile(r"([.!?…])\.$")
"""Where a value that is a sentence of its own ends a sentence."""


def names(sentence: str) -> tuple[str, ...]:
    """Names of the values that a sentence needs."""
    return tuple(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def fill(template: Template, values: Mapping[str, str]) -> NoticeText:
    """The words of `template` with `values` in their places; raises `KeyError` when the title lacks one."""
    tries = (
        _filled_in(template, {name: _shown(value, most) for name, value in values.items()}) for most in LONGEST_VALUES
    )
    return next(told for told in tries if _fits(told))


def _fits(told: NoticeText) -> bool:
    return max(len(told.title_az), len(told.title_en)) <= LONGEST_TITLE and (
        max(len(told.text_az), len(told.text_en)) <= LONGEST_TEXT
    )


def _filled_in(template: Template, shown: Mapping[str, str]) -> NoticeText:
    sentences = [each for each in template.sentences if _are_given(each.values, shown)]
    asked = next((each for each in template.asks if _are_given(each.values, shown)), None)
    sentences.append(NOTHING_ASKED if asked is None else asked.wording)
    return NoticeText(
        title_az=template.title.az.format_map(shown),
        title_en=template.title.en.format_map(shown),
        text_az=" ".join(_filled(each.az, shown) for each in sentences),
        text_en=" ".join(_filled(each.en, shown) for each in sentences),
        asked_az=None if asked is None else _filled(asked.wording.az, shown),
        asked_en=None if asked is None else _filled(asked.wording.en, shown),
        due_on=None if asked is None or asked.due is None else _day(shown[asked.due]),
    )


def _are_given(needed: Iterable[str], values: Mapping[str, str]) -> bool:
    return all(values.get(name) for name in needed)


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    return _FULL_STOP_TWICE.sub(r"\1", sentence.format_map(values))


def _shown(value: str, most: int) -> str:
    """A value as one line of characters that can be seen: nothing in it can break a line, a header or a document."""
    line = "".join(each for each in " ".join(value.split()) if each.isprintable())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _day(value: str) -> date | None:
    """The day in `value`; a notice is worth more than its machine-readable day, so that none is held up by this."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
