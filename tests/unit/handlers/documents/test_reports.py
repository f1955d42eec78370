"""Which reports of invalid documents are sound, and what becomes of them beside what is on record."""

from __future__ import annotations

from dataclasses import replace as with_
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.documents.listing import facts_of, outcome_beside
from handlers.documents.model import DocumentKind, InvalidDocumentReport, ItemOutcome, RecordStatus
from handlers.documents.report_rules import REPORT_RULES, Reporting, broken_rule
from handlers.rules.classifiers import DOCUMENT_RULES

TODAY = date(2026, 5, 20)
REPORTING = Reporting(provides={"PASSPORT", "IDENTITY_CARD"}, today=TODAY, rules=DOCUMENT_RULES)
REPORT = InvalidDocumentReport(
    document_type="PASSPORT",
    country="AZE",
    number="C01234567",
    kind=DocumentKind.PERSONALISED,
    fin="5ABC12D",
    issued_on=date(2020, 1, 1),
    expires_on=date(2030, 1, 1),
    reason="LOST",
    effective_from=date(2026, 5, 1),
)
BROKEN = [
    ("type.known", replace(REPORT, document_type="LIBRARY_CARD")),
    ("provider.type", replace(REPORT, document_type="MILITARY_CARD")),
    ("country.known", replace(REPORT, country="AZ")),
    ("country.issuer", replace(REPORT, country="TUR")),
    ("number.readable", replace(REPORT, series="C", number=" - ")),
    ("number.readable", replace(REPORT, number="C/1234567")),
    ("number.letters", replace(REPORT, number="\u042101234567")),
    ("number.form", replace(REPORT, number="C0123456")),
    ("reason.known", replace(REPORT, reason="FOUND")),
    ("reason.kind", replace(REPORT, reason="STOLEN_BLANK")),
    ("reason.kind", replace(REPORT, kind=DocumentKind.BLANK, fin=None, reason="HOLDER_DECEASED")),
    ("reason.basis", replace(REPORT, reason="COURT_ANNULLED", legal_basis=" ")),
    ("fin.blank", replace(REPORT, kind=DocumentKind.BLANK)),
    ("fin.form", replace(REPORT, fin="5ABC12O")),
    ("dates.issue", replace(REPORT, issued_on=date(2026, 5, 21))),
    ("dates.order", replace(REPORT, expires_on=date(2019, 1, 1))),
    ("dates.effective", replace(REPORT, effective_from=date(2019, 1, 1))),
]


def test_a_sound_report_breaks_no_rule():
    assert broken_rule(REPORT, REPORTING) is None
    assert broken_rule(replace(REPORT, reason="COURT_ANNULLED", legal_basis="2-1(102)-12/2026"), REPORTING) is None


@pytest.mark.parametrize(("code", "report"), BROKEN)
def test_a_broken_rule_is_told(code, report):
    rule = broken_rule(report, REPORTING)
    assert rule is not None
    assert rule.code == code


def test_every_rule_of_the_table_is_tried_above():
    assert {rule.code for rule in REPORT_RULES} == {code for code, _ in BROKEN}
    assert all(rule.text.az and rule.text.en for rule in REPORT_RULES)


def test_who_provides_nothing_lists_nothing():
    rule = broken_rule(REPORT, Reporting(provides=(), today=TODAY, rules=DOCUMENT_RULES))
    assert rule is not None
    assert rule.code == "provider.type"


SAID = facts_of(REPORT, RecordStatus.ACTIVE)


def test_the_first_report_of_a_document_is_listed_and_its_repetition_changes_nothing():
    assert outcome_beside(SAID, []) is ItemOutcome.LISTED
    assert (
        outcome_beside(facts_of(replace(REPORT, fin=" 5abc12d"), RecordStatus.ACTIVE), [SAID]) is ItemOutcome.DUPLICATE
    )


@pytest.mark.parametrize(
    "other",
    [
        with_(SAID, reason="STOLEN"),
        with_(SAID, effective_from=date(2026, 5, 2)),
        with_(SAID, fin=None),
        with_(SAID, kind=DocumentKind.BLANK),
        with_(SAID, reason="TEMPORARILY_TAKEN", status=RecordStatus.SUSPENDED),
    ],
)
def test_a_report_that_says_otherwise_is_a_contradiction(other):
    assert outcome_beside(other, [SAID]) is ItemOutcome.CONTRADICTION


def test_a_suspended_document_may_be_invalidated_and_both_records_stand():
    suspension = with_(SAID, reason="TEMPORARILY_TAKEN", status=RecordStatus.SUSPENDED)
    assert outcome_beside(SAID, [suspension]) is ItemOutcome.LISTED
    assert outcome_beside(with_(suspension, fin=None), [suspension]) is ItemOutcome.CONTRADICTION


facts = st.builds(
    with_, st.just(SAID), reason=st.sampled_from(["LOST", "STOLEN"]), status=st.sampled_from(list(RecordStatus)[:2])
)


@given(st.lists(facts, max_size=6))
def test_however_reports_follow_each_other_one_record_of_a_status_stands_at_the_most(reports):
    standing = []
    for report in reports:
        if outcome_beside(report, standing) is ItemOutcome.LISTED:
            standing.append(report)
    statuses = [one.status for one in standing]
    assert len(statuses) == len(set(statuses))
