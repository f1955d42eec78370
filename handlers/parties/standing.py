"""Standing of a party: in force, suspended for a time, or withdrawn for good. One table says what may follow what."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Standing(StrEnum):
    """Whether a party counts. Only ACTIVE ones do."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    """For a time: may be resumed."""
    WITHDRAWN = "WITHDRAWN"
    """For good: nothing follows. The party stays on record, and so do its keys, which nobody else can be given."""


class StandingStep(StrEnum):
    """What the operator may do about a party's standing."""

    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    WITHDRAW = "WITHDRAW"


STEPS: Final[Mapping[tuple[Standing, StandingStep], Standing]] = MappingProxyType(
    {
        (Standing.ACTIVE, StandingStep.SUSPEND): Standing.SUSPENDED,
        (Standing.ACTIVE, StandingStep.WITHDRAW): Standing.WITHDRAWN,
        (Standing.SUSPENDED, StandingStep.RESUME): Standing.ACTIVE,
        (Standing.SUSPENDED, StandingStep.WITHDRAW): Standing.WITHDRAWN,
    }
)
"""Every step there is; what is not here is not done."""


LEADS_TO: Final[Mapping[StandingStep, Standing]] = MappingProxyType(
    {step: standing for (_, step), standing in STEPS.items()}
)
"""Where a step leads, wherever it was made from."""


class StandingError(ValueError):
    """The step does not follow from the standing."""


def after(standing: Standing, step: StandingStep) -> Standing:
    """The standing that `step` leads to; raises `StandingError` where the table has none."""
    found = STEPS.get((standing, step))
    if found is None:
        raise StandingError(f"{step} does not follow {standing}")
    return found
