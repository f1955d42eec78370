"""One case of every entry, and all that need a socket, over HTTP against two serving processes."""

import os

import pytest

from tests.attacks.run import chosen, run
from tests.attacks.targets import served
from tests.servers import postgresql, rabbitmq
from tests.servers.rabbitmq import ServerMissingError

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.xdist_group("real"),
    pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning"),
]


@pytest.fixture(scope="module")
def target(request, tmp_path_factory):
    """On PostgreSQL and RabbitMQ; where they are not installed (but not under CI) on SQLite files."""
    urls = {}
    try:
        rabbitmq.programs()
        postgresql.programs()
    except ServerMissingError:
        if os.environ.get("CI") == "true":
            raise
    else:
        urls["database"] = request.getfixturevalue("postgres_cluster").new_database()
        urls["broker"] = request.getfixturevalue("rabbit_node").new_vhost()
    with served(tmp_path_factory.mktemp("attacks"), **urls) as running:
        yield running


@pytest.mark.parametrize("ident", [entry.id for entry in chosen()])
def test_two_processes_answer_as_listed(target, ident):
    (outcome,) = run(target, chosen([ident]), one_each=True)
    assert outcome.problems == []
