"""`mandate`: that one agency may act for another, in what and how long. The operator enrols it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from gateway.cli.failures import UsageError
from gateway.cli.language import t
from gateway.cli.rights import Allow, DocumentTypes, Registers, rights_from
from gateway.cli.session import session_of
from gateway.cli.terminal import say
from handlers.parties.model import Mandate


def add_mandate(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help=t("Code of the mandate.", "Səlahiyyətnamənin kodu."))],
    principal: Annotated[
        str, typer.Option("--for", metavar="AGENCY", help=t("For whom is acted.", "Kimin adından çıxış edilir."))
    ],
    agent: Annotated[str, typer.Option("--agent", metavar="AGENCY", help=t("Who acts.", "Kim çıxış edir."))],
    valid_from: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")],
    valid_to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")],
    allow: Allow = None,
    register: Registers = None,
    document_type: DocumentTypes = None,
    system: Annotated[
        str | None,
        typer.Option(
            "--system", help=t("The only system that may; without it, each.", "Yalnız bu sistem; yoxsa hər biri.")
        ),
    ] = None,
) -> None:
    """Enrol a mandate; the acting system also needs the rights itself."""
    from gateway.cli.composition import open_store
    from handlers.parties.commands import add_mandate as enrol

    if not allow:
        raise UsageError(t("Name an operation with --allow.", "--allow ilə əməliyyat göstərin."))
    mandate = Mandate(
        code=code,
        principal=principal,
        agent=agent,
        system=system,
        rights=rights_from(allow, register, document_type),
        valid_from=valid_from.date(),
        valid_to=valid_to.date(),
    )
    with open_store(session_of(context)) as store, store.writing() as connection:
        enrol(connection, mandate)
    say(
        t(
            f"{code}: {agent} may act for {principal} until {mandate.valid_to}.",
            f"{code}: {agent} {mandate.valid_to} tarixinədək {principal} adından çıxış edə bilər.",
        )
    )
