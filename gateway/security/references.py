"""Which elements a signature covers: found by id, and only where they must stand.

An id is a name that anybody can write a second time; a place is not. So a reference is looked up by its id and then
must be the very element (the same object in the same tree) that the reader will use (security §8 rule 4).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree
from msgspec import Struct

from gateway.faults import RefusalError
from gateway.security.algorithms import DIGESTS
from gateway.security.signed_info import Reference
from gateway.security.structure import FAILED
from gateway.xml.c14n import canonical
from gateway.xml.marks import AttributeMarks
from gateway.xml.namespaces import WSU

_ID_NAMES: Final = frozenset({"Id", "ID", "id", "AssertionID"})
_ID_ENDINGS: Final = ("Id", "ID", "id")
_ID_ENDINGS_UTF8: Final = frozenset({b"Id", b"ID", b"id"})
_WSU_ID: Final = f"{{{WSU}}}Id"
_FRAGMENT: Final = re.compile(r"#([A-Za-z_][A-Za-z0-9_.\-]{0,127})", flags=re.ASCII)


class Part(Struct, frozen=True):
    """A part of the message that a reference points to."""

    name: str
    element: etree._Element
    reference: Reference


class DigestedPart(Struct, frozen=True):
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
    ids that the document can have (see `id_marks`): when the elements `likely` bear as many, all different, no other
    can bear one, and the rest is not walked.
    """
    if marks is not None:
        found = _usual_ids(likely)
        if len(found) == marks:
            return found
    return _all_ids(root)


def _usual_ids(elements: Iterable[etree._Element]) -> dict[str, etree._Element]:
    """One id of each element where it bears a wsu:Id or Id."""
    found: dict[str, etree._Element] = {}
    for element in elements:
        value = element.get(_WSU_ID) or element.get("Id")
        if value is not None:
            found[value.strip()] = element
    return found


def _all_ids(root: etree._Element) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for element in root.iter(etree.Element):
        for name in element.keys():  # noqa: SIM118 - an element is no mapping of its attributes
            if name.endswith(_ID_ENDINGS) and name.rpartition("}")[2] in _ID_NAMES:
                value = element.get(name, "").strip()
                if value in found:
                    raise RefusalError(FAILED, "SIG.ID.DUPLICATE")
                found[value] = element
    return found


def id_marks(marks: AttributeMarks | None) -> int | None:
    """An upper bound of the id attributes in a document; None where it is not known."""
    return None if marks is None else marks.ending_in(_ID_ENDINGS_UTF8)


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


def digested(part: Part, in_place: bytes | None = None) -> DigestedPart:
    """Canonicalise the part where it stands and compute its digest.

    `in_place`: octets of the part as they came, which are its canonical form if they have the digest (see `in_place`).
    """
    digest = DIGESTS[part.reference.digest_method]
    if in_place is not None:
        found = DigestedPart(part, in_place, digest(in_place))
        if found.holds:
            return found
    form = canonical(part.element, part.reference.prefixes)
    return DigestedPart(part, form, digest(form))


def missing(parts: Iterable[Part], places: Iterable[str]) -> list[str]:
    """The places that no reference covers: all must be but the token, whose certificate proves itself."""
    covered = {part.name for part in parts}
    return [name for name in places if name not in covered and name != "BinarySecurityToken"]
