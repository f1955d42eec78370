"""Free ports on the loopback address."""

from __future__ import annotations

import random
import socket
import time

LOOPBACK = "127.0.0.1"

_dice = random.SystemRandom()


def free_port() -> int:
    """A port that nobody listens on.

    Taken from below the range that the kernel gives to outgoing connections: there a client that retries while the
    server is down could be given the server's own port and connect to itself.
    """
    for _ in range(200):
        port = _dice.randrange(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        return port
    raise OSError("no free port between 20000 and 32000")


def is_open(port: int) -> bool:
    """Whether somebody listens on `port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def wait_until_closed(port: int, timeout: float) -> None:
    """Return when nobody listens on `port` any more; raise `TimeoutError` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while is_open(port):
        if time.monotonic() > deadline:
            raise TimeoutError(f"port {port} is still open after {timeout} s")
        time.sleep(0.02)
