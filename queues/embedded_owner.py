"""Who holds a message, and whether that process still lives.

An owner is a random name with a file beside the queue file on which its process holds an exclusive lock. The
kernel drops the lock the moment the process is gone, however it went, so that there is no clock to trust: a
frozen process keeps what it holds, and a killed one loses it at once.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path
from types import TracebackType


class Owner:
    """This process' claim to what it holds; lost when it is closed or the process ends."""

    def __init__(self, queue_file: Path) -> None:
        self.name = secrets.token_hex(16)
        self._path = _lock_file(queue_file, self.name)
        self._descriptor = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """Give the claim up."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


class Deceased:
    """A context in which a certainly dead owner's lock is held, so that nobody else clears up at the same time."""

    def __init__(self, queue_file: Path, name: str) -> None:
        self._path = _lock_file(queue_file, name)
        self._descriptor: int | None = None

    def __enter__(self) -> bool:
        """Whether the owner is dead."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._descriptor is None:
            return
        if kind is None:
            with suppress(OSError):
                self._path.unlink()
        os.close(self._descriptor)


def _lock_file(queue_file: Path, name: str) -> Path:
    return queue_file.with_name(f"{queue_file.name}-owner-{name}")
