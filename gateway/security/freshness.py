"""The signed times of a message, and whether now lies between them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.lexical import instant, moment
from gateway.security.policy import Policy
from gateway.security.structure import HEADER, exact_children, require_attributes
from gateway.xml.namespaces import WSU
from gateway.xml.parser import leaf_text

EXPIRED: Final = "client.security.expired"
_TIMES: Final = (f"{{{WSU}}}Created", f"{{{WSU}}}Expires")
_IDS: Final = frozenset({f"{{{WSU}}}Id", "Id"})


def read_times(timestamp: etree._Element) -> tuple[datetime, datetime]:
    """Created and Expires of a wsu:Timestamp that holds exactly these two (BSP 1.1 R3203, R3221, R3222)."""
    require_attributes(timestamp, _IDS, HEADER, "TIME")
    created, expires = (_time(element) for element in exact_children(timestamp, _TIMES, HEADER, "TIME"))
    return created, expires


def _time(element: etree._Element) -> datetime:
    require_attributes(element, frozenset(), HEADER, "TIME")
    when = moment(leaf_text(element, HEADER, "TIME.LEAF"))
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
