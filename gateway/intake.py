"""Intake: command → durable message → signed receipt. It never needs the register store.

The receipt is made before the message is published and travels inside it, so that the worker keeps the very
bytes the caller gets. It is handed out when, and only when, the broker has confirmed the message.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Final, Protocol

import structlog

from gateway.faults import RefusalError
from gateway.security.redaction import Evidence
from gateway.tracking import MAC_HEADER, TrackingIds
from handlers import messages, queue_names
from handlers.clock import Clock
from handlers.receipts.ledger import RequestConflictError
from handlers.receipts.model import StoredReceipt
from handlers.store.ports import StoreConflictError, StoreUnavailableError
from queues.broker import BrokerError, Publisher
from queues.message import Message
from queues.steps import reached
from queues.topology import QueueSpec

_log = structlog.get_logger(__name__)

QUEUE_OF_SERVICE: Final[Mapping[str, QueueSpec]] = {
    "registration": queue_names.REGISTRATION,
    "documents": queue_names.DOCUMENTS,
    "notices": queue_names.NOTICE_COMMANDS,
}

_REMEMBERED: Final = 10_000
_LEDGER_REST: Final = 5.0
"""Seconds for which a store that did not answer in time is not asked again."""


class Ledger(Protocol):
    """Where the receipts that were offered are kept, so that a repetition gets the original."""

    def offer(self, receipt: StoredReceipt, operation: str, now: datetime) -> StoredReceipt:
        """Keep `receipt`, or return the one kept for the same request; raises `RequestConflictError`."""


@dataclass(frozen=True, slots=True)
class AuthorisedCommand:
    """A command that passed every stage before intake."""

    agency: str
    system: str
    operation: str
    """`service.Operation`."""
    context: messages.RequestContext
    digest: str
    """SHA-256 of the canonical request, hexadecimal."""
    evidence: Evidence
    """The message as it may be kept."""
    command: messages.Command


@dataclass(frozen=True, slots=True, eq=False)
class _UnderWay:
    """An acceptance that is not over."""

    digest: str
    """Of what content."""
    outcome: Future[StoredReceipt] = field(default_factory=Future)


class Intake:
    """Accepts commands. Shared by all request threads of a process."""

    def __init__(
        self,
        *,
        publisher: Publisher,
        ledger: Ledger,
        tracking: TrackingIds,
        make_receipt: Callable[[str, AuthorisedCommand, datetime], bytes],
        clock: Clock,
        confirm_timeout: float,
        ledger_timeout: float,
    ) -> None:
        self._publisher = publisher
        self._ledger = ledger
        self._tracking = tracking
        self._make_receipt = make_receipt
        self._clock = clock
        self._confirm_timeout = confirm_timeout
        self._ledger_timeout = ledger_timeout
        self._ledger_rests_until = 0.0
        self._ledger_calls = ThreadPoolExecutor(max_workers=8, thread_name_prefix="ledger")
        self._recent: OrderedDict[tuple[str, str], StoredReceipt] = OrderedDict()
        self._under_way: dict[tuple[str, str], _UnderWay] = {}
        self._recent_lock = threading.Lock()

    def accept(self, command: AuthorisedCommand) -> StoredReceipt:
        """Publish `command`, wait for the confirm, and return the receipt to hand out.

        A repetition gets the original receipt, byte for byte. Raises `RefusalError`: `client.request.conflict` when the
        request id was used for other content, `server.broker.unavailable` when the broker did not confirm: the
        message may be in the queue all the same, and a repetition is recognised by its request id.
        """
        mine = _UnderWay(command.digest)
        until = monotonic() + self._confirm_timeout + 2 * self._ledger_timeout
        while (first := self._first_of(command, mine)) is not mine:
            if first.digest == command.digest:
                return _given_to_the_first(first, until)
            _require_refused(first, until)
        try:
            receipt = self._recent_receipt(command) or self._accept(command)
        except BaseException as error:
            self._done(command)
            mine.outcome.set_exception(error)
            raise
        self._done(command)
        mine.outcome.set_result(receipt)
        return receipt

    def _first_of(self, command: AuthorisedCommand, mine: _UnderWay) -> _UnderWay:
        """Whichever came first under the command's request id and is still under way: another, or `mine`."""
        with self._recent_lock:
            return self._under_way.setdefault((command.agency, command.context.request_id), mine)

    def _done(self, command: AuthorisedCommand) -> None:
        """Before the outcome is told: whoever waited for it and may try now must not meet it again."""
        with self._recent_lock:
            del self._under_way[command.agency, command.context.request_id]

    def _accept(self, command: AuthorisedCommand) -> StoredReceipt:
        now = _whole_milliseconds(self._clock())
        tracking_id = self._tracking.issue(command.agency)
        offered = StoredReceipt(
            tracking_id=tracking_id,
            agency=command.agency,
            request_id=command.context.request_id,
            digest=command.digest,
            received_at=now,
            receipt=self._make_receipt(tracking_id, command, now),
        )
        receipt = self._offer(offered, command.operation, now)
        self._publish(command, receipt, now)
        self._remember(receipt)
        return receipt

    def close(self) -> None:
        """Stop asking the ledger; the publisher belongs to the composition root."""
        self._ledger_calls.shutdown(wait=False, cancel_futures=True)

    def _recent_receipt(self, command: AuthorisedCommand) -> StoredReceipt | None:
        with self._recent_lock:
            known = self._recent.get((command.agency, command.context.request_id))
        return None if known is None else _same_content(known, command)

    def _remember(self, receipt: StoredReceipt) -> None:
        with self._recent_lock:
            self._recent[receipt.agency, receipt.request_id] = receipt
            while len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)

    def _offer(self, receipt: StoredReceipt, operation: str, now: datetime) -> StoredReceipt:
        """Ask the ledger, but never wait long for it: the store may be down, and intake must not be."""
        if monotonic() < self._ledger_rests_until:
            return receipt
        call = self._ledger_calls.submit(self._ledger.offer, receipt, operation, now)
        try:
            return call.result(timeout=self._ledger_timeout)
        except RequestConflictError as error:
            raise RefusalError("client.request.conflict", reason="INTAKE.REQUEST_ID.OTHER_CONTENT") from error
        except (StoreUnavailableError, StoreConflictError, FutureTimeoutError) as error:
            self._ledger_rests_until = monotonic() + _LEDGER_REST
            call.add_done_callback(self._ask_again)  # the moment an answer that was late arrives
            _log.warning("intake.without-ledger", cause=type(error).__name__, tracking_id=receipt.tracking_id)
            return receipt

    def _ask_again(self, late: Future[StoredReceipt]) -> None:
        if not late.cancelled() and not isinstance(late.exception(), StoreUnavailableError | StoreConflictError):
            self._ledger_rests_until = 0.0

    def _publish(self, command: AuthorisedCommand, receipt: StoredReceipt, now: datetime) -> None:
        service = command.operation.partition(".")[0]
        accepted = messages.AcceptedCommand(
            tracking_id=receipt.tracking_id,
            agency=command.agency,
            system=command.system,
            operation=command.operation,
            context=command.context,
            digest=command.digest,
            received_at=receipt.received_at,
            receipt=receipt.receipt,
            received=command.evidence.message,
            command=command.command,
        )
        body = messages.encode(accepted)
        message = Message(
            message_id=receipt.tracking_id,
            queue=QUEUE_OF_SERVICE[service].name,
            type=type(command.command).__name__,
            schema=messages.schema_of(accepted),
            body=body,
            created_at=now,
            headers={"tracking-id": receipt.tracking_id, MAC_HEADER: self._tracking.mac_of(body)},
        )
        confirmed = self._publisher.submit(message)
        reached("A3")
        try:
            confirmed.result(timeout=self._confirm_timeout)
        except (BrokerError, FutureTimeoutError) as error:
            confirmed.cancel()  # what was not sent yet need not be: the caller is told to send it again
            raise RefusalError(
                "server.broker.unavailable", reason=f"INTAKE.NOT_CONFIRMED.{type(error).__name__}"
            ) from error
        reached("A4")


def _given_to_the_first(first: _UnderWay, until: float) -> StoredReceipt:
    """What a copy gets that came while the first was under way: the same, also while the ledger is away."""
    try:
        return first.outcome.result(timeout=max(0.0, until - monotonic()))
    except RefusalError as error:
        raise RefusalError(error.code, error.reason) from error
    except FutureTimeoutError as error:
        raise RefusalError("server.broker.unavailable", reason="INTAKE.FIRST_COPY_UNDER_WAY") from error


def _require_refused(first: _UnderWay, until: float) -> None:
    """Return when `first`, of other content under the same request id, came to nothing: that says nothing of this one.

    Raises `RefusalError`: a conflict when `first` was accepted; unavailable when that is not known by `until`.
    """
    try:
        failed = first.outcome.exception(timeout=max(0.0, until - monotonic()))
    except FutureTimeoutError as error:
        raise RefusalError("server.broker.unavailable", reason="INTAKE.OTHER_CONTENT_UNDER_WAY") from error
    if failed is None:
        raise RefusalError("client.request.conflict", reason="INTAKE.REQUEST_ID.OTHER_CONTENT")


def _same_content(receipt: StoredReceipt, command: AuthorisedCommand) -> StoredReceipt:
    """The receipt of a repetition; raises `RefusalError` when the request id was used for other content."""
    if receipt.digest != command.digest:
        raise RefusalError("client.request.conflict", reason="INTAKE.REQUEST_ID.OTHER_CONTENT")
    return receipt


def _whole_milliseconds(moment: datetime) -> datetime:
    """The precision a receipt is written with, so that what is told and what is signed are the same."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
