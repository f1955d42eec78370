"""One connection: reads requests, keeps their time, and closes so that the caller sees what he was told.

Everything here runs in the server's loop, but `service`, which the request threads call.
"""

from __future__ import annotations

import socket
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from waitress.channel import HTTPChannel

from gateway.faults import RefusalError
from gateway.serving.bounds import LINGER, LINGER_BYTES
from gateway.serving.request import Request
from gateway.serving.tasks import AnswerTask, RefusalTask

if TYPE_CHECKING:
    from gateway.serving.admission import Seat
    from gateway.serving.server import Listener

_log = structlog.get_logger(__name__)


class Channel(HTTPChannel):  # type: ignore[misc] # waitress publishes no types
    """A connection that has a seat."""

    parser_class = Request
    task_class = AnswerTask
    error_task_class = RefusalTask
    server: Listener
    requests: list[Request]
    request: Request | None

    def __init__(self, server: Listener, sock: socket.socket, addr: tuple[Any, ...], seat: Seat) -> None:
        super().__init__(server, sock, addr, server.adj, map=server._map)  # noqa: SLF001 - waitress has no other way
        self.address = str(addr[0])
        self.offered_at = 0.0
        self._seat: Seat | None = seat
        self._refusal = seat.refusal
        self._hold = partial(server.admission.hold, seat)
        self._give_back = partial(server.admission.give_back, seat)
        self._touched = monotonic()
        self._began = self._touched
        """When the request under way began to arrive; once its head is there, its body, or the last stretch of it."""
        self._had = 0
        """Bytes of the body that were there then."""
        self._draining: tuple[float, int] | None = None
        self._lingers_until: float | None = None
        self._thrown_away = 0

    # -- reading ----------------------------------------------------------------------------------------------------

    def received(self, data: bytes) -> bool:
        """Take in what arrived; the first request that became whole is offered to the threads."""
        self._touched = monotonic()
        if self._lingers_until is not None:
            self._throw_away(len(data))
            return True
        with self.requests_lock:
            if self.will_close or self.close_when_flushed:
                return False
            idle = not self.requests
            while data and not (self.requests and self.requests[-1].error):
                data = data[self._read(data) :]
            offered = idle and bool(self.requests)
        if offered:
            self.server.offer(self)
        return True

    def _read(self, data: bytes) -> int:
        """Give `data` to the request under way; what comes after a refused one is never looked at."""
        if self.request is None:
            self.request = Request(self.adj, self.server.bounds.max_body, self._give_back)
            self._began = self._touched
        request = self.request
        had_head, had_begun, size = request.headers_finished, request.begun, request.size
        taken = request.received(data)
        if not had_begun:
            self._began = self._touched
        if request.headers_finished and not had_head:
            self._began, self._had = self._touched, 0
            self._judge(request, len(data) - taken)
        self._count(request, request.size - size)
        if request.completed:
            self.sent_continue = False
            self.requests.append(request)
            self.request = None
        elif request.expect_continue and request.headers_finished and not self.requests and not self.sent_continue:
            self.send_continue()
        return taken

    def _judge(self, request: Request, more: int) -> None:
        """Refuse by its head what would be refused anyhow, unless its body is among the `more` bytes here already."""
        if request.error is not None:
            return
        if self._refusal is not None and not self.server.is_probe(request):
            request.refuse(self._refusal)
        elif request.announced is None or request.announced > more:
            try:
                self.server.judge(request)
            except RefusalError as refusal:
                request.refuse(refusal.with_traceback(None))

    def _count(self, request: Request, arrived: int) -> None:
        if arrived <= 0 or request.error is not None:
            return
        if self._hold(arrived, request.held):
            request.held += arrived
        else:
            request.refuse(RefusalError("server.overloaded", reason="HTTP.BODIES_IN_FLIGHT"))

    # -- time -------------------------------------------------------------------------------------------------------

    def look(self, now: float) -> None:
        """Keep the time of whatever is under way; called several times a second."""
        if self._lingers_until is not None:
            if now >= self._lingers_until:
                self.handle_close()
        elif self.total_outbufs_len:
            self._look_at_answer(now)
        elif self.requests:
            # Nothing is read while an answer is being made: the time of what comes next starts afterwards.
            self._draining, self._touched = None, now
            self._began, self._had = now, self.request.size if self.request else 0
        elif self.request is not None and self.request.begun:
            self._draining = None
            self._look_at_request(self.request, now)
        else:
            self._draining = None
            bounds = self.server.bounds
            if now - self._touched >= (bounds.idle_timeout if self._refusal is None else bounds.header_timeout):
                self.handle_close()

    def _look_at_request(self, request: Request, now: float) -> None:
        bounds, elapsed = self.server.bounds, now - self._began
        if not request.headers_finished:
            if elapsed >= bounds.header_timeout:
                self._time_out(request, "HTTP.SLOW_HEAD")
        elif bounds.too_slow(elapsed, request.size - self._had):
            self._time_out(request, "HTTP.SLOW_BODY")
        elif elapsed >= bounds.body_timeout:
            # The next stretch is judged by itself: who was quick once may not stand still on the strength of it.
            self._began, self._had = now, request.size

    def _time_out(self, request: Request, reason: str) -> None:
        with self.requests_lock:
            request.refuse(RefusalError("client.http.timeout", reason=reason))
            self.requests.append(request)
            self.request = None
        self.service()

    def _look_at_answer(self, now: float) -> None:
        pending = self.total_outbufs_len
        if self._draining is None or pending > self._draining[1]:
            self._draining = (now, pending)
            return
        since, there_were = self._draining
        if self.server.bounds.too_slow(now - since, there_were - pending):
            _log.info("http.answer-not-taken", address=self.address, left=pending)
            self.handle_close()
        elif now - since >= self.server.bounds.body_timeout:
            self._draining = (now, pending)

    # -- writing and closing ----------------------------------------------------------------------------------------

    def refuse_first(self, refusal: RefusalError) -> None:
        """Refuse the request whose turn it is, without a thread."""
        self.requests[0].refuse(refusal)
        self.service()

    def handle_write(self) -> None:
        """Write what is to be written; before the end of the connection, linger."""
        if self._lingers_until is not None:
            return
        self._touched = monotonic()
        if not self.close_when_flushed or self.will_close:
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif self.connected and not self.total_outbufs_len:
            self._linger()

    def handle_close(self) -> None:
        """Close, and leave the seat to others."""
        super().handle_close()
        if self.request is not None:
            self.request.close()
        seat, self._seat = self._seat, None
        if seat is not None:
            self.server.admission.leave(seat)

    def _linger(self) -> None:
        self.close_when_flushed = False
        self._lingers_until = monotonic() + LINGER
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()

    def _throw_away(self, count: int) -> None:
        self._thrown_away += count
        if self._thrown_away > LINGER_BYTES:
            self.handle_close()
