"""A request as it arrives: waitress asks it how many bytes are its own, and when it is whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

from waitress.parser import HTTPRequestParser

from gateway.faults import RefusalError
from gateway.serving.bodies import Body, ChunkedBody, FixedBody
from gateway.serving.bounds import MAX_HEAD
from gateway.serving.head import Head, check_start_line, read_head

_NEVER_IN_A_HEAD: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|(?<!\r)\n|\r[^\n]")
"""Control characters, and CR or LF alone: seen at once, not only when a head ends that never will."""
_END: Final = b"\r\n\r\n"
_MOST_BLANK_LINES: Final = 2
"""Empty lines before a request that are passed over (RFC 9112 §2.2 asks for one)."""


class Request(HTTPRequestParser):  # type: ignore[misc] # waitress publishes no types
    """One request of a connection; `error` is why it is refused."""

    version = "1.1"
    command = "-"
    path = query = request_uri = ""

    def __init__(self, adj: Any, max_body: int = 0, give_back: Callable[[int], object] = int) -> None:
        """`give_back` is told the bytes of body that are free again."""
        super().__init__(adj)
        self.error: RefusalError | None = None
        self.held = 0
        """Bytes of body that count as in flight."""
        self.body: Body | None = None
        self.announced: int | None = None
        """Bytes of the body, as the head says; None: it does not."""
        self._max_body = max_body
        self._give_back = give_back
        self._head = bytearray()
        self._checked = 0
        self._blank_lines = 0
        self._started = False

    @property
    def begun(self) -> bool:
        """Whether more than blank lines arrived."""
        return bool(self._head) or self.headers_finished

    @property
    def size(self) -> int:
        """Bytes of body that arrived."""
        return self.body.content.tell() if self.body else 0

    def received(self, data: bytes) -> int:
        """Take in what belongs to this request; return how many bytes did."""
        try:
            return self._in_head(data) if self.body is None else self._in_body(self.body, data)
        except RefusalError as refusal:
            # Its frames know this request and its body: with them, both would wait for the garbage collector.
            self.refuse(refusal.with_traceback(None))
            return len(data)

    def refuse(self, refusal: RefusalError) -> None:
        """Take in no more of it and answer with `refusal`."""
        self.error = refusal
        self.completed = True
        self.close()

    def get_body_stream(self) -> BytesIO:
        """Return the body, to be read from its start."""
        stream = self.body.content if self.body else BytesIO()
        # Cuts off what the buffer has to spare: then reading all of it hands out the buffer, and copies nothing.
        stream.getvalue()
        stream.seek(0)
        return stream

    def close(self) -> None:
        """Let go of the body."""
        held, self.held, self.body = self.held, 0, None
        if held:
            self._give_back(held)

    def _in_head(self, data: bytes) -> int:
        head = self._head
        head += data
        while not self._started and head.startswith(b"\r\n"):
            self._blank_lines += 1
            if self._blank_lines > _MOST_BLANK_LINES:
                raise RefusalError("client.http.bad-request", reason="HTTP.BLANK_LINES")
            del head[:2]
        end = head.find(_END, max(0, self._checked - len(_END)))
        whole = end + len(_END) if end >= 0 else 0
        odd = _NEVER_IN_A_HEAD.search(head, max(0, self._checked - 1), whole or len(head))
        if odd is not None:
            raise RefusalError("client.http.bad-request", reason="HTTP.CHARACTER")
        if (whole or len(head)) > MAX_HEAD:
            raise RefusalError("client.http.header-too-large", reason="HTTP.HEAD")
        self._checked = len(head)
        if not self._started and b"\r\n" in head:
            check_start_line(bytes(head[: head.index(b"\r\n")]))
            self._started = True
        if not whole:
            return len(data)
        consumed = len(data) - (len(head) - whole)
        self._announce(read_head(bytes(head[:whole]), self._max_body))
        return consumed

    def _announce(self, head: Head) -> None:
        self.headers_finished = True
        self.command, self.request_uri, self.path, self.query = head.method, head.target, head.path, head.query
        self.version, self.url_scheme, self.headers = head.version, "http", dict(head.fields)
        # waitress' tasks compare the whole field with one word.
        self.headers["CONNECTION"] = "close" if head.closes else "keep-alive"
        self.connection_close = head.closes
        self.expect_continue = head.expects_continue
        # As it will be: what the application reads has no chunks any more.
        self.chunked = self.headers.pop("TRANSFER_ENCODING", None) is not None
        self.body = ChunkedBody(self._max_body) if head.length is None else FixedBody(head.length)
        self.announced = head.length
        self.completed = self.body.completed

    def _in_body(self, body: Body, data: bytes) -> int:
        taken = body.received(data)
        if body.completed:
            self.completed = True
            self.headers["CONTENT_LENGTH"] = str(body.content.tell())
        return taken
