"""Composition root of the processes behind the endpoint: workers and relays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

import structlog

from gateway.clock_watch import ClockWatch
from gateway.expiry import ExpiryWatch
from gateway.home import Home
from gateway.metrics import Metrics
from gateway.outbound.methods import mail_delivery, offered
from gateway.security.ends import own_ends
from gateway.settings import Settings
from gateway.terms import terms_in_use
from gateway.tracking import MAC_HEADER, TrackingIds
from handlers import messages, queue_names
from handlers.cases.applicant import file_destruction_proof, resubmit, withdraw
from handlers.clock import Clock, system_clock
from handlers.dispatch import CommandDispatcher, CommandHandler, EventDispatcher
from handlers.documents.commands import report_invalid_documents
from handlers.notices.choosing import set_delivery
from handlers.notices.commands import acknowledge_notices, add_notice
from handlers.registration.commands import submit_appeal, submit_registration
from handlers.store.engine import SqlStore, StoreLimits, open_store
from handlers.store.outbox import SqlOutbox
from handlers.store.ports import StoreConflictError, StoreUnavailableError
from queues.broker import Broker, BrokerUnavailableError
from queues.brokers import open_broker
from queues.errors import UndecodableError
from queues.message import Message
from queues.relay import Relay
from queues.topology import QueueSpec
from queues.worker import HOLD_TIMEOUT, Worker

COMMAND_HANDLERS: Final[Mapping[type[messages.Command], CommandHandler]] = {
    messages.SubmitRegistration: submit_registration,
    messages.SubmitAppeal: submit_appeal,
    messages.Resubmit: resubmit,
    messages.WithdrawCase: withdraw,
    messages.FileDestructionProof: file_destruction_proof,
    messages.ReportInvalidDocuments: report_invalid_documents,
    messages.AcknowledgeNotices: acknowledge_notices,
}
"""Which handler takes which command, those aside that depend on the settings."""

_log = structlog.get_logger(__name__)

_PRUNED_AT_ONCE: Final = 1000
"""Rows that one transaction removes from the outbox at the most."""


class Running(Protocol):
    """A part that works until it is stopped."""

    def start(self) -> None:
        """Begin, in a thread of its own."""

    def stop(self, timeout: float) -> bool:
        """Finish what is in hand; False when that took longer than `timeout` seconds."""


def store_of(settings: Settings) -> SqlStore:
    """The register store the settings name; not connected yet."""
    limits = StoreLimits(
        statement_timeout=settings.store_timeout * 0.8,
        lock_timeout=settings.store_timeout * 0.8,
        answer_timeout=settings.store_timeout,
        pool_size=settings.store_connections,
    )
    return open_store(settings.database_url, limits)


def broker_of(settings: Settings) -> Broker:
    """The broker the settings name, its queues declared if it can be reached now (`gateway init` did it before)."""
    broker = open_broker(settings.broker_url)
    try:
        broker.declare(queue_names.TOPOLOGY)
    except BrokerUnavailableError:
        # A process must be able to start before its broker: what needs it answers or waits by itself.
        _log.warning("broker.away-at-start")
    return broker


def workers(
    settings: Settings,
    store: SqlStore,
    broker: Broker,
    metrics: Metrics,
    clock: Clock = system_clock,
    *,
    hold_timeout: float = HOLD_TIMEOUT,
    first_pause: float = 0.5,
) -> list[Running]:
    """A worker for every queue, `worker_threads` of each. The waits are in seconds; see `queues.worker`."""
    setting = partial(set_delivery, offered=offered(settings))
    takers: dict[type[messages.Command], CommandHandler] = {**COMMAND_HANDLERS, messages.SetDelivery: setting}
    commands = CommandDispatcher(store, takers, clock, terms_in_use(settings))
    genuine = _only_genuine(commands, TrackingIds(Home(settings.home_path).tracking_key()))
    telling = partial(add_notice, case_link=settings.case_link)
    events = EventDispatcher(store, {messages.NoticeDue: telling}, clock)
    scheduler = SqlOutbox(store)
    made: list[Running] = []
    for spec in queue_names.TOPOLOGY:
        handler = _counted(events if spec is queue_names.NOTICE_EVENTS else genuine, metrics, spec)
        made.extend(
            Worker(
                lambda spec=spec: broker.consumer(spec.name, prefetch=settings.prefetch),  # type: ignore[misc]
                handler,
                scheduler,
                clock=clock,
                # A conflict that outlived the dispatcher's runs is no outage: it counts as a failed attempt, so that a
                # command which always meets one does not stop its queue.
                hold_on=(StoreUnavailableError,),
                probe=store.ping_writing,
                hold_timeout=hold_timeout,
                first_pause=first_pause,
                name=f"worker {spec.name} {number}",
            )
            for number in range(settings.worker_threads)
        )
    return made


def relay(
    settings: Settings, store: SqlStore, broker: Broker, clock: Clock = system_clock
) -> tuple[Relay, Callable[[], None]]:
    """A relay with a publisher of its own, and what closes that publisher. It also prunes the outbox."""
    publisher = broker.publisher()
    outbox = SqlOutbox(store, lease=timedelta(seconds=settings.relay_lease))

    def prune() -> bool:
        removed = outbox.prune(clock() - timedelta(seconds=settings.outbox_kept), _PRUNED_AT_ONCE)
        return removed >= _PRUNED_AT_ONCE

    away = (StoreUnavailableError, StoreConflictError)
    return Relay(outbox, publisher, clock=clock, hold_on=away, idle=0.1, tidy=prune), publisher.close


def expiry_watch(settings: Settings, store: SqlStore, clock: Clock = system_clock) -> ExpiryWatch:
    """The watch over everything that expires."""
    home = Home(settings.home_path)
    return ExpiryWatch(store, partial(own_ends, home.key_file, home.path / "trust", home.revocation_cache), clock)


def clock_watch(settings: Settings, store: SqlStore, clock: Clock = system_clock) -> ClockWatch:
    """The watch over the clocks of cases; it goes where the relay goes."""
    return ClockWatch(store, clock, terms_in_use(settings))


def watches(settings: Settings, store: SqlStore, clock: Clock = system_clock) -> list[Running]:
    """What goes where the relay goes: watches over what expires and over clocks of cases, and mail, if that is set up.

    Raises `SettingsError` when the mail server cannot be spoken to as the settings say, or the terms cannot be used.
    """
    mail = mail_delivery(settings, store, clock)
    looking: list[Running] = [expiry_watch(settings, store, clock), clock_watch(settings, store, clock)]
    return looking if mail is None else [*looking, mail]


def run_until(stopped: threading.Event, parts: list[Running], drain_timeout: float, closing: ExitStack) -> None:
    """Start `parts`, wait until `stopped` is set, then have each finish what it has in hand, and close the rest."""
    with closing:
        for each in parts:
            each.start()
        stopped.wait()
        endings = [threading.Thread(target=each.stop, args=(drain_timeout,)) for each in parts]
        for ending in endings:
            ending.start()
        for ending in endings:
            ending.join(drain_timeout)


def _only_genuine(handler: Callable[[Message], None], tracking: TrackingIds) -> Callable[[Message], None]:
    """Let nothing take effect that intake did not put on the queue: it would bear no verified signature (B214)."""

    def handle(message: Message) -> None:
        if not tracking.made_here(message.body, message.headers.get(MAC_HEADER)):
            _log.error("message.not-ours", queue=message.queue, message_id=message.message_id)
            raise UndecodableError("the message was not made by this installation's intake, or was changed since")
        handler(message)

    return handle


def _counted(handler: Callable[[Message], None], metrics: Metrics, spec: QueueSpec) -> Callable[[Message], None]:
    def handle(message: Message) -> None:
        outcome = "failed"
        try:
            handler(message)
            outcome = "handled"
        finally:
            metrics.processed.labels(spec.name, outcome).inc()

    return handle
