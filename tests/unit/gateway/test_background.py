"""Workers and relay as they are put together: what an outage of the store does, and what stays in the outbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway import background
from gateway.home import Home
from gateway.metrics import Metrics
from gateway.settings import Settings
from gateway.tracking import MAC_HEADER, TrackingIds
from handlers.messages import AcceptedCommand, AcknowledgeNotices
from handlers.queue_names import NOTICE_COMMANDS, TOPOLOGY
from handlers.store.engine import SqlStore
from handlers.store.outbox import SqlOutbox, add_messages
from handlers.store.ports import StoreConflictError
from handlers.store.schema import migrate
from handlers.store.tables import outbox
from handlers.work import Outcome, Work
from queues.broker import Broker
from queues.embedded_consumer import EmbeddedDelivery
from tests.suites.brokers import until
from tests.suites.stage import NOW, Effects, accepted, full, later, made, message, ticking


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    Home(tmp_path).make_tracking_key()
    Home(tmp_path).key_file.touch()
    return Settings(home=str(tmp_path))


@pytest.fixture
def store(settings: Settings) -> Iterator[SqlStore]:
    store = background.store_of(settings)
    migrate(store)
    yield store
    store.close()


@pytest.fixture
def broker(settings: Settings) -> Iterator[Broker]:
    broker = background.broker_of(settings)
    yield broker
    broker.close()


@pytest.fixture
def effects(monkeypatch: pytest.MonkeyPatch) -> Effects:
    """What the command of these tests does."""
    effects = Effects()
    monkeypatch.setitem(background.COMMAND_HANDLERS, AcknowledgeNotices, effects)
    return effects


@pytest.fixture
def start_workers(settings: Settings, store: SqlStore, broker: Broker) -> Iterator[Callable[[], None]]:
    """Starts the workers of all queues with short waits; they are stopped at the end."""
    parts: list[background.Running] = []

    def start() -> None:
        parts.extend(
            background.workers(settings, store, broker, Metrics(), ticking(), hold_timeout=0.05, first_pause=0.002)
        )
        for part in parts:
            part.start()

    yield start
    assert all(part.stop(10) for part in parts)


def send(settings: Settings, broker: Broker, number: int, *, forged: bool = False) -> None:
    name = str(number)
    # Large enough to need room in the file that is not there already.
    command = accepted(tracking_id=f"t-{name}", request_id=f"r-{name}", digest=f"d-{name}", received=bytes(20_000))
    sent = message(command)
    mac = TrackingIds(b"x" * 32 if forged else Home(settings.home_path).tracking_key()).mac_of(sent.body)
    broker.publisher().publish(replace(sent, headers={MAC_HEADER: mac}), timeout=10)


@pytest.fixture
def failed_probes(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """What the looks at the store raised that the worker of these commands took."""
    failed: list[Exception] = []
    probe = SqlStore.ping_writing

    def counted(store: SqlStore) -> None:
        try:
            probe(store)
        except Exception as error:
            if NOTICE_COMMANDS.name in threading.current_thread().name:
                failed.append(error)
            raise

    monkeypatch.setattr(SqlStore, "ping_writing", counted)
    return failed


@pytest.fixture
def returned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the messages that workers gave back, in order."""
    ids: list[str] = []
    release = EmbeddedDelivery.release

    def counted(delivery: EmbeddedDelivery) -> None:
        ids.append(delivery.message.message_id)
        release(delivery)

    monkeypatch.setattr(EmbeddedDelivery, "release", counted)
    return ids


def test_a_store_that_can_be_read_and_not_written_costs_no_accepted_command(
    settings: Settings,
    effects: Effects,
    failed_probes: list[Exception],
    returned: list[str],
    store: SqlStore,
    broker: Broker,
    start_workers: Callable[[], None],
) -> None:
    start_workers()
    send(settings, broker, 0)
    until(lambda: made(store) == 1)
    with full(store):
        for number in range(1, 6):
            send(settings, broker, number)
        until(lambda: len(failed_probes) >= 10, timeout=60)
        (depth,) = broker.depths([NOTICE_COMMANDS.name])
        assert (depth.ready, depth.unacknowledged) == (5, 0)
        assert returned == ["t-1"]
        assert made(store) == 1

    until(lambda: made(store) == 6, timeout=30)
    until(lambda: broker.depths([NOTICE_COMMANDS.name])[0].unacknowledged == 0)
    assert broker.depths([NOTICE_COMMANDS.name])[0].ready == 0
    assert sum(depth.ready for depth in broker.depths([spec.dead_letters for spec in TOPOLOGY])) == 0
    assert set(effects.seen) == {f"t-{number}" for number in range(6)}


def test_what_intake_did_not_put_on_the_queue_has_no_effect(
    settings: Settings, effects: Effects, store: SqlStore, broker: Broker, start_workers: Callable[[], None]
) -> None:
    send(settings, broker, 0, forged=True)
    send(settings, broker, 1)
    start_workers()
    until(lambda: made(store) == 1)
    until(lambda: broker.depths([NOTICE_COMMANDS.dead_letters])[0].ready == 1)
    assert effects.seen == ["t-1"]


def test_a_conflict_that_does_not_end_counts_as_a_failed_attempt_and_its_neighbours_go_on(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    store: SqlStore,
    broker: Broker,
    start_workers: Callable[[], None],
) -> None:
    effects = Effects()

    def conflicting(work: Work, command: AcceptedCommand) -> Outcome:
        if command.tracking_id == "t-0":
            raise StoreConflictError
        return effects(work, command)

    monkeypatch.setitem(background.COMMAND_HANDLERS, AcknowledgeNotices, conflicting)
    send(settings, broker, 0)
    send(settings, broker, 1)
    start_workers()

    until(lambda: made(store) == 1)

    (scheduled,) = SqlOutbox(store).claim(10, later(10))
    assert (scheduled.message_id, scheduled.attempt) == ("t-0", 2)


def test_the_relay_removes_what_was_sent_longer_ago_than_it_is_kept(
    settings: Settings, store: SqlStore, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_PRUNED_AT_ONCE", 2)
    old = [message(accepted(), message_id=f"old-{number}") for number in range(5)]
    recent = message(accepted(), message_id="recent")
    waiting = message(accepted(), message_id="waiting")
    sender = SqlOutbox(store)
    for messages, moment in ((old, NOW), ([recent], later(1))):
        with store.writing() as connection:
            add_messages(connection, messages)
        sender.mark_sent([one.message_id for one in sender.claim(10, moment)], moment)
    sender.schedule(waiting, later(settings.outbox_kept + 100))
    part, close = background.relay(settings, store, broker, ticking(later(settings.outbox_kept + 0.5)))
    part.start()

    until(lambda: kept(store) == {"recent", "waiting"})

    assert part.stop(10)
    close()


def kept(store: SqlStore) -> set[str]:
    with store.reading() as connection:
        return set(connection.scalars(select(outbox.c.message_id)))
