"""The enrolled parties are kept through an outage, and renewal outlives every error."""

import threading
import time

import pytest

from gateway.directory import DirectoryCache
from handlers.parties.directory import Directory
from handlers.store.ports import StoreConflictError, StoreUnavailableError


def directory(version):
    return Directory(version=version, agencies={}, systems={}, representatives={})


class Source:
    """What the store would say; an error is raised once for each time it is put in."""

    def __init__(self):
        self.newest = directory(1)
        self.errors = []

    def __call__(self, known):
        if self.errors:
            raise self.errors.pop(0)
        return None if known == self.newest.version else self.newest


def test_the_last_known_directory_is_kept_while_the_store_is_away():
    source = Source()
    cache = DirectoryCache(source, refresh=60, max_age=60)
    assert cache.current().version == 1
    source.errors = [StoreUnavailableError("away"), StoreConflictError("again")]
    source.newest = directory(2)
    cache.renew()
    cache.renew()
    assert cache.current().version == 1
    cache.renew()
    assert cache.current().version == 2


def test_without_any_directory_the_store_is_what_is_missing():
    source = Source()
    source.errors = [StoreUnavailableError("away")] * 2
    with pytest.raises(StoreUnavailableError):
        DirectoryCache(source, refresh=60, max_age=60).current()


def test_what_was_known_before_an_outage_is_not_used_for_ever():
    source = Source()
    cache = DirectoryCache(source, refresh=0.01, max_age=0.2)
    assert cache.current().version == 1
    source.errors = [StoreUnavailableError("away")] * 3
    time.sleep(0.02)
    assert cache.current().version == 1
    time.sleep(0.2)
    with pytest.raises(StoreUnavailableError, match="too old"):
        cache.current()
    source.errors = []
    assert cache.current().version == 1


def test_renewal_goes_on_after_an_unexpected_error():
    source = Source()
    cache = DirectoryCache(source, refresh=0.01, max_age=60)
    cache.start()
    try:
        source.errors = [RuntimeError("a column is missing")]
        source.newest = directory(7)
        deadline = time.monotonic() + 5
        while cache.current().version != 7 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert cache.current().version == 7
        assert cache.age() < 5
    finally:
        cache.stop()


def test_no_call_is_judged_by_a_snapshot_older_than_promised():
    source = Source()
    cache = DirectoryCache(source, refresh=0.05, max_age=60)
    cache.start()
    try:
        for version in range(2, 30):
            source.newest = directory(version)
            time.sleep(0.051)
            assert cache.current().version == version
    finally:
        cache.stop()


def test_a_look_up_that_began_too_early_confirms_nothing():
    source = Slow()
    cache = DirectoryCache(source, refresh=0.05, max_age=60)
    cache.start()
    try:
        source.hold.set()  # the next look-up reads version 1 and then takes its time
        assert source.holding.wait(5)
        source.newest = directory(2)
        time.sleep(0.06)
        threading.Timer(0.05, source.go_on.set).start()
        assert cache.current().version == 2
    finally:
        cache.stop()


def test_a_store_that_hangs_holds_nobody_up_for_longer_than_once():
    source = Slow()
    cache = DirectoryCache(source, refresh=0.01, max_age=60, patience=0.2)
    cache.start()
    try:
        source.hold.set()
        assert source.holding.wait(5)
        time.sleep(0.02)
        started = time.monotonic()
        assert cache.current().version == 1
        waited = time.monotonic() - started
        for _ in range(100):
            assert cache.current().version == 1
        assert time.monotonic() - started < waited + 0.2
        source.newest = directory(3)
        source.go_on.set()
        deadline = time.monotonic() + 5
        while cache.current().version != 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert cache.current().version == 3
    finally:
        source.go_on.set()
        cache.stop()


class Slow(Source):
    """A store that answers what it read, but one time only after it was told to go on."""

    def __init__(self):
        super().__init__()
        self.hold, self.holding, self.go_on = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, known):
        answer = super().__call__(known)
        if self.hold.is_set() and not self.holding.is_set():
            self.holding.set()
            assert self.go_on.wait(20)
        return answer
