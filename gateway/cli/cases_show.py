"""`cases list`, `inbox`, `show`: looking at cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from gateway.cli.case_words import in_baku, state_words, type_words
from gateway.cli.casework import By, Number, unit_of_work, unknown_case
from gateway.cli.failures import UsageError
from gateway.cli.language import t
from gateway.cli.persons import person
from gateway.cli.session import session_of
from gateway.cli.terminal import json_text, note, say, table
from handlers.cases.criteria import CaseCriteria
from handlers.cases.model import CaseState, CaseType
from handlers.registration.model import Register

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from handlers.cases.criteria import InboxCase

_PAGE: Final = 50
_UNTAKEN: Final = (CaseState.RECEIVED, CaseState.RESUBMITTED)

Json = Annotated[bool, typer.Option("--json", help=t("As JSON, for programs.", "Proqramlar üçün JSON."))]


def list_cases(
    context: typer.Context,
    state: Annotated[
        list[CaseState] | None,
        typer.Option("--state", help=t("In this state; repeat it.", "Vəziyyət; təkrarlana bilər.")),
    ] = None,
    kind: Annotated[CaseType | None, typer.Option("--type", help=t("About this.", "Növ."))] = None,
    register: Annotated[Register | None, typer.Option("--register", help=t("Of this register.", "Reyestr."))] = None,
    clerk: Annotated[
        str | None, typer.Option("--clerk", metavar="NAME", help=t("In these hands.", "Kimin icraatındadır."))
    ] = None,
    applicant: Annotated[
        str | None, typer.Option("--applicant", metavar="CODE", help=t("Of this agency.", "Müraciət edən qurum."))
    ] = None,
    entry: Annotated[
        str | None, typer.Option("--entry", metavar="NUMBER", help=t("About this entry.", "Reyestr qeydi."))
    ] = None,
    late: Annotated[bool, typer.Option("--late", help=t("Submitted late.", "Gecikmiş müraciətlər."))] = False,
    open_only: Annotated[
        bool, typer.Option("--open", help=t("Something remains to be done.", "Hələ tamamlanmamış işlər."))
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100, help=t("Cases at the most.", "Ən çox neçə iş."))
    ] = _PAGE,
    cursor: Annotated[
        str | None, typer.Option("--cursor", help=t("From the page before.", "Əvvəlki səhifədən."))
    ] = None,
    as_json: Json = False,
) -> None:
    """List cases, the last received first."""
    from gateway.cli.composition import open_store
    from handlers.cases.listing import inbox as page_of
    from handlers.paging import CriteriaError, CursorError

    criteria = CaseCriteria(
        states=tuple(state or ()),
        type=kind,
        register=register,
        clerk=clerk,
        applicant=applicant,
        entry_number=entry,
        late_only=late or None,
        open_only=open_only or None,
    )
    with open_store(session_of(context)) as store, store.reading() as connection:
        try:
            page = page_of(connection, criteria, size=limit, cursor=cursor)
        except (CursorError, CriteriaError) as error:
            raise UsageError(
                t("--cursor is not of a page of this list.", "--cursor bu siyahının səhifəsinə aid deyil.")
            ) from error
    if as_json:
        json_text(msgspec.json.format(msgspec.json.encode(page), indent=2))
        return
    _table(page.cases)
    if page.next_cursor:
        note(t(f"There are more: --cursor {page.next_cursor}", f"Davamı var: --cursor {page.next_cursor}"))


def inbox(
    context: typer.Context,
    by: By = None,
    supervisor: Annotated[
        bool, typer.Option("--supervisor", help=t("Also what waits for a supervisor.", "Rəhbəri gözləyənlər də."))
    ] = False,
    seen: Annotated[
        bool,
        typer.Option(
            "--seen", help=t("Note that the notices shown were seen.", "Göstərilən bildirişlərin oxunduğunu qeyd et.")
        ),
    ] = False,
) -> None:
    """Show what waits for a member of staff."""
    from gateway.cli.case_clocks import show_staff_notices
    from gateway.cli.composition import open_store
    from handlers.cases.model import Role
    from handlers.staff.commands import mark_seen

    name, role = person(by), Role.SUPERVISOR if supervisor else Role.REGISTRAR
    with open_store(session_of(context)) as store, store.reading() as connection:
        shown = show_staff_notices(connection, name, role)
        if supervisor:
            waiting = _all(connection, CaseCriteria(states=(CaseState.SECOND_REVIEW,), oldest_first=True))
            others = [each for each in waiting if not _proposed_by(connection, each.number, name)]
            _table(others, t("Wait for a second person", "İkinci şəxsi gözləyir"))
        own = _all(connection, CaseCriteria(clerk=name, open_only=True, oldest_first=True))
        _table(own, t(f"In the hands of {name}", f"{name} icraatında"))
        untaken = _all(connection, CaseCriteria(states=_UNTAKEN, oldest_first=True))
        _table(untaken, t("Wait for a registrar", "Qeydiyyatçını gözləyir"))
    if seen and shown:
        with unit_of_work(context) as work:
            mark_seen(work, shown, name, (role,))


def show(context: typer.Context, number: Number, as_json: Json = False) -> None:
    """Show all there is about a case."""
    from gateway.cli.case_clocks import show_clocks
    from gateway.cli.case_page import show_file, show_history
    from gateway.cli.composition import open_store
    from gateway.terms import terms_in_use
    from handlers.cases.clock_keeping import clocks_of
    from handlers.cases.queries import case_file, step_details

    session, now = session_of(context), datetime.now(UTC)
    with open_store(session) as store, store.reading() as connection:
        file = case_file(connection, number, now)
        clocks = clocks_of(connection, number)
        details = step_details(connection, number)
    if file is None:
        raise unknown_case(number)
    if as_json:
        content = {"file": file, "clocks": clocks, "stepDetails": details}
        json_text(msgspec.json.format(msgspec.json.encode(content), indent=2))
        return
    show_file(file)
    show_clocks(clocks, terms_in_use(session.settings), now)
    show_history(file, details)


def _all(connection: Connection, criteria: CaseCriteria) -> list[InboxCase]:
    """Every case that meets the criteria: an inbox leaves nothing out."""
    from handlers.cases.listing import inbox as page_of

    found: list[InboxCase] = []
    cursor = None
    while True:
        page = page_of(connection, criteria, size=100, cursor=cursor)
        found += page.cases
        cursor = page.next_cursor
        if cursor is None:
            return found


def _proposed_by(connection: Connection, number: str, name: str) -> bool:
    """Whether the decision that waits was proposed by this person, who then cannot confirm it."""
    from handlers.store.cases import find_kept

    kept = find_kept(connection, number)
    return kept is not None and kept.proposal is not None and kept.proposal.by == name


def _table(cases: Iterable[InboxCase], title: str | None = None) -> None:
    rows = [
        (
            each.number,
            state_words(each.state),
            each.clerk or "",
            type_words(each.type),
            each.applicant,
            each.subject,
            in_baku(each.received_at),
            t("late", "gecikib") if each.late else "",
            each.entry_number or "",
        )
        for each in cases
    ]
    if not rows:
        say(f"{title}: {t('none', 'yoxdur')}" if title else t("There is none.", "Yoxdur."))
        return
    table(
        (
            t("number", "nömrə"),
            t("state", "vəziyyət"),
            t("clerk", "icraçı"),
            t("about", "növ"),
            t("applicant", "müraciət edən"),
            t("subject", "predmet"),
            t("received (Baku)", "daxil olub (Bakı)"),
            t("term", "müddət"),
            t("entry", "reyestr qeydi"),
        ),
        rows,
        title=title,
    )
