"""What the suites of the register floor send through a store, and what they look at afterwards."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import event, select, text

from handlers.dispatch import CommandDispatcher
from handlers.messages import (
    SCHEMA,
    AcceptedCommand,
    AcknowledgeNotices,
    NoticeDue,
    RequestContext,
    decode_event,
    encode,
)
from handlers.notices.model import NoticeKind
from handlers.receipts.model import StoredReceipt
from handlers.receipts.queries import get_status
from handlers.store import notices
from handlers.store.engine import SqlStore
from handlers.store.outbox import SqlOutbox
from handlers.store.ports import StoreUnavailableError
from handlers.store.tables import notice_counter
from handlers.work import Outcome
from queues.message import Message

NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def ticking(start: datetime = NOW):
    return lambda: start


def accepted(tracking_id="t-1", request_id="r-1", digest="d-1", agency="MIA", command=None, **changes):
    values = {
        "tracking_id": tracking_id,
        "agency": agency,
        "system": f"{agency}-1",
        "operation": "notices.AcknowledgeNotices",
        "context": RequestContext(request_id=request_id),
        "digest": digest,
        "received_at": NOW - timedelta(seconds=2),
        "receipt": f"<receipt of='{tracking_id}'/>".encode(),
        "received": f"<soap of='{tracking_id}'/>".encode(),
        "command": command or AcknowledgeNotices(up_to_sequence=0),
    }
    return AcceptedCommand(**(values | changes))


def message(command: AcceptedCommand, **changes) -> Message:
    values = {
        "message_id": command.tracking_id,
        "queue": "commands.notices",
        "type": type(command.command).__name__,
        "schema": SCHEMA,
        "body": encode(command),
        "created_at": NOW,
    }
    return Message(**(values | changes))


def receipt(tracking_id="t-1", request_id="r-1", digest="d-1", agency="MIA") -> StoredReceipt:
    return StoredReceipt(
        tracking_id=tracking_id,
        agency=agency,
        request_id=request_id,
        digest=digest,
        received_at=NOW - timedelta(seconds=2),
        receipt=f"<receipt of='{tracking_id}'/>".encode(),
    )


class Effects:
    """A handler that counts its effects in the store, so that what is rolled back is not counted."""

    def __init__(self, outcome: Outcome | None = None) -> None:
        self.outcome = outcome or Outcome(subject="2026/IR-000001")
        self.seen: list[str] = []

    def __call__(self, work, command) -> Outcome:
        self.seen.append(command.tracking_id)
        notices.next_sequence(work.connection, "effects")
        return self.outcome

    def dispatcher(self, store) -> CommandDispatcher:
        return CommandDispatcher(store, {AcknowledgeNotices: self}, ticking())


def made(store) -> int:
    return counters(store).get("effects", 0)


def status(store, tracking_id: str, agency: str = "MIA"):
    with store.reading() as connection:
        return get_status(connection, agency, tracking_id)


def events(store) -> list[NoticeDue]:
    return [decode_event(one.body) for one in SqlOutbox(store).claim(100, NOW)]


def together(number: int, work) -> list:
    """Results of `work(0)` … `work(number - 1)`, all started at the same moment."""
    barrier = threading.Barrier(number)

    def one(index: int):
        barrier.wait()
        return work(index)

    with ThreadPoolExecutor(number) as pool:
        return [future.result() for future in [pool.submit(one, index) for index in range(number)]]


def counters(store: SqlStore) -> dict[str, int]:
    with store.reading() as connection:
        rows = connection.execute(select(notice_counter.c.agency, notice_counter.c.last_sequence))
        return {row.agency: row.last_sequence for row in rows}


def later(seconds: float) -> datetime:
    """A moment so many seconds after `NOW`."""
    return NOW + timedelta(seconds=seconds)


@contextmanager
def full(store: SqlStore):
    """The SQLite file of `store` cannot grow meanwhile, and what was free in it is taken."""
    most = [2**30]
    event.listen(
        store._engine, "begin", lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={most[0]}")
    )
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS filler (content BLOB)"))
    most[0] = 1  # SQLite takes that for the size the file has
    try:
        with suppress(StoreUnavailableError):
            while True:
                with store.writing() as connection:
                    connection.execute(text("INSERT INTO filler VALUES (zeroblob(3000))"))
        yield
    finally:
        most[0] = 2**30


def due(event_id: str, agency: str = "MIA") -> NoticeDue:
    return NoticeDue(
        event_id=event_id,
        agency=agency,
        kind=NoticeKind.CASE_RECEIVED,
        tracking_id="t-1",
        subject="2026/IR-000001",
        occurred_at=NOW,
    )
