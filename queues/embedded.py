"""The embedded broker: durable queues in one SQLite file, for one machine.

A publication is confirmed by a commit that has been flushed to the disk (WAL, `synchronous=FULL`); publications of
many threads share one. Any number of processes of the machine may use the file. What a process holds comes back
within about a second after it died (`queues.embedded_owner`), and at once when its consumer is closed.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar
from weakref import WeakSet

import structlog

from queues import embedded_file as file
from queues.broker import BrokerUnavailableError, QueueDepth, check_prefetch
from queues.embedded_consumer import EmbeddedConsumer
from queues.embedded_owner import Deceased, Owner
from queues.embedded_writer import GroupCommit, Operation
from queues.message import Message
from queues.topology import Topology

T = TypeVar("T")

_RECOVERY_INTERVAL = 1.0
"""Seconds between looks for messages whose owner has died."""

_log = structlog.get_logger(__name__)


class EmbeddedPublisher:
    """Publishes into the file. Shared by all threads of a process."""

    def __init__(self, broker: EmbeddedBroker) -> None:
        self._broker = broker
        self._closed = False

    def publish(self, message: Message, *, timeout: float) -> None:
        """Return when the message is on the disk; raises as `Publisher.publish` says."""
        future = self.submit(message)
        try:
            future.result(timeout)
        except FutureTimeoutError:
            future.cancel()
            raise BrokerUnavailableError(f"not written within {timeout:g} s") from None

    def submit(self, message: Message) -> Future[None]:
        """Publish without waiting."""
        if self._closed:
            refused: Future[None] = Future()
            refused.set_exception(BrokerUnavailableError("this publisher is closed"))
            return refused
        return self._broker.write(partial(file.put, message=message))

    def close(self) -> None:
        """Take no more; what was submitted is written by the broker in any case."""
        self._closed = True


class EmbeddedBroker:
    """Queues in the SQLite file at `path`, which is made when missing.

    Raises `BrokerUnavailableError` when the file cannot be opened, `BrokerError` when its format is unknown.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._commit = threading.Condition()
        self._commits = 0
        self._reader = file.open_file(path)
        self._reader_lock = threading.Lock()
        self._owner = Owner(path)
        self._writer = GroupCommit(path, self._committed)
        self._consumers: WeakSet[EmbeddedConsumer] = WeakSet()
        self._numbers = count()
        self._next_recovery = 0.0
        self._closed = False

    # -- the port --------------------------------------------------------------------------------------------------

    def declare(self, topology: Topology) -> None:
        """Make every queue of `topology` exist."""
        self.write(partial(file.declare, topology=topology)).result()

    def publisher(self) -> EmbeddedPublisher:
        """A new publisher; all of them share the broker's one writing thread."""
        return EmbeddedPublisher(self)

    def consumer(self, queue: str, *, prefetch: int = 8) -> EmbeddedConsumer:
        """A new consumer of `queue`."""
        consumer = EmbeddedConsumer(self, queue, next(self._numbers), check_prefetch(prefetch))
        self._consumers.add(consumer)
        return consumer

    def depths(self, queues: Sequence[str]) -> list[QueueDepth]:
        """The depth of each queue."""
        return [self.read(partial(file.depth, queue=queue)) for queue in queues]

    def ping(self) -> None:
        """Return when the file can be read and is the one that was opened."""
        self._writer.require_file()
        self.read(lambda reader: reader.execute("SELECT count(*) FROM queues").fetchone())

    def close(self) -> None:
        """Close the consumers, finish what waits to be written, and close the file."""
        if self._closed:
            return
        self._closed = True
        for consumer in list(self._consumers):
            consumer.close()
        self._writer.close()
        self._owner.close()
        with self._reader_lock:
            self._reader.close()

    # -- for its consumers -----------------------------------------------------------------------------------------

    @property
    def owner(self) -> str:
        """In whose name this process holds messages."""
        return self._owner.name

    @property
    def commits(self) -> int:
        """How many changes this process has committed; to be handed to `wait_for_commit`."""
        return self._commits

    def wait_for_commit(self, seen: int, timeout: float) -> None:
        """Return when there were more commits than `seen`, or after `timeout` seconds."""
        with self._commit:
            self._commit.wait_for(lambda: self._commits != seen, timeout)

    def write(self, operation: Operation[T]) -> Future[T]:
        """Have `operation` committed together with whatever else waits."""
        return self._writer.submit(operation)

    def read(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer of the file; raises `BrokerUnavailableError` when it cannot be read."""
        with self._reader_lock:
            if self._closed:
                raise BrokerUnavailableError("the broker is closed")
            try:
                return question(self._reader)
            except sqlite3.Error as error:
                raise BrokerUnavailableError(f"the queue file cannot be read: {error}") from error

    def recover(self) -> None:
        """Give back, once a second at most, what processes that are dead still hold."""
        now = time.monotonic()
        if now < self._next_recovery:
            return
        self._next_recovery = now + _RECOVERY_INTERVAL
        for name in self.read(file.owners):
            if name != self.owner:
                self._recover_from(name)

    def _recover_from(self, name: str) -> None:
        with Deceased(self._path, name) as dead:
            if dead:
                returned = self.write(partial(file.give_back_all, owner=name)).result()
                _log.info("messages of a dead process given back", messages=returned)

    def _committed(self) -> None:
        with self._commit:
            self._commits += 1
            self._commit.notify_all()
