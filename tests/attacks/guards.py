"""Every guard is needed: with it switched off, some entry of the corpus is let through."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from lxml import etree

from gateway.faults import RefusalError
from gateway.security import (
    addressing,
    certificate_profile,
    freshness,
    profile,
    references,
    signed_info,
    structure,
    token,
    trust,
    verify,
)
from gateway.security.revocation import Knowledge
from gateway.xml.namespaces import DS, WSA
from tests.attacks.model import ENTRIES, Expect
from tests.attacks.sweep import Verifier
from tests.attacks.targets import Target
from tests.unit.gateway.security.material import MORE
from tests.unit.gateway.security.test_guards import GUARDS, nothing

Switch = tuple[Any, str, Any]


def switches(world: Any) -> dict[str, list[Switch]]:
    """What each guard is replaced with to be switched off."""
    found: dict[str, list[Switch]] = {
        name: [(module, attribute, off)] for name, (module, attribute, off, _attack) in GUARDS.items()
    }
    (root,) = x509.load_pem_x509_certificates(next(world.home.roots.glob("development*.pem")).read_bytes())
    ours = (world.issuing.issued.certificate, root)
    found["chain"] = [
        (trust.TrustStore, "_issuers", lambda _self, _leaf: ours),
        (trust.TrustStore, "_require_path", nothing),
    ]
    sha1 = f"{DS}sha1"
    weak = {sha1: _sha1}
    found["digest methods"] = [(profile, "DIGESTS", weak), (references, "DIGESTS", weak)]
    method = replace(profile.SIGNATURES[f"{MORE}rsa-sha256"], uri=f"{DS}rsa-sha1", hash=hashes.SHA1())
    found["signature methods"] = [(profile, "SIGNATURES", {method.uri: method})]
    found["token in the header"] = [(verify.token, "read_certificate", _any_token)]
    # cryptography's own path validation would hold these as well.
    path = (trust.TrustStore, "_require_path", nothing)
    found["issuers"] = [(trust, "require_issuer", nothing), path]
    found["names"] = [(trust, "require_names", nothing), path]
    found["revocation"] = [(Knowledge, "check", nothing)]
    found["addresses"] = [(addressing, "_text", lambda element: element.text or "urn:none")]
    found["strict base64"] = [(profile, "base64_bytes", _lax_base64), (signed_info, "base64_bytes", _lax_base64)]
    found["key sizes"] = [(certificate_profile, "is_strong", lambda _key: True)]
    found["certificates' times"] = [(certificate_profile, "_require_time", nothing), path]
    found["critical extensions"] = [(certificate_profile, "_require_understood", nothing), path]
    found["one security header"] = [(structure, "_only_security", _last_security)]
    found["one payload"] = [(structure, "_only_payload", lambda _root, body, _soap: body[0])]
    found["addressing once"] = [(structure, "read_headers", _any_headers)]
    found["form of the token"] = [(token, "require_attributes", nothing)]
    found["form of the times"] = [(freshness, "require_attributes", nothing)]
    return found


def _sha1(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha1(data, usedforsecurity=False).digest()


def _lax_base64(text: str, _limit: int) -> bytes | None:
    """What careless libraries make of a value: whatever is not of the alphabet is dropped."""
    try:
        return base64.b64decode(text)
    except ValueError:
        return None


def _last_security(blocks: Any, _soap: str) -> Any:
    found = [block for block in blocks if block.tag.endswith("}Security")]
    if not found:
        raise RefusalError("client.security.missing")
    return found[-1]


def _any_headers(blocks: Any) -> dict[str, Any]:
    return {etree.QName(block).localname: block for block in blocks if block.tag.startswith(f"{{{WSA}}}")}


def _any_token(_key_info: Any, found: Any, ids: Any) -> bytes:
    """The certificate of whatever token there is, wherever it is."""
    for name in ("Else", "X509"):
        if name in ids:
            return token.read_token(ids[name])
    return token.read_token(found)


@contextmanager
def switched_off(switch: list[Switch]) -> Iterator[None]:
    kept = [(module, attribute, getattr(module, attribute)) for module, attribute, _ in switch]
    for module, attribute, off in switch:
        setattr(module, attribute, off)
    try:
        yield
    finally:
        for module, attribute, was in kept:
            setattr(module, attribute, was)


def messages(world: Any) -> Iterator[tuple[str, bytes]]:
    """Every bad message of the corpus that the verification core refuses."""
    for entry in ENTRIES.values():
        if entry.generate is None or entry.kind in {"document", "transport"}:
            continue
        for case in entry.cases(world):
            if case.expect is not Expect.INERT and case.sent.body and not case.sent.raw:
                yield f"{entry.id} {case.name}", case.sent.body


def survivors(world: Any) -> tuple[dict[str, str], list[str]]:
    """For each guard the entry that gets through without it; and the guards without which nothing changes."""
    base, now = Verifier(world), world.now
    refused = [(name, data) for name, data in messages(world) if not _accepts(base, data, now)]
    killed: dict[str, str] = {}
    alive: list[str] = []
    for guard, switch in switches(world).items():
        with switched_off(switch):
            fresh = Verifier(world)  # a store takes its rules when it is made
            name = next((name for name, data in refused if _gets_through(fresh, data, now)), None)
        if name is None:
            alive.append(guard)
        else:
            killed[guard] = name
    return killed, alive


def _accepts(verifier: Callable[..., Any], data: bytes, now: Any) -> bool:
    try:
        verifier(data, now)
    except RefusalError:
        return False
    return True


def _gets_through(verifier: Callable[..., Any], data: bytes, now: Any) -> bool:
    try:
        return _accepts(verifier, data, now)
    except Exception:  # noqa: BLE001 - a verifier with a part taken out may fall over; that is no acceptance
        return False


def tell(target: Target) -> bool:
    """Print what the guards came to; whether all are needed."""
    killed, alive = survivors(target.world)
    print(f"guards: {len(killed)} of {len(killed) + len(alive)} needed" + "".join(f"; not {each}" for each in alive))
    return not alive
