# mypy: allow-subclassing-any
# ruff: noqa: N815 - the attributes are the names of the elements on the wire
# ruff: noqa: N805 - spyne hands a method its call, not an instance
"""Service `bus`: what is offered, what the caller may do, and what became of what it sent."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from gateway.contract.declare import either, enumeration, many, operation, optional, required, simple
from gateway.contract.model import service_namespace
from gateway.contract.spyne_import import Boolean, ComplexModel, ServiceBase, Unicode
from gateway.contract.types import (
    AgencyCode,
    Code,
    CommandStatus,
    Day,
    Moment,
    OperationName,
    Refusal,
    RequestContext,
    SignedFile,
    Text100,
    Text4000,
    TrackingId,
)

_NAMESPACE = service_namespace("bus")


class OperationKindValues(StrEnum):
    """How an operation is answered."""

    COMMAND = "COMMAND"
    QUERY = "QUERY"
    CHANGE = "CHANGE"


OperationKind = enumeration(
    OperationKindValues,
    "How an operation is answered.",
    {
        "COMMAND": "Taken in and answered by a signed receipt; its effect follows, once.",
        "QUERY": "Answered at once; nothing changes.",
        "CHANGE": "Done at once, before it is answered: something about the caller itself, never about a register.",
    },
    namespace=_NAMESPACE,
)
Path = simple(
    "Path",
    Unicode,
    "Path of an endpoint below the address of the gateway.",
    namespace=_NAMESPACE,
    pattern="(/[a-z0-9.-]+)+",
)
NamespaceName = simple(
    "NamespaceName",
    Unicode,
    "Name of an XML namespace.",
    namespace=_NAMESPACE,
    pattern="urn:state-register:[a-z-]+:v[0-9]+",
)
NewPassword = simple(
    "NewPassword",
    Unicode,
    "A password somebody chose: 12 to 256 characters, of any kind. A sentence of several words is good.",
    namespace=_NAMESPACE,
    min_len=12,
    max_len=256,
)


class _Own(ComplexModel):
    __namespace__ = _NAMESPACE


class CatalogueOperation(_Own):
    """An operation in the catalogue."""

    name = required(Text100, "Name of the operation: the element its request is.")
    kind = required(OperationKind, "How it is answered.")
    description = required(Text4000, "What it does.")


class CatalogueService(_Own):
    """A service in the catalogue."""

    name = required(Text100, "Name of the service.")
    namespace = required(NamespaceName, "Versioned namespace of its operations.")
    path = required(Path, "Path of its endpoint; the contract is served there at ?wsdl.")
    descriptionAz = required(Text4000, "What it is for, in Azerbaijani.")
    descriptionEn = required(Text4000, "What it is for, in English.")
    operations = many(CatalogueOperation, "Its operations.", least=1)


class ListServices(_Own):
    """Asks what is offered."""

    context = required(RequestContext, "Context of the request.")


class ListServicesResponse(_Own):
    """Answer to ListServices."""

    services = many(CatalogueService, "All services of this gateway.", least=1)


class AllowedOperations(_Own):
    """Asks what the caller may do."""

    context = required(RequestContext, "Context of the request.")


class RightToOperation(_Own):
    """An operation that may be called, and how far it reaches."""

    operation = required(OperationName, "The operation.")
    everyRegister = optional(Boolean, "True: it reaches into every register, also into those yet to come.")
    registers = many(Code, "The registers it reaches into.")
    everyDocumentType = optional(Boolean, "True: it reaches every type of document, also those yet to come.")
    documentTypes = many(Code, "The types of document it reaches.")


class MandateToAct(_Own):
    """What the caller may do for another agency, within its own rights."""

    principal = required(AgencyCode, "The agency for which is acted: to be named in onBehalfOf.")
    rights = many(RightToOperation, "What may be done for it.", least=1)
    validTo = required(Day, "Last day of the mandate.")


class AllowedOperationsResponse(_Own):
    """Answer to AllowedOperations."""

    operations = many(OperationName, "The operations that the calling system may call; all others are denied.")
    rights = many(
        RightToOperation,
        "How far each of these operations reaches. One that reaches into no register and no document type, such as "
        "GetStatus, names none.",
    )
    mandates = many(MandateToAct, "The mandates that hold today, by which the system may act for other agencies.")


class GetReceipt(_Own):
    """Asks for a receipt once more."""

    context = required(RequestContext, "Context of the request.")
    trackingId = required(TrackingId, "Tracking id of the command.")


class GetReceiptResponse(_Own):
    """Answer to GetReceipt."""

    signedReceipt = optional(
        SignedFile,
        "The receipt as it was given, byte for byte. Absent when the register has none yet, or never had the command.",
    )
    status = required(CommandStatus, "What became of the command.")


class GetStatus(_Own):
    """Asks what became of a command."""

    context = required(RequestContext, "Context of the request.")
    trackingId = required(TrackingId, "Tracking id of the command.")


class GetStatusResponse(_Own):
    """Answer to GetStatus."""

    status = required(CommandStatus, "What became of the command.")


class ChangePassword(_Own):
    """Puts another password in the place of the one in the UsernameToken."""

    context = required(RequestContext, "Context of the request.")
    newPassword = required(
        NewPassword,
        "The password from now on. Not the one in use, none that many people use, and not made of the login, FIN, "
        "agency code or name.",
    )


class ChangePasswordResponse(_Own):
    """Answer to ChangePassword: exactly one of the two."""

    changedAt = either(Moment, "It is changed, everywhere: since when.", choice="outcome")
    refusal = either(Refusal, "It is not changed: what is wrong with the new password.", choice="outcome")


class BusService(ServiceBase):
    """The gateway itself: catalogue of services, rights of the caller, receipts and states of commands."""

    __doc_az__ = "Şlüzün özü: xidmətlərin kataloqu, müraciət edən sistemin hüquqları, qəbzlər və əmrlərin vəziyyəti."

    @operation("query", ListServices, ListServicesResponse)
    def list_services(ctx: Any, request: Any) -> None:
        """Give the catalogue of all services with their operations."""

    @operation("query", AllowedOperations, AllowedOperationsResponse)
    def allowed_operations(ctx: Any, request: Any) -> None:
        """Tell which operations the calling system may call, how far they reach, and for whom else it may act."""

    @operation("query", GetReceipt, GetReceiptResponse)
    def get_receipt(ctx: Any, request: Any) -> None:
        """Give the receipt of a command of the calling agency once more, and what became of the command."""

    @operation("query", GetStatus, GetStatusResponse)
    def get_status(ctx: Any, request: Any) -> None:
        """Tell what became of a command of the calling agency."""

    @operation("change", ChangePassword, ChangePasswordResponse)
    def change_password(ctx: Any, request: Any) -> None:
        """Change the password whose login and present value the UsernameToken of this message carries.

        It is the representative's, or, of a system enrolled as password only, the system's own. A password that the
        operator issued is good for nothing but this operation. Neither password is kept.
        """
