"""How far a long command is: a bar on a terminal, now and then a line where nobody watches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final

from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gateway.cli.terminal import console, note

_STEP: Final = 10
"""Per cent between two lines."""


class Shown(Enum):
    """What is counted."""

    BYTES = "bytes"
    ROWS = "rows"


@contextmanager
def following(what: str, unit: Shown) -> Iterator[Callable[[int, int], None]]:
    """A function to be told how much is done of how much; it speaks on standard error."""
    errors = console(errors=True)
    if not errors.is_terminal:
        yield _Lines(what).tell
        return
    counted = DownloadColumn() if unit is Shown.BYTES else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), counted, TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    def __init__(self, what: str) -> None:
        self._what = what
        self._told = 0

    def tell(self, done: int, total: int) -> None:
        """Say it when another tenth is done."""
        percent = 100 * done // total if total else 100
        if percent >= self._told + _STEP:
            self._told = percent - percent % _STEP
            note(f"{self._what}: {percent} %")
