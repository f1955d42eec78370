"""Passwords: kept as Argon2id only, checked with the same effort whether or not the account exists."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.faults import RefusalError

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
"""Argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet)."""
_NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgb3duIHNhbHQ$c3VjaCBhIHZhbHVlIGNvbWVzIG9mIG5vIHBhc3N3b3JkLi4"
)
"""A hash of the same effort that no password is known to have."""
_FORM: Final = "$argon2id$"


def hash_password(password: str) -> str:
    """The Argon2id hash of `password`, salted, in PHC format."""
    return _HASHER.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one that `stored` was made of.

    With None (no such account, or no password was issued), or with what is no hash, the same work is done, once, so
    that the time tells nothing (B136).
    """
    try:
        _HASHER.verify(stored if stored is not None and stored.startswith(_FORM) else _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return True


class PasswordWork:
    """Bounds what checking passwords costs a process: 19 MiB and some 20 ms of a processor for each.

    `computing` of them run at a time. `places` threads may be at it, waiting ones included; whoever finds none within
    `patience` seconds is told that there are too many requests, so that no flood holds all request threads. `kept`
    places more are for those only who got in before from where they come: strangers do not keep them out.
    """

    def __init__(self, *, computing: int, places: int, patience: float, kept: int = 1) -> None:
        self._computing = threading.BoundedSemaphore(computing)
        self._places = threading.BoundedSemaphore(max(computing, places))
        self._kept = threading.BoundedSemaphore(kept)
        self._patience = patience

    def matches(self, stored: str | None, password: str, *, known: bool = False) -> bool:
        """As `password_matches`; raises `RefusalError` (`server.overloaded`) when no place became free."""
        with self._place(known=known):
            return password_matches(stored, password)

    def hash(self, password: str) -> str:
        """As `hash_password`; raises `RefusalError` (`server.overloaded`) when no place became free."""
        with self._place():
            return hash_password(password)

    @contextmanager
    def _place(self, *, known: bool = False) -> Iterator[None]:
        found = next((each for each in self._open_to(known=known) if each.acquire(timeout=self._patience)), None)
        if found is None:
            raise RefusalError("server.overloaded", reason="PASSWORD.PLACES")
        try:
            with self._computing:
                yield
        finally:
            found.release()

    def _open_to(self, *, known: bool) -> tuple[threading.Semaphore, ...]:
        return (self._places, self._kept) if known else (self._places,)
