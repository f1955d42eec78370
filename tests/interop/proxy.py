"""Somebody between a client and the gateway: passes everything on, and may do something to the answers."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

from tests.servers.ports import LOOPBACK

Change = Callable[[bytes], bytes]


class Proxy:
    """Listens on a port of its own while it is entered."""

    def __init__(self, target: str, change: Change = lambda answer: answer) -> None:
        """`change` is given each answer to a POST."""
        self.posted: list[tuple[str, bytes]] = []
        """Media type and body of each POST."""
        self._server = ThreadingHTTPServer((LOOPBACK, 0), self._handler(urlsplit(target).netloc, change))
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self, target: str, change: Change) -> type[BaseHTTPRequestHandler]:
        posted = self.posted

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._pass_on(None)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                posted.append((self.headers["Content-Type"], body))
                self._pass_on(body)

            def _pass_on(self, body: bytes | None) -> None:
                sent = {n: v for n, v in self.headers.items() if n.lower() not in {"connection", "content-length"}}
                connection = http.client.HTTPConnection(target, timeout=20)
                try:
                    connection.request(self.command, self.path, body, sent)
                    answer = connection.getresponse()
                    content = answer.read()
                    if body is not None:
                        content = change(content)
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.headers["Content-Type"])
                    self.send_header("Content-Length", str(len(content)))
                    self.send_header("Connection", "close")
                    self.end_headers()
                    self.wfile.write(content)
                finally:
                    connection.close()
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler
