"""What exactly breaks the contract in an element that the schema refused: every place, none of the content.

The schema alone decides whether an element is accepted. Its own messages repeat the values they complain of, and it
stops looking after the first misplaced child; so the places are found by walking the declared types once more.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from lxml import etree

from gateway.contract.codec import parse_integer
from gateway.contract.model import ComplexType, Field, SimpleType
from gateway.faults import FieldError
from gateway.xml.namespaces import XSI

_WHITE: Final = " \t\r\n"
_WITHOUT_WHITE: Final = str.maketrans("", "", _WHITE)
_SHOWN_NAME: Final = 64
"""Characters of an unknown element's name that are repeated to its sender."""
_INTEGER: Final = re.compile("[+-]?[0-9]+")
_RANGES: Final = {"int": 31, "long": 63}
_LARGEST_OFFSET: Final = 14 * 60
_HINTS: Final = frozenset({f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"})


def explain(of: ComplexType, element: etree._Element) -> Iterator[FieldError]:
    """Every breach of `of` in `element`, in document order as far as that can be told."""
    yield from _structure(of, element, f"/{_name(element)}")


def _structure(of: ComplexType, element: etree._Element, path: str) -> Iterator[FieldError]:
    yield from _no_attributes(element, path)
    if (element.text or "").strip(_WHITE) or any((child.tail or "").strip(_WHITE) for child in element):
        yield FieldError(path, "text", "Text is not allowed between the elements.")
    fields = {f"{{{of.namespace}}}{field.name}": field for field in of.fields}
    places = {field.name: place for place, field in enumerate(of.fields)}
    count = Counter(str(child.tag) for child in element)
    # A list that is too long must be cut first; what stands in it would cost whoever looks, not the sender.
    overfull = {tag for tag, field in fields.items() if field.repeated and count[tag] > (field.most or count[tag])}
    seen: Counter[str] = Counter()
    furthest = 0
    for child in element.iterchildren("*"):
        field = fields.get(str(child.tag))
        if field is None:
            yield _unexpected(of, child, path)
            continue
        seen[field.name] += 1
        child_path = f"{path}/{field.name}" + (f"[{seen[field.name]}]" if field.repeated else "")
        if places[field.name] < furthest:
            yield FieldError(child_path, "order", f"Must stand before {of.fields[furthest].name}.")
        furthest = max(furthest, places[field.name])
        if child.tag not in overfull:
            yield from _value(field, child, child_path)
    yield from _occurrences(of, seen, path)


def _value(field: Field, element: etree._Element, path: str) -> Iterator[FieldError]:
    if isinstance(field.type, ComplexType):
        yield from _structure(field.type, element, path)
        return
    yield from _no_attributes(element, path)
    if next(element.iterchildren("*"), None) is not None:
        yield FieldError(path, "text", "Must hold text only, no elements.")
        return
    text = "".join(element.itertext())
    breach = _facets(field.type, text)
    if breach is not None:
        yield FieldError(path, *breach)


def _occurrences(of: ComplexType, seen: Counter[str], path: str) -> Iterator[FieldError]:
    choices: dict[str, list[str]] = {}
    for field in of.fields:
        count = seen[field.name]
        if field.choice is not None:
            choices.setdefault(field.choice, []).append(field.name)
        elif count < field.least:
            yield FieldError(f"{path}/{field.name}", "required", "Must be given.")
        if field.most is not None and count > field.most:
            yield FieldError(f"{path}/{field.name}", "occurrences", f"May be given {field.most} times at the most.")
    for names in choices.values():
        if sum(seen[name] > 0 for name in names) != 1:
            yield FieldError(path, "choice", f"Exactly one of {', '.join(names)} must be given.")


def _unexpected(of: ComplexType, child: etree._Element, path: str) -> FieldError:
    name = _name(child)
    known = name in {field.name for field in of.fields}
    return FieldError(
        f"{path}/{name}",
        "namespace" if known else "unexpected",
        f"Must be in the namespace {of.namespace}."
        if known
        else f"There is no such element here. Known here: {', '.join(field.name for field in of.fields)}.",
    )


def has_attributes(element: etree._Element) -> bool:
    """Whether the element bears an attribute. Hints where a schema may lie do not count: nobody follows them."""
    return not _HINTS.issuperset(element.keys())


def _no_attributes(element: etree._Element, path: str) -> Iterator[FieldError]:
    if has_attributes(element):
        yield FieldError(path, "attribute", "Attributes are not allowed, xsi:type and xsi:nil included.")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname[:_SHOWN_NAME]


def _facets(of: SimpleType, text: str) -> tuple[str, str] | None:
    """The first facet that `text` breaks, as rule and text; None: it follows all that are looked at here."""
    value = text if of.base == "string" else text.strip(_WHITE)
    if of.values:
        names = [name for name, _ in of.values]
        return None if value in names else ("enumeration", f"Must be one of {', '.join(names)}.")
    if of.pattern is not None and re.fullmatch(of.pattern, value) is None:
        return "pattern", f"Must match the pattern {of.pattern} ({of.name})."
    return _lexical(of, value) or _length(of, value)


def _length(of: SimpleType, value: str) -> tuple[str, str] | None:
    length = len(value) if of.base != "base64Binary" else len(base64.b64decode(value))
    unit = "characters" if of.base != "base64Binary" else "octets"
    if of.min_length is not None and length < of.min_length:
        return "length", f"Must have {of.min_length} {unit} at the least."
    if of.max_length is not None and length > of.max_length:
        return "length", f"Must have {of.max_length} {unit} at the most."
    return None


def _lexical(of: SimpleType, value: str) -> tuple[str, str] | None:
    match of.base:
        case "int" | "long":
            return _integer(of, value)
        case "date" | "dateTime":
            known = _is_day(value) if of.base == "date" else _is_moment(value)
            return None if known else ("type", f"Must be a possible xs:{of.base}.")
        case "boolean":
            return None if value in ("true", "false", "1", "0") else ("type", "Must be true or false.")
        case "base64Binary":
            return None if is_base64(value) else ("type", "Must be base64.")
        case "string":
            return None


def _integer(of: SimpleType, value: str) -> tuple[str, str] | None:
    if _INTEGER.fullmatch(value) is None:
        return "type", "Must be a whole number."
    bound = 2 ** _RANGES[of.base]
    least = -bound if of.minimum is None else of.minimum
    most = bound - 1 if of.maximum is None else of.maximum
    # A thousand digits are no number anybody means, and slow to read as one.
    if len(value.lstrip("+-0")) > len(str(bound)) or not least <= parse_integer(value) <= most:
        return "range", f"Must be from {least} to {most}."
    return None


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_moment(value: str) -> bool:
    try:
        offset = datetime.fromisoformat(value).utcoffset()
    except ValueError:
        return False
    return offset is not None and abs(offset.total_seconds()) <= _LARGEST_OFFSET * 60


def is_base64(value: str) -> bool:
    """Whether `value` is xs:base64Binary to the letter (XML Schema Part 2, §3.2.16): white space, nothing stray."""
    compact = value.translate(_WITHOUT_WHITE)
    try:
        octets = base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return False
    # XML Schema also wants the bits beyond the last octet to be zero, which Python does not ask for.
    return base64.b64encode(octets).decode("ascii") == compact
