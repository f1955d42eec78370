"""The main job, called by zeep with `gateway.client`, from the published contract, in both ways to run."""

import hashlib
import time
from datetime import UTC, date, datetime
from uuid import uuid4

import msgspec
import pytest
import requests
import zeep
from msgspec.structs import replace
from sqlalchemy import select
from zeep.transports import Transport

from gateway.client import WsSecurity
from gateway.contract.files import encode_application
from gateway.demo.cards import ENTRY_EXIT_SYSTEM, POPULATION_REGISTER
from gateway.demo.documents import ANSWERS, OUTCOMES, asked, reported
from gateway.demo.enrolment import login_of
from gateway.demo.parties import PEOPLE
from gateway.faults import RefusalError
from gateway.home import Home
from gateway.security.model import UsernameCredentials
from gateway.security.seal import verify_seal
from gateway.security.trust import TrustStore
from gateway.security.xades import sign_application
from gateway.settings_sources import load
from handlers.registration.model import Register, RegistrationApplication, Trigger
from handlers.store.engine import open_store
from handlers.store.tables_registers import register_case
from tests.acceptance.caller import key_from
from tests.acceptance.installation import ROOT

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

VERSIONS = {"1.1": "", "1.2": "12"}


class Agency:
    """zeep clients of one system, made from `?wsdl` of the running gateway."""

    def __init__(self, installation, system, *, version="1.1", login=None):
        home = Home(installation.home)
        user = None
        if login is not None:
            person = login_of(home, next(each for each in PEOPLE if each.agency == login))
            user = UsernameCredentials(person.login, person.password)
        self.trust = TrustStore.from_folder(home.path / "trust")
        self.security = WsSecurity(key_from(home.system_key(system)), self.trust, user=user)
        self.installation, self.version, self.clients = installation, version, {}

    def service(self, name):
        if name not in self.clients:
            session = requests.Session()
            session.trust_env = False
            client = zeep.Client(
                f"{self.installation.url}/soap/{name}/v1?wsdl",
                wsse=self.security,
                transport=Transport(session=session, timeout=20, operation_timeout=20),
                settings=zeep.Settings(forbid_dtd=True, strict=True),
            )
            (service,) = client.wsdl.services.values()
            port = next(
                p
                for p in service.ports.values()
                if type(p.binding).__name__ == f"Soap{self.version.replace('.', '')}Binding"
            )
            self.clients[name] = client.bind(service.name, port.name)
        return self.clients[name]

    def call(self, service, operation, **values):
        """Call it; zeep hands out the only child of a response as if it were the response."""
        context = {"requestId": str(uuid4()), **values.pop("context", {})}
        return getattr(self.service(service), operation)(context=context, **values)

    def settled(self, tracking_id):
        """The status once the register has decided; an accepted command is decided within seconds."""
        for _ in range(200):
            status = self.call("bus", "GetStatus", trackingId=tracking_id)
            if status.state != "ACCEPTED":
                return status
            time.sleep(0.1)
        raise AssertionError("still in the queue")


def application_of(card):
    return RegistrationApplication(
        register=Register.INFORMATION_RESOURCES,
        trigger=Trigger.CREATED,
        event_date=date(2006, 4, 21),
        applicant="MOJ",
        representative=next(each.fin for each in PEOPLE if each.agency == "MOJ"),
        resource_card=card,
    )


def signed_application(installation, card=POPULATION_REGISTER):
    fin = next(each.fin for each in PEOPLE if each.agency == "MOJ")
    key = key_from(Home(installation.home).representative_key(fin))
    return sign_application(encode_application(application_of(card)), key, datetime.now(UTC))


def kept_file(installation, number):
    """What the store holds of the signed file of a case: bytes, digest, level."""
    store = open_store(load(installation.env).database_url)
    try:
        with store.reading() as connection:
            columns = (register_case.c.signed_file, register_case.c.signed_file_digest, register_case.c.signature_level)
            return tuple(connection.execute(select(*columns).where(register_case.c.number == number)).one())
    finally:
        store.close()


def test_an_agency_registers_a_resource_and_is_told_of_its_case(installation):
    installation.start()
    moj = Agency(installation, "MOJ-REGISTERS")

    request_id = str(uuid4())
    file = b"\xef\xbb\xbf" + signed_application(installation) + b"\r\n \t\n"
    answer = moj.call("registration", "SubmitRegistration", context={"requestId": request_id}, signedApplication=file)
    receipt = answer.receipt
    sealed = verify_seal(receipt.signedReceipt, trust=moj.trust, now=datetime.now(UTC))
    told = {child.tag.rpartition("}")[2]: child.text for child in sealed.payload}
    assert (told["trackingId"], told["requestId"], told["digest"]) == (receipt.trackingId, request_id, receipt.digest)
    assert moj.security.answer.signer.fingerprint == sealed.signer.fingerprint

    again = moj.call("registration", "SubmitRegistration", context={"requestId": request_id}, signedApplication=file)
    assert again.receipt.signedReceipt == receipt.signedReceipt
    assert again.receipt.receivedAt == receipt.receivedAt

    status = moj.settled(receipt.trackingId)
    assert status.state == "APPLIED"
    case = moj.call("registration", "GetCase", number=status.subject)
    assert (case.state, case.type, case.late, case.confirmation) == ("RECEIVED", "REGISTRATION", True, "XADES")
    assert case.number == f"{case.receivedAt.astimezone().year}/IR-000001"
    assert [step.toState for step in case.steps] == ["DRAFT", "CONFIRMED", "RECEIVED"]
    assert kept_file(installation, case.number) == (file, hashlib.sha256(file).hexdigest(), "B-B")
    assert moj.call("bus", "GetReceipt", trackingId=receipt.trackingId).signedReceipt == receipt.signedReceipt

    for _ in range(100):
        page = moj.call("notices", "PullNotices", afterSequence=0)
        if page.notices:
            break
        time.sleep(0.1)
    (notice,) = page.notices
    assert (notice.sequence, notice.kind, notice.subject) == (1, "CASE_RECEIVED", case.number)
    assert notice.textAz
    assert notice.textAz != notice.textEn
    acknowledged = moj.call("notices", "AcknowledgeNotices", upToSequence=1)
    assert moj.settled(acknowledged.receipt.trackingId).state == "APPLIED"
    assert moj.call("notices", "PullNotices", afterSequence=0).notices[0].acknowledgedAt is not None


def test_refusals_of_documents_are_ordinary_answers_and_store_nothing(installation):
    installation.start()
    moj, mia = Agency(installation, "MOJ-REGISTERS"), Agency(installation, "MIA-DOCUMENTS")
    file = signed_application(installation)
    tampered = file.replace(b"94-IIIQ", b"94-IIIX")
    refusals = {
        "HASH_FAILURE": moj.call("registration", "SubmitRegistration", signedApplication=tampered),
        "FORMAT_FAILURE": moj.call("registration", "SubmitRegistration", signedApplication=b"<x/>"),
        None: mia.call("registration", "SubmitRegistration", signedApplication=file),
    }
    for indication, answer in refusals.items():
        assert answer.receipt is None
        assert answer.refusal.indication == indication
        assert answer.refusal.textAz
    structure = moj.call(
        "registration", "SubmitRegistration", application=zeep_value(application_of(POPULATION_REGISTER))
    )
    assert structure.refusal.code == "confirmation.missing"
    assert moj.call("notices", "PullNotices", afterSequence=0).lastSequence == 0


@pytest.mark.parametrize("version", VERSIONS)
def test_an_appeal_as_structure_with_a_password_leads_to_a_case_beside_the_entry(installation, version):
    installation.start()
    mia = Agency(installation, "MIA-DOCUMENTS", version=version, login="MIA")
    entry = mia.call("registration", "GetEntry", number="IR-000001")
    assert (entry.owner, entry.version, entry.status) == ("MIA", 1, "REGISTERED")
    appeal = {
        "kind": "CHANGE",
        "applicant": "MIA",
        "representative": next(each.fin for each in PEOPLE if each.agency == "MIA"),
        "entryNumber": "IR-000001",
        "againstVersion": 1,
        "reason": "Təyinatı dəqiqləşdirilir.",
        "eventDate": datetime.now(UTC).date(),
        "resourceCard": zeep_value(replace(ENTRY_EXIT_SYSTEM, purpose="Başqa təyinat.")),
    }
    first = mia.settled(mia.call("registration", "SubmitAppeal", application=appeal).receipt.trackingId)
    assert first.state == "APPLIED"
    case = mia.call("registration", "GetCase", number=first.subject)
    assert (case.type, case.entryNumber, case.againstVersion, case.late) == ("CHANGE", "IR-000001", 1, False)
    second = mia.settled(mia.call("registration", "SubmitAppeal", application=appeal).receipt.trackingId)
    assert (second.state, second.ground.code) == ("REFUSED", "OPEN_CASE_EXISTS")


def test_reported_documents_are_found_by_the_check_and_nothing_else_is(installation):
    installation.start()
    mia, sbs = Agency(installation, "MIA-DOCUMENTS"), Agency(installation, "SBS-BORDER", version="1.2")
    report = mia.call("documents", "ReportInvalidDocuments", batchReference="z-1", documents=reported())
    assert mia.settled(report.receipt.trackingId).state == "APPLIED"
    batch = mia.call("documents", "GetBatch", trackingId=report.receipt.trackingId)
    assert tuple(item.outcome for item in batch["items"]) == OUTCOMES
    today = datetime.now(UTC).date()
    result = sbs.call("documents", "CheckDocuments", context={"purpose": "BORDER_CONTROL"}, documents=asked(today))
    assert {each.reference: each.status for each in result.answers} == ANSWERS
    listed = result.answers[0]
    assert (listed.reason, listed.grade) == ("LOST", "REGISTER_ONLY")


def test_an_answer_that_was_changed_on_the_way_is_refused_by_the_client(installation):
    installation.start()
    moj = Agency(installation, "MOJ-REGISTERS")
    send = Transport.post

    def forged(self, address, message, headers):
        response = send(self, address, message, headers)
        response._content = response.content.replace(b"ACCEPTED", b"APPLIED ").replace(b"UNKNOWN", b"APPLIED")
        return response

    Transport.post = forged
    try:
        with pytest.raises(RefusalError):
            moj.call(
                "bus",
                "GetStatus",
                trackingId=f"{uuid4()}"[:14] + "7" + f"{uuid4()}"[15:19] + "8" + f"{uuid4()}"[20:] + "-0123456789",
            )
    finally:
        Transport.post = send


def test_the_contract_in_the_repository_is_the_one_that_is_served(installation):
    installation.start()
    for name in ("registration", "documents", "notices", "bus"):
        served = zeep.Client(f"{installation.url}/soap/{name}/v1?wsdl")
        offline = zeep.Client(str(ROOT / "wsdl" / f"{name}.wsdl"))
        assert operations_of(served) == operations_of(offline) != []


def operations_of(client):
    return sorted(
        (port.name, operation.name, operation.input.signature(), operation.output.signature())
        for service in client.wsdl.services.values()
        for port in service.ports.values()
        for operation in port.binding._operations.values()
    )


def zeep_value(record):
    """A record as the plain values that zeep takes: its lists must be lists."""
    return listed(msgspec.to_builtins(record, builtin_types=(date, datetime, bytes)))


def listed(value):
    if isinstance(value, dict):
        return {name: listed(each) for name, each in value.items()}
    return [listed(each) for each in value] if isinstance(value, tuple | list) else value
