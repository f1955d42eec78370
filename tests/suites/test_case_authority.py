"""What a representative may do ends the moment its authority ends, also in cases under way; a colleague goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from handlers.dispatch import CommandDispatcher
from handlers.messages import (
    FileDestructionProof,
    Resubmit,
    SubmitAppeal,
    SubmitRegistration,
    WithdrawCase,
)
from handlers.parties.changes import change_standing, withdraw_certificate
from handlers.parties.model import Act, Certificate, PartyKind
from handlers.parties.standing import StandingStep
from handlers.receipts.queries import get_status
from handlers.registration.entries import enter
from handlers.registration.model import DestructionProof, Withdrawal
from handlers.store import directory
from handlers.store.tables_registers import case_step, register_case
from handlers.work import Work
from tests.suites.case_world import _DO, DEFECT, HANDLERS, STAFF, message
from tests.unit.handlers.registration.examples import (
    AGENCY_RECORDS,
    CANCELLATION,
    CHANGE,
    FIN,
    FINGERPRINT,
    NOW,
    OWNER,
    REGISTRATION,
    REPRESENTATIVE,
    RESOURCE,
    accepted,
    signed,
)

COLLEAGUE = replace(
    REPRESENTATIVE,
    fin="6DEF34G",
    identity_card="AA7654321",
    certificates=(Certificate(fingerprint="ef" * 32, issuer="CN=CA", serial="77"),),
)
NOON = NOW + timedelta(hours=1)
"""When authority ends here, unless the calendar ends it."""
MIDNIGHT = datetime(2026, 12, 31, 20, tzinfo=UTC)
"""The end of the last day of authority, in Baku."""
MOMENT = timedelta(microseconds=1)
AYSEL, _, LEYLA, _ = STAFF
"""Of the staff, those who work on the cases here."""
ACT = Act(by="officer", at=NOON, reason="məktub 17")


def suspended(connection) -> None:
    change_standing(connection, PartyKind.REPRESENTATIVE, FIN, StandingStep.SUSPEND, ACT)


def withdrawn(connection) -> None:
    change_standing(connection, PartyKind.REPRESENTATIVE, FIN, StandingStep.WITHDRAW, ACT)


def card_withdrawn(connection) -> None:
    withdraw_certificate(connection, PartyKind.REPRESENTATIVE, FIN, FINGERPRINT, ACT)


def nothing(_connection) -> None:
    """The calendar alone ends it."""


ENDS = [(suspended, NOON), (withdrawn, NOON), (card_withdrawn, NOON), (nothing, MIDNIGHT)]


class Desk:
    """Cases in the four states in which an applicant has something to do."""

    def __init__(self, store) -> None:
        self.store, self.now, self.sent = store, NOW, 0
        with store.writing() as connection:
            for agency in AGENCY_RECORDS:
                directory.add_agency(connection, agency)
            for person in (REPRESENTATIVE, COLLEAGUE):
                directory.add_representative(connection, person)
            for name in ("BİR", "İKİ"):
                enter(Work(connection=connection, now=NOW), replace(RESOURCE, short_name=name))
        self.returned = self.submitted(SubmitRegistration, REGISTRATION)
        self.work("take", self.returned, AYSEL)
        self.work("return", self.returned, AYSEL, defects=(DEFECT,))
        self.received = self.submitted(SubmitAppeal, replace(CHANGE, resource_card=replace(RESOURCE, short_name="BİR")))
        self.cancelled = self.submitted(SubmitAppeal, replace(CANCELLATION, entry_number="IR-000002"))
        self.work("take", self.cancelled, AYSEL)
        self.work("find_complete", self.cancelled, AYSEL, reason="")
        self.work("decide", self.cancelled, AYSEL, outcome="APPROVED", reason="", ground=None)
        self.work("confirm", self.cancelled, LEYLA)

    def work(self, step, number, actor, **deed) -> None:
        with self.store.writing() as connection:
            _DO[step](Work(connection=connection, now=NOW), number, actor, **deed)

    def submitted(self, command_type, application) -> str:
        status = self.send(lambda person, tag: command_type(
            application=replace(application, representative=person.fin),
            confirmation=confirmed(application, person, tag, NOW),
        ), REPRESENTATIVE, NOW)  # fmt: skip
        assert status.ground is None
        return status.subject

    def send(self, make, person, at):
        """Have the command that `make` makes applied much later than it was received: `at`."""
        self.sent += 1
        tag = f"T-{self.sent}"
        command = accepted(make(person, tag), tag, received_at=at)
        CommandDispatcher(self.store, HANDLERS, lambda: max(at, NOON) + timedelta(days=2))(message(command))
        with self.store.reading() as connection:
            return get_status(connection, OWNER, tag)

    def standing(self):
        with self.store.reading() as connection:
            return connection.execute(select(register_case.c.number, register_case.c.state)).all(), len(
                connection.execute(select(case_step)).all()
            )


def confirmed(content, person, tag, at):
    fingerprint = person.certificates[0].fingerprint
    return replace(
        signed(content, tag), representative=person.fin, certificate_fingerprint=fingerprint, confirmed_at=min(at, NOON)
    )


def resubmitting(desk, at):
    def make(person, tag):
        application = replace(REGISTRATION, representative=person.fin)
        return Resubmit.of(desk.returned, application, confirmed(application, person, tag, at))

    return make


def withdrawing(desk, at):
    def make(person, tag):
        stated = Withdrawal(case_number=desk.received, applicant=OWNER, representative=person.fin, reason="lazım deyil")
        return WithdrawCase(statement=stated, confirmation=confirmed(stated, person, tag, at))

    return make


def proving(desk, at):
    def make(person, tag):
        stated = DestructionProof(
            case_number=desk.cancelled,
            applicant=OWNER,
            representative=person.fin,
            destroyed_on=date(2026, 5, 20),
            manner="disklər əridilib",
            act_reference="akt 7",
        )
        return FileDestructionProof(statement=stated, confirmation=confirmed(stated, person, tag, at))

    return make


def appealing(_desk, at):
    def make(person, tag):
        appeal = replace(CANCELLATION, representative=person.fin)
        return SubmitAppeal(application=appeal, confirmation=confirmed(appeal, person, tag, at))

    return make


DOINGS = [resubmitting, withdrawing, proving, appealing]


@pytest.fixture
def desk(store):
    return Desk(store)


@pytest.mark.parametrize(("end", "moment"), ENDS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_a_representative_may_do_ends_with_its_authority_and_a_colleague_goes_on(desk, end, moment):
    with desk.store.writing() as connection:
        end(connection)
    for doing in DOINGS:
        before = desk.standing()
        told = desk.send(doing(desk, moment), REPRESENTATIVE, moment).ground
        assert told is not None, f"{doing.__name__} at the moment at which authority had ended"
        assert told.code == "UNAUTHORISED_SIGNATORY", doing.__name__
        assert desk.standing() == before
    if end is nothing:
        return  # the colleague's authority ends on the same day
    for doing in DOINGS:
        assert desk.send(doing(desk, moment), COLLEAGUE, moment).ground is None, doing.__name__


@pytest.mark.parametrize(("end", "moment"), ENDS, ids=lambda value: getattr(value, "__name__", ""))
def test_what_was_received_a_moment_before_counts_though_it_is_applied_after(desk, end, moment):
    with desk.store.writing() as connection:
        end(connection)
    for doing in DOINGS:
        assert desk.send(doing(desk, moment - MOMENT), REPRESENTATIVE, moment - MOMENT).ground is None, doing.__name__
