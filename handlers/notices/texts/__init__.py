"""What notices say, in Azerbaijani and in English: one table, by the concerns of its kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.notices.model import NoticeKind
from handlers.notices.texts.cases import CASES
from handlers.notices.texts.decisions import DECISION_WORDS, DECISIONS
from handlers.notices.texts.duties import DUTIES
from handlers.notices.texts.others import OTHERS
from handlers.notices.texts.template import NoticeText, Template, fill

TEMPLATES: Final[Mapping[NoticeKind, Template]] = {**CASES, **DECISIONS, **DUTIES, **OTHERS}
"""Every kind of notice."""

DISPENSABLE: Final = frozenset(kind for kind, template in TEMPLATES.items() if template.dispensable)
"""Kinds that an owner may choose to learn of by pulling alone."""


def words(kind: NoticeKind, values: Mapping[str, str]) -> NoticeText:
    """The words of a notice of `kind`; a coded decision among the values is told in words."""
    told = DECISION_WORDS.get(values.get("decision", ""))
    decided = {} if told is None else {"decision_az": told.az, "decision_en": told.en}
    return fill(TEMPLATES[kind], {**values, **decided})
