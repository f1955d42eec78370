# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
"""What a notice is on the wire, shared by what is pulled and by what is chosen about delivery."""

from __future__ import annotations

from gateway.contract.declare import enumeration, many, optional, required, simple
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import Boolean, ComplexModel, Integer64
from gateway.contract.types import (
    CaseNumber,
    Day,
    EntryNumber,
    Moment,
    Sequence,
    Text100,
    Text500,
    Text4000,
    TrackingId,
    Uuid,
)
from handlers.notices import model as values

NAMESPACE = service_namespace("notices")

NoticeKind = enumeration(
    values.NoticeKind,
    "The event a notice tells of.",
    {
        "CASE_RECEIVED": "An application was received and got its incoming number.",
        "COMMAND_REFUSED": "A command that had been accepted was refused by the register.",
        "BATCH_APPLIED": "A report of invalid documents was applied.",
        "CERTIFICATE_EXPIRES": "An enrolled certificate of the agency expires soon; told 60, 30 and 7 days ahead.",
        "CASE_TAKEN": "A registrar took the case in hand and checks whether it is complete.",
        "CASE_HANDED_OVER": "Another registrar has the case in hand.",
        "CASE_COMPLETE": "The application was found complete and is examined.",
        "CASE_RETURNED": "The application was returned: the owner has to correct it.",
        "CASE_RESUBMITTED": "The corrected application was received.",
        "CASE_DECIDED": "The case was decided.",
        "CASE_ENTERED": "What was approved is in the register.",
        "ENTRY_RECEIVED": "An entry of another agency has passed to this one, on that agency's application.",
        "CASE_OWNER_INFORMED": "The owner is known to have learnt of the decision.",
        "CASE_ARCHIVED": "The case is closed.",
        "CASE_WITHDRAWN": "The applicant took the application back.",
        "DESTRUCTION_PROOF_FILED": "The proof that the data of a cancelled entry were destroyed was received.",
        "CLOCK_WARNING": "Most of a term has passed.",
        "CLOCK_BREACHED": "A term has passed.",
        "DESTRUCTION_REMINDER": "The proof that the data of a cancelled entry were destroyed is still owed.",
        "AUTHORITY_ENDED": "The authority of the representative of an open case has ended.",
    },
    namespace=NAMESPACE,
)
NoticeNumber = simple(
    "NoticeNumber",
    Integer64,
    "Sequence number of a notice; the first of an agency is 1.",
    namespace=NAMESPACE,
    ge=1,
)


class Own(ComplexModel):
    """Base of the structures of this service."""

    __namespace__ = NAMESPACE


class Notice(Own):
    """One notice."""

    sequence = required(
        NoticeNumber, "Number of the notice, growing by one per agency: a receiver that sees a gap pulls again."
    )
    noticeId = required(Uuid, "UUID of the event; the same whenever the notice is delivered again.")
    kind = required(NoticeKind, "The event it tells of.")
    createdAt = required(Moment, "When it was written.")
    trackingId = required(TrackingId, "Tracking id of the command that led to it; where none did, an id of no command.")
    subject = required(
        Text100, "Number of the case, entry or batch that it is about; code of the system or FIN of the person."
    )
    titleAz = required(Text500, "Title, in Azerbaijani.")
    titleEn = required(Text500, "Title, in English.")
    textAz = required(Text4000, "Text, in Azerbaijani.")
    textEn = required(Text4000, "Text, in English.")
    acknowledgedAt = optional(Moment, "When the agency acknowledged it; absent until then.")
    askedAz = optional(
        Text4000, "What the agency is asked to do, in Azerbaijani; absent: nothing. The text says it too."
    )
    askedEn = optional(Text4000, "What the agency is asked to do, in English.")
    dueOn = optional(Day, "The last day for what is asked; absent: it has none.")
    caseNumber = optional(CaseNumber, "Number of the case that it is about, where it is about one.")
    entryNumber = optional(EntryNumber, "Number of the entry that it is about, where it is about one.")
    link = optional(Text500, "What leads to the case: a URL, or a name of this installation's own (URN).")


class NoticePage(Own):
    """Notices after a sequence number, oldest first."""

    notices = many(Notice, "The notices.", most=500)
    lastSequence = required(Sequence, "Highest sequence number the agency has at all; 0: none yet.")
    more = required(Boolean, "Whether there are notices beyond this page.")
