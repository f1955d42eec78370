"""XML Schema documents, one per namespace, made from the declared types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree

from gateway.contract.model import DSIG_NAMESPACE, TYPES_NAMESPACE, XSD_NAMESPACE, ComplexType, Field, SimpleType

_FACETS: Final = (
    ("pattern", "pattern"),
    ("minLength", "min_length"),
    ("maxLength", "max_length"),
    ("minInclusive", "minimum"),
    ("maxInclusive", "maximum"),
)
"""In the order in which they are written."""


def schema_name(namespace: str) -> str:
    """Name of the document of a namespace: `urn:state-register:types:v1` → `types`."""
    return namespace.split(":")[2]


def schema_documents(roots: Mapping[str, ComplexType], operations: Iterable[ComplexType]) -> dict[str, etree._Element]:
    """Return one `xs:schema` per namespace, by `schema_name`.

    `roots` are global elements of a named type (what may stand at the top of a file), by element name;
    `operations` are the wrappers, global elements named like their type, which stays anonymous.
    """
    wrappers = list(operations)
    members: dict[str, dict[str, SimpleType | ComplexType]] = {TYPES_NAMESPACE: {}}
    for top in (*roots.values(), *wrappers):
        for member in top.types():
            if member.namespace != XSD_NAMESPACE:
                members.setdefault(member.namespace, {})[member.name] = member
    documents = {}
    for namespace in sorted(members):
        elements = [_root_element(name, of) for name, of in roots.items() if of.namespace == namespace]
        elements += [_wrapper_element(of) for of in wrappers if of.namespace == namespace]
        named = [of for of in members[namespace].values() if of not in wrappers]
        documents[schema_name(namespace)] = _schema(namespace, named, elements)
    return documents


def _schema(
    namespace: str, members: Iterable[SimpleType | ComplexType], elements: list[etree._Element]
) -> etree._Element:
    prefixes = {"xs": XSD_NAMESPACE, "t": TYPES_NAMESPACE}
    if namespace != TYPES_NAMESPACE:
        prefixes["s"] = namespace
    schema = etree.Element(
        _xs("schema"), {"targetNamespace": namespace, "elementFormDefault": "qualified"}, nsmap=prefixes
    )
    if namespace != TYPES_NAMESPACE:
        etree.SubElement(
            schema,
            _xs("import"),
            {"namespace": TYPES_NAMESPACE, "schemaLocation": f"{schema_name(TYPES_NAMESPACE)}.xsd"},
        )
    ordered = sorted(members, key=lambda member: (isinstance(member, ComplexType), member.name))
    schema.extend(_complex(of) if isinstance(of, ComplexType) else _simple(of) for of in ordered)
    schema.extend(elements)
    return schema


def _xs(name: str) -> str:
    return f"{{{XSD_NAMESPACE}}}{name}"


def _reference(of: SimpleType | ComplexType) -> str:
    prefix = {XSD_NAMESPACE: "xs", TYPES_NAMESPACE: "t"}.get(of.namespace, "s")
    return f"{prefix}:{of.name}"


def _documented(element: etree._Element, doc: str) -> etree._Element:
    documentation = etree.SubElement(etree.SubElement(element, _xs("annotation")), _xs("documentation"))
    documentation.text = doc
    return element


def _simple(of: SimpleType) -> etree._Element:
    element = _documented(etree.Element(_xs("simpleType"), {"name": of.name}), of.doc)
    restriction = etree.SubElement(element, _xs("restriction"), {"base": f"xs:{of.base}"})
    for facet, attribute in _FACETS:
        value = getattr(of, attribute)
        if value is not None:
            etree.SubElement(restriction, _xs(facet), {"value": str(value)})
    for value, meaning in of.values:
        _documented(etree.SubElement(restriction, _xs("enumeration"), {"value": value}), meaning)
    return element


def _complex(of: ComplexType) -> etree._Element:
    element = _documented(etree.Element(_xs("complexType"), {"name": of.name}), of.doc)
    element.append(_sequence(of))
    return element


def _sequence(of: ComplexType) -> etree._Element:
    sequence = etree.Element(_xs("sequence"))
    choices: dict[str, etree._Element] = {}
    for field in of.fields:
        parent = sequence
        if field.choice is not None:
            if field.choice not in choices:
                choices[field.choice] = etree.SubElement(sequence, _xs("choice"))
            parent = choices[field.choice]
        parent.append(_element(field))
    if of.sealed:
        etree.SubElement(
            sequence, _xs("any"), {"namespace": DSIG_NAMESPACE, "processContents": "skip", "minOccurs": "0"}
        )
    return sequence


def _element(field: Field) -> etree._Element:
    attributes = {"name": field.name, "type": _reference(field.type)}
    if field.least != 1:
        attributes["minOccurs"] = str(field.least)
    if field.most != 1:
        attributes["maxOccurs"] = "unbounded" if field.most is None else str(field.most)
    return _documented(etree.Element(_xs("element"), attributes), field.doc)


def _root_element(name: str, of: ComplexType) -> etree._Element:
    return _documented(etree.Element(_xs("element"), {"name": name, "type": _reference(of)}), of.doc)


def _wrapper_element(of: ComplexType) -> etree._Element:
    element = _documented(etree.Element(_xs("element"), {"name": of.name}), of.doc)
    etree.SubElement(element, _xs("complexType")).append(_sequence(of))
    return element
