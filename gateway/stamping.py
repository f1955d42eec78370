"""Getting time stamps: RFC 3161 over HTTP (§3.4), from the one address that the settings name.

Standard library only, no proxy, no redirect; every wait is bounded, and so is the answer.
"""

from __future__ import annotations

import http.client
import secrets
import ssl
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from gateway.security.stamp_request import StampAnswerError, stamp_request, token_of
from gateway.security.stamp_token import MAX_TOKEN

TIMEOUT: Final = 10.0
"""Seconds to connect, and again for each wait for a part of the answer."""
_LARGEST_ANSWER: Final = MAX_TOKEN + 1024
_HEADERS: Final = {"Content-Type": "application/timestamp-query"}
_MEDIA_TYPE: Final = "application/timestamp-reply"


class StampingError(Exception):
    """No time stamp was obtained; the text, in both languages, says why."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place} gave no time stamp: {why}.")
        self.text_az = f"{place} vaxt möhürü vermədi: {why}."


def stamped_by(url: str, *, timeout: float = TIMEOUT) -> Callable[[bytes], bytes]:
    """What obtains a token for a SHA-256 digest from the authority at `url`, or raises `StampingError`."""

    def stamp(digest: bytes) -> bytes:
        nonce = secrets.randbits(63)
        try:
            return token_of(_answer(url, stamp_request(digest, nonce), timeout), digest, nonce)
        except (OSError, http.client.HTTPException, StampAnswerError) as error:
            raise StampingError(urlsplit(url).netloc, str(error) or type(error).__name__) from error

    return stamp


def _answer(url: str, request: bytes, timeout: float) -> bytes:
    connection = _connection(url, timeout)
    try:
        parts = urlsplit(url)
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), request, _HEADERS)
        with connection.getresponse() as response:
            content = response.read(_LARGEST_ANSWER + 1)
    finally:
        connection.close()
    if response.status != HTTPStatus.OK:
        raise StampAnswerError(f"HTTP status {response.status}")
    if response.headers.get_content_type() != _MEDIA_TYPE or len(content) > _LARGEST_ANSWER:
        raise StampAnswerError("the answer is no TimeStampResp")
    return content


def _connection(url: str, timeout: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=timeout, context=ssl.create_default_context()
        )
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
