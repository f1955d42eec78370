"""Every store that the suites run on."""

from __future__ import annotations

import pytest

from handlers.store.engine import open_store
from handlers.store.schema import migrate


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
def store_url(request):
    """URL of an empty store, on one database after the other."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(store_url):
    """A store at the newest revision, with nothing in it."""
    store = open_store(store_url)
    migrate(store)
    yield store
    store.close()
