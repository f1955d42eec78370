"""The commands of the contract: each becomes a message of the register's vocabulary, and a receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from gateway.contract.answers import CommandAnswer, Receipt, Refusal
from gateway.contract.requests import (
    AcknowledgeNoticesRequest,
    FileDestructionProofRequest,
    ReportInvalidDocumentsRequest,
    ResubmitRequest,
    SetDeliveryRequest,
    SubmitAppealRequest,
    SubmitRegistrationRequest,
    WithdrawCaseRequest,
)
from gateway.intake import AuthorisedCommand, Intake
from gateway.security.identity import Permitted, permit
from gateway.security.xades import DocumentRefusedError
from gateway.soap import extents
from gateway.soap.confirmation import Confirmer, NotConfirmedError
from gateway.soap.endpoint import Exchange, Perform
from handlers import messages
from handlers.notices.delivery import DeliveryChoice, NoticeLanguage
from handlers.record import Record
from handlers.registration.model import AppealApplication, DestructionProof, RegistrationApplication, Withdrawal

_log = structlog.get_logger(__name__)

MakeCommand = Callable[[Exchange], tuple[messages.Command, Permitted]]
"""Makes the command of a request, with the proof that it may be done.

Raises `DocumentRefusedError` or `NotConfirmedError` when it must not be accepted, `RefusalError` when it is not
permitted."""


@dataclass(frozen=True, slots=True)
class Commands:
    """Performs the commands; shared by all request threads."""

    intake: Intake
    confirmer: Confirmer

    def table(self) -> Mapping[str, Perform]:
        """Every command by its `service.Operation`."""
        return {
            "registration.SubmitRegistration": self._performing(self._submit_registration),
            "registration.SubmitAppeal": self._performing(self._submit_appeal),
            "registration.Resubmit": self._performing(self._resubmit),
            "registration.WithdrawCase": self._performing(self._withdraw_case),
            "registration.FileDestructionProof": self._performing(self._file_destruction_proof),
            "documents.ReportInvalidDocuments": self._performing(_report_invalid_documents),
            "notices.AcknowledgeNotices": self._performing(_acknowledge_notices),
            "notices.SetDelivery": self._performing(_set_delivery),
        }

    def _performing(self, make: MakeCommand) -> Perform:
        def perform(exchange: Exchange) -> Record:
            try:
                command, permitted = make(exchange)
            except DocumentRefusedError as refused:
                _log.info("document.refused", reason=refused.reason, agency=exchange.caller.agency)
                return CommandAnswer(
                    refusal=Refusal(
                        code="document.signature",
                        indication=refused.indication,
                        text_az=refused.text_az,
                        text_en=refused.text_en,
                    )
                )
            except NotConfirmedError as refused:
                return CommandAnswer(
                    refusal=Refusal(
                        code=refused.code,
                        text_az=refused.text_az,
                        text_en=refused.text_en,
                        defects=refused.defects,
                    )
                )
            return self._accept(exchange, command, permitted)

        return perform

    def _accept(self, exchange: Exchange, command: messages.Command, permitted: Permitted) -> CommandAnswer:
        request = exchange.request
        stored = self.intake.accept(
            AuthorisedCommand(
                agency=permitted.caller.agency,
                system=permitted.caller.system,
                operation=permitted.operation,
                context=request.context,
                digest=exchange.envelope.digest.hex(),
                evidence=exchange.evidence,
                command=command,
            )
        )
        return CommandAnswer(
            receipt=Receipt(
                tracking_id=stored.tracking_id,
                request_id=stored.request_id,
                operation=request.operation.qualified_name,
                received_at=stored.received_at,
                digest=stored.digest,
                signed_receipt=stored.receipt,
            )
        )

    def _submit_registration(self, exchange: Exchange) -> tuple[messages.Command, Permitted]:
        body = exchange.request.body
        assert isinstance(body, SubmitRegistrationRequest)
        application, confirmation = self.confirmer.confirmed(
            exchange, body.application, body.signed_application, RegistrationApplication
        )
        command = messages.SubmitRegistration(application=application, confirmation=confirmation)
        return command, permit(exchange.acting, extents.of_application(application))

    def _submit_appeal(self, exchange: Exchange) -> tuple[messages.Command, Permitted]:
        body = exchange.request.body
        assert isinstance(body, SubmitAppealRequest)
        application, confirmation = self.confirmer.confirmed(
            exchange, body.application, body.signed_application, AppealApplication
        )
        command = messages.SubmitAppeal(application=application, confirmation=confirmation)
        return command, permit(exchange.acting, extents.of_application(application))

    def _resubmit(self, exchange: Exchange) -> tuple[messages.Command, Permitted]:
        body = exchange.request.body
        assert isinstance(body, ResubmitRequest)
        structure: RegistrationApplication | AppealApplication | None = body.application or body.appeal
        kinds: tuple[type[RegistrationApplication | AppealApplication], ...] = (
            RegistrationApplication,
            AppealApplication,
        )
        application, confirmation = self.confirmer.confirmed(exchange, structure, body.signed_application, *kinds)
        command = messages.Resubmit.of(body.case_number, application, confirmation)
        return command, permit(exchange.acting, extents.of_number(body.case_number))

    def _withdraw_case(self, exchange: Exchange) -> tuple[messages.Command, Permitted]:
        body = exchange.request.body
        assert isinstance(body, WithdrawCaseRequest)
        statement, confirmation = self.confirmer.confirmed(
            exchange, body.withdrawal, body.signed_withdrawal, Withdrawal
        )
        command = messages.WithdrawCase(statement=statement, confirmation=confirmation)
        return command, permit(exchange.acting, extents.of_number(statement.case_number))

    def _file_destruction_proof(self, exchange: Exchange) -> tuple[messages.Command, Permitted]:
        body = exchange.request.body
        assert isinstance(body, FileDestructionProofRequest)
        statement, confirmation = self.confirmer.confirmed(exchange, body.proof, body.signed_proof, DestructionProof)
        command = messages.FileDestructionProof(statement=statement, confirmation=confirmation)
        return command, permit(exchange.acting, extents.of_number(statement.case_number))


def _report_invalid_documents(exchange: Exchange) -> tuple[messages.Command, Permitted]:
    body = exchange.request.body
    assert isinstance(body, ReportInvalidDocumentsRequest)
    permitted = permit(exchange.acting, extents.of_reports(body.documents))
    return messages.ReportInvalidDocuments(batch_reference=body.batch_reference, documents=body.documents), permitted


def _acknowledge_notices(exchange: Exchange) -> tuple[messages.Command, Permitted]:
    body = exchange.request.body
    assert isinstance(body, AcknowledgeNoticesRequest)
    permitted = permit(exchange.acting, extents.NOWHERE)
    return messages.AcknowledgeNotices(up_to_sequence=body.up_to_sequence), permitted


def _set_delivery(exchange: Exchange) -> tuple[messages.Command, Permitted]:
    body = exchange.request.body
    assert isinstance(body, SetDeliveryRequest)
    permitted = permit(exchange.acting, extents.NOWHERE)
    choice = DeliveryChoice(
        method=body.method,
        addresses=body.addresses,
        language=body.language or NoticeLanguage.BOTH,
        unwanted_kinds=body.unwanted_kinds,
    )
    return messages.SetDelivery(choice=choice), permitted
