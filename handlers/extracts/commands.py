"""Issuing extracts, for the first time and again. Every issue has a number and a code of its own, and is kept."""

from __future__ import annotations

import hashlib

from handlers.cases.effects import IssueExtract
from handlers.cases.model import Actor, Case
from handlers.extracts.codes import new_code
from handlers.extracts.model import Extract, ExtractDraft, ExtractMaker, ExtractReason
from handlers.registration.model import Entry
from handlers.rules.clocks import civil_day
from handlers.rules.numbering import extract_number, extract_series
from handlers.store import directory, extracts, numbers
from handlers.work import Work


class NothingToReissueError(Exception):
    """There is no extract of that version of the entry yet, so none that could be issued again."""


def issue_extract(
    work: Work,
    entry: Entry,
    *,
    reason: ExtractReason,
    case_number: str | None,
    actor: str,
    maker: ExtractMaker,
    note: str | None = None,
) -> Extract:
    """Issue an extract of `entry`, which is one version of one entry, in the unit of work it is given.

    Number, record and both files exist when that commits, or none of them does. If there is an extract of this version
    already, the new one says which it is issued in place of. Raises `NothingToReissueError` for REISSUED when there is
    none, and whatever `maker` raises.
    """
    issued_at = work.now.replace(microsecond=0)
    year = civil_day(issued_at).year
    # Drawing the number holds the series until the end: whoever issues at the same time waits, and then sees this one.
    drawn = numbers.next_number(work.connection, extract_series(entry.register, year))
    before = extracts.find_latest(work.connection, entry.number, entry.version)
    if reason is ExtractReason.REISSUED and before is None:
        raise NothingToReissueError(f"no extract of {entry.number}, version {entry.version}")
    owner = directory.find_agency(work.connection, entry.owner)
    draft = ExtractDraft(
        number=extract_number(entry.register, year, drawn),
        verification_code=new_code(),
        entry=entry,
        owner_name_az=owner.name_az if owner else None,
        owner_name_en=owner.name_en if owner else None,
        case_number=case_number,
        reason=reason,
        issued_at=issued_at,
        reissues=before.number if before else None,
    )
    files = maker(draft)
    extract = Extract(
        number=draft.number,
        verification_code=draft.verification_code,
        register=entry.register,
        entry_number=entry.number,
        version=entry.version,
        status=entry.status,
        owner=entry.owner,
        valid_from=entry.valid_from,
        recorded_at=entry.recorded_at,
        case_number=case_number,
        reason=reason,
        note=note,
        issued_at=issued_at,
        issued_by=actor,
        reissues=draft.reissues,
        xml_digest=hashlib.sha256(files.xml).hexdigest(),
        pdf_digest=hashlib.sha256(files.pdf).hexdigest(),
    )
    extracts.add(work.connection, extract, files)
    return extract


def issued_on_entering(maker: ExtractMaker, actor: Actor) -> IssueExtract:
    """What a case that is entered issues its extract by: in its own unit of work, and in the name of `actor`."""

    def issue(work: Work, entry: Entry, case: Case) -> str:
        extract = issue_extract(
            work, entry, reason=ExtractReason.ENTERED, case_number=case.number, actor=actor.text, maker=maker
        )
        return extract.number

    return issue
