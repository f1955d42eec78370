"""The position sweep of B127: each signed part moved to every place of M0, an unsigned twin left where it was."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

from gateway.faults import RefusalError
from gateway.security.model import VerifiedEnvelope
from gateway.security.policy import Policy
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from gateway.xml.namespaces import DS, SOAP11, WSSE
from tests.attacks.bending import ID, find, twin_of
from tests.attacks.world import EVIL
from tests.unit.gateway.security.material import c14n

PARTS = ("Body", "Timestamp", "UsernameToken", "BinarySecurityToken", "To", "Action", "MessageID", "ReplyTo")
IDS = ("same", "new", "none")
WRAPPERS = (None, "{urn:w}Wrapper", f"{{{DS}}}Object", f"{{{SOAP11}}}Header", f"{{{WSSE}}}Security", "Extensions")
CHANGING = frozenset({"payload", "signed_info_digest"})


@dataclass
class Found:
    """What a sweep came to."""

    tried: int = 0
    accepted: list[str] = field(default_factory=list)
    """Positions at which anything unsigned was read."""
    crashed: list[str] = field(default_factory=list)
    inert: int = 0
    """Accepted with exactly the signed content."""
    reasons: dict[str, int] = field(default_factory=dict)


def meaning(envelope: VerifiedEnvelope) -> tuple[Any, ...]:
    """Everything that a later stage can learn from a message."""
    return (
        c14n(envelope.payload),
        envelope.digest,
        *(getattr(envelope, each) for each in envelope.__struct_fields__ if each not in {"payload", "compute_digest"}),
    )


class Verifier:
    """The verification core with an installation's trust."""

    def __init__(self, world: Any) -> None:
        self.trust = TrustStore.from_folder(world.home.path / "trust")
        self.world = world
        self.policy = Policy(is_enrolled=lambda _fingerprint: True)

    def __call__(self, data: bytes, now: datetime | None = None) -> VerifiedEnvelope:
        return verify(data, trust=self.trust, now=now or self.world.now, policy=self.policy)


def positions(seed: bytes) -> Iterator[tuple[str, bytes]]:
    """Every combination of part, place, id of the twin, order and wrapper, with its name."""
    places = sum(len(each) + 1 for each in etree.fromstring(seed).iter(etree.Element))
    for part, place, ident, first, wrapper in itertools.product(PARTS, range(places), IDS, (True, False), WRAPPERS):
        data = moved(seed, part, place, ident, first, wrapper)
        if data is not None:
            yield f"{part} to {place}, id {ident}, evil first {first}, in {wrapper}", data


def moved(seed: bytes, name: str, place: int, ident: str, first: bool, wrapper: str | None) -> bytes | None:
    """One position; None where the place lies in the part itself."""
    root = etree.fromstring(seed)
    points = [(each, index) for each in root.iter(etree.Element) for index in range(len(each) + 1)]
    target, index = points[place]
    part = find(root, name)
    if target is part or part in target.iterancestors():
        return None
    twin = twin_of(part, EVIL)
    if ident != "none":
        twin.set(ID, part.get(ID) if ident == "same" else "Twin")
    anchor = target[index] if index < len(target) else None
    part.addprevious(twin) if first else part.addnext(twin)
    moving = part
    if wrapper is not None:
        moving = etree.Element(wrapper)
        if anchor is part:
            anchor = part.getnext()
        moving.append(part)
    if anchor is moving:
        return None
    if anchor is not None and anchor.getparent() is target:
        anchor.addprevious(moving)
    else:
        target.append(moving)
    return etree.tostring(root)


def sweep(world: Any, *, stride: int = 1, start: int = 0) -> Found:
    """Every `stride`th position of a fresh M0."""
    verifier, seed, now = Verifier(world), world.full(), world.now
    lawful, found = meaning(verifier(seed, now)), Found()
    for name, data in itertools.islice(positions(seed), start, None, stride):
        _try(found, name, data, lambda data=data: verifier(data, now), lawful)
    return found


def sample(world: Any, count: int) -> Found:
    """About `count` positions, spread over all."""
    whole = len(PARTS) * len(IDS) * 2 * len(WRAPPERS) * 100
    return sweep(world, stride=max(1, whole // count))


def _try(found: Found, name: str, data: bytes, call: Any, lawful: tuple[Any, ...]) -> None:
    found.tried += 1
    try:
        envelope = call()
    except RefusalError as error:
        found.reasons[error.reason] = found.reasons.get(error.reason, 0) + 1
    except Exception as error:  # noqa: BLE001 - whatever else is raised is a crash
        found.crashed.append(f"{name}: {type(error).__name__}")
    else:
        if meaning(envelope) == lawful:
            found.inert += 1
        else:
            found.accepted.append(name)


# -- bit flips ---------------------------------------------------------------------------------------------------------


def flips(world: Any, count: int, seed: int = 7) -> Found:
    """Single bits of a signed message turned over: refused, or the very same content is read."""
    import random

    dice = random.Random(seed)
    verifier, message, now = Verifier(world), world.full(), world.now
    lawful, found = meaning(verifier(message, now)), Found()
    signed = [message.index(b"<soap:Body"), message.index(b"</soap:Body>")]
    for number in range(count):
        # Every other flip lies in the signed Body, so that both sides of the rule are tried.
        place = dice.randrange(*signed) if number % 2 else dice.randrange(len(message))
        bit = 1 << dice.randrange(8)
        data = message[:place] + bytes([message[place] ^ bit]) + message[place + 1 :]
        _try(found, f"bit {bit} of byte {place}", data, lambda data=data: verifier(data, now), lawful)
    return found
