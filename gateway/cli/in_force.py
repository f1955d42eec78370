"""Changing what is enrolled from the command line: with who and why, and not done before it is in force everywhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.language import t
from gateway.cli.persons import person
from gateway.cli.session import session_of
from gateway.cli.terminal import note
from handlers.parties.model import Act

if TYPE_CHECKING:
    from sqlalchemy import Connection

Reason = Annotated[
    str,
    typer.Option(
        "--reason",
        help=t("Why, for example the letter that asks for it; kept for ever.", "Səbəb, məsələn məktub; saxlanılır."),
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        help=t("Who decides it; without it, your name on this machine.", "Kim qərar verir; verilməsə, sistem adınız."),
    ),
]

_MARGIN: Final = 0.02
"""Seconds by which clocks and sleeps may be coarse."""


@contextmanager
def changing(context: typer.Context, reason: str, by: str | None) -> Iterator[tuple[Connection, Act]]:
    """One unit of work on the enrolled parties; when the block ends it is committed, and in force.

    No process that reaches the store judges a call by a directory older than `directory_refresh` (see
    `gateway.directory`), so that after as long a wait every call there is judged by what was changed here. One that the
    store does not answer learns of it with the first answer, or stops after `directory_max_age`.
    """
    from gateway.cli.composition import open_store
    from handlers.parties.queries import directory_version

    session = session_of(context)
    act = Act(by=person(by), at=datetime.now(UTC), reason=reason)
    with open_store(session) as store:
        with store.writing() as connection:
            before = directory_version(connection)
            yield connection, act
            changed = directory_version(connection) != before
        if changed:
            time.sleep(session.settings.directory_refresh + _MARGIN)
        else:
            note(t("Nothing to change: it is so already.", "Dəyişəcək heç nə yoxdur: artıq belədir."))
