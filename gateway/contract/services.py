"""The published contract as a whole: its services, and the documents that stand alone in a file or a fault."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.contract.bus import BusService
from gateway.contract.cards import AppealApplication, DestructionProof, RegistrationApplication, Withdrawal
from gateway.contract.declare import read_complex, read_service
from gateway.contract.documents import DocumentsService
from gateway.contract.extracts import ExtractDocument
from gateway.contract.histories import CaseHistory
from gateway.contract.imports import ImportedEntries
from gateway.contract.model import ComplexType, ServiceDeclaration
from gateway.contract.notices import NoticesService
from gateway.contract.registration import RegistrationService
from gateway.contract.types import Fault, ReceiptDocument

RELEASE: Final = "1.0"
"""Release of the contract: major is the version in the namespaces, minor counts additions that break nobody."""

SERVICES: Final[tuple[ServiceDeclaration, ...]] = (
    read_service("registration", RegistrationService),
    read_service("documents", DocumentsService),
    read_service("notices", NoticesService),
    read_service("bus", BusService),
)

ROOTS: Final[Mapping[str, ComplexType]] = MappingProxyType(
    {
        "registrationApplication": read_complex(RegistrationApplication),
        "appealApplication": read_complex(AppealApplication),
        "withdrawal": read_complex(Withdrawal),
        "destructionProof": read_complex(DestructionProof),
        "entries": read_complex(ImportedEntries),
        "receipt": read_complex(ReceiptDocument),
        "extract": read_complex(ExtractDocument),
        "fault": read_complex(Fault),
        "caseHistory": read_complex(CaseHistory),
    }
)
"""Global elements of the shared namespace."""


def endpoint_path(service: str) -> str:
    """Path of a service's endpoint below the address of the gateway."""
    return f"/soap/{service}/v1"


def soap_action(namespace: str, operation: str) -> str:
    """The SOAPAction (SOAP 1.1) and action parameter (SOAP 1.2) of an operation."""
    return f"{namespace}/{operation}"
