"""Tries at passwords, as all processes know them: each function is one step inside a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from handlers.parties.throttling import (
    NOTHING,
    Scope,
    Source,
    Tally,
    account,
    after_failure,
    after_success,
    counted,
    worth_keeping_until,
)
from handlers.parties.throttling import keys as throttling_keys
from handlers.store import password_tallies


def standing(connection: Connection, keys: Mapping[Scope, str]) -> Mapping[Scope, Tally]:
    """What is known in every scope of a try."""
    found = password_tallies.read(connection, tuple(keys.values()))
    return {scope: found.get(key, NOTHING) for scope, key in keys.items()}


def record_failure(connection: Connection, keys: Mapping[Scope, str], now: datetime) -> None:
    """Count a wrong password in the scopes that hold for it."""
    password_tallies.forget(connection, now)
    # Always in the same order, so that two tries never wait for each other.
    taken = {scope: password_tallies.take(connection, key, now) for scope, key in sorted(keys.items())}
    for scope in counted(taken, now):
        tally = after_failure(scope, taken[scope], now)
        password_tallies.put(connection, keys[scope], tally, worth_keeping_until(scope, tally) or now)


def forgive(connection: Connection, kind: str, login: str, now: datetime) -> None:
    """Forget the wrong passwords that strangers gave for an account, wherever they came from.

    Written down as a success of the account, which also forgives what serving processes counted for themselves.
    """
    scope = Scope.ACCOUNT
    key = throttling_keys(account(kind, login), Source("", ""))[scope]
    password_tallies.take(connection, key, now)
    tally = after_success(now)
    password_tallies.put(connection, key, tally, worth_keeping_until(scope, tally) or now)


def record_success(connection: Connection, keys: Mapping[Scope, str], now: datetime) -> None:
    """Remember that the right password came from this source, and forget the wrong ones before it."""
    scope = Scope.ACCOUNT_AT_SOURCE
    password_tallies.take(connection, keys[scope], now)
    tally = after_success(now)
    password_tallies.put(connection, keys[scope], tally, worth_keeping_until(scope, tally) or now)
