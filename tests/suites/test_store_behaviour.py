"""What every store must do: run against SQLite and PostgreSQL alike."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from handlers.store.engine import SqlStore, open_store
from handlers.store.ports import StoreConflictError
from handlers.store.schema import migrate
from handlers.store.tables import directory_version, metadata, notice_counter

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.real)]


@pytest.fixture(params=BOTH)
def url(request):
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(url):
    store = open_store(url)
    migrate(store)
    yield store
    store.close()


def counters(store: SqlStore) -> dict[str, int]:
    with store.reading() as connection:
        rows = connection.execute(select(notice_counter.c.agency, notice_counter.c.last_sequence))
        return {agency: last for agency, last in rows}


def test_a_unit_of_work_that_ends_is_kept(store):
    with store.writing() as connection:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=7))
    assert counters(store) == {"MIA": 7}


def test_a_unit_of_work_that_raises_leaves_nothing(store):
    with pytest.raises(KeyError), store.writing() as connection:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=7))
        raise KeyError("no")
    assert counters(store) == {}


def test_a_reader_sees_one_snapshot_while_a_writer_commits(store):
    count = select(func.count()).select_from(notice_counter)
    with store.reading() as reader:
        assert reader.scalar(count) == 0
        with store.writing() as writer:
            writer.execute(insert(notice_counter).values(agency="MIA", last_sequence=1))
        assert reader.scalar(count) == 0
    assert counters(store) == {"MIA": 1}


def test_a_reader_cannot_write(store):
    with pytest.raises(DBAPIError), store.reading() as connection:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=1))
    with store.writing() as connection:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=2))
    assert counters(store) == {"MIA": 2}


def test_a_key_taken_by_another_is_told_as_a_conflict_to_run_again(store):
    row = insert(notice_counter).values(agency="MIA", last_sequence=1)
    with store.writing() as connection:
        connection.execute(row)
    with pytest.raises(StoreConflictError), store.writing() as connection:
        connection.execute(row)


def test_migrations_and_tables_agree(store):
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(store):
    with store.writing() as connection:
        connection.execute(update(directory_version).values(version=5))
    migrate(store)
    with store.reading() as connection:
        assert connection.scalar(select(directory_version.c.version)) == 5


def test_many_that_start_at_once_migrate_once(url):
    barrier = threading.Barrier(4)

    def start() -> None:
        barrier.wait()
        migrate(url)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(start) for _ in range(4)]:
            future.result()
    store = open_store(url)
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(directory_version)) == 1
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    store.close()
