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
from typing import Any, Final, cast

from lxml.etree import _Element

from gateway.contract.model import DSIG_NAMESPACE, ComplexType, Field, SimpleType

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

    Lists for repeated fields, no key for other absent ones, `date`, aware UTC `datetime`, `bytes`, `int`, `bool` and
    `str` for leaves. Attributes are not looked at. Raises `ElementError` on an unknown element, or a leaf that holds
    more than text.
    """
    return _decoder(of, {})


def _decoder(of: ComplexType, made: dict[tuple[str, str], Any]) -> Callable[[_Element], dict[str, Any]]:
    key = (of.namespace, of.name)
    if key in made:
        return cast("Callable[[_Element], dict[str, Any]]", made[key])
    table: dict[Any, tuple[str, _Read, bool]] = {
        f"{{{of.namespace}}}{field.name}": (field.name, _reader(field, made), field.repeated) for field in of.fields
    }
    signature = (f"{{{DSIG_NAMESPACE}}}Signature",) if of.sealed else ()
    lists = [field.name for field in of.fields if field.repeated]

    def decode(element: _Element) -> dict[str, Any]:
        tree: dict[str, Any] = {name: [] for name in lists}
        for child in element:
            entry = table.get(child.tag)
            if entry is not None:
                name, read, repeated = entry
                if repeated:
                    tree[name].append(read(child))
                else:
                    tree[name] = read(child)
            elif isinstance(child.tag, str) and child.tag not in signature:
                raise ElementError(f"an element that {of.name} does not have")
        return tree

    made[key] = decode
    return decode


def _reader(field: Field, made: dict[tuple[str, str], Any]) -> _Read:
    if isinstance(field.type, ComplexType):
        return _decoder(field.type, made)
    parse = str.lower if field.type.name == "Uuid" else _PARSERS[field.type.base]
    if parse is None:
        return _text
    return lambda element: parse(_text(element))


def _text(element: _Element) -> str:
    # A comment would cut `.text` short, and with it what was signed.
    if len(element):
        raise ElementError("a leaf that holds more than text")
    return element.text or ""


def parse_moment(text: str) -> datetime:
    """The moment that an xs:dateTime with a time zone names, in UTC; digits beyond the microsecond are dropped."""
    return datetime.fromisoformat(text.strip(_WHITE)).astimezone(UTC)


def parse_integer(text: str) -> int:
    """The number that an xs:int or xs:long names, however many zeros lead it: Python reads 4300 digits at the most."""
    value = text.strip(_WHITE)
    digits = value.lstrip("+-").lstrip("0") or "0"
    return -int(digits) if value.startswith("-") else int(digits)


def _parse_day(text: str) -> date:
    return date.fromisoformat(text.strip(_WHITE))


def _parse_flag(text: str) -> bool:
    return text.strip(_WHITE) in ("true", "1")


_PARSERS: Final[Mapping[str, Callable[[str], Any] | None]] = {
    "string": None,
    "int": parse_integer,
    "long": parse_integer,
    "date": _parse_day,
    "dateTime": parse_moment,
    "boolean": _parse_flag,
    "base64Binary": base64.b64decode,
}


# Writing ----------------------------------------------------------------------------------------


def compile_encoder(of: ComplexType, element: str) -> Callable[[Any], bytes]:
    """Return a function that writes a record as the global element `element` of the namespace of `of`.

    The record has the fields of `of` under their snake-case names; None is absent. The bytes are UTF-8 exclusive
    canonical XML with default namespace declarations only and no attributes.
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
    """Write the fields of `of` inside an element whose own name is in the namespace `around`.

    The function is generated, a statement or two for each field, which halves the time of a loop over a table. The
    text it is made of comes from the declared types only.
    """
    key = (of.namespace, of.name, around)
    if key in made:
        return made[key]
    declaration = "" if of.namespace == around else f' xmlns="{of.namespace}"'
    names: dict[str, Any] = {"_unsafe": _NEEDS_ESCAPE.search, "_escape": escape, **_FORMATS}
    lines = ["def write(record, put):"]
    together = ""  # required leaves that follow one another are put as one text
    for place, field in enumerate(of.fields):
        value = f"value{place}"
        tags = (f"<{field.name}{declaration}>", f"</{field.name}>")
        if _is_plain(field):
            lines.append(f"    {value} = record.{snake_case(field.name)}")
            together += _leaf(field.type, value, tags)
            continue
        if together:
            lines.append(f"    put(f'{together}')")
            together = ""
        if isinstance(field.type, ComplexType):
            names[f"write{place}"] = _writer(field.type, of.namespace, made)
        lines += _field_lines(field, value, tags, f"write{place}")
    lines.append(f"    put(f'{together}')")
    exec(compile("\n".join(lines), f"<encoder of {of.name}>", "exec"), names)  # noqa: S102 - nothing of a message gets here
    made[key] = names["write"]
    return made[key]


def _is_plain(field: Field) -> bool:
    """Whether it is a leaf that is there exactly once."""
    return isinstance(field.type, SimpleType) and field.least == field.most == 1 and field.choice is None


def _field_lines(field: Field, value: str, tags: tuple[str, str], branch: str) -> list[str]:
    opening, closing = tags
    source = f"record.{snake_case(field.name)}"
    if field.repeated:
        head = [f"    for {value} in {source}:"]
    else:
        head = [f"    {value} = {source}", f"    if {value} is not None:"]
    if isinstance(field.type, SimpleType):
        return [*head, f"        put(f'{_leaf(field.type, value, tags)}')"]
    return [*head, f"        put('{opening}')", f"        {branch}({value}, put)", f"        put('{closing}')"]


def _leaf(of: SimpleType | ComplexType, value: str, tags: tuple[str, str]) -> str:
    """A leaf as the inside of an f-string in single quotes."""
    assert isinstance(of, SimpleType)
    if of.values:
        form = f"{value}._value_"  # enumerations hold names only, nothing to escape
    elif of.base == "string":
        form = f"{value} if _unsafe({value}) is None else _escape({value})"
    else:
        form = f"_{of.base}({value})"
    return f"{tags[0]}{{{form}}}{tags[1]}"


def escape(text: str) -> str:
    """`text` as a canonical text node."""
    if _NEEDS_ESCAPE.search(text) is None:
        return text
    return _NEEDS_ESCAPE.sub(lambda match: _REFERENCES.get(match[0], _NO_CHARACTER), text)


def format_moment(moment: datetime) -> str:
    """An aware moment as xs:dateTime in UTC, with microseconds only where there are any."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat()[:-6] + "Z"


def _format_flag(flag: bool) -> str:  # noqa: FBT001 - it is the value, not a switch
    return "true" if flag else "false"


def _format_file(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")


_FORMATS: Final[Mapping[str, Callable[[Any], str]]] = {
    "_int": str,
    "_long": str,
    "_date": date.isoformat,
    "_dateTime": format_moment,
    "_boolean": _format_flag,
    "_base64Binary": _format_file,
}
