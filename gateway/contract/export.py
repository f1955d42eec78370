"""The documents that are published: `wsdl/` and `xsd/` as files, and the same behind `?wsdl` and `?xsd=`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from lxml import etree

from gateway.contract.schema import schema_documents
from gateway.contract.services import ROOTS, SERVICES


@cache
def schemas() -> Mapping[str, bytes]:
    """The XML Schema documents, by file name; they import one another by file name."""
    wrappers = [
        wrapper
        for service in SERVICES
        for operation in service.operations
        for wrapper in (operation.request, operation.response)
    ]
    documents = schema_documents(ROOTS, wrappers)
    return MappingProxyType({f"{name}.xsd": _file(document) for name, document in documents.items()})


def _file(document: etree._Element) -> bytes:
    etree.indent(document, "  ")
    return etree.tostring(document, xml_declaration=True, encoding="UTF-8") + b"\n"
