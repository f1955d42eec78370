"""Receipt ledger and record of effects: one row for each request id of an agency, and the tracking ids given for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, func, literal, null, select, union_all, update

from handlers.messages import AcceptedCommand
from handlers.receipts.model import StoredReceipt
from handlers.store.tables import inbox, received_message, tracking_alias
from handlers.store.upsert import insert_into
from handlers.work import Outcome


class InboxState(StrEnum):
    """OFFERED: a receipt was offered; nothing was done yet. The other two are final."""

    OFFERED = "OFFERED"
    APPLIED = "APPLIED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class InboxRow:
    """What is known of a request id; locked for the caller until its transaction ends."""

    tracking_id: str
    digest: str
    state: InboxState


def offer(connection: Connection, receipt: StoredReceipt, operation: str, now: datetime) -> StoredReceipt:
    """Keep `receipt` unless its request id has one; return the one that is kept, whatever its digest."""
    kept = connection.execute(
        insert_into(connection, inbox)
        .values(
            agency=receipt.agency,
            request_id=receipt.request_id,
            digest=receipt.digest,
            tracking_id=receipt.tracking_id,
            operation=operation,
            state=InboxState.OFFERED,
            receipt=receipt.receipt,
            received_at=receipt.received_at,
            offered_at=now,
        )
        .on_conflict_do_nothing(index_elements=[inbox.c.agency, inbox.c.request_id])
        .returning(inbox.c.tracking_id)
    ).first()
    if kept is not None:
        return receipt
    row = connection.execute(
        select(inbox).where(inbox.c.agency == receipt.agency, inbox.c.request_id == receipt.request_id)
    ).mappings()
    return _receipt(row.one())


def take(connection: Connection, accepted: AcceptedCommand) -> InboxRow:
    """The row of the command's request id, made if intake could not offer one, locked either way.

    One statement: the update that changes nothing is what makes the database wait for, lock and return a row that
    is there already.
    """
    values = insert_into(connection, inbox).values(
        agency=accepted.agency,
        request_id=accepted.context.request_id,
        digest=accepted.digest,
        tracking_id=accepted.tracking_id,
        operation=accepted.operation,
        state=InboxState.OFFERED,
        receipt=accepted.receipt,
        received_at=accepted.received_at,
        offered_at=accepted.received_at,
    )
    row = connection.execute(
        values.on_conflict_do_update(
            index_elements=[inbox.c.agency, inbox.c.request_id], set_={"digest": inbox.c.digest}
        ).returning(inbox.c.tracking_id, inbox.c.digest, inbox.c.state)
    ).one()
    return InboxRow(row.tracking_id, row.digest, InboxState(row.state))


def finish(connection: Connection, accepted: AcceptedCommand, outcome: Outcome, now: datetime) -> None:
    """Write down what became of the command."""
    ground = outcome.ground
    connection.execute(
        update(inbox)
        .where(inbox.c.agency == accepted.agency, inbox.c.request_id == accepted.context.request_id)
        .values(
            state=InboxState.APPLIED if ground is None else InboxState.REFUSED,
            processed_at=now,
            subject=outcome.subject,
            ground_code=ground and ground.code,
            ground_text_az=ground and ground.text_az,
            ground_text_en=ground and ground.text_en,
        )
    )


def add_alias(
    connection: Connection, accepted: AcceptedCommand, original_tracking_id: str, *, conflict: bool, now: datetime
) -> bool:
    """Remember a further tracking id that was given out for a request id; False when it was known already."""
    added = connection.execute(
        insert_into(connection, tracking_alias)
        .values(
            tracking_id=accepted.tracking_id,
            agency=accepted.agency,
            request_id=accepted.context.request_id,
            original_tracking_id=original_tracking_id,
            digest=accepted.digest,
            operation=accepted.operation,
            conflict=conflict,
            receipt=accepted.receipt,
            received_at=accepted.received_at,
            processed_at=now,
        )
        .on_conflict_do_nothing(index_elements=[tracking_alias.c.tracking_id])
        .returning(tracking_alias.c.tracking_id)
    )
    return added.first() is not None


def keep_received(connection: Connection, accepted: AcceptedCommand) -> None:
    """Keep the bytes as they came: evidence. What is kept under a tracking id never changes."""
    connection.execute(
        insert_into(connection, received_message)
        .values(
            tracking_id=accepted.tracking_id,
            agency=accepted.agency,
            received_at=accepted.received_at,
            message=accepted.received,
        )
        .on_conflict_do_nothing(index_elements=[received_message.c.tracking_id])
    )


def find_received(connection: Connection, agency: str, tracking_id: str) -> bytes | None:
    """The bytes that were received under a tracking id of `agency`, or None while nothing was processed under it."""
    table = received_message.c
    return connection.scalar(select(table.message).where(table.tracking_id == tracking_id, table.agency == agency))


def find(connection: Connection, agency: str, tracking_id: str) -> RowMapping | None:
    """What is known under a tracking id of `agency`: the columns of `inbox` and `conflict`, `original_tracking_id`.

    For a further tracking id, digest, receipt and times are its own, state and subject those of the original.
    """
    original, alias = inbox.c, tracking_alias.c
    shared = (original.agency, original.request_id, original.state, original.subject)
    grounds = (original.ground_code, original.ground_text_az, original.ground_text_en)
    own = (original.tracking_id, original.digest, original.operation, original.receipt)
    first = select(
        *shared,
        *grounds,
        *own,
        original.received_at,
        original.processed_at,
        literal(value=False).label("conflict"),
        null().label("original_tracking_id"),
    ).where(original.tracking_id == tracking_id, original.agency == agency)
    further = (
        select(
            *shared,
            *grounds,
            alias.tracking_id,
            alias.digest,
            alias.operation,
            alias.receipt,
            alias.received_at,
            alias.processed_at,
            alias.conflict,
            alias.original_tracking_id,
        )
        .join(inbox, original.tracking_id == alias.original_tracking_id)
        .where(alias.tracking_id == tracking_id, alias.agency == agency)
    )
    return connection.execute(union_all(first, further)).mappings().first()


def waiting(connection: Connection) -> list[tuple[str, int, datetime]]:
    """Operation, number and oldest offer of the requests that were offered a receipt and not processed yet."""
    column = inbox.c
    statement = (
        select(column.operation, func.count(), func.min(column.offered_at))
        .where(column.state == InboxState.OFFERED)
        .group_by(column.operation)
        .order_by(column.operation)
    )
    return [(operation, count, oldest) for operation, count, oldest in connection.execute(statement)]


def is_used(connection: Connection) -> bool:
    """Whether there is any row."""
    return connection.scalar(select(select(inbox.c.agency).exists())) is True


def find_receipt(connection: Connection, agency: str, tracking_id: str) -> StoredReceipt | None:
    """The receipt given under a tracking id of `agency`, byte for byte."""
    row = find(connection, agency, tracking_id)
    return None if row is None else _receipt(row)


def _receipt(row: RowMapping) -> StoredReceipt:
    return StoredReceipt(
        tracking_id=row["tracking_id"],
        agency=row["agency"],
        request_id=row["request_id"],
        digest=row["digest"],
        received_at=row["received_at"],
        receipt=bytes(row["receipt"]),
    )
