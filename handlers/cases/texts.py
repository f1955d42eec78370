"""What may be in the texts that staff give a step: all that the contract can carry, and nothing that misleads.

A text that is kept stands in the history of its case for ever. Were it longer than the contract allows, or of
characters that XML does not have, no answer and no export could tell of that case again. Lengths are in characters,
as those of the types `Text4000`, `Text100`, `ElementPath` and `RuleCode` of the contract. What applicants write came
through the contract and is not judged here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.cases.model import Role
from handlers.receipts.model import Ground
from handlers.rules.grounds import GroundCode, ground

if TYPE_CHECKING:
    from handlers.cases.guards import Deed

LONGEST_TEXT: Final = 4000
LONGEST_NAME: Final = 100 - len("supervisor:")
"""Of a member of staff, who is named with a title before the name."""
LONGEST_CODE: Final = 100
LONGEST_PATH: Final = 1000
MOST_DEFECTS: Final = 1000

_RULE: Final = re.compile(r"[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*")
_OF_LINES: Final = frozenset("\n\t")
_BIDI: Final = frozenset(map(chr, (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Characters that change the order in which others are shown (Unicode property Bidi_Control)."""
_NOT_IN_XML: Final = frozenset("\ufffe\uffff")
_BARRED: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters that no text may have: controls, halves of surrogate pairs, separators of lines."""
_STAFF: Final = frozenset({Role.REGISTRAR, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class _Given:
    """One text of a step."""

    en: str
    az: str
    """What it is."""
    text: str
    most: int
    is_prose: bool = False
    """May have several lines. Other texts tell things apart, so they have no invisible characters (Cf) either."""


def texts_unfit(deed: Deed) -> Ground | None:
    """Why a text of the step cannot be kept: which text, and what is wrong with it. It is never repeated."""
    if deed.actor.role not in _STAFF:
        return None
    if len(deed.defects) > MOST_DEFECTS:
        count = len(deed.defects)
        return _unfit(
            f"Qüsurların sayı {count}, icazə verilən ən çoxu {MOST_DEFECTS}.",
            f"There are {count} defects, and {MOST_DEFECTS} are allowed.",
        )
    for given in _texts(deed):
        wrong = _wrong(given)
        if wrong is not None:
            az, en = wrong
            return _unfit(f"{given.az}: {az}.", f"{given.en}: {en}.")
    for place, defect in enumerate(deed.defects, start=1):
        if _RULE.fullmatch(defect.rule) is None:
            return _unfit(
                f"{place} nömrəli qüsurun qaydası: kod deyil.", f"Rule of defect {place}: it is no code of a rule."
            )
    return None


def _texts(deed: Deed) -> Iterator[_Given]:
    yield _Given("Name of who makes the step", "Addımı atan şəxsin adı", deed.actor.name, LONGEST_NAME)
    if deed.actor.terminal_user is not None:
        yield _Given(
            "Name of the user of the machine", "Sistem istifadəçisinin adı", deed.actor.terminal_user, LONGEST_NAME
        )
    if deed.clerk:
        yield _Given("Name of the registrar", "Qeydiyyatçının adı", deed.clerk, LONGEST_NAME)
    if deed.reason:
        yield _Given("Reason", "Səbəb", deed.reason, LONGEST_TEXT, is_prose=True)
    if deed.decision is not None:
        if deed.decision.ground_code is not None:
            yield _Given("Ground of the decision", "Qərarın əsası", deed.decision.ground_code, LONGEST_CODE)
        if deed.decision.reason:
            yield _Given("Reason of the decision", "Qərarın səbəbi", deed.decision.reason, LONGEST_TEXT, is_prose=True)
    for place, defect in enumerate(deed.defects, start=1):
        of = f"{place} nömrəli qüsurun"
        yield _Given(f"Path of defect {place}", f"{of} yolu", defect.path, LONGEST_PATH)
        yield _Given(f"Rule of defect {place}", f"{of} qaydası", defect.rule, LONGEST_CODE)
        yield _Given(
            f"Azerbaijani text of defect {place}",
            f"{of} Azərbaycan dilində mətni",
            defect.text_az,
            LONGEST_TEXT,
            is_prose=True,
        )
        yield _Given(
            f"English text of defect {place}",
            f"{of} ingilis dilində mətni",
            defect.text_en,
            LONGEST_TEXT,
            is_prose=True,
        )


def _wrong(given: _Given) -> tuple[str, str] | None:
    """What is wrong with a text, in Azerbaijani and English."""
    text, most = given.text, given.most
    if not text:
        return "mətn boşdur", "it is empty"
    if len(text) > most:
        return (
            f"işarələrin sayı {len(text)}, icazə verilən ən çoxu {most}",
            f"it has {len(text)} characters, and {most} are allowed",
        )
    place = next((at for at, each in enumerate(text) if not _is_fit(each, is_prose=given.is_prose)), None)
    if place is None:
        return None
    code = f"U+{ord(text[place]):04X}"
    return (
        f"{place + 1} nömrəli yerdə yol verilməyən işarə var ({code}); onu silin",
        f"the character at place {place + 1} ({code}) is not allowed; take it out",
    )


def _is_fit(character: str, *, is_prose: bool) -> bool:
    if is_prose and character in _OF_LINES:
        return True
    if character in _BIDI or character in _NOT_IN_XML:
        return False
    category = unicodedata.category(character)
    return category not in _BARRED and (is_prose or category != "Cf")


def _unfit(az: str, en: str) -> Ground:
    return ground(GroundCode.TEXT_UNFIT, az, en)
