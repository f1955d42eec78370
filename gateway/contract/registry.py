"""What the endpoint stands on: operations by the element of their request, their schema and their codecs.

contract = CONTRACTS["documents"]
request = contract.read(payload)              # validates and decodes; raises RefusalError
answer = request.operation.encode(record)     # exclusive canonical XML
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

import msgspec
from lxml import etree

from gateway.contract import answers, requests
from gateway.contract.bus import OperationKindValues
from gateway.contract.codec import compile_decoder, compile_encoder
from gateway.contract.model import ComplexType, Kind, OperationDeclaration, ServiceDeclaration
from gateway.contract.schema import schema_name
from gateway.contract.services import SERVICES, endpoint_path, soap_action
from gateway.contract.validation import ThreadSchema, Validation
from gateway.faults import FieldError, RefusalError
from handlers.messages import RequestContext
from handlers.record import Record

_BULK: Final = frozenset({"ReportInvalidDocuments"})
"""Operations that may be as large as the limits for bulk allow (security §0)."""


@dataclass(frozen=True, slots=True)
class _Codec:
    """Both directions of one wrapper."""

    decode: Callable[[etree._Element], dict[str, Any]]
    encode: Callable[[Any], bytes]

    @classmethod
    def of(cls, wrapper: ComplexType) -> _Codec:
        return cls(compile_decoder(wrapper), compile_encoder(wrapper, wrapper.name))


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as the endpoint needs it."""

    service: str
    name: str
    kind: Kind
    namespace: str
    description: str
    request_tag: str
    """The element of the request, as lxml writes names: `{namespace}Name`."""
    response_tag: str
    request_type: type[Record]
    answer_type: type[Record]
    bulk: bool
    """Whether the limits for bulk operations apply."""
    declared_request: ComplexType = field(repr=False)
    declared_response: ComplexType = field(repr=False)
    _request: _Codec = field(repr=False)
    _answer: _Codec = field(repr=False)

    @property
    def soap_action(self) -> str:
        """What SOAPAction or the action parameter must say when it is sent at all."""
        return soap_action(self.namespace, self.name)

    @property
    def qualified_name(self) -> str:
        """`service.Operation`: the name that rights are given by."""
        return f"{self.service}.{self.name}"

    def decode(self, payload: etree._Element) -> Request:
        """Read a payload that the schema has accepted; `codec.ElementError` when it cannot have accepted it."""
        tree = self._request.decode(payload)
        context = msgspec.convert(tree.pop("context"), RequestContext)
        return Request(operation=self, context=context, body=msgspec.convert(tree, self.request_type))

    def encode(self, answer: Record) -> bytes:
        """Write an answer (an `answer_type`) as the response element, in exclusive canonical XML."""
        if not isinstance(answer, self.answer_type):
            raise TypeError(f"{self.qualified_name} is answered by {self.answer_type.__name__}")
        return self._answer.encode(answer)

    def encode_request(self, context: RequestContext, body: Record) -> bytes:
        """Write a request (a `request_type`) as a caller does, in exclusive canonical XML."""
        if not isinstance(body, self.request_type):
            raise TypeError(f"{self.qualified_name} is asked by {self.request_type.__name__}")
        fields = {name: getattr(body, name) for name in body.__struct_fields__}
        return self._request.encode(SimpleNamespace(context=context, **fields))

    def decode_answer(self, element: etree._Element) -> Record:
        """Read a response element that follows the contract, as a caller does."""
        return msgspec.convert(self._answer.decode(element), self.answer_type)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was validated and decoded."""

    operation: Operation
    context: RequestContext
    body: Record


class ServiceContract:
    """The contract of one service. Shared by all threads."""

    def __init__(self, declared: ServiceDeclaration) -> None:
        self.name = declared.name
        self.namespace = declared.namespace
        self.path = endpoint_path(declared.name)
        self.description_en = declared.doc
        self.description_az = declared.doc_az
        self.operations: Mapping[str, Operation] = MappingProxyType(
            {
                operation.request_tag: operation
                for operation in (_operation(declared, member) for member in declared.operations)
            }
        )
        self._schema = ThreadSchema(schema_name(declared.namespace))
        self._validations = {
            tag: Validation(self._schema, operation.declared_request) for tag, operation in self.operations.items()
        }

    @property
    def bulk(self) -> bool:
        """Whether any of its operations may be as large as the limits for bulk allow."""
        return any(operation.bulk for operation in self.operations.values())

    @property
    def schema(self) -> etree.XMLSchema:
        """The compiled schema of the service's namespace; one for each thread, since validation keeps state in it."""
        return self._schema.compiled

    def operation(self, tag: object) -> Operation:
        """The operation whose request is the element `tag`; raises `RefusalError` when there is none."""
        found = self.operations.get(tag) if isinstance(tag, str) else None
        if found is None:
            raise RefusalError("client.contract.unknown-operation", reason="CONTRACT.OPERATION")
        return found

    def validate(self, payload: etree._Element) -> tuple[FieldError, ...]:
        """Every place where `payload` breaks the contract (1000 at the most); empty: it follows it.

        Raises `RefusalError` when the payload is no operation of this service.
        """
        return self._validations[self.operation(payload.tag).request_tag].breaches(payload)

    def decode(self, payload: etree._Element) -> Request:
        """Read a payload that `validate` found nothing wrong with."""
        return self.operation(payload.tag).decode(payload)

    def read(self, payload: etree._Element) -> Request:
        """Validate and decode; raises `RefusalError` with all field errors."""
        errors = self.validate(payload)
        if errors:
            raise RefusalError("client.contract.invalid", reason="CONTRACT.SCHEMA", fields=errors)
        return self.decode(payload)


def _operation(service: ServiceDeclaration, declared: OperationDeclaration) -> Operation:
    command = declared.kind == "command"
    return Operation(
        service=service.name,
        name=declared.name,
        kind=declared.kind,
        namespace=service.namespace,
        description=declared.doc,
        request_tag=f"{{{service.namespace}}}{declared.name}",
        response_tag=f"{{{service.namespace}}}{declared.response.name}",
        request_type=getattr(requests, f"{declared.name}Request"),
        answer_type=answers.CommandAnswer if command else getattr(answers, f"{declared.name}Answer"),
        bulk=declared.name in _BULK,
        declared_request=declared.request,
        declared_response=declared.response,
        _request=_Codec.of(declared.request),
        _answer=_Codec.of(declared.response),
    )


CONTRACTS: Final[Mapping[str, ServiceContract]] = MappingProxyType(
    {declared.name: ServiceContract(declared) for declared in SERVICES}
)
"""By name of the service."""

OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = MappingProxyType(
    {
        (contract.name, tag): operation
        for contract in CONTRACTS.values()
        for tag, operation in contract.operations.items()
    }
)
"""By name of the service and element of the request."""


def catalogue() -> answers.ListServicesAnswer:
    """All services with their operations: the answer to ListServices."""
    return answers.ListServicesAnswer(
        services=tuple(
            answers.CatalogueService(
                name=contract.name,
                namespace=contract.namespace,
                path=contract.path,
                description_az=contract.description_az,
                description_en=contract.description_en,
                operations=tuple(
                    answers.CatalogueOperation(
                        name=operation.name,
                        kind=OperationKindValues(operation.kind.upper()),
                        description=operation.description,
                    )
                    for operation in contract.operations.values()
                ),
            )
            for contract in CONTRACTS.values()
        )
    )
