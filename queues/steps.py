"""Named steps of the path (reliability §0: A1 … E4), told to one observer as they are passed.

Nothing observes by default. The fault rig of the tests kills the process at a step; a tracer could
time them. Product code only ever calls `reached`.
"""

from __future__ import annotations

from collections.abc import Callable

_observer: Callable[[str], None] | None = None


def observe(observer: Callable[[str], None] | None) -> None:
    """Have `observer` called with the name of every step from now on; None takes it away."""
    global _observer  # noqa: PLW0603 - one process has one path; handing this through every call would cost more than it tells
    _observer = observer


def reached(step: str) -> None:
    """Say that `step` (for example `A3`) has just been reached."""
    if _observer is not None:
        _observer(step)
