"""The product as `gateway init --dev` sets it up, called in this process: everything but the HTTP server."""

from __future__ import annotations

import logging
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import structlog

from gateway import background
from gateway.contract.services import endpoint_path, soap_action
from gateway.home import Home
from gateway.metrics import Metrics
from gateway.security.sign import SigningKey, sign_envelope
from gateway.settings import Settings
from gateway.settings_sources import load
from gateway.wsgi import build_gateway
from handlers.documents.queries import get_batch
from handlers.store.engine import SqlStore
from queues.broker import Broker
from tests.acceptance.installation import Installation
from tests.bench.messages import LISTED, operation, report

_CALLER = "MIA-DOCUMENTS"
"""The sample system that may call every operation measured here; its key is RSA-2048."""

FILL_TIMEOUT = 45
"""Seconds in which the documents must be listed; it takes five where the processor is free."""


@dataclass(frozen=True)
class Request:
    """A signed message and where it goes."""

    service: str
    operation: str
    message: bytes

    @property
    def path(self) -> str:
        return endpoint_path(self.service)

    @property
    def action(self) -> str:
        return soap_action(operation(self.service, self.operation).namespace, self.operation)


@dataclass(frozen=True)
class Product:
    """The serving parts of an installation in this process. No workers run, unless `applying`."""

    installation: Installation
    settings: Settings
    store: SqlStore
    broker: Broker
    application: Callable[..., Any]

    @cached_property
    def caller(self) -> SigningKey:
        """The key of the calling system."""
        return _key(Home(self.installation.home).system_key(_CALLER))

    @cached_property
    def own_key(self) -> SigningKey:
        """The key that signs answers and receipts."""
        return _key(Home(self.installation.home).key_file)

    def request(self, service: str, name: str, payload: bytes) -> Request:
        """A message signed by the calling system."""
        message = sign_envelope(payload, key=self.caller, now=datetime.now(UTC), must_understand=True)
        return Request(service, name, message)

    def answer(self, request: Request) -> bytes:
        """The signed answer; `AssertionError` when it is a fault."""
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": request.path,
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(request.message)),
            "HTTP_SOAPACTION": f'"{request.action}"',
            "wsgi.input": BytesIO(request.message),
        }
        statuses: list[str] = []
        answer = b"".join(self.application(environ, lambda status, _headers: statuses.append(status)))
        assert statuses == ["200 OK"], answer.decode()
        return answer

    def fill(self) -> None:
        """List `LISTED` documents as invalid, by the command that does it, and have it applied."""
        answer = self.answer(self.request("documents", "ReportInvalidDocuments", report(range(LISTED))))
        tracking_id = re.search(rb"<trackingId[^>]*>([0-9a-f-]+)<", answer)
        assert tracking_id, answer.decode()
        workers = background.workers(self.settings, self.store, self.broker, Metrics())
        for worker in workers:
            worker.start()
        try:
            self._await_batch(tracking_id[1].decode())
        finally:
            for worker in workers:
                worker.stop(5)

    def _await_batch(self, tracking_id: str) -> None:
        deadline = time.monotonic() + FILL_TIMEOUT
        while time.monotonic() < deadline:
            with self.store.reading() as connection:
                batch = get_batch(connection, "MIA", tracking_id)
            if batch is not None:
                assert batch.listed == LISTED, batch.items[:3]
                return
            time.sleep(0.05)
        raise AssertionError(f"the documents were not listed within {FILL_TIMEOUT} s")


@contextmanager
def installed(*, database: str = "", broker: str = "") -> Iterator[Installation]:
    """An installation with sample agencies in a temporary folder; embedded when no URLs are given."""
    with (
        tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder,
        Installation(Path(folder), database=database, broker=broker) as installation,
    ):
        installation.init()
        yield installation


@contextmanager
def served(installation: Installation) -> Iterator[Product]:
    """Serve an installation in this process."""
    _quiet()
    with ExitStack() as closing:
        settings = load(installation.env)
        store, broker = background.store_of(settings), background.broker_of(settings)
        closing.callback(store.close)
        closing.callback(broker.close)
        gateway = build_gateway(settings, store, broker)
        closing.callback(gateway.close)
        yield Product(installation, settings, store, broker, gateway.application)


def _key(path: Path) -> SigningKey:
    pem = path.read_bytes()
    return SigningKey.from_pem(pem, pem)


def _quiet() -> None:
    """Keep log lines off the terminal of whoever reads the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("pika").setLevel(logging.CRITICAL)
