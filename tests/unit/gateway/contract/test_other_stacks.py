"""The same values through spyne's own serialiser and through zeep, both working from the same contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import zeep
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from zeep.helpers import serialize_object

from gateway.contract import bus, documents, notices, registration
from gateway.contract.registry import CONTRACTS, OPERATIONS, Operation
from gateway.contract.spyne_import import ComplexModel, XmlDocument
from gateway.xml.parser import parse_trusted
from handlers.messages import RequestContext
from tests.unit.gateway.contract.samples import trees

ROOT = Path(__file__).parents[4]
MODULES = {"registration": registration, "documents": documents, "notices": notices, "bus": bus}
OPERATION_LIST = list(OPERATIONS.values())
NAMES = [operation.qualified_name for operation in OPERATION_LIST]
EXAMPLES = settings(max_examples=5, deadline=None)
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def as_spyne(declared: Any, tree: Any) -> Any:
    if not issubclass(declared, ComplexModel):
        return getattr(declared, tree) if hasattr(declared, "__values__") else tree
    fields = declared._type_info
    return declared(
        **{
            name: [as_spyne(fields[name], item) for item in value]
            if isinstance(value, list)
            else as_spyne(fields[name], value)
            for name, value in tree.items()
        }
    )


@pytest.mark.parametrize("operation", OPERATION_LIST, ids=NAMES)
@EXAMPLES
@given(data=st.data())
def test_what_spyne_writes_is_read_as_the_same_request(operation: Operation, data: st.DataObject):
    tree = data.draw(trees(operation.declared_request))
    declared = getattr(MODULES[operation.service], operation.name)
    parent = etree.Element("parent")
    XmlDocument().to_parent(None, declared, as_spyne(declared, tree), parent, operation.namespace, operation.name)
    written = parse_trusted(etree.tostring(parent[0]))

    request = CONTRACTS[operation.service].read(written)

    context = msgspec.convert(tree.pop("context"), RequestContext)
    assert (request.context, request.body) == (context, msgspec.convert(tree, operation.request_type))


@pytest.fixture(scope="module")
def clients() -> dict[str, zeep.Client]:
    settings_ = zeep.Settings(strict=True, forbid_dtd=True)
    return {name: zeep.Client((ROOT / f"wsdl/{name}.wsdl").as_uri(), settings=settings_) for name in MODULES}


@pytest.mark.parametrize("operation", OPERATION_LIST, ids=NAMES)
@EXAMPLES
@given(data=st.data())
def test_what_zeep_writes_is_read_as_the_same_request(
    operation: Operation, clients: dict[str, zeep.Client], data: st.DataObject
):
    tree = data.draw(trees(operation.declared_request))
    client = clients[operation.service]
    envelope = client.create_message(client.service, operation.name, **tree)
    payload = parse_trusted(etree.tostring(envelope.find(f"{{{SOAP}}}Body")[0]))

    request = CONTRACTS[operation.service].read(payload)

    context = msgspec.convert(tree.pop("context"), RequestContext)
    assert (request.context, request.body) == (context, msgspec.convert(tree, operation.request_type))


@pytest.mark.parametrize("operation", OPERATION_LIST, ids=NAMES)
@EXAMPLES
@given(data=st.data())
def test_an_answer_is_read_by_zeep_as_what_it_says(
    operation: Operation, clients: dict[str, zeep.Client], data: st.DataObject
):
    tree = data.draw(trees(operation.declared_response))
    answer = msgspec.convert(tree, operation.answer_type)
    envelope = etree.Element(f"{{{SOAP}}}Envelope")
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(parse_trusted(operation.encode(answer)))

    bound = clients[operation.service].service._binding.get(operation.name)
    read = serialize_object(bound.process_reply(envelope), dict)

    [first, *others] = operation.declared_response.fields
    assert present(read if others else {first.name: read}) == present(tree)


def present(value: Any) -> Any:
    """Without what is absent: zeep says None, and an empty list where none was sent."""
    if isinstance(value, dict):
        return {name: present(item) for name, item in value.items() if item not in (None, [])}
    return [present(item) for item in value] if isinstance(value, list) else value
