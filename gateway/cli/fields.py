"""`documents[0].number=C1234567`: what stands on the command line as a tree of values.

Names are those of the contract, joined by dots; a repeated element has its place in brackets, counted from 0.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Any, Final

from gateway.cli.failures import UsageError
from gateway.cli.language import t

Tree = dict[str, Any]
"""Values by name: texts, trees, and lists of either."""

_STEP: Final = re.compile(r"([A-Za-z][A-Za-z0-9]*)((?:\[\d{1,5}\])?)")


def read_fields(assignments: Iterable[str], into: Tree | None = None) -> Tree:
    """The tree of `name=value` texts, laid over `into`; raises `UsageError` for what cannot be placed."""
    tree: Tree = {} if into is None else into
    given: set[tuple[str | int, ...]] = set()
    for assignment in assignments:
        path, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(
                t(
                    f"{assignment!r} is not a field. Write name=value, for example documents[0].number=C1234567.",
                    f"{assignment!r} sahə deyil. ad=qiymət yazın, məsələn documents[0].number=C1234567.",
                )
            )
        steps = read_path(path)
        if steps in given:
            raise UsageError(
                t(
                    f"{path} is given twice. Values of a list have places of their own, as in name[0]= and name[1]=.",
                    f"{path} iki dəfə verilib. Siyahının hər qiymətinin öz yeri olur: ad[0]=, ad[1]=.",
                )
            )
        given.add(steps)
        _place(tree, steps, value, path)
    return tree


def read_path(path: str) -> tuple[str | int, ...]:
    """`documents[0].number` as `("documents", 0, "number")`; raises `UsageError` when it is no path."""
    steps: list[str | int] = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise UsageError(
                t(
                    f"{path!r} is not the path of a field. Join names by dots and count places from 0: "
                    "application.resourceCard.legalActs[0].title.",
                    f"{path!r} sahə yolu deyil. Adları nöqtə ilə birləşdirin, yerləri 0-dan sayın: "
                    "application.resourceCard.legalActs[0].title.",
                )
            )
        steps.append(match[1])
        if match[2]:
            steps.append(int(match[2][1:-1]))
    return tuple(steps)


def _place(tree: Tree, steps: tuple[str | int, ...], value: str, path: str) -> None:
    spot: Any = tree
    for step, following in itertools.pairwise(steps):
        spot = _enter(spot, step, [] if isinstance(following, int) else {}, path)
    _enter(spot, steps[-1], value, path, last=True)


def _enter(spot: Any, step: str | int, new: Any, path: str, *, last: bool = False) -> Any:
    """What stands at `step` of `spot`; `new` is put there first when nothing does."""
    if isinstance(step, int):
        if step > len(spot):
            raise UsageError(
                t(
                    f"{path}: place {step} comes before place {len(spot)} was given; leave no gap.",
                    f"{path}: {len(spot)} nömrəli yer verilmədən {step} nömrəli yer göstərilib; boşluq buraxmayın.",
                )
            )
        if step == len(spot):
            spot.append(new)
        found = spot[step]
    else:
        found = spot.setdefault(step, new)
    if (last and found is not new and not isinstance(found, str)) or (not last and type(found) is not type(new)):
        raise UsageError(
            t(
                f"{path}: an earlier field uses this name differently; a field has either a value or parts.",
                f"{path}: əvvəlki sahə bu addan başqa cür istifadə edir; sahənin ya qiyməti, ya da hissələri olur.",
            )
        )
    if last:
        spot[step] = new
    return found
