"""When what the gateway itself relies on ends: its own certificate, roots, intermediates, revocation lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from cryptography import x509

_Loaded = TypeVar("_Loaded")


class EndKind(StrEnum):
    """What it is that ends."""

    GATEWAY = "gateway"
    ROOT = "root"
    INTERMEDIATE = "intermediate"
    CRL = "crl"
    """A revocation list; it ends with nextUpdate."""


@dataclass(frozen=True, slots=True)
class End:
    """One thing that ends."""

    kind: EndKind
    name: str
    """RFC 4514 text: the subject of a certificate, the issuer of a list."""
    serial: str
    """Decimal digits; of a list, empty."""
    until: datetime


def own_ends(gateway: Path, trust: Path, fetched: Path) -> Iterator[End]:
    """What ends of an installation with that key file and that trust folder; nothing of what is not there.

    `fetched`: the folder of lists that were fetched. Raises `ValueError` for a file that holds neither certificates nor
    a list.
    """
    yield from _certificates(EndKind.GATEWAY, [gateway])
    own_root = gateway.with_name("gateway-root.pem")
    yield from _certificates(EndKind.ROOT, [own_root, *sorted((trust / "roots").glob("*.pem"))])
    yield from _certificates(EndKind.INTERMEDIATE, sorted((trust / "intermediates").glob("*.pem")))
    for path in sorted([*(trust / "crls").glob("*.pem"), *(trust / "crls").glob("*.crl"), *fetched.glob("*.crl")]):
        listed = _read(path, _load_list)
        if listed.next_update_utc is not None:
            yield End(EndKind.CRL, listed.issuer.rfc4514_string(), "", listed.next_update_utc)


def _certificates(kind: EndKind, paths: list[Path]) -> Iterator[End]:
    for path in paths:
        if path.is_file():
            for each in _read(path, x509.load_pem_x509_certificates):
                yield End(kind, each.subject.rfc4514_string(), str(each.serial_number), each.not_valid_after_utc)


def _load_list(content: bytes) -> x509.CertificateRevocationList:
    if content.lstrip().startswith(b"-----BEGIN"):
        return x509.load_pem_x509_crl(content)
    return x509.load_der_x509_crl(content)


def _read(path: Path, load: Callable[[bytes], _Loaded]) -> _Loaded:
    try:
        return load(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
