"""What an agency may choose, and when a failure is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from handlers.notices.delivery import (
    MOST_ADDRESSES,
    REFUSALS_BORNE,
    DeliveryChoice,
    DeliveryFailure,
    DeliveryMethod,
    gives_up,
    ground_against_choice,
    is_address,
    next_try,
)
from handlers.notices.model import NoticeKind
from handlers.notices.texts import DISPENSABLE

OFFERED = (DeliveryMethod.PULL, DeliveryMethod.MAIL)
BY_MAIL = DeliveryChoice(method=DeliveryMethod.MAIL, addresses=("registers@mia.example",))
PULLED = DeliveryChoice(method=DeliveryMethod.PULL)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("choice", "offered", "code", "says"),
    [
        (BY_MAIL, OFFERED[:1], "DELIVERY_NOT_OFFERED", "MAIL is not offered by this installation. It offers: PULL."),
        (replace(PULLED, method=DeliveryMethod.QUEUE), OFFERED, "DELIVERY_NOT_OFFERED", "It offers: PULL, MAIL."),
        (replace(PULLED, method=DeliveryMethod.CALL_BACK), OFFERED, "DELIVERY_NOT_OFFERED", "CALL_BACK is not"),
        (replace(BY_MAIL, addresses=()), OFFERED, "DELIVERY_ADDRESS_MISSING", "at least one"),
        (replace(BY_MAIL, addresses=("a@b.example", "a@b")), OFFERED, "DELIVERY_ADDRESS_INVALID", "are not: 1."),
        (replace(PULLED, addresses=("a b@c.example",)), OFFERED, "DELIVERY_ADDRESS_INVALID", "are not: 1."),
        (
            replace(BY_MAIL, addresses=tuple(f"a{n}@b.example" for n in range(MOST_ADDRESSES + 1))),
            OFFERED,
            "DELIVERY_ADDRESS_INVALID",
            "Give 10 mail addresses at the most",
        ),
        (
            replace(PULLED, unwanted_kinds=(NoticeKind.CASE_TAKEN, NoticeKind.CASE_DECIDED)),
            OFFERED,
            "NOTICE_KIND_OBLIGATORY",
            "done without: CASE_DECIDED. These can: BATCH_APPLIED, CASE_TAKEN",
        ),
    ],
)
def test_what_cannot_be_had_is_told_with_what_can(choice, offered, code, says):
    ground = ground_against_choice(choice, offered)
    assert ground.code == code
    assert says in ground.text_en
    assert ground.text_az
    assert not any(each in ground.text_az + ground.text_en for each in choice.addresses), "addresses are not repeated"


def test_what_can_be_had_is_let_be():
    assert ground_against_choice(BY_MAIL, OFFERED) is None
    assert ground_against_choice(PULLED, OFFERED[:1]) is None
    assert ground_against_choice(replace(BY_MAIL, unwanted_kinds=tuple(DISPENSABLE)), OFFERED) is None


@pytest.mark.parametrize("kind", [each for each in NoticeKind if each not in DISPENSABLE])
def test_no_kind_that_is_needed_can_be_done_without(kind):
    assert ground_against_choice(replace(PULLED, unwanted_kinds=(kind,)), OFFERED).code == "NOTICE_KIND_OBLIGATORY"


@pytest.mark.parametrize(
    "address", ["a@b.example", "ad.soyad+reyestr@xn--brak-5ja.gov.az", "o'neil_1@a-b.c1.example", "x" * 64 + "@b.az"]
)
def test_addresses_of_every_usual_form_are_taken(address):
    assert is_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "a@", "@b.example", "a@b", "a@b..example", "a@-b.example", "a@b-.example", ".a@b.example",
        "a.@b.example", "a..b@c.example", "a b@c.example", "a@b.example\n", "a@b.example\r\nBcc: c@d.example",
        "a@b.example,c@d.example", "<a@b.example>", '"a b"@c.example', "ə@b.example", "a@bakı.example", "a@[127.0.0.1]",
        "a@" + "b" * 64 + ".example", "a@" + "b." * 130 + "example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_none(address):
    assert not is_address(address)


def test_pauses_double_from_a_minute_to_an_hour():
    pauses = [(next_try(attempts, NOW) - NOW) // timedelta(minutes=1) for attempts in (1, 2, 3, 6, 7, 8, 1000)]
    assert pauses == [1, 2, 4, 32, 60, 60, 60]


@pytest.mark.parametrize("failure", DeliveryFailure)
def test_only_what_lies_in_the_address_or_the_mail_is_ever_given_up(failure):
    final = failure in (DeliveryFailure.ADDRESS_REFUSED, DeliveryFailure.MESSAGE_REFUSED)
    assert gives_up(failure, 10_000) == final
    assert gives_up(failure, REFUSALS_BORNE) == final
    assert not gives_up(failure, REFUSALS_BORNE - 1)
