"""The HTTP face: routes, media types and sizes. Everything behind it sees `Call` and gives `Reply`.

Only POST reaches an operation, and there is one way to it; GET serves the contract, health and figures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import parse_qs

import structlog
from uuid_utils import compat as uuid

from gateway.faults import RefusalError
from gateway.soap.media_type import MediaType, check_charset, read_media_type
from gateway.soap.peer import Fronts, Peer

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_log = structlog.get_logger(__name__)

SOAP_11: Final = "1.1"
SOAP_12: Final = "1.2"
VERSION_OF_MEDIA_TYPE: Final = {"text/xml": SOAP_11, "application/soap+xml": SOAP_12}
_QUOTED: Final = re.compile('"([^"]*)"')
_HOST: Final = re.compile(r"[A-Za-z0-9.\-_:\[\]]{1,255}")
_PREFIX: Final = "/soap/"
_PLAIN_PATHS: Final = ("/health", "/metrics")
_REASONS: Final = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    417: "Expectation Failed",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}
_EVERY_REPLY: Final = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))


@dataclass(frozen=True, slots=True)
class Call:
    """One POST to a service, before anything of it was parsed."""

    service: str
    soap_version: str
    """As the media type announces it."""
    action: str | None
    """SOAPAction without its quotes (1.1) or the action parameter (1.2); None: not sent."""
    charset: str
    """As the media type announces it, lower case; empty: not said."""
    address: str
    """IP address of the caller as canonical text, as far as this process can know (`gateway.soap.peer`)."""
    secure: bool
    """TLS guarded the way from the caller, as far as this process can know."""
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over HTTP."""

    status: int
    media_type: str
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = ()


class Contracts(Protocol):
    """Where the published documents come from."""

    def services(self) -> Iterable[str]:
        """Names of the services that are offered."""

    def largest(self, service: str) -> int:
        """Largest message in bytes that any operation of `service` takes."""

    def document(self, service: str, xsd: str | None, base_url: str) -> bytes | None:
        """Return the WSDL of `service`, or with `xsd` one of its schemas; None when there is none."""


class HttpFront:
    """The WSGI application."""

    def __init__(
        self,
        *,
        endpoint: Callable[[Call], Reply],
        contracts: Contracts,
        health: Callable[[], Mapping[str, Any]],
        figures: Callable[[], bytes],
        fronts: Fronts,
        public_url: str = "",
        refused: Callable[[str], None] = lambda _code: None,
    ) -> None:
        """`refused` is told the code of each refusal that is answered before SOAP."""
        self._endpoint = endpoint
        self._contracts = contracts
        self._health = health
        self._figures = figures
        self._fronts = fronts
        self._public_url = public_url.rstrip("/")
        self._refused = refused
        self._services = frozenset(contracts.services())

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        try:
            reply = self._route(environ)
        except RefusalError as refusal:
            reply = self.refuse(refusal)
        except Exception as error:  # noqa: BLE001 - the server behind would answer in its own words
            reply = self.refuse(RefusalError("server.internal", reason=f"HTTP.{type(error).__name__}"))
        start_response(*response_head(reply))
        # The answer to HEAD has no body, whatever its Content-Length says (RFC 9112 §6.3).
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    def judge(self, environ: WSGIEnvironment) -> None:
        """Raise `RefusalError` when the head of a request with a body tells that it will be refused.

        For servers that ask before they take a body in; `__call__` checks all of it again.
        """
        path = environ["PATH_INFO"]
        if path in _PLAIN_PATHS or environ["REQUEST_METHOD"] != "POST":
            raise RefusalError("client.http.method-not-allowed", reason="HTTP.METHOD")
        limit = self._contracts.largest(self._service(path))
        _format_of(environ)
        _length(environ, limit)

    def refuse(self, refusal: RefusalError, address: str = "-") -> Reply:
        """Count a refusal before SOAP, log it and give its answer; `address` is the connection's other end."""
        self._refused(refusal.code)
        return bare_fault(refusal, address)

    def _service(self, path: str) -> str:
        service, _, version = path.removeprefix(_PREFIX).partition("/")
        if not path.startswith(_PREFIX) or version != "v1" or service not in self._services:
            raise RefusalError("client.http.not-found", reason="HTTP.PATH")
        return service

    def _route(self, environ: WSGIEnvironment) -> Reply:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path in _PLAIN_PATHS:
            _only(method, "GET", environ)
            return self._health_reply() if path == "/health" else Reply(200, _METRICS_TYPE, self._figures())
        service = self._service(path)
        if method == "GET":
            _only(method, "GET", environ)
            return self._contract(service, environ)
        _only(method, "POST", environ)
        return self._endpoint(read_call(service, environ, self._fronts.peer(environ), self._contracts.largest(service)))

    def _contract(self, service: str, environ: WSGIEnvironment) -> Reply:
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        names = {name.lower(): values[0] for name, values in query.items()}
        if "wsdl" not in names and "xsd" not in names:
            raise RefusalError("client.http.method-not-allowed", reason="HTTP.GET")
        document = self._contracts.document(service, names.get("xsd"), self._public_url or self._base_url(environ))
        if document is None:
            raise RefusalError("client.http.not-found", reason="HTTP.XSD")
        return Reply(200, "text/xml; charset=utf-8", document)

    def _base_url(self, environ: WSGIEnvironment) -> str:
        host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        if not _HOST.fullmatch(host):
            raise RefusalError("client.http.bad-request", reason="HTTP.HOST")
        return f"{'https' if self._fronts.peer(environ).secure else 'http'}://{host}"

    def _health_reply(self) -> Reply:
        health = self._health()
        status = 200 if health["status"] == "ok" else 503
        return Reply(status, "application/json", json.dumps(health).encode() + b"\n")


_METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def _only(method: str, allowed: str, environ: WSGIEnvironment) -> None:
    if method != allowed:
        raise RefusalError("client.http.method-not-allowed", reason="HTTP.METHOD")
    if method == "GET" and environ.get("CONTENT_LENGTH", "").strip("0"):
        raise RefusalError("client.http.method-not-allowed", reason="HTTP.GET_BODY")


def read_call(service: str, environ: WSGIEnvironment, peer: Peer, limit: int) -> Call:
    """Take a POST apart; raises `RefusalError` of the `client.http.*` kind before the body is read where possible."""
    version, media_type = _format_of(environ)
    action = media_type.parameters.get("action") if version == SOAP_12 else _quoted(environ.get("HTTP_SOAPACTION"))
    body = _read_body(environ, limit)
    check_charset(media_type.charset, body)
    return Call(
        service=service,
        soap_version=version,
        action=action,
        charset=media_type.charset,
        address=peer.address,
        secure=peer.secure,
        body=body,
    )


def _format_of(environ: WSGIEnvironment) -> tuple[str, MediaType]:
    """SOAP's version as the media type tells it, and the media type; nothing compressed, nothing with attachments."""
    media_type = read_media_type(environ.get("CONTENT_TYPE", ""))
    version = VERSION_OF_MEDIA_TYPE.get(media_type.name)
    if version is None:
        raise RefusalError("client.http.media-type", reason="HTTP.MEDIA_TYPE")
    if environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() != "identity":
        raise RefusalError("client.http.media-type", reason="HTTP.CONTENT_ENCODING")
    return version, media_type


def _quoted(header: str | None) -> str | None:
    """What a SOAPAction says between its quotes; empty, and so never an operation, when it has none (BP 1.1 R1109)."""
    if header is None:
        return None
    match = _QUOTED.fullmatch(header.strip())
    return match[1] if match else ""


def _length(environ: WSGIEnvironment, limit: int) -> int:
    announced = environ.get("CONTENT_LENGTH") or "0"
    if not (announced.isascii() and announced.isdigit()):
        raise RefusalError("client.http.bad-request", reason="HTTP.CONTENT_LENGTH")
    # Python refuses to read numbers of thousands of digits.
    if len(announced.lstrip("0")) > len(str(limit)) or int(announced) > limit:
        raise RefusalError("client.http.too-large", reason="HTTP.CONTENT_LENGTH")
    return int(announced)


def _read_body(environ: WSGIEnvironment, limit: int) -> bytes:
    length = _length(environ, limit)
    body: bytes = environ["wsgi.input"].read(length)
    if len(body) != length:
        raise RefusalError("client.http.bad-request", reason="HTTP.BODY_CUT")
    return body


def bare_fault(refusal: RefusalError, address: str = "-") -> Reply:
    """Answer a refusal before SOAP: a line in each language, with the code and a fault id that finds the log line."""
    fault_id = str(uuid.uuid7())
    kind = refusal.kind
    _log.info("call.refused", fault_id=fault_id, code=kind.code, reason=refusal.reason, address=address)
    text = f"{kind.code} ({fault_id})\naz: {kind.text_az}\nen: {kind.text_en}\n"
    headers = (("Allow", "POST, GET"),) if kind.code == "client.http.method-not-allowed" else ()
    if kind.retry_after is not None:
        headers = (*headers, ("Retry-After", str(kind.retry_after)))
    return Reply(kind.http, "text/plain; charset=utf-8", text.encode(), headers)


def response_head(reply: Reply) -> tuple[str, list[tuple[str, str]]]:
    """Return status line and header fields of an answer."""
    return f"{reply.status} {_REASONS.get(reply.status, 'Unknown')}", [
        ("Content-Type", reply.media_type),
        ("Content-Length", str(len(reply.body))),
        *_EVERY_REPLY,
        *reply.headers,
    ]
