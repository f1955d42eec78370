"""The HTTP server of a process: waitress, told to stop without dropping an answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import structlog
from waitress import wasyncore
from waitress.server import create_server

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_log = structlog.get_logger(__name__)

_TICK: Final = 0.25
"""Seconds between two looks whether to stop."""


class HttpServer:
    """Serves a WSGI application on one address until told to stop; `port` 0 takes a free one."""

    def __init__(
        self,
        application: WSGIApplication,
        *,
        host: str,
        port: int,
        threads: int,
        connections: int,
        idle_timeout: int,
        max_body: int,
    ) -> None:
        """Bind at once; raises `OSError` when the address is taken."""
        # Its log is a line per queued task; a request that cannot be parsed is answered by it and none of our business.
        logging.getLogger("waitress").setLevel(logging.ERROR)
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._stopping = False
        self._map: dict[int, Any] = {}
        self._server = create_server(
            application,
            map=self._map,
            host=host,
            port=port,
            threads=threads,
            connection_limit=connections,
            channel_timeout=idle_timeout,
            # Waitress refuses a body larger than this, announced or not, before the application sees it.
            max_request_body_size=max_body + 1,
            ident=None,
            expose_tracebacks=False,
            clear_untrusted_proxy_headers=True,
            asyncore_use_poll=True,
        )
        self.address: tuple[str, int] = (self._server.effective_host, int(self._server.effective_port))

    def run(self, drain_timeout: float, tick: Callable[[], None] | None = None) -> None:
        """Serve until `stop`; then take no new connections, and return once every answer under way is out."""
        loop = self._server.asyncore.loop
        while not self._stopping:
            loop(timeout=_TICK, map=self._map, use_poll=True, count=1)
            if tick is not None:
                tick()
        # Only the listening socket: the server's own close() would also take the trigger its threads still pull.
        wasyncore.dispatcher.close(self._server)
        deadline = monotonic() + drain_timeout
        while self._busy() and monotonic() < deadline:
            loop(timeout=_TICK, map=self._map, use_poll=True, count=1)
        if self._busy():
            _log.warning("server.drain-timeout", channels=self._busy())
        self._server.task_dispatcher.shutdown()
        self._server.asyncore.close_all(self._map)

    def stop(self) -> None:
        """Tell `run` to finish; safe from a signal handler and from other threads."""
        self._stopping = True
        self._server.pull_trigger()

    def _busy(self) -> int:
        channels = list(self._server.active_channels.values())
        return sum(1 for each in channels if each.requests or each.total_outbufs_len)
