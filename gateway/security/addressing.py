"""WS-Addressing headers (WS-Addressing 1.0 SOAP binding): optional, each at most once, signed when present."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.xml.namespaces import WSA
from gateway.xml.parser import leaf_text

INVALID: Final = "client.addressing.invalid"
ANONYMOUS: Final = f"{WSA}/anonymous"
_NONE: Final = f"{WSA}/none"
_KNOWN: Final = frozenset({"To", "Action", "MessageID", "RelatesTo", "ReplyTo", "FaultTo", "From"})
_MAX_LENGTH: Final = 2048
"""Characters of an address or id."""


def read_headers(blocks: Iterable[etree._Element]) -> dict[str, etree._Element]:
    """The WS-Addressing headers among `blocks` by local name; an unknown or doubled one is refused."""
    found: dict[str, etree._Element] = {}
    for block in blocks:
        if not str(block.tag).startswith(f"{{{WSA}}}"):
            continue
        name = etree.QName(block).localname
        if name not in _KNOWN:
            raise RefusalError(INVALID, "WSA.UNKNOWN")
        if name in found:
            raise RefusalError(INVALID, "WSA.TWICE")
        found[name] = block
    return found


def require_answer_on_the_spot(headers: Mapping[str, etree._Element]) -> None:
    """Refuse a ReplyTo or FaultTo that asks for the answer elsewhere: we answer on the connection or not at all."""
    for name in ("ReplyTo", "FaultTo"):
        endpoint = headers.get(name)
        if endpoint is not None:
            addresses = endpoint.findall(f"{{{WSA}}}Address")
            if len(addresses) != 1 or _text(addresses[0]) not in {ANONYMOUS, _NONE}:
                raise RefusalError(INVALID, "WSA.NOT_ANONYMOUS")


def value(headers: Mapping[str, etree._Element], name: str) -> str | None:
    """The text of the header `name`, or None without one; empty and overlong values are refused."""
    element = headers.get(name)
    return None if element is None else _text(element)


def _text(element: etree._Element) -> str:
    text = leaf_text(element, INVALID, "WSA.LEAF").strip(" \t\r\n")
    if not text or len(text) > _MAX_LENGTH:
        raise RefusalError(INVALID, "WSA.VALUE")
    return text
