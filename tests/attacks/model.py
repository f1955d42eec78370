"""What an entry of the corpus is, and the one table from the specification's answers to this product's fault codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Expect(Enum):
    """The answers of security §3. The value is what they are called there."""

    H400 = "H400"
    H404 = "H404"
    H405 = "H405"
    H408 = "H408"
    H413 = "H413"
    H415 = "H415"
    H429 = "H429"
    XML = "XML"
    CLI = "CLI"
    VER = "VER"
    MU = "MU"
    ALG = "ALG"
    TOK = "TOK"
    UTOK = "UTOK"
    SEC = "SEC"
    AUTH = "AUTH"
    CHK = "CHK"
    UNAV = "UNAV"
    EXP = "EXP"
    WSA = "WSA"
    DENY = "DENY"
    DOC = "D"
    """The message is taken, the document refused, with the sub-indication that the case names."""
    BUSINESS = "business refusal"
    """The message is taken, the application refused, with the code that the case names."""
    INERT = "inert"
    """Taken; the hostile part has no effect."""
    DROPPED = "dropped"
    """The connection is closed; nothing of it was a request."""


CODES: dict[Expect, frozenset[str]] = {
    # Refused by the HTTP layer, nothing parsed; where RFC 9110 has a finer number than 400, that is given.
    Expect.H400: frozenset(
        {
            "client.http.bad-request",
            "client.http.header-too-large",
            "client.http.target-too-long",
            "client.http.transfer-coding",
            "client.http.version",
            "client.http.expectation",
        }
    ),
    Expect.H404: frozenset({"client.http.not-found"}),
    Expect.H405: frozenset({"client.http.method-not-allowed"}),
    Expect.H408: frozenset({"client.http.timeout"}),
    Expect.H413: frozenset({"client.http.too-large"}),
    Expect.H415: frozenset({"client.http.media-type"}),
    Expect.H429: frozenset({"client.http.too-many-connections", "client.security.throttled"}),
    Expect.XML: frozenset({"client.xml.malformed", "client.xml.forbidden", "client.xml.encoding", "client.xml.limit"}),
    Expect.CLI: frozenset(
        {
            "client.soap.structure",
            "client.soap.action-mismatch",
            "client.xml.limit",
            "client.contract.invalid",
            "client.contract.unknown-operation",
            "client.request.conflict",
        }
    ),
    Expect.VER: frozenset({"client.soap.version-mismatch"}),
    Expect.MU: frozenset({"client.soap.must-understand"}),
    Expect.ALG: frozenset({"client.security.algorithm"}),
    Expect.TOK: frozenset({"client.security.token-invalid"}),
    Expect.UTOK: frozenset({"client.security.token-unsupported"}),
    Expect.SEC: frozenset({"client.security.missing", "client.security.header-invalid"}),
    Expect.AUTH: frozenset({"client.security.authentication-failed", "client.security.password-refused"}),
    # §0: once the caller is enrolled and its chain holds, a failed signature is explained; the WS-Security code stays.
    Expect.CHK: frozenset(
        {"client.security.failed-check", "client.security.signature-mismatch", "client.security.not-covered"}
    ),
    Expect.UNAV: frozenset({"client.security.token-unavailable"}),
    Expect.EXP: frozenset({"client.security.expired", "client.security.replayed"}),
    Expect.WSA: frozenset({"client.addressing.invalid", "client.soap.action-mismatch"}),
    Expect.DENY: frozenset({"client.access.denied"}),
    Expect.DOC: frozenset({"document.signature"}),
    Expect.BUSINESS: frozenset(),
    Expect.INERT: frozenset(),
    Expect.DROPPED: frozenset(),
}
"""Which of our fault codes (or codes of a refusal) is which answer of the specification."""


@dataclass(frozen=True)
class Sent:
    """One HTTP request."""

    body: bytes = field(repr=False)
    service: str = "documents"
    operation: str = "ReportInvalidDocuments"
    media: str = "text/xml; charset=utf-8"
    method: str = "POST"
    path: str = ""
    """Empty: the path of the service."""
    action: str | None = ""
    """SOAPAction as it is written; empty: that of the operation, quoted; None: not sent."""
    headers: tuple[tuple[str, str], ...] = ()
    raw: tuple[bytes, ...] = field(default=(), repr=False)
    """Bytes for the socket in place of all that; with a short pause between the pieces. Over HTTP only."""

    @property
    def target(self) -> str:
        return self.path or f"/soap/{self.service}/v1"

    @property
    def soap_action(self) -> str | None:
        """The value of the SOAPAction header."""
        return f'"urn:state-register:{self.service}:v1/{self.operation}"' if self.action == "" else self.action


@dataclass(frozen=True)
class Case:
    """One message of an entry and what is expected of it."""

    name: str
    sent: Sent
    expect: Expect
    reason: str
    """Precise reason in the log; several with `|` where more than one guard may be the first; empty: not judged."""


Generator = Callable[[Any], Iterable[Any]]
Special = Callable[[Any], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Entry:
    """A named attack with its cases."""

    id: str
    name: str
    kind: str
    """transport, xml, soap, security, wrapping, time, certificate, document, broker."""
    expect: Expect
    reason: str
    provenance: str
    generate: Generator | None = None
    special: Special | None = None
    """Judges the product as a whole: yields (case, what went wrong; empty: nothing)."""
    cpu: float = 0.3
    """Seconds of CPU a case may cost."""
    note: str = ""
    """Why the expectation differs from the table of §4, where it does."""

    def cases(self, world: Any) -> Iterator[Case]:
        """Generate the cases for the keys and clock of `world`."""
        assert self.generate is not None
        for made in self.generate(world):
            name, sent, *more = made
            sent = sent if isinstance(sent, Sent) else Sent(sent)
            reason = more[0] if more else self.reason
            yield Case(name, sent, more[1] if len(more) > 1 else self.expect, reason)


ENTRIES: dict[str, Entry] = {}
"""Every bad or inert entry, by its id."""
GOOD: dict[str, Entry] = {}
"""The accept corpus."""
LATER: dict[str, str] = {}
"""Entries of the specification that wait for the part of the product that they attack."""


def _register(entry: Entry, where: dict[str, Entry]) -> None:
    if entry.id in where:
        raise ValueError(f"{entry.id} is there twice")
    where[entry.id] = entry


def bad(
    ident: str, name: str, kind: str, expect: Expect, reason: str, provenance: str, *, cpu: float = 0.3, note: str = ""
) -> Callable[[Generator], Generator]:
    """Register a generator: it yields (case, message[, reason[, expect]])."""

    def add(generate: Generator) -> Generator:
        _register(Entry(ident, name, kind, expect, reason, provenance, generate, None, cpu, note), ENTRIES)
        return generate

    return add


def judged(
    ident: str, name: str, kind: str, expect: Expect, reason: str, provenance: str, *, note: str = ""
) -> Callable[[Special], Special]:
    """Register an entry that needs more than one message, or no message at all."""

    def add(special: Special) -> Special:
        _register(Entry(ident, name, kind, expect, reason, provenance, None, special, note=note), ENTRIES)
        return special

    return add


def good_judged(ident: str, name: str, provenance: str = "security §5") -> Callable[[Special], Special]:
    """Register what must be accepted and is more than one message."""

    def add(special: Special) -> Special:
        _register(Entry(ident, name, "accept", Expect.INERT, "", provenance, None, special), GOOD)
        return special

    return add


def good(ident: str, name: str, provenance: str = "security §5") -> Callable[[Generator], Generator]:
    """Register a generator of messages that must be accepted."""

    def add(generate: Generator) -> Generator:
        _register(Entry(ident, name, "accept", Expect.INERT, "", provenance, generate), GOOD)
        return generate

    return add
