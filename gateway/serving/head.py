"""The head of a request: exactly what RFC 9112 has, or a refusal. What two readers could read differently is refused.

waitress' own parser forgives more: it joins repeated fields, decodes and shortens paths, unfolds lines, lets a
Content-Length stand beside a Transfer-Encoding and answers `Expect: 100-continue` of a request without body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.faults import RefusalError
from gateway.serving.bounds import MAX_FIELDS, MAX_TARGET

_TOKEN: Final = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_START_LINE: Final = re.compile(rb"(" + _TOKEN + rb") ([\x21-\x7e]+) HTTP/([0-9])\.([0-9])")
FIELD_LINE: Final = re.compile(rb"(" + _TOKEN + rb"):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
_PCHAR: Final = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})"
_ORIGIN: Final = re.compile(rf"(/{_PCHAR}*)(?:\?((?:{_PCHAR}|\?)*))?")
_ABSOLUTE: Final = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://([^/?#@]+)([/?].*)?")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._\-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{0,5})?")
_LONGEST_NUMBER: Final = 18
"""Digits of a Content-Length; more of them mean more than any limit."""
_ONCE: Final = frozenset({"HOST", "CONTENT_LENGTH", "CONTENT_TYPE", "SOAPACTION", "EXPECT"})
"""Fields that must not be repeated: which of two values holds is a matter of opinion."""


@dataclass(frozen=True, slots=True)
class Head:
    """A request as its head announces it."""

    method: str
    target: str
    path: str
    """As sent. No published path needs percent-encoding, so a path that has some is never decoded into one."""
    query: str
    version: str
    """`1.0` or `1.1`."""
    fields: Mapping[str, str]
    """By name in capitals with `_` for `-`; the values of a repeated field joined by commas."""
    length: int | None
    """Bytes of the body; None: in chunks."""
    closes: bool
    """The caller wants no other request after this one."""
    expects_continue: bool


def check_start_line(line: bytes) -> tuple[str, str, str]:
    """Return method, target and version; raises `RefusalError`."""
    match = _START_LINE.fullmatch(line)
    if match is None:
        raise RefusalError("client.http.bad-request", reason="HTTP.START_LINE")
    method, target, major, minor = (each.decode("ascii") for each in match.groups())
    if major != "1":
        raise RefusalError("client.http.version", reason="HTTP.VERSION")
    if len(target) > MAX_TARGET:
        raise RefusalError("client.http.target-too-long", reason="HTTP.TARGET.LENGTH")
    # A later minor version is answered as the latest that is known (RFC 9110 §2.5).
    return method, target, "1.0" if minor == "0" else "1.1"


def read_head(data: bytes, max_body: int) -> Head:
    """Read start line and fields, each ended by CR LF; raises `RefusalError`."""
    start, *lines = data.removesuffix(b"\r\n\r\n").split(b"\r\n")
    method, target, version = check_start_line(start)
    fields = _fields(lines)
    path, query = _take_apart(method, target, fields)
    host = fields.get("HOST")
    if (host is None and version == "1.1") or (host and not _HOST.fullmatch(host)):
        raise RefusalError("client.http.bad-request", reason="HTTP.HOST")
    length = _length(fields, version)
    if length is not None and length > max_body:
        raise RefusalError("client.http.too-large", reason="HTTP.CONTENT_LENGTH")
    options = [each.strip(" \t").lower() for each in fields.get("CONNECTION", "").split(",")]
    return Head(
        method=method,
        target=target,
        path=path,
        query=query,
        version=version,
        fields=fields,
        length=length,
        closes="close" in options or (version == "1.0" and "keep-alive" not in options),
        expects_continue=_expectation(fields, version) and length != 0,
    )


def _fields(lines: list[bytes]) -> dict[str, str]:
    if len(lines) > MAX_FIELDS:
        raise RefusalError("client.http.header-too-large", reason="HTTP.FIELDS")
    fields: dict[str, str] = {}
    for line in lines:
        # No match: a folded line, a space before the colon, a control character, no name.
        match = FIELD_LINE.fullmatch(line)
        if match is None:
            raise RefusalError("client.http.bad-request", reason="HTTP.FIELD")
        name, value = match[1].decode("ascii"), match[2].rstrip(b" \t").decode("latin-1")
        if "_" in name:
            continue  # Would look like the name with `-` to an application, which no front that filters names expects.
        key = name.upper().replace("-", "_")
        if key not in fields:
            fields[key] = value
        elif key in _ONCE:
            raise RefusalError("client.http.bad-request", reason=f"HTTP.REPEATED.{key}")
        else:
            fields[key] = f"{fields[key]}, {value}"
    return fields


def _take_apart(method: str, target: str, fields: dict[str, str]) -> tuple[str, str]:
    """Return path and query; of an absolute target the authority takes the place of Host (RFC 9112 §3.2.2)."""
    if method == "CONNECT" or target == "*":
        raise RefusalError("client.http.method-not-allowed", reason="HTTP.METHOD")
    if absolute := _ABSOLUTE.fullmatch(target):
        if "HOST" in fields:
            fields["HOST"] = absolute[1]
        rest = absolute[2] or ""
        target = rest if rest.startswith("/") else f"/{rest}"
    match = _ORIGIN.fullmatch(target)
    if match is None:
        raise RefusalError("client.http.bad-request", reason="HTTP.TARGET")
    return match[1], match[2] or ""


def _length(fields: Mapping[str, str], version: str) -> int | None:
    """How long the body is (RFC 9112 §6.3), where that cannot be read two ways."""
    coding, length = fields.get("TRANSFER_ENCODING"), fields.get("CONTENT_LENGTH")
    if coding is not None:
        if length is not None or version == "1.0":
            raise RefusalError("client.http.bad-request", reason="HTTP.TRANSFER_ENCODING.AND_LENGTH")
        if coding.lower() != "chunked":
            code = "transfer-coding" if coding.lower().endswith("chunked") and coding.count("chunked") == 1 else ""
            raise RefusalError(f"client.http.{code or 'bad-request'}", reason="HTTP.TRANSFER_ENCODING")
        return None
    if length is None:
        return 0
    if not (length.isascii() and length.isdigit()):
        raise RefusalError("client.http.bad-request", reason="HTTP.CONTENT_LENGTH")
    digits = length.lstrip("0") or "0"
    if len(digits) > _LONGEST_NUMBER:
        raise RefusalError("client.http.too-large", reason="HTTP.CONTENT_LENGTH")
    return int(digits)


def _expectation(fields: Mapping[str, str], version: str) -> bool:
    expected = fields.get("EXPECT")
    if expected is None or version == "1.0":
        return False
    if expected.lower() != "100-continue":
        raise RefusalError("client.http.expectation", reason="HTTP.EXPECT")
    return True
