"""The enrolled parties are kept through an outage, and renewal outlives every error."""

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
    cache = DirectoryCache(source, refresh=60)
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
        DirectoryCache(source, refresh=60).current()


def test_renewal_goes_on_after_an_unexpected_error():
    source = Source()
    cache = DirectoryCache(source, refresh=0.01)
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
