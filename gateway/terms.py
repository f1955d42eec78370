"""The terms and the calendar in use: those that ship, with the operator's file (setting `terms`) laid over them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from gateway.settings import Settings, SettingsError
from handlers.rules.clocks import TERMS, Terms
from handlers.rules.terms_file import TermsError, terms_of


def terms_in_use(settings: Settings) -> Terms:
    """Read the file that `settings` names, if any. Raises `SettingsError` when it cannot be used, saying what to do."""
    if not settings.terms:
        return TERMS
    path = Path(settings.terms)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"terms names {path}, which cannot be read: {error.strerror}.",
            f"terms parametrində göstərilən {path} faylı oxunmur: {error.strerror}.",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}", f"{path} TOML kimi oxunmur: {error}") from error
    try:
        return terms_of(table)
    except TermsError as error:
        raise SettingsError(f"{path}: {error}.", f"{path}: {error.text_az}.") from error
