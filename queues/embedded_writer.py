"""One thread that writes, so that whatever many threads ask for at one moment is one commit and one flush."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import structlog

from queues.broker import BrokerError, BrokerUnavailableError
from queues.embedded_file import identity, open_file, roll_back

T = TypeVar("T")
Operation = Callable[[sqlite3.Connection], T]
"""A change to the file. When it raises `BrokerError`, it has left nothing changed."""

_log = structlog.get_logger(__name__)


class GroupCommit:
    """Runs operations in the order given; an operation's future is done when its change is on the disk.

    `committed` is called, in the writing thread, after every transaction that changed something.
    """

    MOST_WAITING = 10_000
    """Operations that may wait; beyond, callers are told that the broker is unavailable."""
    MOST_AT_ONCE = 512
    """Operations in one transaction."""

    def __init__(self, path: Path, committed: Callable[[], None]) -> None:
        self._connection = open_file(path)
        self._path = path
        self._file = identity(path)
        self._committed = committed
        self._waiting: deque[tuple[Operation[Any], Future[Any]]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="embedded-broker-writer", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation[T]) -> Future[T]:
        """Have `operation` run in the next transaction.

        The future carries `BrokerUnavailableError` when that could not be committed: then nothing of it was kept.
        """
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                future.set_exception(BrokerUnavailableError("the broker is closed"))
            elif len(self._waiting) >= self.MOST_WAITING:
                future.set_exception(BrokerUnavailableError("too many messages wait to be written"))
            else:
                self._waiting.append((operation, future))
                self._changed.notify()
        return future

    def close(self) -> None:
        """Finish what waits, then close the file."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self._connection.close()

    def require_file(self) -> None:
        """Raise `BrokerUnavailableError` when the file is not the one that was opened: nothing kept there will last."""
        if identity(self._path) != self._file:
            raise BrokerUnavailableError(f"the queue file {self._path} was deleted or exchanged; start again")

    def _run(self) -> None:
        while batch := self._next_batch():
            self._commit([entry for entry in batch if entry[1].set_running_or_notify_cancel()])

    def _next_batch(self) -> list[tuple[Operation[Any], Future[Any]]]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), self.MOST_AT_ONCE))]

    def _commit(self, batch: list[tuple[Operation[Any], Future[Any]]]) -> None:
        changes = self._connection.total_changes
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [_outcome(operation, self._connection) for operation, _ in batch]
            self._connection.execute("COMMIT")
            self.require_file()
        except Exception as error:  # noqa: BLE001 - whatever it is, the callers must be told and this thread must live
            roll_back(self._connection)
            _log.error("queue file not written", error=type(error).__name__, detail=_detail(error))
            outcomes = [BrokerUnavailableError(f"the queue file cannot be written: {_detail(error)}")] * len(batch)
        else:
            if self._connection.total_changes != changes:
                self._committed()
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            _resolve(future, outcome)


def _outcome(operation: Operation[Any], connection: sqlite3.Connection) -> Any:
    try:
        return operation(connection)
    except BrokerError as error:
        return error


def _resolve(future: Future[Any], outcome: Any) -> None:
    if isinstance(outcome, BrokerError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


def _detail(error: Exception) -> str:
    # SQLite's own messages and ours hold no data; what anything else says might.
    return str(error) if isinstance(error, sqlite3.Error | BrokerError) else type(error).__name__
