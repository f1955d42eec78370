"""Files that commands write where people tell them to. What is there already is replaced only when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from gateway.cli.failures import CommandError
from gateway.cli.language import t

Force = Annotated[bool, typer.Option("--force", help=t("Replace a file that exists already.", "Mövcud faylı əvəz et."))]


@contextmanager
def written(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A new file at `path`; when the block fails, it is not left behind.

    Raises `CommandError` when something is there already and is not to be replaced by `force`.
    """
    try:
        file = path.open("wb" if force else "xb")
    except FileExistsError as error:
        raise CommandError(
            t(
                f"{path} exists already. Choose another name, or replace it with --force.",
                f"{path} artıq mövcuddur. Başqa ad seçin və ya --force ilə onu əvəz edin.",
            )
        ) from error
    try:
        with file:
            yield file
    except BaseException:
        if not force:
            path.unlink(missing_ok=True)
        raise
