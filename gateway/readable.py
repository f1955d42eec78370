"""Texts that people are shown: characters that the eye cannot tell are written by their numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable


def numbered(text: str, hidden: Callable[[str], bool]) -> str:
    """`text` with every `hidden` character as `[U+XXXX]`."""
    return "".join(f"[U+{ord(each):04X}]" if hidden(each) else each for each in text)


def steers(character: str) -> bool:
    """Whether it is no sign but steers how a text is shown, or is none at all.

    Controls, formats such as a change of direction, separators of lines, and code points without a meaning.
    """
    category = unicodedata.category(character)
    return category[0] == "C" or category in {"Zl", "Zp"}
