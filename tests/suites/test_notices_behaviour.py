"""Notices are numbered per agency without a gap, pulled page by page and acknowledged."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from handlers.dispatch import CommandDispatcher, EventDispatcher
from handlers.leaving import event_message
from handlers.messages import (
    AcknowledgeNotices,
    NoticeDue,
    RequestContext,
)
from handlers.notices.commands import acknowledge_notices, add_notice
from handlers.notices.model import NoticeKind
from handlers.notices.queries import pull_notices
from handlers.receipts.model import CommandState
from handlers.work import Work
from tests.suites.stage import NOW, accepted, due, message, status, ticking, together


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


def test_by_a_mandate_the_notices_of_the_other_agency_are_acknowledged(store):
    tell(store, due("e-1"), due("e-2", "MFA"))
    context = RequestContext(request_id="r-1", on_behalf_of="MFA")
    command = accepted(command=AcknowledgeNotices(up_to_sequence=1), context=context)
    CommandDispatcher(store, {AcknowledgeNotices: acknowledge_notices}, ticking())(message(command))
    assert status(store, "t-1").state is CommandState.APPLIED
    assert [one.acknowledged_at for one in pull(store).notices] == [None]
    assert [one.acknowledged_at for one in pull(store, "MFA").notices] == [NOW]


@pytest.mark.parametrize("up_to", [4, -1])
def test_acknowledging_a_number_that_was_never_given_is_refused(store, up_to):
    tell(store, due("e-1"), due("e-2"), due("e-3"))
    refused = acknowledge(store, up_to)
    assert (refused.state, refused.ground.code) == (CommandState.REFUSED, "NOTICE_NUMBER_UNKNOWN")
    assert {one.acknowledged_at for one in pull(store).notices} == {None}


def told_of(store, event: NoticeDue, **more):
    with store.writing() as connection:
        add_notice(Work(connection, NOW), event, **more)
    return pull(store).notices[-1]


def test_a_notice_says_what_is_asked_by_when_and_of_which_case_and_entry(store):
    parameters = {"entry": "IR-000004", "correct_by": "2026-03-11", "defects": "2"}
    event = replace(due("e-1"), kind=NoticeKind.CASE_RETURNED, parameters=parameters)
    notice = told_of(store, event, case_link="https://registers.example/cases/{number}?lang=az")
    assert notice.asked_en.startswith("Correct the defects and submit the corrected application on 2026-03-11")
    assert notice.asked_az.startswith("Qüsurları aradan qaldırın")
    assert notice.due_on == date(2026, 3, 11)
    assert (notice.case_number, notice.entry_number) == ("2026/IR-000001", "IR-000004")
    assert notice.link == "https://registers.example/cases/2026/IR-000001?lang=az"


def test_without_an_address_of_cases_a_notice_names_its_case(store):
    notice = told_of(store, due("e-1"))
    assert notice.link == "urn:state-register:case:2026/IR-000001"
    assert (notice.asked_en, notice.due_on, notice.entry_number) == (None, None, None)


@pytest.mark.parametrize("subject", ["PD-000002", "MIA-1", "0198f2b4-7c3a-7e21-9d55-3a0c5c1be001-0123456789"])
def test_what_is_about_no_case_leads_to_none(store, subject):
    event = replace(due("e-1"), kind=NoticeKind.COMMAND_REFUSED, subject=subject, parameters={"operation": "a.B"})
    notice = told_of(store, event)
    assert (notice.case_number, notice.link) == (None, None)
    assert notice.entry_number == (subject if subject.startswith("PD-") else None)
