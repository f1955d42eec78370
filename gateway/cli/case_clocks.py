"""What clocks tell staff, on the screen: the clocks of a case, and notices that were not seen yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from gateway.cli.case_words import in_baku
from gateway.cli.language import t
from gateway.cli.terminal import say, table
from handlers.rules.clocks import civil_day

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.cases.clock_model import KeptClock
    from handlers.cases.model import Role
    from handlers.rules.clocks import Terms


def show_clocks(clocks: Iterable[KeptClock], terms: Terms, now: datetime) -> None:
    """Print each clock of a case: what it measures, its last day, and how it stands on the day of `now`."""
    today = civil_day(now)
    rows = [(_meaning(each, terms), f"{each.started_on}", f"{each.due_on}", _standing(each, today)) for each in clocks]
    if rows:
        say("")
        heads = (t("term", "müddət"), t("since", "başlayıb"), t("last day", "son gün"), t("stands", "vəziyyət"))
        table(heads, rows, title=t("Clocks", "Müddətlər"))


def _meaning(clock: KeptClock, terms: Terms) -> str:
    term = terms.term(clock.code, clock.started_on)
    return t(term.en, term.az)


def _standing(clock: KeptClock, today: date) -> str:
    late = t(", exceeded", ", pozulub") if clock.breached(today) else ""
    if clock.ended_on is not None:
        return t(f"ended {clock.ended_on}", f"{clock.ended_on} bitib") + late
    if clock.stopped_since is not None:
        return t(f"stands still since {clock.stopped_since}", f"{clock.stopped_since} tarixindən dayanıb") + late
    return t("runs", "davam edir") + late


def show_staff_notices(connection: Connection, name: str, role: Role) -> list[str]:
    """Print the notices to a member of staff, or to everybody in the role, that nobody has seen yet; their ids."""
    from handlers.staff.queries import staff_notices_of

    found = staff_notices_of(connection, name, (role,))
    rows = [(in_baku(each.at), each.case_number or "", t(each.text_en, each.text_az)) for each in found]
    if rows:
        heads = (t("at (Baku)", "vaxt (Bakı)"), t("case", "iş"), t("notice", "bildiriş"))
        table(heads, rows, title=t("Notices", "Bildirişlər"))
        say("")
    return [each.id for each in found]
