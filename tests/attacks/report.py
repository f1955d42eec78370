"""The table that `make attacks` prints, and the list that customers can run by."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.attacks.model import CODES, ENTRIES, GOOD, LATER
from tests.attacks.run import Outcome

WIDTH = 150


def merged(outcomes: list[Outcome]) -> list[Outcome]:
    """One outcome for each entry, whatever it was run against."""
    found: dict[str, Outcome] = {}
    for each in outcomes:
        found.setdefault(each.entry.id, Outcome(each.entry)).verdicts.extend(each.verdicts)
    return list(found.values())


def table(outcomes: list[Outcome]) -> None:
    """Print one row per entry."""
    shown = Table(title="attacks", title_justify="left", box=None, header_style="bold")
    for name, justify in (
        ("id", "left"), ("attack", "left"), ("expected", "left"), ("cases", "right"), ("verdict", "left"),
        ("worst CPU ms", "right"), ("worst RSS MB", "right"),
    ):  # fmt: skip
        shown.add_column(name, justify=justify)  # type: ignore[arg-type]
    for each in merged(outcomes):
        verdict = "[green]holds[/]" if each.holds else f"[red]{escape(each.problems[0])}[/]"
        if not each.verdicts:
            verdict = "over HTTP only"
        shown.add_row(
            each.entry.id, each.entry.name, each.entry.expect.value, str(len(each.verdicts)), verdict,
            f"{each.cpu:.0f}", f"{each.peak:.1f}",
        )  # fmt: skip
    Console(width=WIDTH).print(shown)
    for ident, what in LATER.items():
        print(f"later {ident}: {what}")


def write(outcomes: list[Outcome], path: Path) -> None:
    """id, class, what is expected, where it comes from and what came of it, for every entry."""
    results = {each.entry.id: each for each in merged(outcomes)}
    entries = []
    for entry in [*GOOD.values(), *ENTRIES.values()]:
        result = results.get(entry.id)
        entries.append(
            {
                "id": entry.id,
                "name": entry.name,
                "class": entry.kind,
                "expected": entry.expect.value,
                "codes": sorted(CODES[entry.expect]),
                "reason": entry.reason,
                "provenance": entry.provenance,
                "note": entry.note,
                "cases": len(result.verdicts) if result else 0,
                "holds": result.holds if result else None,
                "problems": result.problems if result else [],
            }
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"entries": entries, "later": LATER}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
