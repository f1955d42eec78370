"""What the worker and the relay share: a loop in a thread or in the foreground that can be asked to stop."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from random import SystemRandom
from time import monotonic

JITTER = SystemRandom().random
"""Numbers from 0 to below 1, different in every process."""


class Loop:
    """Runs `round_` again and again until asked to stop. `round_` looks at `stopping` wherever it waits."""

    def __init__(self, name: str, round_: Callable[[], None]) -> None:
        self._round = round_
        self._name = name
        self._stop = threading.Event()
        self._wake = threading.Condition()
        self._woken = False
        self._idle = threading.Event()
        self._idle.set()

    @property
    def stopping(self) -> bool:
        """Whether somebody asked for the end."""
        return self._stop.is_set()

    def run(self) -> None:
        """Run in the calling thread until `stop` is called from another one."""
        self._idle.clear()
        try:
            while not self.stopping:
                self._round()
        finally:
            self._idle.set()

    def start(self) -> None:
        """Run in a thread of its own."""
        self._idle.clear()
        threading.Thread(target=self.run, name=self._name, daemon=True).start()

    def stop(self, timeout: float) -> bool:
        """Ask for the end and wait for it, `timeout` seconds at most; whether it came."""
        self._stop.set()
        self.wake()
        return self._idle.wait(timeout)

    def wake(self) -> None:
        """End the present or next `pause` early."""
        with self._wake:
            self._woken = True
            self._wake.notify_all()

    def pause(self, seconds: float) -> None:
        """Wait so many seconds, less when woken or asked to stop."""
        with self._wake:
            self._wake.wait_for(lambda: self._woken or self.stopping, seconds)
            self._woken = False


class BackOff:
    """Growing pauses while something is away; a success starts them over."""

    def __init__(self, random: Callable[[], float], *, first: float, longest: float) -> None:
        self._random = random
        self._first = first
        self._longest = longest
        self._failures = 0
        self._since: float | None = None

    def failed(self) -> float:
        """Count a failure; seconds to wait now, between half and the whole of a bounded power of two."""
        if self._since is None:
            self._since = monotonic()
        exact = min(self._longest, self._first * 2 ** min(self._failures, 16))
        self._failures += 1
        return float(exact * (0.5 + 0.5 * self._random()))

    @property
    def lasting(self) -> float:
        """Seconds since the first failure in a row."""
        return 0.0 if self._since is None else monotonic() - self._since

    def succeeded(self) -> None:
        """Start over."""
        self._failures = 0
        self._since = None


def where(error: BaseException) -> str:
    """The last few places the error came through, for a log.

    Never its text: that may quote a message or a row, and logs hold no personal data.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-3:]))
