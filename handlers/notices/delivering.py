"""Sending notices to agencies that want them sent: what is next, and what became of it.

Each agency's notices leave one at a time, in the order of their numbers. Whoever sends claims the next one, sends it
outside any transaction and then says what became of it. A sender that dies in between leaves a claim that ends by
itself; the notice is then sent again under the same id, so that a receiver can tell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from handlers.notices.delivery import (
    DeliveryFailure,
    DeliveryMethod,
    DeliverySetting,
    DeliveryState,
    ends_incomplete,
    gives_up,
    next_try,
)
from handlers.notices.model import Notice
from handlers.store import deliveries, notices
from handlers.store.deliveries import Claim, LedgerRow
from handlers.store.ports import Store

_PASSED_AT_ONCE: Final = 100
"""Notices (a number) that one transaction passes over at the most."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice that is to be sent now, and by which setting."""

    agency: str
    notice: Notice
    setting: DeliverySetting
    attempts: int
    """How often it was tried before; since the first address took it, where one did."""
    settled: tuple[str, ...] = ()
    """Addresses that took it or refused it for good: they get it no more."""
    is_incomplete: bool = False
    """Whether one of those refused it."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Those that it is still to be sent to, by the setting that stands."""
        return tuple(each for each in self.setting.choice.addresses if each not in self.settled)


class Deliveries:
    """The notices to be sent by one method; any number of processes may each have such an object.

    All of it raises what the store raises.
    """

    def __init__(self, store: Store, method: DeliveryMethod, *, lease: timedelta, owner: str) -> None:
        """`lease`: longer than sending one notice can take. `owner`: tells this object from all others."""
        self._store = store
        self._method = method
        self._lease = lease
        self._owner = owner

    def next(self, now: datetime) -> Outgoing | None:
        """A notice that is due, for the caller to send; what its agency does without is passed over on the way."""
        with self._store.reading() as connection:
            if not deliveries.is_any_due(connection, self._method, now, self._lease):
                return None
        with self._store.writing() as connection:
            for _ in range(_PASSED_AT_ONCE):
                claim = deliveries.claim(connection, self._method, now, lease=self._lease, owner=self._owner)
                if claim is None:
                    return None
                notice = notices.find(connection, claim.agency, claim.sequence)
                assert notice is not None, "numbers have no gap"
                if notice.kind in claim.setting.choice.unwanted_kinds:
                    self._pass_over(connection, claim, now)
                    continue
                outgoing = Outgoing(
                    claim.agency, notice, claim.setting, claim.attempts, claim.settled_addresses, claim.is_incomplete
                )
                if outgoing.addresses or not outgoing.settled:
                    return outgoing
                # The setting that stands now has none of the addresses that were still to take it.
                row = self._row(outgoing, DeliveryState.DELIVERED, _failure_of(outgoing), now, delivered_at=now)
                self._finish(connection, outgoing, row, now)
        return None

    def taken(
        self, outgoing: Outgoing, taken: Collection[str], refused: Mapping[str, DeliveryFailure], now: datetime
    ) -> DeliveryState:
        """Addresses took it, and others refused it: those that asked for another try get it again, alone.

        It is delivered when each has taken it or refused it for good; what became of it now.
        """
        final = [each for each, failure in refused.items() if failure.is_final]
        before = outgoing
        outgoing = replace(
            before,
            # What failed before anybody took it says nothing about those that are left.
            attempts=before.attempts if before.settled else 0,
            settled=(*before.settled, *taken, *final),
            is_incomplete=before.is_incomplete or bool(final),
        )
        later = [failure for failure in refused.values() if not failure.is_final]
        if later:
            return self.failed(outgoing, later[0], now)
        self.delivered(outgoing, now, _failure_of(outgoing))
        return DeliveryState.DELIVERED

    def delivered(self, outgoing: Outgoing, now: datetime, failure: DeliveryFailure | None = None) -> None:
        """It was taken; `failure`: by some of the addresses only."""
        with self._store.writing() as connection:
            row = self._row(outgoing, DeliveryState.DELIVERED, failure, now, delivered_at=now)
            self._finish(connection, outgoing, row, now)

    def failed(self, outgoing: Outgoing, failure: DeliveryFailure, now: datetime) -> DeliveryState:
        """It was not taken: it is tried again, or given up, or ends with the addresses that took it before."""
        attempts = outgoing.attempts + 1
        if outgoing.settled and ends_incomplete(failure, attempts):
            self.delivered(outgoing, now, failure)
            return DeliveryState.DELIVERED
        given_up = gives_up(failure, attempts)
        state = DeliveryState.GIVEN_UP if given_up else DeliveryState.WAITING
        again = None if given_up else next_try(attempts, now)
        with self._store.writing() as connection:
            row = self._row(outgoing, state, failure, now, next_try_at=again)
            self._finish(connection, outgoing, row, now)
        return state

    def _row(
        self,
        outgoing: Outgoing,
        state: DeliveryState,
        failure: DeliveryFailure | None,
        now: datetime,
        *,
        next_try_at: datetime | None = None,
        delivered_at: datetime | None = None,
    ) -> LedgerRow:
        return LedgerRow(
            agency=outgoing.agency,
            sequence=outgoing.notice.sequence,
            state=state,
            method=self._method,
            version=outgoing.setting.version,
            attempts=outgoing.attempts + 1,
            next_try_at=next_try_at,
            delivered_at=delivered_at,
            error=failure,
            error_at=None if failure is None else now,
            settled_addresses=outgoing.settled,
            is_incomplete=outgoing.is_incomplete,
        )

    def _finish(self, connection: Connection, outgoing: Outgoing, row: LedgerRow, now: datetime) -> None:
        deliveries.record(connection, row)
        if row.state is not DeliveryState.WAITING:
            deliveries.settle(connection, row.agency, row.sequence)
        deliveries.release(connection, outgoing.agency, self._owner, now)

    def _pass_over(self, connection: Connection, claim: Claim, now: datetime) -> None:
        row = LedgerRow(
            agency=claim.agency,
            sequence=claim.sequence,
            state=DeliveryState.PASSED_OVER,
            method=self._method,
            version=claim.setting.version,
            attempts=claim.attempts,
        )
        deliveries.record(connection, row)
        deliveries.settle(connection, claim.agency, claim.sequence)
        deliveries.release(connection, claim.agency, self._owner, now)


def _failure_of(outgoing: Outgoing) -> DeliveryFailure | None:
    return DeliveryFailure.ADDRESS_REFUSED if outgoing.is_incomplete else None
