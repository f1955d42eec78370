"""Accepting commands: signed request in, message kept by the broker and confirmed, signed receipt out.

The command is AcknowledgeNotices, the smallest there is, so that nothing but the accepting is measured; the messages
are signed before the clock starts, and no worker runs beside. The bound is the publisher alone: the same messages, the
same broker, nothing done for them but waiting for the confirm.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from uuid import uuid4

from handlers.queue_names import NOTICE_COMMANDS
from queues.broker import Broker
from queues.message import Message
from tests.bench.figures import Figure, figure, openssl_key_milliseconds
from tests.bench.messages import operation, payload
from tests.bench.product import Product, Request, installed, served
from tests.servers.postgresql import PostgresCluster
from tests.servers.rabbitmq import RabbitNode, ServerMissingError

CALLERS = (1, 32)
SECONDS = 2.5
"""How long commands are accepted."""
PUBLISHER_SECONDS = 1.5
_MESSAGES = {1: 500, 32: 900}
"""Signed beforehand, by the number of callers: more than are accepted in that time."""
_WARM = 3
"""Messages each caller sends before the clock starts: every thread compiles the schema once."""
_QUEUE = NOTICE_COMMANDS.name


@dataclass(frozen=True)
class _Run:
    """What came of one measurement."""

    per_second: float
    cpu_milliseconds: float
    accepted: int


def measure() -> list[Figure]:
    """Accepts by 1 and by 32 callers: embedded, and with RabbitMQ and PostgreSQL where they are installed."""
    figures = _on("embedded broker and SQLite", "", "")
    with ExitStack() as closing:
        try:
            rabbit, postgres = RabbitNode(), PostgresCluster()
        except ServerMissingError as error:
            print(f"*** not measured with RabbitMQ and PostgreSQL: {error} ***")
            return figures
        for server in (rabbit, postgres):
            closing.callback(server.close)
            server.start()
        return figures + _on("RabbitMQ quorum queue and PostgreSQL", postgres.new_database(), rabbit.new_vhost())


def _on(place: str, database: str, broker: str) -> list[Figure]:
    figures = []
    with installed(database=database, broker=broker) as installation, served(installation) as product:
        crypto = _bare_crypto(product)
        kept = 0
        for callers in CALLERS:
            run = _accepting(product, callers)
            kept += run.accepted
            _require_kept(product.broker, kept)
            message = _one_of(product.broker)
            alone, published = _publisher_alone(product.broker, message, callers)
            kept += published
            who = "1 caller" if callers == 1 else f"{callers} callers at the same time"
            figures += [
                figure(
                    f"commands accepted and confirmed, {who}, {place}",
                    run.per_second,
                    "1/s",
                    alone,
                    f"the publisher alone with {callers} in flight, same {len(message.body):,} bytes",
                ),
                figure(
                    f"CPU of this process for each of them, {who}, {place}",
                    run.cpu_milliseconds,
                    "ms",
                    crypto,
                    "one RSA check and two RSA signatures: receipt and answer (openssl speed)",
                ),
            ]
    return figures


def _bare_crypto(product: Product) -> float:
    bits = {product.caller.key.key_size, product.own_key.key.key_size}
    assert bits == {2048}, bits
    sign, check = openssl_key_milliseconds("rsa2048")
    return check + 2 * sign


def _accepting(product: Product, callers: int) -> _Run:
    """Let `callers` threads send commands for `SECONDS`; every answer must hold a receipt."""
    acknowledge = operation("notices", "AcknowledgeNotices")
    requests = iter(
        [
            product.request("notices", acknowledge.name, payload(acknowledge, up_to_sequence=1))
            for _ in range(callers * _WARM + _MESSAGES[callers])
        ]
    )
    turn, ready = threading.Lock(), threading.Barrier(callers + 1)
    until = float("inf")

    def next_request() -> Request | None:
        with turn:
            return next(requests, None) if time.perf_counter() < until else None

    def accept(request: Request) -> None:
        assert b"</signedReceipt>" in product.answer(request)

    def caller() -> int:
        for _ in range(_WARM):
            accept(next(requests))
        ready.wait(60)
        ready.wait(60)
        accepted = 0
        while (request := next_request()) is not None:
            accept(request)
            accepted += 1
        return accepted

    with ThreadPoolExecutor(callers) as threads:
        working = [threads.submit(caller) for _ in range(callers)]
        ready.wait(60)
        used, started = time.process_time(), time.perf_counter()
        until = started + SECONDS
        ready.wait(60)
        accepted = sum(each.result() for each in working)
        elapsed, used = time.perf_counter() - started, time.process_time() - used
    return _Run(accepted / elapsed, used / accepted * 1000, accepted + callers * _WARM)


def _require_kept(broker: Broker, count: int) -> None:
    """Everything that was accepted lies in the queue. The count of a quorum queue may lag a moment behind."""
    deadline = time.monotonic() + 10
    while (ready := broker.depths([_QUEUE])[0].ready) != count:
        assert time.monotonic() < deadline, f"{count} accepted, {ready} in the queue"
        time.sleep(0.1)


def _one_of(broker: Broker) -> Message:
    """A message as it was accepted; it stays in the queue."""
    consumer = broker.consumer(_QUEUE, prefetch=1)
    try:
        delivery = consumer.receive(10)
        assert delivery is not None
        delivery.release()
        return delivery.message
    finally:
        consumer.close()


def _publisher_alone(broker: Broker, message: Message, in_flight: int) -> tuple[float, int]:
    """Confirms per second with so many under way at a time, and how many were published."""
    publisher = broker.publisher()
    try:
        waiting: deque[Future[None]] = deque()
        each = _copies(message)
        publisher.publish(next(each), timeout=10)
        published, started = 0, time.perf_counter()
        while time.perf_counter() < started + PUBLISHER_SECONDS:
            while len(waiting) < in_flight:
                waiting.append(publisher.submit(next(each)))
            waiting.popleft().result(10)
            published += 1
        for future in waiting:
            future.result(10)
        published += len(waiting)
        return published / (time.perf_counter() - started), published + 1
    finally:
        publisher.close()


def _copies(message: Message) -> Iterator[Message]:
    while True:
        yield replace(message, message_id=str(uuid4()))
