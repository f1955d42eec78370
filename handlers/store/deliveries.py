"""How notices are delivered: the settings of agencies, how far each has come, and the ledger of every try."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, and_, func, insert, or_, select, update

from handlers.notices.delivery import (
    DeliveryChoice,
    DeliveryFailure,
    DeliveryMethod,
    DeliverySetting,
    DeliveryState,
)
from handlers.record import Record
from handlers.store.rows import columns_of, record_of
from handlers.store.tables import notice_counter
from handlers.store.tables_delivery import delivery_position, delivery_setting, notice_delivery
from handlers.store.upsert import insert_into

_position: Final = delivery_position.c
_setting: Final = delivery_setting.c
_row: Final = notice_delivery.c


class Claim(Record, frozen=True, kw_only=True):
    """The notice that is an agency's next to be sent, leased to whoever claimed it."""

    agency: str
    sequence: int
    attempts: int
    """How often it was tried before."""
    setting: DeliverySetting
    settled_addresses: tuple[str, ...] = ()
    """Addresses that took it or refused it for good."""
    is_incomplete: bool = False
    """Whether one of those refused it."""


class LedgerRow(Record, frozen=True, kw_only=True):
    """What became of sending one notice."""

    agency: str
    sequence: int
    state: DeliveryState
    method: DeliveryMethod
    version: int
    """Of the setting by which it was dealt with last."""
    attempts: int = 0
    next_try_at: datetime | None = None
    delivered_at: datetime | None = None
    error: DeliveryFailure | None = None
    error_at: datetime | None = None
    settled_addresses: tuple[str, ...] = ()
    """Addresses that took it or refused it for good."""
    is_incomplete: bool = False
    """Whether one of those refused it."""


class Progress(Record, frozen=True, kw_only=True):
    """How far sending has come for an agency."""

    settled: int
    """Every notice up to this number was dealt with, or was written before sending began."""
    last_delivered: int | None
    last_delivered_at: datetime | None
    given_up: int
    last_error: DeliveryFailure | None
    last_error_at: datetime | None
    next_try_at: datetime | None


def settings(connection: Connection, agency: str) -> tuple[DeliverySetting, ...]:
    """Every setting that stood for an agency, oldest first; the last one stands."""
    rows = connection.execute(select(delivery_setting).where(_setting.agency == agency).order_by(_setting.version))
    return tuple(_setting_of(row) for row in rows.mappings())


def standing_setting(connection: Connection, agency: str) -> DeliverySetting | None:
    """The setting that stands; None: nobody chose yet."""
    newest = select(delivery_setting).where(_setting.agency == agency).order_by(_setting.version.desc()).limit(1)
    row = connection.execute(newest).mappings().one_or_none()
    return None if row is None else _setting_of(row)


def add_setting(connection: Connection, agency: str, setting: DeliverySetting) -> None:
    """Keep a further version of an agency's setting."""
    values = columns_of(setting, "choice") | columns_of(setting.choice)
    connection.execute(insert(delivery_setting).values(agency=agency, **values))


def move(connection: Connection, agency: str, version: int, *, settled: int | None, now: datetime) -> None:
    """Have the setting of that version stand; what waits for another try has it now.

    `settled`: sending begins after this number, and what waited before it is passed over; None: it goes on where it is.
    """
    waiting = and_(_row.agency == agency, _row.state == DeliveryState.WAITING)
    changed: dict[str, Any] = {"version": version} if settled is None else {"version": version, "settled": settled}
    connection.execute(
        insert_into(connection, delivery_position)
        .values(agency=agency, version=version, settled=settled or 0)
        .on_conflict_do_update(index_elements=[_position.agency], set_=changed)
    )
    if settled is None:
        connection.execute(update(notice_delivery).where(waiting).values(next_try_at=now))
    else:
        over = {"state": DeliveryState.PASSED_OVER, "next_try_at": None}
        connection.execute(update(notice_delivery).where(waiting, _row.sequence <= settled).values(over))


def is_any_due(connection: Connection, method: DeliveryMethod, now: datetime, lease: timedelta) -> bool:
    """Whether `claim` would find something; it locks nothing."""
    return connection.execute(_due(method, now, lease)).first() is not None


def claim(
    connection: Connection, method: DeliveryMethod, now: datetime, *, lease: timedelta, owner: str
) -> Claim | None:
    """The next notice of the agency that has waited longest among those with something due, leased to `owner`.

    Of one agency only one notice is leased at a time, so that they leave in the order of their numbers.
    """
    due = _due(method, now, lease).with_for_update(of=delivery_position, skip_locked=True)
    row = connection.execute(due).mappings().first()
    if row is None:
        return None
    connection.execute(
        update(delivery_position)
        .where(_position.agency == row["agency"])
        .values(leased_until=now + lease, lease_owner=owner)
    )
    return Claim(
        agency=row["agency"],
        sequence=row["settled"] + 1,
        attempts=row["attempts_before"] or 0,
        setting=_setting_of(row),
        settled_addresses=tuple(row["settled_addresses"] or ()),
        is_incomplete=bool(row["is_incomplete"]),
    )


def record(connection: Connection, row: LedgerRow) -> None:
    """Note what became of a notice; what was delivered stays delivered."""
    statement = insert_into(connection, notice_delivery).values(columns_of(row))
    kept = {name: statement.excluded[name] for name in row.__struct_fields__ if name not in ("agency", "sequence")}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[_row.agency, _row.sequence], set_=kept, where=_row.state != DeliveryState.DELIVERED
        )
    )


def settle(connection: Connection, agency: str, sequence: int) -> None:
    """The notice of that number needs nothing more: the next one may leave."""
    connection.execute(
        update(delivery_position)
        .where(_position.agency == agency, _position.settled == sequence - 1)
        .values(settled=sequence)
    )


def release(connection: Connection, agency: str, owner: str, now: datetime) -> None:
    """Give back what was claimed; since when nobody works for the agency decides whose turn is next."""
    connection.execute(
        update(delivery_position)
        .where(_position.agency == agency, _position.lease_owner == owner)
        .values(leased_until=now, lease_owner=None)
    )


def ledger(connection: Connection, agency: str) -> list[LedgerRow]:
    """What became of each of an agency's notices, in order."""
    rows = connection.execute(select(notice_delivery).where(_row.agency == agency).order_by(_row.sequence))
    return [record_of(LedgerRow, row) for row in rows.mappings()]


def progress(connection: Connection, agency: str) -> Progress | None:
    """How far sending has come; None: it never began."""
    settled = connection.scalar(select(_position.settled).where(_position.agency == agency))
    if settled is None:
        return None
    of_agency = select(notice_delivery).where(_row.agency == agency)
    delivered = connection.execute(
        of_agency.where(_row.state == DeliveryState.DELIVERED).order_by(_row.sequence.desc()).limit(1)
    ).first()
    failed = connection.execute(
        of_agency.where(_row.error_at.is_not(None)).order_by(_row.error_at.desc(), _row.sequence.desc()).limit(1)
    ).first()
    given_up = (
        select(func.count())
        .select_from(notice_delivery)
        .where(_row.agency == agency, _row.error_at.is_not(None), _row.state == DeliveryState.GIVEN_UP)
    )
    upcoming = select(_row.next_try_at).where(_row.agency == agency, _row.sequence == settled + 1)
    return Progress(
        settled=settled,
        last_delivered=None if delivered is None else delivered.sequence,
        last_delivered_at=None if delivered is None else delivered.delivered_at,
        given_up=connection.scalar(given_up) or 0,
        last_error=None if failed is None else DeliveryFailure(failed.error),
        last_error_at=None if failed is None else failed.error_at,
        next_try_at=connection.scalar(upcoming),
    )


def _due(method: DeliveryMethod, now: datetime, lease: timedelta) -> Select[Any]:
    # A lease far in the future was taken before the clock was set back: it binds nobody.
    free = or_(
        _position.leased_until.is_(None), _position.leased_until <= now, _position.leased_until > now + 2 * lease
    )
    return (
        select(
            delivery_setting,
            _position.settled,
            _row.attempts.label("attempts_before"),
            _row.settled_addresses,
            _row.is_incomplete,
        )
        .select_from(delivery_position)
        .join(delivery_setting, and_(_setting.agency == _position.agency, _setting.version == _position.version))
        .join(notice_counter, notice_counter.c.agency == _position.agency)
        .outerjoin(notice_delivery, and_(_row.agency == _position.agency, _row.sequence == _position.settled + 1))
        .where(
            _setting.method == method,
            notice_counter.c.last_sequence > _position.settled,
            or_(_row.next_try_at.is_(None), _row.next_try_at <= now),
            free,
        )
        .order_by(_position.leased_until.asc().nulls_first(), _position.agency)
        .limit(1)
    )


def _setting_of(row: RowMapping) -> DeliverySetting:
    return record_of(DeliverySetting, row, choice=record_of(DeliveryChoice, row))
