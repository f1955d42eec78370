"""Which elements a signature covers: found by id, and only where they must stand.

An id is a name that anybody can write a second time; a place is not. So a reference is looked up by its id and then
must be the very element (the same object in the same tree) that the reader will use (security §8 rule 4).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.algorithms import DIGESTS
from gateway.security.signed_info import Reference
from gateway.security.structure import FAILED
from gateway.xml.c14n import canonical

_ID_NAMES: Final = frozenset({"Id", "ID", "id", "AssertionID"})
_ID_ENDINGS: Final = ("Id", "ID", "id")
_ID_ENDINGS_UTF8: Final = frozenset({b"Id", b"ID", b"id"})
_SPACED: Final = frozenset({bytes((first, space)) for first in range(256) for space in b" \t\r\n"})
_LONG: Final = 50_000
"""Bytes from which on `find`, which goes quickly from one sign to the next, is better than `split`."""
_MANY: Final = 1_000
"""Equals signs in a document up to which it is quicker to look at each than to walk the tree."""
_FRAGMENT: Final = re.compile(r"#([A-Za-z_][A-Za-z0-9_.\-]{0,127})", flags=re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the message that a reference points to."""

    name: str
    element: etree._Element
    reference: Reference


@dataclass(frozen=True, slots=True)
class DigestedPart:
    """A part together with its canonical form as it arrived."""

    part: Part
    canonical: bytes
    digest: bytes

    @property
    def holds(self) -> bool:
        """Whether the digest in the signature is the digest of what arrived."""
        return hmac.compare_digest(self.digest, self.part.reference.digest)


def scan_ids(
    root: etree._Element, marks: int | None = None, likely: Iterable[etree._Element] = ()
) -> dict[str, etree._Element]:
    """Every element that bears an id in any spelling or namespace, by that id; a value in use twice is refused.

    Space around a value is no difference: an ID-typed attribute loses it, an untyped one does not. `marks` is the most
    ids that the document can have (see `id_marks`): when the elements `likely` bear as many, no other can bear one, and
    the rest is not walked.
    """
    found: dict[str, etree._Element] = {}
    if marks is not None:
        _collect(likely, found)
        if len(found) == marks:
            return found
        found.clear()
    _collect(root.iter(etree.Element), found)
    return found


def _collect(elements: Iterable[etree._Element], found: dict[str, etree._Element]) -> None:
    for element in elements:
        for name in element.keys():  # noqa: SIM118 - an element is no mapping of its attributes
            if name.endswith(_ID_ENDINGS) and name.rpartition("}")[2] in _ID_NAMES:
                value = element.get(name, "").strip()
                if value in found:
                    raise RefusalError(FAILED, "SIG.ID.DUPLICATE")
                found[value] = element


def id_marks(data: bytes) -> int | None:
    """An upper bound of the id attributes in a document, counted in its bytes; None where that does not pay.

    The name of an attribute cannot be written in any other way than by its letters, so there is no id without such a
    name before an equals sign. UTF-16 has zero bytes between them.
    """
    if data[:1] in {b"\xff", b"\xfe"}:
        return None
    endings = _before_equals(data)
    if len(endings) > _MANY or not _SPACED.isdisjoint(endings):
        return None  # a space before the sign is lawful, and so rare that the tree may be walked for it
    return sum(map(_ID_ENDINGS_UTF8.__contains__, endings))


def _before_equals(data: bytes) -> list[bytes]:
    """The two bytes before each of the first equals signs, of one more than `_MANY` at the most."""
    if len(data) < _LONG:
        return [piece[-2:] for piece in data.split(b"=", _MANY + 1)[:-1]]
    endings: list[bytes] = []
    found = data.find(b"=")
    while found >= 0 and len(endings) <= _MANY:
        endings.append(data[max(0, found - 2) : found])
        found = data.find(b"=", found + 1)
    return endings


def resolve(
    references: Iterable[Reference], ids: Mapping[str, etree._Element], places: Mapping[str, etree._Element]
) -> list[Part]:
    """The parts that the references cover: each one of `places`, none of them twice."""
    names = {element: name for name, element in places.items()}  # by identity: an element is equal to itself alone
    parts: list[Part] = []
    for reference in references:
        match = _FRAGMENT.fullmatch(reference.uri)
        if match is None:
            raise RefusalError(FAILED, "SIG.REF.URI")
        element = ids.get(match[1])
        if element is None:
            raise RefusalError(FAILED, "SIG.REF.NOT_FOUND")
        name = names.pop(element, None)
        if name is None:
            twice = any(part.element is element for part in parts)
            raise RefusalError(FAILED, "SIG.REF.TWICE" if twice else "SIG.REF.POSITION")
        parts.append(Part(name, element, reference))
    return parts


def digested(part: Part) -> DigestedPart:
    """Canonicalise the part where it stands and compute its digest."""
    form = canonical(part.element, part.reference.prefixes)
    return DigestedPart(part, form, DIGESTS[part.reference.digest_method](form))


def missing(parts: Iterable[Part], places: Iterable[str]) -> list[str]:
    """The places that no reference covers: all must be but the token, whose certificate proves itself."""
    covered = {part.name for part in parts}
    return [name for name in places if name not in covered and name != "BinarySecurityToken"]
