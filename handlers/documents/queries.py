"""Questions to the register of invalid documents: the validity check and what became of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from handlers.documents.answers import answer, refusal
from handlers.documents.examination import Circumstances
from handlers.documents.model import Batch, CheckResult, DataAsOf, DocumentAnswer, DocumentQuestion
from handlers.documents.resolution import Asked, Malformed, resolve_all
from handlers.documents.wording import Wording
from handlers.parties.model import Caller
from handlers.rules.classifiers import DOCUMENT_RULES, DocumentRules
from handlers.rules.clocks import civil_day
from handlers.store import documents
from handlers.store.ports import Store

SOURCE = "INVALID_DOCUMENTS"
"""Name of this register as a source of data."""

_NO_PURPOSE = Wording(
    "Yoxlamanın hüquqi məqsədi göstərilməyib və ya təsnifatda yoxdur.",
    "No legal purpose is given, or it is not in the classifier.",
)


def get_batch(connection: Connection, agency: str, tracking_id: str) -> Batch | None:
    """The applied batch of `agency`, items in order; None when there is none, not yet, or it is another agency's."""
    return documents.find_batch(connection, agency, tracking_id)


def check_documents(
    connection: Connection,
    caller: Caller,
    *,
    questions: Sequence[DocumentQuestion],
    purpose: str | None,
    request_id: str,
    now: datetime,
    as_of: date | None = None,
    as_known_at: datetime | None = None,
    rules: DocumentRules = DOCUMENT_RULES,
) -> CheckResult:
    """Answer every question, in order, all at one instant; each on its own, as far as the caller's tier allows.

    `as_of` is the day looked at (today in Baku when not given; of a moment, its day), `as_known_at` the moment whose
    knowledge is asked for. The answer may leave only after `log_checks`; `check_and_log` does both. `request_id` is
    the caller's and only goes to the log.
    """
    del request_id
    day = _day(as_of, as_known_at or now)
    resolved = _resolved(questions, purpose, now, day, rules)
    keys = {key for one in resolved if isinstance(one, Asked) for key in one.keys}
    listings = documents.find_listings(connection, keys, as_of=day, as_known_at=as_known_at)
    circumstances = Circumstances(day=day, rules=rules)
    answers: list[DocumentAnswer] = []
    for one in resolved:
        if isinstance(one, Malformed):
            answers.append(refusal(one))
        else:
            found = [listing for key in one.keys for listing in listings.get(key, ())]
            answers.append(answer(one, found, circumstances, caller.tier))
    return CheckResult(
        answer_reference=str(uuid7()),
        checked_at=now,
        data_as_of=(DataAsOf(source=SOURCE, at=min(as_known_at or now, now)),),
        answers=tuple(answers),
    )


def log_checks(
    connection: Connection,
    caller: Caller,
    result: CheckResult,
    *,
    questions: Sequence[DocumentQuestion],
    purpose: str | None,
    request_id: str,
    representative: str | None = None,
    as_of: date | None = None,
    as_known_at: datetime | None = None,
    rules: DocumentRules = DOCUMENT_RULES,
) -> None:
    """Log who asked about which document, for which purpose, and what was answered: before the answer leaves.

    `questions` are those that `result` answers, in the same order.
    """
    shared: dict[str, Any] = {
        "answer_reference": result.answer_reference,
        "checked_at": result.checked_at,
        "request_id": request_id,
        "agency": caller.agency,
        "on_behalf_of": caller.on_behalf_of,
        "assurance": caller.assurance,
        "system": caller.system,
        "representative": representative,
        "purpose": purpose or "",
        "as_of": None if as_of is None else _day(as_of, result.checked_at),
        "as_known_at": as_known_at,
    }
    day = _day(as_of, as_known_at or result.checked_at)
    lines = _lines(_resolved(questions, purpose, result.checked_at, day, rules), result)
    documents.add_checks(connection, [shared | own | {"line": line} for line, own in enumerate(lines, start=1)])


def check_and_log(
    store: Store,
    caller: Caller,
    *,
    questions: Sequence[DocumentQuestion],
    purpose: str | None,
    request_id: str,
    now: datetime,
    representative: str | None = None,
    as_of: date | None = None,
    as_known_at: datetime | None = None,
    rules: DocumentRules = DOCUMENT_RULES,
) -> CheckResult:
    """Check and log. An answer that could not be logged is not given.

    Raises `StoreUnavailableError`, which must never be read as "not listed".
    """
    with store.reading() as connection:
        result = check_documents(
            connection,
            caller,
            questions=questions,
            purpose=purpose,
            request_id=request_id,
            now=now,
            as_of=as_of,
            as_known_at=as_known_at,
            rules=rules,
        )
    with store.writing() as connection:
        log_checks(
            connection,
            caller,
            result,
            questions=questions,
            purpose=purpose,
            request_id=request_id,
            representative=representative,
            as_of=as_of,
            as_known_at=as_known_at,
            rules=rules,
        )
    return result


def _resolved(
    questions: Sequence[DocumentQuestion], purpose: str | None, now: datetime, day: date, rules: DocumentRules
) -> list[Asked | Malformed]:
    if rules.purposes.find(purpose, civil_day(now)) is None:
        return [Malformed(question=question, field="purpose", text=_NO_PURPOSE) for question in questions]
    return resolve_all(questions, day, rules)


def _lines(resolved: Sequence[Asked | Malformed], result: CheckResult) -> Iterator[dict[str, Any]]:
    for position, (one, given) in enumerate(zip(resolved, result.answers, strict=True), start=1):
        fin = one.question.fin
        for key in one.keys if isinstance(one, Asked) else (None,):
            yield {
                "position": position,
                "document_type": one.question.document_type,
                "key": key,
                "fin": fin.strip().upper() if fin else None,
                "status": given.status,
            }


def _day(as_of: date | None, otherwise: datetime) -> date:
    if as_of is None:
        return civil_day(otherwise)
    return civil_day(as_of) if isinstance(as_of, datetime) else as_of
