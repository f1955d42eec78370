"""What is particular to the broker in a file."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from queues.broker import BrokerError, BrokerUnavailableError
from queues.embedded import EmbeddedBroker
from queues.embedded_owner import Deceased, Owner
from queues.embedded_writer import GroupCommit
from queues.topology import QueueSpec, Topology
from tests.suites.brokers import TOPOLOGY, WORK, drain, message, take, until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queues.sqlite"


@pytest.fixture
def broker(path: Path) -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker(path)
    broker.declare(TOPOLOGY)
    yield broker
    broker.close()


def _writing(path: Path) -> sqlite3.Connection:
    """Another process that is writing."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_publications_of_one_moment_share_a_commit(broker: EmbeddedBroker, path: Path) -> None:
    publisher = broker.publisher()
    before = broker.commits
    other = _writing(path)
    futures = [publisher.submit(message(number)) for number in range(100)]
    other.execute("ROLLBACK")
    other.close()

    for future in futures:
        future.result(10)

    assert broker.commits - before <= 2


def test_nothing_is_confirmed_before_it_is_committed(broker: EmbeddedBroker, path: Path) -> None:
    confirmed: Future[int] = Future()
    publication = broker.publisher().submit(message(1))
    publication.add_done_callback(lambda _: confirmed.set_result(_count(path)))

    assert confirmed.result(10) == 1


def _count(path: Path) -> int:
    other = sqlite3.connect(path)
    try:
        return int(other.execute("SELECT count(*) FROM messages").fetchone()[0])
    finally:
        other.close()


def test_every_commit_is_flushed_to_the_disk(broker: EmbeddedBroker) -> None:
    connection = broker._writer._connection

    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_publisher_is_not_kept_waiting_by_another_process_that_writes(broker: EmbeddedBroker, path: Path) -> None:
    other = _writing(path)
    began = time.monotonic()
    with pytest.raises(BrokerUnavailableError, match=r"0\.2 s"):
        broker.publisher().publish(message(1), timeout=0.2)

    assert time.monotonic() - began < 2
    other.execute("ROLLBACK")
    other.close()
    broker.publisher().publish(message(2), timeout=10)


def test_a_full_disk_confirms_nothing_and_heals(broker: EmbeddedBroker) -> None:
    publisher = broker.publisher()
    publisher.publish(message("before"), timeout=10)
    limit = broker._writer.submit(lambda writer: writer.execute("PRAGMA page_count").fetchone()[0]).result(10)
    broker._writer._connection.execute(f"PRAGMA max_page_count = {limit + 4}")

    with pytest.raises(BrokerUnavailableError, match="full"):
        publisher.publish(message("too big", body=bytes(100_000)), timeout=10)

    broker._writer._connection.execute("PRAGMA max_page_count = 1000000")
    publisher.publish(message("after"), timeout=10)
    found = [each.message_id for each in drain(broker.consumer(WORK.name), quiet=0.2)]
    assert found == ["message-before", "message-after"]


def test_an_acknowledgement_that_could_not_be_written_is_written_later(broker: EmbeddedBroker, path: Path) -> None:
    broker.publisher().publish(message(1), timeout=10)
    consumer = broker.consumer(WORK.name)
    delivery = take(consumer)
    connection = broker._writer._connection
    connection.execute("PRAGMA query_only = 1")
    delivery.ack()
    until(lambda: len(consumer._unsaved) == 1)
    connection.execute("PRAGMA query_only = 0")

    assert consumer.receive(0.1) is None

    until(lambda: _count(path) == 0)


def test_too_many_waiting_publications_are_refused_at_once(
    broker: EmbeddedBroker, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GroupCommit, "MOST_WAITING", 3)
    other = _writing(path)
    futures = [broker.publisher().submit(message(number)) for number in range(20)]

    refused = [future for future in futures if future.done()]

    assert len(refused) >= 16
    assert all(isinstance(future.exception(), BrokerUnavailableError) for future in refused)
    other.execute("ROLLBACK")
    other.close()


def test_the_file_belongs_to_its_owner_alone(broker: EmbeddedBroker, path: Path) -> None:
    for each in path.parent.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600, each.name


def test_nothing_but_the_file_is_left_behind(path: Path) -> None:
    broker = EmbeddedBroker(path)
    broker.declare(TOPOLOGY)
    broker.consumer(WORK.name).receive(0)
    broker.close()
    broker.close()

    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with pytest.raises(BrokerUnavailableError, match="closed"):
        broker.ping()


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokerUnavailableError, match="nowhere"):
        EmbeddedBroker(tmp_path / "nowhere" / "queues.sqlite")


def test_a_file_that_is_no_database_is_not_touched(path: Path) -> None:
    path.write_bytes(b"something else " * 1000)

    with pytest.raises(BrokerUnavailableError, match="cannot use"):
        EmbeddedBroker(path)

    assert path.read_bytes() == b"something else " * 1000


def test_a_file_of_a_later_release_is_not_touched(path: Path) -> None:
    EmbeddedBroker(path).close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    other.close()

    with pytest.raises(BrokerError, match="format 99"):
        EmbeddedBroker(path)


def test_many_brokers_may_open_a_new_file_at_once(path: Path) -> None:
    opened: list[EmbeddedBroker] = []

    def open_one() -> None:
        opened.append(EmbeddedBroker(path))
        opened[-1].declare(TOPOLOGY)

    threads = [threading.Thread(target=open_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(opened) == 8
    for broker in opened:
        broker.close()


def test_messages_taken_and_never_handed_out_do_not_count_as_delivered(broker: EmbeddedBroker) -> None:
    publisher = broker.publisher()
    for number in range(3):
        publisher.publish(message(number), timeout=10)
    consumer = broker.consumer(WORK.name)
    take(consumer)
    consumer.close()

    counts = []
    again = broker.consumer(WORK.name)
    for _ in range(3):
        delivery = take(again)
        counts.append((delivery.message.message_id, delivery.delivery_count))
        delivery.ack()

    assert counts == [("message-0", 1), ("message-1", 0), ("message-2", 0)]


def test_depths_tell_what_is_held_and_since_when_the_oldest_waits(broker: EmbeddedBroker) -> None:
    publisher = broker.publisher()
    for number in range(3):
        publisher.publish(message(number), timeout=10)
    held = take(broker.consumer(WORK.name, prefetch=1))

    (depth,) = broker.depths([WORK.name])

    assert (depth.ready, depth.unacknowledged, depth.oldest) == (2, 1, message(0).created_at)
    held.ack()


def test_an_owner_is_alive_until_it_is_closed_or_its_process_is_gone(path: Path) -> None:
    owner = Owner(path)
    with Deceased(path, owner.name) as dead:
        assert not dead
    owner.close()
    with Deceased(path, owner.name) as dead:
        assert dead


def test_an_owner_whose_process_was_killed_is_dead_and_its_lock_file_goes(path: Path) -> None:
    owner = Owner(path)
    os.close(owner._descriptor)  # what the kernel does when a process dies

    with Deceased(path, owner.name) as dead:
        assert dead

    assert list(path.parent.iterdir()) == []


def test_a_declaration_that_is_refused_leaves_no_queue_behind(broker: EmbeddedBroker) -> None:
    other_limits = QueueSpec(WORK.name, max_length=WORK.max_length + 1)

    with pytest.raises(BrokerError, match="other limits"):
        broker.declare(Topology((QueueSpec("test.new"), other_limits)))

    with pytest.raises(BrokerError, match=r"no queue test\.new"):
        broker.depths(["test.new"])
    broker.declare(Topology((QueueSpec("test.new"),)))
    assert broker.depths(["test.new"])[0].ready == 0


def test_nothing_is_confirmed_into_a_file_that_was_taken_away(tmp_path):
    path = tmp_path / "broker.db"
    broker = EmbeddedBroker(path)
    broker.declare(TOPOLOGY)
    publisher = broker.publisher()
    publisher.publish(message("m"), timeout=5)
    for each in tmp_path.glob("broker.db*"):
        each.unlink()
    with pytest.raises(BrokerUnavailableError, match="deleted or exchanged"):
        publisher.publish(message("m"), timeout=5)
    with pytest.raises(BrokerUnavailableError):
        broker.ping()
    broker.close()
