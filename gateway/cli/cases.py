"""`cases`: what registrars and supervisors do with cases, one command for each step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.casework import (
    As,
    By,
    MaybeReason,
    Number,
    Reason,
    StaffRole,
    actor_of,
    extract_issuer,
    say_state,
    unit_of_work,
)
from gateway.cli.language import t
from gateway.cli.session import session_of
from handlers.cases.model import DecisionOutcome

_REGISTRAR = StaffRole.REGISTRAR
_SUPERVISOR = StaffRole.SUPERVISOR


def take(
    context: typer.Context, number: Number, reason: MaybeReason = None, by: By = None, role: As = _REGISTRAR
) -> None:
    """Take a new or corrected case in hand."""
    from handlers.cases import commands

    with unit_of_work(context) as work:
        file = commands.take(work, number, actor_of(by, role), reason=reason)
    say_state(file)


def hand_over(
    context: typer.Context,
    number: Number,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help=t("The other registrar.", "Digər qeydiyyatçı."))],
    reason: MaybeReason = None,
    by: By = None,
    role: As = _REGISTRAR,
) -> None:
    """Give a case to another registrar."""
    from handlers.cases import commands

    with unit_of_work(context) as work:
        file = commands.hand_over(work, number, actor_of(by, role), to=to.strip(), reason=reason)
    say_state(file)


def complete(
    context: typer.Context, number: Number, reason: MaybeReason = None, by: By = None, role: As = _REGISTRAR
) -> None:
    """Find an application complete."""
    from handlers.cases import commands

    with unit_of_work(context) as work:
        file = commands.find_complete(work, number, actor_of(by, role), reason=reason)
    say_state(file)


def give_back(
    context: typer.Context,
    number: Number,
    defect: Annotated[
        list[str] | None,
        typer.Option(
            "--defect",
            metavar="PATH=AZ|EN",
            help=t(
                "What to correct, where, in both languages: '/resourceCard/purpose=Məqsəd aydın deyil.|The purpose is "
                "unclear.'; repeat it. / is the application as a whole.",
                "Nəyi, harada, hər iki dildə: '/resourceCard/purpose=Məqsəd aydın deyil.|The purpose is unclear.'; "
                "təkrarlana bilər. / bütün müraciət deməkdir.",
            ),
        ),
    ] = None,
    defects: Annotated[
        Path | None,
        typer.Option(
            "--defects",
            metavar="FILE.json",
            exists=True,
            dir_okay=False,
            help=t(
                'The same in a file: [{"path": …, "textAz": …, "textEn": …}, …].',
                'Fayldan: [{"path": …, "textAz": …, "textEn": …}, …].',
            ),
        ),
    ] = None,
    reason: MaybeReason = None,
    by: By = None,
    role: As = _REGISTRAR,
) -> None:
    """Return an application for correction."""
    from gateway.cli.defects import checked, from_file, from_options
    from handlers.cases import commands

    named = [*from_options(defect or ()), *(from_file(defects) if defects else ())]
    with unit_of_work(context) as work:
        found = checked(work, number, named)
        file = commands.return_for_correction(work, number, actor_of(by, role), defects=found, reason=reason)
    say_state(file)


def approve(
    context: typer.Context, number: Number, reason: MaybeReason = None, by: By = None, role: As = _REGISTRAR
) -> None:
    """Approve; what is approved is entered at once. A cancellation is only proposed."""
    _decide(context, number, by, role, DecisionOutcome.APPROVED, reason=reason)


def refuse(
    context: typer.Context,
    number: Number,
    ground: Annotated[
        str,
        typer.Option(
            "--ground",
            metavar="CODE",
            help=t(
                "INCOMPLETE, FALSE_DATA, UNAUTHORISED_SIGNATORY, DUPLICATE, OUT_OF_SCOPE or LEGAL_BASIS_MISSING.",
                "INCOMPLETE, FALSE_DATA, UNAUTHORISED_SIGNATORY, DUPLICATE, OUT_OF_SCOPE və ya LEGAL_BASIS_MISSING.",
            ),
        ),
    ],
    reason: Reason,
    by: By = None,
    role: As = _REGISTRAR,
) -> None:
    """Propose a refusal."""
    _decide(context, number, by, role, DecisionOutcome.REFUSED, ground=ground.strip().upper(), reason=reason)


def dismiss(context: typer.Context, number: Number, reason: Reason, by: By = None, role: As = _REGISTRAR) -> None:
    """End a case without a decision on the matter."""
    _decide(context, number, by, role, DecisionOutcome.DISMISSED, reason=reason)


def confirm(
    context: typer.Context, number: Number, reason: MaybeReason = None, by: By = None, role: As = _SUPERVISOR
) -> None:
    """Confirm a proposed decision as the second person."""
    from handlers.cases import commands

    issue = extract_issuer(session_of(context), actor_of(by, role))
    with unit_of_work(context) as work:
        file = commands.confirm_decision(work, number, actor_of(by, role), reason=reason, issue_extract=issue)
    say_state(file)


def send_back(context: typer.Context, number: Number, reason: Reason, by: By = None, role: As = _SUPERVISOR) -> None:
    """Do not confirm a proposed decision: the case is examined again."""
    from handlers.cases import commands

    with unit_of_work(context) as work:
        file = commands.send_back(work, number, actor_of(by, role), reason=reason)
    say_state(file)


def informed(context: typer.Context, number: Number, reason: Reason, by: By = None, role: As = _REGISTRAR) -> None:
    """Record that the owner learnt of the decision otherwise than by its notice."""
    from handlers.cases import commands

    with unit_of_work(context) as work:
        file = commands.owner_informed(work, number, actor_of(by, role), reason=reason)
    say_state(file)


def archive(
    context: typer.Context, number: Number, reason: MaybeReason = None, by: By = None, role: As = _REGISTRAR
) -> None:
    """Close a case."""
    from handlers.cases import commands

    with unit_of_work(context) as work:
        file = commands.archive(work, number, actor_of(by, role), reason=reason)
    say_state(file)


def _decide(
    context: typer.Context,
    number: str,
    by: str | None,
    role: StaffRole,
    outcome: DecisionOutcome,
    *,
    ground: str | None = None,
    reason: str | None = None,
) -> None:
    from handlers.cases import commands
    from handlers.cases.guards import Decision

    decision = Decision(outcome=outcome, ground_code=ground, reason=reason)
    issue = extract_issuer(session_of(context), actor_of(by, role)) if outcome is DecisionOutcome.APPROVED else None
    with unit_of_work(context) as work:
        file = commands.decide(work, number, actor_of(by, role), decision, issue_extract=issue)
    say_state(file)
