"""Tracking ids that prove themselves: a UUIDv7 and a short MAC over it and the agency it was given to.

The same key vouches for the messages of intake, so that nothing put on a queue by others ever has an effect.

With the store down, the gateway can still tell "accepted, still in the queue" from "never issued here"
(architecture, A request's life).
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from typing import Final

from uuid_utils import compat as uuid

_FORM: Final = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})-([0-9a-f]{10})")
MAC_HEADER: Final = "mac"
"""Name of the message header that carries `TrackingIds.mac_of`."""
_MAC_BYTES: Final = 5
"""40 bits: a guess holds once in 10^12, and holding gains nothing but the word ACCEPTED."""


@dataclass(frozen=True, slots=True)
class TrackingIds:
    """Issues and recognises tracking ids; every process of an installation shares the key."""

    key: bytes = field(repr=False)

    def issue(self, agency: str) -> str:
        """Return a new id for a command of `agency`, `<uuid>-<10 hexadecimal digits>`; ids sort by time."""
        identifier = str(uuid.uuid7())
        return f"{identifier}-{self._mac(identifier, agency)}"

    def issued(self, tracking_id: str, agency: str) -> bool:
        """Whether this installation gave `tracking_id` to `agency`."""
        match = _FORM.fullmatch(tracking_id)
        return match is not None and hmac.compare_digest(match[2], self._mac(match[1], agency))

    def mac_of(self, body: bytes) -> str:
        """Return the MAC of a message's body: what a worker recognises the intake's own messages by (B214)."""
        return hmac.digest(self.key, b"message:" + body, "sha256").hex()

    def made_here(self, body: bytes, mac: str | None) -> bool:
        """Whether `mac` is the one intake gave to `body`."""
        return mac is not None and hmac.compare_digest(mac.encode(), self.mac_of(body).encode())

    def _mac(self, identifier: str, agency: str) -> str:
        code = hmac.digest(self.key, f"tracking:{identifier}:{agency}".encode(), "sha256")
        return code[:_MAC_BYTES].hex()
