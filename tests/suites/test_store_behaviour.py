"""What every store must do, and what the floor's own concerns must do on it: on SQLite and PostgreSQL alike."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec.structs import replace
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from handlers.dispatch import CommandDispatcher, EventDispatcher, event_message
from handlers.messages import (
    SCHEMA,
    AcceptedCommand,
    AcknowledgeNotices,
    NoticeDue,
    RequestContext,
    decode_event,
    encode,
)
from handlers.notices.commands import acknowledge_notices, add_notice
from handlers.notices.model import NoticeKind
from handlers.notices.queries import pull_notices
from handlers.parties.commands import add_agency, add_representative, add_system, grant
from handlers.parties.forms import EnrolmentError
from handlers.parties.model import Agency, Directory, DisclosureTier, Representative, System
from handlers.parties.queries import directory_version as directory_version_of
from handlers.parties.queries import load_directory, newer_directory
from handlers.receipts.grounds import REQUEST_CONFLICT
from handlers.receipts.ledger import ReceiptLedger, RequestConflictError
from handlers.receipts.model import CommandState, CommandStatus, Ground, StoredReceipt
from handlers.receipts.queries import get_receipt, get_status
from handlers.store import inbox, notices
from handlers.store.engine import SqlStore, open_store
from handlers.store.outbox import SqlOutbox, add_messages
from handlers.store.ports import StoreConflictError
from handlers.store.schema import TABLES, migrate
from handlers.store.tables import directory_version, notice_counter
from handlers.work import Outcome
from queues.errors import UndecodableError
from queues.message import Message

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.real)]


@pytest.fixture(params=BOTH)
def url(request):
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(url):
    store = open_store(url)
    migrate(store)
    yield store
    store.close()


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


def test_a_unit_of_work_that_ends_is_kept(store):
    with store.writing() as connection:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=7))
    assert counters(store) == {"MIA": 7}


def test_a_unit_of_work_that_raises_leaves_nothing(store):
    def fail(connection) -> None:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=7))
        raise KeyError("no")

    with pytest.raises(KeyError), store.writing() as connection:
        fail(connection)
    assert counters(store) == {}


def test_a_reader_sees_one_snapshot_while_a_writer_commits(store):
    count = select(func.count()).select_from(notice_counter)
    with store.reading() as reader:
        assert reader.scalar(count) == 0
        with store.writing() as writer:
            writer.execute(insert(notice_counter).values(agency="MIA", last_sequence=1))
        assert reader.scalar(count) == 0
    assert counters(store) == {"MIA": 1}


def test_a_reader_cannot_write(store):
    with pytest.raises(DBAPIError), store.reading() as connection:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=1))
    with store.writing() as connection:
        connection.execute(insert(notice_counter).values(agency="MIA", last_sequence=2))
    assert counters(store) == {"MIA": 2}


def test_a_key_taken_by_another_is_told_as_a_conflict_to_run_again(store):
    row = insert(notice_counter).values(agency="MIA", last_sequence=1)
    with store.writing() as connection:
        connection.execute(row)
    with pytest.raises(StoreConflictError), store.writing() as connection:
        connection.execute(row)


def test_migrations_and_tables_agree(store):
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, TABLES) == []


def test_migrating_again_changes_nothing(store):
    with store.writing() as connection:
        connection.execute(update(directory_version).values(version=5))
    migrate(store)
    with store.reading() as connection:
        assert connection.scalar(select(directory_version.c.version)) == 5


def test_many_that_start_at_once_migrate_once(url):
    together(4, lambda _: migrate(url))
    store = open_store(url)
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(directory_version)) == 1
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    store.close()


def test_moments_come_back_aware_in_utc_with_their_microseconds(store):
    baku = NOW.astimezone(timezone(timedelta(hours=4)))
    ReceiptLedger(store).offer(replace(receipt(), received_at=baku), "notices.AcknowledgeNotices", baku)
    found = status(store, "t-1").received_at
    assert found == NOW
    assert found.tzinfo is UTC


def test_a_naive_moment_is_not_stored(store):
    with pytest.raises(StatementError, match="time zone"):
        ReceiptLedger(store).offer(receipt(), "notices.AcknowledgeNotices", NOW.replace(tzinfo=None))


# Ledger and inbox -----------------------------------------------------------------------------


def test_the_ledger_gives_a_repetition_the_original_receipt(store):
    ledger = ReceiptLedger(store)
    first = ledger.offer(receipt("t-1"), "notices.AcknowledgeNotices", NOW)
    again = ledger.offer(receipt("t-2"), "notices.AcknowledgeNotices", NOW)
    assert first == again == receipt("t-1")


def test_the_ledger_refuses_other_content_under_a_used_request_id(store):
    ledger = ReceiptLedger(store)
    ledger.offer(receipt("t-1"), "notices.AcknowledgeNotices", NOW)
    with pytest.raises(RequestConflictError):
        ledger.offer(receipt("t-2", digest="d-2"), "notices.AcknowledgeNotices", NOW)


def test_agencies_may_choose_the_same_request_id(store):
    ledger = ReceiptLedger(store)
    ledger.offer(receipt("t-1"), "notices.AcknowledgeNotices", NOW)
    other = receipt("t-2", digest="d-2", agency="MFA")
    assert ledger.offer(other, "notices.AcknowledgeNotices", NOW) == other


def test_many_that_offer_at_once_get_one_receipt(store):
    ledger = ReceiptLedger(store)
    given = together(8, lambda index: ledger.offer(receipt(f"t-{index}"), "notices.AcknowledgeNotices", NOW))
    assert len(set(given)) == 1


def test_an_offered_command_is_accepted_and_only_its_agency_sees_it(store):
    ReceiptLedger(store).offer(receipt(), "notices.AcknowledgeNotices", NOW)
    assert status(store, "t-1").state is CommandState.ACCEPTED
    assert status(store, "t-1", "MFA") is None
    with store.reading() as connection:
        assert get_receipt(connection, "MIA", "t-1") == receipt()
        assert get_receipt(connection, "MFA", "t-1") is None
        assert get_receipt(connection, "MIA", "t-9") is None


def test_an_offered_command_is_applied_when_it_arrives(store):
    ReceiptLedger(store).offer(receipt(), "notices.AcknowledgeNotices", NOW)
    Effects().dispatcher(store)(message(accepted()))
    assert status(store, "t-1") == CommandStatus(
        tracking_id="t-1",
        state=CommandState.APPLIED,
        operation="notices.AcknowledgeNotices",
        received_at=NOW - timedelta(seconds=2),
        processed_at=NOW,
        subject="2026/IR-000001",
    )


def test_a_command_the_ledger_never_saw_is_applied_with_its_receipt_and_evidence(store):
    Effects().dispatcher(store)(message(accepted()))
    assert made(store) == 1
    assert status(store, "t-1").received_at == NOW - timedelta(seconds=2)
    with store.reading() as connection:
        assert get_receipt(connection, "MIA", "t-1") == receipt()
        assert inbox.find_received(connection, "MIA", "t-1") == b"<soap of='t-1'/>"
        assert inbox.find_received(connection, "MFA", "t-1") is None


def test_a_hundred_deliveries_have_one_effect(store):
    effects = Effects()
    dispatch = effects.dispatcher(store)
    for _ in range(100):
        dispatch(message(accepted()))
    assert made(store) == len(effects.seen) == 1


def test_eight_workers_with_the_same_message_have_one_effect(store):
    dispatch = Effects().dispatcher(store)
    together(8, lambda _: dispatch(message(accepted())))
    assert made(store) == 1


def test_eight_tracking_ids_of_one_request_have_one_effect_and_all_lead_to_it(store):
    dispatch = Effects().dispatcher(store)
    together(8, lambda index: dispatch(message(accepted(f"t-{index}"))))
    assert made(store) == 1
    found = [status(store, f"t-{index}") for index in range(8)]
    assert {one.state for one in found} == {CommandState.APPLIED}
    assert {one.subject for one in found} == {"2026/IR-000001"}
    originals = {one.original_tracking_id for one in found if one.original_tracking_id}
    assert originals == {one.tracking_id for one in found if one.original_tracking_id is None}
    assert len(originals) == 1
    with store.reading() as connection:
        assert [get_receipt(connection, "MIA", f"t-{index}") for index in range(8)] == [
            receipt(f"t-{index}") for index in range(8)
        ]


def test_a_repetition_that_overtakes_the_offered_command_has_the_effect_under_the_offered_tracking_id(store):
    ReceiptLedger(store).offer(receipt("t-1"), "notices.AcknowledgeNotices", NOW)
    effects = Effects()
    dispatch = effects.dispatcher(store)
    dispatch(message(accepted("t-2")))
    dispatch(message(accepted("t-1")))
    assert effects.seen == ["t-1"]
    assert status(store, "t-1").original_tracking_id is None
    assert status(store, "t-2").original_tracking_id == "t-1"
    with store.reading() as connection:
        assert inbox.find_received(connection, "MIA", "t-1") == b"<soap of='t-1'/>"
        assert inbox.find_received(connection, "MIA", "t-2") == b"<soap of='t-2'/>"


def test_other_content_under_a_used_request_id_is_refused_once_and_its_owner_learns(store):
    effects = Effects()
    dispatch = effects.dispatcher(store)
    dispatch(message(accepted("t-1")))
    dispatch(message(accepted("t-2", digest="d-2")))
    dispatch(message(accepted("t-2", digest="d-2")))
    assert effects.seen == ["t-1"]
    refused = status(store, "t-2")
    assert (refused.state, refused.ground, refused.subject) == (CommandState.REFUSED, REQUEST_CONFLICT, None)
    assert status(store, "t-1").state is CommandState.APPLIED
    told = events(store)
    assert [(event.kind, event.agency, event.tracking_id) for event in told] == [
        (NoticeKind.COMMAND_REFUSED, "MIA", "t-2")
    ]
    assert told[0].parameters["ground_code"] == "REQUEST_CONFLICT"


def test_a_message_changed_in_the_queue_is_dead_lettered(store):
    dispatch = Effects().dispatcher(store)
    dispatch(message(accepted("t-1")))
    with pytest.raises(UndecodableError):
        dispatch(message(accepted("t-1", digest="d-2")))
    assert made(store) == 1
    assert events(store) == []


def test_a_refused_command_keeps_its_ground_and_sends_a_notice_beside_the_events_of_its_handler(store):
    ground = Ground(code="DUPLICATE", text_az="Təkrardır.", text_en="It is there already.")
    own = NoticeDue(
        event_id="e-1",
        agency="MFA",
        kind=NoticeKind.CASE_RECEIVED,
        tracking_id="t-1",
        subject="2026/IR-000007",
        occurred_at=NOW,
    )
    Effects(Outcome(ground=ground, events=(own,))).dispatcher(store)(message(accepted()))
    found = status(store, "t-1")
    assert (found.state, found.ground) == (CommandState.REFUSED, ground)
    told = {event.agency: event for event in events(store)}
    assert told["MFA"] == own
    assert told["MIA"].parameters == {
        "operation": "notices.AcknowledgeNotices",
        "ground_code": "DUPLICATE",
        "ground_az": "Təkrardır.",
        "ground_en": "It is there already.",
    }


def test_a_handler_that_raises_leaves_nothing_and_may_be_tried_again(store):
    failing = CommandDispatcher(store, {AcknowledgeNotices: lambda *_: 1 // 0}, ticking())
    with pytest.raises(ZeroDivisionError):
        failing(message(accepted()))
    assert status(store, "t-1") is None
    Effects().dispatcher(store)(message(accepted()))
    assert made(store) == 1


# Outbox ---------------------------------------------------------------------------------------


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def put(store, *message_ids: str) -> None:
    with store.writing() as connection:
        add_messages(connection, [message(accepted(), message_id=one) for one in message_ids])


def ids(messages: list[Message]) -> list[str]:
    return [one.message_id for one in messages]


def test_a_message_in_the_outbox_comes_out_as_it_went_in(store):
    went_in = message(accepted(), headers={"tracking-id": "t-1"}, attempt=1)
    with store.writing() as connection:
        add_messages(connection, [went_in])
    assert SqlOutbox(store).claim(10, NOW) == [went_in]


def test_a_message_of_a_unit_of_work_that_failed_never_leaves(store):
    def fail(connection) -> None:
        add_messages(connection, [message(accepted())])
        raise KeyError("no")

    with pytest.raises(KeyError), store.writing() as connection:
        fail(connection)
    assert SqlOutbox(store).claim(10, NOW) == []


def test_claims_are_oldest_first_and_at_most_as_many_as_asked(store):
    put(store, "m-2", "m-1", "m-3")
    outbox = SqlOutbox(store)
    assert ids(outbox.claim(2, NOW)) == ["m-1", "m-2"]
    assert ids(outbox.claim(2, NOW)) == ["m-3"]


def test_a_leased_message_is_claimed_by_nobody_until_the_lease_ends(store):
    put(store, "m-1")
    first, second = SqlOutbox(store), SqlOutbox(store)
    assert ids(first.claim(10, NOW)) == ["m-1"]
    assert second.claim(10, later(29)) == first.claim(10, later(29)) == []
    assert ids(second.claim(10, later(30))) == ["m-1"]


def test_a_lease_taken_before_the_clock_was_set_back_binds_nobody(store):
    put(store, "m-1")
    assert ids(SqlOutbox(store).claim(10, later(3600))) == ["m-1"]
    assert ids(SqlOutbox(store).claim(10, NOW)) == ["m-1"]


def test_an_event_written_before_the_clock_was_set_back_leaves_at_once(store):
    with store.writing() as connection:
        add_messages(connection, [message(accepted(), created_at=later(3600))])
    assert len(SqlOutbox(store).claim(10, NOW)) == 1


def test_a_message_marked_as_sent_is_never_claimed_again(store):
    put(store, "m-1", "m-2")
    outbox = SqlOutbox(store)
    outbox.claim(10, NOW)
    outbox.mark_sent(["m-1"], NOW)
    outbox.mark_sent([], NOW)
    assert ids(outbox.claim(10, later(100))) == ["m-2"]
    assert outbox.unsent() == (1, NOW)


def test_a_relay_whose_lease_was_taken_over_marks_nothing(store):
    put(store, "m-1")
    slow, quick = SqlOutbox(store), SqlOutbox(store)
    slow.claim(10, NOW)
    quick.claim(10, later(31))
    slow.mark_sent(["m-1"], later(32))
    assert quick.unsent() == (1, NOW)
    quick.mark_sent(["m-1"], later(33))
    assert quick.unsent() == (0, None)


def test_four_relays_never_get_the_same_message(store):
    put(store, *(f"m-{number:03}" for number in range(120)))

    def relay(_index: int) -> list[str]:
        outbox, claimed = SqlOutbox(store), []
        while batch := outbox.claim(7, NOW):
            claimed += ids(batch)
            outbox.mark_sent(ids(batch), NOW)
        return claimed

    claimed = [one for share in together(4, relay) for one in share]
    assert len(claimed) == len(set(claimed))
    missed = ids(SqlOutbox(store).claim(200, NOW))  # a relay that met only locked rows may have ended early
    assert sorted(claimed + missed) == [f"m-{number:03}" for number in range(120)]


def test_a_scheduled_message_is_not_claimed_before_its_time(store):
    outbox = SqlOutbox(store)
    second = message(accepted(), attempt=2)
    outbox.schedule(second, later(4))
    assert outbox.claim(10, later(3)) == []
    assert outbox.claim(10, later(4)) == [second]


def test_the_next_attempt_of_a_message_that_was_sent_is_sent_too(store):
    outbox = SqlOutbox(store)
    for attempt in (2, 3):
        outbox.schedule(message(accepted(), attempt=attempt), NOW)
        assert [one.attempt for one in outbox.claim(10, NOW)] == [attempt]
        outbox.mark_sent(["t-1"], NOW)
    assert outbox.claim(10, later(100)) == []


def test_marking_an_attempt_as_sent_does_not_swallow_the_next_one(store):
    relay, worker = SqlOutbox(store), SqlOutbox(store)
    worker.schedule(message(accepted(), attempt=2), NOW)
    relay.claim(10, NOW)
    worker.schedule(message(accepted(), attempt=3), later(1))
    relay.mark_sent(["t-1"], NOW)
    assert [one.attempt for one in relay.claim(10, later(1))] == [3]


def test_an_earlier_attempt_scheduled_again_does_not_replace_a_later_one(store):
    outbox = SqlOutbox(store)
    outbox.schedule(message(accepted(), attempt=3), NOW)
    outbox.schedule(message(accepted(), attempt=2), NOW)
    assert [one.attempt for one in outbox.claim(10, NOW)] == [3]


def test_pruning_removes_only_what_was_sent_long_ago(store):
    put(store, "m-1", "m-2", "m-3")
    outbox = SqlOutbox(store)
    outbox.claim(2, NOW)
    outbox.mark_sent(["m-1"], NOW)
    outbox.mark_sent(["m-2"], later(50))
    assert outbox.prune(later(10)) == 1
    assert outbox.prune(later(100), limit=1) == 1
    assert outbox.prune(later(100)) == 0
    assert ids(outbox.claim(10, later(100))) == ["m-3"]


# Notices --------------------------------------------------------------------------------------


def due(event_id: str, agency: str = "MIA") -> NoticeDue:
    return NoticeDue(
        event_id=event_id,
        agency=agency,
        kind=NoticeKind.CASE_RECEIVED,
        tracking_id="t-1",
        subject="2026/IR-000001",
        occurred_at=NOW,
    )


def tell(store, *told: NoticeDue) -> None:
    dispatch = EventDispatcher(store, {NoticeDue: add_notice}, ticking())
    for event in told:
        dispatch(event_message(event, NOW))


def pull(store, agency: str = "MIA", after: int = 0, limit: int = 100):
    with store.reading() as connection:
        return pull_notices(connection, agency, after=after, limit=limit)


def test_an_event_makes_one_notice_however_often_it_comes(store):
    tell(store, due("e-1"), due("e-2"), due("e-1"), due("e-3", "MFA"))
    page = pull(store)
    assert [(one.sequence, one.notice_id) for one in page.notices] == [(1, "e-1"), (2, "e-2")]
    assert (page.last_sequence, page.more) == (2, False)
    assert page.notices[0].created_at == NOW
    assert [one.sequence for one in pull(store, "MFA").notices] == [1]


def test_numbers_have_no_gap_when_many_workers_write_the_same_events_at_once(store):
    told = [due(f"e-{number}") for number in range(30)]
    together(6, lambda index: tell(store, *(told[index * 5 :] + told[: index * 5])))
    page = pull(store)
    assert [one.sequence for one in page.notices] == list(range(1, 31))
    assert {one.notice_id for one in page.notices} == {event.event_id for event in told}


def test_notices_are_pulled_page_by_page(store):
    tell(store, *(due(f"e-{number}") for number in range(5)))
    first, second = pull(store, limit=3), pull(store, after=3, limit=3)
    assert ([one.sequence for one in first.notices], first.more) == ([1, 2, 3], True)
    assert ([one.sequence for one in second.notices], second.more) == ([4, 5], False)
    assert pull(store, "MFA").last_sequence == 0


def acknowledge(store, up_to: int, tracking_id: str = "t-1"):
    command = accepted(tracking_id, f"r-{tracking_id}", command=AcknowledgeNotices(up_to_sequence=up_to))
    CommandDispatcher(store, {AcknowledgeNotices: acknowledge_notices}, ticking())(message(command))
    return status(store, tracking_id)


def test_acknowledging_marks_everything_up_to_the_number_for_that_agency_only(store):
    tell(store, due("e-1"), due("e-2"), due("e-3"), due("e-4", "MFA"))
    assert acknowledge(store, 2).state is CommandState.APPLIED
    assert [one.acknowledged_at for one in pull(store).notices] == [NOW, NOW, None]
    assert [one.acknowledged_at for one in pull(store, "MFA").notices] == [None]


@pytest.mark.parametrize("up_to", [4, -1])
def test_acknowledging_a_number_that_was_never_given_is_refused(store, up_to):
    tell(store, due("e-1"), due("e-2"), due("e-3"))
    refused = acknowledge(store, up_to)
    assert (refused.state, refused.ground.code) == (CommandState.REFUSED, "NOTICE_NUMBER_UNKNOWN")
    assert {one.acknowledged_at for one in pull(store).notices} == {None}


# Parties --------------------------------------------------------------------------------------

AGENCY = Agency(
    code="MIA",
    name_az="Daxili İşlər Nazirliyi",
    name_en="Ministry of Internal Affairs",
    tax_id="1400000001",
    tier=DisclosureTier.FULL,
    provides_document_types=("PASSPORT", "ID_CARD"),
)
SYSTEM = System(
    code="MIA-1",
    agency="MIA",
    name="Pasport sistemi",
    fingerprint="ab" * 32,
    issuer="CN=Test CA",
    serial="17",
    operations=("bus.GetStatus", "documents.ReportInvalidDocuments"),
)
PERSON = Representative(
    fin="5AB1CD2",
    agency="MIA",
    identity_card="AZE12345678",
    surname="Əliyeva",
    name="Günel",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    fingerprint="cd" * 32,
    login="gunel.aliyeva",
    password_hash="$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
)


def enrol(store, *steps) -> None:
    with store.writing() as connection:
        for add, record in steps:
            add(connection, record)


ALL = ((add_agency, AGENCY), (add_system, SYSTEM), (add_representative, PERSON))


def test_the_directory_shows_who_was_enrolled(store):
    enrol(store, *ALL)
    with store.reading() as connection:
        assert load_directory(connection) == Directory(
            version=3,
            agencies={"MIA": AGENCY},
            systems={SYSTEM.fingerprint: SYSTEM},
            representatives={PERSON.fin: PERSON},
        )


def test_the_version_grows_with_every_change_and_only_then(store):
    def version() -> int:
        with store.reading() as connection:
            return directory_version_of(connection)

    assert version() == 0
    enrol(store, *ALL)
    assert version() == 3
    enrol(store, *ALL)
    assert version() == 3
    with store.writing() as connection:
        grant(connection, "MIA-1", ["bus.GetStatus", "bus.GetReceipt"])
    assert version() == 4
    with store.writing() as connection:
        grant(connection, "MIA-1", ["bus.GetReceipt"])
    assert version() == 4
    with store.reading() as connection:
        assert newer_directory(connection, 4) is None
        newer = newer_directory(connection, 3)
    assert newer.systems[SYSTEM.fingerprint].operations == (
        "bus.GetReceipt",
        "bus.GetStatus",
        "documents.ReportInvalidDocuments",
    )


@pytest.mark.parametrize(
    ("add", "record", "words"),
    [
        (add_agency, replace(AGENCY, name_en="Other"), "agency MIA is enrolled with another name_en"),
        (add_agency, replace(AGENCY, code="MFA"), "tax id 1400000001 belongs to MIA"),
        (add_system, replace(SYSTEM, code="MIA-2"), "belongs to MIA-1 already"),
        (add_system, replace(SYSTEM, code="MIA-2", agency="MFA"), "agency MFA is not enrolled"),
        (add_representative, replace(PERSON, surname="Quliyeva"), "enrolled with another surname"),
        (add_representative, replace(PERSON, fin="5AB1CD3"), "identity card AZE12345678 belongs to 5AB1CD2"),
        (
            add_representative,
            replace(PERSON, fin="5AB1CD3", identity_card="AA1234567", fingerprint=None),
            "login gunel.aliyeva belongs to 5AB1CD2",
        ),
    ],
)
def test_a_key_that_is_taken_is_told_by_name(store, add, record, words):
    enrol(store, *ALL)
    with pytest.raises(EnrolmentError, match=words), store.writing() as connection:
        add(connection, record)
    with store.reading() as connection:
        assert directory_version_of(connection) == 3


def test_nothing_is_granted_to_a_system_nobody_enrolled(store):
    with pytest.raises(EnrolmentError, match="MIA-9 is not enrolled"), store.writing() as connection:
        grant(connection, "MIA-9", ["bus.GetStatus"])
