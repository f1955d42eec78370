"""What a benchmark reports: a figure beside the bound measured in the same run, as a ratio."""

from __future__ import annotations

import json
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured value. `ratio` is value / bound; `ok` is None where no target is set."""

    figure: str
    value: float
    unit: str
    bound: float | None = None
    ratio: float | None = None
    target: str | None = None
    ok: bool | None = None
    bound_is: str = ""
    """What the bound is, in words."""


def figure(
    name: str,
    value: float,
    unit: str,
    bound: float | None = None,
    bound_is: str = "",
    *,
    ratio_at_most: float | None = None,
    ratio_at_least: float | None = None,
) -> Figure:
    """Make a figure; the target, where there is one, is on the ratio to the bound."""
    ratio = value / bound if bound else None
    target = ok = None
    if ratio is not None and ratio_at_most is not None:
        target, ok = f"ratio <= {ratio_at_most:g}", ratio <= ratio_at_most
    if ratio is not None and ratio_at_least is not None:
        target, ok = f"ratio >= {ratio_at_least:g}", ratio >= ratio_at_least
    return Figure(name, value, unit, bound, ratio, target, ok, bound_is)


TURN = 0.005
"""Seconds of one turn at a measurement: short enough to fall between what else a shared machine does."""


CALLS_A_TURN = 4
"""Calls of one turn where every call needs an argument of its own."""


def cpu_milliseconds(calls: Mapping[str, Callable[[], object]], *, seconds: float) -> dict[str, float]:
    """CPU time of one call in milliseconds, for each of `calls`, measured in turns for `seconds` each.

    The best turn counts, since what else a shared machine does only ever adds. Taking turns lets a slower clock or a
    fuller cache hit all of them alike, which is what makes the ratios worth printing.
    """
    best = dict.fromkeys(calls, float("inf"))
    for call in calls.values():
        call()
    until = time.perf_counter() + seconds * len(calls)
    while time.perf_counter() < until:
        for name, call in calls.items():
            best[name] = min(best[name], _once(call, TURN))
    return best


def _once(call: Callable[[], object], seconds: float) -> float:
    count, started, until = 0, time.process_time(), time.perf_counter() + seconds
    while count == 0 or time.perf_counter() < until:
        call()
        count += 1
    return (time.process_time() - started) / count * 1000


def cpu_milliseconds_each(call: Callable[[Any], object], arguments: Sequence[Any], *, seconds: float) -> float:
    """CPU time of one call in milliseconds, each call with the next of `arguments`: repetitions would cost less.

    The best turn counts, of those that fit into `seconds`; see `cpu_milliseconds`.
    """
    best, waiting, until = float("inf"), deque(arguments), time.perf_counter() + seconds
    while len(waiting) >= CALLS_A_TURN and time.perf_counter() < until:
        turn = [waiting.popleft() for _ in range(CALLS_A_TURN)]
        started = time.process_time()
        for argument in turn:
            call(argument)
        best = min(best, (time.process_time() - started) / len(turn) * 1000)
    return best


def openssl_key_milliseconds(algorithm: str) -> tuple[float, float]:
    """Milliseconds of one bare signature and one bare verification, from `openssl speed`."""
    # +F2:index:bits:signatures per second:verifications per second (+F4 for ECDSA)
    row = _openssl_speed(("+F2:", "+F4:"), "-seconds", "1", algorithm)
    sign, verify = (float(each) for each in row[3:5])
    return 1000 / sign, 1000 / verify


def openssl_sha256_milliseconds(size: int) -> float:
    """Milliseconds of the bare SHA-256 of `size` bytes, at the speed `openssl speed` finds for pieces of 16 KB."""
    # +F:index:name:bytes per second
    row = _openssl_speed(("+F:",), "-seconds", "1", "-bytes", "16384", "-evp", "sha256")
    return size / float(row[3]) * 1000


def _openssl_speed(marks: tuple[str, ...], *arguments: str) -> list[str]:
    output = subprocess.run(
        ["openssl", "speed", "-mr", *arguments], capture_output=True, text=True, check=True, timeout=30
    ).stdout
    return next(line for line in output.splitlines() if line.startswith(marks)).split(":")


def report(family: str, figures: Sequence[Figure], folder: Path) -> None:
    """Print the table and write `<folder>/<family>.json`."""
    table = Table(title=f"bench {family}", title_justify="left", show_lines=True)
    for name in ("figure", "value", "unit", "bound", "bound is", "ratio", "target", "ok"):
        numeric = name in ("value", "bound", "ratio")
        table.add_column(name, justify="right" if numeric else "left", no_wrap=numeric or name == "unit")
    for each in figures:
        table.add_row(
            each.figure,
            written(each.value),
            each.unit,
            written(each.bound),
            each.bound_is,
            "" if each.ratio is None else f"{each.ratio:.2f}",
            each.target or "",
            {True: "yes", False: "NO", None: ""}[each.ok],
        )
    Console(width=150).print(table)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{family}.json").write_text(json.dumps([asdict(each) for each in figures], indent=1) + "\n")


def written(value: float | None) -> str:
    """A value with as many digits as it deserves."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 100 else f"{value:.3f}"
