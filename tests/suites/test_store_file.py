"""The file of the embedded store: private, never begun by accident, never silently exchanged."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import make_url

from handlers.store.engine import open_store
from handlers.store.ports import StoreUnavailableError
from handlers.store.schema import migrate


def test_only_its_owner_may_read_the_file(sqlite_url):
    migrate(sqlite_url)
    assert stat.S_IMODE(Path(make_url(sqlite_url).database).stat().st_mode) == 0o600


def test_a_missing_file_is_an_absent_store_and_is_not_made(sqlite_url):
    store = open_store(sqlite_url)
    with pytest.raises(StoreUnavailableError):
        store.ping()
    assert not Path(make_url(sqlite_url).database).exists()


@pytest.mark.parametrize("replaced", [False, True], ids=["deleted", "replaced"])
def test_a_file_that_was_taken_away_is_an_absent_store_until_it_is_back(sqlite_url, tmp_path, replaced):
    migrate(sqlite_url)
    path = Path(make_url(sqlite_url).database)
    store = open_store(sqlite_url)
    store.ping()
    kept = tmp_path / "elsewhere"
    path.rename(kept)
    if replaced:
        migrate(sqlite_url)
        store.ping()  # connections to the old file are given up, the new file is a store of its own
        path.unlink()
    with pytest.raises(StoreUnavailableError):
        store.ping()
    with pytest.raises(StoreUnavailableError), store.writing():
        pytest.fail("a unit of work began on a file that is gone")
    kept.rename(path)
    store.ping()
    store.close()
