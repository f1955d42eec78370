"""The private servers that other tests stand on."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pika
import psycopg
import pytest
import sqlalchemy

from tests.servers.child import Child
from tests.servers.ports import is_open
from tests.servers.postgresql import PostgresCluster
from tests.servers.rabbitmq import RabbitNode

pytestmark = pytest.mark.real


def _publish(url: str, queue: str, body: bytes) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        channel.confirm_delivery()
        channel.basic_publish("", queue, body, pika.BasicProperties(delivery_mode=2), mandatory=True)


def _take(url: str, queue: str) -> bytes | None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        return connection.channel().basic_get(queue, auto_ack=True)[2]


def _execute(url: str, statement: str) -> list[tuple[object, ...]]:
    conninfo = url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_each_test_gets_a_vhost_of_its_own(rabbit_node: RabbitNode, rabbit_url: str) -> None:
    other = rabbit_node.new_vhost()
    _publish(rabbit_url, "letters", b"here")
    _publish(other, "letters", b"there")
    assert _take(rabbit_url, "letters") == b"here"
    assert _take(other, "letters") == b"there"


def test_there_are_always_more_vhosts(rabbit_node: RabbitNode) -> None:
    urls = [rabbit_node.new_vhost() for _ in range(20)]
    assert len(set(urls)) == 20
    _publish(urls[-1], "letters", b"last")
    assert _take(urls[-1], "letters") == b"last"


@pytest.mark.parametrize("outage", ["stop", "kill"])
def test_confirmed_messages_outlive_the_node(rabbit_node: RabbitNode, rabbit_url: str, outage: str) -> None:
    _publish(rabbit_url, "letters", b"kept")
    getattr(rabbit_node, outage)()
    assert not is_open(rabbit_node.port)
    assert not rabbit_node.is_running
    rabbit_node.start()
    assert _take(rabbit_url, "letters") == b"kept"


def test_the_node_obeys_rabbitmqctl(rabbit_node: RabbitNode, rabbit_url: str) -> None:
    _publish(rabbit_url, "letters", b"counted")
    vhost = rabbit_url.rpartition("/")[2]
    assert "letters\tquorum" in rabbit_node.ctl("list_queues", "--vhost", vhost, "name", "type")


def test_the_servers_listen_on_the_loopback_address_only(
    rabbit_node: RabbitNode, postgres_cluster: PostgresCluster
) -> None:
    assert rabbit_node.listens_on() == {"127.0.0.1"}
    assert postgres_cluster.listens_on() == {"127.0.0.1"}


def test_each_test_gets_a_database_of_its_own(postgres_cluster: PostgresCluster, postgres_url: str) -> None:
    other = postgres_cluster.new_database()
    _execute(postgres_url, "CREATE TABLE letter (body text)")
    _execute(other, "CREATE TABLE letter (body text)")
    engine = sqlalchemy.create_engine(postgres_url, poolclass=sqlalchemy.NullPool)
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM letter")).scalar_one() == 0


@pytest.mark.parametrize("outage", ["stop", "kill"])
def test_committed_rows_outlive_the_cluster(postgres_cluster: PostgresCluster, postgres_url: str, outage: str) -> None:
    _execute(postgres_url, "CREATE TABLE letter (body text)")
    _execute(postgres_url, "INSERT INTO letter VALUES ('kept')")
    getattr(postgres_cluster, outage)()
    assert not is_open(postgres_cluster.port)
    postgres_cluster.start()
    assert _execute(postgres_url, "SELECT body FROM letter") == [("kept",)]


def test_the_cluster_flushes_to_disk_by_default(postgres_url: str) -> None:
    assert _execute(postgres_url, "SHOW fsync") == [("on",)]
    assert _execute(postgres_url, "SHOW synchronous_commit") == [("on",)]


def test_a_sqlite_url_names_a_file_that_is_not_there_yet(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    assert path.is_absolute()
    assert not path.exists()
    assert path.parent.is_dir()


def test_killing_a_server_kills_what_it_started(tmp_path: Path) -> None:
    script = "sleep 300 & echo $! > grandchild; wait"
    child = Child(["sh", "-c", script], env=dict(os.environ), cwd=tmp_path, log=tmp_path / "log")
    deadline = time.monotonic() + 10
    while not (note := tmp_path / "grandchild").exists() or not note.read_text().strip():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    grandchild = int(note.read_text())
    child.kill()
    state = Path(f"/proc/{grandchild}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"
