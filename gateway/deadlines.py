"""Conversations that end at a moment, whatever the other side does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic


@contextmanager
def ended_at(deadline: float, connected: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Cut the connection off at `deadline` (of the monotonic clock), however steadily the other side drips.

    A socket's own time-out starts anew with every octet. `connected` gives the socket then; None: there is none.
    """

    def cut() -> None:
        there = connected()
        if there is not None:
            with suppress(OSError):  # already closed from the other side
                there.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - monotonic()), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
