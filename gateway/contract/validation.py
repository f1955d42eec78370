"""The verdict of the schema on an element, and the places where it breaks it."""

from __future__ import annotations

import threading
from itertools import islice
from typing import Final

from lxml import etree

from gateway.contract.explain import explain
from gateway.contract.export import schemas
from gateway.contract.model import ComplexType
from gateway.faults import FieldError
from gateway.xml.schema import compile_schema

MOST_ERRORS: Final = 1000
"""Field errors that are told of one element."""

_ATTRIBUTE_OR_COMMENT_IN_TEXT: Final = "boolean(descendant-or-self::*/@* | descendant-or-self::*[not(*)]/comment())"


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


def breaches(schema: etree.XMLSchema, of: ComplexType, element: etree._Element) -> tuple[FieldError, ...]:
    """Every place where `element` breaks its type (1000 at the most); empty: it follows it."""
    # The schema lets xsi:type, xsi:nil and comments pass; this contract has no use for any of them.
    if schema.validate(element) and not element.xpath(_ATTRIBUTE_OR_COMMENT_IN_TEXT):
        return ()
    found = tuple(islice(explain(of, element), MOST_ERRORS))
    # Whatever the walk cannot see, the verdict of the schema stands.
    return found or (FieldError(f"/{of.name}", "schema", "Does not follow the published schema."),)
