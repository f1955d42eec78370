"""The endpoint: one call's life, stage by stage. Each stage takes only what the one before it made.

bytes ─ parse once, verify ─► VerifiedEnvelope ─ recognise ─► Caller ─ authorise ─► Authorised
      ─ validate, decode ─► Request (a question: not answered before) ─ act for ─► Acting, and so an Exchange
      ─ permit ─► Permitted
question: handlers answer    command: intake publishes, receipt    ─► encode ─► sign ─► bytes
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

import structlog
from uuid_utils import compat as uuid

from gateway.contract.answers import CommandAnswer
from gateway.contract.registry import Operation, Request, ServiceContract
from gateway.faults import RefusalError
from gateway.metrics import Metrics
from gateway.replay import ReplayGuard
from gateway.security.authentication import Proof
from gateway.security.identity import (
    Acting,
    act_for,
    agree_on_person,
    authorise,
    representative_of,
    require_password_to_be_changed,
)
from gateway.security.model import VerifiedEnvelope
from gateway.security.redaction import Evidence, evidence_of
from gateway.security.sign import Addressing, SigningKey, sign_envelope
from gateway.soap.entrance import Entrance, Envelope
from gateway.soap.fault_body import VALUE_PREFIXES, fault_payload, http_status
from gateway.soap.http import SOAP_11, Call, Reply
from handlers.clock import Clock
from handlers.parties.directory import Directory
from handlers.parties.model import Caller, Representative
from handlers.record import Record
from handlers.store.ports import StoreConflictError, StoreUnavailableError
from queues.steps import reached

_log = structlog.get_logger(__name__)

_MEDIA_TYPES: Final = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call that passed every check: what an operation works with."""

    acting: Acting
    """Cannot be had without the stages before: a `Caller` takes a `VerifiedEnvelope`, this a right of that caller and
    where it acts for another agency a mandate. What the request may reach into is for the operation to `permit`."""
    person: Representative | None
    """Who acts, when a signed message carries a login and password; they were right."""
    envelope: Envelope
    request: Request
    directory: Directory
    received: bytes = field(repr=False)
    now: datetime
    proof: Proof | None = None
    """That the password was there: the person's, or that of a system enrolled as password only."""

    @property
    def caller(self) -> Caller:
        """Who asks, and for which agency."""
        return self.acting.caller

    @property
    def evidence(self) -> Evidence:
        """The message as it may be kept."""
        without_password = isinstance(self.envelope, VerifiedEnvelope) and self.envelope.user is None
        return evidence_of(self.received, has_password=not without_password)


Perform = Callable[[Exchange], Record]
"""What an operation does: the answer's record for a request that passed every check."""


@dataclass(slots=True)
class _Progress:
    """How far a call came: decides what the caller may be told, and what the log and the figures say."""

    fault_id: str
    operation: str = "-"
    agency: str = "-"
    assurance: str = "-"
    message_id: str | None = None
    outcome: str = "answer"


class Endpoint:
    """Answers calls. Shared by all request threads; holds no state of its own."""

    def __init__(
        self,
        *,
        contracts: Mapping[str, ServiceContract],
        entrance: Entrance,
        directory: Callable[[], Directory],
        operations: Mapping[str, Perform],
        replay: ReplayGuard,
        key: SigningKey,
        clock: Clock,
        metrics: Metrics,
        max_message: int,
        address: str,
    ) -> None:
        """`entrance` is where messages are verified and their senders recognised."""
        self._contracts = contracts
        self._entrance = entrance
        self._directory = directory
        self._operations = operations
        self._replay = replay
        self._key = key
        self._clock = clock
        self._metrics = metrics
        self._max_message = max_message
        self._address = address.rstrip("/")

    def __call__(self, call: Call) -> Reply:
        """Answer one call; never raises."""
        started = perf_counter()
        progress = _Progress(fault_id=str(uuid.uuid7()))
        reached("A1")
        try:
            reply = self._answer(call, progress)
            outcome = progress.outcome
        except Exception as error:  # noqa: BLE001 - whatever happens, the caller gets a signed fault and the log an id
            refusal = _as_refusal(error)
            reply = self._fault(refusal, call.soap_version, progress)
            outcome = refusal.code
            # Its traceback knows this frame, and so the message: that cycle would keep both until garbage is collected.
            del refusal
        self._metrics.calls.labels(call.service, progress.operation, outcome).inc()
        self._metrics.seconds.labels(call.service).observe(perf_counter() - started)
        return reply

    def _answer(self, call: Call, progress: _Progress) -> Reply:
        exchange = self._admit(call, progress)
        operation = exchange.request.operation
        answer = self._operations[operation.qualified_name](exchange)
        if isinstance(answer, CommandAnswer) and answer.refusal is not None:
            progress.outcome = "refusal"
            _log.info(
                "command.refused",
                code=answer.refusal.code,
                indication=answer.refusal.indication,
                agency=exchange.caller.agency,
                assurance=exchange.caller.assurance.value,
                operation=operation.name,
            )
        return self._signed(operation.encode(answer), call.soap_version, progress, operation)

    def _admit(self, call: Call, progress: _Progress) -> Exchange:
        """Every check there is between the bytes and the operation, in order; raises `RefusalError` at the first."""
        now = self._clock()
        directory = self._directory()
        envelope = self._entrance.verified(call, now, directory)
        reached("A2")
        _agree(call, envelope)
        self._agree_on_address(call, envelope)
        caller = self._entrance.caller(envelope, call, directory)
        progress.agency, progress.message_id = caller.agency, envelope.message_id
        progress.assurance = caller.assurance.value
        contract = self._contracts[call.service]
        operation = contract.operation(envelope.payload.tag)
        progress.operation = operation.name
        _agree_on_action(call, envelope, operation)
        authorised = authorise(caller, operation.qualified_name)
        if not operation.bulk and len(call.body) > self._max_message:
            raise RefusalError("client.http.too-large", reason="HTTP.OPERATION_SIZE")
        request = contract.read(envelope.payload)
        if operation.kind != "command":  # a command may come again, and gets its receipt again
            self._replay.require_first(caller.agency, operation.qualified_name, envelope)
        acting = act_for(authorised, request.context.on_behalf_of, directory, now)
        person, proof = self._entrance.person(envelope, acting.caller, call, now, directory)
        if proof is not None:
            require_password_to_be_changed(proof, operation.qualified_name)
        if request.context.representative is not None:
            agree_on_person(person, representative_of(acting.caller, request.context.representative, directory, now))
        return Exchange(acting, person, envelope, request, directory, call.body, now, proof)

    def _agree_on_address(self, call: Call, envelope: Envelope) -> None:
        """A signed wsa:To must name this service, and this installation where its address is known (B057)."""
        if envelope.to is None:
            return
        path = f"/soap/{call.service}/v1"
        parts = urlsplit(envelope.to)
        if parts.path != path or (self._address and envelope.to != f"{self._address}{path}"):
            raise RefusalError("client.addressing.invalid", reason="WSA.TO.OTHER")

    def _signed(
        self, payload: bytes, soap_version: str, progress: _Progress, operation: Operation | None, status: int = 200
    ) -> Reply:
        # WS-Addressing is answered only where it was used (WS-Addressing 1.0 SOAP binding §3).
        action = f"{operation.soap_action}Response" if operation is not None and progress.message_id else None
        body = sign_envelope(
            payload,
            key=self._key,
            soap_version=soap_version,
            now=self._clock(),
            addressing=Addressing(relates_to=progress.message_id, action=action),
            content_prefixes=VALUE_PREFIXES if operation is None else None,
        )
        return Reply(status, _MEDIA_TYPES[soap_version], body)

    def _fault(self, refusal: RefusalError, soap_version: str, progress: _Progress) -> Reply:
        kind = refusal.kind
        _log.log(
            _LEVELS[kind.code.partition(".")[0]],
            "call.refused",
            fault_id=progress.fault_id,
            code=kind.code,
            reason=refusal.reason,
            agency=progress.agency,
            assurance=progress.assurance,
            operation=progress.operation,
        )
        payload = fault_payload(
            refusal, fault_id=progress.fault_id, soap_version=soap_version, explain=bool(refusal.explanation)
        )
        reply = self._signed(payload, soap_version, progress, None, http_status(kind, soap_version))
        if refusal.retry_after is None:
            return reply
        return Reply(reply.status, reply.media_type, reply.body, (("Retry-After", str(refusal.retry_after)),))


_LEVELS: Final = {"client": 20, "server": 40}


def _agree(call: Call, envelope: Envelope) -> None:
    """SOAP 1.1 comes as text/xml, SOAP 1.2 as application/soap+xml (security §0 on B041)."""
    if envelope.soap_version != call.soap_version:
        raise RefusalError("client.soap.version-mismatch", reason="SOAP.VERSION.MEDIA_TYPE")


def _agree_on_action(call: Call, envelope: Envelope, operation: Operation) -> None:
    """SOAPAction must not say another thing than the signed Body (B055, B056); SOAP 1.1 requires the header."""
    if call.soap_version == SOAP_11 and call.action is None:
        raise RefusalError("client.soap.action-mismatch", reason="SOAP.ACTION.ABSENT")
    said = [each for each in (call.action, envelope.action) if each is not None]
    if any(each != operation.soap_action for each in said):
        raise RefusalError("client.soap.action-mismatch", reason="SOAP.ACTION.OTHER")


def _as_refusal(error: Exception) -> RefusalError:
    if isinstance(error, RefusalError):
        return error
    if isinstance(error, StoreUnavailableError | StoreConflictError):
        return RefusalError("server.store.unavailable", reason=f"STORE.{type(error).__name__}")
    return RefusalError("server.internal", reason=_where(error))


def _where(error: Exception) -> str:
    """Type and place of an unexpected error. Never its text: that may quote the message."""
    frames = traceback.extract_tb(error.__traceback__ or sys.exc_info()[2])
    places = [f"{Path(each.filename).name}:{each.lineno}:{each.name}" for each in frames[-6:]]
    return f"{type(error).__name__} at {' < '.join(reversed(places))}"
