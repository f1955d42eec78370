"""Answers as people read them: leaves as lines, lists of structures as tables, texts in the reader's language only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from gateway.cli.fields import Tree
from gateway.cli.language import t
from gateway.cli.terminal import say, table

_BEGINNING: Final = 2
"""Fields that are shown of a structure within a cell."""


def show(tree: Tree, indent: int = 0) -> None:
    """Print a decoded answer: its leaves, then its parts, then its lists."""
    shown = sorted(_in_language(tree.items()), key=lambda pair: _weight(pair[1]))
    width = max((len(name) for name, value in shown if _is_leaf(value)), default=0)
    margin = " " * indent
    for name, value in shown:
        if _is_leaf(value):
            say(f"{margin}{name:<{width}}  {cell(value)}")
        elif isinstance(value, dict):
            say(f"{margin}{name}", style="bold")
            show(value, indent + 2)
        else:
            show_rows(name, value)


def show_rows(title: str, rows: list[Tree]) -> None:
    """Print structures of one type as a table; columns that no row has a value for are left out."""
    flat = [dict(sorted(_in_language(row.items()), key=lambda pair: _weight(pair[1]))) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    say("")
    table(columns, [[cell(row[name]) if name in row else "" for name in columns] for row in flat], title=title)


def cell(value: Any) -> str:
    """A value in a few words; of a structure within a cell, what it begins with."""
    if isinstance(value, bytes):
        return t(f"{len(value)} bytes", f"{len(value)} bayt")
    if isinstance(value, bool):
        return t("yes", "bəli") if value else t("no", "xeyr")
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return " ".join(cell(item) for _, item in islice(_in_language(value.items()), _BEGINNING))
    if isinstance(value, list):
        return "; ".join(map(cell, value))
    return str(value)


def _weight(value: Any) -> int:
    return 0 if _is_leaf(value) else 1 if isinstance(value, dict) else 2


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, dict) and not (
        isinstance(value, list) and any(isinstance(item, dict) for item in value)
    )


def _in_language(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Without empty lists, and without the twin of each text that is in the other language."""
    pairs = {name: value for name, value in items if value != []}
    ours, others = t("En", "Az"), t("Az", "En")
    for name, value in pairs.items():
        if not (name.endswith(others) and name.removesuffix(others) + ours in pairs):
            yield name, value
