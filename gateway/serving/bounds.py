"""What one process gives to its callers at the most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_HEAD: Final = 32_768
"""Bytes of a request line with all its header fields."""
MAX_TARGET: Final = 4096
"""Bytes of a request target; no published address is longer than 100."""
MAX_FIELDS: Final = 100
"""Header fields of one request."""
LINGER: Final = 2.0
"""Seconds for which a connection that will be closed still takes in what its caller sends, so that he sees the answer
and not a reset (RFC 9112 §9.6)."""
LINGER_BYTES: Final = 16_000_000
"""Bytes taken in and thrown away meanwhile."""
RESTRICTED: Final = 100
"""Connections beyond the limits that are kept open long enough to answer a watchdog, or to refuse in good form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The settings of the server (`gateway.settings` tells what they mean)."""

    connections: int
    connections_per_address: int
    idle_timeout: float
    header_timeout: float
    body_timeout: float
    slowest_rate: int
    """Bytes a second: a body, or the taking of an answer, may be longer under way than `body_timeout` at this rate."""
    max_body: int
    bodies_in_flight: int
    waiting_requests: int
    waiting_timeout: float

    def too_slow(self, seconds: float, count: int) -> bool:
        """Tell whether `count` bytes in `seconds` are fewer than a well-meaning caller moves."""
        return seconds >= self.body_timeout and count < self.slowest_rate * seconds
