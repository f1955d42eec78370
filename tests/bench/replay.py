"""Copies of one command at two serving processes, and what it costs to tell copies of a question apart.

Each repetition sends 50 copies of one signed command at the same moment, the two endpoints taking turns. What they led
to is counted in the register itself, once the worker has applied them all.
"""

from __future__ import annotations

import http.client
import itertools
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import func, select

from gateway.contract.services import endpoint_path, soap_action
from gateway.replay import ReplayGuard
from gateway.security.sign import sign_envelope
from handlers.documents.keys import document_key
from handlers.store.engine import SqlStore, open_store
from handlers.store.schema import migrate
from handlers.store.seen_questions import SeenQuestion, open_seen_questions
from handlers.store.tables import notice
from handlers.store.tables_registers import document_batch, invalid_document
from tests.acceptance.caller import key_from
from tests.acceptance.pair import Pair
from tests.bench.figures import Figure, figure
from tests.bench.messages import number, operation, payload, reports
from tests.servers.ports import LOOPBACK
from tests.servers.postgresql import PostgresCluster
from tests.servers.rabbitmq import RabbitNode, ServerMissingError

COPIES = 50
REPETITIONS = 100
CALLERS = (1, 16)
QUESTIONS = 4_000
"""Asked about for each figure of the cost."""
_PATIENCE = 60
"""Seconds for the register to have applied what was accepted."""
_RECEIPT = re.compile(rb"<signedReceipt[^>]*>([^<]+)<")


def measure() -> list[Figure]:
    """On SQLite and the embedded broker, and on PostgreSQL and RabbitMQ where they are installed."""
    figures = _on("SQLite and embedded broker", "", "")
    with ExitStack() as closing:
        try:
            rabbit, postgres = RabbitNode(), PostgresCluster()
        except ServerMissingError as error:
            print(f"*** not measured with RabbitMQ and PostgreSQL: {error} ***")
            return figures
        for server in (rabbit, postgres):
            closing.callback(server.close)
            server.start()
        return figures + _on("PostgreSQL and RabbitMQ", postgres.new_database(), rabbit.new_vhost())


def _on(place: str, database: str, broker: str) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder, ExitStack() as closing:
        pair = closing.enter_context(Pair(Path(folder), database=database, broker=broker))
        pair.init()
        pair.start()
        store = open_store(database or f"sqlite:///{pair.home / 'registers.db'}")
        closing.callback(store.close)
        started = time.perf_counter()
        repetitions = _repeat(pair)
        elapsed = time.perf_counter() - started
        effects = [_settled_effects(store, each) for each in repetitions]
    single = sum(each.receipts == 1 and made == 1 for each, made in zip(repetitions, effects, strict=True))
    per = f"{COPIES} copies at once, 2 serving processes, {place}"
    print(f"{per}: effects per repetition: {' '.join(map(str, effects))}")
    return [
        figure(f"fewest effects of a repetition, {per}", min(effects), "effects", 1, "once", ratio_at_least=1),
        figure(f"most effects of a repetition, {per}", max(effects), "effects", 1, "once", ratio_at_most=1),
        figure(
            f"repetitions with one effect and one receipt, byte for byte, {per}",
            single,
            "",
            REPETITIONS,
            "all repetitions",
            ratio_at_least=1,
        ),
        figure(f"copies answered, {per}", COPIES * REPETITIONS / elapsed, "1/s"),
        *_cost(place, database),
    ]


@dataclass(frozen=True)
class _Repetition:
    """One command that was sent `COPIES` times."""

    reference: str
    document: str
    receipts: int
    """Different receipts that came back."""


def _repeat(pair: Pair) -> list[_Repetition]:
    key = key_from(pair.home / "dev" / "systems" / "MIA-DOCUMENTS.pem")
    report = operation("documents", "ReportInvalidDocuments")
    local = threading.local()

    def send(place: int, message: bytes) -> bytes:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection(LOOPBACK, (pair.port, pair.other_port)[place % 2], timeout=30)
        ready.wait()
        action = soap_action(report.namespace, report.name)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        local.connection.request("POST", endpoint_path("documents"), message, headers)
        answer = local.connection.getresponse().read()
        found = _RECEIPT.search(answer)
        assert found, answer[:2000].decode()
        return found[1]

    made, ready = [], threading.Barrier(COPIES)
    with ThreadPoolExecutor(COPIES) as threads:
        for repetition in range(REPETITIONS):
            reference = f"replay-{repetition}"
            content = payload(report, batch_reference=reference, documents=reports(range(repetition, repetition + 1)))
            message = sign_envelope(content, key=key, now=datetime.now(UTC), must_understand=True)
            receipts = set(threads.map(send, range(COPIES), itertools.repeat(message)))
            made.append(_Repetition(reference, document_key("AZE", number(repetition)), len(receipts)))
    return made


def _settled_effects(store: SqlStore, of: _Repetition) -> int:
    """How often a command took effect: batches, rows in the register or notices, whichever are most."""
    batches = select(document_batch.c.tracking_id).where(document_batch.c.batch_reference == of.reference)
    told = select(func.count()).where(notice.c.tracking_id.in_(batches))
    listed = select(func.count()).where(invalid_document.c.key == of.document)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with store.reading() as connection:
            counted = (
                len(connection.execute(batches).all()),
                connection.execute(listed).scalar_one(),
                connection.execute(told).scalar_one(),
            )
        if min(counted) >= 1:
            return max(counted)
        time.sleep(0.1)
    return 0


def _cost(place: str, database: str) -> list[Figure]:
    """CPU of finding out about a question, beside the bare statement."""
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder, ExitStack() as closing:
        url = database or f"sqlite:///{folder}/registers.db"
        if database:
            migrate(database)
        memory = open_seen_questions(url)
        guard = ReplayGuard(memory, without_store=(), clock=lambda: datetime.now(UTC), clock_skew=timedelta(seconds=60))
        closing.callback(guard.stop)
        expires = datetime.now(UTC) + timedelta(minutes=5)

        def ask() -> None:
            question = SimpleNamespace(signed_info_digest=os.urandom(32), expires=expires)
            guard.require_first("MIA", "documents.CheckDocuments", question)

        bare = _cpu_each(lambda: memory.remember([SeenQuestion(2_000_000_000, os.urandom(32))]), 1)
        return [
            figure(
                f"CPU of this process to find out whether a question was answered before, {callers} at once, {place}",
                _cpu_each(ask, callers),
                "ms",
                bare,
                "one statement for each, nothing else",
            )
            for callers in CALLERS
        ]


def _cpu_each(call: Callable[[], object], callers: int) -> float:
    """CPU milliseconds of a call; the best of three rounds."""

    def some() -> None:
        for _ in range(QUESTIONS // callers):
            call()

    best = float("inf")
    with ThreadPoolExecutor(callers) as threads:
        for _ in range(3):
            used = time.process_time()
            for each in [threads.submit(some) for _ in range(callers)]:
                each.result()
            best = min(best, (time.process_time() - used) / QUESTIONS * 1000)
    return best
