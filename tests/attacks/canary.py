"""Something that must never be touched: a listener, a name server, a file."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from pathlib import Path

from tests.servers.ports import LOOPBACK

CONTENT = "CANARY-3f9ac1d7-this-file-must-not-be-read"
HOST = "canary.invalid"
"""A name that no resolver knows (RFC 6761); asking for it is seen where Python asks."""

_looked_up: list[str] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo" and HOST in str(arguments[0]):
        _looked_up.append(str(arguments[0]))


class Canary:
    """TCP and UDP on one loopback port and a pipe, counting whoever comes; a file with content of its own."""

    _hooked = False

    def __init__(self, folder: Path) -> None:
        self.file = folder / "canary.txt"
        self.file.write_text(CONTENT)
        self.fifo = str(folder / "canary.fifo")
        os.mkfifo(self.fifo)
        self._closed = False
        self._tcp = socket.create_server((LOOPBACK, 0), backlog=50)
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((LOOPBACK, self.port))
        self._seen = 0
        self._names = len(_looked_up)
        if not Canary._hooked:
            sys.addaudithook(_hook)
            Canary._hooked = True
        for watch in (self._accept, self._receive, self._opened):
            threading.Thread(target=watch, daemon=True, name="canary").start()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/canary"

    @property
    def file_url(self) -> str:
        return self.file.as_uri()

    @property
    def touched(self) -> int:
        """How often anybody connected, sent a datagram or asked for the name."""
        return self._seen + len(_looked_up) - self._names

    def close(self) -> None:
        self._closed = True
        os.close(os.open(self.fifo, os.O_RDONLY | os.O_NONBLOCK))
        for each in (self._tcp, self._udp):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _opened(self) -> None:
        """Opening a pipe for writing waits until somebody opens it for reading."""
        while not self._closed:
            os.close(os.open(self.fifo, os.O_WRONLY))
            self._seen += 1

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._tcp.accept()
                self._seen += 1
                connection.close()

    def _receive(self) -> None:
        with contextlib.suppress(OSError):
            while self._udp.recv(4096):
                self._seen += 1
