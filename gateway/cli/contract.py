"""`contract export` and `contract faults`: the published documents as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.language import t
from gateway.cli.terminal import say


def export(
    to: Annotated[
        Path,
        typer.Option(
            "--to", metavar="DIR", file_okay=False, help=t("Where wsdl/ and xsd/ are.", "wsdl/ və xsd/ harada olsun.")
        ),
    ] = Path(),
    check: Annotated[
        bool, typer.Option("--check", help=t("Write nothing; say what differs.", "Yazma; fərqləri göstər."))
    ] = False,
) -> None:
    """Write the documents, or compare them."""
    from gateway.contract.export import documents
    from gateway.contract.export import export as write

    published = documents()
    if not check:
        for path in write(to):
            say(t(f"written: {path}", f"yazıldı: {path}"))
        say(t(f"{len(published)} documents.", f"{len(published)} sənəd."))
        return
    there = {path.relative_to(to).as_posix() for kind in ("wsdl", "xsd") for path in (to / kind).glob(f"*.{kind}")}
    differing = [name for name, content in published.items() if _read(to / name) != content]
    for name in [*differing, *sorted(there - set(published))]:
        say(t(f"differs: {name}", f"fərqlidir: {name}"))
    if differing or there - set(published):
        raise typer.Exit(1)
    say(t(f"{len(published)} documents are as published.", f"{len(published)} sənəd elan edilmişlərlə eynidir."))


def faults(
    to: Annotated[
        Path,
        typer.Option("--to", metavar="FILE", dir_okay=False, help=t("The page to write.", "Yazılacaq səhifə.")),
    ] = Path("gateway/FAULTS.md"),
    check: Annotated[
        bool, typer.Option("--check", help=t("Write nothing; say whether it differs.", "Yazma; fərqi göstər."))
    ] = False,
) -> None:
    """Write the page of faults, or compare it."""
    from gateway.fault_page import page

    content = page().encode()
    if not check:
        to.write_bytes(content)
        say(t(f"written: {to}", f"yazıldı: {to}"))
    elif _read(to) != content:
        say(t(f"differs: {to}", f"fərqlidir: {to}"))
        raise typer.Exit(1)
    else:
        say(t(f"{to} is as the table has it.", f"{to} cədvəllə eynidir."))


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
