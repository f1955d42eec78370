from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.contract.answers import GetCaseAnswer, GetStatisticsAnswer, GetStatusAnswer
from gateway.contract.registry import CONTRACTS, OPERATIONS, catalogue
from gateway.contract.requests import GetCaseRequest, GetStatusRequest
from gateway.contract.validation import ThreadSchema
from gateway.faults import RefusalError
from gateway.xml.parser import parse_trusted
from handlers.cases.statistics import Figures
from handlers.messages import RequestContext
from handlers.receipts.model import CommandState, CommandStatus

TRACKING_ID = "0198f2b4-7c3a-7e21-9d55-3a0c5c1be001-0123456789"
CONTEXT = RequestContext(request_id="0198f2b4-7c3a-7e21-9d55-3a0c5c1be001", representative="ABC1234")
GET_CASE = OPERATIONS["registration", "{urn:state-register:registration:v1}GetCase"]


def test_the_operations_are_those_of_the_contract_page_and_no_others():
    offered = {f"{operation.qualified_name} {operation.kind}" for operation in OPERATIONS.values()}

    assert offered == {
        "registration.ValidateCard query",
        "registration.SubmitRegistration command",
        "registration.SubmitAppeal command",
        "registration.Resubmit command",
        "registration.WithdrawCase command",
        "registration.FileDestructionProof command",
        "registration.GetCase query",
        "registration.GetEntry query",
        "registration.GetExtract query",
        "registration.VerifyExtract query",
        "registration.SearchEntries query",
        "registration.ListCases query",
        "registration.GetStatistics query",
        "documents.ReportInvalidDocuments command",
        "documents.GetBatch query",
        "documents.CheckDocuments query",
        "notices.PullNotices query",
        "notices.AcknowledgeNotices command",
        "notices.GetDelivery query",
        "notices.SetDelivery command",
        "bus.ListServices query",
        "bus.AllowedOperations query",
        "bus.GetReceipt query",
        "bus.GetStatus query",
        "bus.ChangePassword change",
    }


def test_a_payload_becomes_a_request_with_its_operation_context_and_body():
    body = GetCaseRequest(tracking_id=TRACKING_ID)
    payload = parse_trusted(GET_CASE.encode_request(CONTEXT, body))

    request = CONTRACTS["registration"].read(payload)

    assert (request.operation, request.context, request.body) == (GET_CASE, CONTEXT, body)


def test_a_payload_that_breaks_the_contract_is_refused_with_its_field_errors():
    payload = parse_trusted(GET_CASE.encode_request(CONTEXT, GetCaseRequest()))

    with pytest.raises(RefusalError) as refused:
        CONTRACTS["registration"].read(payload)

    assert refused.value.code == "client.contract.invalid"
    assert [(field.path, field.rule) for field in refused.value.fields] == [("/GetCase", "choice")]


@pytest.mark.parametrize(
    "element",
    [
        "<GetCaseResponse xmlns='urn:state-register:registration:v1'/>",
        "<GetCase xmlns='urn:state-register:registration:v2'/>",
        "<GetCase/>",
        "<GetStatus xmlns='urn:state-register:bus:v1'/>",
        "<getCase xmlns='urn:state-register:registration:v1'/>",
    ],
)
def test_what_is_not_the_request_of_an_operation_is_an_unknown_operation(element: str):
    with pytest.raises(RefusalError) as refused:
        CONTRACTS["registration"].validate(parse_trusted(element.encode()))

    assert refused.value.code == "client.contract.unknown-operation"


def test_an_operation_writes_only_the_answer_that_is_its_own():
    status = CommandStatus(tracking_id=TRACKING_ID, state=CommandState.UNKNOWN)

    with pytest.raises(TypeError, match=r"registration\.GetCase"):
        GET_CASE.encode(GetStatusAnswer(status=status))
    with pytest.raises(TypeError, match=r"registration\.GetCase"):
        GET_CASE.encode_request(CONTEXT, GetStatusRequest(tracking_id=TRACKING_ID))


def test_days_of_many_late_cases_are_told_beyond_32_bits():
    answer = GetStatisticsAnswer(total=Figures(cases=20_000, late=20_000, days_late=20_000 * 365 * 400))
    operation = OPERATIONS["registration", "{urn:state-register:registration:v1}GetStatistics"]

    element = parse_trusted(operation.encode(answer))

    CONTRACTS["registration"].schema.assertValid(element)
    assert element.findtext(".//{*}daysLate") == "2920000000"


def test_not_found_is_an_empty_answer():
    assert GET_CASE.encode(GetCaseAnswer()) == (
        b'<GetCaseResponse xmlns="urn:state-register:registration:v1"></GetCaseResponse>'
    )


def test_the_catalogue_names_every_operation_and_follows_the_contract():
    listed = catalogue()
    list_services = OPERATIONS["bus", "{urn:state-register:bus:v1}ListServices"]

    CONTRACTS["bus"].schema.assertValid(parse_trusted(list_services.encode(listed)))
    assert {f"{service.name}.{operation.name}" for service in listed.services for operation in service.operations} == {
        operation.qualified_name for operation in OPERATIONS.values()
    }
    assert {service.path for service in listed.services} == {
        "/soap/registration/v1",
        "/soap/documents/v1",
        "/soap/notices/v1",
        "/soap/bus/v1",
    }


def test_only_reports_of_invalid_documents_may_be_as_large_as_bulk():
    assert [operation.name for operation in OPERATIONS.values() if operation.bulk] == ["ReportInvalidDocuments"]
    assert [contract.name for contract in CONTRACTS.values() if contract.bulk] == ["documents"]


def test_the_soap_action_is_the_namespace_and_the_name():
    assert GET_CASE.soap_action == "urn:state-register:registration:v1/GetCase"


def test_each_thread_has_a_compiled_schema_of_its_own():
    schema = ThreadSchema("bus")
    with ThreadPoolExecutor(1) as other:
        elsewhere = other.submit(lambda: schema.compiled).result()

    assert schema.compiled is schema.compiled
    assert elsewhere is not schema.compiled


def test_threads_that_validate_at_the_same_time_do_not_mix_up_their_verdicts():
    good = GET_CASE.encode_request(CONTEXT, GetCaseRequest(number="2026/IR-000123"))
    bad = good.replace(b"ABC1234", b"ABCI234")

    def verdicts(place: int) -> list[int]:
        return [
            len(CONTRACTS["registration"].validate(parse_trusted(good if (place + turn) % 2 else bad)))
            for turn in range(200)
        ]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(verdicts, range(4)))

    assert found == [[0 if (place + turn) % 2 else 1 for turn in range(200)] for place in range(4)]
