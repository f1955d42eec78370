"""Where revocation may be asked about: addresses the operator configured, and hosts that certificates may point to.

An address in a certificate counts only when its host is on the list; nothing else is ever resolved or connected to
(B176). Of an authority that has no source here nobody asks anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from gateway.security.certificate_profile import extension_of
from gateway.security.ocsp import authority_key

_PORTS: Final[Mapping[str, int]] = MappingProxyType({"http": 80, "https": 443})


def place_of(url: str) -> tuple[str, int] | None:
    """Host (lower case) and port of a plain http or https address; None for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    plain = url.isascii() and url.isprintable() and " " not in url and "@" not in parts.netloc
    if not plain or parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.hostname, port or _PORTS[parts.scheme]


class AllowedHosts:
    """The hosts that may be connected to; a host without a port stands for ports 80 and 443."""

    def __init__(self, hosts: Iterable[str] = (), urls: Iterable[str] = ()) -> None:
        """`hosts`: `HOST` or `HOST:PORT`; `urls`: addresses whose host and port are allowed. Raises `ValueError`."""
        self._places: set[tuple[str, int]] = set()
        for host in hosts:
            place = place_of(f"http://{host}")
            if place is None or urlsplit(f"http://{host}").path:
                raise ValueError(host)
            ports = (place[1],) if urlsplit(f"http://{host}").port else _PORTS.values()
            self._places.update((place[0], port) for port in ports)
        for url in urls:
            place = place_of(url)
            if place is None:
                raise ValueError(url)
            self._places.add(place)

    def allow(self, url: str) -> bool:
        """Whether `url` is plain http or https to a host on the list."""
        return place_of(url) in self._places


@dataclass(frozen=True, slots=True)
class Sources:
    """Addresses of lists and responders, by `authority_key` of the issuer they speak for."""

    lists: Mapping[bytes, tuple[str, ...]] = field(default_factory=dict)
    responders: Mapping[bytes, tuple[str, ...]] = field(default_factory=dict)
    named: AllowedHosts = field(default_factory=AllowedHosts)
    """Hosts that addresses in certificates may have."""

    def list_urls(self, certificate: x509.Certificate | None, issuer: x509.Certificate) -> tuple[str, ...]:
        """Where a list of `issuer` may be: as configured, and as `certificate` says if that host is allowed."""
        named = () if certificate is None else filter(self.named.allow, _distribution_points(certificate))
        return tuple(dict.fromkeys((*self.lists.get(authority_key(issuer), ()), *named)))

    def responder_urls(self, certificate: x509.Certificate | None, issuer: x509.Certificate) -> tuple[str, ...]:
        """Who may be asked about a certificate of `issuer`: as configured, and as `certificate` says if allowed."""
        named = () if certificate is None else filter(self.named.allow, _responders(certificate))
        return tuple(dict.fromkeys((*self.responders.get(authority_key(issuer), ()), *named)))

    def speak_for(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
        """Whether anything here can tell of `certificate`: then it must, or the certificate is refused."""
        return bool(self.responder_urls(certificate, issuer) or self.list_urls(certificate, issuer))


def _distribution_points(certificate: x509.Certificate) -> Iterator[str]:
    points = extension_of(certificate, x509.CRLDistributionPoints)
    for point in points or ():
        if point.reasons is None and point.crl_issuer is None:
            yield from _urls(point.full_name or ())


def _responders(certificate: x509.Certificate) -> Iterator[str]:
    for access in extension_of(certificate, x509.AuthorityInformationAccess) or ():
        if access.access_method == AuthorityInformationAccessOID.OCSP:
            yield from _urls((access.access_location,))


def _urls(names: Iterable[x509.GeneralName]) -> Iterator[str]:
    return (name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
