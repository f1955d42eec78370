"""Bytes from an allowed address by HTTP, within strict limits of time, size and place.

The standard library's client: it follows nothing by itself, knows no cookies and no proxies, reads no configuration of
its own, and adds no dependency to the one process that faces the outside. What is fetched is signed by its authority,
so that TLS here protects nothing but the question.
"""

from __future__ import annotations

import ssl
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from time import monotonic
from typing import Final
from urllib.parse import urljoin, urlsplit

from gateway.deadlines import ended_at
from gateway.security.sources import AllowedHosts, place_of

TIMEOUT: Final = 5.0
"""Seconds that a question to a responder may take, and that any source may keep silent."""
LIST_TIMEOUT: Final = 60.0
"""Seconds that fetching a list may take, redirections included: the largest comes whole at 5 Mbit/s. Only ever waited
for in the background."""
LARGEST_LIST: Final = 32 * 1024 * 1024
LARGEST_ANSWER: Final = 64 * 1024
"""Bytes of a revocation list and of an OCSP answer at the most."""
_MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PIECE: Final = 65_536
_OK: Final = 200


class FetchError(Exception):
    """Nothing usable was fetched; the text is the cause for the log and says nothing of the content."""


class Fetcher:
    """Fetches from allowed hosts only."""

    def __init__(self, allowed: AllowedHosts, *, timeout: float = TIMEOUT, list_timeout: float = LIST_TIMEOUT) -> None:
        """Both in seconds: `timeout` for a whole question and for any silence, `list_timeout` for a whole list."""
        self._allowed = allowed
        self._timeout = timeout
        self._list_timeout = list_timeout
        self._tls = ssl.create_default_context()

    def get(self, url: str, *, limit: int = LARGEST_LIST) -> bytes:
        """The content at `url`, of at most `limit` bytes; redirections are followed to allowed hosts only."""
        deadline = monotonic() + self._list_timeout
        for _ in range(_MAX_REDIRECTS + 1):
            content, elsewhere = self._once(url, None, {}, limit, deadline)
            if elsewhere is None:
                return content
            url = urljoin(url, elsewhere)
        raise FetchError("too many redirections")

    def post(self, url: str, body: bytes, media_type: str, *, limit: int = LARGEST_ANSWER) -> bytes:
        """The answer to `body` sent to `url`, of at most `limit` bytes; a redirection is no answer."""
        headers = {"Content-Type": media_type}
        content, elsewhere = self._once(url, body, headers, limit, monotonic() + self._timeout)
        if elsewhere is not None:
            raise FetchError("redirection of a question")
        return content

    def _once(
        self, url: str, body: bytes | None, headers: dict[str, str], limit: int, deadline: float
    ) -> tuple[bytes, str | None]:
        """One exchange: the content, or where it is said to be instead. Raises `FetchError`."""
        if not self._allowed.allow(url):
            raise FetchError("host not on the list")
        connection = self._connection(url, deadline)
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.connect()
            # The connection lets go of its socket as soon as the head of the response is read.
            opened = connection.sock
            with ended_at(deadline, lambda: opened):
                connection.request(
                    "GET" if body is None else "POST",
                    target,
                    body,
                    {"Accept-Encoding": "identity", "Connection": "close", **headers},
                )
                with connection.getresponse() as response:
                    found = _read(response, limit, deadline)
            if monotonic() >= deadline:
                raise FetchError("too slow")  # the end of what was cut off here may look like an end
        except TimeoutError as error:
            raise FetchError("too slow") from error
        except (OSError, HTTPException, ValueError) as error:
            if monotonic() >= deadline:
                raise FetchError("too slow") from error
            raise FetchError(type(error).__name__) from error
        finally:
            connection.close()
        return found

    def _connection(self, url: str, deadline: float) -> HTTPConnection:
        place = place_of(url)
        assert place is not None
        timeout = max(0.001, min(self._timeout, deadline - monotonic()))
        if urlsplit(url).scheme == "https":
            return HTTPSConnection(*place, timeout=timeout, context=self._tls)
        return HTTPConnection(*place, timeout=timeout)


def _read(response: HTTPResponse, limit: int, deadline: float) -> tuple[bytes, str | None]:
    if response.status in _REDIRECTS:
        return b"", response.headers.get("Location", "")
    if response.status != _OK:
        raise FetchError(f"status {response.status}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError("content encoding")
    if (response.length or 0) > limit:
        raise FetchError("too large")
    content = bytearray()
    while piece := response.read1(_PIECE):
        content += piece
        if len(content) > limit:
            raise FetchError("too large")
        if monotonic() >= deadline:
            raise FetchError("too slow")
    if response.length:
        raise FetchError("cut short")
    return bytes(content), None
