"""Handing mails over to a real SMTP server, in every way that fails."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from gateway.outbound.mail import composed
from gateway.outbound.smtp import MailError, MailSender, MailServer
from handlers.notices.delivery import DeliveryFailure
from tests.servers.mail import mail_host, tls_for
from tests.servers.ports import LOOPBACK, free_port
from tests.unit.gateway.outbound.examples import CHOICE, SENDER, notice

FIRST, SECOND = CHOICE.addresses


def server_at(port, **changes):
    values = {"host": LOOPBACK, "port": port, "security": "none", "sender": SENDER, "timeout": 10.0}
    return MailServer(**(values | changes))


def send(server, told=None):
    return MailSender(server).send(composed(told or notice(), CHOICE, SENDER), CHOICE.addresses)


def failure_of(server):
    with pytest.raises(MailError) as caught:
        send(server)
    return caught.value.failure, caught.value.reply


def test_a_mail_arrives_as_it_was_made():
    with mail_host() as host:
        assert send(server_at(host.port), notice(text_en=".\r\n..dots.\r\n.\r\nend")) == {}
    (taken,) = host.taken
    assert (taken.sender, taken.recipients) == (SENDER, list(CHOICE.addresses))
    assert taken.message["Message-ID"] == "<0198f2b4-7c3a-7e21-9d55-3a0c5c1be001@dpc.example>"
    assert "Müraciətiniz qaytarıldı." in taken.text
    assert ".\n..dots.\n.\nend" in taken.text.replace("\r\n", "\n")


@pytest.mark.parametrize("from_the_start", [False, True], ids=["starttls", "tls"])
def test_over_verified_tls_with_a_login(tmp_path, from_the_start):
    tls, root = tls_for(tmp_path)
    with mail_host(tls=tls, from_the_start=from_the_start, login=("dpc", "geheim")) as host:
        server = server_at(
            host.port,
            security="tls" if from_the_start else "starttls",
            authorities=root,
            login="dpc",
            password="geheim",
        )
        assert send(server) == {}
        wrong = replace(server, password="wrong")
        assert failure_of(wrong) == (DeliveryFailure.LOGIN_FAILED, 535)
    assert [taken.encrypted for taken in host.taken] == [True]
    assert "geheim" not in repr(server)


def test_where_tls_is_not_offered_nothing_is_said_in_the_open():
    with mail_host() as host:
        server = server_at(host.port, security="starttls", login="dpc", password="geheim")
        assert failure_of(server) == (DeliveryFailure.TLS_NOT_OFFERED, 0)
    assert (host.taken, host.logins) == ([], 0)


@pytest.mark.parametrize("from_the_start", [False, True], ids=["starttls", "tls"])
@pytest.mark.parametrize(("name", "trusts"), [("mail.other.example", True), (LOOPBACK, False)])
def test_a_certificate_of_another_or_of_an_unknown_authority_is_none(tmp_path, from_the_start, name, trusts):
    tls, root = tls_for(tmp_path, name)
    with mail_host(tls=tls, from_the_start=from_the_start) as host:
        server = server_at(
            host.port, security="tls" if from_the_start else "starttls", authorities=root if trusts else None
        )
        assert failure_of(server) == (DeliveryFailure.TLS_FAILED, 0)
    assert host.taken == []


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"to_sender": "550 no"}, (DeliveryFailure.SENDER_REFUSED, 550)),
        ({"to_sender": "530 log in first"}, (DeliveryFailure.LOGIN_FAILED, 530)),
        ({"to_sender": "451 later"}, (DeliveryFailure.TRY_LATER, 451)),
        ({"to_sender": "421 closing"}, (DeliveryFailure.TRY_LATER, 421)),
        ({"to_recipients": {FIRST: "550 who", SECOND: "553 what"}}, (DeliveryFailure.ADDRESS_REFUSED, 550)),
        ({"to_recipients": {FIRST: "550 who", SECOND: "450 later"}}, (DeliveryFailure.TRY_LATER, 450)),
        ({"to_recipients": {FIRST: "421 closing"}}, (DeliveryFailure.TRY_LATER, 421)),
        ({"to_content": "554 spam"}, (DeliveryFailure.MESSAGE_REFUSED, 554)),
        ({"to_content": "452 full"}, (DeliveryFailure.TRY_LATER, 452)),
        ({"to_content": "999"}, (DeliveryFailure.MESSAGE_REFUSED, 999)),
        ({"to_content": "no reply at all"}, (DeliveryFailure.PROTOCOL, -1)),
        ({"cut_after_content": 1}, (DeliveryFailure.UNREACHABLE, 0)),
    ],
    ids=str,
)
def test_each_refusal_is_told_by_its_class_and_code(switches, expected):
    with mail_host(**switches) as host:
        assert failure_of(server_at(host.port)) == expected


@pytest.mark.parametrize(
    ("reply", "failure"),
    [("550 who", DeliveryFailure.ADDRESS_REFUSED), ("450 greylisted", DeliveryFailure.TRY_LATER)],
)
def test_a_mail_that_one_of_two_addresses_takes_is_sent_and_the_other_one_told(reply, failure):
    with mail_host(to_recipients={SECOND: reply}) as host:
        refused = send(server_at(host.port))
    assert {address: (each.failure, each.reply) for address, each in refused.items()} == {
        SECOND: (failure, int(reply[:3]))
    }
    assert [taken.recipients for taken in host.taken] == [[FIRST]]


def test_a_login_where_the_server_knows_none_fails_before_anything_is_sent():
    with mail_host(without_login=True) as host:
        assert failure_of(server_at(host.port, login="dpc", password="x")) == (DeliveryFailure.LOGIN_FAILED, 0)
    assert host.taken == []


def test_nobody_there():
    assert failure_of(server_at(free_port())) == (DeliveryFailure.UNREACHABLE, 0)
    assert failure_of(server_at(25, host="no-such-host.invalid")) == (DeliveryFailure.UNREACHABLE, 0)


def test_a_server_that_says_nothing_is_left_after_the_time_for_one_mail():
    with mail_host(silent=True) as host:
        started = time.monotonic()
        assert failure_of(server_at(host.port, timeout=0.5)) == (DeliveryFailure.TOO_SLOW, 0)
        assert time.monotonic() - started < 3


def test_a_server_that_greets_with_a_refusal():
    with greeting(b"554 no service\r\n") as port:
        assert failure_of(server_at(port)) == (DeliveryFailure.UNREACHABLE, 554)
    with greeting(b"HTTP/1.1 400 Bad Request\r\n") as port:
        assert failure_of(server_at(port)) == (DeliveryFailure.PROTOCOL, -1)


def test_a_server_that_drips_is_cut_off_however_steady_it_is():
    with greeting(b"220-slow\r\n" * 1000, pause=0.05) as port:
        started = time.monotonic()
        assert failure_of(server_at(port, timeout=0.6)) == (DeliveryFailure.TOO_SLOW, 0)
        assert time.monotonic() - started < 3


def greeting(content, pause=0.0):
    import socketserver
    import threading
    from contextlib import contextmanager, suppress

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            with suppress(OSError):
                for start in range(0, len(content), 10 if pause else len(content)):
                    self.request.sendall(content[start : start + (10 if pause else len(content))])
                    time.sleep(pause)
                self.request.recv(100)

    @contextmanager
    def serving():
        with socketserver.ThreadingTCPServer((LOOPBACK, 0), Handler) as server:
            server.daemon_threads = True
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            yield server.server_address[1]
            server.shutdown()
            thread.join()

    return serving()
