"""The key a document is found by: case, spaces and hyphens do not matter, everything else does.

Letters of another script that look Latin are kept as they are, so that a document is never taken for another one;
they are named, so that whoever asks learns why nothing was found.
"""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 32
"""Characters of series and number together, normalised."""

_CYRILLIC = "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0406\u0405\u0408\u0417"
_GREEK = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
LOOK_ALIKES = frozenset(_CYRILLIC + _GREEK)
"""Capital letters that are easily taken for a Latin letter or a digit."""

_DROPPED_CATEGORIES = {"Zs", "Zl", "Zp", "Pd", "Cf", "Cc"}
_DROPPED = str.maketrans("", "", " -\x7f" + "".join(map(chr, range(32))))
"""The ASCII characters of those categories: most numbers have no others."""


def normalised(text: str) -> str:
    """`text` in capitals, without spaces, hyphens and invisible characters, in Unicode form NFKC."""
    if text.isascii():
        return text.upper().translate(_DROPPED)
    while (better := _normalised_once(text)) != text:  # dropping a character can let its neighbours combine
        text = better
    return text


def document_number(series: str | None, number: str | None) -> str:
    """Series and number, normalised and together; empty when neither says anything."""
    return normalised((series or "") + (number or ""))


def document_key(country: str, number: str) -> str:
    """The key of a document: its issuer and its normalised number."""
    return f"{country}:{number}"


def is_readable(number: str) -> bool:
    """Whether a normalised number is made of letters and digits only, and not too long."""
    return number.isalnum() and len(number) <= MAX_LENGTH


def look_alikes(number: str) -> str:
    """The letters of a normalised number that are not Latin but look so, for example as `U+0410`; empty: none."""
    return ", ".join(f"U+{ord(letter):04X}" for letter in number if letter in LOOK_ALIKES)


def _normalised_once(text: str) -> str:
    capitals = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    return "".join(letter for letter in capitals if unicodedata.category(letter) not in _DROPPED_CATEGORIES)
