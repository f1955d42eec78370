"""The signed times of a message, and whether now lies between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from lxml import etree
from msgspec import Struct

from gateway.faults import RefusalError
from gateway.security.lexical import instant, moment
from gateway.security.policy import Policy
from gateway.security.structure import HEADER, exact_children, require_attributes
from gateway.xml.namespaces import WSU
from gateway.xml.parser import Document, leaf_text

EXPIRED: Final = "client.security.expired"
_TIMES: Final = (f"{{{WSU}}}Created", f"{{{WSU}}}Expires")
_IDS: Final = frozenset({f"{{{WSU}}}Id", "Id"})
_START: Final = f'<wsu:Timestamp xmlns:wsu="{WSU}" wsu:Id="'.encode()
_STAMP: Final = re.compile(
    re.escape(_START) + rb'([A-Za-z_][A-Za-z0-9_.\-]*+)">[ \t\n]*+'
    rb"<wsu:Created>([0-9T:.Z+\-]++)</wsu:Created>[ \t\n]*+"
    rb"<wsu:Expires>([0-9T:.Z+\-]++)</wsu:Expires>[ \t\n]*+</wsu:Timestamp>"
)


class Stamp(Struct, frozen=True):
    """What a wsu:Timestamp says, and its exclusive canonical form if that stands in the message."""

    created: datetime
    expires: datetime
    octets: bytes | None = None


def read_stamp(timestamp: etree._Element, document: Document, ids: Mapping[str, etree._Element]) -> Stamp:
    """The wsu:Timestamp of a message in which nothing but `ids` bears an id; see `read_times`.

    Without comment and CDATA section every `<` begins a tag. So what has the form of `_STAMP` is an element with that
    id, which is `timestamp` if the id is: no other has the same. The form leaves nothing open that canonical XML writes
    otherwise.
    """
    match = _STAMP.match(document.utf8, document.utf8.find(_START)) if document.plain else None
    if match is None or ids.get(match[1].decode("ascii")) is not timestamp:
        return Stamp(*read_times(timestamp))
    return Stamp(_moment(match[2].decode("ascii")), _moment(match[3].decode("ascii")), match[0])


def read_times(timestamp: etree._Element) -> tuple[datetime, datetime]:
    """Created and Expires of a wsu:Timestamp that holds exactly these two (BSP 1.1 R3203, R3221, R3222)."""
    require_attributes(timestamp, _IDS, HEADER, "TIME")
    created, expires = (_time(element) for element in exact_children(timestamp, _TIMES, HEADER, "TIME"))
    return created, expires


def _time(element: etree._Element) -> datetime:
    require_attributes(element, frozenset(), HEADER, "TIME")
    return _moment(leaf_text(element, HEADER, "TIME.LEAF"))


def _moment(text: str) -> datetime:
    when = moment(text)
    if when is None:
        raise RefusalError(HEADER, "TIME.FORM")
    return when


def require_fresh(created: datetime, expires: datetime, now: datetime, policy: Policy, *, explained: bool) -> None:
    """Refuse a message from the future, past its end, or meant to live longer than the policy allows.

    With `explained` the refusal tells both clocks: that is for enrolled callers.
    """
    reason = _staleness(created, expires, now, policy)
    if reason is None:
        return
    times = {"created": instant(created), "received": instant(now), "clockSkewSeconds": clock_skew(created, now)}
    raise RefusalError(EXPIRED, reason, times) if explained else RefusalError(EXPIRED, reason)


def _staleness(created: datetime, expires: datetime, now: datetime, policy: Policy) -> str | None:
    if expires <= created:
        return "TIME.ORDER"
    if expires - created > policy.max_lifetime:
        return "TIME.LIFETIME"
    if created > now + policy.clock_skew:
        return "TIME.FUTURE"
    return "TIME.EXPIRED" if now >= expires else None


def clock_skew(created: datetime, now: datetime) -> str:
    """Seconds by which the sender's Created lies ahead of our clock; negative for an older message."""
    return f"{(created - now).total_seconds():+.3f}"
