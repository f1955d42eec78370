"""Passwords that the operator issues, good for nothing but being changed, and systems that have nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli.enrol import AgencyCode
from gateway.cli.in_force import By, changing
from gateway.cli.language import t
from gateway.cli.rights import Allow, DocumentTypes, Registers, rights_from, shown
from gateway.cli.session import session_of
from gateway.cli.terminal import say
from handlers.parties.model import PartyKind, System

Reason = Annotated[
    str, typer.Option("--reason", help=t("Why; kept for ever, the password is not.", "Səbəb; saxlanılır, parol yox."))
]
Party = Annotated[
    str,
    typer.Argument(help=t("FIN of the representative, or code of the system.", "Nümayəndənin FİN-i, sistemin kodu.")),
]


def issue_command(kind: PartyKind) -> Callable[..., None]:
    """The command that gives a party of `kind` a new one-time password."""

    def command(context: typer.Context, party: Party, reason: Reason = "issued by the operator", by: By = None) -> None:
        from gateway.security.password_rules import one_time_password
        from gateway.security.passwords import hash_password
        from handlers.parties.credentials import issue_password

        password = one_time_password()
        with changing(context, reason, by) as (connection, act):
            login = issue_password(connection, kind, party, hash_password(password), act)
        say_issued(login, password)

    return command


def add_password_only(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help=t("Code of the system.", "Sistemin kodu."))],
    agency: AgencyCode,
    name: Annotated[str, typer.Option("--name", help=t("What people call it.", "Adı."))],
    login: Annotated[str, typer.Option("--login", help=t("What it calls itself by.", "Sistemin logini."))],
    allow: Allow = None,
    register: Registers = None,
    document_type: DocumentTypes = None,
) -> None:
    """Enrol a computer that has no certificate: it may ask, over TLS, and changes no register."""
    from gateway.cli.composition import open_store
    from gateway.security.password_rules import one_time_password
    from gateway.security.passwords import hash_password
    from handlers.parties.commands import add_system as enrol
    from handlers.parties.password_only import CHANGE

    password = one_time_password()
    system = System(
        code=code,
        agency=agency,
        name=name,
        login=login,
        password_hash=hash_password(password),
        password_must_change=True,
        password_changed_at=datetime.now(UTC),
        rights=rights_from({*(allow or []), CHANGE}, register, document_type),
    )
    with open_store(session_of(context)) as store, store.writing() as connection:
        enrol(connection, system)
    say(t(f"{code} is enrolled; it may do:", f"{code} qeydiyyatdadır; icazələri:"))
    for line in shown(system.rights).split("\n"):
        say(line)
    say_issued(login, password)


def say_issued(login: str, password: str) -> None:
    """Print a password, this once."""
    from handlers.parties.credentials import ISSUED_FOR

    days = ISSUED_FOR.days
    say(t(f"Login: {login}", f"Login: {login}"))
    say(t(f"Password, shown this once: {password}", f"Parol (yalnız indi göstərilir): {password}"))
    say(
        t(
            f"It can do nothing but be changed, within {days} days, with bus.ChangePassword.",
            f"Bu parol yalnız {days} gün ərzində bus.ChangePassword ilə dəyişdirilə bilər, başqa heç nəyə yaramır.",
        )
    )
