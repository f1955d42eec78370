"""The watch over the clocks of cases as it runs beside the relay."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from gateway.background import clock_watch
from gateway.clock_watch import ClockWatch
from gateway.settings import Settings
from handlers.cases.clock_keeping import clocks_of
from handlers.cases.model import Case, CaseEvent, CaseState, CaseStep, CaseType
from handlers.registration.model import ConfirmationMethod, Register
from handlers.store import cases
from handlers.store.engine import open_store
from handlers.store.schema import migrate
from tests.suites.brokers import until
from tests.unit.handlers.registration.examples import CONFIRMATION, REGISTRATION

NOW = datetime(2026, 2, 2, 5, 0, tzinfo=UTC)
NUMBER = "2026/IR-000001"


@pytest.fixture
def store(tmp_path):
    """A store with a case that an earlier release took in: it has no clock yet."""
    store = open_store(f"sqlite:///{tmp_path / 'r.db'}")
    migrate(store)
    case = Case(
        number=NUMBER,
        tracking_id="t-1",
        type=CaseType.REGISTRATION,
        register=Register.INFORMATION_RESOURCES,
        state=CaseState.RECEIVED,
        applicant="JUSTICE",
        representative="5ABC12D",
        confirmation=ConfirmationMethod.XADES,
        subject="one",
        received_at=NOW,
        event_date=NOW.date(),
        due_date=NOW.date() + timedelta(days=20),
        late=False,
        steps=(CaseStep(sequence=1, at=NOW, actor="o", event=CaseEvent.RECEIVED, to_state=CaseState.RECEIVED),),
    )
    with store.writing() as connection:
        cases.add_case(connection, case, application=REGISTRATION, confirmation=CONFIRMATION, recorded_at=NOW)
    yield store
    store.close()


def test_each_firing_is_a_line_in_the_log_without_names_of_persons(store):
    now = [NOW]
    watch = ClockWatch(store, lambda: now[0])
    told = []
    for day in range(35):
        now[0] = NOW + timedelta(days=day)
        with capture_logs() as logs:
            watch.look()
        told += [(day, log["event"], log.get("kind"), log.get("clock")) for log in logs]
    assert told == [
        (0, "clocks.started", None, None),
        (8, "clock.fired", "WARNED", "COMPLETENESS"),
        (10, "clock.fired", "BREACHED", "COMPLETENESS"),
        (22, "clock.fired", "WARNED", "DECISION_RESOURCE"),
        (29, "clock.fired", "BREACHED", "DECISION_RESOURCE"),
    ]


def test_it_runs_until_it_is_stopped_by_the_terms_that_the_settings_name(store, tmp_path):
    file = tmp_path / "terms.toml"
    file.write_text('[[term]]\ncode = "COMPLETENESS"\nlength = 1\nsource = "Order 1"\nvalid_from = 2026-01-01\n')
    watch = clock_watch(Settings(terms=str(file)), store, lambda: NOW)
    watch.start()
    deadline = time.monotonic() + 10
    found = ()
    while not found and time.monotonic() < deadline:
        time.sleep(0.01)
        with store.reading() as connection:
            found = clocks_of(connection, NUMBER)
    assert watch.stop(5)
    assert (found[0].code, found[0].due_on) == ("COMPLETENESS", date(2026, 2, 3))


def test_a_store_that_is_away_ends_no_watch(tmp_path):
    away = open_store(f"sqlite:///{tmp_path / 'nowhere' / 'r.db'}")
    looks = []

    class Counting(ClockWatch):
        def look(self):
            looks.append(NOW)
            return super().look()

    watch = Counting(away, lambda: NOW, every=0.01)
    watch.start()
    until(lambda: len(looks) >= 2)
    assert watch.stop(5)
    away.close()
