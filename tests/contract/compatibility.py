"""What of a new release would break a client of the old one.

A client of the old release goes on sending what was valid, and reads what it is answered passing over what it does not
know. So a request may only become wider, and an answer may only become more.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.contract.published import Element, Name, Published, Simple, Structure

LOWER_BOUNDS = {"minLength": "0", "minInclusive": "-" + "9" * 30}
"""Facet and what holds where it is absent."""
UPPER_BOUNDS = {"maxLength": "9" * 30, "maxInclusive": "9" * 30}
SENT_AS_FILES = ("registrationApplication", "appealApplication")


def breaks(old: Published, new: Published) -> list[str]:
    """Every change that breaks a client; empty: none does."""
    return [*_operations(old, new), *_roots(old, new)]


def _operations(old: Published, new: Published) -> Iterator[str]:
    for (namespace, name), calls in old.operations.items():
        for version, call in calls.items():
            now = new.operations.get((namespace, name), {}).get(version)
            if now is None:
                yield f"{namespace} {name}: no longer offered over SOAP {version}"
            elif now != call:
                yield f"{namespace} {name}: called differently over SOAP {version}"


def _roots(old: Published, new: Published) -> Iterator[str]:
    for root, of in old.roots.items():
        path = f"{root[0]} {root[1]}"
        if root not in new.roots:
            yield f"{path}: no longer there"
        else:
            sent = root in old.operations or root[1] in SENT_AS_FILES
            yield from _Comparison(old, new, sent=sent).types(of, new.roots[root], path)


class _Comparison:
    """Walks one request, or one answer, through both releases."""

    def __init__(self, old: Published, new: Published, *, sent: bool) -> None:
        self._old = old
        self._new = new
        self._sent = sent
        self._seen: set[tuple[Name, Name]] = set()

    def types(self, before: Name, after: Name, path: str) -> Iterator[str]:
        if (before, after) in self._seen:
            return
        self._seen.add((before, after))
        old, new = self._old.types.get(before), self._new.types.get(after)
        if isinstance(old, Structure) and isinstance(new, Structure):
            yield from self._structures(old, new, before, after, path)
        elif isinstance(old, Simple) and isinstance(new, Simple):
            yield from self._simples(old, new, path)
        elif before != after:
            yield f"{path}: another type"

    def _structures(self, old: Structure, new: Structure, before: Name, after: Name, path: str) -> Iterator[str]:
        if before[0] != after[0]:
            yield f"{path}: its elements are in another namespace"
        kept = [element.name for element in new.elements if element.name in {one.name for one in old.elements}]
        if kept != [element.name for element in old.elements if element.name in kept]:
            yield f"{path}: another order"
        now = {element.name: element for element in new.elements}
        known = {element.name for element in old.elements}
        for element in old.elements:
            if element.name not in now:
                yield f"{path}/{element.name}: removed"
            else:
                yield from self._elements(element, now[element.name], f"{path}/{element.name}", known)
        for element in new.elements:
            added_to_a_choice = element.choice is not None and not element.choice.isdisjoint(known)
            if element.name not in known and self._sent and element.least > 0 and not added_to_a_choice:
                yield f"{path}/{element.name}: new and mandatory"

    def _elements(self, old: Element, new: Element, path: str, known: set[str]) -> Iterator[str]:
        if self._sent:
            if _must_be_given(new) and not _must_be_given(old):
                yield f"{path}: mandatory now"
            elif new.least > old.least or new.most < old.most:
                yield f"{path}: may be given fewer times"
            # What a client of the old release does not know it does not send beside this one either.
            apart = frozenset() if new.choice is None else new.choice & known - {old.name}
            if not apart <= (old.choice or frozenset()):
                yield f"{path}: excludes others now"
        else:
            if not _must_be_given(new) and _must_be_given(old):
                yield f"{path}: may be missing now"
            if new.most > 1 >= old.most:
                yield f"{path}: a list now"
            if old.choice is not None and old.choice != new.choice:
                yield f"{path}: another choice"
        yield from self.types(old.type, new.type, path)

    def _simples(self, old: Simple, new: Simple, path: str) -> Iterator[str]:
        if old.base != new.base:
            yield f"{path}: {new.base[1]} instead of {old.base[1]}"
        elif self._sent:
            yield from _narrowed(old, new, path)


def _must_be_given(element: Element) -> bool:
    return element.least > 0 and element.choice is None


def _narrowed(old: Simple, new: Simple, path: str) -> Iterator[str]:
    if new.values and (not old.values or old.values - new.values):
        yield f"{path}: fewer values"
    if "pattern" in new.facets and new.facets["pattern"] != old.facets.get("pattern"):
        yield f"{path}: another pattern"  # whether it is wider nobody can tell
    for facet, absent in LOWER_BOUNDS.items():
        if int(new.facets.get(facet, absent)) > int(old.facets.get(facet, absent)):
            yield f"{path}: larger {facet}"
    for facet, absent in UPPER_BOUNDS.items():
        if int(new.facets.get(facet, absent)) < int(old.facets.get(facet, absent)):
            yield f"{path}: smaller {facet}"
