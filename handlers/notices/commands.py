"""Writing notices and having them acknowledged."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from handlers.cases.acknowledged import owner_acknowledged
from handlers.messages import AcceptedCommand, AcknowledgeNotices, NoticeDue
from handlers.notices.model import Notice, NoticeKind
from handlers.notices.texts import words
from handlers.receipts.model import Ground
from handlers.rules.numbering import is_entry_number, is_incoming_number
from handlers.store import notices
from handlers.work import Outcome, Work

CASE_LINK: Final = "urn:state-register:case:{number}"
"""The name of a case, where this installation has no address for it."""


def add_notice(work: Work, event: NoticeDue, *, case_link: str = CASE_LINK) -> None:
    """Write the notice that `event` calls for, with the agency's next number; once, however often it is called.

    `case_link` is what leads to a case, `{number}` standing for its number; a notice keeps the link that it was
    written with. The sequence number is taken while the agency's counter is locked, so that numbers have no gap. Two
    workers that hold the same event at the same moment end in `StoreConflictError` for one of them, which then finds
    the notice written.
    """
    if notices.has_notice(work.connection, event.event_id):
        return
    text = words(event.kind, event.parameters | {"subject": event.subject, "tracking_id": event.tracking_id})
    case_number = event.subject if is_incoming_number(event.subject) else None
    notices.add(
        work.connection,
        event.agency,
        Notice(
            sequence=notices.next_sequence(work.connection, event.agency),
            notice_id=event.event_id,
            kind=event.kind,
            created_at=event.occurred_at,
            tracking_id=event.tracking_id,
            subject=event.subject,
            title_az=text.title_az,
            title_en=text.title_en,
            text_az=text.text_az,
            text_en=text.text_en,
            asked_az=text.asked_az,
            asked_en=text.asked_en,
            due_on=text.due_on,
            case_number=case_number,
            entry_number=_entry_number(event),
            link=None if case_number is None else _link(case_link, case_number),
        ),
    )


def _entry_number(event: NoticeDue) -> str | None:
    named = (event.subject, event.parameters.get("entry", ""))
    return next((each for each in named if is_entry_number(each)), None)


def _link(case_link: str, number: str) -> str:
    """The slash stays: it may stand in a path, a query and a URN, and many TLS fronts refuse an encoded one."""
    return case_link.replace("{number}", quote(number, safe="/"))


def acknowledge_notices(work: Work, accepted: AcceptedCommand) -> Outcome:
    """Mark an agency's notices up to a number as acknowledged; refused when there is no such number yet.

    It is the calling agency, or the one that it acts for.
    """
    command = accepted.command
    if not isinstance(command, AcknowledgeNotices):
        raise TypeError(f"not an acknowledgement: {type(command).__name__}")
    last = notices.last_sequence(work.connection, accepted.acts_for)
    if not 0 <= command.up_to_sequence <= last:
        return Outcome(ground=_no_such_number(command.up_to_sequence, last))
    decided = notices.unacknowledged_subjects(
        work.connection, accepted.acts_for, command.up_to_sequence, (NoticeKind.CASE_DECIDED, NoticeKind.CASE_ENTERED)
    )
    notices.acknowledge(work.connection, accepted.acts_for, command.up_to_sequence, work.now)
    for number in decided:
        owner_acknowledged(work, number, accepted.acts_for)
    return Outcome()


def _no_such_number(asked: int, last: int) -> Ground:
    return Ground(
        code="NOTICE_NUMBER_UNKNOWN",
        text_az=f"{asked} sıra nömrəli bildiriş yoxdur; sonuncu bildirişin nömrəsi: {last}.",
        text_en=f"There is no notice number {asked}; the last one is number {last}.",
    )
