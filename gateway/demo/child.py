"""The gateway of the round trip: `gateway up` in a process of its own, ended by its id."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

from gateway.cli.failures import CommandError
from gateway.cli.language import t

_START: Final = 60.0
"""Seconds a gateway may take until it says that it is ready."""
_STOP: Final = 45.0
"""Seconds it may take to finish what is under way, before it is killed."""


class ChildGateway:
    """A running gateway; `url` is where it answers."""

    def __init__(self, home: Path, bind: str, environment: Mapping[str, str], log: Path) -> None:
        """Start it and wait until it is ready; raises `CommandError` with its last words when it does not become so."""
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", "gateway.cli", "--home", str(home), "up", "--bind", bind, "--until-input-ends"],
                env={**environment, "GATEWAY_HOME": str(home)},
                # Nothing is ever written to it. The system closes it when this process ends, however it ends.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self._lines: SimpleQueue[str] = SimpleQueue()
        Thread(target=self._read, daemon=True).start()
        try:
            self.url = self._ready()
        except BaseException:
            self.stop()
            raise

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def wait(self) -> int:
        """Wait until it ends by itself; returns its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """Have it finish what is under way and end."""
        if self.running:
            self._process.terminate()
        try:
            self._process.wait(_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _ready(self) -> str:
        try:
            line = self._lines.get(timeout=_START)
        except Empty:
            line = ""
        _, found, url = line.partition(": http")
        if not found:
            said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            last = said[-1] if said else t("it said nothing", "heç nə demədi")
            raise CommandError(t(f"The gateway did not start: {last}", f"Şlüz işə düşmədi: {last}"))
        return f"http{url.strip()}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")
