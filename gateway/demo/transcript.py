"""The transcript of the round trip: who asked what, what came back, and whether it was the expected answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from gateway.cli.failures import CommandError, told
from gateway.cli.language import t
from gateway.cli.terminal import say

_VERDICT: Final = 3
_WHO: Final = 4
_WHAT: Final = 36


class UnexpectedError(CommandError):
    """An answer is not the one that this step must get."""


@dataclass
class Step:
    """One call (or a few of a kind) of the round trip."""

    who: str
    what: str
    came_back: str = ""
    details: list[str] = field(default_factory=list)
    """Further lines, shown below."""

    def expect(self, condition: object, otherwise: str) -> None:
        """Go on when `condition` holds; the step has failed when it does not."""
        if not condition:
            raise UnexpectedError(otherwise)


class Transcript:
    """Prints each step as it ends, and counts."""

    def __init__(self) -> None:
        self.steps = 0
        self.failed = 0

    @property
    def ok(self) -> int:
        """Steps that got the expected answer."""
        return self.steps - self.failed

    def heading(self, text: str) -> None:
        """A line between the steps of one matter and the next."""
        say("")
        say(text, style="bold")

    @contextmanager
    def step(self, who: str, what: str) -> Iterator[Step]:
        """A step; whatever goes wrong in it makes it a failed one, and the round trip goes on."""
        step = Step(who, what)
        self.steps += 1
        try:
            yield step
        except Exception as error:  # noqa: BLE001 - a failed step is a line of the transcript
            self.failed += 1
            self._print(step, _words(error), ok=False)
        else:
            self._print(step, step.came_back, ok=True)

    def total(self) -> str:
        """The last line."""
        return t(f"demo: {self.ok} of {self.steps} steps ok", f"demo: {self.steps} addımdan {self.ok} uğurludur")

    def _print(self, step: Step, came_back: str, *, ok: bool) -> None:
        verdict = t("ok", "ok") if ok else t("FAILED", "ALINMADI")
        line = f"{self.steps:>3} {verdict:<{_VERDICT}} {step.who:<{_WHO}} {step.what:<{_WHAT}} {came_back}"
        say(line, style=None if ok else "bold red")
        for detail in step.details:
            say(f"{'':{4 + _VERDICT + 1 + _WHO + 1}}{detail}", style="dim")


def _words(error: Exception) -> str:
    if isinstance(error, KeyError):
        return t(f"{error} is missing here or in an earlier step", f"{error} burada və ya əvvəlki addımda yoxdur")
    return told(error)
