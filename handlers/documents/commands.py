"""Reporting invalid documents: a batch, each item with an outcome of its own (domain §3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from uuid_utils.compat import uuid7

from handlers.documents.keys import document_key, document_number
from handlers.documents.listing import facts_of, outcome_beside
from handlers.documents.model import (
    Batch,
    BatchItem,
    BatchState,
    InvalidDocumentReport,
    ItemOutcome,
    RecordStatus,
)
from handlers.documents.report_rules import Reporting, ReportRule, broken_rule
from handlers.documents.wording import OUTCOME_WORDING
from handlers.messages import AcceptedCommand, NoticeDue, ReportInvalidDocuments
from handlers.notices.model import NoticeKind
from handlers.rules.classifiers import DOCUMENT_RULES, DocumentRules
from handlers.rules.clocks import civil_day
from handlers.store import directory, documents, numbers
from handlers.store.documents import NewRecord
from handlers.work import Outcome, Work


@dataclass(frozen=True, slots=True)
class _Judged:
    """An item with what became of it."""

    record: NewRecord | None
    item: BatchItem
    report: InvalidDocumentReport


def report_invalid_documents(work: Work, accepted: AcceptedCommand, rules: DocumentRules = DOCUMENT_RULES) -> Outcome:
    """Apply a batch: the outcome's subject is its tracking id. Items that are refused hold no others up."""
    command = accepted.command
    assert isinstance(command, ReportInvalidDocuments)
    provider = directory.find_agency(work.connection, accepted.acts_for)
    reporting = Reporting(
        provides=frozenset(provider.provides_document_types) if provider else frozenset(),
        today=civil_day(accepted.received_at),
        rules=rules,
    )
    judged = _judge(work, command.documents, reporting)
    batch = _batch(work, accepted, command, judged)
    kept = {one.item.position: one.report for one in judged if one.item.outcome is ItemOutcome.CONTRADICTION}
    listed = [one.record for one in judged if one.record is not None and one.item.outcome is ItemOutcome.LISTED]
    documents.add_batch(work.connection, batch, system=accepted.system, kept=kept)
    documents.add_records(work.connection, listed, batch=batch.tracking_id, provider=batch.provider, now=work.now)
    return Outcome(subject=batch.tracking_id, events=(_notice(work, batch),))


def _judge(work: Work, reports: Sequence[InvalidDocumentReport], reporting: Reporting) -> list[_Judged]:
    """The outcome of every report, in order; an earlier item of the batch counts like a record."""
    broken = [broken_rule(report, reporting) for report in reports]
    records = {
        position: _record(position, report, reporting)
        for position, (report, rule) in enumerate(zip(reports, broken, strict=True), start=1)
        if rule is None
    }
    _lock_types(work, {record.report.document_type for record in records.values()})
    standing = documents.find_standing(work.connection, {record.key for record in records.values()})
    judged = []
    for position, (report, rule) in enumerate(zip(reports, broken, strict=True), start=1):
        record = records.get(position)
        if record is None:
            judged.append(_Judged(None, _item(position, ItemOutcome.REFUSED, rule), report))
            continue
        beside = standing.setdefault((report.document_type, record.key), [])
        outcome = outcome_beside(record.facts, beside)
        if outcome is ItemOutcome.LISTED:
            beside.append(record.facts)
        judged.append(_Judged(record, _item(position, outcome), report))
    return judged


def _lock_types(work: Work, types: set[str]) -> None:
    """One batch of a type at a time: otherwise two could each list a document that neither sees the other list."""
    for code in sorted(types):
        numbers.next_number(work.connection, f"batch:{code}")


def _record(position: int, report: InvalidDocumentReport, reporting: Reporting) -> NewRecord:
    reason = reporting.rules.reasons.find(report.reason, reporting.today)
    assert reason is not None, "a report with an unknown reason is refused"
    return NewRecord(
        position=position,
        key=document_key(report.country, document_number(report.series, report.number)),
        report=report,
        facts=facts_of(report, RecordStatus.SUSPENDED if reason.suspends else RecordStatus.ACTIVE),
    )


def _item(position: int, outcome: ItemOutcome, broken: ReportRule | None = None) -> BatchItem:
    if broken is not None:
        code, text = broken.code, broken.text
    elif outcome in OUTCOME_WORDING:
        code, text = OUTCOME_WORDING[outcome]
    else:
        return BatchItem(position=position, outcome=outcome)
    return BatchItem(position=position, outcome=outcome, rule=code, text_az=text.az, text_en=text.en)


def _batch(work: Work, accepted: AcceptedCommand, command: ReportInvalidDocuments, judged: Sequence[_Judged]) -> Batch:
    count = Counter(one.item.outcome for one in judged)
    return Batch(
        tracking_id=accepted.tracking_id,
        batch_reference=command.batch_reference,
        state=BatchState.APPLIED,
        provider=accepted.acts_for,
        applied_at=work.now,
        listed=count[ItemOutcome.LISTED],
        duplicates=count[ItemOutcome.DUPLICATE],
        contradictions=count[ItemOutcome.CONTRADICTION],
        refused=count[ItemOutcome.REFUSED],
        items=tuple(one.item for one in judged),
    )


def _notice(work: Work, batch: Batch) -> NoticeDue:
    parameters = {
        "listed": str(batch.listed),
        "duplicates": str(batch.duplicates),
        "contradictions": str(batch.contradictions),
        "refused": str(batch.refused),
    }
    if batch.batch_reference:
        parameters["batch_reference"] = batch.batch_reference
    return NoticeDue(
        event_id=str(uuid7()),
        agency=batch.provider,
        kind=NoticeKind.BATCH_APPLIED,
        tracking_id=batch.tracking_id,
        subject=batch.tracking_id,
        occurred_at=work.now,
        parameters=parameters,
    )
