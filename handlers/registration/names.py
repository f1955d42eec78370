"""When two short names are the same, and what a case claims."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from handlers.cases.model import CaseType
from handlers.registration.model import PersonalDataSystemCard, Register, ResourceCard

Card = ResourceCard | PersonalDataSystemCard

_AZERBAIJANI_LOWER = str.maketrans({"İ": "i", "I": "ı"})


def folded(name: str) -> str:
    """`name` without the differences that do not make another name.

    Those are case (by Azerbaijani rules), spacing, form, and characters that nobody sees.
    """
    seen = "".join(each for each in name if unicodedata.category(each) != "Cf")
    composed = unicodedata.normalize("NFKC", seen).translate(_AZERBAIJANI_LOWER)
    return " ".join(composed.casefold().split())


def name_key(register: Register, owner: str, short_name: str) -> str:
    """Claim on a short name: one entry or open registration per register and owner."""
    return f"{NAMES}{register}:{owner}:{folded(short_name)}"


def names_to_claim(register: Register, applicant: str, cards: Iterable[Card], kept: Card | None = None) -> set[str]:
    """Claims on the short names that a case needs for itself, but for the one that its entry has (of card `kept`).

    A case claims names of its applicant alone, so that nobody takes another agency's: an entry that passes to another
    owner claims its name there when it is entered.
    """
    keys = {name_key(register, card.owner, card.short_name) for card in cards if card.owner == applicant}
    return keys if kept is None else keys - {name_key(register, kept.owner, kept.short_name)}


def appeal_key(entry_number: str, case_type: CaseType, applicant: str) -> str:
    """Claim of an appeal: one open case of a type per entry and applicant (decision 006).

    Only the owner applies, so that is one per entry; what a former owner left open keeps nobody else from applying.
    """
    return f"appeal:{entry_number}:{case_type}:{applicant}"


def old_number_key(old_key: str) -> str:
    """Claim of an imported entry on its register and number of before (`handlers.imports.model.old_key`)."""
    return f"{OLD_NUMBERS}{old_key}"


NAMES = "name:"
"""How claims on short names begin."""
OLD_NUMBERS = "old-number:"
"""How claims on numbers of an older register begin; an entry has its own until its import is undone."""
FILES = "signed-file:"
"""How claims on signed files begin; they are never given up."""


def file_key(applicant: str, digest: str) -> str:
    """Claim on a signed application file, never given up: a signature confirms one submission, whatever its request id.

    Sorts behind the other claims, so that what they stand against is told first.
    """
    return f"{FILES}{applicant}:{digest}"
