"""The embedded broker's file: its tables, and every statement that changes them. No threads here.

A message is written once (`messages`); where it is and who holds it is a small row of its own (`places`), so that
handing out or moving a message of 5 MB does not write 5 MB again. Every function that changes something expects to
run inside a transaction of its caller.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from queues.broker import BrokerError, BrokerUnavailableError, QueueDepth, RefusedByBrokerError
from queues.message import REASON_HEADER, Message
from queues.topology import Topology

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process that is writing."""
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS queues (
    name TEXT PRIMARY KEY,
    delivery_limit INTEGER,
    max_length INTEGER,
    dead_letters TEXT,
    length INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL,
    queue TEXT NOT NULL,
    type TEXT NOT NULL,
    schema INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS places (
    seq INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    owner TEXT,
    consumer INTEGER,
    returns INTEGER NOT NULL DEFAULT 0,
    reason TEXT
);
CREATE INDEX IF NOT EXISTS places_ready ON places (queue, seq) WHERE owner IS NULL;
CREATE INDEX IF NOT EXISTS places_held ON places (owner) WHERE owner IS NOT NULL;
CREATE TRIGGER IF NOT EXISTS place_made AFTER INSERT ON places
    BEGIN UPDATE queues SET length = length + 1 WHERE name = NEW.queue; END;
CREATE TRIGGER IF NOT EXISTS place_gone AFTER DELETE ON places
    BEGIN UPDATE queues SET length = length - 1 WHERE name = OLD.queue; END;
CREATE TRIGGER IF NOT EXISTS place_moved AFTER UPDATE OF queue ON places BEGIN
    UPDATE queues SET length = length - 1 WHERE name = OLD.queue;
    UPDATE queues SET length = length + 1 WHERE name = NEW.queue;
END;
"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message as it was handed out."""

    seq: int
    message: Message
    returns: int
    """How often it came back unsettled before."""


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the broker's file, which is made when missing, readable by its owner only.

    Raises `BrokerUnavailableError` when it cannot be opened, `BrokerError` when another release wrote it.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise BrokerUnavailableError(f"cannot open the queue file {path}: {error}") from error
    try:
        _prepare(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise BrokerUnavailableError(f"cannot use the queue file {path}: {error}") from error
        raise
    return connection


def identity(path: Path) -> tuple[int, int] | None:
    """Which file is at `path` now; None: there is none. What is written to a deleted file goes with its last user."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare(connection: sqlite3.Connection) -> None:
    _to_wal(connection)
    # FULL: a commit is on the disk when it returns, also when the power fails. Confirms rest on it.
    connection.execute("PRAGMA synchronous = FULL")
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found == _VERSION:
        return
    if found != 0:
        raise BrokerError(f"the queue file has format {found}; this release knows format {_VERSION}")
    connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")


def _to_wal(connection: sqlite3.Connection) -> None:
    # Changing to WAL does not wait for other connections by itself, whatever the timeout.
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


# Queues ---------------------------------------------------------------------------------------


def declare(connection: sqlite3.Connection, topology: Topology) -> None:
    """Make the queues exist, all or none of them; raises `BrokerError` when one has other limits."""
    connection.execute("SAVEPOINT declaration")
    try:
        for spec in topology:
            _declare(connection, spec.name, (spec.delivery_limit, spec.max_length, spec.dead_letters))
            _declare(connection, spec.dead_letters, (None, None, None))
    except BrokerError:
        # Whoever shares this transaction commits it: what was made so far must not go along.
        connection.execute("ROLLBACK TO declaration")
        raise
    finally:
        connection.execute("RELEASE declaration")


def _declare(connection: sqlite3.Connection, name: str, limits: tuple[int | None, int | None, str | None]) -> None:
    select = "SELECT delivery_limit, max_length, dead_letters FROM queues WHERE name = ?"
    found = connection.execute(select, (name,)).fetchone()
    if found is None:
        insert = "INSERT INTO queues (name, delivery_limit, max_length, dead_letters) VALUES (?, ?, ?, ?)"
        connection.execute(insert, (name, *limits))
    elif found != limits:
        raise BrokerError(f"queue {name} exists with other limits")


def depth(connection: sqlite3.Connection, queue: str) -> QueueDepth:
    """How full the queue is; raises `BrokerError` when there is none of that name."""
    found = connection.execute("SELECT length FROM queues WHERE name = ?", (queue,)).fetchone()
    if found is None:
        raise BrokerError(f"there is no queue {queue}")
    select = "SELECT count(*), min(seq) FROM places WHERE queue = ? AND owner IS NULL"
    ready, first = connection.execute(select, (queue,)).fetchone()
    oldest = connection.execute("SELECT created_at FROM messages WHERE seq = ?", (first,)).fetchone()
    since = None if oldest is None else datetime.fromisoformat(oldest[0])
    return QueueDepth(queue, ready, found[0] - ready, since)


def has_ready(connection: sqlite3.Connection, queue: str) -> bool:
    """Whether a message waits for a consumer."""
    select = "SELECT 1 FROM places WHERE queue = ? AND owner IS NULL LIMIT 1"
    return connection.execute(select, (queue,)).fetchone() is not None


# Messages -------------------------------------------------------------------------------------


def put(connection: sqlite3.Connection, message: Message) -> None:
    """Append `message` to its queue; raises `RefusedByBrokerError` when there is no such queue or it is full."""
    select = "SELECT length, max_length FROM queues WHERE name = ?"
    found = connection.execute(select, (message.queue,)).fetchone()
    if found is None:
        raise RefusedByBrokerError(f"there is no queue {message.queue}")
    length, max_length = found
    if max_length is not None and length >= max_length:
        raise RefusedByBrokerError(f"queue {message.queue} is full: {max_length} messages")
    insert = (
        "INSERT INTO messages (message_id, queue, type, schema, created_at, attempt, headers, body) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    )
    seq = connection.execute(insert, _row(message)).lastrowid
    connection.execute("INSERT INTO places (seq, queue) VALUES (?, ?)", (seq, message.queue))


def claim(
    connection: sqlite3.Connection, queue: str, owner: str, consumer: int, *, limit: int, held: int
) -> list[Claimed]:
    """Lease up to `limit` messages to a consumer that holds `held` already, oldest first.

    One that came back before is handed out alone, so that if it is what ends the process, its neighbours are not
    counted as delivered together with it.
    """
    select = "SELECT seq, returns FROM places WHERE queue = ? AND owner IS NULL ORDER BY seq LIMIT ?"
    ready: list[tuple[int, int]] = connection.execute(select, (queue, limit)).fetchall()
    chosen = list(takewhile(lambda place: place[1] == 0, ready))
    if not chosen and not held:
        chosen = ready[:1]
    update = "UPDATE places SET owner = ?, consumer = ? WHERE seq = ?"
    connection.executemany(update, [(owner, consumer, seq) for seq, _ in chosen])
    return [Claimed(seq, _message(connection, seq), returns) for seq, returns in chosen]


def forget(connection: sqlite3.Connection, owner: str, seqs: Iterable[int]) -> None:
    """Remove messages that `owner` holds; those that it holds no longer stay."""
    for seq in seqs:
        if connection.execute("DELETE FROM places WHERE seq = ? AND owner = ?", (seq, owner)).rowcount:
            connection.execute("DELETE FROM messages WHERE seq = ?", (seq,))


def give_back(connection: sqlite3.Connection, owner: str, seqs: Iterable[int], *, delivered: bool) -> None:
    """Make messages ready again; one that was `delivered` too often goes to the dead-letter queue instead."""
    for seq in seqs:
        update = "UPDATE places SET owner = NULL, consumer = NULL, returns = returns + ? WHERE seq = ? AND owner = ?"
        if connection.execute(update, (int(delivered), seq, owner)).rowcount:
            _enforce_limit(connection, seq)


def give_back_all(connection: sqlite3.Connection, owner: str) -> int:
    """Make everything ready again that a dead owner still holds; returns how many messages that were."""
    select = "SELECT seq FROM places WHERE owner = ?"
    seqs = [seq for (seq,) in connection.execute(select, (owner,)).fetchall()]
    give_back(connection, owner, seqs, delivered=True)
    return len(seqs)


def set_aside(connection: sqlite3.Connection, owner: str, seq: int, reason: str) -> None:
    """Move a held message to its queue's dead-letter queue; where there is none, give it back."""
    if connection.execute("SELECT 1 FROM places WHERE seq = ? AND owner = ?", (seq, owner)).fetchone():
        dead_letters = _queue_of(connection, seq)[1]
        if dead_letters is None:
            give_back(connection, owner, [seq], delivered=True)
        else:
            _move(connection, seq, dead_letters, reason)


def owners(connection: sqlite3.Connection) -> Sequence[str]:
    """Everybody who holds a message."""
    rows = connection.execute("SELECT DISTINCT owner FROM places WHERE owner IS NOT NULL").fetchall()
    return [owner for (owner,) in rows]


def roll_back(connection: sqlite3.Connection) -> None:
    """Undo what the open transaction did; some errors have done so already."""
    with suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _enforce_limit(connection: sqlite3.Connection, seq: int) -> None:
    limit, dead_letters = _queue_of(connection, seq)
    returns = connection.execute("SELECT returns FROM places WHERE seq = ?", (seq,)).fetchone()[0]
    if dead_letters is not None and limit is not None and returns > limit:
        _move(connection, seq, dead_letters, "delivery_limit")


def _queue_of(connection: sqlite3.Connection, seq: int) -> tuple[int | None, str | None]:
    select = (
        "SELECT delivery_limit, dead_letters FROM places JOIN queues ON queues.name = places.queue WHERE places.seq = ?"
    )
    limit, dead_letters = connection.execute(select, (seq,)).fetchone()
    return limit, dead_letters


def _move(connection: sqlite3.Connection, seq: int, queue: str, reason: str) -> None:
    update = "UPDATE places SET queue = ?, owner = NULL, consumer = NULL, returns = 0, reason = ? WHERE seq = ?"
    connection.execute(update, (queue, reason, seq))


def _row(message: Message) -> tuple[str, str, str, int, str, int, str, bytes]:
    return (
        message.message_id,
        message.queue,
        message.type,
        message.schema,
        message.created_at.isoformat(),
        message.attempt,
        json.dumps(dict(message.headers)),
        message.body,
    )


def _message(connection: sqlite3.Connection, seq: int) -> Message:
    select = (
        "SELECT message_id, messages.queue, type, schema, body, created_at, attempt, headers, reason "
        "FROM messages JOIN places USING (seq) WHERE seq = ?"
    )
    message_id, queue, kind, schema, body, created_at, attempt, texts, reason = connection.execute(
        select, (seq,)
    ).fetchone()
    headers: dict[str, str] = json.loads(texts)
    if reason is not None:
        headers[REASON_HEADER] = reason
    return Message(message_id, queue, kind, schema, body, datetime.fromisoformat(created_at), attempt, headers)
