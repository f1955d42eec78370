"""What is to be said of a row of a file before it may become an entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from handlers.imports.model import (
    FileRow,
    ImportedEntry,
    ImportRow,
    RowFinding,
    RowOutcome,
    claim_of,
    old_key,
)
from handlers.registration.model import (
    Defect,
    PersonalDataSystemCard,
    RegistrationApplication,
    ResourceCard,
    Trigger,
)
from handlers.registration.validation import examine
from handlers.rules.completeness import Weight

_NOBODY = "-"
"""Stands for the representative that an entry on paper has none of."""


def judged(row: FileRow, *, agencies: Collection[str], today: date, strict: bool) -> ImportRow:
    """`row` with every finding of the contract and of the rules of completeness, and what follows from them.

    What breaks the contract or bears a bar is stopped; defects are recorded, and stop a row only when `strict`.
    """
    entry = row.entry
    if entry is None:
        findings = tuple(RowFinding.of(Weight.BAR, defect) for defect in row.malformed)
        return ImportRow(
            position=row.position,
            line=row.line,
            outcome=RowOutcome.STOPPED,
            register=row.register,
            owner=row.owner,
            short_name=row.short_name,
            old_number=row.old_number,
            old_key=old_key(row.register, row.old_number),
            findings=findings,
        )
    findings = _findings(entry, agencies, today)
    stopping = {Weight.BAR, Weight.DEFECT} if strict else {Weight.BAR}
    stopped = any(finding.weight in stopping for finding in findings)
    return ImportRow(
        position=row.position,
        line=row.line,
        outcome=RowOutcome.STOPPED if stopped else RowOutcome.READY,
        entry=entry,
        register=entry.register,
        owner=entry.card.owner,
        short_name=entry.card.short_name,
        old_number=entry.old_number,
        note=entry.note,
        name_key=claim_of(entry),
        old_key=old_key(entry.register, entry.old_number),
        findings=findings,
    )


def _findings(entry: ImportedEntry, agencies: Collection[str], today: date) -> tuple[RowFinding, ...]:
    """As if the card were applied for today: what concerns the applicant and the term is then as it should be."""
    card = entry.card
    application = RegistrationApplication(
        register=entry.register,
        trigger=Trigger.STRUCTURE_CHANGED,
        event_date=today,
        applicant=card.owner,
        representative=_NOBODY,
        resource_card=card if isinstance(card, ResourceCard) else None,
        personal_data_system_card=card if isinstance(card, PersonalDataSystemCard) else None,
    )
    examined = examine(application, agencies=agencies, today=today)
    return (
        *_of_the_older_register(entry, today),
        *(RowFinding.of(Weight.BAR, bar.defect) for bar in examined.bars),
        *(RowFinding.of(Weight.DEFECT, defect) for defect in examined.defects),
        *(RowFinding.of(Weight.NOTE, note) for note in examined.notes),
    )


def _of_the_older_register(entry: ImportedEntry, today: date) -> list[RowFinding]:
    found = []
    if entry.registered_on is not None and entry.registered_on > today:
        found.append(
            RowFinding(
                weight=Weight.BAR,
                path="/registeredOn",
                rule="import.registered-on.future",
                text_az="Qeydiyyat tarixi gələcəkdə ola bilməz.",
                text_en="The date of registration lies in the future.",
            )
        )
    for path, text in (("/oldNumber", entry.old_number), ("/note", entry.note)):
        if text is not None and not text.strip():
            found.append(
                RowFinding(
                    weight=Weight.BAR,
                    path=path,
                    rule="text.blank",
                    text_az="Sahə boş ola bilməz.",
                    text_en="The field must not be blank.",
                )
            )
    return found


def duplicate(path: str, rule: str, az: str, en: str) -> RowFinding:
    """The finding that an entry is there already."""
    return RowFinding.of(Weight.BAR, Defect(path=path, rule=rule, text_az=az, text_en=en))


def unresolved(position: int, number: str) -> RowFinding:
    """The note that the entry a relation points at is not in the register (yet)."""
    return RowFinding(
        weight=Weight.NOTE,
        path=f"/resourceCard/relations[{position}]/entryNumber",
        rule="import.relation.unresolved",
        text_az=f"Əlaqəli qeyd {number} hələ reyestrdə yoxdur; əlaqə yazıldığı kimi saxlanılır.",
        text_en=f"The related entry {number} is not in the register yet; the relation is kept as it is written.",
    )
