"""A server process that is ours: started in its own group, ended by its own id, never left behind."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

# Reads "+<process group>", "-<process group>" and "/<folder>" and, when its standard input ends (because the test
# run has ended, however that came about), kills the groups that are left and removes the folders.
_UNDERTAKER = """
import os, shutil, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
groups, folders = set(), []
for line in sys.stdin:
    kind, rest = line[0], line.strip()[1:]
    if kind == "+": groups.add(int(rest))
    elif kind == "-": groups.discard(int(rest))
    else: folders.append("/" + rest)
for group in groups:
    try: os.killpg(group, signal.SIGKILL)
    except ProcessLookupError: pass
for folder in folders:
    shutil.rmtree(folder, ignore_errors=True)
"""


_LISTENING = "0A"  # in /proc/net/tcp


class _Undertaker:
    """Ends what a killed test run leaves behind. One process, started with the first server."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def tell(self, line: str) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _UNDERTAKER], stdin=subprocess.PIPE, text=True, start_new_session=True
            )
            atexit.register(self._release)
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def _release(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(timeout=10)


_undertaker = _Undertaker()


def remove_at_the_end(folder: Path) -> None:
    """Have `folder` removed when this process is gone, even if it is killed."""
    _undertaker.tell(str(folder.absolute()))


def remove(folder: Path) -> None:
    """Remove `folder` now."""
    shutil.rmtree(folder, ignore_errors=True)


class Child:
    """A running server process and its process group."""

    def __init__(self, command: Sequence[str | Path], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        """Start `command`; its output is appended to `log`."""
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                list(map(str, command)),
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _undertaker.tell(f"+{self.pid}")

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to the process itself."""
        self._process.send_signal(number)

    def wait(self, timeout: float) -> None:
        """Return when it has ended; raise `TimeoutError` when it has not within `timeout` seconds."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"{self._process.args} did not end within {timeout} s") from error
        self._forget()

    def kill(self) -> None:
        """Kill it and everything it started, at once and without a chance to tidy up."""
        family = [*_descendants(self.pid), self.pid] if self.exit_code is None else []
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)  # so that none of them sees the others die
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(timeout=10)
        deadline = time.monotonic() + 10
        while any(_alive(pid) for pid in family) and time.monotonic() < deadline:
            time.sleep(0.01)
        self._forget()

    def listens_on(self) -> set[str]:
        """The addresses, `127.0.0.1` for example, on which it accepts TCP connections."""
        sockets = set()
        for entry in Path(f"/proc/{self.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed since it was listed
                sockets.add(str(entry.readlink()))
        addresses = set()
        for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
            for line in Path("/proc/net", table).read_text().splitlines()[1:]:
                local, state, inode = (line.split()[column] for column in (1, 3, 9))
                if state == _LISTENING and f"socket:[{inode}]" in sockets:
                    words = bytes.fromhex(local.partition(":")[0])
                    packed = b"".join(words[at : at + 4][::-1] for at in range(0, len(words), 4))
                    addresses.add(socket.inet_ntop(family, packed))
        return addresses

    def _forget(self) -> None:
        _undertaker.tell(f"-{self.pid}")


def _descendants(pid: int) -> Iterator[int]:
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for child in map(int, listing.read_text().split()):
                yield child
                yield from _descendants(child)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
