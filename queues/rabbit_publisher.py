"""Publishing to RabbitMQ with many confirms in flight."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from itertools import takewhile
from time import monotonic
from typing import Any

import structlog

from queues import rabbit_wire as wire
from queues.broker import BrokerError, BrokerUnavailableError, RefusedByBrokerError
from queues.message import Message
from queues.rabbit_link import Link
from queues.topology import QueueSpec

CONFIRM_TIMEOUT = 10.0
"""Seconds to wait for a confirm before the future is given `BrokerUnavailableError`."""
MOST_IN_FLIGHT = 4096
"""Messages that may wait for their confirm."""
MOST_BYTES_IN_FLIGHT = 64 * 1024 * 1024
"""Bytes of their bodies; one message is always let through."""
_BLOCKED_GRACE = 0.5
"""Seconds in which what was sent before an alarm may still be confirmed."""

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Pending:
    message: Message
    routing_key: str
    future: Future[None]
    deadline: float = field(default_factory=lambda: monotonic() + CONFIRM_TIMEOUT)


class RabbitPublisher:
    """Publishes persistent, mandatory and confirmed. Shared by all threads of a process.

    While the connection is away, or the broker blocks publishers, every publication fails at once; only while the first
    attempt to connect (again) is under way does it wait for the outcome.
    """

    def __init__(self, parameters: Any, specs: Mapping[str, QueueSpec]) -> None:
        self._specs = specs
        self._lock = threading.Lock()
        self._waiting: deque[_Pending] = deque()
        self._flush_asked = False
        self._count = 0
        self._bytes = 0
        self._down: str | None = None
        self._blocked: str | None = None
        self._was_open = False
        self._channel: Any = None
        self._tag = 0
        self._unconfirmed: dict[int, _Pending] = {}
        self._unroutable: dict[str, list[_Pending]] = {}
        self._link = Link(parameters, "rabbit-publisher", self)
        self._link.start()

    # -- called by any thread --------------------------------------------------------------------------------------

    def publish(self, message: Message, *, timeout: float) -> None:
        """Return when the broker has confirmed `message`; raises as `Publisher.publish` says."""
        self.publish_to(message.queue, message, timeout=timeout)

    def submit(self, message: Message) -> Future[None]:
        """Publish without waiting. The future is done within some ten seconds, whatever happens."""
        return self._submit(message.queue, message)

    def publish_to(self, queue: str, message: Message, *, timeout: float) -> None:
        """As `publish`, into another queue than the one the message is for."""
        future = self._submit(queue, message)
        try:
            future.result(timeout)
        except FutureTimeoutError:
            future.cancel()  # Not sent yet: then it never will be.
            raise BrokerUnavailableError(f"not confirmed within {timeout:g} s") from None

    def close(self) -> None:
        """Wait briefly for outstanding confirms, then close the connection."""
        deadline = monotonic() + 2
        waiting = threading.Event()
        while self._count and self._down is None and self._blocked is None and monotonic() < deadline:
            waiting.wait(0.01)
        with self._lock:
            self._down = "closed"
        self._link.close()

    def _submit(self, routing_key: str, message: Message) -> Future[None]:
        pending = _Pending(message, routing_key, Future())
        try:
            wire.check(message)
            ask = self._admit(pending)
        except BrokerError as error:
            pending.future.set_exception(error)
            return pending.future
        if ask:
            # While not connected nothing is lost: `opened` flushes, `lost` fails what waits.
            self._link.call(self._flush)
        return pending.future

    def _admit(self, pending: _Pending) -> bool:
        """Queue it; whether the link's thread must be told. Raises `BrokerUnavailableError`."""
        size = len(pending.message.body)
        with self._lock:
            if self._down is not None:
                raise BrokerUnavailableError(f"no connection to the broker: {self._down}")
            if self._blocked is not None:
                raise BrokerUnavailableError(f"the broker takes no messages now: {self._blocked}")
            if self._count >= MOST_IN_FLIGHT or (self._count and self._bytes + size > MOST_BYTES_IN_FLIGHT):
                raise BrokerUnavailableError("too many messages wait for the broker's confirm")
            self._count += 1
            self._bytes += size
            self._waiting.append(pending)
            ask, self._flush_asked = not self._flush_asked, True
            return ask

    # -- called in the link's thread -------------------------------------------------------------------------------

    def opened(self, channel: Any) -> None:
        """Turn confirms on, then send what waits."""
        self._tag = 0
        channel.add_on_return_callback(self._on_returned)
        channel.confirm_delivery(self._on_confirm, callback=lambda _: self._start(channel))

    def blocked(self, reason: str | None) -> None:
        """Refuse publishers while the broker does; what is on its way gets a moment."""
        _log.warning("broker blocks publishers" if reason else "broker takes messages again", reason=reason)
        with self._lock:
            self._blocked = reason
        if reason is not None:
            self._fail_waiting(f"the broker takes no messages now: {reason}")
            soon = monotonic() + _BLOCKED_GRACE
            for pending in self._unconfirmed.values():
                pending.deadline = min(pending.deadline, soon)

    def tick(self) -> None:
        """Give up on confirms that are overdue."""
        now = monotonic()
        with self._lock:
            late = [self._waiting.popleft() for _ in takewhile(lambda each: each.deadline <= now, [*self._waiting])]
        self._fail(late, "the broker was not ready in time")
        for queue in [queue for queue, group in self._unroutable.items() if group[0].deadline <= now]:
            self._refuse_unroutable(queue)
        overdue = [tag for tag, pending in self._unconfirmed.items() if pending.deadline <= now]
        for tag in overdue:
            self._finish(self._unconfirmed.pop(tag), BrokerUnavailableError("the broker did not confirm in time"))

    def lost(self, reason: str) -> None:
        """Tell everybody who waits. The first attempt after a good connection is worth waiting for."""
        with self._lock:
            if self._down != "closed":
                self._down = None if self._was_open else reason
            self._blocked = None
            self._flush_asked = False
        self._was_open = False
        self._channel = None
        unconfirmed, self._unconfirmed = self._unconfirmed, {}
        unroutable, self._unroutable = self._unroutable, {}
        error = BrokerUnavailableError(f"connection to the broker lost: {reason}")
        for pending in [*unconfirmed.values(), *(each for group in unroutable.values() for each in group)]:
            self._finish(pending, error)
        self._fail_waiting(str(error))

    def _start(self, channel: Any) -> None:
        self._channel = channel
        self._was_open = True
        with self._lock:
            if self._down != "closed":
                self._down = None
        self._flush()

    def _flush(self) -> None:
        if self._channel is None or not self._channel.is_open:
            return
        with self._lock:
            self._flush_asked = False
        # One at a time: when sending raises, the connection is begun anew (the count of confirms would not fit any
        # more), and `lost` must find the rest still waiting.
        while (pending := self._next_waiting()) is not None:
            if pending.future.set_running_or_notify_cancel():
                self._send(pending)
            else:
                self._release(pending)

    def _next_waiting(self) -> _Pending | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _send(self, pending: _Pending) -> None:
        self._tag += 1
        self._unconfirmed[self._tag] = pending
        properties = wire.properties(pending.message, self._tag)
        self._channel.basic_publish("", pending.routing_key, pending.message.body, properties, mandatory=True)

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        refused = method.NAME == "Basic.Nack"
        for tag in self._tags(method.delivery_tag, multiple=method.multiple):
            pending = self._unconfirmed.pop(tag)
            queue = pending.routing_key
            self._finish(pending, RefusedByBrokerError(f"queue {queue} refused the message") if refused else None)

    def _tags(self, tag: int, *, multiple: bool) -> list[int]:
        if not multiple:
            return [tag] if tag in self._unconfirmed else []
        return list(takewhile(lambda each: each <= tag, self._unconfirmed))

    def _on_returned(self, channel: Any, method: Any, properties: Any, _body: bytes) -> None:
        """No such queue. Make it again if it is one of ours, then have the caller publish again."""
        pending = self._unconfirmed.pop(wire.tag_of(properties), None)
        if pending is None:
            return
        queue = method.routing_key
        spec = self._specs.get(queue)
        group = self._unroutable.setdefault(queue, [])
        group.append(pending)
        if spec is None:
            self._refuse_unroutable(queue)
        elif len(group) == 1:
            _log.error("queue is missing; declaring it again", queue=queue)
            remake(channel.connection, spec, lambda: self._refuse_unroutable(queue))

    def _refuse_unroutable(self, queue: str) -> None:
        for pending in self._unroutable.pop(queue, []):
            self._finish(pending, RefusedByBrokerError(f"there is no queue {queue}"))

    def _fail_waiting(self, reason: str) -> None:
        with self._lock:
            batch = list(self._waiting)
            self._waiting.clear()
        self._fail(batch, reason)

    def _fail(self, batch: list[_Pending], reason: str) -> None:
        for pending in batch:
            if pending.future.set_running_or_notify_cancel():
                self._finish(pending, BrokerUnavailableError(reason))
            else:
                self._release(pending)

    def _finish(self, pending: _Pending, error: BrokerError | None) -> None:
        self._release(pending)
        if error is None:
            pending.future.set_result(None)
        else:
            pending.future.set_exception(error)

    def _release(self, pending: _Pending) -> None:
        with self._lock:
            self._count -= 1
            self._bytes -= len(pending.message.body)


def remake(connection: Any, spec: QueueSpec, done: Callable[[], None]) -> None:
    """Declare the queues of `spec` in a moment, on a channel of their own; then call `done`, also when that failed.

    It is not called when the connection is lost before the declaration began.
    """

    def begin(channel: Any) -> None:
        for arguments in wire.declarations(spec):
            channel.queue_declare(**arguments, callback=lambda frame: finish(channel, frame))

    def finish(channel: Any, frame: Any) -> None:
        if frame.method.queue == spec.name:
            channel.close()

    def open_channel() -> None:
        if connection.is_open:
            connection.channel(on_open_callback=begin).add_on_close_callback(lambda *_: done())

    connection.ioloop.call_later(wire.REMAKE_PAUSE, open_channel)
