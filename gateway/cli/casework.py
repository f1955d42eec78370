"""Making a step of a case from the command line: as whom, in one unit of work, and why it cannot be made."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from gateway.cli.case_words import state_words
from gateway.cli.failures import CommandError
from gateway.cli.language import t
from gateway.cli.persons import person
from gateway.cli.session import session_of
from gateway.cli.terminal import say
from handlers.cases.model import Actor, CaseState, Role
from handlers.cases.people import same_person

if TYPE_CHECKING:
    from gateway.cli.session import Session
    from handlers.cases.effects import IssueExtract
    from handlers.cases.model import Case, CaseFile
    from handlers.receipts.model import Ground
    from handlers.registration.model import Entry
    from handlers.work import Work

Number = Annotated[
    str,
    typer.Argument(
        metavar="NUMBER",
        help=t("Incoming number of the case: 2026/IR-000123.", "İşin daxilolma nömrəsi: 2026/IR-000123."),
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="NAME",
        help=t("Who does it; without it, your name on this machine.", "Kim; verilməsə, sistem adınız."),
    ),
]
Reason = Annotated[str, typer.Option("--reason", help=t("Why; kept for ever.", "Səbəb; həmişəlik saxlanılır."))]
MaybeReason = Annotated[
    str | None, typer.Option("--reason", help=t("Why; kept for ever.", "Səbəb; həmişəlik saxlanılır."))
]


_EXTRACT: Final = "/extract"
"""Where the step that enters a case names the extract it issued."""


class StaffRole(StrEnum):
    """In which capacity a member of staff acts."""

    REGISTRAR = "registrar"
    SUPERVISOR = "supervisor"


As = Annotated[StaffRole, typer.Option("--as", help=t("In which capacity.", "Hansı vəzifədə."))]


def actor_of(by: str | None, role: StaffRole) -> Actor:
    """Who acts, and in which capacity.

    The name given is trusted, until staff are enrolled; whoever is logged in under another is kept beside it.
    """
    name, user = person(by), terminal_user()
    return Actor(role=Role(role.name), name=name, terminal_user=None if same_person(name, user) else user)


def terminal_user() -> str:
    """Who runs the command, as the operating system knows: no variable of the environment changes that."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"


@contextmanager
def unit_of_work(context: typer.Context) -> Iterator[Work]:
    """One unit of work now. A refused step is told in the reader's language, and nothing was changed."""
    from gateway.cli.composition import open_store
    from gateway.terms import terms_in_use
    from handlers.cases.effects import StepRefusedError
    from handlers.work import Work

    session = session_of(context)
    try:
        with open_store(session) as store, store.writing() as connection:
            yield Work(connection, datetime.now(UTC), terms_in_use(session.settings))
    except StepRefusedError as refused:
        raise CommandError(refusal_words(refused.ground)) from refused


def extract_issuer(session: Session, actor: Actor) -> IssueExtract:
    """What issues the extract of an entry that a case changes: with the gateway's key, in the name of `actor`.

    The key is looked at when something is entered, not before: a refusal needs none.
    """

    def issue(work: Work, entry: Entry, case: Case) -> str:
        from gateway.cli.keys import read_key, require_gateway_key
        from gateway.extracts.maker import installed_maker
        from handlers.extracts.commands import issued_on_entering

        require_gateway_key(session.home, work.now)
        maker = installed_maker(session.settings, read_key(session.home.key_file))
        return issued_on_entering(maker, actor)(work, entry, case)

    return issue


def refusal_words(ground: Ground) -> str:
    """Why a step was refused, beginning with the code."""
    return f"{ground.code}: {t(ground.text_en, ground.text_az)}"


def unknown_case(number: str) -> CommandError:
    """That there is no such case."""
    return CommandError(t(f"UNKNOWN_CASE: there is no case {number}.", f"UNKNOWN_CASE: {number} nömrəli iş yoxdur."))


def say_state(file: CaseFile) -> None:
    """Where the case is after the step, and what it made of the register."""
    case = file.case
    say(f"{case.number}: {state_words(case.state)}")
    if case.state is CaseState.ENTERED:
        extract = next(
            json.loads(each.after) for each in case.steps[-1].changes if each.path == _EXTRACT and each.after
        )
        say(
            t(
                f"  entry {case.entry_number}, version {case.entered_version}; extract {extract}",
                f"  reyestr qeydi {case.entry_number}, versiya {case.entered_version}; çıxarış {extract}",
            )
        )
    if case.state is CaseState.SECOND_REVIEW:
        say(
            t(
                "  it counts only when a supervisor confirms it: `gateway cases confirm`",
                "  yalnız rəhbər təsdiq edəndə qüvvəyə minir: `gateway cases confirm`",
            )
        )
