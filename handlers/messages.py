"""The vocabulary: every command that a message can carry and every event that follows from one.

A command is what a caller asks for; it travels in an `AcceptedCommand`, which also carries who
asked, the receipt that was given and the bytes that were received. An event is what became true; it leaves
through the outbox in the same transaction as the effect.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from handlers.documents.model import InvalidDocumentReport
from handlers.notices.delivery import DeliveryChoice
from handlers.notices.model import NoticeKind
from handlers.record import Record
from handlers.registration.model import (
    AppealApplication,
    Confirmation,
    DestructionProof,
    RegistrationApplication,
    Withdrawal,
)

SCHEMA = 1
"""Version of this vocabulary; a worker dead-letters a message whose version it does not know."""
SCHEMA_ON_BEHALF = 2
"""Version of a command on behalf of another agency: workers from before would take it for the caller's own."""
SCHEMAS = frozenset({SCHEMA, SCHEMA_ON_BEHALF})
"""Versions of commands that are known here; events have the first one only."""


class RequestContext(Record, frozen=True, kw_only=True):
    """What every request begins with (contract page); signed, since it stands in the Body."""

    request_id: str
    """UUID chosen by the caller: the idempotency key per agency."""
    representative: str | None = None
    on_behalf_of: str | None = None
    purpose: str | None = None
    """Coded legal purpose; required for document checks."""
    case_reference: str | None = None


# Commands -------------------------------------------------------------------------------------


class SubmitRegistration(Record, frozen=True, kw_only=True, tag="SubmitRegistration"):
    """Have a card entered in its register."""

    application: RegistrationApplication
    confirmation: Confirmation


class SubmitAppeal(Record, frozen=True, kw_only=True, tag="SubmitAppeal"):
    """Ask for a registered entry to be changed or cancelled."""

    application: AppealApplication
    confirmation: Confirmation


class Resubmit(Record, frozen=True, kw_only=True, tag="Resubmit"):
    """Correct an application that was returned. Exactly one of the two applications is there."""

    case_number: str
    registration: RegistrationApplication | None = None
    appeal: AppealApplication | None = None
    confirmation: Confirmation

    @classmethod
    def of(
        cls, case_number: str, application: RegistrationApplication | AppealApplication, confirmation: Confirmation
    ) -> Resubmit:
        """The command with either kind of application."""
        if isinstance(application, AppealApplication):
            return cls(case_number=case_number, appeal=application, confirmation=confirmation)
        return cls(case_number=case_number, registration=application, confirmation=confirmation)

    @property
    def application(self) -> RegistrationApplication | AppealApplication:
        """The corrected application."""
        application = self.registration or self.appeal
        assert application is not None, "a resubmission carries an application"
        return application


class WithdrawCase(Record, frozen=True, kw_only=True, tag="WithdrawCase"):
    """Take an application back before it is decided."""

    statement: Withdrawal
    confirmation: Confirmation


class FileDestructionProof(Record, frozen=True, kw_only=True, tag="FileDestructionProof"):
    """Prove that the data of a cancelled entry were destroyed."""

    statement: DestructionProof
    confirmation: Confirmation


class ReportInvalidDocuments(Record, frozen=True, kw_only=True, tag="ReportInvalidDocuments"):
    """Have documents listed as invalid; 1 to 10 000 of them, each with an outcome of its own."""

    batch_reference: str | None = None
    documents: tuple[InvalidDocumentReport, ...]


class AcknowledgeNotices(Record, frozen=True, kw_only=True, tag="AcknowledgeNotices"):
    """Acknowledge every notice of the calling agency up to and including a sequence number."""

    up_to_sequence: int


class SetDelivery(Record, frozen=True, kw_only=True, tag="SetDelivery"):
    """Choose how notices reach the calling agency."""

    choice: DeliveryChoice


Command = (
    SubmitRegistration
    | SubmitAppeal
    | Resubmit
    | WithdrawCase
    | FileDestructionProof
    | ReportInvalidDocuments
    | AcknowledgeNotices
    | SetDelivery
)


class AcceptedCommand(Record, frozen=True, kw_only=True):
    """A command for which a receipt was (or is about to be) given: what the intake queues carry."""

    tracking_id: str
    agency: str
    system: str
    operation: str
    """`service.Operation` as called."""
    context: RequestContext
    digest: str
    """SHA-256 of the canonical request, hexadecimal: tells a repetition of a request id from a conflict."""
    received_at: datetime
    receipt: bytes
    """The signed intake receipt, byte for byte."""
    received: bytes
    """The SOAP message as it came, byte for byte but for the password of a UsernameToken: evidence."""
    command: Command

    @property
    def acts_for(self) -> str:
        """The agency whose data are acted on: the caller's own, or the one that its mandate is from."""
        return self.context.on_behalf_of or self.agency


# Events ---------------------------------------------------------------------------------------


class NoticeDue(Record, frozen=True, kw_only=True, tag="NoticeDue"):
    """An agency is to be told something. One event makes exactly one notice, however often it is delivered."""

    event_id: str
    agency: str
    kind: NoticeKind
    tracking_id: str
    subject: str
    occurred_at: datetime
    parameters: dict[str, str] = msgspec.field(default_factory=dict)
    """Values for the notice's text, by name."""


Event = NoticeDue


def schema_of(accepted: AcceptedCommand) -> int:
    """The lowest version whose workers do with `accepted` what it asks for."""
    return SCHEMA if accepted.context.on_behalf_of is None else SCHEMA_ON_BEHALF


_encoder = msgspec.msgpack.Encoder()
_command_decoder = msgspec.msgpack.Decoder(AcceptedCommand)
_event_decoder = msgspec.msgpack.Decoder(Event)


def encode(record: AcceptedCommand | Event) -> bytes:
    """MessagePack of a command or an event: compact, and bytes stay bytes."""
    return _encoder.encode(record)


def decode_command(body: bytes) -> AcceptedCommand:
    """The command in `body`; raises `msgspec.DecodeError` or its `ValidationError` for anything else."""
    return _command_decoder.decode(body)


def decode_event(body: bytes) -> Event:
    """The event in `body`; raises `msgspec.DecodeError` or its `ValidationError` for anything else."""
    return _event_decoder.decode(body)
