"""Positions, flips, guards, other verifiers, the fuzzer: what is generated without a name of its own."""

import random

import pytest

from tests.attacks import differential, guards
from tests.attacks.fuzz import mutate, seeded
from tests.attacks.run import totals
from tests.attacks.sweep import flips, sweep
from tests.attacks.targets import in_process


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with in_process(tmp_path_factory.mktemp("attacks")) as target:
        yield target.world


def test_wherever_a_signed_part_is_moved_nothing_unsigned_is_read(world):
    found = sweep(world, stride=16)
    assert found.tried >= 2_000
    assert (found.accepted, found.crashed) == ([], [])


def test_a_single_bit_turned_over_is_refused_or_means_the_same(world):
    found = flips(world, 600)
    assert found.tried >= 200
    assert (found.accepted, found.crashed) == ([], [])


def test_without_any_one_guard_an_entry_of_the_corpus_gets_through(world):
    killed, alive = guards.survivors(world)
    assert alive == []
    assert len(killed) >= 36


def test_whatever_we_accept_other_verifiers_accept(world):
    found = differential.compare(world, commands=False, most=3)
    assert found.accepted > 100
    assert set(found.alone) <= set(differential.KNOWN)


def test_changed_seeds_are_refused_or_mean_the_same(world):
    fuzzer, dice = seeded(world), random.Random(1)
    for _ in range(1_500):
        fuzzer.one(mutate(fuzzer.messages + fuzzer.files * 20, dice))
    assert len(fuzzer.lawful) > 50


def test_the_last_line_has_the_form_that_was_promised():
    found = totals([], [], [], 0)
    assert found.line() == (
        "attacks: 0 entries, 0 cases, 0 wrapping positions, 0 flips; accepted wrongly 0, crashed 0, connects 0; "
        "good ones accepted 0 of 0"
    )
