"""Ten malformed calls: ten clear faults with stable codes and incident ids; nothing stored, nothing logged."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.security.dev_pki import Authority
from gateway.security.sign import sign_envelope
from tests.acceptance.caller import Caller, FaultError

pytestmark = pytest.mark.acceptance

SECRET = "C55501990"
"""A document number that must turn up nowhere but in the request."""
DOCUMENT = {"reference": "1", "documentType": "PASSPORT", "country": "AZE", "number": SECRET}
CHECK = {"context": {"purpose": "BORDER_CONTROL"}, "documents": [DOCUMENT]}
REPORT = {
    "documents": [
        {
            "documentType": "PASSPORT", "country": "AZE", "number": SECRET, "kind": "PERSONALISED",
            "reason": "LOST", "effectiveFrom": "2026-01-05",
        }
    ]
}  # fmt: skip


@pytest.fixture
def running(installation):
    installation.start()
    return installation


def counts(installation):
    """Everything a refused call might have left behind: rows of every table, messages of every queue."""
    from sqlalchemy import func, select

    from handlers.queue_names import TOPOLOGY
    from handlers.store.engine import open_store
    from handlers.store.tables import metadata
    from queues.brokers import open_broker

    url = installation.env.get("GATEWAY_DATABASE") or f"sqlite:///{installation.home / 'registers.db'}"
    store = open_store(url)
    with store.reading() as connection:
        rows = {name: connection.scalar(select(func.count()).select_from(t)) for name, t in metadata.tables.items()}
    store.close()
    broker = open_broker(installation.env.get("GATEWAY_BROKER") or f"sqlite:///{installation.home / 'broker.db'}")
    depths = {each.queue: each.ready for each in broker.depths([q for s in TOPOLOGY for q in (s.name, s.dead_letters)])}
    broker.close()
    return rows, depths


def fault_in(caller, raw):
    """The signed fault that came back; anything else fails the test, with what it was."""
    try:
        payload = caller.read(raw)
    except FaultError as fault:
        return fault
    raise AssertionError(f"no fault but {payload.tag}")


def test_ten_malformed_calls_get_ten_clear_faults_and_leave_nothing_behind(running):
    mia, sbs = Caller(running, "MIA-DOCUMENTS"), Caller(running, "SBS-BORDER")
    mia.call("documents", "CheckDocuments", {**CHECK, "documents": [{**DOCUMENT, "number": "C00000001"}]})
    before = counts(running)

    good = mia.signed(mia.payload("documents", "ReportInvalidDocuments", REPORT))
    stranger = Authority.root(datetime.now(UTC)).issue("MIA-DOCUMENTS", datetime.now(UTC)).signing_key()
    expired = mia.signed(
        mia.payload("documents", "ReportInvalidDocuments", REPORT), now=datetime.now(UTC) - timedelta(hours=1)
    )
    unsigned = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>'
        + mia.payload("documents", "ReportInvalidDocuments", REPORT)
        + b"</s:Body></s:Envelope>"
    )
    unknown = mia.payload("documents", "ReportInvalidDocuments", REPORT)
    unknown = (
        unknown.replace(b"<ReportInvalidDocuments ", b"<EraseDocuments ")
        .replace(b"</Report", b"</Erase")
        .replace(b"</EraseInvalidDocuments", b"</EraseDocuments")
    )

    def send(message, **headers):
        return mia.send("documents", "ReportInvalidDocuments", message, **headers)

    invalid = mia.payload("documents", "CheckDocuments", {**CHECK, "documents": [{**DOCUMENT, "issuedOn": SECRET}]})
    calls = {
        "client.http.media-type": send(good, **{"Content-Type": "application/json"}),
        "client.xml.malformed": send(good[:-20]),
        "client.xml.forbidden": send(b'<!DOCTYPE x [<!ENTITY e "' + SECRET.encode() + b'">]>' + good),
        "client.security.missing": send(unsigned),
        "client.security.signature-mismatch": send(good.replace(b"LOST", b"STOLEN")),
        "client.security.expired": send(expired),
        "client.security.failed-check": send(
            sign_envelope(
                mia.payload("documents", "ReportInvalidDocuments", REPORT), key=stranger, now=datetime.now(UTC)
            )
        ),
        "client.access.denied": sbs.send(
            "documents",
            "ReportInvalidDocuments",
            sbs.signed(sbs.payload("documents", "ReportInvalidDocuments", REPORT)),
        ),
        "client.contract.invalid": mia.send("documents", "CheckDocuments", mia.signed(invalid)),
        "client.contract.unknown-operation": send(mia.signed(unknown)),
    }

    logs = running.logs()
    for code, raw in calls.items():
        shown = raw.body.decode()
        if raw.headers["content-type"].startswith("text/plain"):
            assert shown.startswith(f"{code} ("), shown
            fault_id = shown.partition("(")[2].partition(")")[0]
        else:
            fault = fault_in(mia, raw)
            assert fault.code == code
            fault_id = fault.fault_id
        assert raw.status in (400, 415, 500), code
        assert fault_id in logs, f"{code}: the log has no line for the incident"
        assert SECRET not in shown, f"{code}: the answer repeats what was sent"
        for leak in ("Traceback", "lxml", "sqlalchemy", "/gateway/", ".py"):
            assert leak not in shown, f"{code}: {leak}"
    assert SECRET not in logs
    assert "Traceback" not in logs
    assert counts(running) == before


def test_a_field_error_names_the_place_but_not_the_value(running):
    sbs = Caller(running, "SBS-BORDER")
    with pytest.raises(FaultError) as fault:
        sbs.call("documents", "CheckDocuments", {**CHECK, "documents": [DOCUMENT, {**DOCUMENT, "issuedOn": "dünən"}]})
    assert fault.value.code == "client.contract.invalid"
    assert fault.value.field_errors == ["/CheckDocuments/documents[2]/issuedOn"]


def test_a_tampered_message_of_an_enrolled_system_is_explained_to_it(running):
    sbs = Caller(running, "SBS-BORDER")
    message = sbs.signed(sbs.payload("documents", "CheckDocuments", CHECK)).replace(SECRET.encode(), b"C55501991")
    with pytest.raises(FaultError) as fault:
        sbs.read(sbs.send("documents", "CheckDocuments", message))
    assert fault.value.explanation["part"] == "Body"
    assert fault.value.explanation["digestExpected"] != fault.value.explanation["digestFound"]
