"""Answers as people read them: leaves as lines, lists of structures as tables, texts in the reader's language only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from gateway.cli.fields import Tree
from gateway.cli.language import t
from gateway.cli.terminal import say, table


def show(tree: Tree, indent: int = 0) -> None:
    """Print a decoded answer."""
    shown = dict(_in_language(tree.items()))
    width = max((len(name) for name, value in shown.items() if _is_leaf(value)), default=0)
    for name, value in shown.items():
        margin = " " * indent
        if _is_leaf(value):
            say(f"{margin}{name:<{width}}  {cell(value)}")
        elif isinstance(value, dict):
            say(f"{margin}{name}", style="bold")
            show(value, indent + 2)
        else:
            say("")
            show_rows(name, value)
            say("")


def show_rows(title: str, rows: list[Tree]) -> None:
    """Print structures of one type as a table; columns that no row has a value for are left out."""
    flat = [dict(_in_language(row.items())) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    table(columns, [[cell(row[name]) if name in row else "" for name in columns] for row in flat], title=title)


def cell(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, bytes):
        return t(f"{len(value)} bytes", f"{len(value)} bayt")
    if isinstance(value, bool):
        return t("yes", "bəli") if value else t("no", "xeyr")
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return ", ".join(f"{name} {cell(item)}" for name, item in _in_language(value.items()))
    if isinstance(value, list):
        return "; ".join(map(cell, value))
    return str(value)


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, dict) and not (
        isinstance(value, list) and any(isinstance(item, dict) for item in value)
    )


def _in_language(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Without the twin of each text that is in the other language."""
    pairs = dict(items)
    ours, others = t("En", "Az"), t("Az", "En")
    for name, value in pairs.items():
        if not (name.endswith(others) and name.removesuffix(others) + ours in pairs):
            yield name, value
