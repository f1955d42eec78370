"""Batches of entries that were registered before this register was kept here (domain §3, lessons: preview, undo)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec

from handlers.record import Record
from handlers.registration.model import Defect, EntryStatus, PersonalDataSystemCard, Register, ResourceCard
from handlers.registration.names import folded, name_key
from handlers.rules.completeness import Weight

Card = ResourceCard | PersonalDataSystemCard


class ImportedEntry(Record, frozen=True, kw_only=True):
    """An entry as a file to be imported gives it: its card, and what the older register said of it."""

    old_number: str | None = None
    """Registration number in the older register; this register gives one of its own and keeps the old one."""
    registered_on: date | None = None
    """Day of the registration in the older register: version 1 is true from then on. None: from the import on."""
    entry_status: EntryStatus | None = None
    note: str | None = None
    resource_card: ResourceCard | None = None
    personal_data_system_card: PersonalDataSystemCard | None = None

    @property
    def card(self) -> Card:
        """The one card that the contract makes sure is there."""
        card = self.resource_card or self.personal_data_system_card
        assert card is not None, "the contract demands exactly one card"
        return card

    @property
    def status(self) -> EntryStatus:
        """What is to be its status: REGISTERED when nothing else is said."""
        return self.entry_status or EntryStatus.REGISTERED

    @property
    def register(self) -> Register:
        """The register that the card belongs to."""
        is_resource = self.resource_card is not None
        return Register.INFORMATION_RESOURCES if is_resource else Register.PERSONAL_DATA_SYSTEMS


class ImportedEntries(Record, frozen=True, kw_only=True):
    """The document that a file of entries is."""

    entry: tuple[ImportedEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row (CSV) or one `entry` (XML) of a file, read as far as it can be."""

    position: int
    """1 for the first; rows that are empty do not count."""
    line: int
    """Line of the file on which it begins."""
    entry: ImportedEntry | None = None
    """None when it breaks the contract; `malformed` then says where."""
    malformed: tuple[Defect, ...] = ()
    old_number: str | None = None
    """As far as it can be read of a malformed row, for people to find it by; so the three below."""
    register: Register | None = None
    owner: str | None = None
    short_name: str | None = None


class ImportState(StrEnum):
    """Where a batch is."""

    READING = "READING"
    """Its file is being looked at; the preview is not whole yet."""
    PREVIEWED = "PREVIEWED"
    REPLACED = "REPLACED"
    """A later preview of the same file took its place before it was applied."""
    UNREADABLE = "UNREADABLE"
    """The file ended being readable somewhere: the reason is kept."""
    APPLYING = "APPLYING"
    APPLIED = "APPLIED"
    UNDONE = "UNDONE"


class RowOutcome(StrEnum):
    """What becomes, or became, of a row."""

    READY = "READY"
    """To be entered when the batch is applied."""
    STOPPED = "STOPPED"
    """Not to be entered: the contract, a bar, or (when strict) any defect stands against it."""
    DUPLICATE = "DUPLICATE"
    """Not to be entered: the same short name or old number is in the file before, or in the register."""
    APPLIED = "APPLIED"
    UNDONE = "UNDONE"


class RowFinding(Record, frozen=True, kw_only=True):
    """Something found in a row; `weight` says what follows."""

    weight: Weight
    path: str
    rule: str
    text_az: str
    text_en: str

    @classmethod
    def of(cls, weight: Weight, defect: Defect) -> RowFinding:
        """A defect with its weight."""
        return cls(weight=weight, path=defect.path, rule=defect.rule, text_az=defect.text_az, text_en=defect.text_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """A row of a batch with what was found in it, as it is kept."""

    position: int
    line: int
    outcome: RowOutcome
    entry: ImportedEntry | None = None
    """What is to be entered; the register's own entry takes its place once it is."""
    register: Register | None = None
    owner: str | None = None
    short_name: str | None = None
    old_number: str | None = None
    note: str | None = None
    name_key: str | None = None
    """Claim on its short name; None when nothing is claimed: a cancelled entry gives its name free."""
    old_key: str | None = None
    """Register and folded old number: what may be imported once."""
    findings: tuple[RowFinding, ...] = ()
    entry_number: str | None = None
    applied_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of rows. `defective` and `noted` are rows that are entered all the same."""

    rows: int = 0
    ready: int = 0
    stopped: int = 0
    duplicates: int = 0
    defective: int = 0
    noted: int = 0
    rules: dict[str, int] = field(default_factory=dict)
    """Findings by the code of their rule."""

    def plus(self, row: ImportRow) -> Tally:
        """With one more row."""
        rules = dict(self.rules)
        for finding in row.findings:
            rules[finding.rule] = rules.get(finding.rule, 0) + 1
        ready = row.outcome is RowOutcome.READY
        weights = {finding.weight for finding in row.findings}
        return Tally(
            rows=self.rows + 1,
            ready=self.ready + ready,
            stopped=self.stopped + (row.outcome is RowOutcome.STOPPED),
            duplicates=self.duplicates + (row.outcome is RowOutcome.DUPLICATE),
            defective=self.defective + (ready and Weight.DEFECT in weights),
            noted=self.noted + (ready and Weight.NOTE in weights),
            rules=rules,
        )


class ImportBatch(Record, frozen=True, kw_only=True):
    """A batch: one look at one file, and what came of it."""

    number: str
    """`IMP-000001`: gap-free."""
    file_name: str
    sha256: str
    """Of the file, 64 lower-case hexadecimal digits: what is applied is what was previewed."""
    size: int
    """Bytes."""
    strict: bool
    """Whether defects stop a row, too."""
    state: ImportState
    rows: int = 0
    ready: int = 0
    """Rows that were found fit to be entered."""
    stopped: int = 0
    duplicates: int = 0
    defective: int = 0
    noted: int = 0
    rules: dict[str, int] = msgspec.field(default_factory=dict)
    """Findings by the code of their rule."""
    applied: int = 0
    """Rows that became entries."""
    applied_through: int = 0
    """Position of the last row that was dealt with: where applying goes on."""
    previewed_by: str
    previewed_at: datetime
    applied_by: str | None = None
    applied_at: datetime | None = None
    """When the last row was entered."""
    undone_by: str | None = None
    undone_at: datetime | None = None
    undone_reason: str | None = None
    failure_az: str | None = None
    failure_en: str | None = None

    @property
    def actor(self) -> str:
        """By whom the versions it makes are said to be recorded."""
        return f"import:{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """What tells one file from another."""

    name: str
    sha256: str
    size: int


def batch_number(value: int) -> str:
    """For example `IMP-000001`."""
    return f"IMP-{value:06d}"


BATCH_SERIES = "import"
"""The series batches are numbered in."""


def claim_of(entry: ImportedEntry) -> str | None:
    """The claim of an entry on its short name; None: a cancelled entry has none."""
    if entry.status is EntryStatus.CANCELLED:
        return None
    return name_key(entry.register, entry.card.owner, entry.card.short_name)


def old_key(register: Register | None, old_number: str | None) -> str | None:
    """Register and old number without what makes no other number; None when either is not known."""
    return None if register is None or old_number is None else f"{register}:{folded(old_number)}"
