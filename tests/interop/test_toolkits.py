"""Five toolkits that are not ours: each signs calls that the gateway takes, and judges the gateway's answers itself."""

import base64
import re
import subprocess
from datetime import UTC, datetime

import pytest

from gateway.contract.files import decode_receipt
from gateway.faults import RefusalError
from gateway.security.certificates import read_identity
from gateway.security.inspection import Known, inspect
from gateway.security.policy import Policy
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from tests.acceptance.caller import MEDIA_TYPES
from tests.interop import toolkits
from tests.interop.conftest import caller
from tests.interop.proxy import Proxy
from tests.interop.tampering import TAMPERING, body_changed, signed_by_another
from tests.interop.toolkits import HERE, TOOLKITS

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("interop")]

ANSWERED, FAULT, REFUSED = 0, 3, 4
ASKS = "MIA-DOCUMENTS"
"""A system that may check documents."""
REGISTERS = "MOJ-REGISTERS"
"""A system that may submit applications, and may not check documents."""
VERSIONS = ("1.1", "1.2")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_signed_question_is_answered_and_the_answer_verified(product, call, version):
    with Proxy(product.url) as between:
        outcome = call(ASKS, "check", version=version, url=between.url)
    assert (outcome.code, outcome.said) == (ANSWERED, {"status": "NOT_LISTED"}), outcome
    ((media_type, message),) = between.posted
    assert media_type.startswith(MEDIA_TYPES[version].partition(";")[0])
    signed = verify(message, trust=_trust(product), now=datetime.now(UTC), policy=Policy())
    assert (signed.soap_version, {"Body", "Timestamp"} - {each.part for each in signed.covered}) == (version, set())


def test_a_registration_is_receipted_and_the_receipt_verified(product, toolkit, call, tmp_path):
    outcome = call(REGISTERS, "register")
    assert outcome.code == ANSWERED, outcome
    receipt = tmp_path / "receipt.xml"
    receipt.write_bytes(base64.b64decode(outcome.said["receipt"]))
    known = Known({read_identity(product.certificate.read_bytes()).fingerprint}, decode_receipt)
    assert inspect(receipt.read_bytes(), _trust(product), datetime.now(UTC), known).valid
    if toolkit.verifies_receipts:
        assert outcome.said["receiptSays"] == outcome.said["trackingId"]
    else:
        verifier = ["xmlsec1", "--verify", "--pubkey-cert-pem", product.certificate, receipt]
        subprocess.run(verifier, capture_output=True, timeout=20, check=True)
    assert outcome.said["trackingId"].encode() in receipt.read_bytes()
    assert outcome.said["requestId"].encode() in receipt.read_bytes()


def test_a_fault_is_verified_before_it_is_believed(product, toolkit, call):
    for version in toolkit.fault_versions:
        outcome = call(REGISTERS, "check", version=version)
        assert (outcome.code, outcome.said) == (FAULT, {"fault": "client.access.denied"}), outcome
    stranger = product.home.system_key(ASKS)
    for tampering in (body_changed, signed_by_another):
        with Proxy(product.url, lambda answer, change=tampering: change(answer, stranger)) as between:
            outcome = call(REGISTERS, "check", url=between.url)
        assert (outcome.code, outcome.said) == (REFUSED, {}), tampering.__name__


@pytest.mark.parametrize("tampering", TAMPERING, ids=lambda each: each.__name__)
def test_an_answer_that_was_tampered_with_is_refused(product, call, tampering):
    arrived = []

    def change(answer):
        arrived.append(tampering(answer, product.home.system_key(REGISTERS)))
        return arrived[-1]

    with Proxy(product.url, change) as between:
        outcome = call(ASKS, "check", url=between.url)
    assert (outcome.code, outcome.said) == (REFUSED, {}), outcome
    assert outcome.refused
    if tampering is signed_by_another:  # nothing but the pinned certificate stands against it
        assert verify(arrived[0], trust=_trust(product), now=datetime.now(UTC), policy=Policy())
    else:
        with pytest.raises(RefusalError):
            verify(arrived[0], trust=_trust(product), now=datetime.now(UTC), policy=Policy())


def test_wss4j_learns_from_a_signed_fault_that_its_default_key_identifier_is_not_taken(product):
    wss4j = next(each for each in TOOLKITS if each.name == "wss4j")
    outcome = caller(product, wss4j)(ASKS, "check", options=("-Dkey-identifier=default",))
    assert (outcome.code, outcome.said) == (FAULT, {"fault": "client.security.token-unavailable"})


def test_the_inclusive_namespaces_that_wss4j_writes_by_default_are_taken(product):
    wss4j = next(each for each in TOOLKITS if each.name == "wss4j")
    with Proxy(product.url) as between:
        outcome = caller(product, wss4j)(ASKS, "check", url=between.url)
    assert outcome.code == ANSWERED
    assert re.search(rb"InclusiveNamespaces [^>]*PrefixList=", between.posted[0][1])


def test_the_packages_of_node_are_pinned_by_hash_and_by_no_address():
    locked = (HERE / "node" / "npm-shrinkwrap.json").read_text()
    assert "resolved" not in locked
    assert not re.search("https?:", locked)
    assert locked.count('"integrity"') == locked.count('"node_modules/')


def test_a_client_is_built_once_and_again_when_its_source_has_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(toolkits, "BUILD", tmp_path / "build")
    source, made = tmp_path / "client.c", []
    for content in ("first", "first", "second", "first"):
        source.write_text(content)
        folder = toolkits.cached("c", [source], lambda at: made.append((at / "client").write_text(source.read_text())))
        assert (folder / "client").read_text() == content
    assert len(made) == 2


def _trust(product):
    return TrustStore.from_folder(product.home.path / "trust")
