"""Questions about cases: the applicant's, who sees its own, and those of the operator's staff."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from handlers.cases.authority import with_authority
from handlers.cases.model import Case, CaseEvent, CaseFile, FieldThreeWay, StepDetails
from handlers.cases.told import told_case
from handlers.registration.difference import difference
from handlers.registration.entries import card_of_entry, present_entry
from handlers.registration.model import AppealApplication, Defect, DestructionProof, Entry
from handlers.rules.completeness import Weight, cards_of
from handlers.store import case_history, entries
from handlers.store.cases import (
    FIRST_FINDINGS,
    StatementKind,
    find_application,
    find_case,
    find_difference,
    find_kept,
    find_notes,
)

TERMINAL_USER = "/terminalUser"
"""Where a step names the user of the machine that it was made on, if that is another name than the actor's."""


def get_case(
    connection: Connection,
    agency: str,
    *,
    number: str | None = None,
    tracking_id: str | None = None,
    now: datetime | None = None,
) -> Case | None:
    """The case of the applicant `agency` by incoming number, by tracking id, or by both, which must then agree.

    `now`: when the authority of its representative is looked at; None: it is not.
    None when there is none, also when it is another agency's. Raises `ValueError` when neither is given. What is the
    staff's own is left out (`handlers.cases.told`).
    """
    if number is None and tracking_id is None:
        raise ValueError("a case is asked for by its number or its tracking id")
    case = find_case(connection, agency, number=number, tracking_id=tracking_id)
    if case is None:
        return None
    if now is not None:
        case = with_authority(connection, case, now)
    return told_case(case)


def case_file(connection: Connection, number: str, now: datetime, *, lock: bool = False) -> CaseFile | None:
    """Everything about a case, for the operator's staff; None when there is none of that number.

    With `lock` nobody else makes a step of it before the unit of work ends.
    """
    kept = find_kept(connection, number, lock=lock)
    if kept is None:
        return None
    application = find_application(connection, number)
    present = None
    if kept.case.entry_number is not None:
        present = present_entry(connection, kept.case.entry_number, now)
    step = kept.findings_step
    submitted_at = max((each.sequence for each in kept.case.steps if each.event in _SUBMITTING), default=FIRST_FINDINGS)
    return CaseFile(
        case=with_authority(connection, kept.case, now),
        clerk=kept.clerk,
        proposal=kept.proposal,
        seconded_by=kept.seconded_by,
        notes=find_notes(connection, number, step),
        application=application,
        difference=find_difference(connection, number, submitted_at),
        three_way=() if present is None else three_way(connection, kept.case, application, present),
        present_version=None if present is None else present.version,
    )


def step_details(connection: Connection, number: str) -> StepDetails:
    """What was found and proven at each step of the case `number`, for the operator's staff."""
    defects: defaultdict[int, tuple[Defect, ...]] = defaultdict(tuple)
    for step, weight, defect in case_history.findings(connection, number):
        if weight == Weight.DEFECT:
            defects[step] += (defect,)
    proofs = {
        row["step"]: msgspec.convert(row["content"], DestructionProof)
        for row in case_history.statements(connection, number)
        if row["kind"] == StatementKind.DESTRUCTION_PROOF
    }
    return StepDetails(defects=dict(defects), proofs=proofs)


_SUBMITTING = (CaseEvent.RECEIVED, CaseEvent.RESUBMITTED)


def three_way(connection: Connection, case: Case, application: object, present: Entry) -> tuple[FieldThreeWay, ...]:
    """Field by field what the register and what the applicant changed since the version applied against.

    Empty unless the application carries a card and the entry has moved on since.
    """
    if not isinstance(application, AppealApplication) or case.against_version == present.version:
        return ()
    asked = cards_of(application)
    base = entries.find_version(connection, application.entry_number, application.against_version)
    if not asked or base is None or case.entered_version is not None:
        return ()
    theirs = {each.path: each for each in difference(card_of_entry(base), card_of_entry(present))}
    ours = {each.path: each for each in difference(card_of_entry(base), asked[0])}
    rows = []
    for path in sorted({*theirs, *ours}):
        either = theirs.get(path) or ours[path]
        now = theirs[path].after if path in theirs else either.before
        wanted = ours[path].after if path in ours else either.before
        rows.append(
            FieldThreeWay(
                path=path,
                base=either.before,
                present=now,
                asked=wanted,
                conflict=path in theirs and path in ours and now != wanted,
            )
        )
    return tuple(rows)
