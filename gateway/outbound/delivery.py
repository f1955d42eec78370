"""Sends notices by mail to the agencies that chose it, in the order of their numbers.

Once for each notice, as far as SMTP lets one know: a process that dies, or a connection that breaks, between the mail
and its answer leaves open whether the server took it. It is sent again then, with the same Message-ID and the same
octets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from email.message import EmailMessage
from typing import Final, Protocol
from uuid import uuid4

import structlog

from gateway.outbound.mail import composed
from gateway.outbound.smtp import MailError
from handlers.clock import Clock
from handlers.notices.delivering import Deliveries, Outgoing
from handlers.notices.delivery import DeliveryFailure, DeliveryMethod, DeliveryState
from handlers.store.ports import Store, StoreConflictError, StoreUnavailableError
from queues.loop import Loop, where

_log = structlog.get_logger(__name__)

_EVERY: Final = 5.0
"""Seconds between two looks when nothing is due."""
_SOON: Final = 30.0
"""Seconds until the next look after one that the store did not answer, or that failed in another way."""


class Sender(Protocol):
    """What hands a mail to a server."""

    def send(self, mail: EmailMessage, addresses: tuple[str, ...]) -> Mapping[str, MailError]:
        """The addresses that were refused, and why; raises `MailError` when none was taken, or the mail was not."""


class MailDelivery:
    """Looks every few seconds and sends all that is due; any number of processes may."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        clock: Clock,
        *,
        sender_address: str,
        lease: timedelta,
        every: float = _EVERY,
        soon: float = _SOON,
    ) -> None:
        """`sender_address`: whom mails are from. `lease`: longer than sending a mail can take."""
        self._deliveries = Deliveries(store, DeliveryMethod.MAIL, lease=lease, owner=uuid4().hex)
        self._sender = sender
        self._address = sender_address
        self._clock = clock
        self._every = every
        self._soon = soon
        self._unmarked: Callable[[], None] | None = None
        self._loop = Loop("mail", self._round)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._loop.start()

    def stop(self, timeout: float) -> bool:
        """Finish the mail that is under way; False when that took longer than `timeout` seconds."""
        return self._loop.stop(timeout)

    def send_due(self) -> int:
        """Send what is due, until nothing is or the end is asked for; how many were sent. Raises what the store raises.

        What became of a mail is kept until the store has taken it: nothing else is sent before.
        """
        sent = 0
        while True:
            self._mark()
            outgoing = None if self._loop.stopping else self._deliveries.next(self._clock())
            if outgoing is None:
                return sent
            sent += self._send(outgoing)
            self._mark()

    def _send(self, outgoing: Outgoing) -> bool:
        try:
            mail = self._composed(outgoing)
            refused = self._sender.send(mail, outgoing.addresses)
        except MailError as error:
            self._note_failure(outgoing, error)
            return False
        taken = [each for each in outgoing.addresses if each not in refused]
        failures = {address: each.failure for address, each in refused.items()}
        self._unmarked = lambda: self._note_taken(outgoing, taken, failures)
        # What was mailed must be told whatever the store says to it; addresses are no matter for a log.
        _log.info("notice.mailed", agency=outgoing.agency, sequence=outgoing.notice.sequence, every_address=not refused)
        return True

    def _note_taken(self, outgoing: Outgoing, taken: list[str], refused: dict[str, DeliveryFailure]) -> None:
        state = self._deliveries.taken(outgoing, taken, refused, self._clock())
        if state is DeliveryState.WAITING:
            _log.warning(
                "notice.partly-mailed", agency=outgoing.agency, sequence=outgoing.notice.sequence, refused=len(refused)
            )

    def _composed(self, outgoing: Outgoing) -> EmailMessage:
        try:
            return composed(outgoing.notice, outgoing.setting.choice, self._address)
        except ValueError as error:  # no notice that cannot be a mail may hold up those after it
            raise MailError(DeliveryFailure.MESSAGE_REFUSED) from error

    def _note_failure(self, outgoing: Outgoing, error: MailError) -> None:
        def mark() -> None:
            state = self._deliveries.failed(outgoing, error.failure, self._clock())
            # What the server said may quote addresses, so that only its code is logged.
            _log.warning(
                "notice.given-up" if state is DeliveryState.GIVEN_UP else "notice.not-mailed",
                agency=outgoing.agency,
                sequence=outgoing.notice.sequence,
                attempts=outgoing.attempts + 1,
                failure=error.failure.value,
                reply=error.reply,
            )

        self._unmarked = mark

    def _mark(self) -> None:
        if self._unmarked is not None:
            self._unmarked()
            self._unmarked = None

    def _round(self) -> None:
        pause = self._every
        try:
            self.send_due()
        except (StoreUnavailableError, StoreConflictError):
            pause = self._soon
        except Exception as error:  # noqa: BLE001 - a thread that ended would send nothing any more
            _log.error("mail.not-looked", error=type(error).__name__, where=where(error))
            pause = self._soon
        self._loop.pause(pause)
