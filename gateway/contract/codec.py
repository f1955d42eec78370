"""Compiled codecs between elements and records. Compiled once per type; nothing is looked up per message.

`compile_decoder` makes a function from an element that the schema has already accepted to a tree of builtins under
the names of the contract, ready for `msgspec.convert`. `compile_encoder` makes a function from a record to bytes that
*are* exclusive canonical XML (https://www.w3.org/TR/xml-exc-c14n/): they are hashed and sent as they are.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from lxml.etree import _Element

from gateway.contract.model import ComplexType, Field, SimpleType

_Read = Callable[[_Element], Any]
_Write = Callable[[Any, Callable[[str], None]], None]

_WHITE: Final = " \t\r\n"
_NEEDS_ESCAPE: Final = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
"""Canonical XML 1.0, §2.3, text nodes."""
_NO_CHARACTER: Final = "\ufffd"
"""Stands for a character that XML 1.0 cannot carry (§2.2): an answer must never become malformed by its data."""


class ElementError(ValueError):
    """An element that the schema cannot have accepted was given to be decoded."""


def snake_case(name: str) -> str:
    """The record's name of a field: `textAz` → `text_az`. The reverse of msgspec's `rename="camel"`."""
    return re.sub("([A-Z])", r"_\1", name).lower()


# Reading ----------------------------------------------------------------------------------------


def compile_decoder(of: ComplexType) -> Callable[[_Element], dict[str, Any]]:
    """Return a function that reads an element of type `of`.

    Lists for repeated fields, no key for absent ones, `date`, aware UTC `datetime`, `bytes`, `int`, `bool` and `str`
    for leaves. Raises `ElementError` on an attribute, an unknown element, or a leaf that holds more than text.
    """
    return _decoder(of, {})


def _decoder(of: ComplexType, made: dict[tuple[str, str], Any]) -> Callable[[_Element], dict[str, Any]]:
    key = (of.namespace, of.name)
    if key in made:
        return made[key]  # type: ignore[no-any-return]
    table: dict[str, tuple[str, _Read, bool]] = {
        f"{{{of.namespace}}}{field.name}": (field.name, _reader(field, made), field.repeated) for field in of.fields
    }

    def decode(element: _Element) -> dict[str, Any]:
        if element.attrib:
            raise ElementError(f"an attribute of {of.name}")
        tree: dict[str, Any] = {}
        for child in element:
            entry = table.get(child.tag)
            if entry is None:
                if isinstance(child.tag, str):
                    raise ElementError(f"an element that {of.name} does not have")
                continue  # a comment between elements carries nothing
            name, read, repeated = entry
            if repeated:
                tree.setdefault(name, []).append(read(child))
            else:
                tree[name] = read(child)
        return tree

    made[key] = decode
    return decode


def _reader(field: Field, made: dict[tuple[str, str], Any]) -> _Read:
    if isinstance(field.type, ComplexType):
        return _decoder(field.type, made)
    parse = _PARSERS[field.type.base]
    if field.type.name == "Uuid":
        parse = str.lower
    if parse is None:
        return _text
    return lambda element: parse(_text(element))


def _text(element: _Element) -> str:
    # A comment would cut `.text` short, and with it what was signed.
    if len(element) or element.attrib:
        raise ElementError("a leaf that holds more than text")
    return element.text or ""


def parse_moment(text: str) -> datetime:
    """The moment that an xs:dateTime with a time zone names, in UTC; digits beyond the microsecond are dropped."""
    return datetime.fromisoformat(text.strip(_WHITE)).astimezone(UTC)


def _parse_day(text: str) -> date:
    return date.fromisoformat(text.strip(_WHITE))


def _parse_flag(text: str) -> bool:
    return text.strip(_WHITE) in ("true", "1")


_PARSERS: Final[Mapping[str, Callable[[str], Any] | None]] = {
    "string": None,
    "int": int,
    "long": int,
    "date": _parse_day,
    "dateTime": parse_moment,
    "boolean": _parse_flag,
    "base64Binary": base64.b64decode,
}


# Writing ----------------------------------------------------------------------------------------


def compile_encoder(of: ComplexType, element: str) -> Callable[[Any], bytes]:
    """Return a function that writes a record as the global element `element` of the namespace of `of`.

    The record has the fields of `of` under their snake-case names; None is absent. The bytes are UTF-8 exclusive canonical
    XML with default namespace declarations only and no attributes.
    """
    write = _writer(of, of.namespace, {})
    opening, closing = f'<{element} xmlns="{of.namespace}">', f"</{element}>"

    def encode(record: Any) -> bytes:
        parts = [opening]
        write(record, parts.append)
        parts.append(closing)
        return "".join(parts).encode()

    return encode


def _writer(of: ComplexType, around: str, made: dict[tuple[str, str, str], _Write]) -> _Write:
    """Write the fields of `of` inside an element whose own name is in the namespace `around`."""
    key = (of.namespace, of.name, around)
    if key in made:
        return made[key]
    declaration = "" if of.namespace == around else f' xmlns="{of.namespace}"'
    leaves_and_branches = [
        (
            snake_case(field.name),
            field.repeated,
            f"<{field.name}{declaration}>",
            f"</{field.name}>",
            _FORMATS[field.type.base] if isinstance(field.type, SimpleType) else None,
            _writer(field.type, of.namespace, made) if isinstance(field.type, ComplexType) else _no_branch,
        )
        for field in of.fields
    ]

    def write(record: Any, put: Callable[[str], None]) -> None:
        for attribute, repeated, opening, closing, form, branch in leaves_and_branches:
            value = getattr(record, attribute)
            if value is None:
                continue
            for item in value if repeated else (value,):
                if form is not None:
                    put(f"{opening}{form(item)}{closing}")
                else:
                    put(opening)
                    branch(item, put)
                    put(closing)

    made[key] = write
    return write


def _no_branch(record: Any, put: Callable[[str], None]) -> None:
    raise AssertionError("a leaf has no fields")


def escape(text: str) -> str:
    """`text` as a canonical text node."""
    if _NEEDS_ESCAPE.search(text) is None:
        return text
    return _NEEDS_ESCAPE.sub(lambda match: _REFERENCES.get(match[0], _NO_CHARACTER), text)


def format_moment(moment: datetime) -> str:
    """An aware moment as xs:dateTime in UTC, with microseconds only where there are any."""
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _format_flag(flag: bool) -> str:  # noqa: FBT001 - it is the value, not a switch
    return "true" if flag else "false"


def _format_file(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


_FORMATS: Final[Mapping[str, Callable[[Any], str]]] = {
    "string": escape,
    "int": str,
    "long": str,
    "date": date.isoformat,
    "dateTime": format_moment,
    "boolean": _format_flag,
    "base64Binary": _format_file,
}
