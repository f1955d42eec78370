"""Questions never hold every request thread, and a store that failed is left alone for a moment."""

import threading
from contextlib import contextmanager

import pytest

from gateway import restraint
from gateway.faults import RefusalError
from gateway.restraint import RestrainedStore
from handlers.store.ports import StoreUnavailableError


class StoreDouble:
    def __init__(self):
        self.entered = threading.Semaphore(0)
        self.leave = threading.Event()
        self.asked = 0
        self.error = None

    @contextmanager
    def reading(self):
        self.asked += 1
        if self.error is not None:
            raise self.error
        self.entered.release()
        self.leave.wait(5)
        yield "connection"

    writing = reading


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(restraint, "_PATIENCE", 0.05)


def ask(store):
    with store.reading() as connection:
        return connection


def test_only_as_many_as_there_are_places_are_in_the_store_at_once():
    double = StoreDouble()
    store = RestrainedStore(double, 2)
    threads = [threading.Thread(target=ask, args=(store,)) for _ in range(2)]
    for each in threads:
        each.start()
    for _ in threads:
        assert double.entered.acquire(timeout=5)
    with pytest.raises(RefusalError) as refused:
        ask(store)
    assert refused.value.code == "server.overloaded"
    double.leave.set()
    for each in threads:
        each.join()
    assert ask(store) == "connection"


def test_after_a_failure_the_store_is_not_asked_for_a_moment_and_then_again(monkeypatch):
    double = StoreDouble()
    double.leave.set()
    now = [100.0]
    monkeypatch.setattr(restraint, "monotonic", lambda: now[0])
    store = RestrainedStore(double, 2)
    double.error = StoreUnavailableError("away")
    for _ in range(3):
        with pytest.raises(StoreUnavailableError):
            ask(store)
    assert double.asked == 1
    double.error = None
    now[0] += 2.1
    assert ask(store) == "connection"


def test_an_error_inside_the_block_that_is_not_the_stores_absence_changes_nothing():
    double = StoreDouble()
    double.leave.set()
    store = RestrainedStore(double, 1)
    with pytest.raises(ValueError, match="mine"), store.writing():
        raise ValueError("mine")
    assert ask(store) == "connection"
