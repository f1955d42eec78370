"""Servers and stores for every test that asks for them; started with the first that does, ended with the run."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.servers.postgresql import PostgresCluster
from tests.servers.rabbitmq import RabbitNode, ServerMissingError

S = TypeVar("S", RabbitNode, PostgresCluster)
_NOT_TESTED = "NOT TESTED"


@pytest.fixture(scope="session")
def rabbit_node() -> Iterator[RabbitNode]:
    """A private RabbitMQ node, running. A test that stops it starts it again."""
    yield from _started(RabbitNode)


@pytest.fixture
def rabbit_url(rabbit_node: RabbitNode) -> str:
    """`amqp://…` of a virtual host of this test's own."""
    rabbit_node.start()
    return rabbit_node.new_vhost()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A private PostgreSQL cluster, running. A test that stops it starts it again."""
    yield from _started(PostgresCluster)


@pytest.fixture
def postgres_url(postgres_cluster: PostgresCluster) -> str:
    """`postgresql+psycopg://…` of an empty database of this test's own."""
    postgres_cluster.start()
    return postgres_cluster.new_database()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """`sqlite:///…` of a file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'registers.sqlite'}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly at the end what was not tested, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = {str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)}
    for reason in sorted(reason for reason in reasons if _NOT_TESTED in reason):
        terminalreporter.write_line(reason.removeprefix("Skipped: "), red=True, bold=True)


def _started(make: Callable[[], S]) -> Iterator[S]:
    try:
        server = make()
    except ServerMissingError as missing:
        reason = f"{_NOT_TESTED} AGAINST A REAL SERVER: {missing}"
        # Where every test must run (CI) a missing server fails; elsewhere the end of the run says what was not tested.
        verdict = pytest.fail.Exception if os.environ.get("CI") == "true" else pytest.skip.Exception
        raise verdict(reason, pytrace=False) from None
    atexit.register(server.close)
    try:
        server.start()
        yield server
    finally:
        server.close()
        atexit.unregister(server.close)
