"""Who gets a place: connections and bytes of bodies, in the process and for one address."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_network
from typing import Final

from gateway.faults import RefusalError
from gateway.serving.bounds import RESTRICTED, Bounds
from gateway.soap.peer import Address

_ONE_HOUSEHOLD: Final = 64
"""Bits of an IPv6 address that tell one subscriber from the next: whoever has one such address has all of them."""
_SMALL: Final = 65_536
"""Bytes of an ordinary message; few operations need more."""
_KEPT_FOR_SMALL: Final = 8
"""The part of the room, an eighth, that large bodies cannot fill: hoarding them does not stop ordinary traffic."""


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """The place of one connection."""

    key: str | None
    """Whom its load counts for; None: a front, that speaks for many."""
    refusal: RefusalError | None
    """Why requests of this connection are refused, except a watchdog's; None: they are not."""


class Admission:
    """Counts, for all threads of a process."""

    def __init__(self, bounds: Bounds, trusts: Callable[[Address], bool]) -> None:
        """`trusts`: whether an address is that of a front, for which the limits of one address do not hold."""
        self._bounds = bounds
        self._trusts = trusts
        self._lock = threading.Lock()
        self._connections: Counter[str | None] = Counter()
        self._bytes: Counter[str | None] = Counter()
        self._seats = self._restricted = self._held = 0

    def take_seat(self, address: Address | None) -> Seat | None:
        """Give a connection its place; None: there is not even one to refuse it in good form."""
        key = self._key(address)
        with self._lock:
            refusal = self._refusal(key)
            if refusal is not None:
                if self._restricted >= RESTRICTED:
                    return None
                self._restricted += 1
            else:
                self._seats += 1
                self._connections[key] += 1
        return Seat(key, refusal)

    def leave(self, seat: Seat) -> None:
        """Free the place of a connection that was closed."""
        with self._lock:
            if seat.refusal is not None:
                self._restricted -= 1
                return
            self._seats -= 1
            _take_from(self._connections, seat.key, 1)

    def hold(self, seat: Seat, count: int, held: int = 0) -> bool:
        """Count bytes of a body that has `held` already; False: there is no room, and they were not counted."""
        with self._lock:
            limit = self._bounds.bodies_in_flight
            if held + count > _SMALL:
                limit -= limit // _KEPT_FOR_SMALL
            # Half of the room is kept from any single address.
            alone = seat.key is not None and self._bytes[seat.key] + count > max(limit // 2, self._bounds.max_body)
            if self._held + count > limit or alone:
                return False
            self._held += count
            self._bytes[seat.key] += count
            return True

    def give_back(self, seat: Seat, count: int) -> None:
        """Count bytes of a body no more."""
        with self._lock:
            self._held -= count
            _take_from(self._bytes, seat.key, count)

    def _key(self, address: Address | None) -> str | None:
        if address is None or self._trusts(address):
            return None
        if isinstance(address, IPv6Address):
            return str(ip_network((address, _ONE_HOUSEHOLD), strict=False))
        return str(address)

    def _refusal(self, key: str | None) -> RefusalError | None:
        if self._seats >= self._bounds.connections:
            return RefusalError("server.overloaded", reason="HTTP.CONNECTIONS")
        if key is not None and self._connections[key] >= self._bounds.connections_per_address:
            return RefusalError("client.http.too-many-connections", reason="HTTP.CONNECTIONS_PER_ADDRESS")
        return None


def _take_from(counter: Counter[str | None], key: str | None, count: int) -> None:
    counter[key] -= count
    if counter[key] <= 0:
        del counter[key]
