"""Values of any declared type, drawn by hypothesis: valid by the contract, as hostile as it allows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from gateway.contract.model import ComplexType, Field, SimpleType

_TEXT = st.characters(
    exclude_categories=("Cs", "Cc"), include_characters="\t\n\r&<>\"'əığ", exclude_characters="\ufffe\uffff"
)
_DAYS = st.dates(date(1800, 1, 1), date(2199, 12, 31))
_MOMENTS = st.builds(datetime.combine, _DAYS, st.times(), st.just(UTC))
_OTHERS = {"boolean": st.booleans(), "date": _DAYS, "dateTime": _MOMENTS}
_RANGES = {"int": 2**31, "long": 2**63}


_made: dict[tuple[str, str], st.SearchStrategy[Any]] = {}


def values(of: SimpleType | ComplexType) -> st.SearchStrategy[Any]:
    """What a decoder makes of an element of this type."""
    key = (of.namespace, of.name)
    if key not in _made:
        _made[key] = trees(of) if isinstance(of, ComplexType) else _leaves(of)
    return _made[key]


def trees(of: ComplexType) -> st.SearchStrategy[dict[str, Any]]:
    """A tree of builtins under the names of the contract."""

    @st.composite
    def draw_tree(draw: st.DrawFn) -> dict[str, Any]:
        choices = {field.choice: [] for field in of.fields if field.choice is not None}
        for field in of.fields:
            if field.choice is not None:
                choices[field.choice].append(field.name)
        chosen = {draw(st.sampled_from(names)) for names in choices.values()}
        tree = {}
        for field in of.fields:
            if field.choice is not None and field.name not in chosen:
                continue
            if field.repeated:
                tree[field.name] = draw(_lists(field))
            elif field.least == 1 or draw(st.booleans()):
                tree[field.name] = draw(values(field.type))
        return tree

    return draw_tree()


def _lists(field: Field) -> st.SearchStrategy[list[Any]]:
    most = min(field.least + 2, field.most or field.least + 2)
    return st.lists(values(field.type), min_size=field.least, max_size=most)


def _leaves(of: SimpleType) -> st.SearchStrategy[Any]:
    if of.values:
        return st.sampled_from([name for name, _ in of.values])
    if of.base == "base64Binary":
        return st.binary(min_size=of.min_length or 0, max_size=40)
    if of.base in _RANGES:
        bound = _RANGES[of.base]
        least = -bound if of.minimum is None else of.minimum
        return st.integers(least, bound - 1 if of.maximum is None else of.maximum)
    return _texts(of) if of.base == "string" else _OTHERS[of.base]


def _texts(of: SimpleType) -> st.SearchStrategy[str]:
    if of.pattern is None:
        return st.text(_TEXT, min_size=of.min_length or 0, max_size=min(of.max_length or 40, 40))
    matching = st.from_regex(of.pattern, fullmatch=True, alphabet=_TEXT).filter(
        lambda text: (of.min_length or 0) <= len(text) <= (of.max_length or 1000)
    )
    return matching.map(str.lower) if of.name == "Uuid" else matching
