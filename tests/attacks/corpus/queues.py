"""B211 to B218: messages that somebody put straight on a queue, beside the gateway."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Self
from uuid import uuid4

from sqlalchemy import func, select

from gateway import background
from gateway.metrics import Metrics
from gateway.tracking import MAC_HEADER, TrackingIds
from handlers import messages
from handlers.queue_names import DOCUMENTS, NOTICE_EVENTS, TOPOLOGY
from handlers.store.tables import metadata
from queues.message import Message
from tests.attacks.judge import read
from tests.attacks.model import Expect, Sent, judged

INERT = Expect.INERT
_PATIENCE = 20
"""Seconds in which the workers must have dealt with everything."""


class Behind:
    """Workers of an installation in this process, for as long as it takes to empty the queues."""

    def __init__(self, target) -> None:
        self.target = target
        self._closing = ExitStack()
        from gateway.settings_sources import load

        self.settings = load(target.installation.env)
        self.store = background.store_of(self.settings)
        self.broker = background.broker_of(self.settings)
        self._closing.callback(self.store.close)
        self._closing.callback(self.broker.close)
        self._publisher = self.broker.publisher()
        self._closing.callback(self._publisher.close)
        self.tracking = TrackingIds(target.world.home.tracking_key())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def put(self, body: bytes, queue: str = DOCUMENTS.name, **how) -> None:
        headers = how.pop("headers", {MAC_HEADER: self.tracking.mac_of(body)})
        message = Message(
            message_id=how.pop("message_id", str(uuid4())), queue=queue, type=how.pop("type", "ReportInvalidDocuments"),
            schema=how.pop("schema", messages.SCHEMA), body=body, created_at=datetime.now(UTC), headers=headers, **how,
        )  # fmt: skip
        self._publisher.publish(message, timeout=10)

    def depths(self, *, dead: bool) -> int:
        names = [spec.dead_letters if dead else spec.name for spec in TOPOLOGY]
        return sum(each.ready + (each.unacknowledged or 0) for each in self.broker.depths(names))

    def rows(self, table: str) -> int:
        with self.store.reading() as connection:
            return int(connection.scalar(select(func.count()).select_from(metadata.tables[table])) or 0)

    def work(self) -> None:
        """Let workers run until nothing waits any more."""
        workers = background.workers(self.settings, self.store, self.broker, Metrics())
        for each in workers:
            each.start()
        try:
            deadline = time.monotonic() + _PATIENCE
            quiet = 0
            while quiet < 4 and time.monotonic() < deadline:
                time.sleep(0.05)
                quiet = quiet + 1 if self.depths(dead=False) == 0 else 0
        finally:
            for each in workers:
                each.stop(10)

    def dead_after(self, *bodies: tuple[bytes, dict]) -> tuple[int, int]:
        """Put them, work; how many dead letters and how many listed documents that made."""
        self.work()
        dead, listed = self.depths(dead=True), self.rows("invalid_document")
        for body, how in bodies:
            self.put(body, **how)
        self.work()
        return self.depths(dead=True) - dead, self.rows("invalid_document") - listed


def genuine(target) -> Message:
    """A message as intake put it on the queue, taken from there."""
    with Behind(target) as behind:
        behind.work()
        assert read(target.send(Sent(target.world.plain()))).kind == "answer"
        consumer = behind.broker.consumer(DOCUMENTS.name, prefetch=1)
        delivery = None
        deadline = time.monotonic() + _PATIENCE
        while delivery is None and time.monotonic() < deadline:
            delivery = consumer.receive(1.0)
        assert delivery is not None, "the accepted command is not on its queue"
        delivery.ack()
        consumer.close()
        return delivery.message


@judged("B211", "undecodable, empty, huge body", "broker", INERT, "", "security §4 H")
def undecodable(target):
    for name, body in {"random": b"\xc1" * 100, "empty": b"", "JSON": b'{"a":1}', "16 MB": bytes(16_000_000)}.items():
        with Behind(target) as behind:
            dead, listed = behind.dead_after((body, {}))
        yield name, "" if (dead, listed) == (1, 0) else f"{dead} dead letters, {listed} listed"


@judged("B212", "unknown schema or type", "broker", INERT, "", "security §4 H")
def unknown(target):
    body = genuine(target).body
    for name, how in {"schema 99": {"schema": 99}, "schema 0": {"schema": 0}}.items():
        with Behind(target) as behind:
            dead, listed = behind.dead_after((body, how))
        yield name, "" if (dead, listed) == (1, 0) else f"{dead} dead letters, {listed} listed"
    for label in ("EraseEverything", ""):
        # The label is for people. What a message is, its authenticated body says: not dropped, done as what it is.
        message = genuine(target)
        with Behind(target) as behind:
            batches = behind.rows("document_batch")
            dead, _ = behind.dead_after((message.body, {"type": label, "message_id": message.message_id}))
            made = behind.rows("document_batch") - batches
        yield f"type {label!r}", "" if (dead, made) == (0, 1) else f"{dead} dead letters, {made} batches"


@judged("B213", "message on another queue", "broker", INERT, "", "security §4 H")
def other_queue(target):
    body = genuine(target).body
    with Behind(target) as behind:
        dead, _ = behind.dead_after((body, {"queue": NOTICE_EVENTS.name}))
    yield "command among the events", "" if dead == 1 else f"{dead} dead letters"


@judged("B214", "payload changed in the broker", "broker", INERT, "", "security §4 H")
def tampered(target):
    message = genuine(target)
    changed = message.body.replace(b"C55501990", b"C66602991", 1)
    for name, (body, headers) in {
        "changed": (changed, dict(message.headers)),
        "no MAC": (message.body, {}),
        "MAC of another": (changed, {MAC_HEADER: "0" * 64}),
        "MAC of other letters": (message.body, {MAC_HEADER: "é" * 8}),
    }.items():
        with Behind(target) as behind:
            dead, listed = behind.dead_after((body, {"headers": headers}))
        yield name, "" if (dead, listed) == (1, 0) else f"{dead} dead letters, {listed} listed"


@judged("B215", "delivered a hundred times", "broker", INERT, "", "security §4 H")
def duplicates(target):
    message = genuine(target)
    how = {"headers": dict(message.headers), "message_id": message.message_id}
    with Behind(target) as behind:
        inbox = behind.rows("inbox")
        dead, listed = behind.dead_after(*[(message.body, how)] * 100)
        effects = behind.rows("inbox") - inbox
    yield "100 copies", "" if dead == 0 and listed <= 1 and effects <= 1 else f"{dead} dead, {listed} listed, {effects}"


@judged("B216", "event out of order or made up", "broker", INERT, "", "security §4 H")
def events(target):
    from datetime import timedelta

    from handlers.notices.model import NoticeKind

    kind = next(iter(NoticeKind))
    event = messages.NoticeDue(
        event_id=str(uuid4()), agency="NOBODY", kind=kind, tracking_id="x", subject="x",
        occurred_at=datetime.now(UTC) + timedelta(days=1),
    )  # fmt: skip
    with Behind(target) as behind:
        behind.work()
        notices = behind.rows("notice")
        behind.put(messages.encode(event), queue=NOTICE_EVENTS.name, type="NoticeDue")
        behind.put(messages.encode(event), queue=NOTICE_EVENTS.name, type="NoticeDue")
        behind.work()
        made = behind.rows("notice") - notices
    yield "twice for an agency nobody knows", "" if made <= 1 else f"{made} notices"


@judged("B217", "forged broker headers", "broker", INERT, "", "security §4 H")
def headers(target):
    message = genuine(target)
    forged = dict(message.headers) | {"x-death": "[{count: 99}]", "reply_to": "evil", "x-delivery-count": "99"}
    with Behind(target) as behind:
        dead, listed = behind.dead_after((message.body, {"headers": forged, "attempt": 1}))
    yield "ignored", "" if dead == 0 and listed <= 1 else f"{dead} dead letters, {listed} listed"


@judged("B218", "attempt count forged", "broker", INERT, "", "security §4 H")
def attempts(target):
    message = genuine(target)
    for count in (0, -5, 10**6):
        with Behind(target) as behind:
            dead, _ = behind.dead_after((message.body, {"headers": dict(message.headers), "attempt": count}))
        yield f"attempt {count}", "" if dead == 0 else f"{dead} dead letters"
