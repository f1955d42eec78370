"""Days and moments that are given as options."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import typer

from gateway.cli.failures import UsageError
from gateway.cli.language import t

_FIRST_YEAR: Final = 1800
_LAST_YEAR: Final = 2199
"""The years that the published contract has days of (`Day` of `gateway.contract.types`)."""


def in_range(option: typer.CallbackParam, given: datetime | None) -> datetime | None:
    """The callback of an option: refuses what lies outside the years that the registers know."""
    if given is None or _FIRST_YEAR <= given.year <= _LAST_YEAR:
        return given
    name = option.opts[0]
    raise UsageError(
        t(
            f"{name}: {given.date()} is out of range. Give a date from {_FIRST_YEAR}-01-01 to {_LAST_YEAR}-12-31.",
            f"{name}: {given.date()} mümkün aralıqdan kənardır. {_FIRST_YEAR}-01-01 ilə {_LAST_YEAR}-12-31 arasında "
            "tarix verin.",
        )
    )
