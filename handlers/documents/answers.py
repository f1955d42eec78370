"""The answer for one document: what counts for more, and how much of it the caller may see (domain §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.documents.examination import EXPIRY, Circumstances, Examined, examine
from handlers.documents.listing import Listing
from handlers.documents.model import (
    CheckMade,
    CheckOutcome,
    DocumentAnswer,
    EvidenceGrade,
    RecordStatus,
    ValidityStatus,
)
from handlers.documents.resolution import Asked, Malformed
from handlers.documents.wording import HIT_WORDING, STATUS_WORDING, SUSPICION_WORDING
from handlers.parties.model import DisclosureTier


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What a tier may see of a record."""

    status: bool = False
    """Whether INVALID and SUSPENDED are told apart."""
    reason: bool = False
    """Reason, and since when the document is invalid."""
    listing: bool = False
    """Since when it is listed."""


DISCLOSURE = {
    DisclosureTier.HIT_ONLY: Disclosure(),
    DisclosureTier.STATUS: Disclosure(status=True),
    DisclosureTier.REASON: Disclosure(status=True, reason=True),
    DisclosureTier.FULL: Disclosure(status=True, reason=True, listing=True),
}

_STATUS_OF_RECORD = {RecordStatus.ACTIVE: ValidityStatus.INVALID, RecordStatus.SUSPENDED: ValidityStatus.SUSPENDED}

_NOT_IN_REGISTER = CheckMade(name="register", outcome=CheckOutcome.PASSED)
_IN_REGISTER = CheckMade(name="register", outcome=CheckOutcome.FAILED)
_NOT_LOOKED_UP = CheckMade(name="register", outcome=CheckOutcome.NOT_MADE)


def answer(
    asked: Asked, listings: Sequence[Listing], circumstances: Circumstances, tier: DisclosureTier
) -> DocumentAnswer:
    """The answer to a question that names a document, given every record under its keys.

    A listed document is told as listed whatever its dates say, and a suspicious one is not told as merely expired.
    """
    made = examine(asked, circumstances)
    hit = _foremost(asked, listings)
    if hit is not None:
        return _listed(asked, hit, made, DISCLOSURE[tier])
    suspicious = next((one for one in made if one.failed and one.check.name != EXPIRY), None)
    if suspicious is not None:
        return _answer(asked, ValidityStatus.SUSPECT, made, suspicious)
    if any(one.failed for one in made):
        return _answer(asked, ValidityStatus.EXPIRED, made)
    return _answer(asked, ValidityStatus.NOT_LISTED, made, grade=EvidenceGrade.REGISTER_ONLY)


def refusal(malformed: Malformed) -> DocumentAnswer:
    """The answer to a question that names no document."""
    return DocumentAnswer(
        reference=malformed.question.reference,
        status=ValidityStatus.INVALID_REQUEST,
        grade=EvidenceGrade.FORMAT_ONLY,
        field=malformed.field,
        text_az=malformed.text.az,
        text_en=malformed.text.en,
        checks=(_NOT_LOOKED_UP,),
    )


def _foremost(asked: Asked, listings: Sequence[Listing]) -> Listing | None:
    """The record that decides: one that invalidates before one that suspends, the earliest first."""
    about = [one for one in listings if asked.document_type in {None, one.document_type}]
    return min(about, key=lambda one: (one.status is not RecordStatus.ACTIVE, one.effective_from), default=None)


def _listed(asked: Asked, hit: Listing, made: list[Examined], may_see: Disclosure) -> DocumentAnswer:
    status = _STATUS_OF_RECORD[hit.status] if may_see.status else ValidityStatus.INVALID
    text = STATUS_WORDING[status] if may_see.status else HIT_WORDING
    return DocumentAnswer(
        reference=asked.question.reference,
        status=status,
        grade=EvidenceGrade.REGISTER_ONLY,
        reason=hit.reason if may_see.reason else None,
        effective_from=hit.effective_from if may_see.reason else None,
        listed_since=hit.listed_since if may_see.listing else None,
        text_az=text.az,
        text_en=text.en,
        checks=(_IN_REGISTER, *(one.check for one in made)),
    )


def _answer(
    asked: Asked,
    status: ValidityStatus,
    made: list[Examined],
    suspicious: Examined | None = None,
    *,
    grade: EvidenceGrade = EvidenceGrade.FORMAT_ONLY,
) -> DocumentAnswer:
    text = SUSPICION_WORDING[suspicious.check.name] if suspicious else STATUS_WORDING[status]
    return DocumentAnswer(
        reference=asked.question.reference,
        status=status,
        grade=grade,
        field=suspicious.field if suspicious else None,
        text_az=text.az,
        text_en=text.en,
        checks=(_NOT_IN_REGISTER, *(one.check for one in made)),
    )
