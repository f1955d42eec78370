"""A notice as a mail."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from msgspec.structs import replace

from gateway.outbound.mail import composed
from handlers.notices.delivery import NoticeLanguage
from tests.unit.gateway.outbound.examples import CHOICE, NOW, SENDER, notice


def received(told=None, choice=CHOICE):
    return message_from_bytes(composed(told or notice(), choice, SENDER).as_bytes(), policy=default)


def test_it_goes_to_every_address_under_the_id_of_the_notice():
    mail = received()
    assert mail["From"] == SENDER
    assert [each.addr_spec for each in mail["To"].addresses] == list(CHOICE.addresses)
    assert mail["Message-ID"] == "<0198f2b4-7c3a-7e21-9d55-3a0c5c1be001@dpc.example>"
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content_charset() == "utf-8"


def test_by_default_it_says_everything_in_azerbaijani_and_then_in_english():
    mail = received()
    text = mail.get_content()
    assert mail["Subject"] == "Müraciət düzəliş üçün qaytarıldı: 2026/IR-000001"
    for line in (
        "Müraciətiniz qaytarıldı. Qüsurları aradan qaldırın.",
        "Bildirişin sıra nömrəsi: 7",
        "Son gün: 2026-03-11",
        "İş: https://registers.example/cases/2026/IR-000001",
        "Your application was returned. Correct the defects.",
        "Number of the notice: 7",
        "Last day: 2026-03-11",
        "The case: https://registers.example/cases/2026/IR-000001",
    ):
        assert line in text.splitlines()
    assert text.index("qaytarıldı") < text.index("returned")


@pytest.mark.parametrize(
    ("language", "subject", "has", "lacks"),
    [
        (NoticeLanguage.AZ, "Müraciət düzəliş", "Son gün: 2026-03-11", "returned"),
        (NoticeLanguage.EN, "Application returned", "Last day: 2026-03-11", "qaytarıldı"),
    ],
)
def test_in_one_language_it_says_nothing_in_the_other(language, subject, has, lacks):
    mail = received(choice=replace(CHOICE, language=language))
    assert mail["Subject"].startswith(subject)
    assert has in mail.get_content()
    assert lacks not in mail["Subject"] + mail.get_content()


def test_without_a_day_and_a_case_there_are_no_empty_lines_for_them():
    text = received(notice(due_on=None, link=None)).get_content()
    assert "Son gün" not in text
    assert "The case" not in text


def test_a_copy_is_the_same_octet_for_octet():
    assert composed(notice(), CHOICE, SENDER).as_bytes() == composed(notice(), CHOICE, SENDER).as_bytes()


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_no_title_can_add_a_header(end):
    hostile = notice(title_az=f"Salam{end}Bcc: everybody@else.example{end}{end}Text")
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        composed(hostile, CHOICE, SENDER)


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "a", "<a@b.example>"]
)
def test_no_address_can_add_a_header_or_a_recipient(address):
    with pytest.raises(ValueError, match="not the form"):
        composed(notice(), replace(CHOICE, addresses=(address,)), SENDER)


def test_what_it_is_made_of_is_seven_bits_in_lines_that_every_server_takes():
    long = notice(text_az="ə" * 4000, text_en=".\r\n.\r\nFrom me\r\n" + "x" * 3000)
    octets = composed(long, CHOICE, SENDER).as_bytes()
    assert octets.isascii()
    lines = octets.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert "ə" * 4000 in received(long).get_content()
