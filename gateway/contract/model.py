"""The contract as plain, typed data: what `gateway.contract.declare` reads out of the spyne classes.

Schemas, WSDL, codecs and error texts are all made from these few records, so that spyne itself is needed once, at
the start of a process, and never on the path of a request.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

XSD_NAMESPACE: Final = "http://www.w3.org/2001/XMLSchema"
TYPES_NAMESPACE: Final = "urn:state-register:types:v1"
"""What several services share, and what is signed as a file."""

DSIG_NAMESPACE: Final = "http://www.w3.org/2000/09/xmldsig#"

Base = Literal["string", "int", "long", "date", "dateTime", "boolean", "base64Binary"]
Kind = Literal["command", "query", "change"]


def service_namespace(service: str) -> str:
    """The versioned namespace of a service."""
    return f"urn:state-register:{service}:v1"


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A type of text: an XML Schema base type and the facets that narrow it (None: not narrowed)."""

    namespace: str
    name: str
    base: Base
    doc: str
    pattern: str | None = None
    """In the common subset of XML Schema and Python regular expressions; the whole value must match."""
    min_length: int | None = None
    max_length: int | None = None
    """Characters; octets for base64Binary."""
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[tuple[str, str], ...] = ()
    """Enumerated values, each with its meaning."""


@dataclass(frozen=True, slots=True)
class Field:
    """An element inside a complex type."""

    name: str
    type: SimpleType | ComplexType
    doc: str
    least: int = 1
    most: int | None = 1
    """None: unbounded."""
    choice: str | None = None
    """Exactly one field of those that name the same choice is present."""

    @property
    def repeated(self) -> bool:
        """Whether the field is a list."""
        return self.most != 1


@dataclass(frozen=True, slots=True)
class ComplexType:
    """A structure: elements in this order, no attributes."""

    namespace: str
    name: str
    doc: str
    fields: tuple[Field, ...]
    sealed: bool = False
    """Whether an enveloped XML signature may stand after the last field."""

    def types(self) -> Iterator[SimpleType | ComplexType]:
        """This type and all it is made of, each once, depth first in the order of the fields."""
        seen: dict[tuple[str, str], SimpleType | ComplexType] = {}
        _collect(self, seen)
        yield from seen.values()


def _collect(member: SimpleType | ComplexType, seen: dict[tuple[str, str], SimpleType | ComplexType]) -> None:
    key = (member.namespace, member.name)
    if key in seen:
        return
    seen[key] = member
    if isinstance(member, ComplexType):
        for field in member.fields:
            _collect(field.type, seen)


@dataclass(frozen=True, slots=True)
class OperationDeclaration:
    """An operation as declared: its two wrappers, and how it is answered."""

    name: str
    kind: Kind
    doc: str
    request: ComplexType
    response: ComplexType


@dataclass(frozen=True, slots=True)
class ServiceDeclaration:
    """A service as declared."""

    name: str
    doc: str
    doc_az: str
    operations: tuple[OperationDeclaration, ...]

    @property
    def namespace(self) -> str:
        """The versioned namespace of the service."""
        return service_namespace(self.name)
