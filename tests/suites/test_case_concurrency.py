"""Eight people at once: of steps that exclude each other one is made, nobody waits for ever, no number is lost."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers.cases import commands as work_on
from handlers.cases.effects import StepRefusedError
from handlers.cases.guards import Decision
from handlers.cases.model import Actor, DecisionOutcome, Role
from handlers.messages import AcknowledgeNotices, SubmitAppeal, SubmitRegistration, WithdrawCase
from handlers.registration.model import Withdrawal
from handlers.store import notices
from handlers.store.ports import StoreConflictError
from handlers.work import Work
from tests.suites.case_audit import Ledger
from tests.suites.case_model import Asked
from tests.suites.case_world import DEFECT, STAFF, World, deliver, entering, message
from tests.suites.stage import together

THREADS = 8
AYSEL, KAMRAN, LEYLA, _ = STAFF
IR, PD = "INFORMATION_RESOURCES", "PERSONAL_DATA_SYSTEMS"
SUBMIT = (SubmitRegistration, SubmitAppeal)
APPROVED = Decision(outcome=DecisionOutcome.APPROVED)
REFUSED = Decision(outcome=DecisionOutcome.REFUSED, ground_code="FALSE_DATA", reason="əsas")
DISMISSED = Decision(outcome=DecisionOutcome.DISMISSED, reason="əsas")


class Crowd:
    """Makes steps in threads, each run again when the database chooses it to give way, and counts how that went."""

    def __init__(self, store) -> None:
        self.store = store
        self.world = World(store)
        self.outcomes: Counter[str] = Counter()
        self.again: list[str] = []
        self._lock = threading.Lock()

    def step(self, step, number, actor, *args, **deed) -> str:
        """`made`, or the code of the ground that stands against it."""
        try:
            self._through(lambda connection: step(self._work(connection), number, actor, *args, **deed))
        except StepRefusedError as refused:
            return self._counted(refused.ground.code)
        return self._counted("made")

    def _work(self, connection) -> Work:
        return Work(connection=connection, now=self.world.now)

    def _through(self, unit):
        while True:
            try:
                with self.store.writing() as connection:
                    return unit(connection)
            except StoreConflictError as conflict:
                with self._lock:
                    self.again.append(str(conflict))

    def _counted(self, outcome: str) -> str:
        with self._lock:
            self.outcomes[outcome] += 1
        return outcome

    def whole(self) -> None:
        """Nothing deadlocked, and every invariant holds."""
        deliver(self.store)
        Ledger(self.store).audit()
        assert not [each for each in self.again if "40P01" in each], "two units of work waited for each other"
        if self.store.url.get_backend_name() == "postgresql":
            with self.store.reading() as connection:
                deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
                assert connection.execute(text(deadlocks)).scalar_one() == 0


@pytest.fixture
def crowd(store):
    return Crowd(store)


def submitted(crowd, name="0", kind="REGISTRATION", entry=None, register="INFORMATION_RESOURCES"):
    """A case as it is received."""
    world = crowd.world
    owner, day = world.agencies[0], (world.now - timedelta(days=3)).date()
    card = name if kind in ("REGISTRATION", "CHANGE", "CORRECTION") else None
    against = len(entry.versions) if entry else 0
    asked = Asked(kind, register, owner, card, day, entry=entry, against=against)
    case = world.submit(owner, asked, world.people[0])
    assert case is not None
    return case


def in_review(crowd, **what):
    case = submitted(crowd, **what)
    crowd.world.work("take", case, AYSEL)
    crowd.world.work("find_complete", case, AYSEL, reason="")
    return case


def entered(crowd, name="0", register="INFORMATION_RESOURCES"):
    case = in_review(crowd, name=name, register=register)
    crowd.world.work("decide", case, AYSEL, outcome="APPROVED", reason="", ground=None)
    return crowd.world.entries()[-1]


def test_of_eight_registrars_who_take_a_case_one_gets_it(crowd):
    case = submitted(crowd)
    staff = [Actor(role=Role.REGISTRAR, name=f"registrar-{place}") for place in range(THREADS)]
    outcomes = together(THREADS, lambda place: crowd.step(work_on.take, case.number, staff[place]))
    assert Counter(outcomes) == {"made": 1, "ILLEGAL_STEP": THREADS - 1}
    crowd.whole()


def test_of_decisions_that_exclude_each_other_one_is_made(crowd):
    case = in_review(crowd)
    number = case.number
    jobs = [(work_on.decide, APPROVED), (work_on.decide, DISMISSED), (work_on.decide, REFUSED)]

    def one(place):
        if place == THREADS - 1:
            return crowd.step(work_on.return_for_correction, number, AYSEL, defects=[DEFECT])
        step, decision = jobs[place % 3]
        return crowd.step(step, number, AYSEL, decision, issue_extract=entering)

    outcomes = Counter(together(THREADS, one))
    assert outcomes["made"] == 1
    assert set(outcomes) <= {"made", "ILLEGAL_STEP", "APPROVAL_IMPOSSIBLE", "ALREADY_APPROVED", "CORRECTION_TERM_RUNS"}
    crowd.whole()


def test_of_changes_made_against_one_version_one_is_entered_and_the_others_learn_that_it_moved_on(crowd):
    """What was judged against a version is entered on that version: none overwrites what another has just entered."""
    for round_ in range(2):
        entry = entered(crowd, name=str(round_))
        kinds = ("CHANGE", "CORRECTION", "SUSPENSION", "CANCELLATION")
        numbers = [in_review(crowd, name=str(round_), kind=kind, entry=entry).number for kind in kinds]
        assert crowd.step(work_on.decide, numbers[3], AYSEL, APPROVED, issue_extract=entering) == "made"

        def approve(place, numbers=numbers):
            if place == len(numbers) - 1:
                return crowd.step(work_on.confirm_decision, numbers[place], LEYLA, issue_extract=entering)
            return crowd.step(work_on.decide, numbers[place], AYSEL, APPROVED, issue_extract=entering)

        outcomes = Counter(together(len(kinds), approve))
        assert outcomes["made"] == 1, outcomes
        assert set(outcomes) <= {"made", "ENTRY_MOVED_ON", "ENTRY_CANCELLED", "ENTRY_STATUS"}
        crowd.whole()


def test_an_applicant_withdraws_or_the_register_enters_and_never_both(crowd):
    for place in range(3):
        case, world = in_review(crowd, name=str(place)), crowd.world
        withdrawal = withdrawal_of(world, case)

        def either(place, case=case, withdrawal=withdrawal):
            if place % 2:
                return crowd.world.dispatch(message(withdrawal))
            return crowd.step(work_on.decide, case.number, AYSEL, APPROVED, issue_extract=entering)

        together(4, either)
        crowd.whole()


def withdrawal_of(world, case):
    stated = Withdrawal(
        case_number=case.number, applicant=case.applicant, representative=world.people[0].fin, reason="lazım deyil"
    )
    confirmation = world.confirmed(stated, world.people[0])
    return world.accepted(case.applicant, WithdrawCase(statement=stated, confirmation=confirmation))


def test_eight_threads_at_few_cases_and_many_leave_whole_registers(crowd):
    """Submissions, approvals, withdrawals, acknowledgements and the notices themselves, all at once."""
    entries = [entered(crowd, name=name, register=register) for name, register in (("0", IR), ("1", IR), ("2", PD))]
    shared = [submitted(crowd, name=name, register=PD).number for name in "0134"]
    shared += [
        submitted(crowd, name=str(place), kind=kind, entry=entry, register=entry.register).number
        for place, entry in enumerate(entries)
        for kind in ("CHANGE", "CORRECTION", "CANCELLATION")
    ]
    failures = []

    def worker(place):
        choose = random.Random(place)
        try:
            for _ in range(25):
                one_step(crowd, choose, shared, entries)
        except BaseException as error:  # noqa: BLE001 - told by the test, not by the thread
            failures.append(error)

    together(THREADS, worker)
    assert not failures, failures[0]
    assert crowd.outcomes["made"] > 20
    crowd.whole()


def one_step(crowd, choose, shared, entries):
    """Something that somebody might do now, to a case that seven others are at too."""
    number, actor = choose.choice(shared), choose.choice(STAFF[:3])
    move = choose.randrange(12)
    if move < 2:
        crowd.step(work_on.take, number, AYSEL)
    elif move < 4:
        crowd.step(work_on.find_complete, number, AYSEL, reason="yoxlanılıb")
    elif move < 6:
        crowd.step(work_on.decide, number, AYSEL, choose.choice([APPROVED, APPROVED, REFUSED]), issue_extract=entering)
    elif move == 6:
        crowd.step(work_on.confirm_decision, number, LEYLA, issue_extract=entering)
    elif move == 7:
        crowd.step(work_on.return_for_correction, number, actor, defects=[DEFECT])
    elif move == 8:
        crowd.step(work_on.hand_over, number, LEYLA, to=choose.choice(["aysel", "kamran"]))
    elif move == 9:
        submit_one(crowd, choose, entries)
    elif move == 10:
        acknowledge_all(crowd)
    else:
        deliver(crowd.store)


def submit_one(crowd, choose, entries):
    world = crowd.world
    entry = choose.choice([None, None, *entries])
    kind = "REGISTRATION" if entry is None else choose.choice(["CHANGE", "CORRECTION", "SUSPENSION"])
    name = choose.choice("01234") if kind != "SUSPENSION" else None
    register = choose.choice([IR, PD]) if entry is None else entry.register
    asked = Asked(kind, register, world.agencies[0], name, world.now.date(), entry=entry, against=1)
    application = world.application(asked, world.agencies[0], world.people[0])
    command = world.accepted(
        world.agencies[0], SUBMIT[kind != "REGISTRATION"](
            application=application, confirmation=world.confirmed(application, world.people[0])
        ),
    )  # fmt: skip
    world.dispatch(message(command))


def acknowledge_all(crowd):
    world = crowd.world
    with crowd.store.reading() as connection:
        last = notices.last_sequence(connection, world.agencies[0])
    world.dispatch(message(world.accepted(world.agencies[0], AcknowledgeNotices(up_to_sequence=last))))
