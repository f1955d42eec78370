"""A server with the real HTTP face on a real socket, and callers who write bytes."""

import re
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gateway.serving.bounds import Bounds
from gateway.serving.server import HttpServer
from gateway.soap.http import HttpFront, Reply
from gateway.soap.peer import Fronts

BOUNDS = {
    "connections": 300,
    "connections_per_address": 300,
    "idle_timeout": 30,
    "header_timeout": 10,
    "body_timeout": 15,
    "slowest_rate": 50_000,
    "max_body": 100_000,
    "bodies_in_flight": 10_000_000,
    "waiting_requests": 50,
    "waiting_timeout": 2.0,
}
PATH = "/soap/documents/v1"


class Contracts:
    def services(self):
        return ["documents", "small"]

    def largest(self, service):
        return {"documents": 100_000, "small": 1000}[service]

    def document(self, service, xsd, base_url):
        return f"<{service} at='{base_url}'/>".encode() if xsd is None else None


@dataclass
class Live:
    """A running server: what reached the endpoint, and what was counted."""

    address: tuple
    calls: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    """Until set, calls whose body is `wait` are not answered."""
    answer: bytes = b"<answer/>"
    server: HttpServer = None

    def endpoint(self, call):
        self.calls.append(call)
        if call.body == b"wait":
            self.gate.wait(20)
        return Reply(200, "text/xml", self.answer)

    def connect(self, timeout=20):
        sock = socket.create_connection(self.address, timeout=timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def say(self, data, timeout=20):
        """Everything the server answers to `data` until it closes; raises `TimeoutError` when it does not."""
        with self.connect(timeout) as sock:
            sock.sendall(data)
            return answers(everything(sock))

    def say_and_leave(self, data):
        """The same for a caller who says that he is done."""
        with self.connect() as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            return answers(everything(sock))


@contextmanager
def live(fronts=(), threads=4, **bounds) -> Iterator[Live]:
    """A server for the length of a test."""
    running = Live(())
    front = HttpFront(
        endpoint=running.endpoint,
        contracts=Contracts(),
        health=lambda: {"status": "ok"},
        figures=lambda: b"figures 1\n",
        fronts=Fronts(fronts),
        refused=running.refused.append,
    )
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    server = HttpServer(
        front,
        host="127.0.0.1",
        port=0,
        threads=threads,
        bounds=Bounds(**{**BOUNDS, **bounds}),
        trusts=Fronts(fronts).trust,
    )
    running.server, running.address = server, server.address
    thread = threading.Thread(target=server.run, args=(5.0,))
    thread.start()
    try:
        yield running
    finally:
        running.gate.set()
        server.stop()
        thread.join(20)
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert not thread.is_alive()


def everything(sock):
    """All bytes until the other side closes."""
    data = bytearray()
    while chunk := sock.recv(65_536):
        data += chunk
    return bytes(data)


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def code(self):
        """Code of a refusal."""
        return self.body.split(b" ")[0].decode()


_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) [A-Za-z ]+")


def answers(data, to_head=False):
    """The answers in `data`, which must be whole and nothing but answers."""
    found = []
    while data:
        head, separator, data = data.partition(b"\r\n\r\n")
        assert separator, head
        start, *lines = head.split(b"\r\n")
        match = _STATUS.fullmatch(start)
        assert match, start
        headers = dict(line.decode().split(": ", 1) for line in lines)
        assert len(headers) == len(lines)
        if match[1] == b"100":
            found.append(Answer(100, headers, b""))
            continue
        length = 0 if to_head else int(headers["Content-Length"])
        assert len(data) >= length
        found.append(Answer(int(match[1]), headers, data[:length]))
        data = data[length:]
    return found


def post(body=b"<x/>", *headers, path=PATH, start="POST {path} HTTP/1.1", host="Host: gateway.example", length=True):
    """A request with the given header lines."""
    lines = [start.format(path=path), host, "Content-Type: text/xml", 'SOAPAction: "urn:x"', *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*filter(None, lines), "", ""]).encode("latin-1") + body


def until(condition, seconds=10.0):
    """Wait for what must come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
