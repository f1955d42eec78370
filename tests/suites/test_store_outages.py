"""What every store must do when it is locked, full, stopped or frozen: say so, in time, and change nothing."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import event, insert, text

from handlers.store import inbox, notices
from handlers.store.engine import StoreLimits, open_store
from handlers.store.ports import StoreConflictError, StoreUnavailableError
from handlers.store.schema import migrate
from handlers.store.tables import notice_counter
from queues.errors import HoldError
from tests.suites.stage import Effects, accepted, counters, full, made, message, status, together

IMPATIENT = StoreLimits(
    connect_timeout=2, statement_timeout=0.5, lock_timeout=0.3, answer_timeout=1, pool_timeout=0.3, pool_size=2
)
ROW = insert(notice_counter).values(agency="MIA", last_sequence=1)


@pytest.fixture
def impatient(store):
    store = open_store(store.url, IMPATIENT)
    yield store
    store.close()


def write_one_row(store) -> None:
    with store.writing() as connection:
        connection.execute(ROW)


@contextmanager
def within(seconds: float):
    """The store is told to be unavailable, and that does not take longer than `seconds`."""
    start = time.monotonic()
    with pytest.raises(StoreUnavailableError):
        yield
    assert time.monotonic() - start < seconds


def test_a_write_lock_held_by_another_process_is_told_as_unavailable(store, impatient):
    with store.writing() as connection:
        connection.execute(ROW)
        with within(3):
            write_one_row(impatient)
    assert counters(impatient) == {"MIA": 1}


def test_a_pool_in_which_nothing_becomes_free_is_told_as_unavailable(impatient):
    with impatient.reading(), impatient.reading(), within(3):
        impatient.ping()
    impatient.ping()


def test_a_command_is_held_while_what_it_needs_is_locked_away(store, impatient):
    with store.writing() as connection:
        notices.next_sequence(connection, "effects")  # the row on PostgreSQL, the whole file on SQLite
        with pytest.raises(HoldError):
            Effects().dispatcher(impatient)(message(accepted()))
    assert status(store, "t-1") is None


def test_a_sqlite_file_that_cannot_be_opened_is_told_as_unavailable(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'missing' / 'registers.sqlite'}", IMPATIENT)
    for attempt in (store.ping, lambda: write_one_row(store), lambda: migrate(store)):
        with within(3):
            attempt()


def test_a_full_sqlite_volume_is_told_as_unavailable_and_keeps_nothing_half(sqlite_url):
    store = open_store(sqlite_url)
    migrate(store)
    with within(3), store.writing() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
        connection.execute(ROW)
        inbox.keep_received(connection, accepted(received=b"x" * 1_000_000))
    assert counters(store) == {}
    store.close()


@pytest.mark.real
def test_a_stopped_server_is_told_as_unavailable_and_found_again_without_a_restart(postgres_url, postgres_cluster):
    store = open_store(postgres_url, IMPATIENT)
    migrate(store)
    with within(5), store.writing() as connection:
        connection.execute(ROW)
        postgres_cluster.stop("immediate")
        connection.execute(ROW)
    for attempt in (store.ping, lambda: counters(store), lambda: write_one_row(store), lambda: migrate(store)):
        with within(5):
            attempt()
    with pytest.raises(HoldError):
        Effects().dispatcher(store)(message(accepted()))
    postgres_cluster.start()
    store.ping()
    assert counters(store) == {}
    Effects().dispatcher(store)(message(accepted()))
    assert made(store) == 1
    store.close()


@pytest.mark.real
def test_a_session_the_server_ended_is_replaced_unnoticed(postgres_url):
    store, other = open_store(postgres_url), open_store(postgres_url)
    migrate(store)
    pid = backend(store)
    with other.writing() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend({pid}, 2000)"))
    write_one_row(store)
    assert counters(store) == {"MIA": 1}
    store.close()
    other.close()


@pytest.mark.real
def test_a_frozen_session_is_given_up_in_time_and_its_pooled_neighbour_replaced(postgres_url):
    store = open_store(postgres_url, IMPATIENT)
    migrate(store)
    with within(3), store.writing() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
        os.kill(pid, signal.SIGSTOP)
        connection.execute(ROW)
    os.kill(pid, signal.SIGCONT)
    pid = backend(store)
    os.kill(pid, signal.SIGSTOP)
    write_one_row(store)
    os.kill(pid, signal.SIGCONT)
    assert counters(store) == {"MIA": 1}
    store.close()


@pytest.mark.real
def test_a_frozen_server_is_told_as_unavailable_in_time(postgres_url, postgres_cluster):
    store = open_store(postgres_url, IMPATIENT)
    migrate(store)
    frozen = [backend(store), int((postgres_cluster.folder / "data" / "postmaster.pid").read_text().split()[0])]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(2):
            with within(5):
                store.ping()
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    store.ping()
    store.close()


@pytest.mark.real
def test_a_deadlock_is_told_as_a_conflict_to_run_again(postgres_url):
    store = open_store(postgres_url)
    migrate(store)
    with store.writing() as connection:
        connection.execute(insert(notice_counter), [{"agency": key, "last_sequence": 0} for key in ("A", "B")])
    met = threading.Barrier(2)

    def cross(index: int) -> bool:
        order = ("A", "B") if index else ("B", "A")
        try:
            with store.writing() as connection:
                notices.next_sequence(connection, order[0])
                met.wait()
                notices.next_sequence(connection, order[1])
        except StoreConflictError:
            return False
        return True

    assert sorted(together(2, cross)) == [False, True]
    assert counters(store) == {"A": 1, "B": 1}
    store.close()


def backend(store) -> int:
    with store.reading() as connection:
        return connection.scalar(text("SELECT pg_backend_pid()"))


def test_a_store_that_can_be_read_and_not_written_is_told_by_the_probe_that_writes(store):
    store.ping_writing()
    with store.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_a_sqlite_file_that_cannot_grow_is_told_by_the_probe_that_writes_until_it_can(sqlite_url):
    store = open_store(sqlite_url)
    migrate(store)
    store.ping_writing()
    with full(store):
        store.ping()
        with within(3):
            store.ping_writing()
    store.ping_writing()
    store.close()


def test_a_sqlite_file_that_is_read_only_is_told_by_the_probe_that_writes(sqlite_url):
    migrate(sqlite_url)
    store = open_store("sqlite:///file:" + sqlite_url.removeprefix("sqlite:///") + "?mode=ro&uri=true")
    with within(3):
        store.ping_writing()
    store.close()


@pytest.mark.real
def test_a_standby_is_told_by_the_probe_that_writes(postgres_url):
    store = open_store(postgres_url)
    migrate(store)
    event.listen(
        store._engine, "begin", lambda connection: connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    )  # a standby answers what is written with the same SQLSTATE, 25006
    store.ping()
    with within(3):
        store.ping_writing()
    store.close()
