"""Composition root of the serving process: everything between the socket and the floors below.

`build_gateway(settings)` makes the parts; `application` is for an external WSGI server (`gateway.wsgi:application()`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from gateway.attempts import SharedAttempts
from gateway.background import broker_of, store_of
from gateway.contract.export import document
from gateway.contract.registry import CONTRACTS
from gateway.directory import DirectoryCache
from gateway.documents import document_rules
from gateway.expiry import nearest_days
from gateway.health import Health
from gateway.home import Home
from gateway.intake import Intake
from gateway.metrics import Metrics
from gateway.outbound.methods import offered
from gateway.receipts import sealed_receipt
from gateway.replay import ReplayGuard
from gateway.restraint import RestrainedStore
from gateway.security.authentication import Authenticator
from gateway.security.ends import End, own_ends
from gateway.security.identity import is_enrolled
from gateway.security.model import VerifiedEnvelope
from gateway.security.passwords import PasswordWork
from gateway.security.policy import Policy
from gateway.security.sign import SigningKey
from gateway.security.trust import TrustStore
from gateway.security.verify import verify
from gateway.security.xades import ExaminedDocument, examine_application, verify_application
from gateway.security.xades_rules import DocumentRules
from gateway.settings import Settings
from gateway.settings_sources import load
from gateway.soap.card_validation import CardValidation
from gateway.soap.commands import Commands
from gateway.soap.confirmation import Confirmer
from gateway.soap.endpoint import Endpoint
from gateway.soap.entrance import Entrance
from gateway.soap.extract_questions import ExtractQuestions
from gateway.soap.http import Call, HttpFront
from gateway.soap.password_change import PasswordChange
from gateway.soap.peer import Fronts
from gateway.soap.questions import WITHOUT_STORE, Questions
from gateway.terms import terms_in_use
from gateway.tracking import TrackingIds
from gateway.trusting import installed_trust
from gateway.xml.parser import BULK, Limits
from handlers.clock import Clock, system_clock
from handlers.parties.directory import Directory
from handlers.parties.queries import newer_directory
from handlers.receipts.ledger import ReceiptLedger
from handlers.store.engine import SqlStore
from handlers.store.ports import StoreUnavailableError
from handlers.store.seen_questions import open_seen_questions
from queues.broker import Broker

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


@dataclass(frozen=True, slots=True)
class Gateway:
    """The serving part of a process."""

    application: HttpFront
    metrics: Metrics
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class PublishedContracts:
    """The contract as the HTTP face needs it."""

    settings: Settings

    def services(self) -> Iterable[str]:
        """Names of the services that are offered."""
        return CONTRACTS

    def largest(self, service: str) -> int:
        """Largest message in bytes that any operation of `service` takes."""
        return self.settings.max_bulk_message if CONTRACTS[service].bulk else self.settings.max_message

    def document(self, service: str, xsd: str | None, base_url: str) -> bytes | None:
        """Return the WSDL of `service`, or with `xsd` one of its schemas; None when there is none."""
        return document(service, xsd, base_url)


def build_gateway(
    settings: Settings, store: SqlStore, broker: Broker, clock: Clock = system_clock, metrics: Metrics | None = None
) -> Gateway:
    """Make the serving parts on a store and a broker; raises `HomeError` when the home does not serve for that."""
    home = Home(settings.home_path)
    home.require()
    if settings.passwords == "plain-http":
        home.require_trying_out(settings.host_and_port[0])
    metrics = metrics or Metrics()
    pem = home.key_file.read_bytes()
    key = SigningKey.from_pem(pem, pem)
    tracking = TrackingIds(home.tracking_key())
    with ExitStack() as closing:
        directory = DirectoryCache(
            partial(_newer_directory, store), refresh=settings.directory_refresh, max_age=settings.directory_max_age
        )
        trust = installed_trust(
            settings, directory=directory.current, fetched=lambda outcome: metrics.fetches.labels(outcome).inc()
        )
        rules = document_rules(settings, home, trust.store.revocation)
        publisher = broker.publisher()
        closing.callback(publisher.close)
        intake = Intake(
            publisher=publisher,
            ledger=ReceiptLedger(store),
            tracking=tracking,
            make_receipt=lambda tracking_id, command, now: sealed_receipt(tracking_id, command, now, key),
            clock=clock,
            confirm_timeout=settings.confirm_timeout,
            ledger_timeout=settings.ledger_timeout,
        )
        closing.callback(intake.close)
        closing.callback(directory.stop)
        closing.callback(trust.stop)
        attempts = SharedAttempts(store, timeout=settings.ledger_timeout)
        closing.callback(attempts.close)
        people = Authenticator(attempts, PasswordWork(computing=2, places=settings.http_threads - 2, patience=0.2))
        verifier = _Verifier(settings, trust.store)
        entrance = Entrance(
            verify=verifier,
            policy=verifier.policy,
            people=people,
            # Whoever calls unsigned is a stranger until then: a flood of them must not keep people out.
            systems=Authenticator(attempts, PasswordWork(computing=1, places=2, patience=0.0)),
            passwords=ways_for_passwords(settings),
            directory_age=directory.age,
        )
        restrained = RestrainedStore(store, settings.http_threads - 2)
        confirmer = Confirmer(
            verify_file=lambda data, now: verify_application(
                data, trust=trust.store, now=now, limits=verifier.file_limits, rules=rules
            )
        )
        examine_file = partial(_examined, trust=trust.store, limits=verifier.file_limits, rules=rules)
        replay = ReplayGuard(
            open_seen_questions(store.url),
            without_store=WITHOUT_STORE,
            clock=clock,
            clock_skew=timedelta(seconds=settings.clock_skew),
        )
        closing.callback(replay.stop)
        endpoint = Endpoint(
            contracts=CONTRACTS,
            entrance=entrance,
            directory=directory.current,
            operations={
                **Questions(restrained, tracking, offered(settings)).table(),
                **ExtractQuestions(restrained).table(),
                "registration.ValidateCard": CardValidation(restrained, examine_file, terms_in_use(settings)),
                **PasswordChange(restrained, people).table(),
                **Commands(intake, confirmer).table(),
            },
            replay=replay,
            key=key,
            clock=clock,
            metrics=metrics,
            max_message=settings.max_message,
            address=settings.public_url,
        )
        front = HttpFront(
            endpoint=endpoint,
            contracts=PublishedContracts(settings),
            health=Health(
                store, broker, directory.age, replay.available, issuers=lambda: trust.issuers(clock())
            ).report,
            figures=metrics.exposition,
            fronts=Fronts(settings.trusted_networks),
            public_url=settings.public_url,
            refused=lambda code: metrics.calls.labels("-", "-", code).inc(),
        )
        metrics.watch_revocation(lambda: [(each.issuer, each.until, each.in_doubt) for each in trust.issuers(clock())])
        metrics.show_days_left(partial(_days_left, home, directory, clock))
        directory.start()
        trust.start()
        replay.start()
        return Gateway(front, metrics, closing.pop_all().close)
    raise AssertionError("unreachable: the block above returns or raises")


def application(environ: Mapping[str, Any] | None = None) -> WSGIApplication:
    """Return the WSGI application for an external server, from the settings of the environment.

    Slow, many and malformed requests are then that server's to bound and to refuse.
    """
    settings = load() if environ is None else load(environ)
    return build_gateway(settings, store_of(settings), broker_of(settings)).application


def _examined(
    data: bytes, now: datetime, *, trust: TrustStore, limits: Limits, rules: DocumentRules
) -> ExaminedDocument:
    return examine_application(data, trust=trust, now=now, limits=limits, rules=rules)


class _Verifier:
    """The verifier with this installation's trust and limits handed in."""

    def __init__(self, settings: Settings, trust: TrustStore) -> None:
        self._trust = trust
        self._plain = Policy(
            limits=Limits(size=settings.max_message),
            max_lifetime=timedelta(seconds=settings.max_age),
            clock_skew=timedelta(seconds=settings.clock_skew),
        )
        self._bulk = replace(self._plain, limits=replace(BULK, size=settings.max_bulk_message))
        self.file_limits = self._plain.limits

    def __call__(self, data: bytes, service: str, now: datetime, directory: Directory) -> VerifiedEnvelope:
        policy = replace(self.policy(service), is_enrolled=partial(is_enrolled, directory))
        return verify(data, trust=self._trust, now=now, policy=policy)

    def policy(self, service: str) -> Policy:
        """The limits of messages to a service."""
        return self._bulk if CONTRACTS[service].bulk else self._plain


def ways_for_passwords(settings: Settings) -> Callable[[Call], bool]:
    """Tell whether a call came a way that a password may take (security §0)."""
    return {"never": lambda _: False, "tls-front": lambda call: call.secure, "plain-http": lambda _: True}[
        settings.passwords
    ]


def _days_left(home: Home, directory: DirectoryCache, clock: Clock) -> Mapping[str, float]:
    """What can be counted now: the parties may not have been read yet, and a file be half written."""
    own: list[End] = []
    with suppress(OSError, ValueError):  # the watch beside the relay logs which file it is
        own.extend(own_ends(home.key_file, home.path / "trust", home.revocation_cache))
    try:
        return nearest_days(directory.current(), own, clock())
    except StoreUnavailableError:
        return nearest_days(None, own, clock())


def _newer_directory(store: SqlStore, known: int) -> Directory | None:
    with store.reading() as connection:
        return newer_directory(connection, known)
