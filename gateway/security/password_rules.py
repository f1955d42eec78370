"""What a person may choose as a password (OWASP ASVS 5.0, 6.2): long, not common, not one's own name. Nothing else.

No composition rules, no rotation. What a password is compared with is what is left of it when the disguises that
everybody knows are taken off: capital letters, digits and marks around a word, the same word twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from zxcvbn.frequency_lists import FREQUENCY_LISTS

SHORTEST: Final = 12
LONGEST: Final = 256
"""Characters (6.2.1 and 6.2.9 ask for 8 and for 64)."""

_LEAST_DISTINCT: Final = 5
"""Different characters in a password."""
_LEAST_OF_ITS_OWN: Final = 8
"""Characters that are left when one's own names are taken out."""
_SHORTEST_NAME: Final = 3
_RUNS: Final = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
)
_MARKS: Final = "0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""No two of these look alike in print or sound alike on the telephone."""
_GROUPS, _GROUP = 5, 4
"""20 characters of 31: 99 bits."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a password will not do."""

    code: str
    text_en: str
    text_az: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A password that somebody chose, and what it must differ from."""

    password: str
    current: str | None = None
    """The password so far."""
    own_names: Collection[str] = ()
    """Login, FIN, agency code, surname …"""


TOO_SHORT: Final = Objection(
    "password.length",
    f"The new password must have {SHORTEST} to {LONGEST} characters; a sentence of several words is easy to remember.",
    f"Yeni parol {SHORTEST}-{LONGEST} simvol olmalıdır; bir neçə sözdən ibarət cümləni yadda saxlamaq asandır.",
)
SAME: Final = Objection(
    "password.same", "The new password is the one in use.", "Yeni parol hazırda istifadə olunan paroldur."
)
SIMPLE: Final = Objection(
    "password.simple",
    f"The new password repeats itself or runs along the keyboard: use at least {_LEAST_DISTINCT} different characters, "
    "in no such order.",
    f"Yeni parol təkrarlardan və ya klaviatura ardıcıllığından ibarətdir: ən azı {_LEAST_DISTINCT} fərqli simvol "
    "işlədin, belə ardıcıllıqla yox.",
)
COMMON: Final = Objection(
    "password.common",
    "The new password is one that many people use, and the first that is guessed.",
    "Yeni parol çoxlarının işlətdiyi, ilk yoxlanılan parollardandır.",
)
OWN_NAME: Final = Objection(
    "password.own-name",
    f"The new password is made of your login, FIN, agency or name: {_LEAST_OF_ITS_OWN} other characters are needed.",
    f"Yeni parol logininizdən, FİN-inizdən, qurumun kodundan və ya adınızdan ibarətdir: {_LEAST_OF_ITS_OWN} başqa "
    "simvol lazımdır.",
)


def objection(choice: Choice) -> Objection | None:
    """The first rule that the password breaks; None: it will do."""
    return next((told for told, breaks in RULES.items() if breaks(choice)), None)


def one_time_password() -> str:
    """A password nobody chose: strong, and readable to somebody on the telephone."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _is_of_wrong_length(choice: Choice) -> bool:
    return not SHORTEST <= len(choice.password) <= LONGEST


def _is_current(choice: Choice) -> bool:
    return choice.password == choice.current


def _is_simple(choice: Choice) -> bool:
    folded = choice.password.casefold()
    if len(set(folded)) < _LEAST_DISTINCT:
        return True
    unit = _unit(folded)
    return any(unit in run * 3 or unit in run[::-1] * 3 for run in _RUNS)


def _is_common(choice: Choice) -> bool:
    folded = choice.password.casefold()
    return not _disguised(folded).isdisjoint(_common())


def _disguised(folded: str) -> set[str]:
    """What the password is beneath its disguises; a word that is less than half of it is no disguised one."""
    core = folded.strip(_MARKS)
    bare = {core, _unit(core)} if 2 * len(core) >= len(folded) else set()
    return {folded, _unit(folded)} | bare


def _unit(text: str) -> str:
    """The shortest text that `text` is a repetition of."""
    return text[: (text + text).find(text, 1)]


def _is_own_name(choice: Choice) -> bool:
    rest = choice.password.casefold()
    found = False
    for name in sorted((name.casefold() for name in choice.own_names), key=len, reverse=True):
        if len(name) >= _SHORTEST_NAME and name in rest:
            rest, found = rest.replace(name, ""), True
    return found and len(rest) < _LEAST_OF_ITS_OWN


@cache
def _common() -> frozenset[str]:
    """Some 30 000 passwords that are seen most, far beyond the 3 000 that 6.2.4 asks for."""
    return frozenset(FREQUENCY_LISTS["passwords"])


RULES: Final[Mapping[Objection, Callable[[Choice], bool]]] = MappingProxyType(
    {
        TOO_SHORT: _is_of_wrong_length,
        SAME: _is_current,
        SIMPLE: _is_simple,
        COMMON: _is_common,
        OWN_NAME: _is_own_name,
    }
)
"""In the order in which they are looked at."""
