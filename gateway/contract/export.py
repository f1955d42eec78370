"""The documents that are published: `wsdl/` and `xsd/` as files, and the same behind `?wsdl` and `?xsd=`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from gateway.contract.model import XSD_NAMESPACE, ServiceDeclaration
from gateway.contract.schema import schema_documents
from gateway.contract.services import ROOTS, SERVICES, endpoint_path
from gateway.contract.wsdl import wsdl_document

DEFAULT_URL: Final = "http://127.0.0.1:8080"
"""Address in the committed files: where a gateway listens that was not told otherwise."""
_ADDRESS: Final = "address-of-the-gateway:"
"""Stands in a contract for scheme and authority until it is known at which address somebody asks."""


def documents() -> Mapping[str, bytes]:
    """Everything that is committed, by path from the root of the repository; the same bytes on every machine."""
    files = {f"xsd/{name}": document for name, document in schemas().items()}
    for service in SERVICES:
        files[f"wsdl/{service.name}.wsdl"] = _file(
            wsdl_document(service, DEFAULT_URL, lambda name: f"../xsd/{name}.xsd")
        )
    return MappingProxyType(files)


def export(root: Path) -> list[Path]:
    """Write `documents()` below `root`; returns what was written or changed."""
    changed = []
    for name, document in documents().items():
        path = root / name
        if not path.exists() or path.read_bytes() != document:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(document)
            changed.append(path)
    return changed


@cache
def schemas() -> Mapping[str, bytes]:
    """The XML Schema documents, by file name; they import one another by file name."""
    return MappingProxyType({f"{name}.xsd": _file(document) for name, document in _schema_trees().items()})


def _schema_trees() -> dict[str, etree._Element]:
    wrappers = [
        wrapper
        for service in SERVICES
        for operation in service.operations
        for wrapper in (operation.request, operation.response)
    ]
    return schema_documents(ROOTS, wrappers)


@dataclass(frozen=True, slots=True)
class ServedContract:
    """The contract of one service as it is served; every reference leads back to the same endpoint."""

    wsdl: bytes
    schemas: Mapping[str, bytes]
    """By the name that follows `?xsd=`."""


def served(service: str, base_url: str) -> ServedContract:
    """The contract of `service` as seen at `base_url` (scheme and authority, no slash at the end).

    Raises `KeyError` for a service that is not offered.
    """
    contract = _contract(service)
    return ServedContract(
        wsdl=_at(base_url, contract.wsdl),
        schemas=MappingProxyType({name: _at(base_url, schema) for name, schema in contract.schemas.items()}),
    )


def document(service: str, xsd: str | None, base_url: str) -> bytes | None:
    """What GET answers: the WSDL of `service`, or with `xsd` one of its schemas; None when there is none."""
    try:
        contract = _contract(service)
    except KeyError:
        return None
    found = contract.wsdl if xsd is None else contract.schemas.get(xsd.removesuffix(".xsd"))
    return None if found is None else _at(base_url, found)


@lru_cache(maxsize=len(SERVICES))
def _contract(service: str) -> ServedContract:
    """The contract of `service` with `_ADDRESS` where its address belongs.

    Nothing that a stranger chooses is part of the key: by the Host header anybody could push others' documents out.
    """
    declared = _declared(service)

    def location(name: str) -> str:
        return f"{_ADDRESS}{endpoint_path(service)}?xsd={name}"

    trees = _schema_trees()
    needed = {service, "types"} & trees.keys()
    for name in needed:
        for imported in trees[name].iterchildren(f"{{{XSD_NAMESPACE}}}import"):
            imported.set("schemaLocation", location((imported.get("schemaLocation") or "").removesuffix(".xsd")))
    return ServedContract(
        wsdl=_file(wsdl_document(declared, _ADDRESS, location)),
        schemas=MappingProxyType({name: _file(trees[name]) for name in sorted(needed)}),
    )


def _at(base_url: str, template: bytes) -> bytes:
    """The document with the address filled in, as the text of an attribute."""
    return template.replace(_ADDRESS.encode(), escape(base_url, {'"': "&quot;"}).encode())


def _declared(service: str) -> ServiceDeclaration:
    return {declared.name: declared for declared in SERVICES}[service]


def _file(tree: etree._Element) -> bytes:
    etree.indent(tree, "  ")
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8") + b"\n"
