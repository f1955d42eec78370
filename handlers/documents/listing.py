"""Records of invalid documents, as what is decided about them needs to know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from handlers.documents.keys import document_number
from handlers.documents.model import DocumentKind, InvalidDocumentReport, ItemOutcome, RecordStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A record, as far as an answer needs it."""

    key: str
    document_type: str
    status: RecordStatus
    reason: str
    effective_from: date
    listed_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a record or a report says of a document; two that say the same are equal."""

    kind: DocumentKind
    reason: str
    effective_from: date
    fin: str | None
    issued_on: date | None
    expires_on: date | None
    replaced_by: str | None
    status: RecordStatus


def facts_of(report: InvalidDocumentReport, status: RecordStatus) -> Facts:
    """What `report` says, in the form in which it is compared and kept."""
    return Facts(
        kind=report.kind,
        reason=report.reason,
        effective_from=report.effective_from,
        fin=report.fin.strip().upper() if report.fin else None,
        issued_on=report.issued_on,
        expires_on=report.expires_on,
        replaced_by=document_number(None, report.replaced_by) or None,
        status=status,
    )


def outcome_beside(said: Facts, standing: Sequence[Facts]) -> ItemOutcome:
    """What becomes of a sound report, given what the current records of the document say.

    A document that is only suspended may still be invalidated; both records then stand.
    """
    if said in standing:
        return ItemOutcome.DUPLICATE
    only_suspended = all(one.status is RecordStatus.SUSPENDED for one in standing)
    if not standing or (only_suspended and said.status is RecordStatus.ACTIVE):
        return ItemOutcome.LISTED
    return ItemOutcome.CONTRADICTION
