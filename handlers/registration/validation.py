"""Is an application as it should be? All defects at once; nothing is stored, and nothing is asked of a store here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from handlers.receipts.model import Ground
from handlers.registration.model import AppealApplication, Defect, RegistrationApplication, ValidationReport
from handlers.rules.clocks import TERMS, Terms
from handlers.rules.completeness import RULES, Facts, Finding, Weight, findings
from handlers.rules.grounds import ground
from handlers.rules.rule import KnownEntry

MOST_TOLD = 1000
"""Defects, and notes, that are told of one application at the most."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterView:
    """What the registers have to say of an application before it is submitted."""

    entries: Mapping[str, KnownEntry]
    """As in `Facts`."""
    against: tuple[Defect, ...] = ()
    """What would have it refused: an unknown entry, a name that is taken, a file that was used."""


def examine(
    application: RegistrationApplication | AppealApplication,
    *,
    agencies: Collection[str],
    today: date,
    entries: Mapping[str, KnownEntry] | None = None,
    terms: Terms = TERMS,
) -> Examination:
    """Apply every completeness rule to `application`. `agencies` are the codes of the enrolled ones.

    `entries` are those that it names; None: the registers were not asked, and rules that need them find nothing.
    """
    found = findings(application, Facts(agencies=agencies, today=today, entries=entries, terms=terms))
    by_weight = {weight: tuple(item for item in found if item.rule.weight is weight) for weight in Weight}
    return Examination(
        bars=by_weight[Weight.BAR],
        defects=tuple(item.defect for item in by_weight[Weight.DEFECT])[:MOST_TOLD],
        notes=tuple(item.defect for item in by_weight[Weight.NOTE])[:MOST_TOLD],
    )


def validate(
    application: RegistrationApplication | AppealApplication,
    *,
    agencies: Collection[str],
    today: date,
    register: RegisterView | None,
    against: tuple[Defect, ...] = (),
    foreign: bool = False,
    terms: Terms = TERMS,
) -> ValidationReport:
    """The report a caller gets when asking before submitting. `today` is the civil day in Baku.

    `against` is what was found against its form, its file and its signatory. Without a look at the registers
    (`register` is None) a note says so, and which rules were not applied: valid is then not all that matters.
    `foreign`: that was because the application is another agency's than the caller's.
    """
    known = None if register is None else register.entries
    result = examine(application, agencies=agencies, today=today, entries=known, terms=terms)
    defects = against + tuple(bar.defect for bar in result.bars) + result.defects
    if register is not None:
        return _report(defects + register.against, result.notes)
    return _report(defects, (_FOREIGN if foreign else _NOT_LOOKED_AT, *result.notes))


def refused(against: tuple[Defect, ...]) -> ValidationReport:
    """The report on what holds no application that could be read."""
    return _report(against, (_NOT_READ,))


def _report(defects: tuple[Defect, ...], notes: tuple[Defect, ...]) -> ValidationReport:
    return ValidationReport(valid=not defects, defects=defects[:MOST_TOLD], notes=notes[:MOST_TOLD])


_UNAPPLIED = ", ".join(rule.code for rule in RULES if rule.asks_register)

_NOT_LOOKED_AT = Defect(
    path="/",
    rule="checked.without-register",
    text_az=(
        "Reyestrlərə hazırda müraciət etmək mümkün olmadığı üçün onlardan asılı qaydalar yoxlanılmayıb: "
        f"{_UNAPPLIED}, register.*. Bir qədər sonra yenidən yoxlayın."
    ),
    text_en=(
        "The registers cannot be asked at present, so what depends on them was not checked: "
        f"{_UNAPPLIED}, register.*. Ask again in a while."
    ),
)

_FOREIGN = Defect(
    path="/",
    rule="checked.foreign-applicant",
    text_az=(
        "Ərizə başqa qurumun adından olduğu üçün nə reyestrlərə, nə də nümayəndələrin siyahısına baxılıb; "
        f"bu qaydalar yoxlanılmayıb: {_UNAPPLIED}, register.*, representative.*, confirmation.*."
    ),
    text_en=(
        "The application is in the name of another agency, so neither the registers nor the representatives were "
        f"looked up; these rules were not checked: {_UNAPPLIED}, register.*, representative.*, confirmation.*."
    ),
)

_NOT_READ = Defect(
    path="/",
    rule="checked.form-only",
    text_az=(
        "Məzmunu oxumaq mümkün olmadığı üçün yalnız forma yoxlanılıb; "
        "digər qaydalar forma düzəldildikdən sonra yoxlanılır."
    ),
    text_en="The content cannot be read, so only its form was checked; the other rules are, once the form is right.",
)
