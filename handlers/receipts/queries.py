"""What became of an accepted command, and its receipt, for the agency that sent it and nobody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from handlers.receipts.grounds import REQUEST_CONFLICT
from handlers.receipts.model import CommandState, CommandStatus, Ground, StoredReceipt
from handlers.store import inbox
from handlers.store.inbox import InboxState

_STATES = {
    InboxState.OFFERED: CommandState.ACCEPTED,
    InboxState.APPLIED: CommandState.APPLIED,
    InboxState.REFUSED: CommandState.REFUSED,
}


def get_status(connection: Connection, agency: str, tracking_id: str) -> CommandStatus | None:
    """Where the command of `agency` with this tracking id is; None when the store knows nothing of it.

    None does not mean that it was never accepted: while the store was away at intake, a command is in the queue only.
    A repetition has the state of the command it repeats, and names its tracking id.
    """
    row = inbox.find(connection, agency, tracking_id)
    if row is None:
        return None
    conflict = row["conflict"]
    state = CommandState.REFUSED if conflict else _STATES[InboxState(row["state"])]
    return CommandStatus(
        tracking_id=tracking_id,
        state=state,
        operation=row["operation"],
        received_at=row["received_at"],
        processed_at=row["processed_at"],
        subject=None if conflict else row["subject"],
        original_tracking_id=None if conflict else row["original_tracking_id"],
        ground=REQUEST_CONFLICT
        if conflict
        else _ground(row["ground_code"], row["ground_text_az"], row["ground_text_en"]),
    )


def get_receipt(connection: Connection, agency: str, tracking_id: str) -> StoredReceipt | None:
    """The receipt that `agency` was given under this tracking id, byte for byte; None when the store has none."""
    return inbox.find_receipt(connection, agency, tracking_id)


def commands_waiting(connection: Connection) -> list[tuple[str, int, datetime]]:
    """Operation, number and oldest receipt of the commands of all agencies that are not processed yet."""
    return inbox.waiting(connection)


def any_command(connection: Connection) -> bool:
    """Whether the store knows of any command at all, processed or not."""
    return inbox.is_used(connection)


def _ground(code: str | None, text_az: str, text_en: str) -> Ground | None:
    return None if code is None else Ground(code=code, text_az=text_az, text_en=text_en)
