"""Passwords in the whole product: issued, changed, tried too often, and found nowhere afterwards."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.demo.enrolment import login_of
from gateway.demo.parties import PEOPLE
from gateway.home import Home
from gateway.security.model import UsernameCredentials
from handlers.dispatch import CommandDispatcher
from handlers.messages import AcknowledgeNotices
from handlers.notices.commands import acknowledge_notices
from handlers.queue_names import NOTICE_COMMANDS
from handlers.store.inbox import find_received
from tests.acceptance.caller import FaultError, text, texts
from tests.unit.gateway.cli.premises import Premises, Visitor

NEW = "yeddi mavi fil rəqs edir"
CHANGE = ("bus", "ChangePassword")


@pytest.fixture
def premises(sample_home):
    opened = Premises(sample_home, passwords="tls-front")
    yield opened
    opened.close()


@pytest.fixture
def aygun(sample_home):
    known = login_of(Home(sample_home), PEOPLE[0])
    return UsernameCredentials(known.login, known.password)


def refused(work, *arguments, **named) -> FaultError:
    with pytest.raises(FaultError) as caught:
        work(*arguments, **named)
    return caught.value


def issued(output: str) -> str:
    return re.search(r"shown this once: (\S+)", output)[1]


def wrong(user: UsernameCredentials) -> UsernameCredentials:
    return UsernameCredentials(user.username, "not this one at all")


def everything_kept(home: Path) -> bytes:
    """All bytes of the home but those that `init --dev` made for trying out."""
    return b"".join(
        path.read_bytes() for path in home.rglob("*") if path.is_file() and home / "dev" not in path.parents
    )


def test_a_password_is_changed_at_once_in_every_process(premises, aygun, sample_home):
    other = Premises(sample_home, passwords="tls-front")
    here, there = Visitor(premises), Visitor(other)
    assert texts(there.call("bus", "AllowedOperations", user=aygun), "operations")
    assert text(here.call(*CHANGE, {"newPassword": NEW}, user=aygun), "changedAt")
    assert refused(there.call, "bus", "AllowedOperations", user=aygun).code == "client.security.authentication-failed"
    assert there.call("bus", "AllowedOperations", user=UsernameCredentials(aygun.username, NEW)) is not None
    other.close()


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ("password1234", "password.common"),
        ("qwertyuiop12", "password.common"),
        ("aaaabbbbcccc", "password.simple"),
        ("aygun.moj-2026", "password.own-name"),
        ("5TESTM1 5TESTM1 MOJ", "password.own-name"),
        (None, "password.same"),
    ],
)
def test_a_new_password_that_will_not_do_is_told_why(premises, aygun, chosen, code):
    answer = Visitor(premises).call(*CHANGE, {"newPassword": chosen or aygun.password}, user=aygun)
    assert (text(answer, "refusal", "code"), text(answer, "changedAt")) == (code, "")
    assert Visitor(premises).call("bus", "ListServices", user=aygun) is not None


@pytest.mark.parametrize("chosen", ["elevenchars", "x" * 257])
def test_a_new_password_of_another_length_breaks_the_contract(premises, aygun, chosen):
    fault = refused(Visitor(premises).call, *CHANGE, {"newPassword": chosen}, user=aygun)
    assert (fault.code, fault.field_errors) == ("client.contract.invalid", ["/ChangePassword/newPassword"])


def test_without_a_password_there_is_none_to_change(premises):
    assert (
        refused(Visitor(premises).call, *CHANGE, {"newPassword": NEW}).code == "client.security.authentication-failed"
    )


def test_a_password_that_the_operator_issued_does_nothing_but_be_changed(premises, aygun, run):
    result = run("representative", "issue-password", "5TESTM1")
    assert result.exit_code == 0, result.output
    one_time = UsernameCredentials(aygun.username, issued(result.stdout))
    visitor = Visitor(premises)
    assert refused(visitor.call, "bus", "ListServices", user=aygun).code == "client.security.authentication-failed"
    fault = refused(visitor.call, "bus", "ListServices", user=one_time)
    assert fault.code == "client.security.password-change-required"
    assert "ChangePassword" in text(fault.payload, "textEn")
    assert text(visitor.call(*CHANGE, {"newPassword": NEW}, user=one_time), "changedAt")
    assert refused(visitor.call, *CHANGE, {"newPassword": NEW + "!"}, user=one_time).code.endswith("failed")
    assert visitor.call("bus", "ListServices", user=UsernameCredentials(aygun.username, NEW)) is not None


def test_an_issued_password_that_nobody_used_is_good_for_nothing_after_two_weeks(premises, aygun, run):
    one_time = UsernameCredentials(aygun.username, issued(run("representative", "issue-password", "5TESTM1").stdout))
    premises.ahead = timedelta(days=15)
    fault = refused(Visitor(premises).call, *CHANGE, {"newPassword": NEW}, user=one_time)
    assert fault.code == "client.security.authentication-failed"


def test_who_proved_to_act_is_not_another_than_the_request_names(premises, aygun, run):
    made = run(
        "representative", "add", "5TESTX7", "--agency", "MOJ", "--identity-card", "AZE00000007", "--surname", "A",
        "--name", "B", "--from", "2020-01-01", "--to", "2099-01-01", "--login", "other.moj", "--generate-password",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    visitor = Visitor(premises)

    def ask(fin, user=None):
        return visitor.call("bus", "ListServices", {"context": {"representative": fin}}, user=user)

    assert refused(ask, "5TESTX7", aygun).code == "client.access.denied"
    assert ask("5TESTM1", aygun) is not None
    assert ask("5TESTX7") is not None, "without a password the system answers for whom it names"


def test_nothing_is_issued_to_somebody_without_a_login_or_unknown(run, sample_home):
    assert "not enrolled" in run("representative", "issue-password", "0000000").stderr
    assert "without a login" in run("system", "issue-password", "MOJ-REGISTERS").stderr


def test_a_hundred_wrong_passwords_are_throttled_and_the_owner_is_not(premises, aygun):
    attacker = Visitor(premises, address="198.51.100.7")
    faults = [refused(attacker.call, "bus", "ListServices", user=wrong(aygun)) for _ in range(20)]
    codes = [fault.code for fault in faults]
    assert codes == ["client.security.authentication-failed"] * 5 + ["client.security.throttled"] * 15
    last = faults[-1]
    assert (last.code, last.status) == ("client.security.throttled", 429)
    assert refused(attacker.call, "bus", "ListServices", user=aygun).code == "client.security.throttled"
    assert Visitor(premises).call("bus", "ListServices", user=aygun) is not None
    assert Visitor(premises, "MIA-DOCUMENTS", "198.51.100.7").call("bus", "ListServices") is not None


def test_tries_are_counted_for_all_processes_together(premises, aygun, sample_home):
    other = Premises(sample_home, passwords="tls-front")
    here, there = Visitor(premises), Visitor(other)
    for number in range(6):
        refused((here, there)[number % 2].call, "bus", "ListServices", user=wrong(aygun))
    for each in (here, there):
        assert refused(each.call, "bus", "ListServices", user=aygun).code == "client.security.throttled"
    other.close()


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_who_is_throttled_is_told_for_how_long(premises, aygun, version):
    attacker = Visitor(premises)
    for _ in range(6):
        refused(attacker.call, "bus", "ListServices", user=wrong(aygun))
    message = attacker.signed(attacker.payload("bus", "ListServices", {}), version, user=aygun)
    raw = attacker.send("bus", "ListServices", message, version)
    assert raw.status == 429
    assert 1 <= int(raw.headers["retry-after"]) <= 4
    assert text(refused(attacker.read, raw).payload, "retryAfter") == raw.headers["retry-after"]


def test_one_password_on_many_accounts_is_throttled_whoever_they_are(premises, aygun):
    attacker = Visitor(premises, address="198.51.100.7")
    users = [UsernameCredentials(f"person.{number}", "Bahar-2026-Bakı") for number in range(40)]
    codes = [refused(attacker.call, "bus", "ListServices", user=user).code for user in users]
    assert codes.count("client.security.authentication-failed") <= 24
    assert codes[-1] == "client.security.throttled"
    assert Visitor(premises).call("bus", "ListServices", user=aygun) is not None


def test_an_ipv6_network_is_one_place(premises, aygun):
    codes = [
        refused(
            Visitor(premises, address=f"2001:db8:1:2::{number:x}").call, "bus", "ListServices", user=wrong(aygun)
        ).code
        for number in range(1, 9)
    ]
    assert "client.security.throttled" in codes
    assert Visitor(premises, address="2001:db8:1:3::1").call("bus", "ListServices", user=aygun) is not None


def test_passwords_are_judged_and_throttled_while_the_store_is_away(premises, aygun, sample_home):
    visitor = Visitor(premises)
    assert visitor.call("bus", "ListServices", user=aygun) is not None
    (sample_home / "registers.db").rename(sample_home / "away.db")
    assert visitor.call("bus", "ListServices", user=aygun) is not None
    stranger = Visitor(premises, address="198.51.100.7")
    codes = [refused(stranger.call, "bus", "ListServices", user=wrong(aygun)).code for _ in range(8)]
    assert codes[0] == "client.security.authentication-failed"
    assert codes[-1] == "client.security.throttled"
    fault = refused(visitor.call, *CHANGE, {"newPassword": NEW}, user=aygun)
    assert fault.code == "server.store.unavailable"
    (sample_home / "away.db").rename(sample_home / "registers.db")


def test_no_password_is_looked_at_that_came_without_tls(premises, aygun):
    fault = refused(Visitor(premises, secure=False).call, "bus", "ListServices", user=aygun)
    assert fault.code == "client.security.password-refused"


def test_no_file_of_the_home_and_no_log_holds_a_password_after_it_was_used(premises, aygun, sample_home, capfd):
    visitor = Visitor(premises)
    answer = visitor.call("notices", "AcknowledgeNotices", {"upToSequence": 1}, user=aygun)
    tracking_id = text(answer, "trackingId")
    visitor.call(*CHANGE, {"newPassword": NEW}, user=aygun)
    refused(visitor.call, "bus", "ListServices", user=UsernameCredentials(NEW, "a password typed as the login"))
    kept = everything_kept(sample_home)
    assert tracking_id.encode() in kept
    _apply_commands(premises)
    kept += everything_kept(sample_home)
    with premises.store.reading() as connection:
        received = find_received(connection, "MOJ", tracking_id)
    assert b"<wsse:Username>aygun.moj</wsse:Username>" in received
    logged = "".join(capfd.readouterr()).encode()
    assert b"call.refused" in logged
    for secret in (aygun.password, NEW, "a password typed as the login"):
        assert secret.encode() not in kept
        assert secret.encode() not in logged
    assert b"$argon2id$" in kept


def _apply_commands(premises: Premises) -> None:
    """What the worker does with what the queue holds."""
    dispatcher = CommandDispatcher(premises.store, {AcknowledgeNotices: acknowledge_notices}, premises.now)
    consumer = premises.broker.consumer(NOTICE_COMMANDS.name, prefetch=1)
    delivery = consumer.receive(5)
    dispatcher(delivery.message)
    delivery.ack()
    consumer.close()
