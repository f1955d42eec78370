from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from gateway.contract import export as export_module
from gateway.contract.export import document, documents, export, served
from gateway.contract.services import SERVICES
from gateway.xml.schema import compile_schema

ROOT = Path(__file__).parents[4]
XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
BASE = "https://gateway.example.az"
DOCUMENTED = {f"{XS}{name}" for name in ("element", "complexType", "simpleType", "enumeration")}


def test_the_committed_files_are_what_would_be_exported():
    committed = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for folder in ("wsdl", "xsd")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }

    assert committed == dict(documents()), "run: gateway contract export"


def test_export_writes_what_is_missing_or_different_and_nothing_else(tmp_path: Path):
    assert {str(path.relative_to(tmp_path)) for path in export(tmp_path)} == set(documents())
    (tmp_path / "xsd/types.xsd").write_bytes(b"older")

    assert export(tmp_path) == [tmp_path / "xsd/types.xsd"]
    assert export(tmp_path) == []


@pytest.mark.parametrize("path", sorted(documents()))
def test_every_element_type_value_and_operation_is_documented(path: str):
    root = etree.fromstring(documents()[path])
    bare = []
    for node in root.iter(*DOCUMENTED):
        anonymous = node.tag == f"{XS}complexType" and node.get("name") is None
        if not anonymous and not node.findtext(f"{XS}annotation/{XS}documentation"):
            bare.append(node.get("name") or node.get("value"))
    port_types = root.iterchildren(f"{WSDL}portType")
    operations = [operation for port_type in port_types for operation in port_type.iterchildren(f"{WSDL}operation")]
    bare += [node.get("name") for node in [root, *operations] if path.endswith(".wsdl") and not _wsdl_text(node)]

    assert bare == []
    assert path.endswith(".xsd") or operations


def _wsdl_text(node: etree._Element) -> str | None:
    return node.findtext(f"{WSDL}documentation")


@pytest.mark.parametrize("service", [declared.name for declared in SERVICES])
def test_every_reference_of_a_served_contract_leads_back_to_its_endpoint(service: str):
    contract = served(service, BASE)
    endpoint = f"{BASE}/soap/{service}/v1"

    trees = [etree.fromstring(one) for one in (contract.wsdl, *contract.schemas.values())]
    locations = {node.get("schemaLocation") for tree in trees for node in tree.iter(f"{XS}import")}
    addresses = {node.get("location") for node in trees[0].iter("{*}address")}

    assert locations == {f"{endpoint}?xsd={name}" for name in contract.schemas}
    assert set(contract.schemas) == {service, "types"}
    assert addresses == {endpoint}


def test_what_is_not_published_is_not_served():
    assert document("payments", None, BASE) is None
    assert document("bus", "documents", BASE) is None
    assert document("bus", "../types", BASE) is None
    assert document("bus", None, BASE) == served("bus", BASE).wsdl
    assert document("bus", "types", BASE) == served("bus", BASE).schemas["types"]


def test_an_address_from_a_hostile_host_header_stays_text():
    wsdl = served("bus", 'http://x"/><evil a="').wsdl

    assert etree.fromstring(wsdl).find(".//evil") is None


@pytest.mark.parametrize("service", [declared.name for declared in SERVICES])
def test_a_contract_is_made_once_however_many_addresses_it_is_asked_for_at(service: str, monkeypatch):
    expected = document(service, None, BASE), document(service, "types", BASE)
    for part in ("wsdl_document", "schema_documents"):
        monkeypatch.setattr(export_module, part, lambda *_: pytest.fail("made anew"))

    for number in range(200):
        asked_at = f"https://{number}.made-up.example"
        for document_asked, name in zip(expected, (None, "types"), strict=True):
            found = document(service, name, asked_at)
            assert found == document_asked.replace(BASE.encode(), asked_at.encode())
            assert b"address-of-the-gateway" not in found
    assert (document(service, None, BASE), document(service, "types", BASE)) == expected


def test_schemas_that_ask_for_a_document_outside_the_bundle_do_not_compile():
    outside = (
        b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="/etc/passwd"/></xs:schema>'
    )

    with pytest.raises(ValueError, match=r"main\.xsd"):
        compile_schema({"main.xsd": outside}, "main.xsd")
