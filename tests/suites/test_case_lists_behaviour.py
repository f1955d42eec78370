"""Lists of cases on every store: each criterion, stable pages, an applicant's own and the operator's inbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from handlers.cases.criteria import CaseCriteria
from handlers.cases.listing import inbox, list_cases
from handlers.cases.model import CaseState, CaseType, DecisionOutcome
from handlers.paging import CriteriaError, CursorError
from handlers.registration.model import Register
from handlers.store.tables_registers import register_case
from tests.unit.handlers.registration.examples import FIN, NOW, OTHER, OWNER, REGISTRATION, TODAY

DAY = timedelta(days=1)


def row(place, **changes):
    """A case received `place` days after `NOW`."""
    at = NOW + place * DAY
    return {
        "number": f"2026/IR-{place:06d}",
        "tracking_id": f"T-{place}",
        "type": CaseType.REGISTRATION,
        "register": Register.INFORMATION_RESOURCES,
        "state": CaseState.RECEIVED,
        "applicant": OWNER,
        "representative": FIN,
        "confirmation": "XADES",
        "confirmed_at": at,
        "subject": f"C{place}",
        "received_at": at,
        "recorded_at": at,
        "event_date": TODAY,
        "due_date": TODAY + 20 * DAY,
        "late": False,
        "entry_number": None,
        "clerk": None,
        "decision": None,
        "decided_at": None,
        "application": REGISTRATION,
    } | changes


def add(store, *rows):
    with store.writing() as connection:
        connection.execute(insert(register_case), list(rows))


@pytest.fixture
def filled(store):
    add(
        store,
        row(1),
        row(2, state=CaseState.REVIEW, clerk="leyla"),
        row(3, applicant=OTHER, late=True),
        row(4, state=CaseState.ARCHIVED, decision=DecisionOutcome.APPROVED, decided_at=NOW + 30 * DAY, clerk="leyla"),
        row(5, type=CaseType.CHANGE, entry_number="IR-000001", late=True),
        row(6, state=CaseState.WITHDRAWN, type=CaseType.CHANGE, entry_number="IR-000001"),
        row(7, number="2026/PD-000001", register=Register.PERSONAL_DATA_SYSTEMS, state=CaseState.RETURNED),
        row(
            8,
            applicant=OTHER,
            state=CaseState.REVIEW,
            clerk="orxan",
            type=CaseType.CANCELLATION,
            entry_number="IR-000009",
        ),
    )
    return store


def listed(store, size=2, between=lambda: None, **criteria):
    """Subjects of all cases listed, page by page."""
    subjects, cursor = [], None
    while True:
        with store.reading() as connection:
            page = list_cases(connection, CaseCriteria(**criteria), size=size, cursor=cursor)
        subjects += [each.subject for each in page.cases]
        cursor = page.next_cursor
        if cursor is None:
            return subjects
        between()


LISTS = [
    ({}, "87654321"),
    ({"oldest_first": True}, "12345678"),
    ({"applicant": OWNER}, "765421"),
    ({"applicant": "NOBODY"}, ""),
    ({"applicant": OTHER, "states": (CaseState.REVIEW,)}, "8"),
    ({"states": (CaseState.REVIEW, CaseState.RETURNED, CaseState.ARCHIVED)}, "8742"),
    ({"states": (CaseState.REVIEW, CaseState.REVIEW)}, "82"),
    ({"states": (CaseState.DRAFT,)}, ""),
    ({"applicant": OWNER, "type": CaseType.CHANGE}, "65"),
    ({"type": CaseType.CANCELLATION}, "8"),
    ({"register": Register.PERSONAL_DATA_SYSTEMS}, "7"),
    ({"applicant": OWNER, "register": Register.INFORMATION_RESOURCES}, "65421"),
    ({"entry_number": "IR-000001"}, "65"),
    ({"entry_number": "IR-000009", "applicant": OWNER}, ""),
    ({"open_only": True}, "875321"),
    ({"open_only": False}, "87654321"),
    ({"open_only": True, "applicant": OWNER, "oldest_first": True}, "1257"),
    ({"late_only": True}, "53"),
    ({"late_only": True, "applicant": OWNER}, "5"),
    ({"late_only": True, "open_only": True, "type": CaseType.CHANGE}, "5"),
    ({"received_from": TODAY + 6 * DAY}, "876"),
    ({"received_to": TODAY + 2 * DAY, "applicant": OWNER}, "21"),
    ({"received_from": TODAY + 3 * DAY, "received_to": TODAY + 3 * DAY}, "3"),
    ({"clerk": "leyla"}, "42"),
    ({"clerk": "leyla", "open_only": True}, "2"),
    ({"unassigned": True, "open_only": True, "oldest_first": True}, "1357"),
]


def test_a_list_has_exactly_the_cases_that_meet_all_criteria(filled):
    for criteria, subjects in LISTS:
        assert (criteria, listed(filled, **criteria)) == (criteria, [f"C{place}" for place in subjects])


def test_a_line_tells_the_case_and_the_inbox_whose_hands_it_is_in(filled):
    with filled.reading() as connection:
        [line] = list_cases(connection, CaseCriteria(states=(CaseState.ARCHIVED,))).cases
        [case] = inbox(connection, CaseCriteria(states=(CaseState.ARCHIVED,))).cases
    assert (line.number, line.tracking_id, line.state) == ("2026/IR-000004", "T-4", CaseState.ARCHIVED)
    assert (line.received_at, line.decision, line.late) == (NOW + 4 * DAY, DecisionOutcome.APPROVED, False)
    assert (case.number, case.clerk, case.decided_at) == (line.number, "leyla", NOW + 30 * DAY)


def test_no_case_is_missed_or_doubled_while_cases_come_and_go(filled):
    fresh = iter(range(100, 200))

    def meanwhile():
        place = next(fresh)
        add(filled, row(place), row(place, number=f"2026/IR-9{place}", tracking_id=f"L-{place}", received_at=NOW - DAY))
        with filled.writing() as connection:
            moved = update(register_case).where(register_case.c.number == "2026/IR-000002")
            connection.execute(moved.values(clerk="orxan", state=CaseState.SECOND_REVIEW))

    seen = listed(filled, 1, meanwhile, applicant=OWNER, received_from=TODAY)
    assert seen == ["C7", "C6", "C5", "C4", "C2", "C1"]


def test_cases_of_the_same_moment_are_told_apart_by_their_number(store):
    add(store, *(row(place, received_at=NOW) for place in range(5)))
    assert listed(store, 2) == ["C4", "C3", "C2", "C1", "C0"]
    assert listed(store, 2, oldest_first=True) == ["C0", "C1", "C2", "C3", "C4"]


def test_a_cursor_of_another_applicant_is_refused(filled):
    with filled.reading() as connection:
        cursor = list_cases(connection, CaseCriteria(applicant=OWNER), size=1).next_cursor
        with pytest.raises(CursorError):
            list_cases(connection, CaseCriteria(applicant=OTHER), size=1, cursor=cursor)


def test_days_the_wrong_way_round_are_told(store):
    with store.reading() as connection, pytest.raises(CriteriaError) as caught:
        list_cases(connection, CaseCriteria(received_from=TODAY, received_to=TODAY - DAY))
    assert caught.value.field == "receivedTo"
