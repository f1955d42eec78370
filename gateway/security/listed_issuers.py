"""Issuers of whom there was ever a revocation list: of them something must be known from then on.

A list that vanishes with its folder must not make good what it took back. What is noted here outlives processes; only
the operator strikes an issuer off, by hand in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509

_log = structlog.get_logger(__name__)

FILE: Final = "listed-issuers"
"""Name of the file in the cache of revocation; one RFC 4514 name a line."""


class ListedIssuers:
    """Names of issuers, in memory and in a file that is only ever added to. `add` is for one thread at a time."""

    def __init__(self, file: Path | None) -> None:
        """Read `file`, which may be missing; without one, what is noted ends with the process.

        Raises `OSError` or `ValueError` for a file that is there and cannot be read.
        """
        self._file = file
        self._names: frozenset[str] = frozenset()
        self._unwritten: frozenset[str] = frozenset()
        if file is not None and file.exists():
            self._names = frozenset(file.read_text("utf-8").splitlines())

    def __contains__(self, name: object) -> bool:
        """Whether there ever was a list in the name of this issuer."""
        return isinstance(name, x509.Name) and _line(name) in self._names

    def add(self, names: Iterable[x509.Name]) -> None:
        """Note these; what cannot be written now is in force all the same, and written with the next that is added."""
        new = frozenset(map(_line, names)) - self._names
        self._names |= new
        self._unwritten |= new
        if self._file is None or not self._unwritten:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # One write to the end: other processes add to the file too, and a line that is there twice does no harm.
            with self._file.open("ab", buffering=0) as file:
                file.write("".join(f"{name}\n" for name in sorted(self._unwritten)).encode())
        except OSError as error:
            _log.warning("revocation.listed-issuers-not-written", cause=type(error).__name__)
        else:
            self._unwritten = frozenset()


def _line(name: x509.Name) -> str:
    """The name on one line; equal names are equal lines whatever kind of string their certificates hold."""
    return " ".join(name.rfc4514_string().split())
