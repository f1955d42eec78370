"""What every store must do: on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec.structs import replace
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from handlers.receipts.ledger import ReceiptLedger
from handlers.store.engine import open_store
from handlers.store.ports import StoreConflictError, StoreUnavailableError
from handlers.store.schema import TABLES, SchemaState, migrate, schema_state
from handlers.store.seen_questions import MEMORY
from handlers.store.tables import directory_version, notice_counter
from tests.suites.stage import NOW, counters, receipt, status, together


def test_a_unit_of_work_that_ends_is_kept(store):
    with store.writing() as connection:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=7))
    assert counters(store) == {"MIA": 7}


def test_a_unit_of_work_that_raises_leaves_nothing(store):
    def fail(connection) -> None:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=7))
        raise KeyError("no")

    with pytest.raises(KeyError), store.writing() as connection:
        fail(connection)
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
    tables = [TABLES, MEMORY] if store.url.get_backend_name() == "postgresql" else TABLES
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables) == []


def test_migrating_again_changes_nothing(store):
    with store.writing() as connection:
        connection.execute(update(directory_version).values(version=5))
    migrate(store)
    with store.reading() as connection:
        assert connection.scalar(select(directory_version.c.version)) == 5


def test_a_database_tells_how_it_stands_to_this_release(store_url):
    store = open_store(store_url)
    if store_url.startswith("sqlite"):
        with pytest.raises(StoreUnavailableError):
            schema_state(store)
        Path(store.url.database).touch()
    assert schema_state(store) is SchemaState.EMPTY
    migrate(store)
    with store.reading() as connection:
        newest = connection.scalar(text("SELECT version_num FROM alembic_version"))
    found = []
    for revision in (newest, "0001", "9999"):
        with store.writing() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        found.append(schema_state(store))
    assert found == [SchemaState.CURRENT, SchemaState.BEHIND, SchemaState.FOREIGN]
    store.close()


def test_many_that_start_at_once_migrate_once(store_url):
    together(4, lambda _: migrate(store_url))
    store = open_store(store_url)
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(directory_version)) == 1
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    store.close()


def test_moments_come_back_aware_in_utc_with_their_microseconds(store):
    baku = NOW.astimezone(timezone(timedelta(hours=4)))
    ReceiptLedger(store).offer(replace(receipt(), received_at=baku), "notices.AcknowledgeNotices", baku)
    found = status(store, "t-1").received_at
    assert found == NOW
    assert found.tzinfo is UTC


def test_a_naive_moment_is_not_stored(store):
    with pytest.raises(StatementError, match="time zone"):
        ReceiptLedger(store).offer(receipt(), "notices.AcknowledgeNotices", NOW.replace(tzinfo=None))
