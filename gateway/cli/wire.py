"""One HTTP exchange, with every wait bounded. Standard library only, no proxy, no redirect."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from gateway.cli.failures import CommandError, UsageError
from gateway.cli.language import t

TIMEOUT: Final = 30.0
"""Seconds to connect, and again for each wait for a part of the answer."""
LARGEST_ANSWER: Final = 50_000_000
"""Bytes; more than any answer of the contract can be."""

_MEDIA_TYPES: Final = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}


class UnreachableError(CommandError):
    """No answer came; whether the request was accepted is not known."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back."""

    status: int
    media_type: str
    """Without parameters."""
    body: bytes = field(repr=False)


def post(url: str, body: bytes, *, soap_version: str, action: str, timeout: float = TIMEOUT) -> HttpAnswer:
    """Send a SOAP message and return the answer, whatever its status; raises `UnreachableError`."""
    headers = {"Content-Type": _MEDIA_TYPES[soap_version]}
    if soap_version == "1.1":
        headers["SOAPAction"] = f'"{action}"'
    else:
        headers["Content-Type"] += f'; action="{action}"'
    return _exchange("POST", url, body, headers, timeout)


def get(url: str, *, timeout: float = TIMEOUT) -> HttpAnswer:
    """Fetch a page; raises `UnreachableError`."""
    return _exchange("GET", url, None, {}, timeout)


def _exchange(method: str, url: str, body: bytes | None, headers: dict[str, str], timeout: float) -> HttpAnswer:
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname, parts.port, url, timeout)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(
            t(
                f"{parts.netloc} does not answer: {error}. Is the gateway running (`gateway up`)? Another one: --url.",
                f"{parts.netloc} cavab vermir: {error}. Şlüz işləyirmi (`gateway up`)? Başqası üçün: --url.",
            )
        ) from error
    finally:
        connection.close()
    return HttpAnswer(answer.status, answer.headers.get_content_type(), content)


def _connection(
    scheme: str, host: str | None, port: int | None, url: str, timeout: float
) -> http.client.HTTPConnection:
    if host is None or scheme not in ("http", "https"):
        raise UsageError(
            t(
                f"{url!r} is not the address of a gateway; http://127.0.0.1:8080 is one.",
                f"{url!r} şlüz ünvanı deyil; nümunə: http://127.0.0.1:8080.",
            )
        )
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout)
