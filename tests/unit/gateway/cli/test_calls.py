from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from lxml import etree

from gateway.cli import call
from gateway.cli.elements import element
from gateway.cli.keys import gateway_trust, read_key
from gateway.cli.request import Signatory, Wanted, payload_of
from gateway.contract.files import encode_application
from gateway.contract.registry import CONTRACTS
from gateway.contract.services import ROOTS
from gateway.home import Home
from gateway.security.inspection import Kind, inspect
from gateway.security.policy import Policy
from gateway.security.stamps import StampAuthorities
from gateway.security.verify import verify
from gateway.security.xades import sign_application, verify_application
from gateway.security.xades_rules import DocumentRules, Level
from gateway.xml.parser import Limits, parse_trusted
from tests.servers.tsa import StampPki
from tests.unit.gateway.security.material import system
from tests.unit.handlers.registration.examples import CANCELLATION

NOW = datetime.now(UTC)
APPLICATION = {
    "register": "INFORMATION_RESOURCES",
    "trigger": "CREATED",
    "eventDate": "2026-01-02",
    "applicant": "MOJ",
    "representative": "5TESTM1",
    "resourceCard": {
        "shortName": "Sınaq",
        "name": "Sınaq ehtiyatı",
        "purpose": "Sınaq",
        "owner": "MOJ",
        "legalActs": [{"type": "LAW", "reference": "1", "title": "Test"}],
        "status": "IN_USE",
        "statusDate": "2026-01-02",
    },
}
QUESTION = ["documents[0].reference=1", "documents[0].number=C12345678"]


def printed(result):
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_printed_request_is_signed_and_follows_the_contract(sample_home, run, version):
    message = printed(
        run(
            "call", "documents", "checkdocuments", "--as", "SBS", "--soap", version, "--print-request",
            "purpose=BORDER_CONTROL", *QUESTION,
        )
    )  # fmt: skip
    envelope = verify(message, trust=gateway_trust(Home(sample_home)), now=datetime.now(UTC), policy=Policy())
    assert envelope.soap_version == version
    assert "SBS-BORDER" in envelope.signer.subject
    assert CONTRACTS["documents"].validate(envelope.payload) == ()


def test_every_request_gets_an_id_of_its_own(sample_home, run):
    messages = {printed(run("call", "bus", "ListServices", "--as", "MOJ", "--print-request")) for _ in range(2)}
    digests = {
        verify(message, trust=gateway_trust(Home(sample_home)), now=datetime.now(UTC), policy=Policy()).digest
        for message in messages
    }
    assert len(digests) == 2


def test_a_check_without_purpose_is_told_which_there_are(sample_home, run):
    result = run("call", "documents", "CheckDocuments", "--as", "SBS", *QUESTION)
    assert result.exit_code == 2
    assert "BORDER_CONTROL" in result.stderr


def test_without_as_the_sample_systems_are_named(sample_home, run):
    result = run("call", "bus", "ListServices")
    assert result.exit_code == 2
    assert "MIA-DOCUMENTS, MOJ-REGISTERS, SBS-BORDER" in result.stderr


def test_a_gateway_that_is_not_there_is_told_with_what_to_do(sample_home, run):
    result = run("call", "bus", "ListServices", "--as", "MOJ", "--url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "gateway up" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://x", "http://"])
def test_what_is_no_address_of_a_gateway_is_wrong_usage(sample_home, run, url):
    assert run("call", "bus", "ListServices", "--as", "MOJ", "--url", url).exit_code == 2


def test_an_application_file_is_signed_by_the_person(sample_home, run, tmp_path):
    file = tmp_path / "application.json"
    file.write_text(json.dumps(APPLICATION), encoding="utf-8")
    message = printed(
        run(
            "call", "registration", "SubmitRegistration", "--as", "MOJ", "--person", "5TESTM1",
            "--file", str(file), "--print-request",
        )
    )  # fmt: skip
    report = inspect(message, gateway_trust(Home(sample_home)), datetime.now(UTC))
    (enclosed,) = report.enclosed
    assert enclosed.valid
    assert enclosed.kind is Kind.SIGNED_FILE
    assert enclosed.content == "registrationApplication"
    assert "Nümunəyeva" in enclosed.signer.subject


def test_an_application_as_structure_carries_the_persons_login(sample_home, run, tmp_path):
    file = tmp_path / "application.json"
    file.write_text(json.dumps(APPLICATION), encoding="utf-8")
    message = printed(
        run(
            "call", "registration", "SubmitRegistration", "--as", "MOJ", "--person", "5TESTM1",
            "--structure", "--file", str(file), "--print-request",
        )
    )  # fmt: skip
    envelope = verify(message, trust=gateway_trust(Home(sample_home)), now=datetime.now(UTC), policy=Policy())
    assert envelope.user is not None
    assert envelope.user.username == "aygun.moj"
    assert CONTRACTS["registration"].validate(envelope.payload) == ()


def test_nobody_signs_an_application_unasked(sample_home, run, tmp_path):
    file = tmp_path / "application.json"
    file.write_text(json.dumps(APPLICATION), encoding="utf-8")
    result = run("call", "registration", "SubmitRegistration", "--as", "MOJ", "--file", str(file))
    assert result.exit_code == 2
    assert "--person" in result.stderr


def test_what_is_to_be_validated_needs_no_signature_and_no_password(tmp_path):
    file = tmp_path / "application"
    wanted = Wanted("registration", "ValidateCard", [], file)
    made = {}
    for name, content in {
        "json": json.dumps(APPLICATION).encode(),
        "appeal": encode_application(CANCELLATION),
        "signed": sign_application(encode_application(CANCELLATION), system("P-256").signing_key(), NOW),
    }.items():
        file.write_bytes(content)
        payload = payload_of(wanted, None, NOW)
        assert not payload.needs_password
        root = parse_trusted(payload.element)
        assert CONTRACTS["registration"].validate(root) == ()
        made[name] = etree.QName(root[-1]).localname
    assert made == {"json": "application", "appeal": "appealApplication", "signed": "signedApplication"}


def test_a_file_with_the_whole_request_is_sent_as_it_is(tmp_path):
    whole = payload_of(Wanted("notices", "PullNotices", ["afterSequence=3"]), None, NOW).element
    file = tmp_path / "request.xml"
    file.write_bytes(whole)
    assert payload_of(Wanted("notices", "PullNotices", [], file), None, NOW).element == whole


def test_a_file_with_another_root_is_wrong_usage(tmp_path):
    from gateway.cli.failures import UsageError

    file = tmp_path / "request.xml"
    file.write_bytes(b"<other/>")
    with pytest.raises(UsageError, match="other"):
        payload_of(Wanted("notices", "PullNotices", [], file), None, NOW)


def test_context_fields_may_be_given_without_its_name():
    root = parse_trusted(
        payload_of(Wanted("notices", "PullNotices", ["afterSequence=0", "caseReference=A-1"]), None, NOW).element
    )
    assert root.findtext("{*}context/{*}caseReference") == "A-1"


def test_a_system_without_a_sample_key_is_told_apart_from_an_unclear_name(sample_home, run):
    assert sample_home.is_dir()
    unknown = run("call", "bus", "ListServices", "--as", "NOPE")
    assert unknown.exit_code == 2
    assert "no sample key of NOPE: there are MIA-DOCUMENTS, MOJ-REGISTERS, SBS-BORDER" in unknown.stderr
    assert "More than one" in run("call", "bus", "ListServices", "--as", "M").stderr


def test_a_file_that_is_no_xml_is_named(sample_home, run, tmp_path):
    assert sample_home.is_dir()
    (tmp_path / "bad.xml").write_text("<a><b></a>", encoding="utf-8")
    result = run("call", "notices", "PullNotices", "--as", "MOJ", "--file", str(tmp_path / "bad.xml"))
    assert result.exit_code == 2
    assert "bad.xml is no XML that can be sent" in result.stderr


@pytest.mark.parametrize("place", ["nowhere/receipt.xml", "."])
def test_a_receipt_that_cannot_be_kept_is_told_before_anything_is_sent(sample_home, run, tmp_path, monkeypatch, place):
    assert sample_home.is_dir()
    sent = []
    monkeypatch.setattr("gateway.cli.wire.post", lambda *_, **__: sent.append(1))
    result = run("call", "bus", "ListServices", "--as", "MOJ", "--save-receipt", str(tmp_path / place))
    assert result.exit_code == 2
    assert "nothing was sent" in result.stderr
    assert sent == []


@pytest.mark.parametrize(
    "twice",
    [
        ["purpose=BORDER_CONTROL", "context.purpose=BORDER_CONTROL"],
        ["--purpose", "BORDER_CONTROL", "purpose=BORDER_CONTROL"],
        ["--person", "5TESTM1", "context.representative=5TESTM1"],
    ],
)
def test_a_field_of_the_context_is_given_once_in_whatever_way(sample_home, run, twice):
    assert sample_home.is_dir()
    result = run("call", "documents", "CheckDocuments", "--as", "SBS", *twice, *QUESTION)
    assert result.exit_code == 2
    assert "given twice" in result.stderr


@pytest.mark.parametrize(("tree", "said"), [({}, True), ({"cases": []}, True), ({"case": {"number": "1"}}, False)])
def test_an_answer_without_content_says_that_nothing_was_found(capsys, tree, said):
    envelope = SimpleNamespace(covered=(), signer=SimpleNamespace(subject="CN=Gateway"))
    call._print(SimpleNamespace(tree=tree, envelope=envelope, raw=b""), xml=False)
    assert ("Nothing found." in capsys.readouterr().out) is said


def test_what_a_call_signs_is_time_stamped_where_the_settings_name_an_authority(
    sample_home, run, tmp_path, monkeypatch
):
    pki = StampPki.make(datetime.now(UTC).replace(microsecond=0))
    file = tmp_path / "application.json"
    file.write_text(json.dumps(APPLICATION), encoding="utf-8")
    with pki.authority.serving() as url:
        monkeypatch.setenv("GATEWAY_TSA_URL", url)
        command = (
            "call", "registration", "SubmitRegistration", "--as", "MOJ", "--person", "5TESTM1",
            "--file", str(file), "--print-request",
        )  # fmt: skip
        message = printed(run(*command))
    payload = verify(message, trust=gateway_trust(Home(sample_home)), now=datetime.now(UTC), policy=Policy()).payload
    signed = base64.b64decode(payload.findtext("{*}signedApplication"))
    authorities = StampAuthorities([pki.root.issued.certificate], [pki.issuing.issued.certificate])
    document = verify_application(
        signed, trust=gateway_trust(Home(sample_home)), now=datetime.now(UTC), limits=Limits(),
        rules=DocumentRules(Level.B_T, authorities),
    )  # fmt: skip
    assert document.stamped_at is not None
    refused = run(*command)
    assert refused.exit_code == 1
    assert "gave no time stamp" in refused.stderr


WITHDRAWAL = {"caseNumber": "2026/IR-000001", "applicant": "MOJ", "representative": "5TESTM1", "reason": "x"}
PROOF = {**WITHDRAWAL, "destroyedOn": "2026-05-20", "manner": "m", "actReference": "a"}
del PROOF["reason"]


@pytest.mark.parametrize(
    ("operation", "root", "content", "structure", "signed"),
    [
        ("WithdrawCase", "withdrawal", WITHDRAWAL, "withdrawal", "signedWithdrawal"),
        ("FileDestructionProof", "destructionProof", PROOF, "proof", "signedProof"),
    ],
)
def test_what_a_representative_confirms_is_sent_signed_or_as_structure(
    sample_home, tmp_path, operation, root, content, structure, signed
):
    signatory = Signatory(read_key(sample_home / "dev" / "representatives" / "5TESTM1.pem"))
    as_json, as_xml = tmp_path / "x.json", tmp_path / "x.xml"
    as_json.write_text(json.dumps(content))
    as_xml.write_bytes(element(root, ROOTS[root], content))
    for file in (as_json, as_xml):
        made = payload_of(Wanted("registration", operation, [], file), signatory, NOW)
        assert f"<{signed}>".encode() in made.element
        assert not made.needs_password
        made = payload_of(Wanted("registration", operation, [], file, structure=True), None, NOW)
        assert f"<{structure}>".encode() in made.element
        assert made.needs_password


def test_a_corrected_application_is_signed_and_sent_with_the_number_of_its_case(sample_home, tmp_path):
    signatory = Signatory(read_key(sample_home / "dev" / "representatives" / "5TESTM1.pem"))
    file = tmp_path / "appeal.json"
    appeal = {"kind": "CANCELLATION", "applicant": "MOJ", "representative": "5TESTM1", "entryNumber": "IR-000001"}
    file.write_text(json.dumps({**appeal, "againstVersion": 1, "reason": "x", "eventDate": "2026-05-10"}))
    wanted = Wanted("registration", "Resubmit", ["caseNumber=2026/IR-000001"], file)
    assert b"<signedApplication>" in payload_of(wanted, signatory, NOW).element
    structure = payload_of(Wanted("registration", "Resubmit", wanted.fields, file, structure=True), None, NOW)
    assert b"<appeal>" in structure.element
    assert structure.needs_password
