"""`cases terms`: the terms of cases and the calendar in use, and where each comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import typer

from gateway.cli.language import t
from gateway.cli.session import session_of
from gateway.cli.terminal import note, table

if TYPE_CHECKING:
    from handlers.rules.clocks import Term, Terms

HELP_EN: Final = "The terms of cases: length, warning, source, days in force; and the operator's own days off."
HELP_AZ: Final = "İşlərin müddətləri: uzunluğu, xəbərdarlığı, mənbəyi, qüvvədə olduğu günlər; operatorun öz günləri."

_UNITS: Final = {
    "CALENDAR_DAYS": ("calendar day", "təqvim günü"),
    "MONTHS": ("month", "ay"),
    "WORKING_DAYS": ("working day", "iş günü"),
}


def terms(context: typer.Context) -> None:
    """The terms and the calendar in use."""
    from gateway.terms import terms_in_use
    from handlers.clock import system_clock
    from handlers.rules.clocks import civil_day

    in_use = terms_in_use(session_of(context).settings)
    table(
        (
            t("term", "müddət"),
            t("meaning", "məna"),
            t("length", "uzunluğu"),
            t("first day", "ilk gün"),
            t("warning", "xəbərdarlıq"),
            t("in force", "qüvvədədir"),
            t("source", "mənbə"),
        ),
        (
            (
                term.code + (t(" (own)", " (operatorun)") if own else ""),
                t(term.en, term.az),
                length_of(term),
                _first_day(term),
                _warning(term),
                _in_force(term),
                t(term.source, term.source_az or term.source),
            )
            for term, own in in_use.rows()
        ),
    )
    _show_days(in_use, civil_day(system_clock()).year)


def length_of(term: Term) -> str:
    """The length of a term in words."""
    unit, unit_az = _UNITS[term.unit]
    plural = "" if term.length == 1 else "s"
    return t(f"{term.length} {unit}{plural}", f"{term.length} {unit_az}")


def _first_day(term: Term) -> str:
    return {"NEXT_DAY": t("the next", "növbəti"), "SAME_DAY": t("that very day", "həmin gün")}[term.first_day]


def _warning(term: Term) -> str:
    share = f"{term.warn_percent} %"
    if term.remind_every is None:
        return share
    return t(
        f"{share}; overdue: every {term.remind_every} days", f"{share}; gecikəndə: hər {term.remind_every} gündən bir"
    )


def _in_force(term: Term) -> str:
    from handlers.rules.effective import ALWAYS

    first = "" if term.valid_from == ALWAYS else f"{term.valid_from:%Y-%m-%d}"
    last = "" if term.valid_to is None else f"{term.valid_to:%Y-%m-%d}"
    return f"{first} / {last}" if first or last else t("always", "həmişə")


def _show_days(in_use: Terms, year: int) -> None:
    calendar = in_use.calendar
    rows = [
        (day, t("day off, named by the operator", "operatorun göstərdiyi istirahət günü")) for day in calendar.days_off
    ]
    rows += [
        (day, t("working day, named by the operator", "operatorun göstərdiyi iş günü")) for day in calendar.working_days
    ]
    estimated = [day for each in (year, year + 1) for day in calendar.estimated(each)]
    rows += [
        (day, t("day off, only estimated: to be checked", "təxmini istirahət günü: dəqiqləşdirilməlidir"))
        for day in estimated
    ]
    if rows:
        table((t("day", "gün"), t("what it is", "növü")), ((f"{day:%Y-%m-%d}", what) for day, what in sorted(rows)))
    if estimated:
        note(
            t(
                "Feasts that follow the moon are estimated until they are decided. Name the decided days in the file "
                "of the setting `terms`: [calendar] days_off, working_days.",
                "Ay təqvimi ilə müəyyən edilən bayramlar qərar verilənədək təxminidir. Qərarlaşdırılmış günləri terms "
                "parametrindəki faylda göstərin: [calendar] days_off, working_days.",
            )
        )
