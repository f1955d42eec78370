"""Revocation lists and responders' answers as files: those the operator brings, and those that were fetched.

Both are in force as long as their file lies there. When it is gone, something else must be known of that issuer: what
vanishes makes nothing good. Files are shared by all processes of a host, and outlive them: a
restart within freshness asks nobody. What was fetched is judged again when it is read.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

import structlog
from cryptography import x509

from gateway.security.errors import Indication, UntrustedCertificateError
from gateway.security.listed_issuers import FILE, ListedIssuers
from gateway.security.ocsp import OcspAnswer, OcspError, read_answer
from gateway.security.revocation import Knowledge, SpeaksFor, nobody
from gateway.security.revocation_list import RevocationList

_log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 2.0
"""Seconds between two looks into the folders."""
LIST, ANSWER = ".crl", ".ocsp"
"""How the names of fetched files end."""
_BROUGHT: Final = (".pem", LIST)
_CLAIMS: Final = 16

Missed = Callable[[x509.Certificate, x509.Certificate], None]
"""Told of a certificate and its issuer when nothing fresh was known of one of a chain."""


def _nobody_asks(_certificate: x509.Certificate, _issuer: x509.Certificate) -> None:
    """Nothing fetches here."""


class RevocationFolder:
    """What the files of a folder say, and those of a cache beside it; looked at again from time to time.

    Either folder may be missing or empty when this begins. A file that cannot be read leaves what it held before in
    force, and so does a folder that vanishes or cannot be read. A file that is gone takes it away; its issuer is then
    still one that must be known of. Safe for threads.
    """

    def __init__(
        self,
        folder: Path,
        *,
        cache: Path | None = None,
        authorities: Iterable[x509.Certificate] = (),
        required: bool = False,
        speaks_for: SpeaksFor = nobody,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read both; raises `ValueError` for an unreadable folder, or a brought file that holds no revocation list.

        `authorities`: whose answers in the cache count.
        """
        self._folder = folder
        self._cache = cache
        self._authorities = tuple(authorities)
        self._required = required
        self._speaks_for = speaks_for
        self._monotonic = monotonic
        self._looking = threading.Lock()
        self._held: dict[Path, RevocationList | OcspAnswer] = {}
        self._seen: _Marks = {}
        self.missed: Missed = _nobody_asks
        self._next_look = monotonic() + LOOK_EVERY
        try:
            self._listed = ListedIssuers(None if cache is None else cache / FILE)
            marks = self._marks()
        except OSError as error:
            raise ValueError(f"{error.filename} cannot be read") from error
        self.knowledge = self._of(())
        self._look(marks, at_start=True)

    def check(self, chain: Sequence[x509.Certificate], now: datetime) -> None:
        """See `Revocation.check`; looks into the folders first when that is due."""
        if self._monotonic() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._look_if_changed()
            finally:
                self._looking.release()
        try:
            self.knowledge.check(chain, now)
        except UntrustedCertificateError as error:
            if error.indication is Indication.TRY_LATER:
                for certificate, issuer in pairwise(chain):
                    self.missed(certificate, issuer)
            raise

    def look(self) -> None:
        """Look into the folders now; for whoever does so in the background, so that no call has to."""
        with self._looking:
            self._look_if_changed()

    # --- the cache ----------------------------------------------------------------------------------------------------

    def keep(self, name: str, data: bytes) -> None:
        """Put what was fetched into the cache under `name`, whole or not at all; in force with the next look."""
        assert self._cache is not None
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self._cache / f"{name}.{os.getpid()}.{threading.get_ident()}.new"
        new.write_bytes(data)
        new.replace(self._cache / name)

    def kept_at(self, name: str) -> datetime | None:
        """When `name` was last fetched, by this process or another; None when it is not in the cache."""
        assert self._cache is not None
        try:
            return datetime.fromtimestamp((self._cache / name).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def held(self, name: str) -> RevocationList | OcspAnswer | None:
        """What the file `name` of the cache says."""
        assert self._cache is not None
        return self._held.get(self._cache / name)

    def drop(self, name: str) -> None:
        """Take `name` out of the cache; what it said is no longer in force after the next look."""
        assert self._cache is not None
        (self._cache / name).unlink(missing_ok=True)

    def kept(self) -> list[str]:
        """Names of all that is in the cache."""
        assert self._cache is not None
        return [path.name for path in _files(self._cache, (LIST, ANSWER))] if self._cache.exists() else []

    @contextmanager
    def claim(self, name: str) -> Iterator[bool]:
        """Whether this process is the one of the host to fetch `name` now; ends with the block, or the process."""
        assert self._cache is not None
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        slot = zlib.crc32(name.encode()) % _CLAIMS
        with (self._cache / f"claim-{slot}").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    # --- looking ------------------------------------------------------------------------------------------------------

    def _look_if_changed(self) -> None:
        self._next_look = self._monotonic() + LOOK_EVERY
        try:
            marks = self._marks()
            if marks != self._seen:
                self._look(marks)
        except OSError as error:
            _log.warning("revocation lists not looked at", folder=str(self._folder), cause=type(error).__name__)

    def _marks(self) -> _Marks:
        brought = self._marks_in(self._folder, _BROUGHT)
        return brought | ({} if self._cache is None else self._marks_in(self._cache, (LIST, ANSWER)))

    def _marks_in(self, folder: Path, endings: tuple[str, ...]) -> _Marks:
        """The marks of a folder's files; those seen last when it vanished, so that its files stay in force."""
        try:
            return _marks(folder, endings)
        except FileNotFoundError:
            last = {path: mark for path, mark in self._seen.items() if path.parent == folder}
            if last:
                _log.error("revocation folder gone, its last good lists stay in force", folder=str(folder))
            return last

    def _look(self, marks: _Marks, *, at_start: bool = False) -> None:
        """Read the files that are new or have changed, and put what is good in force in one step."""
        held = {path: known for path, known in self._held.items() if path in marks}
        for path, mark in marks.items():
            if self._seen.get(path) == mark:
                continue
            try:
                held[path] = self._read(path)
            except (OSError, ValueError, OcspError) as error:
                if at_start and path.parent != self._cache:
                    raise ValueError(f"{path} holds no revocation list") from error
                _log.error("revocation list unreadable, the last good one stays in force", file=path.name)
            else:
                _log.info("revocation list read", file=path.name)
        self._listed.add(each.issuer for each in held.values() if isinstance(each, RevocationList))
        self.knowledge = self._of(held.values())
        self._held, self._seen = held, marks

    def _read(self, path: Path) -> RevocationList | OcspAnswer:
        data = path.read_bytes()
        if path.suffix != ANSWER:
            return RevocationList.read(data)
        now, error = datetime.now(UTC), OcspError("OCSP.ISSUER")
        for authority in self._authorities:
            try:
                return read_answer(data, authority, now)
            except OcspError as refused:
                error = refused
        raise error

    def _of(self, held: Iterable[RevocationList | OcspAnswer]) -> Knowledge:
        every = list(held)
        return Knowledge(
            [each for each in every if isinstance(each, RevocationList)],
            [each for each in every if isinstance(each, OcspAnswer)],
            required=self._required,
            speaks_for=self._speaks_for,
            once_listed=self._listed,
        )


_Marks = dict[Path, tuple[int, int, int]]
"""Of each file what changes when it is written anew: time of writing, size, inode."""


def _files(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    """Raises `OSError` when the folder cannot be read: unlike `glob`, which finds it empty."""
    return sorted(path for path in folder.iterdir() if path.suffix in endings)


def _marks(folder: Path, endings: tuple[str, ...]) -> _Marks:
    marks: _Marks = {}
    for path in _files(folder, endings):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue  # replaced or removed at this moment; the next look sees what came of it
        marks[path] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return marks
