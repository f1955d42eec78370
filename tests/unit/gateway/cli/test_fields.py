from __future__ import annotations

import pytest

from gateway.cli.failures import UsageError
from gateway.cli.fields import read_fields, read_path


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("number", ("number",)),
        ("context.purpose", ("context", "purpose")),
        ("documents[0].number", ("documents", 0, "number")),
        ("a.b[12].c[0]", ("a", "b", 12, "c", 0)),
    ],
)
def test_a_path_is_names_and_places(path, steps):
    assert read_path(path) == steps


@pytest.mark.parametrize("path", ["", ".", "a..b", "a[", "a[x]", "a[-1]", "[0]", "a[0][1]", "a b", "1a"])
def test_what_is_no_path_is_refused_with_an_example(path):
    with pytest.raises(UsageError, match=r"legalActs\[0\]\.title"):
        read_path(path)


def test_fields_grow_into_a_tree_in_the_order_given():
    tree = read_fields(
        [
            "documents[0].number=C1",
            "documents[0].country=AZE",
            "documents[1].number=C2",
            "context.purpose=BORDER_CONTROL",
        ]
    )
    assert tree == {
        "documents": [{"number": "C1", "country": "AZE"}, {"number": "C2"}],
        "context": {"purpose": "BORDER_CONTROL"},
    }


def test_lists_of_values_grow_too():
    assert read_fields(["topics[0]=a", "topics[1]=b"]) == {"topics": ["a", "b"]}


def test_only_the_first_equals_sign_ends_the_path():
    assert read_fields(["reason=a=b"]) == {"reason": "a=b"}


def test_a_value_may_be_empty():
    assert read_fields(["a="]) == {"a": ""}


@pytest.mark.parametrize("twice", [["a=1", "a=1"], ["a[0].b=1", "a[0].c=2", "a[00].b=3"], ["a[0]=1", "a[0]=2"]])
def test_a_field_that_is_given_twice_is_wrong_usage(twice):
    with pytest.raises(UsageError, match="twice"):
        read_fields(twice)


def test_values_of_a_list_may_be_alike():
    assert read_fields(["a[0]=1", "a[1]=1"]) == {"a": ["1", "1"]}


def test_fields_are_laid_over_what_a_file_gave():
    assert read_fields(["documents[0].number=C9"], {"documents": [{"number": "C1", "country": "AZE"}]}) == {
        "documents": [{"number": "C9", "country": "AZE"}]
    }


@pytest.mark.parametrize(
    "fields",
    [
        ["number"],
        ["documents[1].number=C1"],
        ["a=1", "a.b=2"],
        ["a.b=2", "a=1"],
        ["a[0]=1", "a.b=2"],
        ["a.b=1", "a[0]=2"],
        ["a[0]=1", "a[0].b=2"],
    ],
)
def test_fields_that_cannot_stand_together_are_refused(fields):
    with pytest.raises(UsageError):
        read_fields(fields)
