"""Is an application as it should be? All defects at once; nothing is stored and nothing is asked of a store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from handlers.receipts.model import Ground
from handlers.registration.model import AppealApplication, Defect, RegistrationApplication, ValidationReport
from handlers.rules.clocks import TERMS, Terms
from handlers.rules.completeness import Facts, Finding, Weight, findings
from handlers.rules.grounds import ground


@dataclass(frozen=True, slots=True)
class Examination:
    """What the completeness rules say of an application, sorted by what follows from it."""

    bars: tuple[Finding, ...]
    defects: tuple[Defect, ...]
    notes: tuple[Defect, ...]

    @property
    def ground(self) -> Ground | None:
        """Why the application is refused at intake, by the first bar in the order of the rules; None: it is not."""
        if not self.bars:
            return None
        rule = self.bars[0].rule
        assert rule.ground is not None, f"rule {rule.code} bars without a ground"
        return ground(rule.ground, rule.az, rule.en)


def examine(
    application: RegistrationApplication | AppealApplication,
    *,
    agencies: Collection[str],
    today: date,
    terms: Terms = TERMS,
) -> Examination:
    """Apply every completeness rule to `application`. `agencies` are the codes of the enrolled ones."""
    found = findings(application, Facts(agencies=agencies, today=today, terms=terms))
    by_weight = {weight: tuple(item for item in found if item.rule.weight is weight) for weight in Weight}
    return Examination(
        bars=by_weight[Weight.BAR],
        defects=tuple(item.defect for item in by_weight[Weight.DEFECT]),
        notes=tuple(item.defect for item in by_weight[Weight.NOTE]),
    )


def validate(
    application: RegistrationApplication | AppealApplication,
    *,
    agencies: Collection[str],
    today: date,
    terms: Terms = TERMS,
) -> ValidationReport:
    """The report a caller gets when asking before submitting. `today` is the civil day in Baku."""
    result = examine(application, agencies=agencies, today=today, terms=terms)
    defects = tuple(bar.defect for bar in result.bars) + result.defects
    return ValidationReport(valid=not defects, defects=defects, notes=result.notes)
