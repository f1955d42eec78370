"""Whatever is done to many cases in whatever order: what is illegal is refused, and what must always hold does.

Each sequence comes from a number, which is told when it fails. `make prove SECONDS=600` plays new sequences on each
store for that many seconds of CPU time and tells how many there were.
"""

from __future__ import annotations

import itertools
import os
import secrets
import time
from collections import Counter
from contextlib import ExitStack

import pytest

from handlers.store.engine import open_store
from handlers.store.schema import migrate
from tests.suites.case_audit import TOLD, Ledger
from tests.suites.case_player import Player

SECONDS = float(os.environ.get("PROVE_SECONDS", "0"))
KNOWN = (213, 120, 108, 101, 106, 104, 109, 29, 47)
"""Numbers of sequences in which, together, nearly everything happens that can, and nearly every ground is told."""
SEQUENCES = 40
STEPS = 60


def played(store, ledger: Ledger, seed: int) -> Counter[str]:
    player = Player(store, ledger, seed)
    try:
        return player.play(STEPS)
    except BaseException as error:
        error.add_note(f"sequence {seed} of {STEPS} steps, the last of them: {player.world.log[-12:]}")
        raise


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
def stores(request, tmp_path):
    """Empty stores at the newest revision, one after the other, on one kind of database."""
    on_postgres = request.param == "postgres"
    cluster = request.getfixturevalue("postgres_cluster") if on_postgres else None

    def opened(closing):
        for place in itertools.count(1):
            url = cluster.new_database() if cluster else f"sqlite:///{tmp_path / f'registers-{place}.sqlite'}"
            store = open_store(url)
            closing.callback(store.close)
            migrate(store)
            yield store

    with ExitStack() as closing:
        yield opened(closing)


@pytest.mark.timeout(120 + 20 * SECONDS)
def test_whatever_is_done_in_whatever_order_illegal_steps_are_refused_and_the_registers_stay_whole(stores):
    total, until = Counter(), time.process_time() + SECONDS
    for store in stores:
        ledger = Ledger(store)
        for seed in [secrets.randbits(32) for _ in range(SEQUENCES)] if SECONDS else KNOWN:
            total += played(store, ledger, seed)
        ledger.audit()
        if time.process_time() >= until:
            break
    if SECONDS:
        print(f"\n{store.url.get_backend_name()}: {dict(sorted(total.items()))}")
    assert total["legal"] > 100
    assert total["illegal"] > 100
    assert {f"event {event}" for event in TOLD} - set(total) <= {"event SENT_BACK"}, "something never happened"
    assert sum(name.startswith("ground ") for name in total) > 20, "most grounds were never told"
