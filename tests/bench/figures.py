"""What a benchmark reports: a figure beside the bound measured in the same run, as a ratio."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

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


def figure(name, value, unit, bound=None, *, ratio_at_most=None, ratio_at_least=None) -> Figure:
    """Make a figure; the target, where there is one, is on the ratio to the bound."""
    ratio = value / bound if bound else None
    target = ok = None
    if ratio is not None and ratio_at_most is not None:
        target, ok = f"ratio <= {ratio_at_most}", ratio <= ratio_at_most
    if ratio is not None and ratio_at_least is not None:
        target, ok = f"ratio >= {ratio_at_least}", ratio >= ratio_at_least
    return Figure(name, value, unit, bound, ratio, target, ok)


def cpu_milliseconds(call: Callable[[], object], *, seconds: float = 0.6, rounds: int = 5) -> float:
    """CPU time of one call in milliseconds: the best of some rounds, since a shared machine only ever adds."""
    call()
    best = float("inf")
    for _ in range(rounds):
        count, started, until = 0, time.process_time(), time.perf_counter() + seconds / rounds
        while count == 0 or time.perf_counter() < until:
            call()
            count += 1
        best = min(best, (time.process_time() - started) / count * 1000)
    return best


def openssl_milliseconds(algorithm: str) -> tuple[float, float]:
    """Milliseconds of one bare signature and one bare verification, from `openssl speed`."""
    output = subprocess.run(
        ["openssl", "speed", "-mr", "-seconds", "1", algorithm], capture_output=True, text=True, check=True
    ).stdout
    # +F2:index:bits:signatures per second:verifications per second (+F4 for ECDSA)
    row = next(line for line in output.splitlines() if line.startswith(("+F2:", "+F4:")))
    sign, verify = (float(each) for each in row.split(":")[3:5])
    return 1000 / sign, 1000 / verify


def report(family: str, figures: list[Figure], folder: Path) -> None:
    """Print the table and write `<folder>/<family>.json`."""
    table = Table(title=f"bench {family}")
    for name in ("figure", "value", "unit", "bound", "ratio", "target", "ok"):
        table.add_column(name, justify="left" if name in ("figure", "unit", "target") else "right")
    for each in figures:
        table.add_row(
            each.figure,
            f"{each.value:.3f}",
            each.unit,
            "" if each.bound is None else f"{each.bound:.3f}",
            "" if each.ratio is None else f"{each.ratio:.2f}",
            each.target or "",
            {True: "yes", False: "NO", None: ""}[each.ok],
        )
    Console(width=140).print(table)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{family}.json").write_text(json.dumps([asdict(each) for each in figures], indent=1) + "\n")
