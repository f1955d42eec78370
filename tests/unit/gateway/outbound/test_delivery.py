"""Notices are mailed in their order, once, through whatever fails between us and the mail server."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from gateway.outbound.delivery import MailDelivery
from gateway.outbound.methods import mail_delivery, offered
from gateway.outbound.smtp import MailError, MailSender, MailServer
from gateway.settings import SettingsError
from gateway.settings_sources import load
from handlers.notices.choosing import choose_for, report
from handlers.notices.commands import add_notice
from handlers.notices.delivery import DeliveryChoice, DeliveryFailure, DeliveryMethod, NoticeLanguage
from handlers.notices.queries import pull_notices
from handlers.parties.model import Act
from handlers.store.engine import open_store
from handlers.store.ports import StoreUnavailableError
from handlers.store.schema import migrate
from handlers.work import Work
from tests.servers.mail import mail_host
from tests.servers.ports import LOOPBACK, free_port
from tests.suites.brokers import until
from tests.suites.stage import due
from tests.unit.gateway.outbound.examples import CHOICE, NOW, SENDER

OFFERED = (DeliveryMethod.PULL, DeliveryMethod.MAIL)
LEASE = timedelta(minutes=2)


@pytest.fixture
def store(tmp_path):
    with closing(open_store(f"sqlite:///{tmp_path / 'r.db'}")) as store:
        migrate(store)
        choose(store, CHOICE)
        yield store


def choose(store, choice, at=NOW):
    with store.writing() as connection:
        assert choose_for(connection, "MIA", choice, Act(by="Aydan", at=at, reason="Letter"), OFFERED) is None


def tell(store, *event_ids):
    with store.writing() as connection:
        for each in event_ids:
            add_notice(Work(connection, NOW), due(each), case_link="https://registers.example/cases/{number}")


def told(store):
    with store.reading() as connection:
        return report(connection, "MIA", OFFERED)


class Post:
    """A delivery with a clock of its own, to a server that may or may not be there."""

    def __init__(self, store, port=None, sender=None, **more):
        self.now = NOW
        server = MailServer(host=LOOPBACK, port=port or 1, security="none", sender=SENDER, timeout=5.0)
        self.delivery = MailDelivery(
            store, sender or MailSender(server), lambda: self.now, sender_address=SENDER, lease=LEASE, **more
        )

    def send_due(self):
        return self.delivery.send_due()


def ids(host):
    return [taken.message["Message-ID"] for taken in host.taken]


def test_one_mail_for_each_notice_in_the_order_of_their_numbers(store):
    tell(store, "e-1", "e-2", "e-3")
    with mail_host() as host, capture_logs() as logs:
        post = Post(store, host.port)
        assert (post.send_due(), post.send_due()) == (3, 0)
    assert ids(host) == [f"<e-{number}@dpc.example>" for number in (1, 2, 3)]
    assert {tuple(taken.recipients) for taken in host.taken} == {CHOICE.addresses}
    assert "İş: https://registers.example/cases/2026/IR-000001" in host.taken[0].text
    assert (told(store).last_delivered, told(store).waiting) == (3, 0)
    assert [(log["event"], log["sequence"]) for log in logs] == [("notice.mailed", n) for n in (1, 2, 3)]
    assert "@" not in repr(logs)


def test_while_the_server_is_down_notices_wait_and_when_it_is_up_they_come_in_order(store):
    tell(store, "e-1", "e-2")
    port = free_port()
    post = Post(store, port)
    with capture_logs() as logs:
        assert post.send_due() == 0
    assert [(log["event"], log["failure"], log["attempts"]) for log in logs] == [
        ("notice.not-mailed", "UNREACHABLE", 1)
    ]
    assert (told(store).last_error, told(store).waiting) == (DeliveryFailure.UNREACHABLE, 2)
    with mail_host(port) as host:
        assert post.send_due() == 0, "it is not its time yet"
        post.now += timedelta(minutes=1)
        assert post.send_due() == 2
        assert ids(host) == ["<e-1@dpc.example>", "<e-2@dpc.example>"]


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_given_up_in_the_end(store):
    tell(store, "e-1")
    with mail_host(to_content="451 later") as host:
        post = Post(store, host.port)
        post.send_due()
        post.now += timedelta(minutes=1)
        host.to_content = None
        assert post.send_due() == 1
        tell(store, "e-2", "e-3")
        host.to_recipients = dict.fromkeys(CHOICE.addresses, "550 no such user")
        with capture_logs() as logs:
            for _ in range(8):
                post.send_due()
                post.now += timedelta(hours=1)
        assert [log["event"] for log in logs].count("notice.given-up") == 1
        assert "no such user" not in repr(logs)
        host.to_recipients = {}
        post.now += timedelta(hours=1)
        assert post.send_due() == 1
    assert ids(host) == ["<e-1@dpc.example>", "<e-3@dpc.example>"]
    found = told(store)
    assert (found.given_up, found.last_error) == (1, DeliveryFailure.ADDRESS_REFUSED)
    with store.reading() as connection:
        assert len(pull_notices(connection, "MIA", after=0, limit=9).notices) == 3


FIRST, SECOND = CHOICE.addresses


def mailed(host):
    return [(taken.message["Message-ID"], taken.recipients) for taken in host.taken]


def test_an_address_that_refuses_for_now_alone_gets_the_mail_later(store):
    tell(store, "e-1", "e-2")
    with mail_host(to_recipients={SECOND: "450 greylisted"}) as host, capture_logs() as logs:
        post = Post(store, host.port)
        post.send_due()
        assert (told(store).last_delivered, told(store).last_error) == (None, DeliveryFailure.TRY_LATER)
        host.to_recipients = {}
        post.send_due()
        assert mailed(host) == [("<e-1@dpc.example>", [FIRST])], "it is not its time yet"
        post.now += timedelta(minutes=1)
        assert post.send_due() == 2
    assert mailed(host) == [
        ("<e-1@dpc.example>", [FIRST]),
        ("<e-1@dpc.example>", [SECOND]),
        ("<e-2@dpc.example>", [FIRST, SECOND]),
    ]
    assert host.taken[0].content == host.taken[1].content
    assert (told(store).last_delivered, told(store).last_error, told(store).waiting) == (2, None, 0)
    assert [log["event"] for log in logs][:2] == ["notice.mailed", "notice.partly-mailed"]
    assert "@" not in repr(logs)


def test_a_refusal_for_good_after_one_for_now_ends_it_and_is_told(store):
    tell(store, "e-1")
    with mail_host(to_recipients={SECOND: "450 greylisted"}) as host:
        post = Post(store, host.port)
        post.send_due()
        host.to_recipients = {SECOND: "550 who"}
        post.now += timedelta(minutes=1)
        post.send_due()
    assert mailed(host) == [("<e-1@dpc.example>", [FIRST])]
    found = told(store)
    assert (found.last_delivered, found.last_error) == (1, DeliveryFailure.ADDRESS_REFUSED)


def test_of_three_addresses_each_is_asked_until_it_took_the_mail_or_refused_it_for_good(store):
    third = "third@mia.example"
    three = DeliveryChoice(method=DeliveryMethod.MAIL, addresses=(FIRST, SECOND, third))
    choose(store, three, NOW + timedelta(seconds=1))
    tell(store, "e-1")
    with mail_host(to_recipients={FIRST: "450 greylisted", third: "550 who"}) as host:
        post = Post(store, host.port)
        post.send_due()
        host.to_recipients = {}
        post.now += timedelta(minutes=1)
        post.send_due()
    assert [recipients for _, recipients in mailed(host)] == [[SECOND], [FIRST]]
    assert (told(store).last_delivered, told(store).last_error) == (1, DeliveryFailure.ADDRESS_REFUSED)


def test_an_address_that_refuses_for_now_without_end_holds_up_the_other_one_for_two_hours_only(store):
    tell(store, "e-1", "e-2")
    with mail_host(to_recipients={SECOND: "452 full"}) as host:
        post = Post(store, host.port)
        for _ in range(8):
            post.send_due()
            post.now += timedelta(hours=1)
    assert mailed(host) == [("<e-1@dpc.example>", [FIRST]), ("<e-2@dpc.example>", [FIRST])]
    assert (told(store).last_delivered, told(store).last_error) == (1, DeliveryFailure.TRY_LATER)


def test_an_address_that_the_agency_took_back_is_waited_for_no_more(store):
    tell(store, "e-1")
    with mail_host(to_recipients={SECOND: "450 greylisted"}) as host:
        post = Post(store, host.port)
        post.send_due()
        choose(store, DeliveryChoice(method=DeliveryMethod.MAIL, addresses=(FIRST,)), NOW + timedelta(seconds=1))
        post.now += timedelta(minutes=1)
        assert post.send_due() == 0
    assert mailed(host) == [("<e-1@dpc.example>", [FIRST])]
    assert (told(store).last_delivered, told(store).waiting) == (1, 0)


def test_a_connection_cut_after_the_mail_sends_a_copy_of_the_same_octets(store):
    tell(store, "e-1")
    with mail_host(cut_after_content=1) as host:
        post = Post(store, host.port)
        assert post.send_due() == 0
        post.now += timedelta(minutes=1)
        assert post.send_due() == 1
    assert ids(host) == ["<e-1@dpc.example>"] * 2
    assert host.taken[0].content == host.taken[1].content


def test_a_process_that_dies_between_mail_and_mark_leaves_a_copy_under_the_same_id(store):
    tell(store, "e-1", "e-2")

    class DyingError(BaseException):
        pass

    with mail_host() as host:
        server = MailServer(host=LOOPBACK, port=host.port, security="none", sender=SENDER)

        class Dying(MailSender):
            def send(self, mail, addresses):
                super().send(mail, addresses)
                raise DyingError

        with pytest.raises(DyingError):
            Post(store, sender=Dying(server)).send_due()
        other = Post(store, host.port)
        assert other.send_due() == 0, "the claim of the one that died still holds"
        other.now += LEASE
        assert other.send_due() == 2
    assert ids(host) == ["<e-1@dpc.example>", "<e-1@dpc.example>", "<e-2@dpc.example>"]


def test_while_the_store_takes_no_mark_nothing_else_is_sent_and_nothing_twice(store):
    tell(store, "e-1", "e-2")
    with mail_host() as host:
        post, away = Post(store, host.port), []

        @contextmanager
        def writing(_original=store.writing):
            if away and away.pop():
                raise StoreUnavailableError
            with _original() as connection:
                yield connection

        store.writing = writing
        away[:] = [True, True, False]  # from the end: the claim, and two marks that fail
        for _ in range(2):
            with pytest.raises(StoreUnavailableError):
                post.send_due()
        assert ids(host) == ["<e-1@dpc.example>"]
        assert post.send_due() == 1
    assert ids(host) == ["<e-1@dpc.example>", "<e-2@dpc.example>"]


def test_a_choice_of_language_and_address_counts_from_the_next_mail(store):
    tell(store, "e-1")
    with mail_host() as host:
        post = Post(store, host.port)
        post.send_due()
        other = DeliveryChoice(method=DeliveryMethod.MAIL, addresses=("new@mia.example",), language=NoticeLanguage.EN)
        choose(store, other, NOW + timedelta(seconds=1))
        tell(store, "e-2")
        post.send_due()
    assert host.taken[1].recipients == ["new@mia.example"]
    assert host.taken[1].message["Subject"].startswith("Application received")


def test_it_goes_on_by_itself_also_after_a_failure_that_nobody_foresaw(store):
    tell(store, "e-1")
    failures = [ZeroDivisionError("secret"), None]
    with mail_host() as host, capture_logs() as logs:
        server = MailServer(host=LOOPBACK, port=host.port, security="none", sender=SENDER)

        class Odd(MailSender):
            def send(self, mail, addresses):
                failure = failures.pop(0) if failures else None
                if failure is not None:
                    post.now += LEASE
                    raise failure
                return super().send(mail, addresses)

        post = Post(store, sender=Odd(server), every=0.01, soon=0.01)
        post.delivery.start()
        until(lambda: told(store).waiting == 0)
        assert post.delivery.stop(10)
    assert [log["event"] for log in logs] == ["mail.not-looked", "notice.mailed"]
    assert "secret" not in repr(logs)


def test_a_notice_that_cannot_be_a_mail_is_given_up_like_one_that_is_refused(store):
    tell(store, "e-1")
    post = Post(store, port=free_port())
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE notice SET title_az = 'a' || char(10) || 'Bcc: b@c.example'")
    post.send_due()
    assert told(store).last_error is DeliveryFailure.MESSAGE_REFUSED


# What the settings offer ---------------------------------------------------------------------------------------------


def settings(tmp_path, **given):
    return load({"GATEWAY_HOME": str(tmp_path), **{f"GATEWAY_{name.upper()}": value for name, value in given.items()}})


def test_mail_is_offered_where_a_server_is_set(tmp_path, store):
    without = settings(tmp_path)
    assert offered(without) == (DeliveryMethod.PULL,)
    assert mail_delivery(without, store, lambda: NOW) is None
    given = settings(tmp_path, mail_server="[::1]:2525", mail_security="none", mail_sender=SENDER)
    assert given.mail_host_and_port == ("::1", 2525)
    assert offered(given) == OFFERED
    assert mail_delivery(given, store, lambda: NOW) is not None


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_authorities_that_cannot_be_used_is_told_by_its_setting(tmp_path, store, content):
    if content is not None:
        (tmp_path / "roots.pem").write_text(content)
    given = settings(
        tmp_path, mail_server="mail.example:587", mail_sender=SENDER, mail_authorities=str(tmp_path / "roots.pem")
    )
    with pytest.raises(SettingsError, match=r"mail_authorities: .*roots\.pem"):
        mail_delivery(given, store, lambda: NOW)


def test_what_went_wrong_is_told_without_the_words_of_the_server():
    assert str(MailError(DeliveryFailure.TRY_LATER, 451)) == "TRY_LATER 451"
