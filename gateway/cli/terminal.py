"""Printing: results to standard output, everything said about them to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_PIPE_WIDTH = 160
"""Columns where the output is no terminal: lines of a file need not fold early."""


def console(*, errors: bool = False) -> Console:
    """A console on the present standard output (or error); never interprets what it prints as markup."""
    stream = sys.stderr if errors else sys.stdout
    return Console(
        file=stream, markup=False, highlight=False, emoji=False, width=None if stream.isatty() else _PIPE_WIDTH
    )


def say(text: str, style: str | None = None) -> None:
    """One line of the result, never folded."""
    console().print(text, style=style, soft_wrap=True)


def note(text: str, style: str | None = None) -> None:
    """One line about what happens, to standard error."""
    console(errors=True).print(text, style=style, soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """A table of texts; a narrow terminal folds long cells, nothing is cut off."""
    shown = Table(title=title, title_justify="left", title_style="bold", header_style="bold", show_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    console().print(shown)


def raw(content: bytes) -> None:
    """Bytes to standard output, exactly; a line feed is added on a terminal only."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    if sys.stdout.isatty():
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
