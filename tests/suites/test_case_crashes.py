"""A process that dies at any moment, or a statement that fails, leaves whole steps of cases behind or none."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from handlers.store.tables_registers import claim
from tests.suites.case_audit import KEPT, Ledger
from tests.suites.case_model import Asked
from tests.suites.case_world import DEFECT, STAFF, World, deliver

KILLS = 20
AYSEL, KAMRAN, LEYLA, _ = STAFF
IR = "INFORMATION_RESOURCES"


class CutOffError(Exception):
    """The database goes away at this statement."""


def test_a_process_killed_at_any_moment_leaves_whole_cases_and_no_gaps(store):
    ledger = Ledger(store)
    command = [sys.executable, "-m", "tests.suites.case_killed", store.url.render_as_string(hide_password=False)]
    with subprocess.Popen([*command, "50001", str(KILLS)], stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdout is not None
        killed = [line.split()[1] for line in nursery.stdout if line.startswith("killed")]
    assert nursery.returncode == 0, "somebody died of something else"
    assert len(killed) == KILLS
    deliver(store)
    rows = ledger.audit()
    assert rows["case_step"] > 3 * rows["register_case"] > 0, "they were killed before they did anything"
    # Whoever comes afterwards goes on with the next number.
    world = World(store, ledger)
    day = world.now.date()
    case = world.submit(world.agencies[0], Asked("REGISTRATION", IR, world.agencies[0], "0", day), world.people[0])
    assert case is not None
    world.check()


class CutOff:
    """Raises at the n-th statement of what is to be written from now on."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, connection, *_about) -> None:
        options = connection.get_execution_options()
        self.left -= not (options.get("store_read_only") or options.get("postgresql_readonly"))
        if self.left == 0:
            raise CutOffError


@contextmanager
def cut_off(store, at: int, *, after: bool):
    """The store fails before (or right `after`) its `at`-th statement."""
    cut = CutOff(at)
    name = "after_cursor_execute" if after else "before_cursor_execute"
    event.listen(store._engine, name, cut)
    try:
        yield cut
    finally:
        event.remove(store._engine, name, cut)


def everything(store):
    with store.reading() as connection:
        return {table.name: Counter(map(repr, connection.execute(select(table)))) for table in (*KEPT, claim)}


def in_review(world, asked: Asked, owner: str):
    case = world.submit(owner, asked, world.people[0])
    assert case is not None
    world.work("take", case, AYSEL)
    world.work("find_complete", case, AYSEL, reason="yoxlanılıb")
    return case


def asked_of(world, kind, name=None, entry=None):
    day = (world.now - timedelta(days=3)).date()
    return Asked(kind, IR, world.agencies[0], name, day, entry=entry, against=len(entry.versions) if entry else 0)


def registration_approved(world):
    """A unit of work with a new entry: decided, entered, its name passed on."""
    case = in_review(world, asked_of(world, "REGISTRATION", "0"), world.agencies[0])
    return lambda: world.work("decide", case, AYSEL, outcome="APPROVED", reason="", ground=None)


def entered(world):
    registration_approved(world)()
    return world.entries()[-1]


def change_approved(world):
    """A unit of work that closes a version, says it again for the time before, and renames the entry."""
    entry = entered(world)
    world.tick(30 * 24 * 60)
    case = in_review(world, asked_of(world, "CHANGE", "1", entry), world.agencies[0])
    return lambda: world.work("decide", case, AYSEL, outcome="APPROVED", reason="", ground=None)


def cancellation_confirmed(world):
    case = in_review(world, asked_of(world, "CANCELLATION", None, entered(world)), world.agencies[0])
    world.work("decide", case, AYSEL, outcome="APPROVED", reason="", ground=None)
    return lambda: world.work("confirm", case, LEYLA)


def application_corrected(world):
    """A command through the dispatcher: its inbox row, the step, its claims and its notice."""
    case = in_review(world, asked_of(world, "REGISTRATION", "0"), world.agencies[0])
    world.work("return", case, AYSEL, defects=(DEFECT,))
    return lambda: world.correct(case, world.agencies[0], asked_of(world, "REGISTRATION", "1"), world.people[0])


def notice_acknowledged(world):
    """Acknowledging what tells of a decision informs the owner: a step of each such case."""
    entered(world)
    deliver(world.store)
    return lambda: world.acknowledge(world.agencies[0], beyond=False)


@pytest.mark.parametrize(
    ("prepared", "after"),
    [
        (registration_approved, False),
        (change_approved, False),
        (change_approved, True),
        (cancellation_confirmed, False),
        (application_corrected, False),
        (notice_acknowledged, False),
    ],
    ids=lambda value: getattr(value, "__name__", "after" if value else "before"),
)
def test_nothing_is_left_of_a_unit_of_work_that_is_cut_off_at_any_of_its_statements(store, prepared, after):
    world = World(store)
    act = prepared(world)
    before, cuts = everything(store), 0
    while True:
        with cut_off(store, cuts + 1, after=after):
            try:
                act()
            except CutOffError:
                cuts += 1
            else:
                break
        assert everything(store) == before, f"something is left of what was cut off at statement {cuts}"
    assert cuts > 10
    assert everything(store) != before
    world.check()
