"""Retrying, by tables."""

from __future__ import annotations

import pytest

from queues.errors import HoldError, UndecodableError
from queues.retry import DeadLetter, Decision, Failure, Hold, RetryAfter, RetryPolicy, classify, decide, delay

PLAIN = RetryPolicy(attempts=5, first_delay=1, factor=4, longest_delay=60, jitter=0)


class StoreAwayError(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (UndecodableError(), Failure.UNDECODABLE),
        (HoldError(), Failure.UNAVAILABLE),
        (StoreAwayError(), Failure.UNAVAILABLE),
        (ValueError(), Failure.OTHER),
        (ConnectionError(), Failure.OTHER),
    ],
)
def test_failures_are_told_apart(error: Exception, expected: Failure) -> None:
    assert classify(error, (StoreAwayError,)) is expected


@pytest.mark.parametrize(
    ("failure", "attempt", "expected"),
    [
        (Failure.OTHER, 1, RetryAfter(1)),
        (Failure.OTHER, 2, RetryAfter(4)),
        (Failure.OTHER, 3, RetryAfter(16)),
        (Failure.OTHER, 4, RetryAfter(60)),
        (Failure.OTHER, 5, DeadLetter("failed 5 times")),
        (Failure.OTHER, 6, DeadLetter("failed 6 times")),
        (Failure.UNDECODABLE, 1, DeadLetter("undecodable")),
        (Failure.UNDECODABLE, 5, DeadLetter("undecodable")),
        (Failure.UNAVAILABLE, 1, Hold()),
        (Failure.UNAVAILABLE, 99, Hold()),
    ],
)
def test_the_decision_follows_from_failure_and_attempt(failure: Failure, attempt: int, expected: Decision) -> None:
    assert decide(failure, attempt, PLAIN, lambda: 0.5) == expected


@pytest.mark.parametrize(("number", "expected"), [(0.0, 7.5), (0.5, 10.0), (0.999999, 12.5)])
def test_jitter_varies_a_delay_by_its_share_in_either_direction(number: float, expected: float) -> None:
    policy = RetryPolicy(first_delay=10, jitter=0.25)

    assert delay(1, policy, lambda: number) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("attempt", [-3, 0, 1, 10, 10_000_000])
def test_no_attempt_number_makes_a_delay_out_of_bounds(attempt: int) -> None:
    assert 1 <= delay(attempt, PLAIN, lambda: 0.5) <= 60
