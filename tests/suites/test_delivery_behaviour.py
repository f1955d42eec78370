"""How notices are delivered: settings are versions, notices leave in order and once, failures wait their time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from handlers.dispatch import CommandDispatcher, EventDispatcher
from handlers.leaving import event_message
from handlers.messages import NoticeDue, RequestContext, SetDelivery
from handlers.notices.choosing import choose_for, delivery_settings, report, set_delivery
from handlers.notices.commands import add_notice
from handlers.notices.delivering import Deliveries
from handlers.notices.delivery import (
    REFUSALS_BORNE,
    DeliveryChoice,
    DeliveryFailure,
    DeliveryMethod,
    DeliveryState,
    NoticeLanguage,
    SetBy,
)
from handlers.notices.model import NoticeKind
from handlers.notices.queries import pull_notices
from handlers.parties.model import Act
from handlers.receipts.model import CommandState
from handlers.store import deliveries
from handlers.store.tables import inbox
from handlers.work import Work
from tests.suites.stage import NOW, accepted, due, later, message, status, ticking, together

OFFERED = (DeliveryMethod.PULL, DeliveryMethod.MAIL)
BY_MAIL = DeliveryChoice(method=DeliveryMethod.MAIL, addresses=("registers@mia.example",))
PULLED = DeliveryChoice(method=DeliveryMethod.PULL)
ACT = Act(by="Aydan", at=NOW, reason="Letter 17/26")
LEASE = timedelta(minutes=2)


def sender(store, owner="one", lease=LEASE) -> Deliveries:
    return Deliveries(store, DeliveryMethod.MAIL, lease=lease, owner=owner)


def tell(store, *event_ids, agency="MIA", kind=NoticeKind.CASE_RECEIVED) -> None:
    with store.writing() as connection:
        for each in event_ids:
            event = due(each, agency)
            add_notice(
                Work(connection, NOW),
                NoticeDue(
                    event_id=event.event_id,
                    agency=agency,
                    kind=kind,
                    tracking_id=event.tracking_id,
                    subject=event.subject,
                    occurred_at=NOW,
                ),
            )


def choose(store, choice, agency="MIA", at=NOW, offered=OFFERED):
    with store.writing() as connection:
        return choose_for(connection, agency, choice, Act(by="Aydan", at=at, reason="Letter 17/26"), offered)


def told(store, agency="MIA"):
    with store.reading() as connection:
        return report(connection, agency, OFFERED)


def ledger(store, agency="MIA"):
    with store.reading() as connection:
        return [(row.sequence, row.state, row.attempts) for row in deliveries.ledger(connection, agency)]


def command(store, choice, tracking_id="t-1", offered=OFFERED, **context):
    sent = accepted(
        tracking_id,
        f"r-{tracking_id}",
        command=SetDelivery(choice=choice),
        operation="notices.SetDelivery",
        context=RequestContext(request_id=f"r-{tracking_id}", **context),
    )
    CommandDispatcher(store, {SetDelivery: partial(set_delivery, offered=offered)}, ticking())(message(sent))
    return status(store, tracking_id)


# Choosing -----------------------------------------------------------------------------------------------------------


def test_until_somebody_chooses_an_agency_pulls(store):
    tell(store, "e-1")
    found = told(store)
    assert (found.method, found.version, found.language) == (DeliveryMethod.PULL, 0, NoticeLanguage.BOTH)
    assert (found.last_sequence, found.waiting, found.offered) == (1, 0, OFFERED)


def test_each_choice_is_a_version_with_who_when_and_why(store):
    assert command(store, BY_MAIL).state is CommandState.APPLIED
    english = DeliveryChoice(method=DeliveryMethod.MAIL, addresses=BY_MAIL.addresses, language=NoticeLanguage.EN)
    assert choose(store, english, at=later(60)) is None
    with store.reading() as connection:
        first, second = delivery_settings(connection, "MIA")
    assert (first.version, first.choice, first.set_by, first.by) == (1, BY_MAIL, SetBy.AGENCY, "MIA-1")
    assert (first.set_at, first.tracking_id) == (NOW, "t-1")
    assert (second.version, second.choice, second.set_by, second.by) == (2, english, SetBy.OPERATOR, "Aydan")
    assert (second.set_at, second.reason) == (later(60), "Letter 17/26")
    assert told(store).language is NoticeLanguage.EN


def test_choosing_what_stands_changes_nothing(store):
    choose(store, BY_MAIL)
    choose(store, BY_MAIL, at=later(9))
    choose(store, PULLED, "MFA")
    assert (told(store).version, told(store).set_at) == (1, NOW)
    assert told(store, "MFA").version == 0


def test_what_is_named_twice_is_kept_once(store):
    kinds = (NoticeKind.CASE_TAKEN, NoticeKind.BATCH_APPLIED, NoticeKind.CASE_TAKEN)
    choose(store, replace(BY_MAIL, addresses=BY_MAIL.addresses * 2, unwanted_kinds=kinds))
    choose(store, replace(BY_MAIL, unwanted_kinds=kinds[1:]), at=later(9))
    found = told(store)
    assert (found.version, found.addresses) == (1, BY_MAIL.addresses)
    assert found.unwanted_kinds == (NoticeKind.BATCH_APPLIED, NoticeKind.CASE_TAKEN)


def test_by_a_mandate_it_is_chosen_for_the_other_agency(store):
    assert command(store, BY_MAIL, on_behalf_of="MFA").state is CommandState.APPLIED
    assert told(store).version == 0
    assert told(store, "MFA").method is DeliveryMethod.MAIL


def test_what_cannot_be_had_is_refused_and_what_stood_stands(store):
    refused = command(store, BY_MAIL, offered=(DeliveryMethod.PULL,))
    assert (refused.state, refused.ground.code) == (CommandState.REFUSED, "DELIVERY_NOT_OFFERED")
    assert choose(store, BY_MAIL, offered=(DeliveryMethod.PULL,)).code == "DELIVERY_NOT_OFFERED"
    assert told(store).version == 0


def test_a_repeated_command_chooses_once(store):
    command(store, BY_MAIL)
    command(store, BY_MAIL)
    with store.reading() as connection:
        assert len(delivery_settings(connection, "MIA")) == 1
        assert connection.scalars(select(inbox.c.state)).all() == ["APPLIED"]


# Sending ------------------------------------------------------------------------------------------------------------


def test_sending_begins_with_what_is_written_after_the_choice_and_keeps_the_order(store):
    tell(store, "e-1", "e-2")
    choose(store, BY_MAIL)
    assert sender(store).next(NOW) is None
    tell(store, "e-3", "e-4")
    assert told(store).waiting == 2
    sends, sent = sender(store), []
    while (outgoing := sends.next(NOW)) is not None:
        sent.append(outgoing.notice.notice_id)
        sends.delivered(outgoing, NOW)
    assert sent == ["e-3", "e-4"]
    assert ledger(store) == [(3, DeliveryState.DELIVERED, 1), (4, DeliveryState.DELIVERED, 1)]
    found = told(store)
    assert (found.last_delivered, found.last_delivered_at, found.waiting) == (4, NOW, 0)
    assert found.last_error is None


def test_of_an_agency_one_notice_is_under_way_at_a_time_until_its_lease_ends(store):
    choose(store, BY_MAIL)
    tell(store, "e-1", "e-2")
    one, other = sender(store, "one"), sender(store, "other")
    first = one.next(NOW)
    assert first.notice.sequence == 1
    assert other.next(NOW + LEASE - timedelta(seconds=1)) is None
    again = other.next(NOW + LEASE)
    assert (again.notice.notice_id, again.attempts) == ("e-1", 0)
    other.delivered(again, NOW + LEASE)
    one.failed(first, DeliveryFailure.TOO_SLOW, NOW + LEASE)
    assert ledger(store) == [(1, DeliveryState.DELIVERED, 1)]
    assert one.next(NOW + LEASE).notice.sequence == 2


def test_a_lease_from_before_the_clock_was_set_back_binds_nobody(store):
    choose(store, BY_MAIL)
    tell(store, "e-1")
    assert sender(store, "one").next(NOW + timedelta(days=400)) is not None
    assert sender(store, "other").next(NOW) is not None


def test_many_senders_at_once_send_everything_once_and_each_agencys_in_order(store):
    agencies = [f"A{number}" for number in range(4)]
    for agency in agencies:
        choose(store, BY_MAIL, agency)
        tell(store, *(f"{agency}-{number}" for number in range(5)), agency=agency)
    sent = []

    def send(index):
        sends = sender(store, f"sender-{index}")
        idle = 0
        while idle < 3:
            outgoing = sends.next(NOW)
            if outgoing is None:
                idle += 1
                continue
            sent.append(outgoing.notice.notice_id)
            sends.delivered(outgoing, NOW)

    together(3, send)
    for agency in agencies:
        assert [each for each in sent if each.startswith(f"{agency}-")] == [f"{agency}-{n}" for n in range(5)]
        assert told(store, agency).waiting == 0


def test_a_failure_waits_longer_each_time_and_holds_up_nobody_else(store):
    choose(store, BY_MAIL)
    choose(store, BY_MAIL, "MFA")
    tell(store, "e-1", "e-2")
    tell(store, "f-1", agency="MFA")
    sends, waits, now = sender(store), [], NOW
    for attempt in range(1, 10):
        outgoing = sends.next(now)
        if outgoing.agency == "MFA":
            sends.delivered(outgoing, now)
            outgoing = sends.next(now)
        assert (outgoing.notice.notice_id, outgoing.attempts) == ("e-1", attempt - 1)
        assert sends.failed(outgoing, DeliveryFailure.UNREACHABLE, now) is DeliveryState.WAITING
        found = told(store)
        waits.append((found.next_try_at - now) // timedelta(minutes=1))
        assert sends.next(found.next_try_at - timedelta(seconds=1)) is None
        now = found.next_try_at
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert (found.last_error, found.waiting, found.given_up) == (DeliveryFailure.UNREACHABLE, 2, 0)
    assert told(store, "MFA").waiting == 0
    sends.delivered(sends.next(now), now)
    assert ledger(store) == [(1, DeliveryState.DELIVERED, 10)]
    assert told(store).last_error is None


@pytest.mark.parametrize("failure", [DeliveryFailure.ADDRESS_REFUSED, DeliveryFailure.MESSAGE_REFUSED])
def test_what_is_refused_for_good_too_often_is_left_to_be_pulled_and_the_next_one_leaves(store, failure):
    choose(store, BY_MAIL)
    tell(store, "e-1", "e-2")
    sends, now = sender(store), NOW
    for attempt in range(1, REFUSALS_BORNE + 1):
        state = sends.failed(sends.next(now), failure, now)
        assert state is (DeliveryState.GIVEN_UP if attempt == REFUSALS_BORNE else DeliveryState.WAITING)
        now += timedelta(hours=1)
    assert sends.next(now).notice.notice_id == "e-2"
    found = told(store)
    assert (found.given_up, found.last_error, found.waiting) == (1, failure, 1)
    with store.reading() as connection:
        assert len(pull_notices(connection, "MIA", after=0, limit=10).notices) == 2


def test_kinds_that_an_agency_does_without_are_passed_over_and_can_be_pulled(store):
    choose(
        store,
        DeliveryChoice(
            method=DeliveryMethod.MAIL, addresses=BY_MAIL.addresses, unwanted_kinds=(NoticeKind.CASE_TAKEN,)
        ),
    )
    tell(store, "e-1", "e-2", kind=NoticeKind.CASE_TAKEN)
    tell(store, "e-3")
    tell(store, "e-4", kind=NoticeKind.CASE_TAKEN)
    sends = sender(store)
    outgoing = sends.next(NOW)
    assert outgoing.notice.notice_id == "e-3"
    sends.delivered(outgoing, NOW)
    assert sends.next(NOW) is None
    assert [state for _, state, _ in ledger(store)] == [
        DeliveryState.PASSED_OVER,
        DeliveryState.PASSED_OVER,
        DeliveryState.DELIVERED,
        DeliveryState.PASSED_OVER,
    ]
    assert told(store).waiting == 0
    with store.reading() as connection:
        assert len(pull_notices(connection, "MIA", after=0, limit=10).notices) == 4


def test_a_corrected_address_is_tried_at_once_and_nothing_is_lost(store):
    choose(store, BY_MAIL)
    tell(store, "e-1")
    sends = sender(store)
    sends.failed(sends.next(NOW), DeliveryFailure.ADDRESS_REFUSED, NOW)
    assert sends.next(later(5)) is None
    corrected = DeliveryChoice(method=DeliveryMethod.MAIL, addresses=("office@mia.example",))
    choose(store, corrected, at=later(5))
    outgoing = sends.next(later(5))
    assert (outgoing.notice.notice_id, outgoing.setting.choice) == ("e-1", corrected)


def test_who_pulls_again_gets_no_mail_and_who_returns_to_mail_gets_no_old_one(store):
    choose(store, BY_MAIL)
    tell(store, "e-1")
    sends = sender(store)
    sends.failed(sends.next(NOW), DeliveryFailure.UNREACHABLE, NOW)
    choose(store, PULLED, at=later(1))
    tell(store, "e-2")
    assert sends.next(later(9999)) is None
    assert (told(store).waiting, told(store).next_try_at) == (0, None)
    choose(store, BY_MAIL, at=later(2))
    assert sends.next(later(9999)) is None
    tell(store, "e-3")
    assert sends.next(later(9999)).notice.notice_id == "e-3"
    assert ledger(store) == [(1, DeliveryState.PASSED_OVER, 1)]


def test_a_mail_that_some_addresses_refused_is_delivered_and_says_so(store):
    choose(store, BY_MAIL)
    tell(store, "e-1")
    sends = sender(store)
    sends.delivered(sends.next(NOW), NOW, DeliveryFailure.ADDRESS_REFUSED)
    found = told(store)
    assert (found.last_delivered, found.last_error, found.last_error_at) == (1, DeliveryFailure.ADDRESS_REFUSED, NOW)


def test_an_event_that_is_sent_again_makes_no_second_notice_to_be_mailed(store):
    choose(store, BY_MAIL)
    dispatch = EventDispatcher(store, {NoticeDue: add_notice}, ticking())
    for event in (due("e-1"), due("e-1"), due("e-1")):
        dispatch(event_message(event, NOW))
    assert told(store).waiting == 1
