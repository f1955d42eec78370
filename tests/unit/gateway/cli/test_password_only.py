"""Systems enrolled with a password in place of a certificate: what they may, and everything that is no way in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.contract.registry import OPERATIONS
from gateway.demo.enrolment import login_of
from gateway.demo.parties import PEOPLE
from gateway.home import Home
from gateway.security.model import UsernameCredentials
from gateway.security.sign import Addressing
from gateway.xml.namespaces import DS, PASSWORD_TEXT, WSA, XMLENC
from handlers.parties.password_only import CHANGE, PASSWORD_ONLY
from handlers.store.tables import system_operation
from handlers.store.tables_registers import document_check
from tests.acceptance.caller import FaultError, text, texts
from tests.unit.gateway.cli.premises import Premises, Visitor, unsigned

NEW = "yeddi mavi fil rəqs edir"
AS_EVER = "client.security.failed-check"
QUESTION = {
    "context": {"purpose": "BORDER_CONTROL"},
    "documents": [{"reference": "1", "documentType": "PASSPORT", "country": "AZE", "number": "C12345678"}],
}


def enrol(run, *options) -> UsernameCredentials:
    result = run(
        "system", "add-password-only", "SBS-DESK", "--agency", "SBS", "--name", "Desk", "--login", "desk.sbs",
        *(options or ("--allow", "bus.*", "--allow", "documents.CheckDocuments", "--document-type", "all",
                      "--allow", "notices.PullNotices", "--allow", "notices.AcknowledgeNotices")),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return UsernameCredentials("desk.sbs", re.search(r"shown this once: (\S+)", result.stdout)[1])


@pytest.fixture
def issued(run, sample_home):
    assert sample_home.is_dir()
    return enrol(run)


@pytest.fixture
def premises(issued, sample_home):
    opened = Premises(sample_home, passwords="tls-front")
    yield opened
    opened.close()


@pytest.fixture
def visitor(premises):
    return Visitor(premises, "SBS-BORDER")


@pytest.fixture
def desk(visitor, issued):
    visitor.ask_unsigned("bus", "ChangePassword", {"newPassword": NEW}, issued)
    return UsernameCredentials(issued.username, NEW)


def refused(work, *arguments, **named) -> FaultError:
    with pytest.raises(FaultError) as caught:
        work(*arguments, **named)
    return caught.value


def test_every_question_and_no_command_on_a_register_is_for_a_password_only():
    questions = {operation.qualified_name for operation in OPERATIONS.values() if operation.kind == "query"}
    assert questions | {"notices.AcknowledgeNotices", CHANGE} == PASSWORD_ONLY


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_system_with_a_password_asks_and_is_recorded_with_its_assurance(visitor, desk, premises, version, capfd):
    answer = visitor.ask_unsigned("documents", "CheckDocuments", QUESTION, desk, version)
    assert text(answer, "status") == "NOT_LISTED"
    with premises.store.reading() as connection:
        checks = connection.execute(select(document_check.c.system, document_check.c.assurance)).all()
    assert checks == [("SBS-DESK", "PASSWORD")]
    logged = "".join(capfd.readouterr())
    assert re.search(r"call\.by-password +agency=SBS assurance=PASSWORD system=SBS-DESK", logged)


def test_it_acknowledges_notices_and_gets_a_receipt(visitor, desk):
    answer = visitor.ask_unsigned("notices", "AcknowledgeNotices", {"upToSequence": 1}, desk)
    assert text(answer, "trackingId")


def test_the_issued_password_does_nothing_but_be_changed(visitor, issued):
    assert refused(visitor.ask_unsigned, "bus", "ListServices", {}, issued).code == (
        "client.security.password-change-required"
    )
    assert text(visitor.ask_unsigned("bus", "ChangePassword", {"newPassword": NEW}, issued), "changedAt")
    assert refused(visitor.ask_unsigned, "bus", "ListServices", {}, issued).code == AS_EVER


def test_what_changes_a_register_cannot_be_granted_to_it(run, sample_home):
    result = run(
        "system", "add-password-only", "X-1", "--agency", "SBS", "--name", "X", "--login", "x.sbs",
        "--allow", "documents.ReportInvalidDocuments", "--document-type", "all",
    )  # fmt: skip
    assert result.exit_code == 1
    assert "documents.ReportInvalidDocuments: not for a system that has only a password" in " ".join(
        result.stderr.split()
    )
    enrol(run)
    later = run("system", "grant", "SBS-DESK", "--allow", "registration.SubmitAppeal", "--register", "all",
                "--reason", "r")  # fmt: skip
    assert later.exit_code == 1


def test_what_changes_a_register_is_denied_to_it_even_when_it_was_granted(visitor, desk, premises):
    with premises.store.writing() as connection:
        connection.execute(
            system_operation.insert().values(
                system="SBS-DESK", operation="documents.ReportInvalidDocuments", registers=[], document_types=["*"]
            )
        )
    report = {
        "documents": [
            {
                "documentType": "PASSPORT", "country": "AZE", "number": "C12345678", "reason": "LOST",
                "effectiveFrom": "2026-01-01", "kind": "PERSONALISED",
            }
        ]
    }  # fmt: skip
    fault = refused(visitor.ask_unsigned, "documents", "ReportInvalidDocuments", report, desk)
    assert fault.code == "client.access.denied"


def test_what_was_not_granted_is_denied(visitor, desk):
    fault = refused(visitor.ask_unsigned, "documents", "GetBatch", {"trackingId": f"{'0' * 8}-0000-0000-0000-{'0' * 12}-{'0' * 10}"}, desk)  # fmt: skip  # noqa: E501 - one call
    assert fault.code == "client.access.denied"


def test_nothing_comes_in_by_password_without_tls(premises, desk):
    visitor = Visitor(premises, "SBS-BORDER", secure=False)
    assert refused(visitor.ask_unsigned, "bus", "ListServices", {}, desk).code == AS_EVER


def test_where_passwords_are_never_taken_none_is(sample_home, desk):
    closed = Premises(sample_home, passwords="never")
    assert refused(Visitor(closed, "SBS-BORDER").ask_unsigned, "bus", "ListServices", {}, desk).code == AS_EVER
    closed.close()


@pytest.mark.parametrize(
    "user",
    [
        UsernameCredentials("desk.sbs", "wrong"),
        UsernameCredentials("nobody", NEW),
        UsernameCredentials("SBS-DESK", NEW),
        UsernameCredentials("SBS-BORDER", NEW),
        UsernameCredentials("MOJ-REGISTERS", "x"),
    ],
    ids=lambda user: user.username,
)
def test_who_is_not_enrolled_so_is_told_what_everybody_is_told(visitor, desk, user):
    fault = refused(visitor.ask_unsigned, "bus", "ListServices", {}, user)
    assert (fault.code, fault.status, fault.explanation) == (AS_EVER, 500, {})


def test_a_representatives_password_is_no_systems(visitor, desk, sample_home):
    known = login_of(Home(sample_home), PEOPLE[2])
    user = UsernameCredentials(known.login, known.password)
    assert refused(visitor.ask_unsigned, "bus", "ListServices", {}, user).code == AS_EVER


def test_a_systems_password_is_no_representatives(visitor, desk):
    assert refused(visitor.call, "bus", "ListServices", user=desk).code == "client.security.authentication-failed"


@pytest.mark.parametrize("standing", ["suspend", "withdraw"])
def test_a_suspended_system_is_nobody_at_once(visitor, desk, run, standing):
    assert run("system", standing, "SBS-DESK", "--reason", "r").exit_code == 0
    assert refused(visitor.ask_unsigned, "bus", "ListServices", {}, desk).code == AS_EVER


def test_guesses_at_a_system_are_throttled_by_address(premises, desk):
    attacker = Visitor(premises, "SBS-BORDER", "198.51.100.9")
    wrong = UsernameCredentials("desk.sbs", "wrong")
    codes = [refused(attacker.ask_unsigned, "bus", "ListServices", {}, wrong).code for _ in range(8)]
    assert codes[:5] == [AS_EVER] * 5
    assert codes[-1] == "client.security.throttled"
    assert Visitor(premises, "SBS-BORDER", "198.51.100.10").ask_unsigned("bus", "ListServices", {}, desk) is not None
    unknown = UsernameCredentials("nobody", "wrong")
    elsewhere = Visitor(premises, "SBS-BORDER", "198.51.100.11")
    assert [refused(elsewhere.ask_unsigned, "bus", "ListServices", {}, unknown).code for _ in range(8)] == codes


SIGNATURE = f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo/></ds:Signature>'
NAME = "<wsse:Username>desk.sbs</wsse:Username>"
PASSWORD = f'<wsse:Password Type="{PASSWORD_TEXT}">{NEW}</wsse:Password>'


def token(inner: str) -> str:
    return f"<wsse:UsernameToken>{inner}</wsse:UsernameToken>"


@pytest.mark.parametrize(
    "change",
    [
        {"more": SIGNATURE},
        {"headers": SIGNATURE},
        {"headers": f"<x>{SIGNATURE}</x>"},
        {"headers": f'<x><e:EncryptedData xmlns:e="{XMLENC}"/></x>'},
        {"token": ""},
        {"token": token("")},
        {"token": token(NAME)},
        {"token": token(PASSWORD)},
        {"token": token(PASSWORD + NAME)},
        {"token": token(NAME + PASSWORD + PASSWORD)},
        {"token": token(NAME + PASSWORD.replace("#PasswordText", "#PasswordDigest"))},
        {"token": token(NAME + PASSWORD) * 2},
        {"more": "<wsse:BinarySecurityToken>AAAA</wsse:BinarySecurityToken>"},
        {"timestamp": ""},
        {"more": "text"},
        {"more": "<x/>"},
    ],
)
def test_a_message_that_is_not_of_the_one_form_is_no_way_in(visitor, desk, change):
    fault = refused(visitor.ask_unsigned, "bus", "ListServices", {}, desk, **change)
    assert fault.code in {AS_EVER, "client.security.header-invalid"}
    assert fault.explanation == {}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"headers": '<x s:mustUnderstand="1"/>'}, "client.soap.must-understand"),
        ({"headers": f'<a:To xmlns:a="{WSA}">urn:other</a:To>'}, "client.addressing.invalid"),
        ({"headers": f'<a:Action xmlns:a="{WSA}">urn:other</a:Action>'}, "client.soap.action-mismatch"),
        (
            {"headers": f'<a:ReplyTo xmlns:a="{WSA}"><a:Address>http://x</a:Address></a:ReplyTo>'},
            "client.addressing.invalid",
        ),
        ({"headers": '<x wsu:Id="Body"/>'}, AS_EVER),
        ({"timestamp": '<wsu:Timestamp wsu:Id="TS"/>'}, "client.security.header-invalid"),
    ],
)
def test_the_rules_of_signed_messages_hold(visitor, desk, change, code):
    assert refused(visitor.ask_unsigned, "bus", "ListServices", {}, desk, **change).code == code


@pytest.mark.parametrize(("minutes", "reason"), [(-6, "expired"), (3, "expired")])
def test_a_message_out_of_its_time_is_told_so_only_to_who_has_the_password(visitor, desk, premises, minutes, reason):
    when = premises.now() + timedelta(minutes=minutes)
    payload = visitor.payload("bus", "ListServices", {})

    def send(user):
        return visitor.read(visitor.send("bus", "ListServices", unsigned(payload, user, when)))

    fault = refused(send, desk)
    assert fault.code == f"client.security.{reason}"
    assert fault.explanation["clockSkewSeconds"].startswith("-" if minutes < 0 else "+")
    assert refused(send, UsernameCredentials("desk.sbs", "wrong")).code == AS_EVER


def test_a_signed_message_stays_a_signed_one_whatever_else_it_carries(visitor, desk):
    payload = visitor.payload("bus", "ListServices", {})
    message = visitor.signed(payload, user=desk, addressing=Addressing(message_id="urn:uuid:1"))
    changed = message.replace(b"ListServices", b"GetStatus")
    assert refused(visitor.read, visitor.send("bus", "ListServices", changed)).code == (
        "client.security.signature-mismatch"
    )


def test_an_unsigned_answer_names_the_message_it_answers(visitor, desk):
    message_id = f'<a:MessageID xmlns:a="{WSA}">urn:uuid:42</a:MessageID>'
    payload = visitor.payload("bus", "ListServices", {})
    raw = visitor.send("bus", "ListServices", visitor.unsigned(payload, desk, headers=message_id))
    assert b"urn:uuid:42" in raw.body


def test_it_is_told_what_it_may_do(visitor, desk):
    allowed = texts(visitor.ask_unsigned("bus", "AllowedOperations", {}, desk), "operations")
    assert "bus.ChangePassword" in allowed
    assert set(allowed) <= PASSWORD_ONLY


def test_where_nobody_has_only_a_password_none_is_ever_looked_at(sample_home, run):
    bare = Premises(sample_home, passwords="tls-front")
    stranger = Visitor(bare, "SBS-BORDER")
    guess = UsernameCredentials("desk.sbs", "wrong")
    assert {refused(stranger.ask_unsigned, "bus", "ListServices", {}, guess).code for _ in range(9)} == {AS_EVER}
    bare.close()
