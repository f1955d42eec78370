"""What the bytes of a document tell of its attributes, without a walk over its tree.

Every attribute and every namespace declaration has an equals sign behind its name, and a name can be written in no
other way than by its letters. So the two bytes before each sign bound from above how many attributes there can be that
end in `Id`, say. Signs in texts are counted too: they only make the bound higher.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from msgspec import Struct

MANY: Final = 1_000
"""Signs up to which it is quicker to look at each than to walk the tree."""
_LONG: Final = 50_000
"""Bytes from which on `find`, which goes quickly from one sign to the next, is better than `split`."""
_SPACED: Final = frozenset({bytes((first, space)) for first in range(256) for space in b" \t\r\n"})


class AttributeMarks(Struct, frozen=True):
    """The two bytes before each equals sign of a document, in its order."""

    endings: list[bytes]

    def how_many(self) -> int:
        """An upper bound of the attributes and namespace declarations in the document."""
        return len(self.endings)

    def ending_in(self, wanted: Collection[bytes]) -> int:
        """An upper bound of those whose names end in one of `wanted` (two bytes each)."""
        return sum(map(self.endings.count, wanted))


def read_marks(utf8: bytes) -> AttributeMarks | None:
    """The marks of a document in UTF-8; None where they are too many, or where space stands before a sign.

    Such space is lawful, and so rare that the tree may be walked for it.
    """
    endings = _endings(utf8)
    return None if len(endings) > MANY or not _SPACED.isdisjoint(endings) else AttributeMarks(endings)


def _endings(utf8: bytes) -> list[bytes]:
    if len(utf8) < _LONG:
        return [piece[-2:] for piece in utf8.split(b"=", MANY + 1)[:-1]]
    endings: list[bytes] = []
    place = utf8.find(b"=")
    while place >= 0 and len(endings) <= MANY:
        endings.append(utf8[max(0, place - 2) : place])
        place = utf8.find(b"=", place + 1)
    return endings
