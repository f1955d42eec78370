"""From a message to its effect: one unit of work in which inbox, effect, evidence and outbox stand or fall together."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from handlers.clock import Clock
from handlers.leaving import leave
from handlers.messages import (
    SCHEMA,
    SCHEMAS,
    AcceptedCommand,
    Command,
    Event,
    NoticeDue,
    decode_command,
    decode_event,
)
from handlers.notices.model import NoticeKind
from handlers.parties.model import PartyKind
from handlers.parties.standing import Standing
from handlers.receipts.grounds import NOT_IN_FORCE, REQUEST_CONFLICT
from handlers.receipts.model import Ground
from handlers.rules.clocks import TERMS, Terms
from handlers.store import directory, inbox
from handlers.store.inbox import InboxState
from handlers.store.ports import Store, StoreConflictError, StoreUnavailableError
from handlers.work import Outcome, Work
from queues.errors import HoldError, UndecodableError
from queues.message import Message
from queues.steps import reached

CommandHandler = Callable[[Work, AcceptedCommand], Outcome]
EventHandler = Callable[[Work, Event], None]
_Decoded = TypeVar("_Decoded")

RUNS = 5
"""How often (a number) a unit of work is run at the most when the database chooses it to be run again."""


class CommandDispatcher:
    """Takes a command off the queue to its handler. Has an effect once, however often a message is delivered.

    Called with a message it returns when everything is committed. Raises `UndecodableError` for what can never be
    handled, `HoldError` while the store is away, and whatever a handler raises; nothing was changed then.
    """

    def __init__(
        self, store: Store, handlers: Mapping[type[Command], CommandHandler], clock: Clock, terms: Terms = TERMS
    ) -> None:
        self._store = store
        self._handlers = dict(handlers)
        self._clock = clock
        self._terms = terms

    def __call__(self, message: Message) -> None:
        """Apply the command in `message`, or recognise that this was done."""
        accepted = _decoded(message, decode_command, SCHEMAS)
        handler = self._handlers.get(type(accepted.command))
        if handler is None:
            raise UndecodableError(f"no handler takes {type(accepted.command).__name__}")
        _run(self._store, partial(self._apply, accepted, handler))

    def _apply(self, accepted: AcceptedCommand, handler: CommandHandler, connection: Connection) -> None:
        work = Work(connection=connection, now=self._clock(), terms=self._terms)
        reached("C2")
        row = inbox.take(connection, accepted)
        if row.digest != accepted.digest:
            _refuse_conflict(work, accepted, row.tracking_id)
        else:
            if row.state is InboxState.OFFERED:
                # The ledger's tracking id is the one the effect is made under, whichever message comes first.
                _take_effect(work, replace(accepted, tracking_id=row.tracking_id), handler)
            if row.tracking_id != accepted.tracking_id:
                inbox.add_alias(connection, accepted, row.tracking_id, conflict=False, now=work.now)
        inbox.keep_received(connection, accepted)
        reached("C3")


class EventDispatcher:
    """Takes an event off the queue to its handler; raises as `CommandDispatcher` does. Handlers know repetitions."""

    def __init__(self, store: Store, handlers: Mapping[type[Event], EventHandler], clock: Clock) -> None:
        self._store = store
        self._handlers = dict(handlers)
        self._clock = clock

    def __call__(self, message: Message) -> None:
        """Handle the event in `message`."""
        event = _decoded(message, decode_event, frozenset({SCHEMA}))
        handler = self._handlers.get(type(event))
        if handler is None:
            raise UndecodableError(f"no handler takes {type(event).__name__}")
        _run(self._store, lambda connection: handler(Work(connection=connection, now=self._clock()), event))


def _take_effect(work: Work, accepted: AcceptedCommand, handler: CommandHandler) -> None:
    outcome = handler(work, accepted) if _in_force(work, accepted) else Outcome(ground=NOT_IN_FORCE)
    events = list(outcome.events)
    if outcome.ground is not None:
        events.append(_refusal(work, accepted, outcome.ground, outcome.subject))
    inbox.finish(work.connection, accepted, outcome, work.now)
    leave(work, events)


def _in_force(work: Work, accepted: AcceptedCommand) -> bool:
    """Whether the system, its agency and the one it acts for counted when the command was received.

    Intake judges by the newest directory it could read, which is an old one while the store is away.
    """
    parties = [(PartyKind.SYSTEM, accepted.system)]
    parties += [(PartyKind.AGENCY, agency) for agency in sorted({accepted.agency, accepted.acts_for})]
    # Nobody is ever taken off the record, so that whoever is not on it was never suspended.
    standings = directory.standings_at(work.connection, parties, accepted.received_at)
    return all(each is Standing.ACTIVE for each in standings)


def _refuse_conflict(work: Work, accepted: AcceptedCommand, original: str) -> None:
    if original == accepted.tracking_id:
        # One tracking id is only ever given to one content: this message is not the one intake published.
        raise UndecodableError("the message is not what was accepted under its tracking id")
    if inbox.add_alias(work.connection, accepted, original, conflict=True, now=work.now):
        event = _refusal(work, accepted, REQUEST_CONFLICT, None)
        leave(work, [event])


def _refusal(work: Work, accepted: AcceptedCommand, ground: Ground, subject: str | None) -> NoticeDue:
    """The owner learns of a refusal by a notice, also when it never asks for the status."""
    return NoticeDue(
        event_id=str(uuid7()),
        agency=accepted.agency,
        kind=NoticeKind.COMMAND_REFUSED,
        tracking_id=accepted.tracking_id,
        subject=subject or accepted.tracking_id,
        occurred_at=work.now,
        parameters={
            "operation": accepted.operation,
            "ground_code": ground.code,
            "ground_az": ground.text_az,
            "ground_en": ground.text_en,
        },
    )


def _decoded(message: Message, decode: Callable[[bytes], _Decoded], schemas: frozenset[int]) -> _Decoded:
    if message.schema not in schemas:
        raise UndecodableError(f"schema {message.schema} is not known here")
    try:
        return decode(message.body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        # The cause may quote content, so it is not repeated in the text.
        raise UndecodableError(f"the body is no {message.type}") from error


def _run(store: Store, unit: Callable[[Connection], None]) -> None:
    """Run `unit` in a transaction; again, from its start, when the database chooses it as the one to give way."""
    for run in range(1, RUNS + 1):
        try:
            with store.writing() as connection:
                unit(connection)
        except StoreUnavailableError as error:
            raise HoldError("the register store is away") from error
        except StoreConflictError:
            if run == RUNS:
                raise
            time.sleep(random.uniform(0, 0.02 * run))  # noqa: S311 - spreads the runs apart; nothing secret
        else:
            return
