"""What the operator decides about messages; what is no decision (algorithms, shapes) is in the code that checks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from gateway.xml.parser import Limits


def _nobody(_fingerprint: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of time and size, and to whom a failed signature is explained."""

    limits: Limits = field(default_factory=Limits)
    max_lifetime: timedelta = timedelta(minutes=5)
    """Longest time between Created and Expires, and the greatest age of a message."""
    clock_skew: timedelta = timedelta(seconds=60)
    """How far a sender's clock may run ahead of ours."""
    is_enrolled: Callable[[str], bool] = _nobody
    """Whether a certificate (SHA-256 fingerprint) is an enrolled system's. Such a caller, once its chain holds, is
    told what is wrong with a signature (security §0); everybody else reads the same generic text."""
