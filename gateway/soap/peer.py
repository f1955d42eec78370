"""Who is at the other end: the address and whether TLS guarded the way, believed from those only who may vouch for it.

A front that ends TLS stands between callers and this process and says in X-Forwarded-For and X-Forwarded-Proto what it
saw. Anybody can write these headers, so they count only when they come from an address that the operator named; from
others they are without effect (security B061), and so are `Forwarded` and every other header of that kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

from gateway.faults import RefusalError

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_WITH_PORT: Final = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<v4>[^\[\]:]+))(?::[0-9]{1,5})?")
_MOST_HOPS: Final = 16
"""Entries of X-Forwarded-For that are looked at; no chain of fronts is longer."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a call came from, as far as this process can know."""

    address: str
    """IP address of the caller as canonical text, never a name; an IPv4 address is never written as IPv6."""
    secure: bool
    """TLS guarded the way from the caller."""


class Fronts:
    """The TLS fronts that are believed."""

    def __init__(self, trusted: Iterable[Network] = ()) -> None:
        self._trusted = tuple(trusted)

    def trust(self, address: Address) -> bool:
        """Tell whether what `address` says of others is believed."""
        return any(address in network for network in self._trusted if network.version == address.version)

    def peer(self, environ: WSGIEnvironment) -> Peer:
        """Tell who sent this request; raises `RefusalError` when a believed front does not name an address."""
        direct = address_of(environ.get("REMOTE_ADDR", ""))
        if direct is None:
            raise RefusalError("server.internal", reason="HTTP.REMOTE_ADDR")
        here = environ["wsgi.url_scheme"] == "https"
        if not self.trust(direct):
            return Peer(str(direct), here)
        return Peer(
            str(self._farthest(direct, environ.get("HTTP_X_FORWARDED_FOR", ""))),
            here or _all_https(environ.get("HTTP_X_FORWARDED_PROTO", "")),
        )

    def _farthest(self, direct: Address, forwarded_for: str) -> Address:
        """Follow the hops from this end while those who wrote them are believed; what lies beyond is hearsay."""
        hops = [each.strip(" \t") for each in forwarded_for.split(",")] if forwarded_for else []
        at = direct
        for hop in reversed(hops[-_MOST_HOPS:]):
            if not self.trust(at):
                break
            heard = address_of(hop)
            if heard is None:
                raise RefusalError("client.http.bad-request", reason="HTTP.FORWARDED_FOR")
            at = heard
        return at


def address_of(text: str) -> Address | None:
    """Return the IP address in `text`, which may carry a port or a zone; None when there is none."""
    address = _parsed(text)
    if address is None and (match := _WITH_PORT.fullmatch(text)):
        address = _parsed(match["v6"] or match["v4"])
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return address


def _parsed(text: str) -> Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _all_https(forwarded_proto: str) -> bool:
    """Every value, of every hop: a front that appends to what the caller wrote does not make the caller's word true."""
    return bool(forwarded_proto) and all(each.strip(" \t").lower() == "https" for each in forwarded_proto.split(","))
