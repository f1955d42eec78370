"""Installations in both ways to run, each test its own."""

import pytest

from tests.acceptance.installation import Installation

MODES = [
    pytest.param("embedded", id="embedded"),
    pytest.param("real", id="real", marks=[pytest.mark.real, pytest.mark.xdist_group("real")]),
]


@pytest.fixture(params=MODES)
def installation(request, tmp_path):
    """An initialised installation; nothing runs yet."""
    urls = {}
    if request.param == "real":
        urls = {
            "database": request.getfixturevalue("postgres_url"),
            "broker": request.getfixturevalue("rabbit_url"),
        }
    with Installation(tmp_path, **urls, relay_lease="4") as made:
        made.init()
        yield made
