"""The same message again, at two serving processes: a question is refused, a command gets its first receipt."""

import base64
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import uuid4

import pytest

from gateway.contract import requests
from gateway.contract.registry import CONTRACTS
from gateway.demo.cards import ENTRY_EXIT_SYSTEM
from handlers.documents.model import DocumentQuestion
from handlers.messages import RequestContext
from handlers.registration.model import Register, RegistrationApplication, Trigger
from tests.acceptance.caller import FaultError, text, texts
from tests.acceptance.conftest import MODES
from tests.acceptance.pair import Pair
from tests.acceptance.test_death_at_every_step import REPORT, settled

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

APPLICATION = RegistrationApplication(
    register=Register.INFORMATION_RESOURCES,
    trigger=Trigger.CREATED,
    event_date=date(2006, 4, 21),
    applicant="MIA",
    representative="5TESTD2",
    resource_card=ENTRY_EXIT_SYSTEM,
)
UNKNOWN = "0199f5a0-0000-7000-8000-000000000000-0000000000"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
QUESTIONS = {
    "ValidateCard": requests.ValidateCardRequest(application=APPLICATION),
    "GetCase": requests.GetCaseRequest(number="2026/IR-000001"),
    "GetStatistics": requests.GetStatisticsRequest(),
    "GetEntry": requests.GetEntryRequest(number="IR-0000001"),
    "GetExtract": requests.GetExtractRequest(entry_number="IR-0000001"),
    "VerifyExtract": requests.VerifyExtractRequest(verification_code="7KQ2M-XH4RT-9WD6C-PN3VA"),
    "GetBatch": requests.GetBatchRequest(tracking_id=UNKNOWN),
    "CheckDocuments": requests.CheckDocumentsRequest(
        documents=(DocumentQuestion(reference="1", document_type="PASSPORT", country="AZE", number="C76543210"),)
    ),
    "PullNotices": requests.PullNoticesRequest(after_sequence=0),
    "GetReceipt": requests.GetReceiptRequest(tracking_id=UNKNOWN),
    "GetStatus": requests.GetStatusRequest(tracking_id=UNKNOWN),
}
ALL = [each for contract in CONTRACTS.values() for each in contract.operations.values() if each.kind == "query"]


@pytest.fixture(params=MODES)
def pair(request, tmp_path):
    """Two endpoints, a worker and a relay, all running."""
    urls = {}
    if request.param == "real":
        urls = {"database": request.getfixturevalue("postgres_url"), "broker": request.getfixturevalue("rabbit_url")}
    with Pair(tmp_path, **urls) as made:
        made.init()
        made.start()
        yield made


def question(caller, operation):
    context = RequestContext(request_id=str(uuid4()), purpose="BORDER_CONTROL")
    body = QUESTIONS.get(operation.name) or operation.request_type()
    return caller.signed(operation.encode_request(context, body))


def outcome(caller, operation, message):
    """`answer`, or the code of the fault."""
    try:
        caller.read(caller.send(operation.service, operation.name, message))
    except FaultError as fault:
        return fault.code
    return "answer"


def at_once(callers, send, copies=50):
    """What `send(caller)` gives for so many copies at the same moment, the endpoints taking turns."""
    ready = threading.Barrier(copies)

    def one(index):
        ready.wait()
        return send(callers[index % len(callers)])

    with ThreadPoolExecutor(copies) as threads:
        return list(threads.map(one, range(copies)))


def test_every_question_is_answered_once_whichever_process_it_reaches(pair):
    here, there = callers = pair.callers("MIA-DOCUMENTS")
    kept = []
    for index, operation in enumerate(ALL):
        message = question(here, operation)
        first, second = callers[index % 2], callers[(index + 1) % 2]
        assert outcome(first, operation, message) == "answer", operation.name
        assert outcome(second, operation, message) == "client.security.replayed", operation.name
        assert outcome(first, operation, message) == "client.security.replayed", operation.name
        kept.append((operation, message))

    operation = ALL[0]
    message = question(here, operation)
    verdicts = at_once(callers, lambda caller: outcome(caller, operation, message))
    assert sorted(verdicts) == ["answer", *["client.security.replayed"] * 49]
    fault = there.send(operation.service, operation.name, message)
    assert fault.status == 500
    assert b"<faultcode>wsse:MessageExpired</faultcode>" in fault.body
    assert "reason=REPLAY.SEEN" in pair.logs()

    elliptic = pair.callers("SBS-BORDER")
    operation = next(each for each in ALL if each.name == "ListServices")
    message = question(elliptic[0], operation)
    assert outcome(elliptic[0], operation, message) == "answer"
    assert outcome(elliptic[1], operation, malleated(message)) == "client.security.replayed"

    pair.stop()
    pair.start()
    for operation, message in kept:
        assert outcome(there, operation, message) == "client.security.replayed", operation.name


def malleated(message):
    """The same message under the other valid value of its ECDSA signature: (r, n - s)."""
    (value,) = re.findall(rb"<ds:SignatureValue>([^<]+)<", message)
    raw = base64.b64decode(value)
    other = P256_ORDER - int.from_bytes(raw[32:], "big")
    return message.replace(value, base64.b64encode(raw[:32] + other.to_bytes(32, "big")))


def test_fifty_copies_of_a_command_have_one_effect_and_one_receipt_also_after_a_restart(pair):
    here, there = callers = pair.callers("MIA-DOCUMENTS")
    request_id = str(uuid4())
    message = here.signed(here.payload("documents", "ReportInvalidDocuments", REPORT, request_id))

    def receipt(caller):
        answer = caller.read(caller.send("documents", "ReportInvalidDocuments", message))
        return text(answer, "signedReceipt"), text(answer, "trackingId")

    (given,) = set(at_once(callers, receipt))
    assert len(settled(here, given[1])) == 1
    batch = there.call("documents", "GetBatch", {"trackingId": given[1]})
    assert (text(batch, "state"), text(batch, "listed"), texts(batch, "outcome")) == ("APPLIED", "1", ["LISTED"])

    other = {**REPORT, "batchReference": "another"}
    for caller in callers:
        with pytest.raises(FaultError) as refused:
            caller.call("documents", "ReportInvalidDocuments", other, request_id=request_id)
        assert refused.value.code == "client.request.conflict"

    pair.stop()
    pair.start()
    assert set(at_once(callers, receipt, copies=10)) == {given}
    assert len(settled(there, given[1])) == 1
