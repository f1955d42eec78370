"""A question is answered once: by one process, by several, and while what they share is away."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from gateway import replay
from gateway.faults import RefusalError
from gateway.replay import ReplayGuard, recognisable
from handlers.store.ports import StoreUnavailableError
from handlers.store.seen_questions import open_seen_questions

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SKEW = timedelta(seconds=60)
CHECK, STATUS = "documents.CheckDocuments", "bus.GetStatus"


@dataclass(frozen=True)
class Question:
    """What of a verified envelope tells it from every other."""

    number: int
    expires: datetime = NOW + timedelta(minutes=5)

    @property
    def signed_info_digest(self) -> bytes:
        return self.number.to_bytes(32, "big")


class SlowMemory:
    """Takes its time, and counts how often it is asked; can hang."""

    def __init__(self):
        self.kept = set()
        self.asked = []
        self.free = threading.Event()
        self.free.set()

    def remember(self, questions):
        self.free.wait(10)
        time.sleep(0.005)
        self.asked.append(len(questions))
        new = set(questions) - self.kept
        self.kept |= new
        return new

    def prune(self, before, at_most):
        return 0

    def close(self):
        pass


@pytest.fixture
def process(tmp_path, monkeypatch):
    """Makes the guard of one more process; all share a file, unless a memory is given."""
    monkeypatch.setattr(replay, "_AGAIN", 0.05)
    monkeypatch.setattr(replay, "_TIDYING", 0.1)
    made = []

    def one(memory=None, clock=lambda: NOW):
        memory = memory or open_seen_questions(f"sqlite:///{tmp_path / 'r.db'}")
        made.append(ReplayGuard(memory, without_store={STATUS}, clock=clock, clock_skew=SKEW))
        made[-1].start()
        return made[-1]

    yield one
    for each in made:
        each.stop()


@pytest.fixture
def locked(tmp_path):
    """While it lasts, nothing can be written to the file that the processes share."""

    @contextmanager
    def lock():
        other = sqlite3.connect(tmp_path / "r-questions.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.close()

    return lock


def answered(guard, question, *, operation=CHECK, agency="MIA"):
    try:
        guard.require_first(agency, operation, question)
    except RefusalError as refused:
        if (refused.code, refused.reason) != ("client.security.replayed", "REPLAY.SEEN"):
            raise
        return False
    return True


def eventually(true):
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_copy_is_refused_by_the_process_that_answered_and_by_any_other(process):
    here, there = process(), process()
    assert answered(here, Question(1))
    assert not answered(here, Question(1))
    assert not answered(there, Question(1))
    assert answered(there, Question(2))


def test_of_fifty_copies_at_once_at_two_processes_one_is_answered(process):
    guards = [process(), process()]
    ready = threading.Barrier(50)

    def one(number, index):
        ready.wait()
        return answered(guards[index % 2], Question(number))

    with ThreadPoolExecutor(50) as threads:
        for number in range(10):
            assert sum(threads.map(one, [number] * 50, range(50))) == 1


def test_many_that_wait_are_asked_about_together_and_each_gets_its_own_verdict(process):
    memory = SlowMemory()
    guard = process(memory)
    questions = [Question(number // 2) for number in range(200)]
    with ThreadPoolExecutor(16) as threads:
        verdicts = list(threads.map(lambda question: answered(guard, question), questions))
    assert sum(verdicts) == 100
    assert sum(memory.asked) < 200, "copies that wait together are asked about once"
    assert len(memory.asked) < 150
    assert max(memory.asked) > 4


def test_another_agency_cannot_use_a_question_up(process):
    guard = process()
    assert answered(guard, Question(1), agency="MOJ")
    assert answered(guard, Question(1), agency="MIA")


def test_what_tells_a_copy_is_not_the_certificate_nor_the_signature_value():
    assert recognisable("MIA", Question(1)) == recognisable("MIA", Question(1))
    assert recognisable("MIA", Question(1)) != recognisable("MIA", Question(2))
    assert recognisable("MI", Question(1)) != recognisable("MIA", Question(1))


def test_the_end_is_rounded_up_so_that_no_question_is_forgotten_before_it():
    half = Question(1, NOW + timedelta(seconds=10.5))
    assert recognisable("MIA", half).expires == int(NOW.timestamp()) + 11


def test_a_message_without_a_digest_is_no_question(process):
    @dataclass(frozen=True)
    class Unsigned(Question):
        signed_info_digest: bytes = b""

    with pytest.raises(ValueError, match="without a digest"):
        process().require_first("MIA", CHECK, Unsigned(1))


def test_a_question_is_forgotten_when_no_clock_can_find_it_fresh_and_not_before(process):
    now = [NOW]
    guard, other = process(clock=lambda: now[0]), process()
    fresh, old = Question(1, NOW + timedelta(seconds=10)), Question(2, NOW - timedelta(seconds=51))
    assert answered(guard, fresh)
    assert answered(guard, old)
    now[0] = NOW + timedelta(seconds=10)
    eventually(lambda: answered(other, old))
    assert not answered(other, fresh)


def test_while_the_memory_is_away_a_question_that_needs_the_store_fails_and_soon_at_once(process, locked):
    guard = process()
    assert answered(guard, Question(1))
    with locked():
        with pytest.raises(StoreUnavailableError):
            guard.require_first("MIA", CHECK, Question(2))
        assert not guard.available()
        started = time.monotonic()
        with pytest.raises(StoreUnavailableError):
            guard.require_first("MIA", CHECK, Question(3))
        assert time.monotonic() - started < 0.5
    eventually(guard.available)
    assert answered(guard, Question(3))
    assert not answered(guard, Question(1))


def test_while_the_memory_is_away_a_process_goes_by_what_it_answered_itself_and_says_so(process, locked):
    guard = process()
    assert answered(guard, Question(1), operation=STATUS)
    with locked(), capture_logs() as logs:
        assert answered(guard, Question(2), operation=STATUS)
        assert not answered(guard, Question(2), operation=STATUS)
        assert not answered(guard, Question(1), operation=STATUS)
    assert [log["event"] for log in logs] == ["replay.memory-away", "replay.own-memory-only"]


def test_what_was_answered_meanwhile_is_told_to_all_once_the_memory_is_back(process, locked):
    here, there = process(), process()
    assert answered(here, Question(0))
    with locked():
        assert all(answered(here, Question(number), operation=STATUS) for number in range(1, 100))
    eventually(here.available)
    assert not any(answered(there, Question(number), operation=STATUS) for number in range(100))


def test_a_memory_that_hangs_holds_a_question_for_a_moment_and_the_next_ones_not_at_all(process, monkeypatch):
    monkeypatch.setattr(replay, "PATIENCE", 0.2)
    memory = SlowMemory()
    guard = process(memory)
    memory.free.clear()
    try:
        with ThreadPoolExecutor(2) as threads:
            hanging = threads.submit(answered, guard, Question(1))
            time.sleep(0.05)
            waiting = threads.submit(guard.require_first, "MIA", CHECK, Question(2))
            with pytest.raises(StoreUnavailableError):
                waiting.result(2)
            started = time.monotonic()
            with pytest.raises(StoreUnavailableError):
                guard.require_first("MIA", CHECK, Question(3))
            assert time.monotonic() - started < 0.1
            memory.free.set()
            assert hanging.result(2)
    finally:
        memory.free.set()
    eventually(guard.available)
    assert answered(guard, Question(3))


def test_an_error_nobody_foresaw_refuses_questions_and_is_logged_as_one(process):
    class Broken(SlowMemory):
        def remember(self, questions):
            raise ZeroDivisionError

    with capture_logs() as logs, pytest.raises(StoreUnavailableError):
        process(Broken()).require_first("MIA", CHECK, Question(1))
    assert logs[0] == {"event": "replay.memory-away", "error": "ZeroDivisionError", "log_level": "error"}


class NoMemory(SlowMemory):
    """Does not answer, ever."""

    def remember(self, questions):
        raise StoreUnavailableError("away")


def test_while_the_memory_is_away_only_so_many_questions_are_held_and_those_that_are_over_make_room(
    process, monkeypatch
):
    monkeypatch.setattr(replay, "_HELD", 3)
    now = [NOW]
    guard = process(NoMemory(), clock=lambda: now[0])
    for number in range(3):
        assert answered(guard, Question(number), operation=STATUS)
    later = NOW + timedelta(hours=1)

    def takes_one_more():
        try:
            return answered(guard, Question(4, later), operation=STATUS)
        except StoreUnavailableError:
            return False

    time.sleep(0.3)  # rounds of forgetting that find nothing to forget
    assert not takes_one_more()
    assert not answered(guard, Question(1), operation=STATUS)
    now[0] = NOW + timedelta(minutes=7)
    eventually(takes_one_more)
    assert not guard.available()
