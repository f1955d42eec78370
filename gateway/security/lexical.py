"""Reading the small values of a security header: strict, because each laxity is somebody's second spelling."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime
from typing import Final

_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)", flags=re.ASCII
)
_NO_SPACE: Final = str.maketrans("", "", " \n\r\t")


def base64_bytes(text: str, limit: int) -> bytes | None:
    """The bytes of an xsd:base64Binary of at most `limit` characters without space, or None if it is not one.

    Space between the characters is lawful; everything else outside the alphabet, wrong padding and stray bits in the
    last character are not: a value has one spelling (compare signxml, which drops unknown characters).
    """
    data = _without_space(text, limit)
    if data is None:
        compact = text.translate(_NO_SPACE)
        data = None if len(compact) == len(text) else _without_space(compact, limit)
    return data


def _without_space(text: str, limit: int) -> bytes | None:
    if not text or len(text) > limit:
        return None
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    return data if binascii.b2a_base64(data, newline=False).decode("ascii") == text else None


def moment(text: str) -> datetime | None:
    """An xsd:dateTime with a time zone, in UTC, or None if it is not one; digits beyond the microsecond are dropped."""
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        when = datetime.fromisoformat(text)
        return when if when.tzinfo is UTC else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def instant(when: datetime) -> str:
    """`when` as xsd:dateTime in UTC with milliseconds."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"
