"""Ids are found wherever they stand, with the quick look at the bytes and without it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.faults import RefusalError
from gateway.security.references import id_marks, scan_ids
from gateway.xml.parser import Limits, read

IDS = st.sampled_from(
    ["Id", "ID", "id", "AssertionID", "u:Id", "xml:id", "Identity", "grid", "u:AssertionID", "notID", "iD", "Ид"]
)
ATTRIBUTES = st.lists(
    st.tuples(IDS, st.sampled_from([" ", "\n"]), st.sampled_from(["=", " =", "\t=\n"]), st.sampled_from("ab c")),
    max_size=2,
    unique_by=lambda each: each[0],
).map(lambda found: "".join(f'{space}{name}{equals}"{value}"' for name, space, equals, value in found))
TEXTS = st.sampled_from(["", "Id=", " id ='x'", "<!-- Id='c' --><c/>", "<![CDATA[ Id='d']]>", "&#61;"])
LEAVES = st.builds(lambda attributes, text: f"<x{attributes}>{text}</x>", ATTRIBUTES, TEXTS)
ELEMENTS = st.recursive(
    LEAVES, lambda inner: st.builds(lambda a, i: f"<y{a}>{''.join(i)}</y>", ATTRIBUTES, st.lists(inner)), max_leaves=5
)


def found(data: bytes, *, quick: bool) -> object:
    root, _, marks, _ = read(data, Limits())
    likely = (root, *root)
    try:
        ids = scan_ids(root, id_marks(marks), likely) if quick else scan_ids(root)
    except RefusalError as error:
        return error.reason
    return {value: root.getroottree().getpath(element) for value, element in ids.items()}


@given(ATTRIBUTES, st.lists(ELEMENTS, max_size=4), st.sampled_from(["utf-8", "utf-16"]))
def test_counting_marks_in_the_bytes_finds_the_same_ids(attributes: str, parts: list[str], encoding: str) -> None:
    data = f'<e xmlns:u="urn:u"{attributes}>{"".join(parts)}</e>'.encode(encoding)
    assert found(data, quick=True) == found(data, quick=False)


def test_an_id_that_stands_where_none_is_likely_is_found_all_the_same() -> None:
    data = b'<e Id="a"><b Id="b"/><c><d Id="d"/></c></e>'
    assert found(data, quick=True) == {"a": "/e", "b": "/e/b", "d": "/e/c/d"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_id_deep_in_the_body_is_seen(encoding: str) -> None:
    data = '<e><h/><b Id="b"><p><q xml:id=" b "/></p></b></e>'.encode(encoding)
    assert found(data, quick=True) == "SIG.ID.DUPLICATE"
