"""The store or the broker goes away: what was receipted is done, what was not can be sent again."""

import time
from uuid import uuid4

import pytest

from tests.acceptance.caller import Caller, FaultError, text, texts
from tests.acceptance.installation import Installation
from tests.acceptance.test_death_at_every_step import REPORT, accepted, settled

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.real,
    pytest.mark.xdist_group("real"),
    pytest.mark.timeout(180),
]


@pytest.fixture
def running(tmp_path, postgres_url, rabbit_url):
    with Installation(tmp_path, database=postgres_url, broker=rabbit_url) as installation:
        installation.init()
        installation.start()
        yield installation


def fault_of(call):
    with pytest.raises(FaultError) as fault:
        call()
    return fault.value


def test_commands_go_on_being_accepted_while_the_store_is_away(running, postgres_cluster):
    mia = Caller(running, "MIA-DOCUMENTS")
    request_id = str(uuid4())
    postgres_cluster.stop("immediate")
    try:
        answer = mia.call("documents", "ReportInvalidDocuments", REPORT, request_id=request_id)
        tracking_id, receipt = text(answer, "trackingId"), text(answer, "signedReceipt")
        assert receipt

        status = mia.call("bus", "GetStatus", {"trackingId": tracking_id})
        assert text(status, "state") == "ACCEPTED", "the tracking id proves itself"
        forged = tracking_id[:-1] + ("0" if tracking_id[-1] != "0" else "1")
        assert text(mia.call("bus", "GetStatus", {"trackingId": forged}), "state") == "UNKNOWN"

        check = {"context": {"purpose": "BORDER_CONTROL"}, "documents": [{"reference": "1", "documentType": "PASSPORT", "country": "AZE", "number": "C76543210"}]}  # fmt: skip # noqa: E501
        started = time.monotonic()
        fault = fault_of(lambda: mia.call("documents", "CheckDocuments", check))
        assert fault.code == "server.store.unavailable"
        assert fault.status == 503
        assert time.monotonic() - started < 6

        again = mia.call("documents", "ReportInvalidDocuments", REPORT, request_id=request_id)
        assert text(again, "signedReceipt") == receipt
    finally:
        postgres_cluster.start()
    running.wait_until_healthy()
    assert len(settled(mia, tracking_id)) == 1
    assert texts(mia.call("documents", "GetBatch", {"trackingId": tracking_id}), "outcome") == ["LISTED"]


def test_nothing_is_accepted_while_the_broker_is_away_and_the_same_request_succeeds_once_after(running, rabbit_node):
    mia = Caller(running, "MIA-DOCUMENTS")
    request_id = str(uuid4())
    rabbit_node.kill()
    try:
        started = time.monotonic()
        fault = fault_of(lambda: mia.call("documents", "ReportInvalidDocuments", REPORT, request_id=request_id))
        assert (fault.code, fault.status) == ("server.broker.unavailable", 503)
        assert time.monotonic() - started < 4
        assert text(mia.call("notices", "PullNotices", {"afterSequence": 0}), "lastSequence") == "0"
    finally:
        rabbit_node.start()
    running.wait_until_healthy(90)
    receipt = accepted(mia, request_id)
    answer = mia.call("documents", "ReportInvalidDocuments", REPORT, request_id=request_id)
    assert text(answer, "signedReceipt").encode() == receipt
    assert len(settled(mia, text(answer, "trackingId"))) == 1
