"""What the corpus is run against: the product in this process, or two serving processes over HTTP."""

from __future__ import annotations

import io
import json
import logging
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import func, select

from gateway import background
from gateway.logs import without_content
from gateway.settings_sources import load
from gateway.wsgi import build_gateway
from handlers.queue_names import TOPOLOGY
from handlers.store.engine import open_store
from handlers.store.tables import metadata
from queues.brokers import open_broker
from tests.acceptance.installation import Installation
from tests.attacks.canary import Canary
from tests.attacks.model import Sent
from tests.attacks.world import World
from tests.servers.child import Child
from tests.servers.ports import LOOPBACK, free_port

_QUEUES = [name for spec in TOPOLOGY for name in (spec.name, spec.dead_letters)]
_TICK = 0.01
"""Seconds in which the kernel counts the CPU time of another process."""
IDLE = "3"
"""Seconds after which the serving processes drop a silent connection; they would wait 30 by themselves."""
TIMEOUT = 40
"""Seconds to wait for an answer; longer than the product may take to drop a slow caller."""


@dataclass(frozen=True)
class Answer:
    """What came back, and what it cost."""

    status: int
    """0: the connection was closed without an answer."""
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    wall: float
    cpu: float
    peak: float
    """Megabytes by which the process grew at the most."""
    lines: tuple[dict[str, Any], ...] = field(repr=False)
    log: str = field(repr=False)


class Target:
    """A running product."""

    name = ""
    world: World
    canary: Canary
    database: str
    broker: str

    def open(self, closing: ExitStack) -> None:
        self._store = open_store(self.database)
        self._broker = open_broker(self.broker)
        closing.callback(self._store.close)
        closing.callback(self._broker.close)

    def counts(self) -> dict[str, int]:
        """Rows of every table, messages of every queue."""
        with self._store.reading() as connection:
            rows = {
                name: int(connection.scalar(select(func.count()).select_from(table)) or 0)
                for name, table in metadata.tables.items()
            }
        return rows | {each.queue: each.ready for each in self._broker.depths(_QUEUES)}

    def send(self, sent: Sent) -> Answer:
        """Send one request and wait for what comes back."""
        raise NotImplementedError


# -- in this process ---------------------------------------------------------------------------------------------------


class _Lines:
    """A structlog processor that keeps what would be written."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def __call__(self, _logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
        self.events.append(dict(event))
        raise structlog.DropEvent


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


class InProcess(Target):
    """The whole chain from the WSGI application on, called in this thread."""

    name = "core"

    def __init__(self, installation: Installation, world: World, closing: ExitStack) -> None:
        self.installation, self.world, self.canary = installation, world, world.canary
        settings = load(installation.env)
        self.settings = settings
        self.database, self.broker = settings.database_url, settings.broker_url
        self.store, self.queues = background.store_of(settings), background.broker_of(settings)
        closing.callback(self.store.close)
        closing.callback(self.queues.close)
        gateway = build_gateway(settings, self.store, self.queues)
        closing.callback(gateway.close)
        self.application = gateway.application
        self._lines, self._records = _Lines(), _Records()
        closing.callback(structlog.configure, **structlog.get_config())
        structlog.configure(processors=[structlog.processors.add_log_level, without_content, self._lines])
        logging.getLogger().addHandler(self._records)
        closing.callback(logging.getLogger().removeHandler, self._records)
        self.open(closing)

    def send(self, sent: Sent) -> Answer:
        environ = _environ(sent)
        self._lines.events.clear()
        self._records.texts.clear()
        said: list[Any] = []
        before = memory("self")
        started, cpu = time.perf_counter(), time.process_time()
        body = b"".join(self.application(environ, lambda status, headers: said.extend((status, headers))))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - started
        lines = tuple(self._lines.events)
        return Answer(
            int(said[0].split()[0]),
            {name.lower(): value for name, value in said[1]},
            body,
            wall,
            cpu,
            memory("self", peak=True) - before,
            lines,
            "\n".join([*map(str, lines), *self._records.texts]),
        )


def _environ(sent: Sent) -> dict[str, Any]:
    path, _, query = sent.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": LOOPBACK,
        "SERVER_PORT": "80",
        "REMOTE_ADDR": LOOPBACK,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": sent.media,
        "CONTENT_LENGTH": str(len(sent.body)),
        "wsgi.input": io.BytesIO(sent.body),
    }
    if sent.soap_action is not None and "soap+xml" not in sent.media:
        environ["HTTP_SOAPACTION"] = sent.soap_action
    for name, value in sent.headers:
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{key}"] = value
    return environ


# -- over HTTP ---------------------------------------------------------------------------------------------------------


class Served(Target):
    """Two `gateway serve` processes on one store and one broker; requests go to them in turn."""

    name = "served"

    def __init__(self, installation: Installation, world: World, closing: ExitStack, processes: int = 2) -> None:
        self.installation, self.world, self.canary = installation, world, world.canary
        settings = load(installation.env)
        self.database, self.broker = settings.database_url, settings.broker_url
        self.children: list[tuple[Child, int, Path]] = []
        for number in range(processes):
            port = free_port()
            log = installation.folder / f"serve-{number}.log"
            env = {
                **installation.env,
                "GATEWAY_BIND": f"{LOOPBACK}:{port}",
                "GATEWAY_LOG_FORMAT": "json",
                "GATEWAY_IDLE_TIMEOUT": IDLE,
            }
            command = [*_PYTHON, "-m", "gateway.cli", "serve"]
            child = Child(command, env=env, cwd=installation.folder, log=log)
            closing.callback(child.kill)
            self.children.append((child, port, log))
        self._turn = 0
        self._read: dict[Path, int] = {}
        self._wait()
        self.open(closing)

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        for child, port, log in self.children:
            while True:
                with suppress(OSError):
                    if b'"ok"' in exchange(port, b"GET /health HTTP/1.0\r\n\r\n", 5)[0]:
                        break
                assert child.exit_code is None, log.read_text()[-2000:]
                assert time.monotonic() < deadline, log.read_text()[-2000:]
                time.sleep(0.05)
            self._read[log] = log.stat().st_size

    def send(self, sent: Sent) -> Answer:
        child, port, log = self.children[self._turn % len(self.children)]
        self._turn += 1
        pid = str(child.pid)
        pieces = sent.raw or (wire(sent),)
        before, cpu = memory(pid), _cpu(pid)
        started = time.perf_counter()
        answer, reset = exchange(port, pieces, TIMEOUT)
        wall = time.perf_counter() - started
        status, headers, body = read_answer(answer)
        spent, peak = _cpu(pid) - cpu, memory(pid, peak=True) - before
        text = self._new_text(log)
        lines = tuple(json.loads(line) for line in text.splitlines() if line.startswith("{"))
        assert child.exit_code is None, f"the process died: {sent}"
        return Answer(0 if reset and not answer else status, headers, body, wall, spent, peak, lines, text)

    def _new_text(self, log: Path) -> str:
        with log.open("rb") as file:
            file.seek(self._read[log])
            new = file.read()
        self._read[log] += len(new)
        return new.decode(errors="replace")


def wire(sent: Sent) -> bytes:
    """The bytes of a request as an ordinary client writes them, but the connection is not kept."""
    given = {name.lower() for name, _ in sent.headers}
    headers = [("Connection", "close"), *sent.headers]
    if "host" not in given:
        headers.insert(0, ("Host", LOOPBACK))
    if "content-type" not in given:
        headers.append(("Content-Type", sent.media))
    if "content-length" not in given and "transfer-encoding" not in given:
        headers.append(("Content-Length", str(len(sent.body))))
    if sent.soap_action is not None and "soap+xml" not in sent.media:
        headers.append(("SOAPAction", sent.soap_action))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{sent.method} {sent.target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + sent.body


def exchange(port: int, pieces: bytes | tuple[bytes, ...], timeout: float) -> tuple[bytes, bool]:
    """Send bytes and read until the other side closes; whether it reset the connection."""
    answer, reset = b"", False
    with socket.create_connection((LOOPBACK, port), timeout=timeout) as connection:
        try:
            for number, piece in enumerate((pieces,) if isinstance(pieces, bytes) else pieces):
                if number:
                    time.sleep(0.1)
                connection.sendall(piece)
        except OSError:
            reset = True
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except (ConnectionError, TimeoutError):
            reset = True
    return answer, reset


def read_answer(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the first answer in `answer`; status 0 when there is none."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if not lines[0].startswith("HTTP/1."):
        return 0, {}, answer
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return int(lines[0].split()[1]), headers, body


# -- measures ----------------------------------------------------------------------------------------------------------


def memory(pid: str, *, peak: bool = False) -> float:
    """Resident megabytes of a process; the call without `peak` also sets its peak back to what is resident now."""
    if not peak:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    status = Path(f"/proc/{pid}/status").read_text()
    name = "VmHWM:" if peak else "VmRSS:"
    return int(status.split(name)[1].split()[0]) / 1024


def _cpu(pid: str) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK


# -- making them -------------------------------------------------------------------------------------------------------

_PYTHON = [__import__("sys").executable]


@contextmanager
def prepared(folder: Path, *, database: str = "", broker: str = "") -> Iterator[tuple[Installation, World]]:
    """An initialised installation with the attackers' certificates beside the lawful ones."""
    with Installation(folder, database=database, broker=broker, passwords="plain-http") as installation:
        installation.init()
        canary = Canary(folder)
        try:
            yield installation, World(installation.home, canary)
        finally:
            canary.close()


@contextmanager
def in_process(folder: Path) -> Iterator[InProcess]:
    """The product in this process, embedded."""
    with prepared(folder) as (installation, world), ExitStack() as closing:
        yield InProcess(installation, world, closing)


@contextmanager
def served(folder: Path, *, database: str = "", broker: str = "") -> Iterator[Served]:
    """Two serving processes; on SQLite files when no URLs are given."""
    with prepared(folder, database=database, broker=broker) as (installation, world), ExitStack() as closing:
        yield Served(installation, world, closing)
