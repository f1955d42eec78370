"""What there is to ask about revocation: lists of our authorities, and single certificates of theirs.

Nothing is asked here; `gateway.security.refresher` does that when it is due.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from gateway.security.ocsp import authority_key
from gateway.security.revocation_files import ANSWER, LIST
from gateway.security.sources import Sources

_MOST_SEEN: Final = 5_000
"""Certificates seen in messages that are asked about at the most; the one seen first gives way."""

Enrolled = Callable[[], Iterable[tuple[str, str]]]
"""Gives issuer (RFC 4514) and serial number (decimal) of every enrolled certificate."""
_About = tuple[x509.Certificate | None, x509.Certificate, int]
"""A certificate, as far as it was ever seen, its issuer and its serial number."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One list of an issuer, or one certificate of it to be asked about; `urls` are tried in their order."""

    name: str
    """Under which the answer is kept."""
    issuer: x509.Certificate
    urls: tuple[str, ...]
    serial: int | None = None
    """None: a list."""


class Inquiries:
    """Knows what to ask: about our intermediates, the enrolled certificates, and those seen in messages."""

    def __init__(
        self,
        sources: Sources,
        authorities: Iterable[x509.Certificate],
        *,
        enrolled: Enrolled = tuple,
        seen: bool = True,
    ) -> None:
        """`authorities`: our roots and intermediates; `seen`: ask about certificates that nobody enrolled, too."""
        self._sources = sources
        self._authorities = tuple({authority_key(each): each for each in authorities}.values())
        self._enrolled = enrolled
        self._ask_seen = seen
        self._seen: OrderedDict[tuple[bytes, int], tuple[x509.Certificate, x509.Certificate]] = OrderedDict()

    def add(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
        """Take note of a certificate seen in a message, with its issuer; whether it is seen for the first time."""
        key = (authority_key(issuer), certificate.serial_number)
        if key in self._seen:
            return False
        self._seen[key] = (certificate, issuer)
        while len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)
        return True

    def to_make(self, now: datetime) -> list[Inquiry]:
        """All inquiries there are; lists first, since with them a responder's own certificate is judged."""
        about = self._about(now)
        return [*self._about_lists(about), *self._about_certificates(about)]

    def _about_lists(self, about: Iterable[_About]) -> Iterable[Inquiry]:
        found: dict[str, Inquiry] = {}
        of_authorities: list[_About] = [(None, issuer, 0) for issuer in self._authorities]
        for certificate, issuer, _serial in (*of_authorities, *about):
            for url in self._sources.list_urls(certificate, issuer):
                name = _named(LIST, authority_key(issuer), url)
                found.setdefault(name, Inquiry(name, issuer, (url,)))
        return found.values()

    def _about_certificates(self, about: Iterable[_About]) -> Iterator[Inquiry]:
        for certificate, issuer, serial in about:
            urls = self._sources.responder_urls(certificate, issuer)
            if urls:
                yield Inquiry(_named(ANSWER, authority_key(issuer), str(serial)), issuer, urls, serial)

    def _about(self, now: datetime) -> list[_About]:
        """Certificates to ask about, each with its issuer: our intermediates, the enrolled ones, those seen."""
        by_name: dict[str, list[x509.Certificate]] = {}
        for each in self._authorities:
            by_name.setdefault(each.subject.rfc4514_string(), []).append(each)
        enrolled = {(name, int(serial)) for name, serial in self._enrolled()}
        found: dict[tuple[bytes, int], _About] = {}
        for each in self._authorities:
            if each.subject != each.issuer:
                for issuer in by_name.get(each.issuer.rfc4514_string(), ()):
                    found[authority_key(issuer), each.serial_number] = each, issuer, each.serial_number
        for name, serial in enrolled:
            for issuer in by_name.get(name, ()):
                found[authority_key(issuer), serial] = None, issuer, serial
        for key, (certificate, issuer) in list(self._seen.items()):
            serial = certificate.serial_number
            is_enrolled = key in found or (issuer.subject.rfc4514_string(), serial) in enrolled
            if (self._ask_seen or is_enrolled) and now <= certificate.not_valid_after_utc:
                found[key] = certificate, issuer, serial
        return list(found.values())


def _named(ending: str, authority: bytes, rest: str) -> str:
    """The name of the file in the cache; an address or a serial number says nothing of itself in it."""
    return hashlib.sha256(authority + rest.encode()).hexdigest()[:40] + ending
