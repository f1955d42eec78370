"""The HTTP server of a process: waitress, told to stop without dropping an answer."""

from __future__ import annotations

import errno
import logging
import resource
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from gateway.faults import RefusalError
from gateway.serving.admission import Admission
from gateway.serving.bounds import RESTRICTED, Bounds
from gateway.serving.channel import Channel
from gateway.serving.pool import Pool
from gateway.serving.request import Request
from gateway.soap.http import Reply, response_head
from gateway.soap.peer import Address, address_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_log = structlog.get_logger(__name__)

_TICK: Final = 0.25
"""Seconds between two looks at the clock."""
_PROBES: Final = frozenset({"/health", "/metrics"})
"""What a watchdog asks: has threads of its own, so that it is answered when all others are busy."""
_PROBE_THREADS: Final = 2
_PROBES_WAITING: Final = 16
_ACCEPTED_AT_ONCE: Final = 32
_OTHER_DESCRIPTORS: Final = 256
"""Files and connections of the process that are no callers'."""
_READ: Final = 65_536
_NO_FILES: Final = 1 << 40
"""Bytes after which waitress would go on in a temporary file: never."""
_NO_DESCRIPTORS: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Front(Protocol):
    """The application, which also says what is refused before it is called."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Answer one request (PEP 3333)."""

    def judge(self, environ: WSGIEnvironment) -> None:
        """Raise `RefusalError` when the head alone tells that the request will be refused."""

    def refuse(self, refusal: RefusalError, address: str) -> Reply:
        """Count, log and word a refusal."""


class Listener(TcpWSGIServer):  # type: ignore[misc] # waitress publishes no types
    """The listening socket, and what all its connections share."""

    def __init__(
        self, front: Front, sockets: dict[int, Any], adj: Any, bounds: Bounds, threads: int, admission: Admission
    ) -> None:
        self.bounds = bounds
        self.admission = admission
        self.refuse = front.refuse
        self.probe_pool = Pool(_PROBE_THREADS, _PROBES_WAITING)
        self._judge = front.judge
        self._accepts_from = 0.0
        pool = Pool(threads, bounds.waiting_requests)
        super().__init__(front, sockets, dispatcher=pool, adj=adj, sockinfo=adj.listen[0])

    def readable(self) -> bool:
        """Whether connections are accepted; beyond the limits they are, to be refused."""
        return bool(self.accepting) and monotonic() >= self._accepts_from

    def handle_accept(self) -> None:
        """Give each new connection a seat."""
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                accepted = self.accept()
                if accepted is None:
                    return
                sock, addr = accepted
                self.set_socket_options(sock)
            except OSError as error:
                if error.errno in _NO_DESCRIPTORS:
                    _log.error("http.no-descriptors", code=errno.errorcode[error.errno or 0])
                    self._accepts_from = monotonic() + _TICK
                    return
                continue
            seat = self.admission.take_seat(address_of(str(addr[0])))
            if seat is not None:
                Channel(self, sock, addr, seat)
            else:
                self._turn_away(sock, str(addr[0]))

    def offer(self, channel: Channel) -> None:
        """Have the first request of a channel answered; called from the loop."""
        request = channel.requests[0]
        if request.error is not None:
            channel.service()
        elif not self._pool_of(request).offer(channel):
            channel.refuse_first(RefusalError("server.overloaded", reason="HTTP.QUEUE"))

    def add_task(self, task: Channel) -> None:
        """Have the next request of a channel answered; called from request threads."""
        self._pool_of(task.requests[0]).add_task(task)

    def judge(self, request: Request) -> None:
        """Raise `RefusalError` when the head of a request tells that it will be refused."""
        fields = request.headers
        self._judge(
            {
                "REQUEST_METHOD": request.command,
                "PATH_INFO": request.path,
                "CONTENT_TYPE": fields.get("CONTENT_TYPE", ""),
                "CONTENT_LENGTH": fields.get("CONTENT_LENGTH", ""),
                **{f"HTTP_{name}": fields[name] for name in ("CONTENT_ENCODING",) if name in fields},
            }
        )

    def is_probe(self, request: Request) -> bool:
        """Whether a watchdog asks."""
        return request.path in _PROBES and request.command == "GET" and request.completed

    def look(self, now: float) -> None:
        """Keep the time of every connection, and of those who wait for a thread."""
        for channel in list(self.active_channels.values()):
            channel.look(now)
        for pool in (self.task_dispatcher, self.probe_pool):
            for channel in pool.overdue(now - self.bounds.waiting_timeout):
                channel.refuse_first(RefusalError("server.overloaded", reason="HTTP.WAITED"))

    def shutdown(self) -> None:
        """End the threads."""
        self.task_dispatcher.shutdown()
        self.probe_pool.shutdown()

    def _pool_of(self, request: Request) -> Pool:
        pool: Pool = self.probe_pool if self.is_probe(request) else self.task_dispatcher
        return pool

    def _turn_away(self, sock: Any, address: str) -> None:
        """Refuse without waiting for the request: there are too many even of those who are to be refused."""
        reply = self.refuse(RefusalError("server.overloaded", reason="HTTP.RESTRICTED"), address)
        status, headers = response_head(reply)
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "Connection: close", "", ""]
        with sock:
            sock.setblocking(False)
            try:
                sock.send("\r\n".join(lines).encode("latin-1") + reply.body)
            except OSError:
                _log.info("http.gone", address=address)


class HttpServer:
    """Serves a WSGI application on one address until told to stop; `port` 0 takes a free one."""

    def __init__(
        self,
        front: Front,
        *,
        host: str,
        port: int,
        threads: int,
        bounds: Bounds,
        trusts: Callable[[Address], bool] = lambda _: False,
    ) -> None:
        """Bind at once; raises `OSError` when the address is taken. `trusts`: whether an address is that of a front."""
        for name in ("waitress", "waitress.queue"):
            logging.getLogger(name).setLevel(logging.ERROR)
        _make_room(bounds.connections + RESTRICTED + _OTHER_DESCRIPTORS)
        self._stopping = False
        self._map: dict[int, Any] = {}
        self._looks_at = 0.0
        adj = Adjustments(
            host=host,
            port=port,
            threads=threads,
            recv_bytes=_READ,
            inbuf_overflow=_NO_FILES,
            outbuf_overflow=_NO_FILES,
            ident=None,
            expose_tracebacks=False,
            log_socket_errors=False,
            # Who may say where a call came from is for gateway.soap.peer to judge.
            clear_untrusted_proxy_headers=False,
            asyncore_use_poll=True,
        )
        self._server = Listener(front, self._map, adj, bounds, threads, Admission(bounds, trusts))
        self.address: tuple[str, int] = (self._server.effective_host, int(self._server.effective_port))

    def run(self, drain_timeout: float, tick: Callable[[], None] | None = None) -> None:
        """Serve until `stop`; then take no new connections, and return once every answer under way is out."""
        while not self._stopping:
            self._turn()
            if tick is not None:
                tick()
        # Only the listening socket: the server's own close() would also take the trigger its threads still pull.
        wasyncore.dispatcher.close(self._server)
        deadline = monotonic() + drain_timeout
        while self._busy() and monotonic() < deadline:
            self._turn()
        if self._busy():
            _log.warning("server.drain-timeout", channels=self._busy())
        self._server.shutdown()
        self._server.asyncore.close_all(self._map)

    def stop(self) -> None:
        """Tell `run` to finish; safe from a signal handler and from other threads."""
        self._stopping = True
        self._server.pull_trigger()

    def _turn(self) -> None:
        self._server.asyncore.loop(timeout=_TICK, map=self._map, use_poll=True, count=1)
        now = monotonic()
        if now >= self._looks_at:
            self._looks_at = now + _TICK
            self._server.look(now)

    def _busy(self) -> int:
        channels = list(self._server.active_channels.values())
        return sum(1 for each in channels if each.requests or each.total_outbufs_len)


def _make_room(needed: int) -> None:
    """Raise the process's limit of descriptors to what its connections need, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < needed:
        _log.warning("http.few-descriptors", needed=needed, allowed=allowed)
