"""Names of services and operations, checked against the contract before anything is asked or granted."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from gateway.cli.failures import UsageError
from gateway.cli.language import t
from gateway.contract.model import OperationDeclaration, ServiceDeclaration
from gateway.contract.services import SERVICES
from handlers.parties.rights import UNCALLED


def find(service: str, operation: str) -> tuple[ServiceDeclaration, OperationDeclaration]:
    """The declaration of an operation; letter case does not matter. Raises `UsageError` and names what there is."""
    declared = next((each for each in SERVICES if each.name == service.lower()), None)
    if declared is None:
        raise _unknown(
            t(f"There is no service {service}.", f"{service} adlı xidmət yoxdur."),
            service,
            [each.name for each in SERVICES],
        )
    names = {each.name.lower(): each for each in declared.operations}
    found = names.get(operation.lower())
    if found is None:
        raise _unknown(
            t(f"{declared.name} has no operation {operation}.", f"{declared.name} xidmətində {operation} yoxdur."),
            operation,
            [each.name for each in declared.operations],
        )
    return declared, found


def qualified_names() -> list[str]:
    """Every operation as `service.Operation`, in the contract's order."""
    return [f"{service.name}.{operation.name}" for service in SERVICES for operation in service.operations]


def expand(patterns: Iterable[str]) -> tuple[str, ...]:
    """Operations named in full or by `service.*`, sorted, each once; raises `UsageError` for a name nobody offers.

    A right that is no operation must be named in full: `service.*` never grants it.
    """
    known = [*qualified_names(), *sorted(UNCALLED)]
    granted: set[str] = set()
    for pattern in patterns:
        service, _, operation = pattern.partition(".")
        found = [
            name
            for name in known
            if name == pattern or (operation == "*" and name.startswith(f"{service}.") and name not in UNCALLED)
        ]
        if not found:
            raise _unknown(t(f"There is no operation {pattern}.", f"{pattern} adlı əməliyyat yoxdur."), pattern, known)
        granted.update(found)
    return tuple(sorted(granted))


def _unknown(text: str, name: str, known: list[str]) -> UsageError:
    close = get_close_matches(name, known, 1, 0.5)
    meant = t(f" Did you mean {close[0]}?", f" Bəlkə {close[0]}?") if close else ""
    return UsageError(
        t(
            f"{text}{meant} There are: {', '.join(known)}.",
            f"{text}{meant} Olanlar: {', '.join(known)}.",
        )
    )
