"""Reading the small values of a security header: strict, because each laxity is somebody's second spelling."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from typing import Final

_XML_SPACE: Final = {ord(space): None for space in " \t\r\n"}
_MOMENT: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):([0-5]\d))", flags=re.ASCII
)

_MAX_OFFSET: Final = timedelta(hours=14)


def base64_bytes(text: str, limit: int) -> bytes | None:
    """The bytes of an xsd:base64Binary of at most `limit` characters without space, or None if it is not one.

    Space between the characters is lawful; everything else outside the alphabet, wrong padding and stray bits in the
    last character are not: a value has one spelling (compare signxml, which drops unknown characters).
    """
    compact = text.translate(_XML_SPACE)
    if not compact or len(compact) > limit:
        return None
    try:
        data = base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode("ascii") == compact else None


def moment(text: str) -> datetime | None:
    """An xsd:dateTime with a time zone, in UTC, or None if it is not one; digits beyond the microsecond are dropped."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction = int((match[7] or "0").ljust(6, "0")[:6])
    offset = timedelta(hours=int(match[9] or 0), minutes=int(match[10] or 0))
    if offset > _MAX_OFFSET:
        return None
    try:
        local = datetime(year, month, day, hour, minute, second, fraction, tzinfo=UTC)
        return local + offset if match[8] == "-" else local - offset
    except (ValueError, OverflowError):
        return None


def instant(when: datetime) -> str:
    """`when` as xsd:dateTime in UTC with milliseconds."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
