"""Histories of cases as files: what is in them is intact, or the verdict says what is not."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from gateway.contract.files import HistoryError, decode_history, decode_receipt, encode_application
from gateway.histories import sealed_history
from gateway.security.inspection import Kind, Known, inspect
from gateway.security.xades_sign import sign_application
from gateway.xml.parser import parse_trusted
from handlers.cases.history import CaseHistory, HistoryChange, HistoryStep, HistorySubmission
from tests.unit.gateway.security.material import NOW, pki
from tests.unit.handlers.registration.examples import REGISTRATION

LATER = NOW + timedelta(days=800)
"""When every certificate here has expired."""
TRACKING = "0198f2b4-7c3a-7e21-9d55-3a0c5c1be001-0123456789"


def key(name, days=300):
    return pki().issuing.issue(name, NOW - timedelta(days=10), kind="P-256", days=days).signing_key()


@pytest.fixture(scope="module")
def gateway():
    return key("Gateway")


@pytest.fixture(scope="module")
def history(gateway):
    """A history of two steps, in which a file was submitted by somebody whose certificate ends soon."""
    file = sign_application(encode_application(REGISTRATION), key("Person", days=12), NOW)
    submission = HistorySubmission(
        step=2,
        kind="APPLICATION",
        tracking_id=TRACKING,
        received_at=NOW + timedelta(minutes=1),
        representative="5ABC12D",
        confirmation="XADES",
        confirmed_at=NOW,
        content="{}",
        signed_file_digest=hashlib.sha256(file).hexdigest(),
        signed_file=file,
    )
    change = HistoryChange(path="/clerk", after='"aysel"')
    return CaseHistory(
        case_number="2026/IR-000001",
        tracking_id=TRACKING,
        type="REGISTRATION",
        register="INFORMATION_RESOURCES",
        state="COMPLETENESS_CHECK",
        applicant="JUSTICE",
        subject="ƏDR <&>",
        received_at=NOW + timedelta(minutes=1),
        event_date=date(2026, 5, 1),
        due_date=date(2026, 5, 21),
        late=False,
        steps=(
            HistoryStep(sequence=1, at=NOW, actor="operator", event="RECEIVED", to_state="RECEIVED"),
            HistoryStep(
                sequence=2,
                at=NOW,
                actor="registrar:aysel",
                event="TAKEN",
                to_state="COMPLETENESS_CHECK",
                changes=(change,),
            ),
        ),
        submissions=(submission,),
        exported_at=NOW + timedelta(days=30),
        exported_by="leyla",
        gateway=gateway.certificate.subject,
    )


def judged(data, gateway, now=LATER, **known):
    return inspect(
        data,
        pki().trust,
        now,
        Known({gateway.certificate.fingerprint}, decode_receipt, **{"read_history": decode_history, **known}),
    )


def test_a_history_is_read_back_as_it_was_written(history, gateway):
    assert decode_history(parse_trusted(sealed_history(history, gateway))) == history


def test_a_history_is_judged_as_of_its_own_time_and_each_file_as_of_its_receipt(history, gateway):
    report = judged(sealed_history(history, gateway), gateway)
    assert (report.valid, report.kind, report.content) == (True, Kind.SEALED, "caseHistory")
    assert report.covered == ("whole document", "2 steps", "1 submissions")
    assert report.judged_at == history.exported_at
    (file,) = report.enclosed
    assert (file.valid, file.judged_at) == (True, history.submissions[0].received_at)
    assert file.expired_since is not None


@pytest.mark.parametrize("also_the_digest", [False, True])
def test_a_file_that_is_not_the_one_that_was_received_is_told_though_the_seal_holds(history, gateway, also_the_digest):
    (submission,) = history.submissions
    file = submission.signed_file.replace(REGISTRATION.resource_card.purpose.encode(), b"Something else")
    assert file != submission.signed_file
    digest = hashlib.sha256(file).hexdigest() if also_the_digest else submission.signed_file_digest
    other = replace(submission, signed_file=file, signed_file_digest=digest)
    report = judged(sealed_history(replace(history, submissions=(other,)), gateway), gateway)
    assert report.valid, "the seal is the operator's"
    assert not report.enclosed[0].valid
    assert report.enclosed[0].reason == ("HASH_FAILURE (DOC.REF.DIGEST)" if also_the_digest else "HISTORY.FILE.DIGEST")


@pytest.mark.parametrize("of", ["after", "reason", "toState"])
def test_a_step_that_was_changed_breaks_the_seal(history, gateway, of):
    steps = (history.steps[0], replace(history.steps[1], reason="as asked"))
    sealed = sealed_history(replace(history, steps=steps), gateway)
    begins = sealed.index(f"<{of}>".encode()) + len(of) + 2
    changed = sealed[:begins] + (b"X" if of != "toState" else b"XX") + sealed[begins + 1 :]
    report = judged(changed, gateway)
    assert (report.valid, report.reason, report.enclosed) == (False, "SIG.REF.DIGEST", ())


def test_only_a_known_gateway_that_names_itself_can_seal_one(history, gateway):
    stranger = key("Stranger")
    reasons = [
        judged(sealed_history(history, stranger), gateway).reason,
        judged(sealed_history(replace(history, gateway="CN=Other"), gateway), gateway).reason,
        inspect(sealed_history(history, gateway), pki().trust, LATER, Known(read_history=decode_history)).reason,
        judged(sealed_history(history, gateway), gateway, read_history=None).reason,
    ]
    assert reasons == [
        "HISTORY.GATEWAY.UNKNOWN",
        "HISTORY.GATEWAY.NAME",
        "HISTORY.GATEWAY.NONE_KNOWN",
        "HISTORY.UNREAD",
    ]


def test_what_does_not_follow_the_schema_is_not_sealed(history, gateway):
    with pytest.raises(HistoryError):
        sealed_history(replace(history, case_number=""), gateway)
