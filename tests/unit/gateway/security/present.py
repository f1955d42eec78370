"""A small PKI of this very day: OCSP answers bear the moment at which they are made, which no test can choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from gateway.security.dev_pki import Authority, Issued

TODAY = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
"""A moment that is still to come when the last of the tests has run: no answer made until then is from the future."""
YESTERDAY = TODAY - timedelta(days=1)


@dataclass(frozen=True)
class PresentPki:
    root: Authority
    issuing: Authority
    leaf: Issued
    other: Issued


@lru_cache(maxsize=1)
def present() -> PresentPki:
    root = Authority.root(TODAY - timedelta(days=30))
    issuing = root.authority(TODAY - timedelta(days=30))
    leaf, other = (issuing.issue(name, YESTERDAY, kind="P-256") for name in ("System A", "System B"))
    return PresentPki(root, issuing, leaf, other)
