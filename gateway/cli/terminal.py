"""Printing: results to standard output, everything said about them to standard error.

What is printed is mostly other people's text: names, reasons, defects. Everything but `raw` goes through `shown`, so
that no such text can look like a line of ours.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.readable import numbered, steers

_FURTHER = "↳ "
"""Before each further line of one text."""
_PIPE_WIDTH = 160
"""Columns where the output is no terminal: lines of a file need not fold early."""


def shown(text: str) -> str:
    """`text` without power over the terminal: what steers it is written by its number, its further lines are marked."""
    if text.isprintable():
        return text
    first, *rest = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
    margin = " " * (len(first) - len(first.lstrip(" ")))
    further = [f"\n{margin}    {_FURTHER}{numbered(line, steers)}" for line in rest]
    return numbered(first, steers) + "".join(further)


def stacked(lines: Iterable[str]) -> Text:
    """A cell of a table that has several lines of ours."""
    return Text("\n".join(shown(line) for line in lines))


def console(*, errors: bool = False) -> Console:
    """A console on the present standard output (or error); never interprets what it prints as markup."""
    stream = sys.stderr if errors else sys.stdout
    return Console(
        file=stream, markup=False, highlight=False, emoji=False, width=None if stream.isatty() else _PIPE_WIDTH
    )


def say(text: str, style: str | None = None) -> None:
    """One line of the result, never folded."""
    console().print(shown(text), style=style, soft_wrap=True)


def note(text: str, style: str | None = None) -> None:
    """One line about what happens, to standard error."""
    console(errors=True).print(shown(text), style=style, soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]], title: str | None = None) -> None:
    """A table of texts; a narrow terminal folds long cells, nothing is cut off."""
    grid = Table(
        title=None if title is None else shown(title),
        title_justify="left",
        title_style="bold",
        header_style="bold",
        show_edge=False,
    )
    for column in columns:
        grid.add_column(shown(column), overflow="fold")
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else Text(shown(cell)) for cell in row))
    console().print(grid)


def json_text(content: bytes) -> None:
    """JSON, for programs and eyes: the same values, with what steers a terminal written as JSON escapes it."""
    text = content.decode("utf-8", errors="surrogatepass")
    raw("".join(_escaped(each) if each != "\n" and steers(each) else each for each in text).encode())


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", errors="surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))


def raw(content: bytes) -> None:
    """Bytes to standard output, exactly; a line feed is added on a terminal only."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    if sys.stdout.isatty():
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
