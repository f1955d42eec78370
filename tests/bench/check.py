"""One signed CheckDocuments from the bytes of the question to the bytes of the signed answer.

Everything is there that a call has in service: parsing, signature and certificate, rights, schema, the look-up among
10 000 listed documents, the log of the check, the signature of the answer. SQLite, as `gateway init --dev` sets it up.
"""

from __future__ import annotations

import http.client
import itertools
import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gateway.security.sign import SigningKey
from handlers.documents.keys import document_key
from tests.acceptance.installation import Installation
from tests.bench.figures import (
    Figure,
    cpu_milliseconds,
    cpu_milliseconds_each,
    figure,
    openssl_key_milliseconds,
)
from tests.bench.messages import LISTED, check, number
from tests.bench.product import Product, Request, installed, served
from tests.servers.ports import LOOPBACK

CLIENTS = 4
"""Threads that call over HTTP, each with a connection of its own."""
HTTP_SECONDS = 4.0
HTTP_CALLS = 1_500
"""Questions signed beforehand: more than are answered in that time."""
DOCUMENTS = (1, 100)
_MESSAGES = {1: 500, 100: 50}
"""How many different questions are signed beforehand, by the number of documents in each."""


def measure() -> list[Figure]:
    """Checks of 1 and of 100 documents in this process, and of 1 over HTTP."""
    with installed() as installation:
        with served(installation) as product:
            product.fill()
            lookup = _bare_lookup(Path(product.store.url.database or ""))
            crypto = _check_of(product.caller) + _signature_of(product.own_key)
            spent = {documents: _in_process(product, documents) for documents in DOCUMENTS}
            questions = _questions(product, 1, HTTP_CALLS)
        return [
            *(_of_documents(documents, spent[documents], crypto + documents * lookup) for documents in DOCUMENTS),
            *_over_http(installation, questions, spent[1]),
        ]


def _of_documents(documents: int, spent: float, bound: float) -> Figure:
    what = "1 document" if documents == 1 else f"{documents} documents"
    bare = "one RSA check and one RSA signature (openssl speed) and a bare indexed SELECT for each document"
    return figure(
        f"CPU of a signed check of {what}, signed question to signed answer, without HTTP", spent, "ms", bound, bare
    )


def _check_of(key: SigningKey) -> float:
    return openssl_key_milliseconds(_algorithm(key))[1]


def _signature_of(key: SigningKey) -> float:
    return openssl_key_milliseconds(_algorithm(key))[0]


def _algorithm(key: SigningKey) -> str:
    assert key.method.kind == "RSA"
    return f"rsa{key.key.key_size}"


def _bare_lookup(path: Path) -> float:
    """CPU milliseconds of finding one document by its key in the product's own file, without the product."""
    statement = (
        "SELECT document_type, status, reason, effective_from, first_recorded_at FROM invalid_document WHERE key = ?"
    )
    places = itertools.cycle(range(0, LISTED, 7))
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        key = (document_key("AZE", number(1)),)
        assert len(connection.execute(statement, key).fetchall()) == 1
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", key).fetchall()
        assert "USING INDEX" in plan[0][3], plan

        def find() -> object:
            return connection.execute(statement, (document_key("AZE", number(next(places))),)).fetchall()

        return cpu_milliseconds({"find": find}, seconds=0.5)["find"]
    finally:
        connection.close()


def _questions(product: Product, documents: int, count: int) -> list[Request]:
    """Different questions, signed beforehand; half of the documents are listed."""
    first = LISTED - documents // 2
    return [
        product.request("documents", "CheckDocuments", check(range(first - each % 2, first - each % 2 + documents)))
        for each in range(count)
    ]


def _in_process(product: Product, documents: int) -> float:
    _, question, *questions = _questions(product, documents, _MESSAGES[documents])
    answer = product.answer(question)
    assert answer.count(b"<answers>") == documents
    assert answer.count(b"<status>INVALID<") == documents // 2 + 1
    return cpu_milliseconds_each(product.answer, questions, seconds=4)


def _over_http(installation: Installation, questions: list[Request], in_process: float) -> list[Figure]:
    installation.start()
    server = installation.running["up"].pid
    warm, timed = questions[: 10 * CLIENTS], questions[10 * CLIENTS :]
    _call_all(installation.port, warm)
    used, started = _cpu_milliseconds(server), time.perf_counter()
    answered = _call_all(installation.port, timed)
    elapsed, used = time.perf_counter() - started, _cpu_milliseconds(server) - used
    return [
        figure(
            f"signed checks of 1 document over HTTP, `gateway up`, {CLIENTS} client threads beside it on this machine",
            answered / elapsed,
            "calls/s",
            1000 / in_process,
            "what one core could do without HTTP: 1 s / CPU of the check above",
        ),
        figure(
            "CPU that the server process takes for such a call over HTTP",
            used / answered,
            "ms",
            in_process,
            "CPU of the same check without HTTP",
        ),
    ]


def _call_all(port: int, questions: list[Request]) -> int:
    """Send the questions by `CLIENTS` threads for `HTTP_SECONDS` at the most; how many were answered."""
    waiting, until = iter(questions), time.perf_counter() + HTTP_SECONDS
    turn = threading.Lock()

    def next_question() -> Request | None:
        with turn:
            return next(waiting, None) if time.perf_counter() < until else None

    def client() -> int:
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=20)
        answered = 0
        try:
            while (question := next_question()) is not None:
                headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{question.action}"'}
                connection.request("POST", question.path, question.message, headers)
                answer = connection.getresponse()
                body = answer.read()
                assert answer.status == 200, body.decode()
                assert b"</CheckDocumentsResponse>" in body
                answered += 1
        finally:
            connection.close()
        return answered

    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(each.result() for each in [clients.submit(client) for _ in range(CLIENTS)])


def _cpu_milliseconds(pid: int) -> float:
    """What a process has used of the processor so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) * 1000 / os.sysconf("SC_CLK_TCK")  # utime and stime
