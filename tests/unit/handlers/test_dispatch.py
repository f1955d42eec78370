"""How a message becomes a unit of work, and what is raised when it cannot."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from handlers import dispatch
from handlers.dispatch import CommandDispatcher, EventDispatcher
from handlers.leaving import event_message
from handlers.messages import NoticeDue
from handlers.notices.model import NoticeKind
from handlers.store.ports import StoreConflictError, StoreUnavailableError
from queues import steps
from queues.errors import HoldError, UndecodableError
from tests.suites.stage import NOW, Effects, accepted, message, ticking

EVENT = NoticeDue(
    event_id="e-1",
    agency="MIA",
    kind=NoticeKind.BATCH_APPLIED,
    tracking_id="t-1",
    subject="t-1",
    occurred_at=NOW,
)


class FailingStore:
    """Raises the given errors at the ends of its first units of work, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.runs = 0

    @contextmanager
    def writing(self):
        self.runs += 1
        yield "connection"
        if self.errors:
            raise self.errors.pop(0)


def handled_by(store) -> list:
    seen: list = []
    EventDispatcher(store, {NoticeDue: lambda work, event: seen.append((work.connection, work.now, event))}, ticking())(
        event_message(EVENT, NOW)
    )
    return seen


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": 3},
        {"schema": 0},
        {"body": b""},
        {"body": b"\xc1"},
        {"body": b"\x91" * 10_000},
        {"body": b"\xa2\xff\xfe"},
        {"body": event_message(EVENT, NOW).body},
        {"body": message(accepted()).body[:-1]},
        {"body": message(accepted()).body.replace(b"AcknowledgeNotices", b"AcknowledgeNothing")},
    ],
)
def test_what_is_no_command_of_this_vocabulary_can_never_be_handled(changes):
    store = FailingStore()
    with pytest.raises(UndecodableError):
        Effects().dispatcher(store)(message(accepted(), **changes))
    assert store.runs == 0


def test_a_command_without_a_handler_can_never_be_handled():
    with pytest.raises(UndecodableError, match="AcknowledgeNotices"):
        CommandDispatcher(FailingStore(), {}, ticking())(message(accepted()))


def test_an_event_without_a_handler_can_never_be_handled():
    with pytest.raises(UndecodableError, match="NoticeDue"):
        EventDispatcher(FailingStore(), {}, ticking())(event_message(EVENT, NOW))


def test_a_command_is_no_event():
    with pytest.raises(UndecodableError):
        EventDispatcher(FailingStore(), {NoticeDue: lambda *_: None}, ticking())(message(accepted()))


def test_the_text_of_an_undecodable_message_repeats_nothing_of_it():
    body = message(accepted(agency="SECRET")).body[:-1]
    with pytest.raises(UndecodableError) as raised:
        Effects().dispatcher(FailingStore())(message(accepted(), body=body))
    assert "SECRET" not in str(raised.value)


def test_an_event_reaches_its_handler_with_the_transaction_and_one_moment():
    assert handled_by(FailingStore()) == [("connection", NOW, EVENT)]


def test_the_whole_unit_of_work_is_run_again_while_the_database_asks_for_it():
    store = FailingStore(*(StoreConflictError() for _ in range(dispatch.RUNS - 1)))
    assert len(handled_by(store)) == store.runs == dispatch.RUNS


def test_a_conflict_that_does_not_end_is_raised():
    store = FailingStore(*(StoreConflictError() for _ in range(dispatch.RUNS)))
    with pytest.raises(StoreConflictError):
        handled_by(store)
    assert store.runs == dispatch.RUNS


def test_a_store_that_is_away_has_the_message_held_and_not_tried_again():
    store = FailingStore(StoreUnavailableError())
    with pytest.raises(HoldError):
        handled_by(store)
    assert store.runs == 1


def test_the_steps_are_told_before_the_inbox_row_and_before_the_commit(store):
    told: list[str] = []
    dispatcher = Effects().dispatcher(store)
    steps.observe(told.append)
    try:
        dispatcher(message(accepted()))
    finally:
        steps.observe(None)
    assert told == ["C2", "C3"]


def test_an_event_travels_under_its_own_id_to_the_queue_of_notices():
    sent = event_message(EVENT, NOW)
    assert (sent.message_id, sent.queue, sent.type) == ("e-1", "events.notices", "NoticeDue")
    assert sent.headers == {"tracking-id": "t-1"}


@pytest.fixture
def store(sqlite_url):
    from handlers.store.engine import open_store
    from handlers.store.schema import migrate

    store = open_store(sqlite_url)
    migrate(store)
    yield store
    store.close()
