"""Choosing how notices reach an agency: by its own command, or by the operator for it."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace
from sqlalchemy import Connection

from handlers.messages import AcceptedCommand, SetDelivery
from handlers.notices.delivery import (
    UNSET,
    DeliveryChoice,
    DeliveryMethod,
    DeliveryReport,
    DeliverySetting,
    SetBy,
    ground_against_choice,
)
from handlers.parties.model import Act
from handlers.receipts.model import Ground
from handlers.store import deliveries, notices
from handlers.work import Outcome, Work


def set_delivery(work: Work, accepted: AcceptedCommand, *, offered: Collection[DeliveryMethod]) -> Outcome:
    """Take over an agency's choice; refused when this installation does not offer the method, or cannot follow it.

    It is the calling agency, or the one that it acts for.
    """
    command = accepted.command
    assert isinstance(command, SetDelivery)
    ground = ground_against_choice(command.choice, offered)
    if ground is None:
        setting = DeliverySetting(
            version=0,
            choice=command.choice,
            set_at=work.now,
            set_by=SetBy.AGENCY,
            by=accepted.system,
            tracking_id=accepted.tracking_id,
        )
        _take_over(work.connection, accepted.acts_for, setting)
    return Outcome(ground=ground)


def choose_for(
    connection: Connection, agency: str, choice: DeliveryChoice, act: Act, offered: Collection[DeliveryMethod]
) -> Ground | None:
    """Set by the operator how an agency's notices are delivered; why it cannot be, or None when it is done."""
    ground = ground_against_choice(choice, offered)
    if ground is None:
        setting = DeliverySetting(
            version=0, choice=choice, set_at=act.at, set_by=SetBy.OPERATOR, by=act.by, reason=act.reason
        )
        _take_over(connection, agency, setting)
    return ground


def report(connection: Connection, agency: str, offered: Collection[DeliveryMethod]) -> DeliveryReport:
    """How an agency's notices are delivered, and how far that has come."""
    setting = deliveries.standing_setting(connection, agency) or UNSET
    progress = deliveries.progress(connection, agency)
    last = notices.last_sequence(connection, agency)
    sends = setting.choice.method is not DeliveryMethod.PULL
    return DeliveryReport(
        method=setting.choice.method,
        addresses=setting.choice.addresses,
        language=setting.choice.language,
        unwanted_kinds=setting.choice.unwanted_kinds,
        version=setting.version,
        set_at=setting.set_at,
        set_by=setting.set_by,
        offered=tuple(each for each in DeliveryMethod if each in offered),
        last_sequence=last,
        last_delivered=progress.last_delivered if progress else None,
        last_delivered_at=progress.last_delivered_at if progress else None,
        waiting=last - progress.settled if progress and sends else 0,
        given_up=progress.given_up if progress else 0,
        last_error=progress.last_error if progress else None,
        last_error_at=progress.last_error_at if progress else None,
        next_try_at=progress.next_try_at if progress and sends else None,
    )


def delivery_settings(connection: Connection, agency: str) -> tuple[DeliverySetting, ...]:
    """Every setting that stood for an agency, oldest first: who chose it, when and why."""
    return deliveries.settings(connection, agency)


def _take_over(connection: Connection, agency: str, chosen: DeliverySetting) -> None:
    """Make a choice the next version, unless it stands already.

    Sending begins with what is written from now on; a change of addresses or language goes on where sending was.
    """
    standing = deliveries.standing_setting(connection, agency) or UNSET
    choice = replace(
        chosen.choice,
        addresses=tuple(dict.fromkeys(chosen.choice.addresses)),
        unwanted_kinds=tuple(sorted(set(chosen.choice.unwanted_kinds))),
    )
    if choice == standing.choice:
        return
    version = standing.version + 1
    deliveries.add_setting(connection, agency, replace(chosen, version=version, choice=choice))
    goes_on = standing.choice.method is choice.method and standing.version > 0
    settled = None if goes_on else notices.last_sequence(connection, agency)
    assert chosen.set_at is not None
    deliveries.move(connection, agency, version, settled=settled, now=chosen.set_at)
