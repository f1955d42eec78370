"""What a driver's error means."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy import exc

from handlers.store.engine import open_store
from handlers.store.failures import meaning_of
from handlers.store.ports import StoreConflictError, StoreUnavailableError


def sqlite_error(code: int, name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("no")
    error.sqlite_errorcode, error.sqlite_errorname = code, name
    return error


def postgres_error(state: str) -> psycopg.Error:
    return psycopg.errors.lookup(state)("no")


def wrapped(error: Exception, *, lost: bool = False) -> exc.DBAPIError:
    return exc.DBAPIError("SELECT 1", None, error, connection_invalidated=lost)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (sqlite_error(sqlite3.SQLITE_BUSY, "SQLITE_BUSY"), StoreUnavailableError),
        (sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT"), StoreUnavailableError),
        (sqlite_error(sqlite3.SQLITE_FULL, "SQLITE_FULL"), StoreUnavailableError),
        (sqlite_error(sqlite3.SQLITE_IOERR_FSYNC, "SQLITE_IOERR_FSYNC"), StoreUnavailableError),
        (sqlite_error(sqlite3.SQLITE_READONLY, "SQLITE_READONLY"), StoreUnavailableError),
        (sqlite_error(sqlite3.SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"), StoreConflictError),
        (sqlite_error(sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, "SQLITE_CONSTRAINT_PRIMARYKEY"), StoreConflictError),
        (sqlite_error(sqlite3.SQLITE_CONSTRAINT_CHECK, "SQLITE_CONSTRAINT_CHECK"), type(None)),
        (sqlite_error(sqlite3.SQLITE_ERROR, "SQLITE_ERROR"), type(None)),
        (sqlite3.ProgrammingError("closed"), type(None)),
        (postgres_error("40001"), StoreConflictError),
        (postgres_error("40P01"), StoreConflictError),
        (postgres_error("23505"), StoreConflictError),
        (postgres_error("23514"), type(None)),
        (postgres_error("42601"), type(None)),
        (postgres_error("22001"), type(None)),
        (postgres_error("08006"), StoreUnavailableError),
        (postgres_error("25P03"), StoreUnavailableError),
        (postgres_error("25006"), StoreUnavailableError),
        (postgres_error("53100"), StoreUnavailableError),
        (postgres_error("53300"), StoreUnavailableError),
        (postgres_error("55P03"), StoreUnavailableError),
        (postgres_error("57014"), StoreUnavailableError),
        (postgres_error("57P01"), StoreUnavailableError),
        (psycopg.OperationalError("connection refused"), StoreUnavailableError),
        (psycopg.InterfaceError("closed"), StoreUnavailableError),
        (psycopg.ProgrammingError("no such parameter"), type(None)),
        (ValueError("another driver"), type(None)),
    ],
)
def test_a_code_means_away_again_or_a_mistake_of_ours(error, meaning):
    assert type(meaning_of(wrapped(error))) is meaning


def test_a_connection_that_broke_means_away_whatever_the_driver_called_it():
    assert isinstance(meaning_of(wrapped(psycopg.DatabaseError("cut"), lost=True)), StoreUnavailableError)


def test_a_pool_without_a_free_connection_means_away():
    assert isinstance(meaning_of(exc.TimeoutError()), StoreUnavailableError)


def test_an_error_of_sqlalchemy_itself_is_a_mistake_of_ours():
    assert meaning_of(exc.InvalidRequestError("no")) is None


@pytest.mark.parametrize("error", [sqlite_error(sqlite3.SQLITE_READONLY, "SQLITE_READONLY"), postgres_error("25006")])
def test_writing_while_only_reading_is_a_mistake_of_ours(error):
    assert meaning_of(wrapped(error), reading=True) is None


@pytest.mark.parametrize("url", ["mysql+pymysql://localhost/registers", "oracle://localhost"])
def test_a_store_is_opened_on_two_databases_only(url):
    with pytest.raises(ValueError, match="use sqlite"):
        open_store(url)


def test_opening_a_store_does_not_connect_yet():
    store = open_store("postgresql://nobody@127.0.0.1:1/nothing")
    assert store.url.database == "nothing"
    store.close()
