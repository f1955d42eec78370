"""Bodies as they arrive, kept in memory only: nothing that a caller sends is written to a disk on its way in."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Final, Protocol

from gateway.faults import RefusalError
from gateway.serving.head import FIELD_LINE

_CHUNK_LINE: Final = re.compile(
    rb"([0-9A-Fa-f]{1,16})"
    rb"(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
    rb"(?:[ \t]*=[ \t]*(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
    rb'|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"))?)*'
)
"""Size and extensions of a chunk (RFC 9112 §7.1); extensions mean nothing here."""
_LONGEST_LINE: Final = 1024
"""Bytes of one line between chunks."""
_FREE_OVERHEAD: Final = 16_384
"""Bytes of lines that any chunked body may have; beyond, they may be a quarter of what the chunks hold. Bytes sent one
by one are work without end for whoever takes them in."""
_LONGEST_TRAILER: Final = 8192


class Body(Protocol):
    """A body on its way in."""

    content: BytesIO
    completed: bool

    def received(self, data: bytes) -> int:
        """Take in what belongs to the body; return how many bytes did. Raises `RefusalError`."""


class FixedBody:
    """A body whose length was announced."""

    def __init__(self, length: int) -> None:
        self.content = BytesIO()
        self.completed = length == 0
        self._left = length

    def received(self, data: bytes) -> int:
        """See `Body`."""
        taken = min(self._left, len(data))
        self.content.write(data[:taken])
        self._left -= taken
        self.completed = self._left == 0
        return taken


class ChunkedBody:
    """A body in chunks, of `limit` bytes at the most."""

    def __init__(self, limit: int) -> None:
        self.content = BytesIO()
        self.completed = False
        self._limit = limit
        self._left = 0
        self._line = bytearray()
        self._next: Callable[[ChunkedBody, bytes], None] = ChunkedBody._size_line  # not bound: that would be a cycle
        self._overhead = 0
        self._trailer = 0

    def received(self, data: bytes) -> int:
        """See `Body`."""
        at = 0
        while at < len(data) and not self.completed:
            if self._left:
                taken = min(self._left, len(data) - at)
                self.content.write(data[at : at + taken])
                self._left -= taken
                at += taken
            else:
                at = self._read_line(data, at)
        return at

    def _read_line(self, data: bytes, at: int) -> int:
        end = data.find(b"\n", at, at + _LONGEST_LINE) + 1
        self._line += data[at : end or at + _LONGEST_LINE]
        if len(self._line) > _LONGEST_LINE:
            raise RefusalError("client.http.bad-request", reason="HTTP.CHUNK.LINE")
        if not end:
            return min(len(data), at + _LONGEST_LINE)
        line = bytes(self._line)
        self._line.clear()
        self._overhead += len(line)
        if self._overhead > _FREE_OVERHEAD + self.content.tell() // 4:
            raise RefusalError("client.http.bad-request", reason="HTTP.CHUNK.OVERHEAD")
        if not line.endswith(b"\r\n"):
            raise RefusalError("client.http.bad-request", reason="HTTP.CHUNK.LINE")
        self._next(self, line[:-2])
        return end

    def _size_line(self, line: bytes) -> None:
        match = _CHUNK_LINE.fullmatch(line)
        if match is None:
            raise RefusalError("client.http.bad-request", reason="HTTP.CHUNK.SIZE")
        self._left = int(match[1], 16)
        if self.content.tell() + self._left > self._limit:
            raise RefusalError("client.http.too-large", reason="HTTP.CHUNKS")
        self._next = ChunkedBody._end_of_chunk if self._left else ChunkedBody._trailer_line

    def _end_of_chunk(self, line: bytes) -> None:
        if line:
            raise RefusalError("client.http.bad-request", reason="HTTP.CHUNK.END")
        self._next = ChunkedBody._size_line

    def _trailer_line(self, line: bytes) -> None:
        """Trailers are thrown away, but must be ones."""
        if not line:
            self.completed = True
            return
        self._trailer += len(line)
        if self._trailer > _LONGEST_TRAILER or not FIELD_LINE.fullmatch(line):
            raise RefusalError("client.http.bad-request", reason="HTTP.TRAILER")
