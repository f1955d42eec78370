"""Keeps revocation known, in a thread of its own: asks the sources before what they said last is out of date.

Never on the path of a call: a call that finds nothing known is refused, and the refresher is told of it. Each source
has its own state; one that fails is left alone for a while that doubles, and does not hold up the others for long.
"""

from __future__ import annotations

import hashlib
import random
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

import structlog
from cryptography import x509

from gateway.security import ocsp
from gateway.security.fetching import Fetcher, FetchError
from gateway.security.ocsp import OcspAnswer, OcspError, Standing, authority_key
from gateway.security.revocation_files import ANSWER, LIST, RevocationFolder
from gateway.security.revocation_list import RevocationList
from gateway.security.sources import Sources

_log = structlog.get_logger(__name__)

_TICK: Final = 5.0
"""Seconds between two looks at what is due."""
_BREATH: Final = 1.0
"""Seconds between two rounds at the least, however many certificates are seen for the first time."""
_FIRST_PAUSE: Final = timedelta(seconds=5)
_LONGEST_PAUSE: Final = timedelta(minutes=5)
_MOST_SEEN: Final = 5_000
"""Certificates seen in messages that are asked about at the most; the one seen first gives way."""
_FORGOTTEN_AFTER: Final = timedelta(days=7)
"""How long an outdated answer stays in the cache."""
_NONCE_BYTES: Final = 32

Enrolled = Callable[[], Iterable[tuple[str, str]]]
"""Gives issuer (RFC 4514) and serial number (decimal) of every enrolled certificate."""


@dataclass(slots=True)
class SourceState:
    """How one address fares."""

    url: str
    failures: int = 0
    cause: str = ""
    """Of the last failure; empty after a success."""
    resumes: datetime | None = None
    """Before this it is left alone."""
    succeeded: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Task:
    """One list of an issuer, or one certificate of it to be asked about; `urls` are tried in their order."""

    name: str
    issuer: x509.Certificate
    urls: tuple[str, ...]
    serial: int | None = None
    """None: a list."""


@dataclass(frozen=True, slots=True)
class RefreshPolicy:
    """When and about whom sources are asked."""

    every: timedelta = timedelta(hours=1)
    """The longest that an answer goes unrenewed; one whose nextUpdate is near is renewed sooner."""
    seen: bool = True
    """Ask about certificates seen for the first time, not about the enrolled ones only."""
    nonce: bool = False
    """Demand that responders answer this very question, not with a prepared answer."""


class Refresher:
    """Asks the sources of a set of authorities and keeps what they say in the files."""

    def __init__(
        self,
        files: RevocationFolder,
        sources: Sources,
        authorities: Iterable[x509.Certificate],
        fetcher: Fetcher,
        *,
        enrolled: Enrolled = tuple,
        policy: RefreshPolicy | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        fetched: Callable[[str], None] = lambda _outcome: None,
    ) -> None:
        """`authorities`: our roots and intermediates; `fetched`: told `ok` or `failed` of every attempt."""
        self._files = files
        self._sources = sources
        self._authorities = tuple({authority_key(each): each for each in authorities}.values())
        self._fetcher = fetcher
        self._enrolled = enrolled
        self._policy = policy or RefreshPolicy()
        self._clock = clock
        self._fetched = fetched
        self._states: dict[str, SourceState] = {}
        self._seen: OrderedDict[tuple[bytes, int], tuple[x509.Certificate, x509.Certificate]] = OrderedDict()
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
        key = (authority_key(issuer), certificate.serial_number)
        if key not in self._seen:
            self._seen[key] = (certificate, issuer)
            while len(self._seen) > _MOST_SEEN:
                self._seen.popitem(last=False)
            self._wake.set()

    def states(self) -> list[SourceState]:
        """How every address fares that was asked so far."""
        return list(self._states.values())

    def round(self, *, all_of_them: bool = False) -> None:
        """Ask whatever is due (or everything) once, one after the other."""
        tasks = list(self._tasks())
        self._files.look()
        looked = monotonic()
        for task in tasks:
            if self._stopped.is_set():
                return
            if all_of_them or self._is_due(task):
                kept_at = self._files.kept_at(task.name)
                with self._files.claim(task.name) as ours:
                    # Another process may have fetched it just before this one could.
                    if ours and self._files.kept_at(task.name) == kept_at:
                        self._do(task, all_of_them=all_of_them)
            if monotonic() - looked > _BREATH:
                self._files.look()
                looked = monotonic()
        self._files.look()
        self._forget({task.name for task in tasks})

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 - a round that ended the thread would end all knowledge with it
                _log.error("revocation.round-failed", error=type(error).__name__)
            self._stopped.wait(_BREATH)
            self._wake.wait(_TICK * self._spread.uniform(0.8, 1.2))
            self._wake.clear()

    # --- what there is to ask -----------------------------------------------------------------------------------------

    def _tasks(self) -> Iterator[_Task]:
        """Lists first: with them a responder's own certificate is judged."""
        asked = self._about()
        lists: dict[str, _Task] = {}
        for certificate, issuer, _serial in asked:
            for url in self._sources.list_urls(certificate, issuer):
                name = _named(LIST, authority_key(issuer), url)
                lists.setdefault(name, _Task(name, issuer, (url,)))
        for issuer in self._authorities:
            for url in self._sources.list_urls(None, issuer):
                name = _named(LIST, authority_key(issuer), url)
                lists.setdefault(name, _Task(name, issuer, (url,)))
        yield from lists.values()
        for certificate, issuer, serial in asked:
            urls = self._sources.responder_urls(certificate, issuer)
            if urls:
                yield _Task(_named(ANSWER, authority_key(issuer), str(serial)), issuer, urls, serial)

    def _about(self) -> list[tuple[x509.Certificate | None, x509.Certificate, int]]:
        """Certificates to ask about, each with its issuer: our intermediates, the enrolled ones, those seen."""
        by_name: dict[str, list[x509.Certificate]] = {}
        for each in self._authorities:
            by_name.setdefault(each.subject.rfc4514_string(), []).append(each)
        enrolled = {(name, int(serial)) for name, serial in self._enrolled()}
        found: dict[tuple[bytes, int], tuple[x509.Certificate | None, x509.Certificate, int]] = {}
        for each in self._authorities:
            if each.subject != each.issuer:
                for issuer in by_name.get(each.issuer.rfc4514_string(), ()):
                    found[authority_key(issuer), each.serial_number] = each, issuer, each.serial_number
        for name, serial in enrolled:
            for issuer in by_name.get(name, ()):
                found[authority_key(issuer), serial] = None, issuer, serial
        now = self._clock()
        for key, (certificate, issuer) in list(self._seen.items()):
            serial = certificate.serial_number
            is_enrolled = key in found or (issuer.subject.rfc4514_string(), serial) in enrolled
            if (self._policy.seen or is_enrolled) and now <= certificate.not_valid_after_utc:
                found[key] = certificate, issuer, serial
        return list(found.values())

    def _is_due(self, task: _Task) -> bool:
        """Whether `task` is to be done now. When it will be is computed once, from the file all processes share."""
        now = self._clock()
        if now < self._due.get(task.name, now) or not any(self._may_be_asked(url, now) for url in task.urls):
            return False
        kept_at, held = self._files.kept_at(task.name), self._files.held(task.name)
        if kept_at is None or held is None or held.until is None:
            return True
        life = min(self._policy.every, max(timedelta(0), held.until - kept_at) / 2)
        self._due[task.name] = kept_at + life * self._spread.uniform(0.9, 1.0)
        return now >= self._due[task.name]

    # --- asking -------------------------------------------------------------------------------------------------------

    def _do(self, task: _Task, *, all_of_them: bool) -> None:
        """Ask the addresses of `task` until one gives something that may be kept."""
        self._due.pop(task.name, None)
        for url in task.urls:
            state = self._states.setdefault(url, SourceState(url))
            if not all_of_them and not self._may_be_asked(url, self._clock()):
                continue
            try:
                data = self._fetch_list(task, url) if task.serial is None else self._fetch_answer(task, url)
                self._files.keep(task.name, data)
            except FetchError as error:
                self._failed(state, task, str(error))
                state.resumes = self._due[task.name]
            except (OcspError, ValueError) as error:
                # The source is there, what it says of this certificate is of no use: others are still asked about.
                self._failed(state, task, str(error))
            except OSError as error:
                self._failed(state, task, type(error).__name__)
            else:
                self._due.pop(task.name, None)
                self._succeeded(state)
                return

    def _fetch_list(self, task: _Task, url: str) -> bytes:
        data = self._fetcher.get(url)
        try:
            fetched = RevocationList.read(data)
        except ValueError as error:
            raise ValueError("CRL.FORM") from error
        if not fetched.is_by(task.issuer):
            raise ValueError("CRL.SIGNER")
        self._require_current(task, fetched)
        return data

    def _fetch_answer(self, task: _Task, url: str) -> bytes:
        assert task.serial is not None
        nonce = secrets.token_bytes(_NONCE_BYTES) if self._policy.nonce else None
        question = ocsp.request_for(task.issuer, task.serial, nonce)
        data = self._fetcher.post(url, question, ocsp.REQUEST_TYPE)
        answer = ocsp.read_answer(data, task.issuer, self._clock(), serial=task.serial, nonce=nonce)
        self._require_current(task, answer)
        return data

    def _require_current(self, task: _Task, fetched: RevocationList | OcspAnswer) -> None:
        """Refuse what is out of date, from the future, or older than what is held (sent again by somebody between)."""
        now, held = self._clock(), self._files.held(task.name)
        if fetched.until is None or fetched.until < now:
            raise ValueError("STALE")
        if fetched.issued_at > now + timedelta(minutes=5):
            raise ValueError("FUTURE")
        if held is not None and fetched.issued_at < held.issued_at:
            raise ValueError("OLDER")

    # --- how sources fare ---------------------------------------------------------------------------------------------

    def _may_be_asked(self, url: str, now: datetime) -> bool:
        state = self._states.get(url)
        return state is None or state.resumes is None or now >= state.resumes

    def _failed(self, state: SourceState, task: _Task, cause: str) -> None:
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(state.failures, 10)) * self._spread.uniform(0.5, 1.0)
        state.failures += 1
        state.cause = cause
        self._due[task.name] = self._clock() + pause
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


def _named(ending: str, authority: bytes, rest: str) -> str:
    """The name of the file in the cache; an address or a serial number says nothing of itself in it."""
    return hashlib.sha256(authority + rest.encode()).hexdigest()[:40] + ending
