"""Cells as spreadsheets write them, in the form that the contract wants; whether they are allowed it says itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from lxml import etree

from gateway.contract.model import TYPES_NAMESPACE, SimpleType
from gateway.importing.columns import CARD_FIELDS, OF_THE_ENTRY, Column, card_type
from handlers.registration.model import Defect, Register

SEPARATOR: Final = "|"
"""Between the texts of a list in one cell."""

_FORMULA: Final = ("=", "@", "\t=", "\t@")
_DOTTED_DAY: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?: 0?0:00(?::00)?)?")
_SPACES: Final = re.compile("[ \u00a0\u202f]")
_FLAGS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("true", "1", "yes", "bəli", "hə", "doğru", "true()"), "true"),
    **dict.fromkeys(("false", "0", "no", "xeyr", "yox", "yalan", "false()"), "false"),
}


def _day(text: str) -> str:
    match = _DOTTED_DAY.fullmatch(text)
    return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" if match else text


def _flag(text: str) -> str:
    return _FLAGS.get(text.replace("İ", "i").lower(), text)


def _number(text: str) -> str:
    return _SPACES.sub("", text)


_FORMS: Final[Mapping[str, Callable[[str], str]]] = {"date": _day, "boolean": _flag, "int": _number, "long": _number}


def in_contract_form(of: SimpleType, text: str) -> str:
    """`text` as the contract writes it: `31.12.2019`, `bəli`, `1 000` and small letters of codes are understood."""
    if of.values:
        return text.upper()
    return _FORMS.get(of.base, str)(text)


def element_of(
    cells: Sequence[str], columns: Sequence[Column], register: Register, order: Mapping[str, int]
) -> tuple[etree._Element, tuple[Defect, ...]]:
    """The `entry` element that `cells` give, and what of them could not even be written into it.

    `order` ranks the fields of the card; cells that are empty are absent.
    """
    entry = etree.Element(_t("entry"))
    card = etree.Element(_t(CARD_FIELDS[register]))
    parts: dict[tuple[str, int], dict[str, str]] = {}
    leaves: dict[str, dict[int, str]] = {}
    defects: list[Defect] = []
    for column, cell in zip(columns, cells, strict=False):
        text = cell.strip()
        if not text:
            continue
        if text.startswith(_FORMULA):
            defects.append(_formula(_path(column, register)))
        elif column.part is not None:
            parts.setdefault((column.field.name, column.place or 1), {})[column.part] = _form(column, text)
        else:
            leaves.setdefault(column.field.name, {}).update(_values(column, text))
    for field in OF_THE_ENTRY:
        for text in leaves.pop(field.name, {}).values():
            defects += _put(entry, field.name, text, f"/{field.name}")
    defects += _fill(card, leaves, parts, register, order)
    entry.append(card)
    return entry, tuple(defects)


def ranks(register: Register) -> dict[str, int]:
    """The places of the card's fields in the contract."""
    return {field.name: place for place, field in enumerate(card_type(register).fields)}


def _fill(
    card: etree._Element,
    leaves: Mapping[str, Mapping[int, str]],
    parts: Mapping[tuple[str, int], Mapping[str, str]],
    register: Register,
    order: Mapping[str, int],
) -> list[Defect]:
    defects: list[Defect] = []
    root = f"/{CARD_FIELDS[register]}"
    names = {field.name: field.type for field in card_type(register).fields}
    for name, place in sorted(
        [(name, place) for name, values in leaves.items() for place in values] + list(parts),
        key=lambda each: (order[each[0]], each[1]),
    ):
        if name in leaves:
            defects += _put(card, name, leaves[name][place], f"{root}/{name}")
            continue
        of = names[name]
        assert not isinstance(of, SimpleType)
        structure = etree.SubElement(card, _t(name))
        given = parts[name, place]
        for part in of.fields:
            if part.name in given:
                defects += _put(structure, part.name, given[part.name], f"{root}/{name}[{place}]/{part.name}")
    return defects


def _values(column: Column, text: str) -> dict[int, str]:
    """Texts by their place in the list."""
    if not column.splits:
        return {column.place or 1: _form(column, text)}
    texts = (each.strip() for each in text.split(SEPARATOR))
    return dict(enumerate((_form(column, each) for each in texts if each), start=1))


def _form(column: Column, text: str) -> str:
    return in_contract_form(column.type, text)


def _put(parent: etree._Element, name: str, text: str, path: str) -> list[Defect]:
    child = etree.SubElement(parent, _t(name))
    try:
        child.text = text
    except ValueError:  # lxml takes only what XML 1.0 can carry
        parent.remove(child)
        return [
            Defect(
                path=path,
                rule="import.characters",
                text_az="Sahədə mətnə aid olmayan idarəetmə simvolu var.",
                text_en="The field holds a control character that no text may hold.",
            )
        ]
    return []


def _formula(path: str) -> Defect:
    return Defect(
        path=path,
        rule="import.formula",
        text_az="Xanada düstur var. Cədvəldə onun qiymətini saxlayın.",
        text_en="The cell holds a formula. Put its value in the spreadsheet instead.",
    )


def _path(column: Column, register: Register) -> str:
    path = f"/{CARD_FIELDS[register]}" if column.of_card else ""
    path += f"/{column.field.name}" + (f"[{column.place}]" if column.place else "")
    return path + (f"/{column.part}" if column.part else "")


def _t(name: str) -> str:
    return f"{{{TYPES_NAMESPACE}}}{name}"
