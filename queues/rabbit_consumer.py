"""Taking messages out of RabbitMQ."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

import structlog

from queues import rabbit_wire as wire
from queues.broker import BrokerError, BrokerUnavailableError, check_prefetch
from queues.message import REASON_HEADER, Message
from queues.rabbit_link import Link
from queues.rabbit_publisher import RabbitPublisher
from queues.topology import QueueSpec, dead_letters_of, is_dead_letters

_DEAD_LETTER_TIMEOUT = 5.0
"""Seconds to wait for the confirm of a copy in the dead-letter queue."""
_CHECK_INTERVAL = 3.0
"""Seconds between looks whether messages wait that an idle consumer should have been given."""

_log = structlog.get_logger(__name__)


class RabbitDelivery:
    """A message delivered on a channel. Once that channel is gone its verbs do nothing: the message is on its way."""

    def __init__(self, consumer: RabbitConsumer, channel: Any, method: Any, message: Message, returns: int) -> None:
        self.message = message
        self.redelivered = bool(method.redelivered)
        self.delivery_count = returns
        self._consumer = consumer
        self._channel = channel
        self._tag: int = method.delivery_tag
        self._settled = False

    def ack(self) -> None:
        """It is done: forget it."""
        self._settle(lambda: self._channel.basic_ack(self._tag))

    def dead_letter(self, reason: str) -> None:
        """Move it to the dead-letter queue.

        A copy with the reason is published there and confirmed before the original is acknowledged. If that cannot
        be had, the broker itself moves it, and the reason reads `rejected`.
        """
        if self._consumer.copy_to_dead_letters(self.message, reason):
            self.ack()
        else:
            self._settle(lambda: self._channel.basic_nack(self._tag, requeue=not self._consumer.has_dead_letters))

    def release(self) -> None:
        """Give it back."""
        self._settle(lambda: self._channel.basic_nack(self._tag, requeue=True))

    def _settle(self, verb: Callable[[], None]) -> None:
        if self._settled:
            raise BrokerError("this delivery is settled already")
        self._settled = True
        self._consumer.settle(self._channel, verb)


class RabbitConsumer:
    """Consumes one queue on a connection of its own, and connects again by itself.

    It begins with one message at a time and takes more as soon as a message arrives that nobody was given before. A
    message that ends its process meets every new process alone, then, and its neighbours are not counted as delivered.
    """

    def __init__(
        self,
        parameters: Any,
        queue: str,
        prefetch: int,
        spec: QueueSpec | None,
        dead_letters: Callable[[], RabbitPublisher],
    ) -> None:
        self._queue = queue
        self._prefetch = check_prefetch(prefetch)
        self._spec = spec
        self._dead_letters = dead_letters
        self._arrived = threading.Condition()
        self._inbox: deque[RabbitDelivery] = deque()
        self._consuming = False
        self._reason = "not connected yet"
        self._closed = False
        self._channel: Any = None
        self._wide = False
        self._arrivals = 0
        self._unsettled = 0
        self._neglected = 0
        self._next_check = 0.0
        self._link = Link(parameters, f"rabbit-consumer-{queue}", self)
        self._link.start()

    # -- called by the consumer's thread ---------------------------------------------------------------------------

    def receive(self, timeout: float) -> RabbitDelivery | None:
        """The next message, or None when none came within `timeout` seconds.

        Raises `BrokerUnavailableError` when it is not connected by then, or the queue does not exist.
        """
        with self._arrived:
            self._arrived.wait_for(lambda: self._inbox or self._closed, timeout)
            if self._closed:
                raise BrokerUnavailableError("this consumer is closed")
            if self._inbox:
                return self._inbox.popleft()
            if not self._consuming:
                raise BrokerUnavailableError(f"cannot consume {self._queue}: {self._reason}")
            return None

    def close(self) -> None:
        """Stop taking messages; the broker takes back what is not settled when the connection is closed."""
        with self._arrived:
            self._closed = True
            self._inbox.clear()
            self._arrived.notify_all()
        self._link.close()

    @property
    def has_dead_letters(self) -> bool:
        """Whether the broker is known to keep what is rejected."""
        return self._spec is not None

    def copy_to_dead_letters(self, message: Message, reason: str) -> bool:
        """Whether a copy of `message` is now kept in the dead-letter queue."""
        if is_dead_letters(self._queue):
            return False
        copy = replace(message, headers={**message.headers, REASON_HEADER: reason})
        try:
            self._dead_letters().publish_to(dead_letters_of(self._queue), copy, timeout=_DEAD_LETTER_TIMEOUT)
        except BrokerError as error:
            _log.warning("no copy in the dead-letter queue", queue=self._queue, error=type(error).__name__)
            return False
        return True

    def settle(self, channel: Any, verb: Callable[[], None]) -> None:
        """Have `verb` sent on `channel`, if that is still the one in use."""

        def send() -> None:
            if channel is self._channel and channel.is_open:
                self._unsettled -= 1
                verb()

        self._link.call(send)

    # -- called in the link's thread -------------------------------------------------------------------------------

    def opened(self, channel: Any) -> None:
        """Declare the queue if its shape is known, and consume it one message at a time."""
        self._channel = channel
        self._wide = self._prefetch == 1
        self._unsettled = self._neglected = 0
        channel.add_on_cancel_callback(lambda _: self._cancelled(channel))
        if self._spec is not None:
            for arguments in wire.declarations(self._spec):
                channel.queue_declare(**arguments)
        self._consume(1)

    def blocked(self, reason: str | None) -> None:
        """Alarms do not stop deliveries."""

    def tick(self) -> None:
        """Look now and then whether the broker still knows this consumer.

        It is told when its queue is deleted, but should that news ever be lost, it would wait for ever.
        """
        if self._consuming and self._unsettled == 0 and monotonic() >= self._next_check and self._channel.is_open:
            self._next_check = monotonic() + _CHECK_INTERVAL
            arrivals = self._arrivals
            answer = self._channel.queue_declare
            answer(
                self._queue, passive=True, callback=lambda frame: self._checked(frame.method.message_count, arrivals)
            )

    def lost(self, reason: str) -> None:
        """Forget what was delivered and not yet asked for: the broker delivers it again."""
        self._channel = None
        with self._arrived:
            self._consuming = False
            self._reason = reason
            self._inbox.clear()

    def _checked(self, ready: int, arrivals: int) -> None:
        idle = arrivals == self._arrivals and self._unsettled == 0
        self._neglected = self._neglected + 1 if ready and idle else 0
        # Twice in a row with nothing arriving in between: a single look may find a message that is on its way.
        if self._neglected > 1 and self._channel.is_open:
            _log.warning("messages wait and none come; consuming anew", queue=self._queue, ready=ready)
            self._channel.close()

    def _consume(self, prefetch: int) -> None:
        self._channel.basic_qos(prefetch_count=prefetch)
        self._channel.basic_consume(self._queue, self._on_message, callback=lambda _: self._begun())

    def _begun(self) -> None:
        with self._arrived:
            self._consuming = True

    def _cancelled(self, channel: Any) -> None:
        _log.warning("broker ended the consumption", queue=self._queue)
        channel.connection.ioloop.call_later(wire.REMAKE_PAUSE, lambda: channel.is_open and channel.close())

    def _on_message(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        self._arrivals += 1
        self._neglected = 0
        try:
            delivery = RabbitDelivery(self, channel, method, wire.message(properties, body), wire.returns(properties))
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            _log.error("message in an unknown form set aside", queue=self._queue, error=type(error).__name__)
            channel.basic_nack(method.delivery_tag, requeue=not self.has_dead_letters)
            return
        self._unsettled += 1
        if not self._wide and not delivery.redelivered:
            self._wide = True
            # A second consumer beside the first: a channel-wide limit does not exist for quorum queues.
            self._consume(self._prefetch - 1)
        with self._arrived:
            self._inbox.append(delivery)
            self._arrived.notify()
