"""What becomes of a message whose handler failed: a pure decision, tested by one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from queues.errors import HoldError, UndecodableError


class Failure(Enum):
    """Why a handler did not finish, as far as it matters for what happens next."""

    UNDECODABLE = "undecodable"
    UNAVAILABLE = "unavailable"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Try again with the next attempt's number, not before so many seconds from now."""

    seconds: float


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Put it aside for a person to look at."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep it unsettled and wait; the attempt does not count."""


Decision = RetryAfter | DeadLetter | Hold


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently. Delays before jitter, by default: 1 s, 4 s, 16 s, 64 s."""

    attempts: int = 5
    """Attempts in all; the last one's failure dead-letters the message."""
    first_delay: float = 1.0
    """Seconds between the first failure and the second attempt."""
    factor: float = 4.0
    """By how much each delay is longer than the one before."""
    longest_delay: float = 600.0
    """Seconds; no delay is longer, before jitter."""
    jitter: float = 0.25
    """Share of a delay by which it is varied in either direction, so that failures of one moment do not meet again."""


def classify(error: BaseException, hold_on: tuple[type[BaseException], ...] = ()) -> Failure:
    """Which kind of failure `error` is; `hold_on` adds errors that mean the same as `HoldError`."""
    if isinstance(error, UndecodableError):
        return Failure.UNDECODABLE
    if isinstance(error, (HoldError, *hold_on)):
        return Failure.UNAVAILABLE
    return Failure.OTHER


def decide(failure: Failure, attempt: int, policy: RetryPolicy, random: Callable[[], float]) -> Decision:
    """What to do after attempt number `attempt` (from 1) failed; `random` gives numbers from 0 to below 1."""
    if failure is Failure.UNAVAILABLE:
        return Hold()
    if failure is Failure.UNDECODABLE:
        return DeadLetter("undecodable")
    if attempt >= policy.attempts:
        return DeadLetter(f"failed {attempt} times")
    return RetryAfter(delay(attempt, policy, random))


def delay(attempt: int, policy: RetryPolicy, random: Callable[[], float]) -> float:
    """Seconds to wait after attempt number `attempt`: exponential, bounded, with jitter."""
    # The exponent is bounded too, so that a forged attempt number cannot overflow the float.
    exact = min(policy.longest_delay, policy.first_delay * policy.factor ** min(max(attempt, 1) - 1, 64))
    return exact * (1 - policy.jitter + 2 * policy.jitter * random())
