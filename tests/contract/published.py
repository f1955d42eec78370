"""Published documents read back into what matters to a client, whoever made them and however they are laid out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = {"1.1": "{http://schemas.xmlsoap.org/wsdl/soap/}", "1.2": "{http://schemas.xmlsoap.org/wsdl/soap12/}"}

Name = tuple[str, str]
"""Namespace and local name."""


@dataclass(frozen=True)
class Simple:
    """A simple type; a facet that is absent is not in `facets`."""

    base: Name
    facets: Mapping[str, str]
    values: frozenset[str]


@dataclass(frozen=True)
class Element:
    """An element in a structure."""

    name: str
    type: Name
    least: int
    most: float
    choice: frozenset[str] | None
    """Names of the elements of which exactly one is present."""


@dataclass(frozen=True)
class Structure:
    """A complex type: its elements in order."""

    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Call:
    """How an operation is called over one version of SOAP."""

    address_path: str
    action: str


class Published:
    """A whole release: `wsdl/*.wsdl` and `xsd/*.xsd` by path."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self.types: dict[Name, Simple | Structure] = {}
        self.roots: dict[Name, Name] = {}
        """Type of each global element."""
        self.operations: dict[Name, dict[str, Call]] = {}
        """By namespace and name: the calls by version of SOAP."""
        for path, document in sorted(documents.items()):
            root = etree.fromstring(document)
            if path.endswith(".xsd"):
                self._read_schema(root)
            else:
                self._read_wsdl(root)

    @classmethod
    def at(cls, folder: Path) -> Published:
        paths = sorted([*folder.glob("wsdl/*.wsdl"), *folder.glob("xsd/*.xsd")])
        return cls({str(path.relative_to(folder)): path.read_bytes() for path in paths})

    def _read_schema(self, root: etree._Element) -> None:
        namespace = root.get("targetNamespace")
        for simple in root.iterchildren(f"{XS}simpleType"):
            self.types[namespace, simple.get("name")] = _simple(simple)
        for structure in root.iterchildren(f"{XS}complexType"):
            self.types[namespace, structure.get("name")] = _structure(structure)
        for element in root.iterchildren(f"{XS}element"):
            name = (namespace, element.get("name"))
            inline = element.find(f"{XS}complexType")
            if inline is None:
                self.roots[name] = _name(element, "type")
            else:
                self.roots[name] = (namespace, f"element {name[1]}")
                self.types[self.roots[name]] = _structure(inline)

    def _read_wsdl(self, root: etree._Element) -> None:
        namespace = root.get("targetNamespace")
        for version, soap in SOAP.items():
            for port in root.iter(f"{WSDL}port"):
                address = port.find(f"{soap}address")
                if address is None:
                    continue
                path = "/" + address.get("location").split("/", 3)[3]
                [binding] = [one for one in root.iter(f"{WSDL}binding") if one.get("name") == _name(port, "binding")[1]]
                for operation in binding.iterchildren(f"{WSDL}operation"):
                    call = Call(path, operation.find(f"{soap}operation").get("soapAction"))
                    self.operations.setdefault((namespace, operation.get("name")), {})[version] = call


def _name(element: etree._Element, attribute: str) -> Name:
    prefix, _, local = element.get(attribute).rpartition(":")
    return element.nsmap[prefix or None], local


def _simple(element: etree._Element) -> Simple:
    restriction = element.find(f"{XS}restriction")
    facets = {etree.QName(facet).localname: facet.get("value") for facet in restriction}
    values = frozenset(value.get("value") for value in restriction.iterchildren(f"{XS}enumeration"))
    facets.pop("enumeration", None)
    return Simple(_name(restriction, "base"), facets, values)


def _structure(element: etree._Element) -> Structure:
    return Structure(tuple(_elements(element.find(f"{XS}sequence"), None)))


def _elements(group: etree._Element, choice: frozenset[str] | None) -> Iterator[Element]:
    for member in group:
        if member.tag == f"{XS}choice":
            yield from _elements(member, frozenset(one.get("name") for one in member.iterchildren(f"{XS}element")))
        elif member.tag == f"{XS}element":
            most = member.get("maxOccurs", "1")
            yield Element(
                name=member.get("name"),
                type=_name(member, "type"),
                least=int(member.get("minOccurs", "1")),
                most=float("inf") if most == "unbounded" else int(most),
                choice=choice,
            )
