"""A signed question is answered once: every further copy is refused, by every process (security §0, B138 to B142).

Looking and remembering are one statement in a memory that all processes share. The first request thread that comes asks
it for all that wait by then; those that come meanwhile wait for their turn, and the next of them asks for all the rest.
So many callers share the cost, and one alone pays for no thread but its own. Commands are not asked about: the inbox
makes their repetition harmless.

Decision 005 tells what happens while the memory is away.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import deque
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from math import ceil
from time import monotonic
from typing import Final, Protocol

import structlog

from gateway.faults import RefusalError
from handlers.clock import Clock
from handlers.store.ports import StoreConflictError, StoreUnavailableError
from handlers.store.seen_questions import SeenQuestion

_log = structlog.get_logger(__name__)

PATIENCE: Final = 1.5
"""Seconds a question waits for its verdict at the most."""
_AT_ONCE: Final = 64
"""Questions one statement carries at the most."""
_TIDYING: Final = 10.0
"""Seconds between two rounds of forgetting."""
_FORGOTTEN_AT_ONCE: Final = 5_000
"""Rows that one statement forgets, so that no question waits long behind it."""
_AGAIN: Final = 1.0
"""Seconds between two attempts while the memory is away."""
_HELD: Final = 250_000
"""Questions that a process remembers itself at the most, some 60 MB; one more is not answered without the store."""
_DIGEST: Final = 32


class QuestionMemory(Protocol):
    """What all processes of an installation remember together."""

    def remember(self, questions: Sequence[SeenQuestion]) -> Collection[SeenQuestion]:
        """Keep these; those returned were not there before. Raises `StoreUnavailableError`, `StoreConflictError`."""

    def prune(self, before: int, at_most: int) -> int:
        """Forget up to `at_most` that expired before that second since 1970; how many they were."""

    def close(self) -> None:
        """Release what is held."""


class SignedQuestion(Protocol):
    """What of a verified envelope tells it from every other."""

    @property
    def signed_info_digest(self) -> bytes:
        """SHA-256 over what was signed; without a signature, over the whole canonical message."""

    @property
    def expires(self) -> datetime:
        """Until when the message is fresh, by its own word, which the digest covers."""


def recognisable(agency: str, question: SignedQuestion) -> SeenQuestion:
    """What every copy of `question` shares, and no other question has.

    The sender is the agency, not the certificate: a token need not be signed, and while a certificate is renewed for
    the same key, a copy that carries the other certificate would verify too. Another agency cannot use up a question
    by signing its SignedInfo first. Raises `ValueError` for an envelope that bears no digest.
    """
    digest = question.signed_info_digest
    if len(digest) != _DIGEST:
        raise ValueError("a question without a digest cannot be told from its copies")
    key = hashlib.sha256(agency.encode() + b"\0" + digest).digest()
    return SeenQuestion(ceil(question.expires.timestamp()), key)


class _Verdict(Enum):
    FIRST = "first"
    SEEN = "seen"
    UNKNOWN = "unknown"
    """The memory could not be asked."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """A question whose verdict is asked for."""

    seen: SeenQuestion
    verdict: _Verdict | None = None
    """Written once, by the thread that asked the memory."""


class ReplayGuard:
    """Tells the first copy of a question from all others. Shared by all request threads of a process."""

    def __init__(
        self, memory: QuestionMemory, *, without_store: Collection[str], clock: Clock, clock_skew: timedelta
    ) -> None:
        """`without_store`: operations (`service.Operation`) that can be answered with the store away.

        `clock_skew`: how far clocks may differ; so much longer than its Expires a question is remembered.
        """
        self._memory = memory
        self._without_store = frozenset(without_store)
        self._clock = clock
        self._skew = clock_skew
        self._waiting: deque[_Waiting] = deque()
        self._turn = threading.Lock()
        """Whoever holds it asks the memory for all who wait."""
        self._away = False
        self._own: set[SeenQuestion] = set()
        self._owed: list[SeenQuestion] = []
        self._own_lock = threading.Lock()
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="replay", daemon=True)

    def start(self) -> None:
        """Begin to forget what is over, and to look for a memory that is away."""
        self._keeper.start()

    def stop(self) -> None:
        """End that, and release the memory."""
        self._ending.set()
        if self._keeper.is_alive():
            self._keeper.join(PATIENCE)
        self._memory.close()

    def require_first(self, agency: str, operation: str, question: SignedQuestion) -> None:
        """Return when this is the first copy of a question of `operation`, and remember it.

        Raises `RefusalError` (`client.security.replayed`) for any other, and `StoreUnavailableError` when that cannot
        be found out and the operation needs the store anyway. One that needs none is looked up among those that this
        process answered; there is no room for more than `_HELD` of them.
        """
        seen = recognisable(agency, question)
        verdict = _Verdict.UNKNOWN if self._away else self._verdict_on(_Waiting(seen))
        first = verdict is not _Verdict.SEEN
        if operation in self._without_store:
            first = self._first_here(seen, shared=verdict is not _Verdict.UNKNOWN) and first
        elif verdict is _Verdict.UNKNOWN:
            raise StoreUnavailableError("it cannot be found out whether this question was answered before")
        if not first:
            raise RefusalError("client.security.replayed", reason="REPLAY.SEEN")

    def available(self) -> bool:
        """Whether the shared memory answered when it was last asked."""
        return not self._away

    def _verdict_on(self, waiting: _Waiting) -> _Verdict:
        """Wait for the turn: by then another thread has asked for this one too, or it is for this one to ask."""
        self._waiting.append(waiting)
        if self._turn.acquire(timeout=PATIENCE):
            try:
                while waiting.verdict is None:
                    self._settle(self._taken())
            finally:
                self._turn.release()
        if waiting.verdict is None:  # whoever asks is kept waiting, and so would be all who come now
            self._away = True
            return _Verdict.UNKNOWN
        return waiting.verdict

    def _first_here(self, seen: SeenQuestion, *, shared: bool) -> bool:
        """Whether this process did not answer it yet; from here on it has."""
        with self._own_lock:
            if seen in self._own:
                return False
            if len(self._own) >= _HELD:
                raise StoreUnavailableError("as many questions as can be remembered here are")
            self._own.add(seen)
            if not shared:
                self._owed.append(seen)
        if not shared:
            _log.warning("replay.own-memory-only")
        return True

    # What follows is done by the thread whose turn it is.

    def _taken(self) -> list[_Waiting]:
        """Those who wait, in the order they came, as many as one statement carries."""
        batch: list[_Waiting] = []
        with suppress(IndexError):
            while len(batch) < _AT_ONCE:
                batch.append(self._waiting.popleft())
        return batch

    def _settle(self, batch: list[_Waiting]) -> None:
        """Ask the memory about all of `batch` at once, and give each its verdict."""
        firsts: dict[SeenQuestion, _Waiting] = {}
        for waiting in batch:
            if firsts.setdefault(waiting.seen, waiting) is not waiting:
                waiting.verdict = _Verdict.SEEN
        try:
            new = self._memory.remember(list(firsts))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the memory, all who wait must be told
            self._note_away(error)
            for waiting in firsts.values():
                waiting.verdict = _Verdict.UNKNOWN
            return
        for seen, waiting in firsts.items():
            waiting.verdict = _Verdict.FIRST if seen in new else _Verdict.SEEN

    def _note_away(self, error: Exception) -> None:
        expected = isinstance(error, StoreUnavailableError | StoreConflictError)
        _log.log(30 if expected else 40, "replay.memory-away", error=type(error).__name__)
        self._away = True

    # What follows is done by the keeper's thread.

    def _keep(self) -> None:
        tidy_at = monotonic() + _TIDYING
        while not self._ending.wait(_AGAIN):
            try:
                tidying = monotonic() >= tidy_at
                if tidying:
                    tidy_at = monotonic() + _TIDYING
                    self._forget_own()  # first: what follows fails for as long as the memory is away
                if self._away or self._owed:
                    self._return()
                if tidying:
                    self._tidy()
            except Exception as error:  # noqa: BLE001 - without this thread nothing would be forgotten or found again
                self._note_away(error)

    def _return(self) -> None:
        """Tell the shared memory what was answered without it; when it takes that and keeps it, it is back."""
        while not self._ending.is_set():
            with self._own_lock:
                owed = self._owed[:_AT_ONCE]
            probe = SeenQuestion(0, secrets.token_bytes(_DIGEST))  # over since 1970: gone with the next tidying
            with self._turn:
                self._memory.remember(owed or [probe])
            if not owed:
                self._away = False
                _log.info("replay.memory-back")
                return
            with self._own_lock:
                del self._owed[: len(owed)]

    def _over(self) -> int:
        """The second (since 1970) before which a question must have expired for its copies to be stale anyway."""
        return int((self._clock() - self._skew).timestamp())

    def _forget_own(self) -> None:
        before = self._over()
        with self._own_lock:
            self._own = {seen for seen in self._own if seen.expires >= before}
            self._owed = [seen for seen in self._owed if seen.expires >= before]

    def _tidy(self) -> None:
        before = self._over()
        forgotten = _FORGOTTEN_AT_ONCE
        while forgotten == _FORGOTTEN_AT_ONCE and not self._away:
            with self._turn:
                forgotten = self._memory.prune(before, _FORGOTTEN_AT_ONCE)
