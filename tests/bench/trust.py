"""The trust in a certificate known already, revocation included, with a list as long as a whole country's.

The bound is 15 microseconds; what the same question costs without any list stands beside it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.security.dev_pki import Authority
from gateway.security.revocation import Knowledge
from gateway.security.revocation_list import RevocationList
from gateway.security.trust import TrustStore
from tests.bench.figures import Figure, cpu_milliseconds, figure

ALLOWED = 0.015
"""Milliseconds."""
LONG = 50_000
"""Serial numbers on the long list."""


def measure() -> list[Figure]:
    """A known certificate with no list, a short one and a long one; and the first look at a long list."""
    now = datetime.now(UTC)
    root = Authority.root(now)
    issuing = root.authority(now)
    der = issuing.issue("Bench", now).certificate.public_bytes(Encoding.DER)
    long_list = _list_of(issuing, LONG, now)
    stores = {
        "no list": _store(root, issuing, []),
        "a list of 10": _store(root, issuing, [_list_of(root, 0, now), _list_of(issuing, 10, now)]),
        f"a list of {LONG:,}": _store(root, issuing, [_list_of(root, 0, now), long_list]),
    }
    spent = cpu_milliseconds(
        {name: lambda store=store: store.trusted(der, now) for name, store in stores.items()},  # type: ignore[misc]
        seconds=0.5,
    )
    reading = cpu_milliseconds({"read": lambda: RevocationList.read(long_list)}, seconds=0.5)["read"]
    return [
        *(
            figure(f"a known certificate, {name}", each, "ms", ALLOWED, "15 µs", ratio_at_most=1)
            for name, each in spent.items()
        ),
        figure(f"reading a list of {LONG:,}, in the background", reading, "ms"),
    ]


def _store(root: Authority, issuing: Authority, lists: list[bytes]) -> TrustStore:
    knowledge = Knowledge(map(RevocationList.read, lists), required=bool(lists))
    return TrustStore([root.issued.certificate], [issuing.issued.certificate], revocation=knowledge)


def _list_of(by: Authority, length: int, now: datetime) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.issued.certificate.subject)
        .last_update(now)
        .next_update(now + timedelta(days=1))
    )
    for serial in range(1, length + 1):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(by.issued.key, hashes.SHA256()).public_bytes(Encoding.DER)
