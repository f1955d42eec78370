# mypy: allow-subclassing-any
"""The words in which the contract is declared with spyne, and how a declaration is read back as plain data.

Every declared thing carries its documentation: a word without one does not exist here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final, cast

from gateway.contract.model import (
    TYPES_NAMESPACE,
    XSD_NAMESPACE,
    Base,
    ComplexType,
    Field,
    Kind,
    OperationDeclaration,
    ServiceDeclaration,
    SimpleType,
)
from gateway.contract.spyne_import import ComplexModel, Enum, EnumBase, rpc

_BUILT_IN: Final = frozenset({"boolean"})
"""Base types a field may have without a name of its own; everything else is named and documented."""


class Shared(ComplexModel):
    """Base of the structures that several services share or that are signed as files."""

    __namespace__ = TYPES_NAMESPACE


def simple(name: str, base: Any, doc: str, *, namespace: str = TYPES_NAMESPACE, **facets: Any) -> Any:
    """A named simple type: spyne's `base` narrowed by `facets` (pattern, min_len, max_len, ge, le)."""
    return type(
        name, (base.customize(**facets),), {"__doc__": doc, "__contract_type__": (namespace, name), "__slots__": ()}
    )


def enumeration(
    values: type[StrEnum], doc: str, meanings: Mapping[str, str], *, namespace: str = TYPES_NAMESPACE
) -> Any:
    """A named type of exactly the members of `values`; raises `ValueError` unless each has its meaning."""
    names = [member.value for member in values]
    if set(names) != set(meanings):
        raise ValueError(f"{values.__name__}: documented {sorted(meanings)}, defined {sorted(names)}")
    declared = Enum(*names, type_name=values.__name__, doc=doc)
    declared.__contract_type__ = (namespace, values.__name__)
    declared.__meanings__ = {name: meanings[name] for name in names}
    declared.__namespace__ = namespace
    return declared


def required(of: Any, doc: str, *, source: str | None = None) -> Any:
    """A field that is always there; `source` is the act that demands it, where there is something to say."""
    return of.customize(min_occurs=1, max_occurs=1, nillable=False, doc=_sourced(doc, source))


def optional(of: Any, doc: str, *, source: str | None = None) -> Any:
    """A field that may be absent; absent is never the same as empty."""
    return of.customize(min_occurs=0, max_occurs=1, nillable=False, doc=_sourced(doc, source))


def many(of: Any, doc: str, *, least: int = 0, most: int | None = None, source: str | None = None) -> Any:
    """A repeated field, from `least` to `most` times (None: unbounded)."""
    times = float("inf") if most is None else most
    return of.customize(min_occurs=least, max_occurs=times, nillable=False, doc=_sourced(doc, source))


def _sourced(doc: str, source: str | None) -> str:
    return doc if source is None else f"{doc} Source: {source}."


def either(of: Any, doc: str, *, choice: str) -> Any:
    """A field of a choice: exactly one of those with the same `choice` is there."""
    # Spyne knows no mandatory choice: to its own serialiser each of them may be absent.
    return of.customize(min_occurs=0, max_occurs=1, nillable=False, doc=doc, xml_choice_group=choice)


def operation(kind: Kind, request: Any, response: Any) -> Callable[[Callable[..., None]], Any]:
    """Declare a method of a service as an operation named like its request; its docstring is its documentation."""
    name = request.get_type_name()
    if response.get_type_name() != f"{name}Response":
        raise ValueError(f"{name} is answered by {name}Response, not by {response.get_type_name()}")
    declared = rpc(request, _returns=response, _body_style="bare", _operation_name=name, _udd={"kind": kind})
    return cast("Callable[[Callable[..., None]], Any]", declared)


def read_service(name: str, declared: Any) -> ServiceDeclaration:
    """Read a spyne service class back as plain data."""
    return ServiceDeclaration(
        name=name,
        doc=inspect.cleandoc(declared.__doc__),
        doc_az=declared.__doc_az__,
        operations=tuple(
            OperationDeclaration(
                name=descriptor.operation_name,
                kind=descriptor.udd.kind,
                doc=inspect.cleandoc(descriptor.doc),
                request=read_complex(descriptor.in_message.__orig__),
                response=read_complex(descriptor.out_message.__orig__),
            )
            for descriptor in declared.public_methods.values()
        ),
    )


@cache
def read_complex(declared: Any) -> ComplexType:
    """Read a spyne structure back as plain data."""
    return ComplexType(
        namespace=declared.__namespace__,
        name=declared.get_type_name(),
        doc=inspect.cleandoc(declared.__doc__),
        fields=tuple(_read_field(name, of) for name, of in declared._type_info.items()),  # noqa: SLF001 - spyne's own name for its fields
        sealed=getattr(declared, "__sealed__", False),
    )


def _read_field(name: str, of: Any) -> Field:
    attributes = of.Attributes
    most = attributes.max_occurs
    return Field(
        name=name,
        type=read_complex(of.__orig__ or of) if issubclass(of, ComplexModel) else _read_simple(of),
        doc=of.Annotations.doc,
        least=1 if attributes.xml_choice_group else int(attributes.min_occurs),
        most=None if most == float("inf") else int(most),
        choice=attributes.xml_choice_group,
    )


def _read_simple(of: Any) -> SimpleType:
    base = _base(of)
    if not hasattr(of, "__contract_type__"):
        if base not in _BUILT_IN:
            raise ValueError(f"a {base} without a name and a documentation of its own")
        return SimpleType(namespace=XSD_NAMESPACE, name=base, base=base, doc="")
    attributes = of.Attributes
    namespace, name = of.__contract_type__
    is_text = base in ("string", "base64Binary")
    return SimpleType(
        namespace=namespace,
        name=name,
        base=base,
        doc=_doc_of_named(of),
        pattern=getattr(attributes, "pattern", None),
        min_length=_bound(getattr(attributes, "min_len", None) or None) if is_text else None,
        max_length=_bound(getattr(attributes, "max_len", None)) if is_text else None,
        minimum=_bound(attributes.ge) if base in ("int", "long") else None,
        maximum=_bound(attributes.le) if base in ("int", "long") else None,
        values=tuple(getattr(of, "__meanings__", {}).items()),
    )


def _base(of: Any) -> Base:
    if issubclass(of, EnumBase):
        return "string"
    names = {parent.__type_name__ for parent in of.__mro__ if isinstance(getattr(parent, "__type_name__", None), str)}
    for base in ("boolean", "base64Binary", "date", "dateTime", "int", "long", "string"):
        if base in names:
            return base
    raise ValueError(f"no XML Schema base for {of!r}")


def _doc_of_named(of: Any) -> str:
    """The docstring of the class that first bore the name; customised copies below it carry a field's text."""
    named = [parent for parent in of.__mro__ if "__contract_type__" in vars(parent)]
    return inspect.cleandoc(named[0].__doc__)


def _bound(value: Any) -> int | None:
    """A facet that is set, as an integer; spyne marks unset ones by None and infinities."""
    return None if value is None or value in (float("inf"), float("-inf")) else int(value)
