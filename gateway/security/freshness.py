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


def require_fresh(created: datetime, expires: datetime, now: datetime, policy: Policy) -> None:
    """Refuse a message from the future, past its end, or meant to live longer than the policy allows."""
    if expires <= created:
        raise _stale("TIME.ORDER", created, now)
    if expires - created > policy.max_lifetime:
        raise _stale("TIME.LIFETIME", created, now)
    if created > now + policy.clock_skew:
        raise _stale("TIME.FUTURE", created, now)
    if now >= expires:
        raise _stale("TIME.EXPIRED", created, now)


def _stale(reason: str, created: datetime, now: datetime) -> RefusalError:
    return RefusalError(
        EXPIRED,
        reason,
        {"created": instant(created), "received": instant(now), "clockSkewSeconds": clock_skew(created, now)},
    )


def clock_skew(created: datetime, now: datetime) -> str:
    """Seconds by which the sender's Created lies ahead of our clock; negative for an older message."""
    return f"{(created - now).total_seconds():+.3f}"
