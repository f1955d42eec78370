"""One effect for a request, however often and under however many tracking ids it comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, event

from handlers.dispatch import CommandDispatcher
from handlers.messages import (
    AcknowledgeNotices,
    NoticeDue,
    RequestContext,
)
from handlers.notices.model import NoticeKind
from handlers.parties.changes import change_standing
from handlers.parties.model import Act, Agency, PartyKind, System
from handlers.parties.standing import StandingStep
from handlers.receipts.grounds import REQUEST_CONFLICT
from handlers.receipts.ledger import ReceiptLedger, RequestConflictError
from handlers.receipts.model import CommandState, CommandStatus, Ground
from handlers.receipts.queries import commands_waiting, get_receipt
from handlers.store import directory, inbox
from handlers.work import Outcome
from queues.errors import UndecodableError
from tests.suites.stage import NOW, Effects, accepted, events, made, message, receipt, status, ticking, together


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


@pytest.mark.parametrize(
    ("kind", "party"), [(PartyKind.SYSTEM, "MIA-1"), (PartyKind.AGENCY, "MIA"), (PartyKind.AGENCY, "MFA")]
)
def test_what_came_from_or_for_a_party_that_was_suspended_has_no_effect(store, kind, party):
    """The edge may not have known of it: it goes on with an old directory while the store is away."""
    act = Act(by="officer", at=NOW, reason="Letter 17/26")
    with store.writing() as connection:
        for code in ("MIA", "MFA"):
            directory.add_agency(connection, Agency(code=code, name_az=code, name_en=code, tax_id=code))
        directory.add_system(connection, System(code="MIA-1", agency="MIA", name="MIA-1"))
        change_standing(connection, kind, party, StandingStep.SUSPEND, act)
        change_standing(connection, kind, party, StandingStep.RESUME, replace(act, at=NOW + timedelta(minutes=2)))
    dispatch = Effects().dispatcher(store)

    def received(minutes):
        context = RequestContext(request_id=f"r-{minutes}", on_behalf_of="MFA")
        at = NOW + timedelta(minutes=minutes)
        dispatch(message(accepted(f"t-{minutes}", context=context, received_at=at)))
        ground = status(store, f"t-{minutes}").ground
        return None if ground is None else ground.code

    assert [received(minutes) for minutes in (-1, 0, 1, 2)] == [None, *["CALLER_NOT_IN_FORCE"] * 2, None]
    assert made(store) == 2
    assert {one.kind for one in events(store)} == {NoticeKind.COMMAND_REFUSED}


def test_a_command_the_ledger_never_saw_is_applied_with_its_receipt_and_evidence(store):
    Effects().dispatcher(store)(message(accepted()))
    assert made(store) == 1
    assert status(store, "t-1").received_at == NOW - timedelta(seconds=2)
    with store.reading() as connection:
        assert get_receipt(connection, "MIA", "t-1") == receipt()
        assert inbox.find_received(connection, "MIA", "t-1") == b"<soap of='t-1'/>"
        assert inbox.find_received(connection, "MFA", "t-1") is None


@pytest.mark.parametrize("schema", [1, 2])
def test_workers_take_messages_of_both_schemas_and_of_no_other(store, schema):
    dispatch = Effects().dispatcher(store)
    dispatch(message(accepted(), schema=schema))
    with pytest.raises(UndecodableError):
        dispatch(message(accepted(), schema=3))
    assert made(store) == 1


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


def test_a_command_costs_five_statements_beside_its_handlers(store):
    own = NoticeDue(
        event_id="e-1",
        agency="MIA",
        kind=NoticeKind.CASE_RECEIVED,
        tracking_id="t-1",
        subject="2026/IR-000007",
        occurred_at=NOW,
    )
    statements: list[str] = []
    dispatch = CommandDispatcher(store, {AcknowledgeNotices: lambda *_: Outcome(events=(own,))}, ticking())
    dispatch(message(accepted("t-0", "r-0")))
    own = replace(own, event_id="e-2")

    @event.listens_for(Engine, "before_cursor_execute")
    def count(_connection, _cursor, statement, *_others) -> None:
        statements.append(statement.split()[0])

    try:
        dispatch(message(accepted()))
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert [one for one in statements if one not in {"BEGIN", "PRAGMA"}] == [
        "INSERT",
        "SELECT",
        "UPDATE",
        "INSERT",
        "INSERT",
    ]


def test_a_handler_that_raises_leaves_nothing_and_may_be_tried_again(store):
    failing = CommandDispatcher(store, {AcknowledgeNotices: lambda *_: 1 // 0}, ticking())
    with pytest.raises(ZeroDivisionError):
        failing(message(accepted()))
    assert status(store, "t-1") is None
    Effects().dispatcher(store)(message(accepted()))
    assert made(store) == 1


def test_what_waits_is_counted_by_operation_with_the_oldest_offer(store):
    ledger = ReceiptLedger(store)
    offers = [
        ("documents.ReportInvalidDocuments", 3),
        ("documents.ReportInvalidDocuments", 1),
        ("notices.AcknowledgeNotices", 2),
    ]
    for number, (operation, minutes) in enumerate(offers):
        ledger.offer(receipt(f"t-{number}", f"r-{number}"), operation, NOW - timedelta(minutes=minutes))
    with store.reading() as connection:
        assert commands_waiting(connection) == [
            ("documents.ReportInvalidDocuments", 2, NOW - timedelta(minutes=3)),
            ("notices.AcknowledgeNotices", 1, NOW - timedelta(minutes=2)),
        ]
