"""How notices reach an agency beside being pulled: its setting, what it may ask for, and when a failure is tried again.

Every notice can always be pulled, whatever the setting says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from handlers.notices.model import NoticeKind
from handlers.notices.texts import DISPENSABLE
from handlers.receipts.model import Ground
from handlers.record import Record

MOST_ADDRESSES: Final = 10
"""Mail addresses (a number) of one agency at the most."""
REFUSALS_BORNE: Final = 8
"""After so many tries (a number) that the mail server refused for good, a notice is left to be pulled, some two hours
after the first: a mailbox that is gone must not hold up what its agency is told later."""
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=1)

_LABEL: Final = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM: Final = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
ADDRESS_PATTERN: Final = rf"{_ATOM}(\.{_ATOM})*@({_LABEL}\.)+{_LABEL}"
"""A mail address (RFC 5321 §4.1.2), a domain of other letters in its xn-- form: nothing in it can end a header."""
LONGEST_ADDRESS: Final = 254
_ADDRESS: Final = re.compile(ADDRESS_PATTERN)


class DeliveryMethod(StrEnum):
    """The way notices go to an agency (contract page)."""

    PULL = "PULL"
    QUEUE = "QUEUE"
    CALL_BACK = "CALL_BACK"
    MAIL = "MAIL"


class NoticeLanguage(StrEnum):
    """Languages of what is sent."""

    AZ = "AZ"
    EN = "EN"
    BOTH = "BOTH"


class SetBy(StrEnum):
    """Who chose a setting."""

    AGENCY = "AGENCY"
    OPERATOR = "OPERATOR"


class DeliveryState(StrEnum):
    """What became of sending a notice."""

    WAITING = "WAITING"
    """It failed and is tried again."""
    DELIVERED = "DELIVERED"
    PASSED_OVER = "PASSED_OVER"
    """The agency does without notices of this kind."""
    GIVEN_UP = "GIVEN_UP"
    """Refused for good too often; it can be pulled."""


class DeliveryFailure(StrEnum):
    """Why sending failed: a class, never the server's words, which may quote addresses and texts."""

    UNREACHABLE = "UNREACHABLE"
    TOO_SLOW = "TOO_SLOW"
    TLS_NOT_OFFERED = "TLS_NOT_OFFERED"
    TLS_FAILED = "TLS_FAILED"
    LOGIN_FAILED = "LOGIN_FAILED"
    SENDER_REFUSED = "SENDER_REFUSED"
    ADDRESS_REFUSED = "ADDRESS_REFUSED"
    MESSAGE_REFUSED = "MESSAGE_REFUSED"
    TRY_LATER = "TRY_LATER"
    """The server asked for another try (4xx)."""
    PROTOCOL = "PROTOCOL"
    """The server answered what no mail server may answer."""

    @property
    def is_final(self) -> bool:
        """Whether it lies in the address or the notice, so that other notices would go through."""
        return self in (DeliveryFailure.ADDRESS_REFUSED, DeliveryFailure.MESSAGE_REFUSED)


class DeliveryChoice(Record, frozen=True, kw_only=True):
    """What an agency, or the operator for it, asks for."""

    method: DeliveryMethod
    addresses: tuple[str, ...] = ()
    """Mail addresses; needed for MAIL, kept with other methods."""
    language: NoticeLanguage = NoticeLanguage.BOTH
    unwanted_kinds: tuple[NoticeKind, ...] = ()
    """Kinds that are not sent; they are pulled like all."""


class DeliverySetting(Record, frozen=True, kw_only=True):
    """A choice that stands or stood, with who made it and when. Versions are never changed, the highest one stands."""

    version: int
    """1 for the first; 0: nobody chose yet."""
    choice: DeliveryChoice
    set_at: datetime | None = None
    set_by: SetBy | None = None
    by: str = ""
    """Code of the agency's system, or who of the operator's staff."""
    reason: str = ""
    tracking_id: str | None = None
    """Of the command that set it."""


UNSET: Final = DeliverySetting(version=0, choice=DeliveryChoice(method=DeliveryMethod.PULL))
"""What stands until somebody chooses."""


class DeliveryReport(Record, frozen=True, kw_only=True):
    """How an agency's notices are delivered and how far that has come."""

    method: DeliveryMethod
    addresses: tuple[str, ...] = ()
    language: NoticeLanguage
    unwanted_kinds: tuple[NoticeKind, ...] = ()
    version: int
    set_at: datetime | None = None
    set_by: SetBy | None = None
    offered: tuple[DeliveryMethod, ...] = ()
    last_sequence: int
    """Highest sequence number the agency has at all; 0: none yet."""
    last_delivered: int | None = None
    """Sequence number of the newest notice that was sent; None: none ever was."""
    last_delivered_at: datetime | None = None
    waiting: int
    """Notices that are still to be sent; 0 with PULL."""
    given_up: int
    """Notices that could not be sent and are there to be pulled."""
    last_error: DeliveryFailure | None = None
    """Of the newest notice that was not taken yet, not at all, or not by every address; None: there is none."""
    last_error_at: datetime | None = None
    next_try_at: datetime | None = None


def is_address(value: str) -> bool:
    """Whether `value` has the form of a mail address."""
    return len(value) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(value) is not None


def next_try(attempts: int, now: datetime) -> datetime:
    """When a notice that failed `attempts` times (1 or more) is tried again: after 1, 2, 4 … minutes, at most 60."""
    doubled = 1 << min(attempts - 1, 10)
    return now + min(_LONGEST_PAUSE, _FIRST_PAUSE * doubled)


def gives_up(failure: DeliveryFailure, attempts: int) -> bool:
    """Whether a notice that failed so often, this time by `failure`, is no longer tried."""
    return failure.is_final and attempts >= REFUSALS_BORNE


def ends_incomplete(failure: DeliveryFailure, attempts: int) -> bool:
    """Whether a notice that one address took is no longer tried at those that are left.

    A refusal for good ends it at once; a mailbox that is full, and so refuses for now without end, after
    `REFUSALS_BORNE` tries: it must not hold up what the address that takes mails is told later.
    """
    return failure.is_final or (failure is DeliveryFailure.TRY_LATER and attempts >= REFUSALS_BORNE)


def ground_against_choice(choice: DeliveryChoice, offered: Collection[DeliveryMethod]) -> Ground | None:
    """Why a choice cannot be had; None: it can."""
    if choice.method not in offered:
        there_are = _listed(each for each in DeliveryMethod if each in offered)
        return Ground(
            code="DELIVERY_NOT_OFFERED",
            text_az=f"{choice.method} üsulu bu quraşdırmada təklif edilmir. Təklif edilən üsullar: {there_are}.",
            text_en=f"{choice.method} is not offered by this installation. It offers: {there_are}.",
        )
    if choice.method is DeliveryMethod.MAIL and not choice.addresses:
        return Ground(
            code="DELIVERY_ADDRESS_MISSING",
            text_az="MAIL üsulu üçün ən azı bir e-poçt ünvanı göstərilməlidir.",
            text_en="MAIL needs at least one mail address; give it.",
        )
    return _ground_against_addresses(choice.addresses) or _ground_against_kinds(choice.unwanted_kinds)


def _ground_against_addresses(addresses: tuple[str, ...]) -> Ground | None:
    malformed = [each for each in addresses if not is_address(each)]
    if not malformed and len(addresses) <= MOST_ADDRESSES:
        return None
    return Ground(
        code="DELIVERY_ADDRESS_INVALID",
        text_az=f"Ən çoxu {MOST_ADDRESSES} e-poçt ünvanı, hər biri ad@domen şəklində, latın hərfləri ilə "
        f"göstərilməlidir; yararsız ünvanların sayı: {len(malformed)}.",
        text_en=f"Give {MOST_ADDRESSES} mail addresses at the most, each of the form name@domain in Latin letters; "
        f"that many are not: {len(malformed)}.",
    )


def _ground_against_kinds(unwanted: tuple[NoticeKind, ...]) -> Ground | None:
    needed = [each for each in unwanted if each not in DISPENSABLE]
    if not needed:
        return None
    may = _listed(each for each in NoticeKind if each in DISPENSABLE)
    return Ground(
        code="NOTICE_KIND_OBLIGATORY",
        text_az=f"Bu bildirişlərdən imtina etmək olmaz: {_listed(needed)}. İmtina edilə bilənlər: {may}.",
        text_en=f"These notices cannot be done without: {_listed(needed)}. These can: {may}.",
    )


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(codes)
