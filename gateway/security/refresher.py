"""Keeps revocation known, in a thread of its own: asks the sources before what they said last is out of date.

Never on the path of a call: a call that finds nothing known is refused, and the refresher is told of it. Each source
has its own state; one that fails is left alone for a while that doubles, and does not hold up the others for long.
"""

from __future__ import annotations

import random
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

import structlog
from cryptography import x509

from gateway.security import ocsp
from gateway.security.fetching import Fetcher, FetchError
from gateway.security.inquiries import Inquiries, Inquiry
from gateway.security.ocsp import OcspAnswer, OcspError, Standing, authority_key
from gateway.security.revocation_files import RevocationFolder
from gateway.security.revocation_list import RevocationList

_log = structlog.get_logger(__name__)

_TICK: Final = 1.0
"""Seconds between two looks at what is due."""
_BREATH: Final = 1.0
"""Seconds between two rounds at the least, however many certificates are seen for the first time."""
_FIRST_PAUSE: Final = timedelta(seconds=5)
_LONGEST_PAUSE: Final = timedelta(minutes=5)
_FORGOTTEN_AFTER: Final = timedelta(days=7)
"""How long an outdated answer stays in the cache."""
_NONCE_BYTES: Final = 32


@dataclass(slots=True)
class SourceState:
    """How one address fares."""

    url: str
    issuers: set[bytes] = field(default_factory=set)
    """`authority_key` of everyone it was asked about."""
    failures: int = 0
    cause: str = ""
    """Of the last failure; empty after a success."""
    resumes: datetime | None = None
    """Before this it is left alone."""
    succeeded: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefreshPolicy:
    """When sources are asked, and how."""

    every: timedelta = timedelta(hours=1)
    """The longest that an answer goes unrenewed; one whose nextUpdate is near is renewed sooner."""
    nonce: bool = False
    """Demand that responders answer this very question, not with a prepared answer."""


class Refresher:
    """Asks the sources of a set of authorities and keeps what they say in the files."""

    def __init__(
        self,
        files: RevocationFolder,
        inquiries: Inquiries,
        fetcher: Fetcher,
        *,
        policy: RefreshPolicy | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        fetched: Callable[[str], None] = lambda _outcome: None,
    ) -> None:
        """`fetched` is told `ok` or `failed` of every attempt."""
        self._files = files
        self._inquiries = inquiries
        self._fetcher = fetcher
        self._policy = policy or RefreshPolicy()
        self._clock = clock
        self._fetched = fetched
        self._states: dict[str, SourceState] = {}
        self._due: dict[str, datetime] = {}
        self._spread = random.Random()  # noqa: S311 - spreads moments, guards nothing
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="revocation", daemon=True)
        files.missed = self.want

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being fetched."""
        self._stopped.set()
        self._wake.set()

    def want(self, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
        """Ask about `certificate` soon; called on the path of a message, so it only takes note."""
        if self._inquiries.add(certificate, issuer):
            self._wake.set()

    def states(self) -> list[SourceState]:
        """How every address fares that was asked so far."""
        return list(self._states.values())

    def round(self, *, everything: bool = False) -> None:
        """Ask whatever is due (or everything) once, one after the other."""
        inquiries = self._inquiries.to_make(self._clock())
        self._files.look()
        looked = monotonic()
        for inquiry in inquiries:
            if self._stopped.is_set():
                return
            if everything or self._is_due(inquiry):
                kept_at = self._files.kept_at(inquiry.name)
                with self._files.claim(inquiry.name) as ours:
                    # Another process may have fetched it just before this one could.
                    if ours and self._files.kept_at(inquiry.name) == kept_at:
                        self._do(inquiry, everything=everything)
            if monotonic() - looked > _BREATH:
                self._files.look()
                looked = monotonic()
        self._files.look()
        self._forget({inquiry.name for inquiry in inquiries})

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 - a round that ended the thread would end all knowledge with it
                _log.error("revocation.round-failed", error=type(error).__name__)
            self._stopped.wait(_BREATH)
            self._wake.wait(_TICK * self._spread.uniform(0.8, 1.2))
            self._wake.clear()

    def _is_due(self, inquiry: Inquiry) -> bool:
        """Whether `inquiry` is to be done now. When it will be is computed once, from the file all processes share."""
        now = self._clock()
        if now < self._due.get(inquiry.name, now) or not any(self._may_be_asked(url, now) for url in inquiry.urls):
            return False
        kept_at, held = self._files.kept_at(inquiry.name), self._files.held(inquiry.name)
        if kept_at is None or held is None or held.until is None:
            return True
        life = min(self._policy.every, max(timedelta(0), held.until - kept_at) / 2)
        self._due[inquiry.name] = kept_at + life * self._spread.uniform(0.9, 1.0)
        return now >= self._due[inquiry.name]

    # --- asking -------------------------------------------------------------------------------------------------------

    def _do(self, inquiry: Inquiry, *, everything: bool) -> None:
        """Ask the addresses of `inquiry` until one gives something that may be kept."""
        self._due.pop(inquiry.name, None)
        for url in inquiry.urls:
            state = self._states.setdefault(url, SourceState(url))
            state.issuers.add(authority_key(inquiry.issuer))
            if not everything and not self._may_be_asked(url, self._clock()):
                continue
            try:
                data = self._fetch_list(inquiry, url) if inquiry.serial is None else self._fetch_answer(inquiry, url)
                self._files.keep(inquiry.name, data)
            except FetchError as error:
                self._failed(state, inquiry, str(error))
                state.resumes = self._due[inquiry.name]
            except (OcspError, ValueError) as error:
                # The source is there, what it says of this certificate is of no use: others are still asked about.
                self._failed(state, inquiry, str(error))
            except OSError as error:
                self._failed(state, inquiry, type(error).__name__)
            else:
                self._due.pop(inquiry.name, None)
                self._succeeded(state)
                return

    def _fetch_list(self, inquiry: Inquiry, url: str) -> bytes:
        data = self._fetcher.get(url)
        try:
            fetched = RevocationList.read(data)
        except ValueError as error:
            raise ValueError("CRL.FORM") from error
        if not fetched.is_by(inquiry.issuer):
            raise ValueError("CRL.SIGNER")
        self._require_current(inquiry, fetched)
        return data

    def _fetch_answer(self, inquiry: Inquiry, url: str) -> bytes:
        assert inquiry.serial is not None
        nonce = secrets.token_bytes(_NONCE_BYTES) if self._policy.nonce else None
        question = ocsp.request_for(inquiry.issuer, inquiry.serial, nonce)
        data = self._fetcher.post(url, question, ocsp.REQUEST_TYPE)
        answer = ocsp.read_answer(data, inquiry.issuer, self._clock(), serial=inquiry.serial, nonce=nonce)
        self._require_current(inquiry, answer)
        return data

    def _require_current(self, inquiry: Inquiry, fetched: RevocationList | OcspAnswer) -> None:
        """Refuse what is out of date, from the future, or older than what is held (sent again by somebody between)."""
        now, held = self._clock(), self._files.held(inquiry.name)
        if fetched.until is None or fetched.until < now:
            raise ValueError("STALE")
        if fetched.issued_at > now + timedelta(minutes=5):
            raise ValueError("FUTURE")
        if held is not None and fetched.issued_at < held.issued_at:
            raise ValueError("OLDER")
        if _is_revoked_for_good(held) and not _is_revoked_for_good(fetched):
            raise ValueError("UNREVOKED")  # only a hold is ever lifted

    # --- how sources fare ---------------------------------------------------------------------------------------------

    def _may_be_asked(self, url: str, now: datetime) -> bool:
        state = self._states.get(url)
        return state is None or state.resumes is None or now >= state.resumes

    def _failed(self, state: SourceState, inquiry: Inquiry, cause: str) -> None:
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(state.failures, 10)) * self._spread.uniform(0.5, 1.0)
        state.failures += 1
        state.cause = cause
        self._due[inquiry.name] = self._clock() + pause
        self._fetched("failed")
        _log.warning("revocation.source-failed", source=state.url, cause=cause, failures=state.failures)

    def _succeeded(self, state: SourceState) -> None:
        if state.failures:
            _log.info("revocation.source-back", source=state.url, failures=state.failures)
        state.failures, state.cause, state.resumes, state.succeeded = 0, "", None, self._clock()
        self._fetched("ok")

    def _forget(self, wanted: set[str]) -> None:
        """Drop outdated answers about certificates nobody asks about any more; what was revoked stays known."""
        now = self._clock()
        for name in self._files.kept():
            held = self._files.held(name)
            if (
                name not in wanted
                and isinstance(held, OcspAnswer)
                and held.standing in (Standing.GOOD, Standing.UNKNOWN)
                and held.until + _FORGOTTEN_AFTER < now
            ):
                self._files.drop(name)


def _is_revoked_for_good(known: RevocationList | OcspAnswer | None) -> bool:
    return isinstance(known, OcspAnswer) and known.standing is Standing.REVOKED
