"""A tree of values as the XML element that the contract declares, in the contract's order of elements.

Values are written as they were given: whether they are allowed is the gateway's to say, with its own field errors. Only
what cannot be written at all is refused here: a name that the contract does not have.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gateway.cli.failures import UsageError
from gateway.cli.fields import Tree
from gateway.cli.language import t
from gateway.contract.codec import escape
from gateway.contract.model import ComplexType, Field, SimpleType


def element(name: str, of: ComplexType, values: Tree) -> bytes:
    """Canonical XML of the global element `name` of type `of`; raises `UsageError` for unknown names."""
    parts = "".join(_content(of, of.namespace, values, name))
    return f'<{name} xmlns="{of.namespace}">{parts}</{name}>'.encode()


def _content(of: ComplexType, around: str, values: Any, path: str) -> Iterator[str]:
    if not isinstance(values, dict):
        raise UsageError(
            t(
                f"{path} has parts of its own: {_names(of)}. Give {path}.{of.fields[0].name}=… for example.",
                f"{path} hissələrdən ibarətdir: {_names(of)}. Məsələn, {path}.{of.fields[0].name}=… yazın.",
            )
        )
    _refuse_unknown(of, values, path)
    declaration = "" if of.namespace == around else f' xmlns="{of.namespace}"'
    for field in of.fields:
        if field.name in values:
            yield from _field(field, of.namespace, declaration, values[field.name], f"{path}.{field.name}")


def _field(field: Field, namespace: str, declaration: str, value: Any, path: str) -> Iterator[str]:
    for item in value if isinstance(value, list | tuple) else [value]:
        if isinstance(field.type, SimpleType):
            content = escape(_text(field.type, item, path))
        else:
            content = "".join(_content(field.type, namespace, item, path))
        yield f"<{field.name}{declaration}>{content}</{field.name}>"


def _text(of: SimpleType, value: Any, path: str) -> str:
    if isinstance(value, dict | list | tuple):
        raise UsageError(t(f"{path} has a value, not parts.", f"{path} sahəsinin qiyməti olur, hissələri yox."))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    text = "" if value is None else str(value)
    if of.base == "base64Binary" and text.startswith("@"):
        return b64encode(Path(text[1:]).read_bytes()).decode()
    return text


def _refuse_unknown(of: ComplexType, values: Tree, path: str) -> None:
    known = [field.name for field in of.fields]
    for name in values:
        if name not in known:
            close = get_close_matches(name, known, 1)
            meant = t(f" Did you mean {close[0]}?", f" Bəlkə {close[0]}?") if close else ""
            raise UsageError(
                t(
                    f"{path} has no element {name}.{meant} It has: {_names(of)}.",
                    f"{path} daxilində {name} elementi yoxdur.{meant} Olanlar: {_names(of)}.",
                )
            )


def _names(of: ComplexType) -> str:
    return ", ".join(field.name for field in of.fields)
