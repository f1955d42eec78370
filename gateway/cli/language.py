"""The language of messages to people: Azerbaijani or English, never mixed.

Help texts are fixed when the commands are imported, so their language comes from the environment; everything said later
follows the `language` setting, wherever it was found.
"""

from __future__ import annotations

import os
from typing import Final

LANGUAGES: Final = ("az", "en")
_current = ["az" if os.environ.get("GATEWAY_LANGUAGE", "").strip().lower() == "az" else "en"]


def t(en: str, az: str) -> str:
    """The text in the language that is set."""
    return az if _current[0] == "az" else en


def speak(language: str) -> None:
    """Set the language from here on; raises `ValueError` for one there are no texts in."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _current[0] = language
