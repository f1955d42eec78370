"""Running entries against a target, and counting what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.attacks import corpus
from tests.attacks.judge import Judge, Verdict
from tests.attacks.model import ENTRIES, GOOD, Entry, Expect
from tests.attacks.targets import Target

assert corpus.__all__, "importing the corpus registers its entries"


@dataclass
class Outcome:
    """What became of one entry."""

    entry: Entry
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        return [f"{each.case}: {problem}" for each in self.verdicts for problem in each.problems]

    @property
    def holds(self) -> bool:
        return not self.problems

    @property
    def cpu(self) -> float:
        """Worst of its cases, in milliseconds."""
        return max((each.cpu for each in self.verdicts), default=0.0) * 1000

    @property
    def peak(self) -> float:
        return max((each.peak for each in self.verdicts), default=0.0)


def chosen(only: Iterable[str] = ()) -> list[Entry]:
    """Every entry, good ones first, or those named."""
    every = [*GOOD.values(), *sorted(ENTRIES.values(), key=lambda entry: entry.id)]
    names = set(only)
    unknown = names - {entry.id for entry in every}
    if unknown:
        raise SystemExit(f"no such entry: {', '.join(sorted(unknown))}")
    return [entry for entry in every if not names or entry.id in names]


def run(target: Target, entries: Iterable[Entry], *, one_each: bool = False) -> Iterator[Outcome]:
    """Judge the cases of every entry; with `one_each` the first of each only (and every one that needs a socket)."""
    judge = Judge(target)
    for entry in entries:
        outcome = Outcome(entry)
        if entry.special is not None:
            outcome.verdicts.extend(_special(target, entry))
            judge.look_again()
        else:
            for case in entry.cases(target.world):
                if case.sent.raw and target.name == "core":
                    continue
                if one_each and outcome.verdicts and not case.sent.raw:
                    continue
                outcome.verdicts.append(judge.case(entry, case))
        yield outcome


def _special(target: Target, entry: Entry) -> Iterator[Verdict]:
    touched = target.world.canary.touched
    assert entry.special is not None
    for name, problem in entry.special(target):
        verdict = Verdict(entry.id, name, entry.expect.value, [problem] if problem else [])
        if target.world.canary.touched != touched:
            verdict.problems.append("somebody connected to the canary")
        yield verdict


@dataclass(frozen=True)
class Totals:
    """The figures of the last line."""

    entries: int
    cases: int
    positions: int
    flips: int
    wrongly: int
    crashed: int
    connects: int
    good: int
    good_of: int

    def line(self) -> str:
        return (
            f"attacks: {self.entries} entries, {self.cases} cases, {self.positions} wrapping positions, "
            f"{self.flips} flips; accepted wrongly {self.wrongly}, crashed {self.crashed}, connects {self.connects}; "
            f"good ones accepted {self.good} of {self.good_of}"
        )


def totals(outcomes: list[Outcome], sweeps: list[Any], flips: list[Any], connects: int) -> Totals:
    """Add up what several targets gave."""
    bad = [each for each in outcomes if each.entry.kind != "accept"]
    good: dict[str, bool] = {}
    for each in outcomes:
        if each.entry.kind == "accept" and each.verdicts:
            good[each.entry.id] = good.get(each.entry.id, True) and each.holds
    verdicts = [each for outcome in bad for each in outcome.verdicts]
    found = [*sweeps, *flips]
    return Totals(
        entries=len({each.entry.id for each in bad if each.verdicts}),
        cases=len(verdicts),
        positions=sum(each.tried for each in sweeps),
        flips=sum(each.tried for each in flips),
        wrongly=sum(each.accepted and each.expected != Expect.INERT.value for each in verdicts)
        + sum(len(each.accepted) for each in found),
        crashed=sum(each.crashed for each in verdicts) + sum(len(each.crashed) for each in found),
        connects=connects,
        good=sum(good.values()),
        good_of=len(good),
    )
