from __future__ import annotations

import base64

import pytest
from lxml import etree

from gateway.cli.elements import element
from gateway.cli.failures import UsageError
from gateway.cli.operations import find
from gateway.contract.codec import compile_decoder
from gateway.contract.registry import CONTRACTS
from gateway.xml.c14n import canonical
from gateway.xml.parser import parse_trusted

CHECK = find("documents", "CheckDocuments")[1].request
SUBMIT = find("registration", "SubmitRegistration")[1].request
CONTEXT = {"requestId": "0198f2b4-7c3a-7e21-9d55-3a0c5c1be001", "purpose": "BORDER_CONTROL"}


def test_elements_stand_in_the_contracts_order_whatever_the_order_given():
    form = element(
        "CheckDocuments",
        CHECK,
        {"documents": [{"number": "C1", "reference": "1", "documentType": "PASSPORT"}], "context": CONTEXT},
    )
    names = [etree.QName(each).localname for each in parse_trusted(form).iter()]
    assert names == [
        "CheckDocuments",
        "context",
        "requestId",
        "purpose",
        "documents",
        "reference",
        "documentType",
        "number",
    ]


def test_what_is_written_follows_the_schema_and_is_canonical():
    form = element("CheckDocuments", CHECK, {"context": CONTEXT, "documents": [{"reference": "1", "number": "C1<&>"}]})
    root = parse_trusted(form)
    assert canonical(root) == form
    assert CONTRACTS["documents"].validate(root) == ()


def test_values_of_json_are_written_as_the_schema_has_them():
    declared = find("notices", "PullNotices")[1].request
    form = element("PullNotices", declared, {"context": {"requestId": CONTEXT["requestId"]}, "afterSequence": 7})
    assert compile_decoder(declared)(parse_trusted(form))["afterSequence"] == 7


def test_a_file_is_carried_as_base64(tmp_path):
    (tmp_path / "file.xml").write_bytes(b"<a/>")
    form = element("SubmitRegistration", SUBMIT, {"context": CONTEXT, "signedApplication": f"@{tmp_path}/file.xml"})
    assert base64.b64encode(b"<a/>") in form
    assert form == element("SubmitRegistration", SUBMIT, {"context": CONTEXT, "signedApplication": b"<a/>"})


def test_an_unknown_name_is_refused_and_the_near_one_offered():
    with pytest.raises(UsageError, match=r"Did you mean documentType\?"):
        element("CheckDocuments", CHECK, {"documents": [{"documenttype": "PASSPORT"}]})


def test_a_structure_is_no_value_and_a_value_no_structure():
    with pytest.raises(UsageError, match="parts of its own"):
        element("CheckDocuments", CHECK, {"documents": "C1"})
    with pytest.raises(UsageError, match="not parts"):
        element("CheckDocuments", CHECK, {"documents": [{"number": {"a": "1"}}]})
