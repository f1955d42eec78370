"""A notice as a mail: text alone, one for each notice, the same octets whenever it is sent again."""

from __future__ import annotations

from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from handlers.notices.delivery import DeliveryChoice, NoticeLanguage, is_address
from handlers.notices.model import Notice

_RULE: Final = "-" * 40
_FOOT_AZ: Final = (
    "Bu məktub avtomatik göndərilib, ona cavab verməyin. Bütün bildirişləri notices.PullNotices sorğusu ilə almaq olar."
)
_FOOT_EN: Final = "This mail was sent automatically; do not answer it. notices.PullNotices gives you all notices."


def message_id(notice: Notice, sender: str) -> str:
    """The Message-ID of a notice: whoever gets a copy can tell it by this."""
    return f"<{notice.notice_id}@{sender.rpartition('@')[2]}>"


def composed(notice: Notice, choice: DeliveryChoice, sender: str) -> EmailMessage:
    """The mail that tells of `notice`, to all addresses of the agency's choice, from the address `sender`.

    Raises `ValueError` for a line break in a title and for an address that has not the form of one: nothing in a notice
    or a choice can add a header or a recipient. The date is that of the notice, so that copies are the same.
    """
    if not all(is_address(each) for each in choice.addresses):
        raise ValueError("not the form of a mail address")
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(addr_spec=sender)
    mail["To"] = [Address(addr_spec=each) for each in choice.addresses]
    mail["Subject"] = _subject(notice, choice.language)
    mail["Date"] = notice.created_at
    mail["Message-ID"] = message_id(notice, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence is told to us
    mail.set_content(_text(notice, choice.language), charset="utf-8", cte="quoted-printable")
    return mail


def _subject(notice: Notice, language: NoticeLanguage) -> str:
    return notice.title_en if language is NoticeLanguage.EN else notice.title_az


def _text(notice: Notice, language: NoticeLanguage) -> str:
    parts = []
    if language is not NoticeLanguage.EN:
        parts.append("\n\n".join((notice.title_az, notice.text_az, "\n".join(_facts_az(notice)), _FOOT_AZ)))
    if language is not NoticeLanguage.AZ:
        parts.append("\n\n".join((notice.title_en, notice.text_en, "\n".join(_facts_en(notice)), _FOOT_EN)))
    return f"\n\n{_RULE}\n\n".join(parts) + "\n"


def _facts_az(notice: Notice) -> Iterator[str]:
    yield f"Bildirişin sıra nömrəsi: {notice.sequence}"
    if notice.due_on is not None:
        yield f"Son gün: {notice.due_on}"
    if notice.link is not None:
        yield f"İş: {notice.link}"


def _facts_en(notice: Notice) -> Iterator[str]:
    yield f"Number of the notice: {notice.sequence}"
    if notice.due_on is not None:
        yield f"Last day: {notice.due_on}"
    if notice.link is not None:
        yield f"The case: {notice.link}"
