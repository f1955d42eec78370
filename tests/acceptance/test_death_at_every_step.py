"""A process dies at a step of the path; after a restart nothing accepted is lost, and nothing happened twice."""

import time
from contextlib import suppress
from http.client import HTTPException
from uuid import uuid4

import pytest

from tests.acceptance.caller import Caller, FaultError, text, texts

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

# Step, and whether its process may already have given the receipt when it dies there (reliability §0).
STEPS = {
    "A1": "gateway: read",
    "A2": "gateway: verified",
    "A3": "gateway: published, no confirm yet",
    "A4": "gateway: confirmed, before the reply",
    "C1": "worker: delivered",
    "C2": "worker: before the inbox row",
    "C3": "worker: all written, before the commit",
    "C4": "worker: committed, before the ack",
    "C5": "worker: acknowledged",
    "B1": "relay: claimed",
    "B2": "relay: published, no confirm",
    "B3": "relay: confirmed, not marked",
    "B4": "relay: marked",
}
REPORT = {
    "batchReference": "crash",
    "documents": [
        {
            "documentType": "PASSPORT", "country": "AZE", "number": "C76543210", "kind": "PERSONALISED",
            "reason": "LOST", "effectiveFrom": "2026-01-05",
        }
    ],
}  # fmt: skip


def accepted(caller: Caller, request_id: str, patience: float = 60) -> bytes:
    """Send the same command until there is a receipt, as a caller that lost its answer does."""
    deadline = time.monotonic() + patience
    while True:
        with suppress(OSError, HTTPException, FaultError):
            answer = caller.call("documents", "ReportInvalidDocuments", REPORT, request_id=request_id)
            return text(answer, "signedReceipt").encode()
        assert time.monotonic() < deadline, "no receipt in time"
        time.sleep(0.2)


def settled(caller: Caller, tracking_id: str, patience: float = 90) -> list[str]:
    """Wait until the owner's notice is there; return the ids of all notices."""
    deadline = time.monotonic() + patience
    while True:
        # Just after an outage questions are still refused for a moment.
        with suppress(FaultError):
            page = caller.call("notices", "PullNotices", {"afterSequence": 0})
            if tracking_id in texts(page, "trackingId"):
                return texts(page, "noticeId")
        assert time.monotonic() < deadline, "no notice in time"
        time.sleep(0.2)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step} {STEPS[step]}".replace(" ", "-"))
def test_after_death_at_a_step_there_is_one_effect_one_receipt_and_one_notice(installation, step):
    installation.start(kill_at=step)
    caller = Caller(installation, "MIA-DOCUMENTS")
    request_id = str(uuid4())
    first = ""
    with suppress(OSError, HTTPException):
        first = text(caller.call("documents", "ReportInvalidDocuments", REPORT, request_id=request_id), "signedReceipt")

    role = installation.wait_until_dead()
    installation.start_role(role)
    installation.wait_until_healthy()

    receipt = accepted(caller, request_id).decode()
    assert first in ("", receipt), "a receipt once given never changes"
    assert accepted(caller, request_id).decode() == receipt

    tracking_id = text(caller.call("documents", "ReportInvalidDocuments", REPORT, request_id=request_id), "trackingId")
    notices = settled(caller, tracking_id)
    assert len(notices) == len(set(notices)) == 1

    batch = caller.call("documents", "GetBatch", {"trackingId": tracking_id})
    assert (text(batch, "state"), text(batch, "listed"), texts(batch, "outcome")) == ("APPLIED", "1", ["LISTED"])

    # The same document under a new request is a duplicate of the one record, wherever the first run was cut off.
    again = text(caller.call("documents", "ReportInvalidDocuments", REPORT), "trackingId")
    assert len(settled(caller, again)) == 2
    batch = caller.call("documents", "GetBatch", {"trackingId": again})
    assert texts(batch, "outcome") == ["DUPLICATE"]
    status = caller.call("bus", "GetStatus", {"trackingId": tracking_id})
    assert text(status, "state") == "APPLIED"
