"""Rights as the command line takes them: operations, and the registers and document types that they reach into."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final

import typer

from gateway.cli.failures import UsageError
from gateway.cli.language import t
from gateway.cli.operations import expand
from handlers.parties.rights import EVERY, REACH, Reach, Right, codes_of, right_to
from handlers.registration.model import Register
from handlers.rules.classifiers import DOCUMENT_TYPES

ALL: Final = "all"
"""The word for every register or document type, also for those yet to come."""

Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="service.Operation",
        help=t(
            "An operation it may call, or service.*; repeat it. Everything else is denied.",
            "Çağıra biləcəyi əməliyyat və ya xidmət.*; təkrarlana bilər. Qalan hər şey qadağandır.",
        ),
    ),
]
Registers = Annotated[
    list[str] | None,
    typer.Option(
        "--register",
        metavar="CODE",
        help=t(
            "A register that operations on registers reach into, or all; repeat it.",
            "Reyestr əməliyyatlarının aid olduğu reyestr və ya all; təkrarlana bilər.",
        ),
    ),
]
DocumentTypes = Annotated[
    list[str] | None,
    typer.Option(
        "--document-type",
        metavar="CODE",
        help=t(
            "A document type that operations on documents reach, or all; repeat it.",
            "Sənəd əməliyyatlarının aid olduğu sənəd növü və ya all; təkrarlana bilər.",
        ),
    ),
]

_OPTIONS: Final = {Reach.REGISTER: "--register", Reach.DOCUMENT_TYPE: "--document-type"}


def rights_from(
    patterns: Iterable[str], registers: Iterable[str] | None, document_types: Iterable[str] | None
) -> tuple[Right, ...]:
    """The rights that the options name.

    Raises `UsageError` for an operation that nobody offers, for a code that there is not, and where an operation
    reaches into something of which nothing was named.
    """
    operations = expand(patterns)
    named = {
        Reach.REGISTER: _known(registers or (), [each.value for each in Register]),
        Reach.DOCUMENT_TYPE: _known(document_types or (), [row.code for row in DOCUMENT_TYPES]),
    }
    for reach, codes in named.items():
        reaching = [operation for operation in operations if REACH.get(operation) is reach]
        option = _OPTIONS[reach]
        if reaching and not codes:
            raise UsageError(
                t(
                    f"{', '.join(reaching)}: say how far with {option} CODE, or {option} {ALL}.",
                    f"{', '.join(reaching)}: {option} KOD və ya {option} {ALL} ilə nəyə aid olduğunu göstərin.",
                )
            )
        if codes and not reaching:
            raise UsageError(
                t(
                    f"{option}: none of the operations reaches that far; leave it out.",
                    f"{option}: əməliyyatların heç biri buna aid deyil; onu çıxarın.",
                )
            )
    return tuple(_right(operation, named) for operation in operations)


def known_document_types(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes; raises `UsageError` for one that is no document type."""
    return _known(codes, [row.code for row in DOCUMENT_TYPES], with_all=False)


def shown(rights: Iterable[Right]) -> str:
    """Rights for people, one a line."""
    return "\n".join(_shown(right) for right in rights) or "-"


def _shown(right: Right) -> str:
    codes = codes_of(right)
    if not codes:
        return right.operation
    return f"{right.operation}: {ALL if EVERY in codes else ', '.join(codes)}"


def _right(operation: str, named: dict[Reach, tuple[str, ...]]) -> Right:
    reach = REACH.get(operation)
    return right_to(operation) if reach is None else right_to(operation, named[reach])


def _known(codes: Iterable[str], known: list[str], *, with_all: bool = True) -> tuple[str, ...]:
    found = []
    for code in codes:
        if with_all and code.lower() == ALL:
            return (EVERY,)
        if code not in known:
            offered = ", ".join([*known, ALL] if with_all else known)
            raise UsageError(t(f"There is no {code}. There are: {offered}.", f"{code} yoxdur. Olanlar: {offered}."))
        found.append(code)
    return tuple(found)
