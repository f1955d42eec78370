"""Names of the operator's staff, as far as they tell people apart."""

from __future__ import annotations

import unicodedata
from typing import Final

_DOTS: Final = str.maketrans("İı", "ii")
"""Both letters I of Azerbaijani count as one: people write each for the other, and case folding keeps them apart."""
_LOOK_ALIKE: Final = str.maketrans("авекмнорстухіјѕһ", "abekmhopctyxijsh")
"""Small Cyrillic letters to the Latin ones that they, or their capitals, look like."""


def same_person(one: str, other: str | None) -> bool:
    """Whether two names are one person's: written alike, to the eye, but for case, width and spaces."""
    return other is not None and _folded(one) == _folded(other)


def _folded(name: str) -> str:
    composed = unicodedata.normalize("NFKC", name).translate(_DOTS).casefold()
    return " ".join(unicodedata.normalize("NFKC", composed).translate(_LOOK_ALIKE).split())
