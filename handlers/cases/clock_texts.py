"""What owners and staff are told of a clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from handlers.cases.clock_model import Firing, FiringKind
from handlers.cases.clocks import DEADLINES
from handlers.cases.model import Case
from handlers.messages import NoticeDue
from handlers.notices.model import NoticeKind
from handlers.rules.clocks import Term

_DAY: Final = timedelta(days=1)

_OWNER_KINDS: Final = {
    FiringKind.WARNED: NoticeKind.CLOCK_WARNING,
    FiringKind.BREACHED: NoticeKind.CLOCK_BREACHED,
    FiringKind.REMINDED: NoticeKind.DESTRUCTION_REMINDER,
}

_STAFF_TEXTS: Final = {
    FiringKind.WARNED: (
        "{number} nömrəli iş ({subject}): müddət {due} tarixində bitir: {az}.",
        "Case {number} ({subject}): a term ends on {due}: {en}.",
    ),
    FiringKind.BREACHED: (
        "{number} nömrəli iş ({subject}): müddət {due} tarixində bitib və pozulub: {az}.",
        "Case {number} ({subject}): a term ended on {due} and was exceeded: {en}.",
    ),
    FiringKind.REMINDED: (
        "{number} nömrəli iş ({subject}): {due} tarixində bitmiş müddət üzrə öhdəlik hələ yerinə yetirilməyib: {az}.",
        "Case {number} ({subject}): what was due on {due} is still owed: {en}.",
    ),
}


def owner_notice(case: Case, firing: Firing, term: Term) -> NoticeDue:
    """The event by which the owner is told. Its id follows from clock and firing, so that there is one of it."""
    identity = f"{firing.case_number}:{firing.code}:{firing.round}:{firing.sequence}"
    due = firing.due_on.isoformat()
    parameters = {"name": case.subject, "clock_az": term.az, "clock_en": term.en, "due": due}
    if case.entry_number is not None:
        parameters["entry"] = case.entry_number
    if firing.kind is not FiringKind.WARNED:
        parameters["breached_on"] = (firing.due_on + _DAY).isoformat()
    if firing.kind is not FiringKind.REMINDED:
        # A reminder asks for it at once: to name a day long past as the last one would be odd.
        parameters[DEADLINES[firing.code]] = due
    return NoticeDue(
        event_id=str(uuid5(NAMESPACE_URL, f"urn:state-register:case-clock:{identity}")),
        agency=case.applicant,
        kind=_OWNER_KINDS[firing.kind],
        tracking_id=case.tracking_id,
        subject=case.number,
        occurred_at=firing.at,
        parameters=parameters,
    )


def staff_texts(case: Case, firing: Firing, term: Term) -> tuple[str, str]:
    """What staff are told, in Azerbaijani and in English."""
    text_az, text_en = _STAFF_TEXTS[firing.kind]
    values = {"number": case.number, "subject": case.subject, "due": firing.due_on.isoformat()}
    return text_az.format(**values, az=term.az), text_en.format(**values, en=term.en)
