"""What the broker tests share: a topology, messages, and a process that dies with messages in its hands."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from queues.broker import Consumer, Delivery
from queues.brokers import open_broker
from queues.message import Message
from queues.topology import QueueSpec, Topology

WORK = QueueSpec("test.work")
SMALL = QueueSpec("test.small", max_length=5)
FRAGILE = QueueSpec("test.fragile", delivery_limit=2)
TOPOLOGY = Topology((WORK, SMALL, FRAGILE))
CREATED = datetime(2026, 3, 21, 8, 30, 0, 123456, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def message(number: int | str, queue: str = WORK.name, body: bytes = b"body", **headers: str) -> Message:
    return Message(f"message-{number}", queue, "Test", 1, body, CREATED, headers=headers)


def take(consumer: Consumer, timeout: float = 15.0) -> Delivery:
    delivery = consumer.receive(timeout)
    assert delivery is not None, f"nothing came within {timeout} s"
    return delivery


def drain(consumer: Consumer, quiet: float = 1.0) -> list[Message]:
    """Acknowledge everything until nothing has come for a while."""
    found = []
    while (delivery := consumer.receive(quiet)) is not None:
        found.append(delivery.message)
        delivery.ack()
    return found


def until(condition: Callable[[], bool], timeout: float = 15.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"still not so after {timeout} s"
        time.sleep(0.05)


def take_and_die(url: str, queue: str, poison: str = "") -> list[str]:
    """Have another process be killed with a message in hand whose id contains `poison`.

    Those before it are acknowledged. Returns the ids of all messages that it was given.
    """
    command = [sys.executable, "-W", "error", __file__, url, queue, poison]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    return [line for line in ended.stdout.split() if line.startswith("message-")]


def _take_and_die(url: str, queue: str, poison: str) -> None:
    broker = open_broker(url)
    broker.declare(TOPOLOGY)
    consumer = broker.consumer(queue)
    while (delivery := consumer.receive(20)) is not None:
        print(delivery.message.message_id, flush=True)
        if poison in delivery.message.message_id:
            time.sleep(0.2)  # Acknowledgements are on their way.
            os.kill(os.getpid(), signal.SIGKILL)
        delivery.ack()


if __name__ == "__main__":
    _take_and_die(*sys.argv[1:])
