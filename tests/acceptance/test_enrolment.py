"""What the operator changes about parties, as callers of the running product see it."""

import threading
import time
from base64 import b64encode
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from typer.testing import CliRunner

from gateway.cli.app import app
from gateway.cli.commands import register
from gateway.demo.enrolment import login_of
from gateway.demo.parties import PEOPLE
from gateway.home import Home
from gateway.security.dev_pki import Authority, Issued
from gateway.security.model import UsernameCredentials
from tests.acceptance.caller import Caller, FaultError, text, texts
from tests.acceptance.installation import Installation
from tests.acceptance.test_death_at_every_step import REPORT, settled
from tests.acceptance.test_zeep_round_trip import signed_application

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(180)]

SOON = 10
"""Seconds in which a caller's next call is certainly begun."""


def document(type_="PASSPORT", number="C76543210"):
    return {"reference": "1", "documentType": type_, "country": "AZE", "number": number}


def check(*documents, **context):
    return {"context": {"purpose": "BORDER_CONTROL", **context}, "documents": list(documents)}


def code_of(call):
    """Code of the fault; empty: there was none."""
    try:
        call()
    except FaultError as fault:
        return fault.code
    return ""


def state_of(caller, tracking_id):
    """State of a command once the register has decided."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        state = text(caller.call("bus", "GetStatus", {"trackingId": tracking_id}), "state")
        if state != "ACCEPTED":
            return state
        time.sleep(0.02)
    return "ACCEPTED"


def changed(installation, *arguments):
    done = installation.gateway(*arguments, "--reason", "Letter 17/26")
    assert done.returncode == 0, done.stderr
    return done.stdout


def changed_here(installation, *arguments):
    """As `changed`, in this process: it returns when the command does, not when a process has come to its end."""
    register()
    logging_before = structlog.get_config()
    try:
        done = CliRunner(env=installation.env).invoke(app, [*arguments, "--reason", "Letter 17/26"])
    finally:
        structlog.configure(**logging_before)
    assert done.exit_code == 0, done.output


class Calling(threading.Thread):
    """Calls one process again and again and keeps when each call began and what came of it."""

    def __init__(self, call):
        super().__init__(daemon=True)
        self.call, self.made, self.ended = call, [], threading.Event()

    def run(self):
        while not self.ended.is_set():
            began = time.monotonic()
            self.made.append((began, code_of(self.call)))
            time.sleep(0.1)

    def since(self, moment):
        """What came of the calls that began after `moment`; waits until there are some."""
        deadline = time.monotonic() + SOON
        while time.monotonic() < deadline:
            found = [code for began, code in list(self.made) if began > moment]
            if len(found) >= 3:
                return set(found)
            time.sleep(0.01)
        raise AssertionError("no call was made")


@pytest.mark.real
@pytest.mark.xdist_group("real")
def test_a_suspension_is_in_force_in_every_process_when_the_command_returns(tmp_path, postgres_url, rabbit_url):
    """Two serving processes are called all the time; what began after the command returned is judged by the change.

    They look up rarely here, so that a command that did not wait would be found out.
    """
    urls = {"database": postgres_url, "broker": rabbit_url, "passwords": "plain-http", "directory_refresh": "1.5"}
    second = tmp_path / "second"
    second.mkdir()
    with Installation(tmp_path, **urls) as one, Installation(second, **urls) as other:
        one.init()
        other.env["GATEWAY_HOME"] = str(one.home)
        other.home = one.home
        for each in (one, other):
            each.start_role("serve")
            each.wait_until_healthy()
        person = login_of(Home(one.home), next(each for each in PEOPLE if each.agency == "MIA"))
        user = UsernameCredentials(person.login, person.password)

        def calling(system, user=None):
            callers = [Caller(each, system) for each in (one, other)]
            return [Calling(lambda by=by: by.call("bus", "ListServices", user=user)) for by in callers]

        border, police = calling("SBS-BORDER"), calling("MIA-DOCUMENTS", user)
        for each in border + police:
            each.start()
        try:
            started = time.monotonic()
            assert [each.since(started) for each in border + police] == [{""}] * 4
            for change, threads, expected in (
                (("system", "suspend", "SBS-BORDER"), border, {"client.security.failed-check"}),
                (("system", "resume", "SBS-BORDER"), border, {""}),
                (("agency", "withdraw", "SBS"), border, {"client.security.failed-check"}),
                # Whoever goes on trying is soon sent away unheard.
                (
                    ("representative", "suspend", "5TESTD2"),
                    police,
                    {"client.security.authentication-failed", "client.security.throttled"},
                ),
            ):
                changed_here(one, *change)
                returned = time.monotonic()
                for answers in (each.since(returned) for each in threads):
                    assert answers, change
                    assert answers <= expected, change
        finally:
            for each in border + police:
                each.ended.set()
            for each in border + police:
                each.join(SOON)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A whole gateway in one process."""
    with Installation(tmp_path_factory.mktemp("enrolment")) as installation:
        installation.init()
        installation.start()
        yield installation


def enrolled(installation, code):
    """A further system of the border service, which may ask what it may do."""
    caller = Caller(installation, "SBS-BORDER")
    caller.key, pem = issued_by(installation, code)
    added = installation.gateway(
        "system", "add", code, "--agency", "SBS", "--name", code, "--certificate", pem,
        "--allow", "bus.AllowedOperations",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    time.sleep(0.5)
    return caller


def test_a_key_rolls_over_without_a_call_being_refused(running):
    old, new = enrolled(running, "SBS-1"), Caller(running, "SBS-BORDER")
    new.key, pem = issued_by(running, "SBS-1 anew")
    assert code_of(lambda: new.call("bus", "AllowedOperations")) == "client.security.failed-check"
    changed(running, "system", "certificate", "add", "SBS-1", "--certificate", pem)
    for caller in (old, new):
        assert texts(caller.call("bus", "AllowedOperations"), "operations") == ["bus.AllowedOperations"]
    withdrawn = old.key.certificate.fingerprint
    changed(running, "system", "certificate", "withdraw", "SBS-1", withdrawn[:12])
    assert code_of(lambda: old.call("bus", "AllowedOperations")) == "client.security.failed-check"
    assert code_of(lambda: new.call("bus", "AllowedOperations")) == ""
    pem = str(running.folder / "SBS-1.pem")
    back = running.gateway("system", "certificate", "add", "MIA-DOCUMENTS", "--certificate", pem, "--reason", "x")
    assert back.returncode == 1
    assert "belongs to SBS-1 already" in back.stderr
    assert "withdrawn" in running.gateway("system", "certificate", "list", "SBS-1").stdout


def issued_by(installation, name):
    """A key with a certificate of the sample authority, and the path of that certificate, which is to be enrolled."""
    pem = (installation.home / "dev" / "authority" / "issuing.pem").read_bytes()
    authority = Authority(Issued(x509.load_pem_x509_certificate(pem), load_pem_private_key(pem, None)))
    issued = authority.issue(name, datetime.now(UTC), organisation="SBS (sample)", days=30)
    path = installation.folder / f"{name}.pem"
    path.write_bytes(issued.certificate_pem)
    return issued.signing_key(), str(path)


def test_rights_reach_as_far_as_they_were_granted_and_mandates_as_far_as_both(running):
    sbs, mia, moj = (Caller(running, each) for each in ("SBS-BORDER", "MIA-DOCUMENTS", "MOJ-REGISTERS"))
    card = document("IDENTITY_CARD", "AZE12345678")
    passports = ("--allow", "documents.CheckDocuments", "--document-type", "PASSPORT")
    resources = ("--allow", "registration.GetEntry", "--register", "INFORMATION_RESOURCES")
    changed(running, "system", "narrow", "SBS-BORDER", *passports)
    changed(running, "system", "grant", "SBS-BORDER", *resources)

    def asked(caller, *documents, **context):
        return code_of(lambda: caller.call("documents", "CheckDocuments", check(*documents, **context)))

    assert asked(sbs, document()) == ""
    zone = {"reference": "1", "mrz": f"P<AZEALIYEVA<<GUNEL{'<' * 25}\nC765432103AZE9001011F3001012{'<' * 14}02"}
    for denied in ((card,), (document(), {**card, "reference": "2"}), (zone,)):
        assert asked(sbs, *denied) == "client.access.denied"
    assert code_of(lambda: sbs.call("registration", "GetEntry", {"number": "IR-000001"})) == ""
    for number in ("PD-000001", "no number"):
        answer = code_of(lambda number=number: sbs.call("registration", "GetEntry", {"number": number}))
        assert answer == "client.access.denied"
    allowed = sbs.call("bus", "AllowedOperations")
    assert texts(allowed, "documentTypes") == ["PASSPORT"]
    assert texts(allowed, "registers") == ["INFORMATION_RESOURCES"]
    assert texts(allowed, "everyDocumentType") == []

    for_moj = {"context": {"onBehalfOf": "MOJ"}}
    pulled = {**for_moj, "afterSequence": 0}
    assert code_of(lambda: mia.call("notices", "PullNotices", pulled)) == "client.access.denied"
    added = running.gateway(
        "mandate", "add", "M-1", "--for", "MOJ", "--agent", "MIA", "--from", "2026-01-01", "--to", "2099-12-31",
        "--allow", "notices.*", *passports,
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    time.sleep(0.5)
    assert texts(mia.call("bus", "AllowedOperations"), "principal") == ["MOJ"]
    assert asked(mia, document(), onBehalfOf="MOJ") == ""
    assert asked(mia, card, onBehalfOf="MOJ") == "client.access.denied"
    assert asked(mia, card) == ""
    assert asked(sbs, document(), onBehalfOf="MOJ") == "client.access.denied"
    asks = {**for_moj, "trackingId": f"{uuid4()}-0123456789"}
    assert code_of(lambda: mia.call("bus", "GetStatus", asks)) == "client.access.denied"

    refused = moj.call("notices", "AcknowledgeNotices", {"upToSequence": 5})
    settled(moj, text(refused, "trackingId"))
    seen = mia.call("notices", "PullNotices", pulled)
    assert texts(seen, "kind") == ["COMMAND_REFUSED"]
    request_id = str(uuid4())
    done = mia.call("notices", "AcknowledgeNotices", {**for_moj, "upToSequence": 1}, request_id=request_id)
    assert state_of(mia, text(done, "trackingId")) == "APPLIED"
    assert texts(moj.call("notices", "PullNotices", {"afterSequence": 0}), "acknowledgedAt") != []
    assert text(moj.call("bus", "GetStatus", {"trackingId": text(done, "trackingId")}), "state") == "UNKNOWN"
    own = code_of(lambda: mia.call("notices", "AcknowledgeNotices", {"upToSequence": 1}, request_id=request_id))
    assert own == "client.request.conflict"
    changed(running, "mandate", "withdraw", "M-1")
    assert asked(mia, document(), onBehalfOf="MOJ") == "client.access.denied"
    assert text(mia.call("documents", "ReportInvalidDocuments", REPORT), "trackingId")


def test_a_signed_file_is_judged_by_its_register_and_by_how_its_signer_stands(running):
    moj = Caller(running, "MOJ-REGISTERS")
    file = {"signedApplication": b64encode(signed_application(running)).decode()}
    submit = ("--allow", "registration.SubmitRegistration", "--register")

    def sent():
        return moj.call("registration", "SubmitRegistration", file)

    changed(running, "system", "narrow", "MOJ-REGISTERS", *submit, "PERSONAL_DATA_SYSTEMS")
    assert code_of(sent) == "client.access.denied"
    assert "ACCESS.EXTENT" in running.logs()
    changed(running, "system", "grant", "MOJ-REGISTERS", *submit, "INFORMATION_RESOURCES")
    changed(running, "representative", "suspend", "5TESTM1")
    assert text(sent(), "refusal", "code") == "confirmation.signatory"
    changed(running, "representative", "resume", "5TESTM1")
    assert state_of(moj, text(sent(), "trackingId")) == "APPLIED"


def test_a_system_that_is_bound_to_networks_is_nobody_from_elsewhere(running):
    sbs = enrolled(running, "SBS-2")
    changed(running, "system", "addresses", "SBS-2", "10.20.0.0/16", "2001:db8::/32")
    assert code_of(lambda: sbs.call("bus", "AllowedOperations")) == "client.security.failed-check"
    assert "ID.ADDRESS.OTHER" in running.logs()
    changed(running, "system", "addresses", "SBS-2", "10.20.0.0/16", "127.0.0.1")
    assert code_of(lambda: sbs.call("bus", "AllowedOperations")) == ""
