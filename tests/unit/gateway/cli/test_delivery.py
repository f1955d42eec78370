"""How notices reach an agency, chosen over signed SOAP or by the operator, and mailed by what runs beside the relay."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from gateway import background
from gateway.metrics import Metrics
from handlers.notices.choosing import delivery_settings
from handlers.notices.delivery import DeliveryMethod, SetBy
from handlers.store.engine import open_store
from tests.acceptance.caller import text, texts
from tests.servers.mail import mail_host
from tests.suites.brokers import until
from tests.unit.gateway.cli.premises import Premises, Visitor

WHY = ("--reason", "Letter 17/26", "--by", "Aydan")
MAIL = {"mail_server": "127.0.0.1:25", "mail_security": "none", "mail_sender": "registers@dpc.example"}


@pytest.fixture
def offering(monkeypatch):
    """The settings name a mail server."""
    for name, value in MAIL.items():
        monkeypatch.setenv(f"GATEWAY_{name.upper()}", value)


def settings_of(home, agency="MOJ"):
    store = open_store(f"sqlite:///{home / 'registers.db'}")
    with store.reading() as connection:
        found = delivery_settings(connection, agency)
    store.close()
    return found


def test_the_operator_sees_what_stands_and_chooses_with_a_reason(sample_home, run, offering):
    seen = run("agency", "delivery", "MOJ")
    assert "method: PULL\noffered here: PULL, MAIL\n" in seen.stdout
    chosen = run(
        "agency", "delivery", "MOJ", "--method", "MAIL", "--address", "a@moj.example", "--address", "b@moj.example",
        "--language", "AZ", "--without", "CASE_TAKEN", *WHY,
    )  # fmt: skip
    assert chosen.exit_code == 0, chosen.output
    assert "addresses: a@moj.example, b@moj.example" in chosen.stdout
    assert "Letter 17/26" in chosen.stdout
    again = run("agency", "delivery", "MOJ", "--language", "AZ", *WHY)
    assert "Nothing to change" in again.stderr
    run("agency", "delivery", "MOJ", "--every-kind", *WHY)
    first, second = settings_of(sample_home)
    assert (first.choice.method, first.set_by, first.by) == (DeliveryMethod.MAIL, SetBy.OPERATOR, "Aydan")
    assert (first.choice.unwanted_kinds, second.choice.unwanted_kinds) == (("CASE_TAKEN",), ())
    assert second.choice.addresses == first.choice.addresses


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--method", "MAIL", "--address", "a@moj.example"), 2, "Say why with --reason"),
        (("--method", "MAIL", *WHY), 1, "DELIVERY_ADDRESS_MISSING: MAIL needs"),
        (("--method", "QUEUE", *WHY), 1, "DELIVERY_NOT_OFFERED: QUEUE is not offered by this installation."),
        (("--method", "MAIL", "--address", "moj", *WHY), 1, "DELIVERY_ADDRESS_INVALID"),
        (("--without", "CASE_DECIDED", *WHY), 1, "NOTICE_KIND_OBLIGATORY"),
        (("--without", "CASE_TAKEN", "--every-kind", *WHY), 2, "--without or --every-kind"),
    ],
)
def test_what_cannot_be_chosen_is_told_and_nothing_is_changed(sample_home, run, offering, options, code, says):
    result = run("agency", "delivery", "MOJ", *options)
    assert result.exit_code == code
    assert says in " ".join(result.stderr.split())
    assert settings_of(sample_home) == ()


def test_an_agency_that_is_not_enrolled_has_no_delivery(sample_home, run):
    assert "agency XYZ is not enrolled" in run("agency", "delivery", "XYZ").stderr


def test_the_password_of_the_mail_server_is_never_shown(sample_home, run, offering, monkeypatch):
    monkeypatch.setenv("GATEWAY_MAIL_LOGIN", "dpc")
    monkeypatch.setenv("GATEWAY_MAIL_PASSWORD", "geheim")
    shown = run("settings").stdout
    assert "geheim" not in shown
    assert "***" in shown


# Over signed SOAP -----------------------------------------------------------------------------------------------------


@contextmanager
def at_work(premises):
    """Workers, relay and watches of the premises."""
    relay, close_publisher = background.relay(premises.settings, premises.store, premises.broker)
    parts = [
        *background.workers(premises.settings, premises.store, premises.broker, Metrics()),
        relay,
        *background.watches(premises.settings, premises.store),
    ]
    for each in parts:
        each.start()
    yield
    assert all(each.stop(15) for each in parts)
    close_publisher()


@contextmanager
def working(home, **settings):
    premises = Premises(home, **settings)
    with at_work(premises):
        yield Visitor(premises)
    premises.close()


def settled(visitor, answer):
    """The status of a command that was accepted, once it has one."""
    asked = {"trackingId": text(answer, "trackingId")}
    until(lambda: text(visitor.call("bus", "GetStatus", asked), "state") != "ACCEPTED", timeout=30)
    return visitor.call("bus", "GetStatus", asked)


def test_an_agency_chooses_mail_and_is_mailed_what_it_can_also_pull(sample_home, run):
    with mail_host() as host, working(sample_home, **{**MAIL, "mail_server": f"127.0.0.1:{host.port}"}) as visitor:
        before = visitor.call("notices", "GetDelivery", {})
        assert (text(before, "method"), texts(before, "offered")) == ("PULL", ["PULL", "MAIL"])
        chosen = {"method": "MAIL", "addresses": ["office@moj.example"], "unwantedKinds": ["CASE_TAKEN"]}
        assert text(settled(visitor, visitor.call("notices", "SetDelivery", chosen)), "state") == "APPLIED"
        settled(visitor, visitor.call("notices", "AcknowledgeNotices", {"upToSequence": 5}))
        until(lambda: host.taken, timeout=30)
        until(lambda: text(visitor.call("notices", "GetDelivery", {}), "waiting") == "0", timeout=30)
        after = visitor.call("notices", "GetDelivery", {})
        pulled = visitor.call("notices", "PullNotices", {"afterSequence": 0})
    (mail,) = host.taken
    assert (mail.sender, mail.recipients) == ("registers@dpc.example", ["office@moj.example"])
    assert mail.message["Message-ID"] == f"<{text(pulled, 'noticeId')}@dpc.example>"
    assert text(pulled, "textAz") in " ".join(mail.text.split())
    assert text(pulled, "askedEn").startswith("Remove the cause")
    assert (text(after, "method"), text(after, "setBy"), text(after, "language")) == ("MAIL", "AGENCY", "BOTH")
    assert (text(after, "lastDelivered"), texts(after, "unwantedKinds")) == ("1", ["CASE_TAKEN"])


def test_what_is_not_offered_here_is_refused_as_business_and_told_by_a_notice(sample_home, run):
    with working(sample_home) as visitor:
        asks = {"method": "MAIL", "addresses": ["office@moj.example"]}
        refused = settled(visitor, visitor.call("notices", "SetDelivery", asks))
        assert (text(refused, "state"), text(refused, "code")) == ("REFUSED", "DELIVERY_NOT_OFFERED")
        assert "It offers: PULL." in text(refused, "textEn")
        until(lambda: texts(visitor.call("notices", "PullNotices", {"afterSequence": 0}), "kind"), timeout=30)
        assert text(visitor.call("notices", "GetDelivery", {}), "version") == "0"
