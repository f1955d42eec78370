"""The relay: publishes what the store's outbox holds, and marks what the broker has confirmed.

Steps B1 to B4 (reliability §0). A message is marked only after its confirm, so that a crash in between publishes it
twice and never not at all; consumers recognise the repetition by its `message_id`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import datetime
from time import monotonic
from typing import Protocol

import structlog

from queues.broker import BrokerError, BrokerUnavailableError, Publisher
from queues.loop import JITTER, BackOff, Loop, where
from queues.message import Message
from queues.steps import reached

CONFIRM_TIMEOUT = 15.0
"""Seconds to wait for a batch's confirms; well within the 30 seconds of a claim."""
TIDY_INTERVAL = 60.0
"""Seconds between two looks for what was sent long ago."""

_log = structlog.get_logger(__name__)


class Outbox(Protocol):
    """Messages that a transaction left behind to be published."""

    def claim(self, limit: int, now: datetime) -> list[Message]:
        """Up to `limit` messages that are due, leased to the caller for a while."""

    def mark_sent(self, message_ids: list[str], now: datetime) -> None:
        """They are never claimed again."""


class Relay:
    """Moves messages from an outbox to a broker until stopped. Any number of relays may share an outbox.

    `hold_on` names the errors by which the outbox says that it is away; any other error is logged with its
    place in the code, and waited out just the same. `idle` is how many seconds an empty outbox is left alone.
    `tidy` removes some of what was sent long ago and tells whether there is more; it is called once a minute, and
    between all batches while there is more.
    """

    def __init__(
        self,
        outbox: Outbox,
        publisher: Publisher,
        *,
        clock: Callable[[], datetime],
        hold_on: tuple[type[BaseException], ...] = (),
        batch: int = 200,
        idle: float = 0.5,
        tidy: Callable[[], bool] = lambda: False,
        tidy_interval: float = TIDY_INTERVAL,
        random: Callable[[], float] = JITTER,
        first_pause: float = 0.5,
        name: str = "relay",
    ) -> None:
        self._outbox = outbox
        self._publisher = publisher
        self._clock = clock
        self._hold_on = hold_on
        self._batch = batch
        self._idle = idle
        self._tidy = tidy
        self._tidy_interval = tidy_interval
        self._next_tidy = 0.0
        self._outage = BackOff(random, first=first_pause, longest=5.0)
        self._confirmed: list[str] = []
        self._loop = Loop(name, self._round)

    def run(self) -> None:
        """Relay in the calling thread until `stop` is called."""
        self._loop.run()

    def start(self) -> None:
        """Relay in a thread of its own."""
        self._loop.start()

    def stop(self, timeout: float = 30.0) -> bool:
        """Finish the batch in hand and stop; False when that took longer than `timeout` seconds."""
        return self._loop.stop(timeout)

    def relay_batch(self) -> int:
        """Claim, publish and mark one batch; how many messages were claimed.

        Raises what the outbox raises, and `BrokerUnavailableError` when the broker was away for some of the batch. What
        was confirmed is marked, at the latest before the next batch; the rest is claimed again after its lease.
        """
        self._mark()
        messages = self._outbox.claim(self._batch, self._clock())
        if not messages:
            return 0
        reached("B1")
        futures = [self._publisher.submit(message) for message in messages]
        reached("B2")
        wait(futures, CONFIRM_TIMEOUT)
        errors = [_error(future) for future in futures]
        self._confirmed += [each.message_id for each, error in zip(messages, errors, strict=True) if error is None]
        reached("B3")
        self._mark()
        reached("B4")
        _report(messages, errors)
        return len(messages)

    def _round(self) -> None:
        try:
            full = self.relay_batch() >= self._batch
            self._tidy_up()
        except Exception as error:  # noqa: BLE001 - broker or store is away; the loop outlives that, and anything else
            self._wait_out(error)
        else:
            self._outage.succeeded()
            if not full:
                self._loop.pause(self._idle)

    def _tidy_up(self) -> None:
        now = monotonic()
        if now >= self._next_tidy:
            # Set first: when tidying fails, its next turn comes in a minute, and relaying goes on.
            self._next_tidy = now + self._tidy_interval
            if self._tidy():
                self._next_tidy = now

    def _wait_out(self, error: Exception) -> None:
        seconds = self._outage.failed()
        about = {"error": type(error).__name__, "seconds": round(seconds, 1)}
        if isinstance(error, (BrokerError, *self._hold_on)):
            _log.warning("relay waits", **about)
        else:
            _log.error("relay failed unexpectedly", **about, raised=where(error))
        self._loop.pause(seconds)

    def _mark(self) -> None:
        if self._confirmed:
            self._outbox.mark_sent(self._confirmed, self._clock())
            self._confirmed = []


def _error(future: Future[None]) -> BaseException | None:
    if not future.done():
        future.cancel()
        return BrokerUnavailableError("not confirmed in time")
    return future.exception()


def _report(messages: list[Message], errors: list[BaseException | None]) -> None:
    for message, error in zip(messages, errors, strict=True):
        if error is not None:
            about = {"queue": message.queue, "type": message.type, "message_id": message.message_id}
            _log.warning("message stays in the outbox", **about, error=type(error).__name__)
    for error in errors:
        if isinstance(error, BrokerUnavailableError):
            raise error
