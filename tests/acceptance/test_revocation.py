"""A revoked certificate stops counting in running processes, by what they fetch themselves over HTTP."""

import json
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError

import pytest

from gateway.security.dev_pki import Authority
from tests.acceptance.caller import Caller, FaultError, key_from
from tests.acceptance.installation import Installation
from tests.servers.revocation import revocation_list, serving

pytestmark = pytest.mark.acceptance


@pytest.fixture
def site():
    with serving() as running:
        yield running


@pytest.fixture
def authority():
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return Authority.root(yesterday, common_name="National CA")


@pytest.fixture
def installation(tmp_path, site, authority):
    sources = {"crl_sources": f"national={site.url}/ca.crl", "revocation_refresh": "1"}
    with Installation(tmp_path, **sources) as made:
        # Its keys are made before there is an authority of which a list could be fetched.
        made.env["GATEWAY_CRL_SOURCES"] = ""
        made.init()
        (made.home / "trust" / "roots" / "national.pem").write_bytes(authority.issued.certificate_pem)
        made.env["GATEWAY_CRL_SOURCES"] = sources["crl_sources"]
        yield made


def health_of(installation):
    try:
        with urllib.request.urlopen(f"{installation.url}/health", timeout=5) as answer:
            return json.load(answer)
    except HTTPError as degraded:
        return json.load(degraded)


def first_health_of(installation, seconds=60):
    """What it says as soon as it says anything."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            return health_of(installation)
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"silent for {seconds} s\n{installation.logs()[-3000:]}")


def fault_within(caller, seconds):
    """The first fault that a harmless question meets with."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            caller.call("bus", "ListServices")
        except FaultError as fault:
            return fault
        time.sleep(0.1)
    raise AssertionError(f"no fault within {seconds} s")


def test_a_system_revoked_by_its_authority_is_refused_without_a_restart(installation, site, authority, tmp_path):
    signer = authority.issue("New system", datetime.now(UTC), kind="P-256")
    pem = tmp_path / "system.pem"
    pem.write_bytes(signer.key_pem + signer.certificate_pem)
    enrolled = installation.gateway(
        "system", "add", "NEW", "--agency", "MIA", "--certificate", str(pem), "--name", "New", "--allow",
        "bus.ListServices",
    )  # fmt: skip
    assert enrolled.returncode == 0, enrolled.stderr
    site.pages["/ca.crl"] = revocation_list(authority, age=timedelta(hours=2))
    installation.start()
    caller, others = Caller(installation, "MIA-DOCUMENTS"), Caller(installation, "MIA-DOCUMENTS")
    caller.key = key_from(pem)
    caller.call("bus", "ListServices")
    told = {each["issuer"].partition(",")[0]: each["state"] for each in health_of(installation)["revocation"]}
    assert told == {
        "CN=Development Root CA": "not asked",
        "CN=Development Issuing CA": "not asked",
        "CN=National CA": "fresh",
    }

    site.pages["/ca.crl"] = revocation_list(authority, signer)
    assert fault_within(caller, 60).code == "client.security.failed-check"
    assert "CERT.REVOKED" in installation.logs()
    others.call("bus", "ListServices")

    site.status = 503
    installation.stop()
    installation.start()
    assert fault_within(caller, 20).code == "client.security.failed-check"
    others.call("bus", "ListServices")


def test_where_nothing_can_be_fetched_its_certificates_are_refused_and_health_says_so(
    installation, site, authority, tmp_path
):
    site.delay = 30
    installation.start_role("up")
    health = first_health_of(installation)
    assert (health["status"], health["parts"]["revocation"]) == ("degraded", "stale")
    assert [each["issuer"] for each in health["revocation"] if each["state"] == "in doubt"] == [
        authority.issued.certificate.subject.rfc4514_string()
    ]
    signer = authority.issue("New system", datetime.now(UTC), kind="P-256")
    stranger, others = Caller(installation, "MIA-DOCUMENTS"), Caller(installation, "MIA-DOCUMENTS")
    stranger.key = signer.signing_key()
    begun = time.monotonic()
    assert fault_within(stranger, 20).code == "client.security.failed-check"
    assert time.monotonic() - begun < 5, "the answer does not wait for a source that takes 30 s"
    assert "CERT.CRL.STALE" in installation.logs()
    others.call("bus", "ListServices")
