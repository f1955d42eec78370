"""One connection with one channel, kept alive by a thread of its own.

pika is not thread-safe: everything that touches a connection runs in its link's thread. Other threads hand
functions over with `Link.call`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from random import SystemRandom
from time import monotonic
from typing import Any, Protocol

import structlog
from pika import SelectConnection
from pika.adapters.select_connection import IOLoop
from pika.exceptions import AMQPError, ConnectionClosedByClient

from queues.loop import where

TICK = 0.2
"""Seconds between calls of `LinkUser.tick`."""
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 3.0
"""Seconds between attempts to connect, before jitter."""
_STEADY = 5.0
"""Seconds after which a connection counts as good, so that the next loss is answered without delay."""
_CLOSE_TIMEOUT = 3.0
"""Seconds that an orderly farewell may take; a blocked broker never answers it."""

_log = structlog.get_logger(__name__)


class LinkUser(Protocol):
    """Who uses the channel. Every method is called in the link's thread."""

    def opened(self, channel: Any) -> None:
        """A new channel is open; earlier ones mean nothing any more."""

    def blocked(self, reason: str | None) -> None:
        """The broker takes nothing more on this connection, or again when `reason` is None."""

    def tick(self) -> None:
        """A moment has passed, while connected."""

    def lost(self, reason: str) -> None:
        """The connection is gone, or could not be opened."""


def pause(failures: int, random: Callable[[], float]) -> float:
    """Seconds before the next attempt to connect: growing, bounded, and different for everybody."""
    return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(failures, 16)) * (0.5 + random()))


class Link:
    """Connects, opens a channel, tells its user, and does so again whenever the connection or channel is gone."""

    def __init__(self, parameters: Any, name: str, user: LinkUser) -> None:
        self._parameters = parameters
        self._user = user
        self._lock = threading.Lock()
        self._loop: Any = None
        self._connection: Any = None
        self._reason = "not connected yet"
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def call(self, function: Callable[[], None]) -> bool:
        """Have `function` run in the link's thread, after those handed over before; False while not connected."""
        with self._lock:
            if self._loop is None:
                return False
            self._loop.add_callback_threadsafe(function)
            return True

    def close(self) -> None:
        """Send what was handed over, say farewell and end the thread."""
        self._closing.set()
        self.call(self._say_farewell)
        self._thread.join()

    # -- in the link's thread from here on -------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while not self._closing.is_set():
            began = monotonic()
            self._serve()
            self._user.lost(self._reason)
            failures = 0 if monotonic() - began > _STEADY else failures + 1
            self._closing.wait(pause(failures, SystemRandom().random))

    def _serve(self) -> None:
        loop = IOLoop()
        try:
            connection = SelectConnection(
                self._parameters,
                on_open_callback=self._on_open,
                on_open_error_callback=self._on_gone,
                on_close_callback=self._on_gone,
                custom_ioloop=loop,
            )
            with self._lock:
                self._loop, self._connection = loop, connection
            if self._closing.is_set():
                self._say_farewell()
            loop.start()
        except Exception as error:  # noqa: BLE001 - one round's fault must not end the thread: nobody would publish then
            self._reason = type(error).__name__
            # An attempt to connect that is cut short by our own end raises, too; that is no fault.
            level = logging.DEBUG if self._closing.is_set() else logging.ERROR
            _log.log(level, "broker connection failed unexpectedly", error=self._reason, raised=where(error))
        finally:
            with self._lock:
                self._loop = self._connection = None
            loop.close()

    def _on_open(self, connection: Any) -> None:
        connection.add_on_connection_blocked_callback(lambda _, frame: self._user.blocked(str(frame.method.reason)))
        connection.add_on_connection_unblocked_callback(lambda *_: self._user.blocked(None))
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        channel.add_on_close_callback(self._on_channel_gone)
        self._user.opened(channel)
        self._tick()

    def _on_channel_gone(self, channel: Any, error: Exception) -> None:
        # A channel is only closed by a mistake or by an operator; beginning anew is the same way out for both.
        self._reason = describe(error)
        if channel.connection.is_open:
            _log.warning("broker closed the channel", reason=self._reason)
            channel.connection.close()

    def _on_gone(self, _connection: Any, error: Exception | str) -> None:
        if not isinstance(error, ConnectionClosedByClient):  # else it is we who closed it, for the channel's reason
            self._reason = describe(error)
        if not self._closing.is_set():
            _log.warning("broker connection lost", reason=self._reason)
        self._loop.stop()

    def _tick(self) -> None:
        if self._connection is not None and self._connection.is_open:
            self._user.tick()
            self._loop.call_later(TICK, self._tick)

    def _say_farewell(self) -> None:
        with suppress(AMQPError):
            self._connection.close()
        self._loop.call_later(_CLOSE_TIMEOUT, self._break_off)

    def _break_off(self) -> None:
        # pika offers no public way to drop a connection whose peer does not answer; without this its socket stays open.
        self._connection._terminate_stream(ConnectionAbortedError("no farewell from the broker"))  # noqa: SLF001


def describe(error: BaseException | str) -> str:
    """What pika's `error` comes down to, in a few words; never with credentials."""
    code, text = getattr(error, "reply_code", None), getattr(error, "reply_text", None)
    if code is not None:
        return f"{code} {text}"
    return str(error) if isinstance(error, str) else repr(_root(error))[:200]


def _root(error: BaseException) -> BaseException:
    """What lies at the bottom of pika's nested errors of connecting."""
    inner = [*getattr(error, "exceptions", ()), getattr(error, "exception", None), *error.args]
    causes = [each for each in inner if isinstance(each, BaseException)]
    return _root(causes[-1]) if causes else error
