"""Intake gives a receipt when, and only when, the broker confirmed; a repetition gets the original."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from gateway.faults import RefusalError
from gateway.intake import AuthorisedCommand, Intake
from gateway.security.redaction import evidence_of
from gateway.tracking import TrackingIds
from handlers import messages
from handlers.receipts.ledger import RequestConflictError
from handlers.store.ports import StoreUnavailableError
from queues.broker import BrokerUnavailableError, RefusedByBrokerError

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class PublisherDouble:
    def __init__(self, error=None, silent=False):
        self.published = []
        self.error = error
        self.silent = silent

    def submit(self, message):
        self.published.append(message)
        future = Future()
        if self.error is not None:
            future.set_exception(self.error)
        elif not self.silent:
            future.set_result(None)
        return future


class LedgerDouble:
    """Keeps receipts as the store would; can be away or slow."""

    def __init__(self):
        self.kept = {}
        self.error = None
        self.asked = 0
        self.free = threading.Event()
        self.free.set()

    def offer(self, receipt, operation, now):
        self.asked += 1
        self.free.wait(5)
        if self.error is not None:
            raise self.error
        kept = self.kept.setdefault((receipt.agency, receipt.request_id), receipt)
        if kept.digest != receipt.digest:
            raise RequestConflictError(receipt.request_id)
        return kept


def intake(publisher, ledger, **changes):
    parts = {
        "tracking": TrackingIds(b"k" * 32),
        "make_receipt": lambda tracking_id, command, now: f"receipt {tracking_id} {command.digest}".encode(),
        "clock": lambda: NOW,
        "confirm_timeout": 0.2,
        "ledger_timeout": 0.2,
    }
    return Intake(publisher=publisher, ledger=ledger, **(parts | changes))


def command(request_id="r-1", digest="d1", agency="MOJ", on_behalf_of=None):
    return AuthorisedCommand(
        agency=agency,
        system="MOJ-1",
        operation="notices.AcknowledgeNotices",
        context=messages.RequestContext(request_id=request_id, on_behalf_of=on_behalf_of),
        digest=digest,
        evidence=evidence_of(b"<soap/>", has_password=False),
        command=messages.AcknowledgeNotices(up_to_sequence=3),
    )


def test_the_message_carries_the_very_receipt_that_is_handed_out_and_the_bytes_received():
    publisher = PublisherDouble()
    receipt = intake(publisher, LedgerDouble()).accept(command())
    (message,) = publisher.published
    carried = messages.decode_command(message.body)
    assert carried.receipt == receipt.receipt
    assert carried.received == b"<soap/>"
    assert message.queue == "commands.notices"
    assert message.message_id == receipt.tracking_id == carried.tracking_id


@pytest.mark.parametrize(("on_behalf_of", "schema"), [(None, 1), ("MIA", 2)])
def test_a_worker_of_the_version_before_never_takes_what_is_done_for_another_agency_for_the_callers_own(
    on_behalf_of, schema
):
    publisher = PublisherDouble()
    intake(publisher, LedgerDouble()).accept(command(on_behalf_of=on_behalf_of))
    assert [each.schema for each in publisher.published] == [schema]


@pytest.mark.parametrize("error", [BrokerUnavailableError("away"), RefusedByBrokerError("full")])
def test_without_a_confirm_there_is_no_receipt(error):
    with pytest.raises(RefusalError) as refused:
        intake(PublisherDouble(error), LedgerDouble()).accept(command())
    assert refused.value.code == "server.broker.unavailable"


def test_a_confirm_that_never_comes_ends_in_a_fault_not_in_waiting():
    with pytest.raises(RefusalError) as refused:
        intake(PublisherDouble(silent=True), LedgerDouble()).accept(command())
    assert refused.value.code == "server.broker.unavailable"


def test_a_repetition_gets_the_original_receipt_in_the_same_process_without_publishing_again():
    publisher = PublisherDouble()
    subject = intake(publisher, LedgerDouble())
    assert subject.accept(command()) == subject.accept(command())
    assert len(publisher.published) == 1


@pytest.mark.parametrize("ledger_away", [False, True])
def test_copies_at_the_same_moment_get_one_receipt_and_are_published_once(ledger_away):
    publisher, ledger = PublisherDouble(), LedgerDouble()
    ledger.error = StoreUnavailableError("away") if ledger_away else None
    ledger.free.clear()
    subject, ready = intake(publisher, ledger, ledger_timeout=5), threading.Barrier(9)

    def one(_):
        ready.wait()
        return subject.accept(command())

    with ThreadPoolExecutor(8) as threads:
        copies = threads.map(one, range(8))
        ready.wait()
        time.sleep(0.05)
        ledger.free.set()
        assert len(set(copies)) == 1
    assert len(publisher.published) == ledger.asked == 1


def test_copies_of_a_command_that_is_not_confirmed_are_told_the_same_and_it_may_be_sent_again():
    publisher, ledger = PublisherDouble(silent=True), LedgerDouble()
    subject = intake(publisher, ledger)
    with ThreadPoolExecutor(4) as threads:
        refusals = [each.exception() for each in [threads.submit(subject.accept, command()) for _ in range(4)]]
    assert {each.code for each in refusals} == {"server.broker.unavailable"}
    publisher.silent = False
    assert subject.accept(command())


def test_other_content_at_the_same_moment_is_a_conflict():
    ledger = LedgerDouble()
    ledger.free.clear()
    subject = intake(PublisherDouble(), ledger, ledger_timeout=5)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(subject.accept, command())
        eventually(lambda: ledger.asked == 1)
        other = threads.submit(subject.accept, command(digest="d2"))
        time.sleep(0.05)
        ledger.free.set()
        assert first.result(5)
        with pytest.raises(RefusalError) as refused:
            other.result(5)
    assert refused.value.code == "client.request.conflict"


def test_a_lawful_copy_is_not_refused_for_the_other_content_that_came_just_before_it():
    publisher, ledger = PublisherDouble(), LedgerDouble()
    original = intake(publisher, ledger).accept(command())  # by another process: only the ledger knows of it
    subject = intake(publisher, ledger, ledger_timeout=5)
    ledger.free.clear()
    with ThreadPoolExecutor(3) as threads:
        wrong = threads.submit(subject.accept, command(digest="d2"))
        eventually(lambda: ledger.asked == 2)
        lawful = [threads.submit(subject.accept, command()) for _ in range(2)]
        time.sleep(0.05)
        ledger.free.set()
        assert [each.result(5) for each in lawful] == [original, original]
        with pytest.raises(RefusalError) as refused:
            wrong.result(5)
    assert refused.value.code == "client.request.conflict"


def test_a_ledger_that_was_late_once_is_asked_again_as_soon_as_it_has_answered():
    ledger = LedgerDouble()
    ledger.free.clear()
    subject = intake(PublisherDouble(), ledger, ledger_timeout=0.05)
    subject.accept(command())
    ledger.free.set()
    eventually(lambda: "r-1" in {request_id for _, request_id in ledger.kept})
    eventually(lambda: subject.accept(command(request_id=f"r-{ledger.asked}-{time.monotonic()}")) and ledger.asked > 1)


def eventually(true):
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_repetition_at_another_process_gets_the_original_and_repeats_the_message_under_its_id():
    publisher, ledger = PublisherDouble(), LedgerDouble()
    first = intake(publisher, ledger).accept(command())
    second = intake(publisher, ledger).accept(command())
    assert second == first
    assert {each.message_id for each in publisher.published} == {first.tracking_id}


def test_after_a_failed_publish_the_same_request_is_accepted_under_the_receipt_first_made():
    publisher, ledger = PublisherDouble(BrokerUnavailableError("away")), LedgerDouble()
    subject = intake(publisher, ledger)
    with pytest.raises(RefusalError):
        subject.accept(command())
    publisher.error = None
    receipt = subject.accept(command())
    assert receipt == ledger.kept["MOJ", "r-1"]
    assert [each.message_id for each in publisher.published] == [receipt.tracking_id] * 2


@pytest.mark.parametrize("other_process", [False, True])
def test_the_same_request_id_with_other_content_is_a_conflict(other_process):
    ledger = LedgerDouble()
    subject = intake(PublisherDouble(), ledger)
    subject.accept(command(digest="d1"))
    if other_process:
        subject = intake(PublisherDouble(), ledger)
    with pytest.raises(RefusalError) as refused:
        subject.accept(command(digest="d2"))
    assert refused.value.code == "client.request.conflict"


def test_request_ids_of_two_agencies_never_meet():
    subject = intake(PublisherDouble(), LedgerDouble())
    assert subject.accept(command(agency="MOJ")) != subject.accept(command(agency="MIA", digest="d2"))


def test_intake_goes_on_without_the_store_and_stops_asking_it_for_a_while():
    publisher, ledger = PublisherDouble(), LedgerDouble()
    ledger.error = StoreUnavailableError("away")
    subject = intake(publisher, ledger)
    receipts = [subject.accept(command(request_id=f"r-{n}")) for n in range(3)]
    assert len({each.tracking_id for each in receipts}) == 3
    assert len(publisher.published) == 3
    assert ledger.asked == 1


def test_a_store_that_hangs_does_not_hold_intake_up():
    publisher, ledger = PublisherDouble(), LedgerDouble()
    ledger.free.clear()
    try:
        assert intake(publisher, ledger).accept(command())
        assert len(publisher.published) == 1
    finally:
        ledger.free.set()


def test_a_repetition_during_the_stores_absence_still_gets_the_original_from_the_same_process():
    ledger = LedgerDouble()
    ledger.error = StoreUnavailableError("away")
    subject = intake(PublisherDouble(), ledger)
    assert subject.accept(command()) == subject.accept(command())
