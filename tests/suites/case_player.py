"""Somebody who does everything that anybody does to cases, at random."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

from tests.suites.case_audit import Ledger
from tests.suites.case_model import WITH_CARD, Asked, ModelCase
from tests.suites.case_world import DEFECT, STAFF, World

APPEALS = ("CHANGE", "CHANGE", "CORRECTION", "SUSPENSION", "RESUMPTION", "CANCELLATION", "CANCELLATION")
TRIGGERS = ("CREATED", "CREATED", "CREATED", "STRUCTURE_CHANGED", "ACTIVITY_SUSPENDED")
REGISTERS = ("INFORMATION_RESOURCES", "PERSONAL_DATA_SYSTEMS")
AYSEL, KAMRAN, LEYLA, _ = STAFF


class Player:
    """Plays one sequence: everything that anybody does to cases, at random."""

    def __init__(self, store, ledger: Ledger, seed: int, serial: str | None = None) -> None:
        self.choose = random.Random(seed)
        self.world = World(store, ledger, serial)
        self.moves = [move for move, weight in MOVES for _ in range(weight)]

    def play(self, steps: int) -> Counter[str]:
        """The counts of what happened; raises when product and model differ, or an invariant is broken."""
        self.register()
        for _ in range(steps):
            self.move()
        world = self.world
        counts = world.check()
        counts.update({"sequences": 1, "cases": len(world.model.cases), "entries": len(world.model.entries)})
        counts.update(f"event {event}" for case in world.cases() for event in case.events)
        return counts

    def move(self) -> None:
        self.choose.choice(self.moves)(self)

    # Choices

    def seldom(self, one_in: int = 8) -> bool:
        return self.choose.randrange(one_in) == 0

    def one_of(self, things):
        return self.choose.choice(things) if things else None

    def case_in(self, *states: str) -> ModelCase | None:
        """A case in one of these states if there is one; sometimes any other, or none that there is."""
        if self.seldom(40):
            return None
        fitting = [each for each in self.world.cases() if each.state in states]
        return self.one_of(self.world.cases() if self.seldom() or not fitting else fitting)

    def clerk(self, case: ModelCase | None):
        """Whoever has the case in hand, mostly."""
        if case is None or self.seldom():
            return self.one_of(STAFF)
        return KAMRAN if case.clerk == "kamran" else AYSEL

    def second(self):
        return self.one_of([LEYLA, LEYLA, KAMRAN, STAFF[3]])

    def day(self):
        return (self.world.now - timedelta(days=self.choose.randint(0, 40))).date()

    def person(self, agency: str):
        """Somebody who may act for the agency, mostly."""
        people = self.world.people
        if self.seldom():
            return self.one_of(people)
        return people[4] if agency == self.world.agencies[1] else people[self.one_of([0, 0, 1, 2])]

    def agency(self) -> str:
        return self.world.agencies[self.seldom(6)]

    def name(self) -> str:
        return self.choose.choice("01234")

    def reason(self) -> str:
        return self.one_of(["əsas var", "əsas var", "əsas var", "", "  "])

    def fitting(self, suspended: bool) -> bool:
        """What a card says of being suspended, mostly as it ought to."""
        return suspended != self.seldom(12)

    # What applicants do

    def register(self) -> None:
        agency = self.agency()
        register, trigger = self.one_of(REGISTERS), self.one_of(TRIGGERS)
        owner = self.agency() if self.seldom() else agency
        asked = Asked(
            "REGISTRATION", register, owner, self.name(), self.day(), blank=self.seldom(), trigger=trigger,
            suspended=self.fitting(trigger == "ACTIVITY_SUSPENDED"),
        )  # fmt: skip
        self.world.submit(agency, asked, self.person(agency))

    def appeal(self) -> None:
        entry = None if self.seldom(20) else self.one_of(self.world.entries())
        agency = entry.present.owner if entry and not self.seldom() else self.agency()
        self.world.submit(agency, self.appeal_to(entry, self.one_of(APPEALS), agency), self.person(agency))

    def appeal_to(self, entry, kind: str, agency: str) -> Asked:
        older = self.one_of([0, 0, 0, 0, 1, -1])
        return Asked(
            kind,
            entry.register if entry else REGISTERS[0],
            self.agency() if self.seldom() else agency,
            self.name() if kind in WITH_CARD else None,
            self.day(),
            blank=self.seldom(),
            entry=entry,
            against=len(entry.versions) - older if entry else 1,
            suspended=self.fitting(entry is not None and entry.present.status == "SUSPENDED"),
        )

    def correct(self) -> None:
        world, case = self.world, self.case_in("RETURNED")
        agency = self.agency() if case is None or self.seldom() else case.applicant
        before = case.asked if case else Asked("REGISTRATION", REGISTERS[0], agency, "0", self.day())
        entry = before.entry
        if self.seldom(5):
            other = self.one_of(world.entries())
            asked = self.appeal_to(other, self.one_of(APPEALS), agency) if other and before.entry else before
        else:
            name = self.one_of([before.name, self.name()]) if before.name is not None else None
            against = len(entry.versions) - self.seldom(6) if entry else 0
            owner = self.one_of([before.owner, before.owner, agency])
            asked = Asked(
                before.kind, before.register, owner, name, self.day(), blank=self.seldom(), entry=entry,
                against=against, trigger=before.trigger,
                suspended=self.fitting(
                    entry.present.status == "SUSPENDED" if entry else before.trigger == "ACTIVITY_SUSPENDED"
                ),
            )  # fmt: skip
        world.correct(case, agency, asked, self.person(agency))

    def withdraw(self) -> None:
        case = self.case_in("RECEIVED", "REVIEW", "SECOND_REVIEW", "RETURNED")
        agency = self.agency() if case is None or self.seldom() else case.applicant
        self.world.withdraw(case, agency, self.person(agency))

    def prove(self) -> None:
        owing = [each for each in self.world.cases() if each.owes_proof]
        case = self.one_of(owing) or self.case_in("ENTERED", "OWNER_INFORMED", "ARCHIVED")
        agency = self.agency() if case is None or self.seldom() else case.applicant
        self.world.prove(case, agency, self.person(agency), self.choose.randint(-1, 5))

    def acknowledge(self) -> None:
        self.world.acknowledge(self.agency(), beyond=self.seldom(4))

    def send_again(self) -> None:
        self.world.send_again(self.choose.randrange(1000))

    def use_a_file_again(self) -> None:
        world = self.world
        confirmations = [each.command.confirmation for each in world.sent if hasattr(each.command, "confirmation")]
        reused = self.one_of([each for each in confirmations if each.signed_file_digest])
        agency = world.agencies[0]
        asked = Asked("REGISTRATION", self.one_of(REGISTERS), agency, self.name(), self.day())
        world.submit(agency, asked, self.one_of(world.people[:2]), reused)

    # What staff do

    def onwards(self) -> None:
        """Up to four steps of a case that lead to its end, by whoever may make them."""
        case = self.one_of(self.world.cases())
        for _ in range(self.choose.randint(1, 4) if case else 0):
            self.onward(case)

    def onward(self, case: ModelCase) -> None:
        world, mine = self.world, KAMRAN if case.clerk == "kamran" else AYSEL
        match case.state:
            case "RECEIVED" | "RESUBMITTED":
                world.work("take", case, mine)
            case "COMPLETENESS_CHECK":
                world.work("find_complete", case, mine, reason="yoxlanılıb")
            case "REVIEW":
                world.work("decide", case, mine, outcome="APPROVED", reason="", ground=None)
            case "SECOND_REVIEW":
                world.work("confirm", case, LEYLA)
            case "OWNER_INFORMED":
                world.work("archive", case, mine)

    def take(self) -> None:
        self.world.work("take", self.case_in("RECEIVED", "RESUBMITTED"), self.one_of(STAFF[:3]))

    def hand_over(self) -> None:
        case = self.case_in("COMPLETENESS_CHECK", "REVIEW", "RETURNED")
        self.world.work("hand_over", case, self.clerk(case), to=self.one_of(["aysel", "kamran", "kamran", " "]))

    def find_complete(self) -> None:
        case = self.case_in("COMPLETENESS_CHECK")
        self.world.work("find_complete", case, self.clerk(case), reason=self.reason())

    def give_back(self) -> None:
        case = self.case_in("COMPLETENESS_CHECK", "REVIEW")
        self.world.work("return", case, self.clerk(case), defects=() if self.seldom() else (DEFECT,))

    def decide(self) -> None:
        case = self.case_in("REVIEW", "REVIEW", "RETURNED")
        outcome = self.one_of(["APPROVED", "APPROVED", "REFUSED", "REFUSED", "DISMISSED"])
        ground = self.one_of(["FALSE_DATA", "DUPLICATE", None, "UNKNOWN_ENTRY"])
        self.world.work("decide", case, self.clerk(case), outcome=outcome, reason=self.reason(), ground=ground)
        if case is not None and case.state == "SECOND_REVIEW" and self.seldom(2):
            self.one_of([self.confirm, self.confirm, self.send_back])()

    def confirm(self) -> None:
        self.world.work("confirm", self.case_in("SECOND_REVIEW"), self.second())

    def send_back(self) -> None:
        self.world.work("send_back", self.case_in("SECOND_REVIEW"), self.second(), reason=self.reason())

    def inform(self) -> None:
        case = self.case_in("ENTERED", "DECIDED")
        self.world.work("inform", case, self.clerk(case), reason=self.reason())

    def archive(self) -> None:
        case = self.case_in("OWNER_INFORMED")
        self.world.work("archive", case, self.clerk(case))

    # What happens besides

    def amend(self) -> None:
        entry = self.one_of(self.world.entries())
        if entry is not None:
            self.world.amend(entry)

    def look(self) -> None:
        entry = self.one_of(self.world.entries())
        if entry is not None:
            self.world.look(entry, self.choose.randint(0, 40))

    def suspend_or_resume(self) -> None:
        self.world.turn(self.one_of(self.world.people[1:3]))

    def time_passes(self) -> None:
        self.world.tick(self.choose.randint(1, 12) * 24 * 60)


MOVES = (
    (Player.register, 5),
    (Player.appeal, 10),
    (Player.correct, 5),
    (Player.withdraw, 1),
    (Player.prove, 3),
    (Player.acknowledge, 2),
    (Player.send_again, 1),
    (Player.use_a_file_again, 1),
    (Player.onwards, 8),
    (Player.take, 3),
    (Player.hand_over, 2),
    (Player.find_complete, 3),
    (Player.give_back, 4),
    (Player.decide, 5),
    (Player.confirm, 3),
    (Player.send_back, 2),
    (Player.inform, 2),
    (Player.archive, 2),
    (Player.amend, 3),
    (Player.look, 2),
    (Player.suspend_or_resume, 1),
    (Player.time_passes, 2),
)
"""What may come next, and how often in proportion to the rest."""
