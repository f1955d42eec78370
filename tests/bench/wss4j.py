"""What Apache WSS4J takes to verify the same messages, on a warm JVM of its own."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.interop.toolkits import ToolkitMissingError, java

_SOURCE = Path(__file__).parent / "wss4j" / "Verify.java"
SECONDS = 1.5
"""Length of a round."""
ROUNDS = 20
"""Rounds for each message at the most, should the JVM's compiler not come to an end before."""


@dataclass(frozen=True)
class Message:
    """A signed message, the same with a changed Body, and the signer's certificate (PEM)."""

    good: bytes
    bad: bytes
    certificate: bytes


@dataclass(frozen=True)
class Spent:
    """CPU milliseconds of one verification."""

    thread: float
    """The best turn of the verifying thread, without compiling and collecting garbage."""
    process: float
    """The whole process, with both."""


def wss4j_milliseconds(messages: Sequence[Message], seconds: float = SECONDS, rounds: int = ROUNDS) -> list[Spent]:
    """What one verification of each message takes.

    Raises `ToolkitMissingError` where there is no WSS4J, and `subprocess.CalledProcessError` when it takes a bad
    message or refuses a good one.
    """
    command = java(_SOURCE)
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for place, message in enumerate(messages):
            for name in ("certificate", "good", "bad"):
                path = Path(folder) / f"{place}-{name}"
                path.write_bytes(getattr(message, name))
                files.append(str(path))
        done = subprocess.run(
            [*command, "Verify", str(seconds), str(rounds), *files],
            capture_output=True,
            text=True,
            check=True,
            timeout=240,
        )
    return [Spent(*map(float, line.split())) for line in done.stdout.splitlines()]


__all__ = ["Message", "Spent", "ToolkitMissingError", "wss4j_milliseconds"]
