"""Whether a certificate was taken back: a port, and revocation lists kept as files.

Nothing here ever opens an address found in a certificate (B176). A list is brought to the folder by the operator's own
job; one that is out of date is treated as if nobody knew, never as "not revoked".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final, Protocol

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.security.algorithms import PublicKey
from gateway.security.errors import Indication, UntrustedCertificateError

_log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 10.0
"""Seconds between two looks into a folder of lists."""
_KNOWN_CRITICAL: Final[frozenset[x509.ObjectIdentifier]] = frozenset()
"""Critical CRL extensions we act on: none. A partial list (issuing distribution point, delta) is no answer."""


class Revocation(Protocol):
    """Tells whether certificates are revoked."""

    def check(self, chain: Sequence[x509.Certificate], now: datetime) -> None:
        """Raise `UntrustedCertificateError` (REVOKED; TRY_LATER: cannot be known) for a chain, leaf first."""


class Unchecked:
    """No source of revocation is configured: the stated policy is that enrolment is the control.

    A system's certificate counts only while the operator keeps it enrolled (exact fingerprint), so it is taken back by
    ending the enrolment.
    """

    def check(self, chain: Sequence[x509.Certificate], now: datetime) -> None:
        """Accept every chain."""


class RevocationLists:
    """Full CRLs, one or more for each issuer that has any; an issuer that has one must have a fresh one."""

    def __init__(self, lists: Iterable[x509.CertificateRevocationList], *, required: bool = False) -> None:
        """With `required`, an issuer without any list is answered TRY_LATER too."""
        self._by_issuer: dict[x509.Name, list[x509.CertificateRevocationList]] = {}
        for revoked in lists:
            self._by_issuer.setdefault(revoked.issuer, []).append(revoked)
        self._required = required
        self._genuine: dict[tuple[int, bytes], bool] = {}

    def check(self, chain: Sequence[x509.Certificate], now: datetime) -> None:
        """See `Revocation.check`. The root at the end of the chain answers to nobody."""
        for certificate, issuer in pairwise(chain):
            self._check_one(certificate, issuer, now)

    def _check_one(self, certificate: x509.Certificate, issuer: x509.Certificate, now: datetime) -> None:
        lists = self._by_issuer.get(issuer.subject)
        if lists is None and not self._required:
            return
        genuine = [revoked for revoked in lists or () if self._is_genuine(revoked, issuer)]
        if any(revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) for revoked in genuine):
            raise UntrustedCertificateError(Indication.REVOKED, "CERT.REVOKED")
        if not any(_is_fresh(revoked, now) for revoked in genuine):
            raise UntrustedCertificateError(Indication.TRY_LATER, "CERT.CRL.STALE")

    def _is_genuine(self, revoked: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
        """Whether the issuer signed the list and it is a full one; computed once."""
        key = (id(revoked), issuer.fingerprint(SHA256()))
        if key not in self._genuine:
            self._genuine[key] = _signed_by(revoked, issuer) and not any(
                extension.critical and extension.oid not in _KNOWN_CRITICAL for extension in revoked.extensions
            )
        return self._genuine[key]


class RevocationFolder:
    """The lists in the `*.pem` files of a folder, which may be missing or empty; looked at again from time to time.

    A file that cannot be read leaves the lists that it held before in force; a file that is gone takes its lists away.
    Safe for threads.
    """

    def __init__(
        self, folder: Path, *, required: bool = False, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Read the folder; raises `ValueError` when a file in it holds no revocation list."""
        self._folder = folder
        self._required = required
        self._monotonic = monotonic
        self._looking = threading.Lock()
        self._held: dict[Path, x509.CertificateRevocationList] = {}
        self._seen: _Marks = {}
        self._lists = RevocationLists((), required=required)
        self._next_look = monotonic() + LOOK_EVERY
        self._look(_marks(folder), at_start=True)

    def check(self, chain: Sequence[x509.Certificate], now: datetime) -> None:
        """See `Revocation.check`; looks into the folder first when that is due."""
        if self._monotonic() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._next_look = self._monotonic() + LOOK_EVERY
                marks = _marks(self._folder)
                if marks != self._seen:
                    self._look(marks)
            except OSError as error:
                _log.warning("revocation lists not looked at", folder=str(self._folder), cause=type(error).__name__)
            finally:
                self._looking.release()
        self._lists.check(chain, now)

    def _look(self, marks: _Marks, *, at_start: bool = False) -> None:
        """Read the files that are new or have changed, and put what is good in force in one step."""
        held = {path: revoked for path, revoked in self._held.items() if path in marks}
        for path, mark in marks.items():
            if self._seen.get(path) == mark:
                continue
            try:
                held[path] = x509.load_pem_x509_crl(path.read_bytes())
            except (OSError, ValueError) as error:
                if at_start:
                    raise ValueError(f"{path} holds no revocation list") from error
                _log.error("revocation list unreadable, the last good one stays in force", file=path.name)
            else:
                _log.info("revocation list read", file=path.name)
        self._lists = RevocationLists(held.values(), required=self._required)
        self._held, self._seen = held, marks


_Marks = dict[Path, tuple[int, int, int]]
"""Of each file what changes when it is written anew: time of writing, size, inode."""


def _marks(folder: Path) -> _Marks:
    marks: _Marks = {}
    for path in sorted(folder.glob("*.pem")):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue  # replaced or removed at this moment; the next look sees what came of it
        marks[path] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return marks


def _signed_by(revoked: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    if not isinstance(key, PublicKey):
        return False
    try:
        return revoked.is_signature_valid(key)
    except (InvalidSignature, TypeError, ValueError):
        return False


def _is_fresh(revoked: x509.CertificateRevocationList, now: datetime) -> bool:
    """Whether the list speaks for `now`; one made later than `now` (a receipt's moment) names what was revoked then."""
    until = revoked.next_update_utc
    return until is not None and now <= until
