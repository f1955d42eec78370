"""What the memory of answered questions must do, on both stores: shared by processes, and never told twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from itertools import count

import psycopg
import pytest

from handlers.store.engine import open_store
from handlers.store.ports import StoreUnavailableError
from handlers.store.schema import migrate
from handlers.store.seen_questions import SeenQuestion, open_seen_questions
from tests.suites.stage import together

LATER = 1_800_000_000
_numbers = count()


def question(expires: int = LATER) -> SeenQuestion:
    return SeenQuestion(expires, next(_numbers).to_bytes(32, "big"))


@pytest.fixture
def opening():
    """Opens the memory of a store, as a process of its own does."""
    opened = []

    def one(url):
        opened.append(open_seen_questions(url))
        return opened[-1]

    yield one
    for each in opened:
        each.close()


@pytest.fixture
def open_memory(store, opening):
    """The same for one store after the other."""
    return lambda: opening(store.url)


def test_a_question_is_new_once_whoever_asks(open_memory):
    here, there = open_memory(), open_memory()
    one, other = question(), question()
    assert here.remember([one]) == {one}
    assert here.remember([one]) == set()
    assert there.remember([one, other]) == {other}
    assert here.remember([other]) == set()


def test_of_copies_that_come_at_once_to_several_processes_one_is_new(open_memory):
    memories = [open_memory() for _ in range(6)]
    for _ in range(20):
        copies = [question() for _ in range(3)]

        def ask(index, copies=copies):
            return memories[index].remember(copies[index % 3 :] + copies[: index % 3])

        answers = together(6, ask)
        assert sorted(one for answer in answers for one in answer) == copies


def test_the_same_digest_with_another_end_is_another_question(open_memory):
    memory = open_memory()
    one = question()
    memory.remember([one])
    assert memory.remember([one._replace(expires=one.expires + 1)])


def test_a_memory_that_was_closed_is_still_there(open_memory):
    one = question()
    open_memory().remember([one])
    memory = open_memory()
    memory.close()
    assert memory.remember([one]) == set()


def test_forgetting_takes_the_oldest_first_and_nothing_that_matters(open_memory):
    memory = open_memory()
    old = [question(100), question(101), question(102)]
    fresh = question(103)
    memory.remember([*old, fresh])
    assert memory.prune(103, 2) == 2
    assert memory.remember([old[0], old[1], old[2], fresh]) == {old[0], old[1]}
    assert memory.prune(103, 100) == 3
    assert memory.prune(103, 100) == 0
    assert memory.remember([fresh]) == set()


def test_processes_that_forget_at_once_do_not_wait_for_each_other_nor_forget_twice(open_memory):
    memories = [open_memory() for _ in range(3)]
    memories[0].remember([question(7) for _ in range(60)])
    assert sum(together(3, lambda index: memories[index].prune(8, 60))) == 60


class LosesTheAnswer:
    """A connection that ends after its statement took effect and before the rows came."""

    def __init__(self, cursor, error):
        self._cursor = cursor
        self._error = error

    def execute(self, statement, values):
        self._cursor.execute(statement, values)
        self._cursor.fetchall()

    def fetchall(self):
        raise self._error


def test_a_question_whose_own_row_may_be_what_was_found_is_not_called_a_copy(open_memory, store):
    memory = open_memory()
    postgresql = store.url.get_backend_name() == "postgresql"
    error = psycopg.OperationalError("gone") if postgresql else sqlite3.OperationalError("gone")
    memory.remember([question()])
    memory._cursor = LosesTheAnswer(memory._cursor, error)
    one = question()
    with pytest.raises(StoreUnavailableError):
        memory.remember([one])
    assert memory.remember([one]) == set()
    assert memory.remember([question()])


@pytest.mark.real
def test_an_absent_server_is_told_soon_and_one_that_is_back_is_used_again(opening, postgres_url, postgres_cluster):
    migrate(postgres_url)
    memory = opening(postgres_url)
    one, other = question(), question()
    memory.remember([question()])
    postgres_cluster.stop("immediate")
    try:
        started = time.monotonic()
        with pytest.raises(StoreUnavailableError):
            memory.remember([one])
        assert time.monotonic() - started < 4
    finally:
        postgres_cluster.start()
    assert memory.remember([one, other]) == {one, other}
    postgres_cluster.stop("fast")
    postgres_cluster.start()
    third = question()
    assert memory.remember([third]) == {third}, "a restart between two questions is not even noticed"
    assert memory.remember([one, other]) == set()


def test_the_file_is_private_and_beside_the_registers(opening, sqlite_url, tmp_path):
    migrate(sqlite_url)
    opening(sqlite_url).remember([question()])
    file = tmp_path / "registers-questions.sqlite"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_was_taken_away_is_begun_anew_by_all_processes(opening, sqlite_url, tmp_path):
    migrate(sqlite_url)
    here, there = opening(sqlite_url), opening(sqlite_url)
    one, other = question(), question()
    assert here.remember([one])
    assert not there.remember([one])
    for each in tmp_path.glob("registers-questions*"):
        each.unlink()
    assert here.remember([other]) == {other}
    assert there.remember([other]) == set(), "the deleted file would have said that it is new"


def test_a_file_that_cannot_be_written_is_an_absent_memory(opening, sqlite_url, tmp_path):
    migrate(sqlite_url)
    memory = opening(sqlite_url)
    memory.remember([question()])
    other = sqlite3.connect(tmp_path / "registers-questions.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    one = question()
    with pytest.raises(StoreUnavailableError):
        memory.remember([one])
    other.close()
    assert memory.remember([one]) == {one}


def test_a_file_that_is_no_database_is_an_absent_memory(opening, sqlite_url, tmp_path):
    migrate(sqlite_url)
    (tmp_path / "registers-questions.sqlite").write_bytes(os.urandom(8192))
    with pytest.raises(StoreUnavailableError):
        opening(sqlite_url).remember([question()])


_REMEMBER_AND_DIE = """
import os, signal, sys
from handlers.store.seen_questions import SeenQuestion, open_seen_questions
assert open_seen_questions(sys.argv[1]).remember([SeenQuestion(int(sys.argv[2]), bytes.fromhex(sys.argv[3]))])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_remembered_is_remembered(store, opening):
    one = question()
    url = store.url.render_as_string(hide_password=False)
    died = subprocess.run([sys.executable, "-c", _REMEMBER_AND_DIE, url, str(one.expires), one.key.hex()], check=False)
    assert died.returncode == -signal.SIGKILL
    assert opening(store.url).remember([one]) == set()


def test_a_register_has_no_place_for_questions_where_they_have_a_file_of_their_own(sqlite_url):
    migrate(sqlite_url)
    with open_store(sqlite_url).reading() as connection:
        assert not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'seen_question'").all()


def test_no_memory_is_made_for_a_database_of_another_kind():
    with pytest.raises(ValueError, match="mysql"):
        open_seen_questions("mysql://localhost/x")
