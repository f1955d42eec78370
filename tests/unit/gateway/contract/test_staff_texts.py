"""Whatever staff can write into a case, the contract can tell: the answer to GetCase, and the exported history."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from gateway.contract.answers import GetCaseAnswer
from gateway.contract.registry import CONTRACTS, OPERATIONS
from gateway.xml.parser import parse_trusted
from handlers.cases.guards import Decision, Deed
from handlers.cases.model import Actor, Case, CaseDecision, CaseState, CaseStep, CaseType, DecisionOutcome, Role
from handlers.cases.texts import texts_unfit
from handlers.registration.model import ConfirmationMethod, Defect, Register

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
GET_CASE = OPERATIONS["registration", "{urn:state-register:registration:v1}GetCase"]
CASE = Case(
    number="2026/IR-000001",
    tracking_id="0198f2b4-7c3a-7e21-9d55-3a0c5c1be001-0123456789",
    type=CaseType.REGISTRATION,
    register=Register.INFORMATION_RESOURCES,
    state=CaseState.DECIDED,
    applicant="JUSTICE",
    representative="5ABC12D",
    confirmation=ConfirmationMethod.XADES,
    subject="ƏDR",
    received_at=NOW,
    event_date=date(2026, 5, 20),
    due_date=date(2026, 6, 9),
    late=False,
)
ODD = st.sampled_from("\x00\x0b\r\n\t\x85\u00a0\u200b\u2028\u202e\ud800\ufeff\ufffe\uffff\U0010ffff<&>]'\"ə")
TEXTS = st.text(st.characters() | ODD, max_size=12) | st.integers(3998, 4002).map("x".__mul__)
NAMES = st.text(st.characters() | ODD, max_size=6) | st.integers(88, 101).map("x".__mul__)
CODES = st.text(st.sampled_from("aZ0_.- \n"), max_size=6) | st.integers(99, 101).map("x".__mul__)
PATHS = NAMES | st.integers(999, 1001).map("x".__mul__)


@settings(max_examples=150, deadline=None)
@given(name=NAMES, reason=TEXTS, why=TEXTS, az=TEXTS, path=PATHS, rule=CODES)
def test_what_passes_can_be_told(name, reason, why, az, path, rule):
    """Each text alone beside fit ones: what is refused is not looked at, and all else goes out by the schema."""
    fit = {"name": "aysel", "reason": "səbəb", "why": "səbəb", "az": "mətn", "path": "/", "rule": "clerk"}
    drawn = {"name": name, "reason": reason, "why": why, "az": az, "path": path, "rule": rule}
    for key, value in drawn.items():
        texts = {**fit, key: value}
        deed = deed_of(**texts)
        if texts_unfit(deed) is None:
            CONTRACTS["registration"].schema.assertValid(told(deed))


def deed_of(*, name, reason, why, az, path, rule):
    defect = Defect(path=path, rule=rule, text_az=az, text_en="text")
    decision = Decision(outcome=DecisionOutcome.REFUSED, ground_code="FALSE_DATA", reason=why)
    actor = Actor(role=Role.SUPERVISOR, name=name)
    return Deed(actor=actor, reason=reason, clerk=name, defects=(defect,), decision=decision)


def told(deed) -> etree._Element:
    """The answer to GetCase, of a case to which the step was made; blank reasons are kept as none."""
    step = CaseStep(sequence=1, at=NOW, actor=deed.actor.text, to_state=CaseState.DECIDED, reason=deed.reason or None)
    decision = CaseDecision(
        outcome=deed.decision.outcome, ground_code="FALSE_DATA", reason=deed.decision.reason or None, decided_at=NOW
    )
    case = replace(CASE, steps=(step,), decision=decision, defects=deed.defects)
    return parse_trusted(GET_CASE.encode(GetCaseAnswer(case=case)))
