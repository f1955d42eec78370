"""Passwords of persons: kept as Argon2id only, checked with the same effort whether or not the person exists."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with 19 MiB, two passes, one lane (OWASP Password Storage Cheat Sheet)."""


def hash_password(password: str) -> str:
    """The Argon2id hash of `password`, salted, in PHC format."""
    return _HASHER.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one that `stored` was made of.

    With None (no such person, or none was issued) the same work is done, so that the time tells nothing (B136).
    """
    try:
        _HASHER.verify(stored or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
