"""The bytes of a document bound its attributes from above."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.xml.marks import MANY, read_marks
from gateway.xml.parser import Limits, read

NAMES = st.sampled_from(["Id", "xml:id", "type", "n", "a.b", "İd", "x-pe"])
ATTRIBUTES = st.lists(NAMES, max_size=3, unique=True).map(lambda names: "".join(f" {name}='='" for name in names))
DOCUMENTS = st.lists(st.tuples(ATTRIBUTES, st.sampled_from(["", "=", "a = b", "pe=", "<![CDATA[Id=]]>"]))).map(
    lambda parts: "<e>" + "".join(f"<x{attributes}>{text}</x>" for attributes, text in parts) + "</e>"
)


@given(DOCUMENTS, st.sampled_from([0, 60_000]), st.sampled_from(["utf-8", "utf-16"]))
def test_no_attribute_is_missing_in_the_count(document: str, padding: int, encoding: str) -> None:
    root, _, marks, _ = read((" " * padding + document).encode(encoding), Limits())
    if marks is None:
        assert "a = b" in document
        return
    names = [str(name) for element in root.iter(etree.Element) for name in element.keys()]  # noqa: SIM118
    assert marks.how_many() >= len(names)
    assert marks.ending_in({b"Id", b"id"}) >= sum(name.endswith(("Id", "id")) for name in names)
    assert marks.ending_in({b"pe"}) >= sum(name.endswith("pe") for name in names)


@pytest.mark.parametrize("padding", [b"", b" " * 60_000])
def test_a_document_with_very_many_signs_or_space_before_one_is_not_judged_by_its_bytes(padding: bytes) -> None:
    assert read_marks(padding + b"<e>" + b"<x a=''/>" * (MANY + 1) + b"</e>") is None
    for space in (b" ", b"\t", b"\r", b"\n"):
        assert read_marks(padding + b"<e a" + space + b"='1'/>") is None
    marks = read_marks(padding + b"<e>" + b"<x a=''/>" * MANY + b"</e>")
    assert marks is not None
    assert marks.how_many() == MANY
