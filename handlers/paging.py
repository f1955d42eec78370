"""Cursors: where a page ended, so that the next one begins right behind it, whatever happened meanwhile.

A cursor names the last row by a key that never changes for that row, so that rows that come, go or change between two
pages make no other row appear twice or not at all. It holds no state of ours and gives no right to anything: the
criteria are sent again with it, and are judged again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import date
from typing import Final, TypeVar

import msgspec

from handlers.record import Record

MAX_PAGE: Final = 100
"""Most rows (a number) of one page."""
PAGE: Final = 20
"""Rows of a page when nobody says how many."""

_CHECK: Final = 6
"""Octets of the checksum: what was cut off or mistyped is told from what we gave."""

_UNKNOWN: Final = "Is not one that was given: send it back as it came, or leave it out to begin anew."

KeyT = TypeVar("KeyT")


class CursorError(ValueError):
    """The cursor is not one that was given, or it was given for other criteria."""


class CriteriaError(ValueError):
    """Nothing could ever meet what is asked for. `field`: name of the criterion."""

    def __init__(self, field: str, text: str) -> None:
        self.field = field
        super().__init__(text)


class _Place(msgspec.Struct, array_like=True, frozen=True):
    listing: str
    criteria: bytes
    key: msgspec.Raw


def write_cursor(listing: str, criteria: Record, key: object) -> str:
    """The cursor behind the row `key` of the listing named `listing`, good for these `criteria` only."""
    place = _Place(listing, _digest(criteria), msgspec.Raw(msgspec.msgpack.encode(key)))
    body = msgspec.msgpack.encode(place)
    return base64.urlsafe_b64encode(_checksum(body) + body).rstrip(b"=").decode()


def read_cursor(cursor: str, listing: str, criteria: Record, key: type[KeyT]) -> KeyT:
    """The key in `cursor`; raises `CursorError` for anything that `write_cursor` did not make of the same criteria."""
    place = _place(cursor)
    if place.listing != listing or place.criteria != _digest(criteria):
        raise CursorError("Was given for another question: ask with the criteria it came from.")
    try:
        return msgspec.msgpack.decode(place.key, type=key)
    except msgspec.MsgspecError as error:
        raise CursorError(_UNKNOWN) from error


def page_size(wanted: int | None) -> int:
    """How many rows a page gets: `wanted`, within 1 to `MAX_PAGE`; None: `PAGE`."""
    return PAGE if wanted is None else min(max(wanted, 1), MAX_PAGE)


def require_order(name: str, first: date | None, last: date | None) -> None:
    """Raise `CriteriaError` when the days of the criteria `<name>From` and `<name>To` are the wrong way round."""
    if first is not None and last is not None and first > last:
        raise CriteriaError(f"{name}To", f"Must not lie before {name}From.")


def _place(cursor: str) -> _Place:
    try:
        if cursor.endswith("="):
            raise CursorError(_UNKNOWN)
        octets = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        check, body = octets[:_CHECK], octets[_CHECK:]
        if check != _checksum(body):
            raise CursorError(_UNKNOWN)
        return msgspec.msgpack.decode(body, type=_Place)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        if isinstance(error, CursorError):
            raise
        raise CursorError(_UNKNOWN) from error


def _digest(criteria: Record) -> bytes:
    return hashlib.sha256(msgspec.json.encode(criteria)).digest()[:8]


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(b"cursor" + body).digest()[:_CHECK]
