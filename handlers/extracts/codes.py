"""Verification codes: twenty characters that nobody guesses and everybody can read aloud and type.

Of each group of characters that look alike (0 O, 1 I L, 2 Z, 5 S, 8 B, U V) the alphabet has one at the most; typed in
place of it, the others are understood. 27 characters in 20 places are 95 bits.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

ALPHABET: Final = "23456789ACDEFGHJKMNPQRTVWXY"
LENGTH: Final = 20
_GROUP: Final = 5
_ALIKE: Final = str.maketrans("ZSBU", "258V")
_SEPARATORS: Final = re.compile(r"[\s\u2010-\u2015-]+")
_CODE: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """A code that was never given before, in groups of five: `7KQ2M-XH4RT-9WD6C-PN3VA`."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def read_code(typed: str) -> str | None:
    """The code that a person typed, in the form in which it is kept; None: it has the form of no code.

    Small letters, spaces, hyphens and dashes, and characters that look like one of the alphabet make no difference.
    """
    bare = _SEPARATORS.sub("", typed).upper().translate(_ALIKE)
    return _grouped(bare) if _CODE.fullmatch(bare) else None


def _grouped(bare: str) -> str:
    return "-".join(bare[start : start + _GROUP] for start in range(0, LENGTH, _GROUP))
