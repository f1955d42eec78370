"""The verdict of the schema on an element, and the places where it breaks it."""

from __future__ import annotations

import threading
from itertools import islice
from typing import Final

from lxml import etree

from gateway.contract.explain import explain, has_attributes, is_base64
from gateway.contract.export import schemas
from gateway.contract.model import ComplexType, SimpleType
from gateway.faults import FieldError
from gateway.xml.schema import compile_schema

MOST_ERRORS: Final = 1000
"""Field errors that are told of one element."""

_COMMENT_IN_TEXT: Final = "boolean(descendant-or-self::*[not(*)]/comment())"
_WITH_ATTRIBUTES: Final = "descendant-or-self::*[@*]"


class ThreadSchema:
    """The compiled schema of one namespace, once for each thread: lxml keeps the state of a validation in it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept = threading.local()

    @property
    def compiled(self) -> etree.XMLSchema:
        """The calling thread's own."""
        compiled: etree.XMLSchema | None = getattr(self._kept, "schema", None)
        if compiled is None:
            compiled = self._kept.schema = compile_schema(schemas(), f"{self._name}.xsd")
        return compiled


class Validation:
    """Tells whether elements follow one type. Shared by all threads."""

    def __init__(self, schema: ThreadSchema, of: ComplexType) -> None:
        self._schema = schema
        self._of = of
        self._files = [
            f"{{{holder.namespace}}}{field.name}"
            for holder in of.types()
            if isinstance(holder, ComplexType)
            for field in holder.fields
            if isinstance(field.type, SimpleType) and field.type.base == "base64Binary"
        ]

    def breaches(self, element: etree._Element) -> tuple[FieldError, ...]:
        """Every place where `element` breaks the type (1000 at the most); empty: it follows it."""
        if self._schema.compiled.validate(element) and not self._passed_wrongly(element):
            return ()
        found = tuple(islice(explain(self._of, element), MOST_ERRORS))
        # Whatever the walk cannot see, the verdict of the schema stands.
        return found or (FieldError(f"/{self._of.name}", "schema", "Does not follow the published schema."),)

    def _passed_wrongly(self, element: etree._Element) -> bool:
        """What a schema lets pass and this contract does not.

        By its definition xsi:type, xsi:nil and comments; by libxml2's reading of it also stray characters in base64.
        """
        if element.xpath(_COMMENT_IN_TEXT):
            return True
        bearers = element.xpath(_WITH_ATTRIBUTES)
        assert isinstance(bearers, list)
        if any(isinstance(each, etree._Element) and has_attributes(each) for each in bearers):  # noqa: SLF001 - no public name
            return True
        return bool(self._files) and not all(is_base64(leaf.text or "") for leaf in element.iter(*self._files))
