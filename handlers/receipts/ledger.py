"""The ledger of receipts: a request that is sent again gets the receipt it got the first time."""

from __future__ import annotations

from datetime import datetime

from handlers.receipts.model import StoredReceipt
from handlers.store import inbox
from handlers.store.ports import Store


class RequestConflictError(Exception):
    """The agency used this request id before, for a request with other content."""


class ReceiptLedger:
    """Keeps what intake offers, each in a short transaction of its own, before the command is published."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def offer(self, receipt: StoredReceipt, operation: str, now: datetime) -> StoredReceipt:
        """Keep `receipt` for its agency and request id, or return the one that was kept for them earlier.

        Raises `RequestConflictError` when the earlier one is for other content, and `StoreUnavailableError` when the
        store is away; intake then goes on without, and the worker recognises the repetition.
        """
        with self._store.writing() as connection:
            kept = inbox.offer(connection, receipt, operation, now)
        if kept.digest != receipt.digest:
            raise RequestConflictError(f"request id {receipt.request_id} stands for other content")
        return kept
