"""The worker: takes a message, has it handled, and only then forgets it.

What becomes of a message (reliability §0, steps C1, C4 and C5):

1. handled: acknowledged after the handler returned, that is, after its commit;
2. `UndecodableError`, or the last attempt failed: dead-letter queue;
3. what the handler needs is away (`HoldError` and `hold_on`): held unsettled and tried again; after a minute given
   back, once in an outage, and nothing is taken until `probe` succeeds: an outage must not use up the delivery limit;
4. anything else: the next attempt is scheduled in the store, then this delivery is acknowledged. While it cannot be
   scheduled, it is held as under 3.

A crash at any point leaves the message unsettled, and the broker delivers it again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from queues.broker import Consumer, Delivery
from queues.loop import JITTER, BackOff, Loop, where
from queues.message import Message
from queues.retry import DeadLetter, Hold, RetryAfter, RetryPolicy, classify, decide
from queues.steps import reached

DRAIN_TIMEOUT = 30.0
"""Seconds that a stop waits for the message in hand."""
HOLD_TIMEOUT = 60.0
"""Seconds to hold a message while what its handler needs is away; then it is given back."""
PATIENCE = 25
"""How many times as long a message is held when one was given back before and none was handled since. Giving back
counts towards the delivery limit, and a `probe` may succeed where a larger message finds no room."""

_log = structlog.get_logger(__name__)

Handler = Callable[[Message], None]
"""Returns when the effect of the message is committed; must recognise a repetition by its `message_id`."""


class Scheduler(Protocol):
    """Keeps a message until it is due and then publishes it (the store's outbox)."""

    def schedule(self, message: Message, not_before: datetime) -> None:
        """Return when `message` is kept durably. It leaves at `not_before` at the earliest."""


class Worker:
    """Handles the messages of one queue, one after the other, until stopped.

    `consumers` opens a consumer; it is called again after every outage. `hold_on` names errors that mean the same as
    `HoldError`. `probe` raises while what the handler needs is away, for example a store's `ping_writing`.
    """

    def __init__(
        self,
        consumers: Callable[[], Consumer],
        handler: Handler,
        scheduler: Scheduler,
        *,
        clock: Callable[[], datetime],
        policy: RetryPolicy | None = None,
        hold_on: tuple[type[BaseException], ...] = (),
        probe: Callable[[], object] = lambda: None,
        random: Callable[[], float] = JITTER,
        hold_timeout: float = HOLD_TIMEOUT,
        poll: float = 0.5,
        first_pause: float = 0.5,
        name: str = "worker",
    ) -> None:
        self._consumers = consumers
        self._handler = handler
        self._scheduler = scheduler
        self._clock = clock
        self._policy = policy or RetryPolicy()
        self._hold_on = hold_on
        self._probe = probe
        self._random = random
        self._hold_timeout = hold_timeout
        self._given_back = False
        self._poll = poll
        self._outage = BackOff(random, first=first_pause, longest=5.0)
        self._first_pause = first_pause
        self._loop = Loop(name, self._round)

    def run(self) -> None:
        """Work in the calling thread until `stop` is called."""
        self._loop.run()

    def start(self) -> None:
        """Work in a thread of its own."""
        self._loop.start()

    def stop(self, timeout: float = DRAIN_TIMEOUT) -> bool:
        """Finish the message in hand and stop; False when that took longer than `timeout` seconds."""
        return self._loop.stop(timeout)

    # -- one consumer's life ---------------------------------------------------------------------------------------

    def _round(self) -> None:
        consumer: Consumer | None = None
        try:
            self._probe()
            consumer = self._consumers()
            while not self._loop.stopping and self._next(consumer):
                pass
        except Exception as error:  # noqa: BLE001 - broker or store is away; the loop outlives that
            wait = self._outage.failed()
            _log.warning("worker waits", error=type(error).__name__, raised=where(error), seconds=round(wait, 1))
            self._loop.pause(wait)
        finally:
            if consumer is not None:
                consumer.close()

    def _next(self, consumer: Consumer) -> bool:
        """Take and settle one message; False when this consumer is to be closed."""
        delivery = consumer.receive(self._poll)
        self._outage.succeeded()
        if delivery is None:
            return True
        reached("C1")
        return self._settle(delivery)

    # -- one message -----------------------------------------------------------------------------------------------

    def _settle(self, delivery: Delivery) -> bool:
        hold = BackOff(self._random, first=self._first_pause, longest=5.0)
        longest = self._hold_timeout * (PATIENCE if self._given_back else 1)
        while not self._try(delivery):
            wait = hold.failed()
            if hold.lasting + wait > longest:
                _log.warning("message given back", **_about(delivery.message), held=round(hold.lasting))
                self._given_back = True
                delivery.release()
                return False
            self._loop.pause(wait)
            if self._loop.stopping:
                delivery.release()
                return False
        self._given_back = False
        return True

    def _try(self, delivery: Delivery) -> bool:
        """Handle the message once; whether it is settled now."""
        try:
            self._handler(delivery.message)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, its message must be dealt with
            return self._failed(delivery, error)
        reached("C4")
        delivery.ack()
        reached("C5")
        return True

    def _failed(self, delivery: Delivery, error: Exception) -> bool:
        message = delivery.message
        incident = secrets.token_hex(5)
        decision = decide(classify(error, self._hold_on), message.attempt, self._policy, self._random)
        about = {**_about(message), "incident": incident, "error": type(error).__name__}
        match decision:
            case Hold():
                _log.warning("message held", **about)
                return False
            case DeadLetter(reason):
                _log.error("message set aside", **about, reason=reason, raised=where(error))
                delivery.dead_letter(f"{reason}: {type(error).__name__}, incident {incident}")
                return True
            case RetryAfter(seconds):
                _log.warning("message failed", **about, again_in=round(seconds, 1), raised=where(error))
                return self._schedule(delivery, seconds)

    def _schedule(self, delivery: Delivery, seconds: float) -> bool:
        message = delivery.message
        later = replace(message, attempt=message.attempt + 1)
        try:
            self._scheduler.schedule(later, self._clock() + timedelta(seconds=seconds))
        except Exception as error:  # noqa: BLE001 - not scheduled means not acknowledged, whatever the cause
            _log.warning("message held: not scheduled", **_about(message), error=type(error).__name__)
            return False
        delivery.ack()
        return True


def _about(message: Message) -> dict[str, Any]:
    return {
        "queue": message.queue,
        "type": message.type,
        "message_id": message.message_id,
        "attempt": message.attempt,
    }
