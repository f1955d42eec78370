"""`gateway registers import` is killed at random moments; run again, nothing is missing, double or skipped."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

from handlers.store.engine import open_store
from handlers.store.tables_imports import import_batch, import_row
from handlers.store.tables_registers import claim, entry_version, number_series
from tests.acceptance.installation import Installation
from tests.unit.gateway.importing.examples import table

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

ROWS = 3_000
DEATHS = 2


@pytest.fixture
def installation(tmp_path):
    """An initialised installation on SQLite; nothing runs."""
    with Installation(tmp_path) as made:
        made.init()
        yield made


def killed(installation, arguments, progress, picks):
    """Run the command, kill it (SIGKILL) a while after its first unit of work, `DEATHS` times, then let it end."""
    for death in range(DEATHS):
        process = started(installation, arguments)
        before = progress()
        deadline = time.monotonic() + 30
        while progress() == before and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(picks.uniform(0, 0.3))
        assert death or process.poll() is None, "it is killed in the middle"
        os.kill(process.pid, signal.SIGKILL)  # it was not waited for: the id is still its own
        process.communicate()
    process = started(installation, arguments)
    _, errors = process.communicate()
    assert process.returncode == 0, errors


def started(installation, arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", *arguments],
        env=installation.env, cwd=installation.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def numbers(store, prefix):
    with store.reading() as connection:
        found = connection.scalars(
            select(entry_version.c.number)
            .where(entry_version.c.number.startswith(prefix), entry_version.c.actor.startswith("import:"))
            .order_by(entry_version.c.row)
        )
        return list(found)


def test_killed_at_random_moments_an_import_ends_without_gap_double_or_loss(installation):
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    picks = random.Random(seed)
    path = installation.folder / "paper.csv"
    path.write_text(
        table(*({"owner": "MOJ", "shortName": f"A{n}", "oldNumber": f"{n}/99"} for n in range(1, ROWS + 1)))
    )
    store = open_store(f"sqlite:///{installation.home / 'registers.db'}")

    def progress(column):
        def look():
            with store.reading() as connection:
                return connection.scalar(select(func.max(column)))

        return look

    killed(installation, ["registers", "import", str(path), "--show", "0"], progress(import_batch.c.rows), picks)
    with store.reading() as connection:
        batch = connection.execute(select(import_batch)).mappings().one()
    assert (batch["state"], batch["rows"], batch["ready"]) == ("PREVIEWED", ROWS, ROWS)
    assert numbers(store, "IR-") == []

    applying = ["registers", "import", str(path), "--apply", "--show", "0"]
    killed(installation, applying, progress(import_batch.c.applied_through), picks)
    given = numbers(store, "IR-")
    first = int(given[0].removeprefix("IR-"))
    assert given == [f"IR-{number:06d}" for number in range(first, first + ROWS)], "no gap, no double, in order"
    with store.reading() as connection:
        batch = connection.execute(select(import_batch)).mappings().one()
        rows = connection.execute(
            select(import_row.c.entry_number).where(import_row.c.outcome == "APPLIED").order_by(import_row.c.position)
        )
        assert [row.entry_number for row in rows] == given, "each row has the entry it became"
        last = connection.scalar(select(number_series.c.last).where(number_series.c.series == "entry:IR"))
        names = select(func.count()).select_from(claim).where(claim.c.holder.in_(select(import_row.c.entry_number)))
        assert connection.scalar(names) == 2 * ROWS, "its short name and its old number"
    assert (batch["state"], batch["applied"], last) == ("APPLIED", ROWS, first + ROWS - 1)
    store.close()
