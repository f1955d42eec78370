"""Terms on which a party is enrolled, as they are kept: rights that name what they reach into, networks in CIDR."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from handlers.parties.forms import EnrolmentError, check, check_each
from handlers.parties.rights import EVERY, REACH, UNCALLED, Reach, Right, right_to
from handlers.registration.model import Register

OF_THE_CALLER = "bus."
"""The bus tells a caller about itself: nobody asks it for another agency."""


def checked_rights(rights: Iterable[Right], *, for_others: bool = False) -> tuple[Right, ...]:
    """The rights in the order of their operations, codes sorted; raises `EnrolmentError` when one cannot be granted.

    `for_others`: they are to be used for another agency.
    """
    granted: dict[str, Right] = {}
    for right in rights:
        check("operation", right.operation)
        if right.operation in granted:
            raise EnrolmentError(
                f"{right.operation} is given twice; give it once", f"{right.operation} iki dəfə verilib; bir dəfə verin"
            )
        if for_others and right.operation.startswith(OF_THE_CALLER):
            raise EnrolmentError(
                f"{right.operation} is about the caller itself; leave it out of the mandate",
                f"{right.operation} müraciət edənin özünə aiddir; səlahiyyətnaməyə salmayın",
            )
        if for_others and right.operation in UNCALLED:
            raise EnrolmentError(
                f"{right.operation} is used for nobody else; leave it out of the mandate",
                f"{right.operation} başqası adından istifadə olunmur; səlahiyyətnaməyə salmayın",
            )
        granted[right.operation] = _checked(right)
    if for_others and not granted:
        raise EnrolmentError(
            "a mandate needs at least one operation", "səlahiyyətnamədə ən azı bir əməliyyat olmalıdır"
        )
    return tuple(granted[operation] for operation in sorted(granted))


def checked_addresses(addresses: Iterable[str]) -> tuple[str, ...]:
    """The networks in their usual form, each once, sorted; a single address is a network of one.

    Raises `EnrolmentError` for anything else.
    """
    found: set[str] = set()
    for address in addresses:
        try:
            found.add(str(ip_network(address.strip())))
        except ValueError as error:
            raise EnrolmentError(
                f"network {address!r} will not do; give an address or a network such as 10.20.0.0/16",
                f"{address!r} şəbəkəsi yaramır; 10.20.0.0/16 kimi şəbəkə və ya ünvan verin",
            ) from error
    return tuple(sorted(found))


def _checked(right: Right) -> Right:
    reach = REACH.get(right.operation)
    if (reach is not Reach.REGISTER and right.registers) or (reach is not Reach.DOCUMENT_TYPE and right.document_types):
        raise EnrolmentError(
            f"{right.operation} does not reach into what is named for it; leave that out",
            f"{right.operation} göstərilənlərə aid deyil; onları çıxarın",
        )
    codes = right.registers or right.document_types
    if reach is not None and not codes:
        raise EnrolmentError(
            f"{right.operation} is granted for nothing; name each {reach.value}, or every one by {EVERY}",
            f"{right.operation} heç nə üçün verilməyib; hər birini və ya hamısı üçün {EVERY} göstərin",
        )
    if EVERY not in codes:
        _check_codes(reach, codes)
    return right_to(right.operation, codes)


def _check_codes(reach: Reach | None, codes: tuple[str, ...]) -> None:
    if reach is Reach.DOCUMENT_TYPE:
        check_each("document type", codes)
    elif reach is Reach.REGISTER:
        registers = [each.value for each in Register]
        for code in codes:
            if code not in registers:
                raise EnrolmentError(
                    f"there is no register {code}; there are: {', '.join(registers)}",
                    f"{code} reyestri yoxdur; olanlar: {', '.join(registers)}",
                )
