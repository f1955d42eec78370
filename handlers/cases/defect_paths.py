"""Where a defect of an application may lie: the paths that a registrar can name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from handlers.record import Record
from handlers.registration.model import AppealApplication, RegistrationApplication
from handlers.rules.paths import children

WHOLE: Final = "/"
"""Path of the application as a whole."""
_PATH: Final = re.compile(r"(?:/[A-Za-z]+(?:\[[1-9][0-9]{0,3}\])?)+")
_PLACE: Final = re.compile(r"\[([^\]]*)\]")
_CLOSE: Final = 3
"""Paths that are suggested at the most."""

Application = RegistrationApplication | AppealApplication


class PathError(ValueError):
    """An application has nothing at that path."""

    def __init__(self, path: str, close: tuple[str, ...]) -> None:
        self.path = path
        self.close = close
        """Paths that may have been meant, the closest first."""
        super().__init__(path)


def require_path(application: Application, path: str) -> None:
    """Raise `PathError` unless `path` names a field of the application, filled in or not.

    A field of an item names the item by its place, as `/resourceCard/legalActs[1]/url`; there must be that item.
    """
    if path == WHOLE:
        return
    known = list(field_paths(application))
    plain = _PLACE.sub("", path)
    if _PATH.fullmatch(path) is None or plain not in known or not _items_are_there(application, path):
        raise PathError(path, tuple(get_close_matches(plain, known, _CLOSE)))


def field_paths(application: Application) -> Iterator[str]:
    """Every path of the application's fields, without places in lists, in the order of the contract.

    Of the two kinds of card only the one that is there.
    """
    for path, value in children(application):
        kind = _kind_of(type(application), path[1:])
        if value is not None or not _is_record(kind):
            yield path
            yield from _below(kind, path)


def _below(kind: Any, path: str) -> Iterator[str]:
    inner = _item(kind)
    if _is_record(inner):
        for field in msgspec.structs.fields(inner):
            child = f"{path}/{field.encode_name}"
            yield child
            yield from _below(_without_none(field.type), child)


def _items_are_there(application: Application, path: str) -> bool:
    """Whether every place that `path` names is one of its list, and every item on the way is named by its place."""
    value: Any = application
    for part in path.removeprefix(WHOLE).split("/"):
        if value is None:  # what is not filled in has no items that could be missing
            return "[" not in part
        if isinstance(value, tuple):
            return False
        value = dict(children(value))[f"/{_PLACE.sub('', part)}"]
        place = _PLACE.search(part)
        if place is not None:
            if not isinstance(value, tuple) or int(place[1]) > len(value):
                return False
            value = value[int(place[1]) - 1]
    return True


def _kind_of(record: type[Record], name: str) -> Any:
    return _without_none(next(each.type for each in msgspec.structs.fields(record) if each.encode_name == name))


def _without_none(kind: Any) -> Any:
    members = [each for each in getattr(kind, "__args__", ()) if each is not type(None)]
    return members[0] if type(None) in getattr(kind, "__args__", ()) else kind


def _item(kind: Any) -> Any:
    """Kind of the items of a list; any other kind itself."""
    return kind.__args__[0] if getattr(kind, "__origin__", None) is tuple else kind


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Record)
